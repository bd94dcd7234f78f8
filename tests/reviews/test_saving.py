"""Saving: nothing typed is lost, nobody is overwritten, nothing counts twice."""

from __future__ import annotations

import pytest

from models import Answer, Revision
from reviews.errors import BaseMissing, KeyReused, NotNow, Stale, Unusable
from reviews.saving import Known, content_of, save
from tests.builders import (
    NOW,
    a_consensus,
    a_submitted_review,
    a_user,
    an_answer,
    revisions_of,
    sent,
)

KEY = "0b9fa2d8-6c55-4a3e-8d2f-90a7c7d3b1aa"


def written(answer: Answer, **content: str) -> Revision:
    """An earlier save by Ana, as the database would hold it."""
    return save(answer, sent(answer.number, **content), Known(), by=a_user("Ana Silva"), now=NOW)


def test_the_first_save_names_version_nought_and_becomes_version_one():
    answer, berta = an_answer(), a_user("Berta Lang")

    revision = save(answer, sent(0, mark="2", text="Since 2024."), Known(), by=berta, now=NOW)

    assert content_of(answer) == {"mark": "2", "text": "Since 2024.", "remit_reason": ""}
    assert (answer.number, answer.changed_by, answer.changed_at) == (1, berta, NOW)
    assert (revision.number, revision.content, revision.by, revision.at, revision.key) == (
        1,
        content_of(answer),
        berta,
        NOW,
        None,
    )
    assert revisions_of(answer) == [revision]
    assert revision.answer is answer


def test_a_save_keeps_the_fields_that_it_does_not_send():
    answer = an_answer()
    written(answer, mark="2", text="Since 2024.")

    save(answer, sent(1, mark="3"), Known(), by=a_user(), now=NOW)

    assert content_of(answer) == {"mark": "3", "text": "Since 2024.", "remit_reason": ""}


def test_a_save_that_changes_nothing_leaves_no_trace():
    answer = an_answer()
    written(answer, mark="2")

    revision = save(answer, sent(1, KEY, mark="2"), Known(), by=a_user(), now=NOW)

    assert (revision, answer.number, len(revisions_of(answer))) == (None, 1, 1)


def test_changes_to_different_fields_are_merged():
    answer = an_answer()
    first = written(answer, mark="1", text="Draft.")
    written(answer, mark="3")

    revision = save(
        answer, sent(1, mark="1", text="Better."), Known(at_base=first), by=a_user(), now=NOW
    )

    assert content_of(answer) == {"mark": "3", "text": "Better.", "remit_reason": ""}
    assert (revision.number, revision.content) == (3, content_of(answer))


def test_a_clash_keeps_both_texts_and_writes_nothing():
    answer = an_answer()
    first = written(answer, mark="1", text="Draft.")
    second = written(answer, text="From Ana.")
    mine = sent(1, mark="4", text="From Berta.")

    with pytest.raises(Stale) as refusal:
        save(answer, mine, Known(at_base=first), by=a_user("Berta Lang"), now=NOW)

    assert (refusal.value.theirs, refusal.value.number, refusal.value.fields) == (
        {"mark": "1", "text": "From Ana.", "remit_reason": ""},
        2,
        ("text",),
    )
    assert mine.content == {"mark": "4", "text": "From Berta."}
    assert (content_of(answer), answer.number, answer.changed_by.name) == (
        second.content,
        2,
        "Ana Silva",
    )
    assert revisions_of(answer) == [first, second]


def test_a_clash_names_every_field_that_two_people_changed():
    answer = an_answer()
    first = written(answer, mark="1", text="Draft.")
    written(answer, mark="2", text="From Ana.")

    with pytest.raises(Stale) as refusal:
        save(answer, sent(1, mark="4", text="Mine."), Known(at_base=first), by=a_user(), now=NOW)

    assert refusal.value.fields == ("mark", "text")


def test_two_people_who_make_the_same_change_do_not_clash():
    answer = an_answer()
    first = written(answer, mark="1")
    written(answer, mark="3")

    revision = save(answer, sent(1, mark="3"), Known(at_base=first), by=a_user(), now=NOW)

    assert (revision, answer.number) == (None, 2)


def test_two_first_saves_clash_as_well():
    answer = an_answer()
    written(answer, text="From Ana.")

    with pytest.raises(Stale) as refusal:
        save(answer, sent(0, text="From Berta."), Known(), by=a_user(), now=NOW)

    assert refusal.value.theirs == {"mark": "", "text": "From Ana.", "remit_reason": ""}


