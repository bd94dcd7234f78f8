"""Notes: what is written, for whom, and that the journal says nothing of it."""

from __future__ import annotations

import pytest

from reviews import notes
from reviews.errors import Unusable
from tests.builders import NOW, an_assessment, an_officer, asked, deeds_of


def written(by, text="Ask the works council.", mentioned=(), assessment=None):
    one = assessment or an_assessment()
    return notes.write_note(
        one, asked(one, "PM1.1"), text=text, mentioned=mentioned, by=by, now=NOW
    )


def test_a_note_names_its_readers_and_the_journal_does_not_hold_its_text():
    assessment = an_assessment()
    lead, ana = an_officer(of=assessment.city), an_officer(of=assessment.city, name="Ana")

    note = written(lead, " Ask Ana. ", [ana], assessment)

    assert (note.text, note.written_by, [one.person for one in note.mentions]) == (
        "Ask Ana.",
        lead,
        [ana],
    )
    assert deeds_of(lead) == [("note:write", {"statement": "PM1.1", "mentioned": [ana.id]})]


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001, "a\0b"])
def test_a_note_says_something_in_at_most_two_thousand_characters(text):
    with pytest.raises(Unusable) as refusal:
        written(an_officer(of=an_assessment().city), text)

    assert refusal.value.field == "text"


def test_a_note_is_resolved_and_opened_again_and_twice_counts_once():
    lead = an_officer(of=an_assessment().city)
    note = written(lead)
    note.id = 7

    for resolved in (True, True, False, False):
        notes.settle(note, resolved=resolved, by=lead, now=NOW)
        assert (note.resolved_by, note.resolved_at) == ((lead, NOW) if resolved else (None, None))

    assert deeds_of(lead)[1:] == [("note:resolve", {"note": 7}), ("note:reopen", {"note": 7})]
