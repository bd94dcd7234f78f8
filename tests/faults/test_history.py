"""The checker finds what is planted, and nothing in a history that is sound."""

from __future__ import annotations

from dataclasses import replace

from tests.faults.history import Database, Save, Stored, faults


def save(key, base, number, at, **fields):
    return Save("PM1.1", key, base, fields, number, begun=at, ended=at + 0.5)


def stored(number, key, text="", reason=""):
    return Stored("PM1.1", number, key, {"text": text, "remit_reason": reason})


SAVES = [
    save("one", 0, 1, 1, text="First."),
    save("two", 1, 2, 2, text="Second."),
    save("three", 1, 3, 3, remit_reason="A reason."),
    save("late", 1, None, 4, text="Refused."),
]
REVISIONS = [
    stored(1, "one", "First."),
    stored(2, "two", "Second."),
    stored(3, "three", "Second.", "A reason."),
]


def found(saves, revisions, current=None):
    last = current or revisions[-1]
    return faults(saves, Database(revisions, {"PM1.1": (last.number, last.content)}))


def test_a_sound_history_has_no_faults():
    assert found(SAVES, REVISIONS) == []


def test_a_repeated_request_that_was_told_a_later_number_is_no_fault():
    again = replace(SAVES[0], number=3, begun=9, ended=10)

    assert found([*SAVES, again], REVISIONS) == []


def test_an_acknowledged_save_that_is_not_there_is_lost():
    revisions = [REVISIONS[0], stored(2, "three", "First.", "A reason.")]

    assert "lost: two was acknowledged as 2" in found(SAVES, revisions)


def test_a_save_that_was_written_over_unseen_is_found():
    over = save("over", 1, 4, 5, text="Third.")

    assert found([*SAVES, over], [*REVISIONS, stored(4, "over", "Third.", "A reason.")]) == [
        "overwritten: over builds on 1 of PM1.1, but text was changed by 2"
    ]


def test_a_save_that_undoes_a_field_it_did_not_send_is_found():
    over = save("over", 3, 4, 5, text="Third.")

    assert found([*SAVES, over], [*REVISIONS, stored(4, "over", "Third.")]) == [
        "overwritten: over changed remit_reason of PM1.1 without sending it"
    ]


def test_a_save_that_is_stored_twice_is_found():
    twice = [*REVISIONS, stored(4, "two", "Second.", "A reason.")]

    assert "doubled: two is stored more than once" in found(SAVES, twice)


def test_a_text_that_comes_in_again_under_another_key_is_found():
    again = [*REVISIONS, stored(4, None, "First.", "A reason.")]

    assert found(SAVES, again) == ["doubled: one is stored more than once"]


def test_saves_in_another_order_than_they_were_acknowledged_are_found():
    turned = [
        stored(1, "two", "Second."),
        stored(2, "one", "First."),
        stored(3, "three", "First.", "A reason."),
    ]
    told = [replace(SAVES[0], number=2), replace(SAVES[1], number=1), SAVES[2]]

    assert "reordered: two is 1 and began after 2 ended" in found(told, turned)


def test_a_number_that_is_missing_is_found():
    revisions = [REVISIONS[0], REVISIONS[1], stored(4, "three", "Second.", "A reason.")]

    assert "gap: PM1.1 is numbered [1, 2, 4]" in found(SAVES, revisions)


def test_an_answer_that_is_not_its_last_revision_is_found():
    assert found(SAVES, REVISIONS, current=stored(3, "three", "Other.", "A reason.")) == [
        "current: PM1.1 is not what its revision 3 says"
    ]


def test_a_refused_save_that_is_stored_all_the_same_is_found():
    revisions = [*REVISIONS, stored(4, "late", "Refused.", "A reason.")]

    assert found(SAVES, revisions) == ["refused: late was refused and is stored"]


def test_a_save_that_is_stored_otherwise_than_it_was_sent_is_found():
    revisions = [stored(1, "one", "Firs"), *REVISIONS[1:]]

    assert "changed: one is not stored as it was sent" in found(SAVES, revisions)