def test_emptying_a_field_is_a_change_like_any_other():
    answer = an_answer()
    first = written(answer, text="Draft.")
    written(answer, mark="2")

    save(answer, sent(1, text=""), Known(at_base=first), by=a_user(), now=NOW)

    assert content_of(answer) == {"mark": "2", "text": "", "remit_reason": ""}


def test_a_save_that_does_not_say_what_it_changes_is_refused():
    answer = an_answer()

    with pytest.raises(BaseMissing):
        save(answer, sent(None, mark="2"), Known(), by=a_user(), now=NOW)

    assert (answer.number, revisions_of(answer)) == (0, [])


@pytest.mark.parametrize("base", [2, 999, -1])
def test_a_base_that_does_not_exist_is_refused(base):
    answer = an_answer()
    written(answer, mark="1")

    with pytest.raises(NotNow):
        save(answer, sent(base, mark="2"), Known(), by=a_user(), now=NOW)

    assert (answer.mark, answer.number) == ("1", 1)


def test_a_repeated_request_has_one_effect_and_the_same_result():
    answer, berta = an_answer(), a_user("Berta Lang")
    request = sent(0, KEY, mark="2", text="Once.")
    first = save(answer, request, Known(), by=berta, now=NOW)

    again = save(answer, request, Known(under_key=first), by=berta, now=NOW)

    assert again is first
    assert (answer.number, revisions_of(answer)) == (1, [first])


def test_a_repeated_request_counts_once_even_after_a_later_save():
    answer, berta = an_answer(), a_user("Berta Lang")
    request = sent(0, KEY, text="First.")
    first = save(answer, request, Known(), by=berta, now=NOW)
    save(answer, sent(1, text="Second."), Known(), by=berta, now=NOW)

    again = save(answer, request, Known(under_key=first), by=berta, now=NOW)

    assert (again, answer.text, answer.number) == (first, "Second.", 2)


@pytest.mark.parametrize(
    "other", [sent(0, KEY, mark="3"), sent(1, KEY, mark="2")], ids=["content", "base"]
)
def test_the_same_key_with_another_body_is_refused(other):
    answer, berta = an_answer(), a_user("Berta Lang")
    first = save(answer, sent(0, KEY, mark="2"), Known(), by=berta, now=NOW)

    with pytest.raises(KeyReused):
        save(answer, other, Known(under_key=first), by=berta, now=NOW)

    assert (answer.mark, answer.number) == ("2", 1)


def test_the_key_of_another_answer_is_refused():
    berta = a_user("Berta Lang")
    one, other = an_answer(), an_answer(to="PM1.2")
    first = save(one, sent(0, KEY, mark="2"), Known(), by=berta, now=NOW)

    with pytest.raises(KeyReused):
        save(other, sent(0, KEY, mark="2"), Known(under_key=first), by=berta, now=NOW)

    assert (other.mark, other.number) == ("", 0)


@pytest.mark.parametrize("key", ["", "short", "k" * 65, "with space in it", "key-\u00e9-00001"])
def test_a_malformed_key_is_refused(key):
    with pytest.raises(Unusable) as refusal:
        save(an_answer(), sent(0, key, mark="2"), Known(), by=a_user(), now=NOW)

    assert refusal.value.field == "key"


def test_a_score_and_an_agreed_level_are_saved_by_the_same_rules():
    score = a_submitted_review().scores[0]
    agreed = a_consensus(agreed="all").agreed_levels[0]

    of_score = save(score, sent(1, justification="Seen."), Known(), by=a_user(), now=NOW)
    of_agreed = save(agreed, sent(1, reason="Together."), Known(), by=a_user(), now=NOW)

    content = {"mark": "2", "justification": "Seen."}
    content |= dict.fromkeys(("visit_mark", "visit_justification", "confidence"), "")
    assert (of_score.content, of_score.score) == (content, score)
    assert (of_agreed.content, of_agreed.agreed_level) == (
        {"mark": "3", "reason": "Together."},
        agreed,
    )


def test_a_save_from_before_a_field_was_there_says_nothing_about_it():
    score = a_submitted_review().scores[0]
    older = Revision(
        number=1, content={"mark": "2", "justification": ""}, by=a_user(), at=NOW, key=None
    )
    save(score, sent(1, justification="Seen."), Known(), by=a_user(), now=NOW)

    save(score, sent(1, visit_mark="3"), Known(at_base=older), by=a_user(), now=NOW)

    assert (score.justification, score.visit_mark, score.number) == ("Seen.", "3", 3)
