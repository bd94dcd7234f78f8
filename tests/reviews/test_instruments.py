"""Instruments: published once, under the hash of all they say."""

from __future__ import annotations

import pytest

from models import InstrumentState
from reviews.errors import NotNow
from reviews.instruments import content, publish, retire
from reviews.submissions import canonical, sha256
from tests.builders import NOW, a_coordinator, an_instrument, deeds_of


def a_draft(**columns):
    return an_instrument(state=InstrumentState.DRAFT, sha256=None, published_at=None, **columns)


def test_a_published_instrument_has_a_date_and_the_hash_of_its_content():
    instrument, coordinator = a_draft(code="small"), a_coordinator()

    publish(instrument, by=coordinator, now=NOW)

    assert (instrument.state, instrument.published_at) == (InstrumentState.PUBLISHED, NOW)
    assert instrument.sha256 == sha256(canonical(content(instrument)))
    assert deeds_of(coordinator) == [
        ("instrument:publish", {"code": "small", "version": "1", "sha256": instrument.sha256})
    ]


def test_the_same_content_has_the_same_hash_whatever_its_ids():
    one, other = a_draft(code="small"), a_draft(code="small")

    publish(one, by=a_coordinator(), now=NOW)
    publish(other, by=a_coordinator(), now=NOW)

    assert one.sha256 == other.sha256


def role(instrument):
    return instrument.roles[0]


def commitment(instrument):
    return role(instrument).commitments[0]


def statement(instrument):
    return commitment(instrument).statements[0]


@pytest.mark.parametrize(
    ("part", "column", "value"),
    [
        (None, "code", "other"),
        (None, "version", "2"),
        (None, "title", "Another title"),
        (None, "language", "nl"),
        (None, "source", "Another source"),
        (None, "introduction", "Another introduction"),
        (None, "scale_maximum", 5),
        (role, "code", "buyer"),
        (role, "title", "Buyer"),
        (role, "summary", "Another summary"),
        (commitment, "code", "PM9"),
        (commitment, "title", "Another title"),
        (commitment, "text", "Another promise"),
        (commitment, "principles", []),
        (commitment, "weight", 0.5),
        (statement, "code", "PM1.9"),
        (statement, "anchor", "another-anchor"),
        (statement, "title", "Another title"),
        (statement, "text", "Another text"),
        (statement, "guidance", "Another guidance"),
        (statement, "evidence_examples", []),
        (statement, "weight", 0.5),
        (statement, "may_be_outside_remit", True),
    ],
)
def test_the_hash_covers_everything_that_a_reader_sees(part, column, value):
    instrument = a_draft()
    before = content(instrument)

    setattr(part(instrument) if part else instrument, column, value)

    assert canonical(content(instrument)) != canonical(before)


def test_the_hash_covers_the_texts_of_the_levels_and_the_order():
    instrument = a_draft()
    contents = [canonical(content(instrument))]

    statement(instrument).levels[3].text = "Another level"
    contents.append(canonical(content(instrument)))
    commitment(instrument).statements.reverse()
    contents.append(canonical(content(instrument)))

    assert len(set(contents)) == 3


@pytest.mark.parametrize("state", [InstrumentState.PUBLISHED, InstrumentState.RETIRED])
def test_an_instrument_is_published_once(state):
    instrument = an_instrument(state=state)

    with pytest.raises(NotNow):
        publish(instrument, by=a_coordinator(), now=NOW)

    assert instrument.sha256 == "5" * 64


def test_a_retired_instrument_keeps_its_hash():
    instrument, coordinator = an_instrument(code="small"), a_coordinator()

    retire(instrument, by=coordinator, now=NOW)

    assert (instrument.state, instrument.sha256) == (InstrumentState.RETIRED, "5" * 64)
    assert deeds_of(coordinator) == [("instrument:retire", {"code": "small", "version": "1"})]


def test_a_draft_is_not_retired():
    with pytest.raises(NotNow):
        retire(a_draft(), by=a_coordinator(), now=NOW)
