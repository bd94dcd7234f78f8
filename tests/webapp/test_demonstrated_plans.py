"""The plans of the demonstration: most answered, some done, some overdue, two looked at again."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from models import Round
from reviews.plans import Summary
from reviews.queries import plans
from webapp.extensions import db


def test_every_kind_of_plan_is_there(demo):
    with demo.app_context():
        round_ = db.session.scalars(select(Round).where(Round.slug == "2024")).one()
        found = plans.plans_in(db.session(), round_)
        figures = [Summary.of(one.lines, date(2026, 11, 23)) for one in found]

    total = sum(one.recommendations for one in figures)
    assert len(figures) == 12
    assert sum(one.answered for one in figures) > total / 2
    assert min(one.answered for one in figures) == 0
    assert sum(one.done for one in figures) >= 3
    assert sum(one.overdue for one in figures) >= 3
    assert sum(one.reviewed == one.recommendations for one in figures) == 2
