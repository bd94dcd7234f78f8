"""Which instruments can be read, and which a new round can use."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import InstrumentState
from reviews.queries import instruments
from tests.builders import NOW, an_instrument


@pytest.fixture
def three(session: Session) -> Session:
    session.add_all(
        [
            an_instrument(code="b", version="1", title="Beta", published_at=NOW),
            an_instrument(
                code="a",
                version="1",
                title="Alpha",
                state=InstrumentState.RETIRED,
                published_at=NOW - timedelta(days=9),
            ),
            an_instrument(
                code="c",
                version="1",
                title="Draft",
                state=InstrumentState.DRAFT,
                sha256=None,
                published_at=None,
            ),
        ]
    )
    session.flush()
    return session


def test_what_was_published_can_be_read_the_newest_first(three: Session):
    found = instruments.readable(three)

    assert [(one.title, one.state.value, one.statements) for one in found] == [
        ("Beta", "published", 5),
        ("Alpha", "retired", 5),
    ]


def test_a_new_round_uses_neither_a_draft_nor_a_retired_instrument(three: Session):
    assert [one.title for one in instruments.published(three)] == ["Beta"]


@pytest.mark.parametrize(("code", "there"), [("b", True), ("a", True), ("c", False), ("d", False)])
def test_one_version_is_found_unless_it_is_a_draft(three: Session, code: str, there: bool):
    assert (instruments.one_readable(three, code, "1") is not None) is there
