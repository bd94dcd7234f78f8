"""Refusals: a sentence for people, with the facts beside it for a translator."""

from __future__ import annotations

from reviews.errors import Incomplete, NotNow, RuleBroken, Stale


def test_a_refusal_reads_as_a_sentence_and_keeps_its_facts_apart():
    refusal = Incomplete("%(count)d statements are missing.", missing=["PM1.1"], count=1)

    assert (str(refusal), refusal.message, refusal.facts, refusal.missing) == (
        "1 statements are missing.",
        "%(count)d statements are missing.",
        {"count": 1},
        ("PM1.1",),
    )


def test_a_percent_sign_without_facts_is_only_a_percent_sign():
    assert str(NotNow("100% done")) == "100% done"


def test_a_stale_save_says_what_is_stored_now():
    refusal = Stale("Changed.", theirs={"text": "Theirs."}, number=4, fields=["text"])

    assert (refusal.theirs, refusal.number, refusal.fields) == ({"text": "Theirs."}, 4, ("text",))
    assert isinstance(refusal, RuleBroken)
