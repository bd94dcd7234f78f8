"""Differences: which words are kept, gone and new."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.differences import MOST_WORDS, Fate, difference


def told(before: str, after: str) -> str:
    signs = {Fate.KEPT: "{}", Fate.GONE: "[-{}-]", Fate.NEW: "[+{}+]"}
    return "".join(signs[one.fate].format(one.text) for one in difference(before, after))


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("", "", ""),
        ("", "All new.", "[+All new.+]"),
        ("All gone.", "", "[-All gone.-]"),
        ("The same.", "The same.", "The same."),
        ("Two offices.", "Three offices.", "[-Two-][+Three+] offices."),
        ("One\nline", "One line", "One[-\n-][+ +]line"),
        ("We buy bread.", "They sell cheese.", "[-We buy bread.-][+They sell cheese.+]"),
        ("We do it now.", "All of it is new.", "[-We do it now.-][+All of it is new.+]"),
        ("Go up, then left.", "Go on, then right.", "Go [-up, then left.-][+on, then right.+]"),
        ("Go up and then left.", "Go on and then left.", "Go [-up-][+on+] and then left."),
        ("a x c d y f", "b x c e y g", "[-a-][+b+] x c [-d-][+e+] y [-f-][+g+]"),
        ("A b c d", "A x y d", "A [-b c-][+x y+] d"),
    ],
)
def test_words_are_compared(before, after, shown):
    assert told(before, after) == shown


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_both_texts_are_there_whole(before, after):
    pieces = difference(before, after)

    assert "".join(one.text for one in pieces if one.fate is not Fate.NEW) == before
    assert "".join(one.text for one in pieces if one.fate is not Fate.GONE) == after


def test_a_small_change_in_a_very_long_text_is_found():
    long = "word " * MOST_WORDS

    assert told(f"{long}old {long}", f"{long}new {long}") == f"{long}[-old-][+new+] {long}"


def test_very_long_texts_are_shown_one_after_the_other():
    before, after = "a " * MOST_WORDS + "a", "b " * MOST_WORDS + "b"

    assert [one.text for one in difference(before, after)] == [before, after]
