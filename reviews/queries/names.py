"""The names that figures of a round need: its cities, and those who review them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Executable, bindparam, literal_column, select, union_all
from sqlalchemy.orm import Session

from models import Assessment, Assignment, City, Round, User


class CityName(NamedTuple):
    id: int
    slug: str
    name: str


class ReviewerName(NamedTuple):
    """A person who was ever asked to review a city of the round."""

    id: int
    name: str
    city_id: int


class Names(NamedTuple):
    """The cities that take part, and one row per person and city they were asked to review."""

    cities: tuple[CityName, ...]
    reviewers: tuple[ReviewerName, ...]


def names(session: Session, round_: Round) -> Names:
    """All of them by name, in one query: each look at a dashboard asks."""
    rows = session.connection().execute(_NAMES, {"round_id": round_.id}).all()
    return Names(
        cities=tuple(CityName(id_, slug, name) for _, name, id_, slug, where in rows if not where),
        reviewers=tuple(ReviewerName(id_, name, where) for _, name, id_, _, where in rows if where),
    )


# Written out once: to build it takes longer than to ask it.
_NAMES: Executable = union_all(
    select(
        literal_column("1").label("kind"),
        City.name.label("name"),
        City.id.label("id"),
        City.slug.label("slug"),
        literal_column("0").label("city"),
    )
    .join(Assessment, Assessment.city_id == City.id)
    .where(Assessment.round_id == bindparam("round_id")),
    select(literal_column("2"), User.name, User.id, literal_column("''"), Assessment.city_id)
    .join(Assignment, Assignment.reviewer_id == User.id)
    .join(Assessment, Assessment.id == Assignment.assessment_id)
    .where(Assessment.round_id == bindparam("round_id")),
).order_by("kind", "name", "id", "city")
