"""Texts: what people type is kept whole, in one form, or refused with the reason."""

from __future__ import annotations

import pytest

from reviews.errors import Unusable
from reviews.texts import LONG, reason, typed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("  two spaces  ", "  two spaces  "),
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("Citta\u0300", "Citt\u00e0"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("\u0635\u062d\u0629 \U0001f3d9", "\u0635\u062d\u0629 \U0001f3d9"),
        ("tab\tand\x07bell", "tab\tand\x07bell"),
    ],
)
def test_a_text_is_kept_in_one_form(text, kept):
    assert typed(text, field="text") == kept


def test_the_same_word_in_both_normal_forms_is_the_same_text():
    assert typed("Gen\u00e8ve", field="text") == typed("Gene\u0300ve", field="text")


def test_a_text_of_exactly_the_limit_is_kept():
    assert typed("a" * LONG, field="text") == "a" * LONG


def test_the_length_counts_characters_of_the_kept_form():
    assert len(typed("e\u0301\r\n" * 5, field="text", limit=10)) == 10


def test_a_text_over_the_limit_is_refused_with_both_numbers():
    with pytest.raises(Unusable) as refusal:
        typed("a" * (LONG + 1), field="text")

    assert (refusal.value.field, str(refusal.value)) == (
        "text",
        "This text has 10001 characters; at most 10000 can be kept.",
    )


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a\udfff"], ids=["nul", "high", "low"])
def test_a_character_that_no_database_stores_is_refused(text):
    with pytest.raises(Unusable) as refusal:
        typed(text, field="justification")

    assert (refusal.value.field, refusal.value.message) == (
        "justification",
        "This text holds a character that cannot be stored.",
    )


def test_a_reason_is_kept_without_the_space_around_it():
    assert reason("  The plan is missing.\r\n") == "The plan is missing."


@pytest.mark.parametrize("text", ["", "   ", "\r\n\t"])
def test_an_empty_reason_is_refused(text):
    with pytest.raises(Unusable) as refusal:
        reason(text)

    assert (refusal.value.field, refusal.value.message) == ("reason", "Give a reason.")
