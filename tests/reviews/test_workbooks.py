"""Forms filled in off line: whose they are, what they say, what they would change."""

from __future__ import annotations

import pytest

from reviews.errors import Unusable
from reviews.workbooks import Line, compare, identity, read, refuse_other
from tests.builders import a_city, a_questionnaire, a_round, an_assessment, questionnaire_of

NOTHING = {"mark": "", "text": "", "remit_reason": ""}
LAST = "EM1.2"
"""The one statement of the small questionnaire that may be outside the remit of a city."""


def labels(statement):
    remit = {"not_our_competence": "Not our competence"}
    return {str(value): f"{value}: {text}" for value, text in statement.levels} | remit


def line(code="PM1.1", base="0", *, number=3, unreadable=(), **cells):
    given = {"statement": code, "base": base, **NOTHING, **cells}
    return Line(number, given, frozenset(unreadable))


def reading(*lines, numbers=None):
    return read(lines, a_questionnaire(), numbers or {}, labels)


def said(*lines, numbers=None):
    """The rows as code and content."""
    return [(row.code, dict(row.content)) for row in reading(*lines, numbers=numbers).rows]


def faults(*lines, numbers=None):
    """What is wrong in the lines, but for statements that have none."""
    found = reading(*lines, numbers=numbers).faults
    return [
        (one.number, one.column, one.message % one.facts if one.facts else one.message)
        for one in found
        if one.number
    ]


def test_a_sheet_of_this_city_and_version_is_taken():
    assessment = an_assessment()
    ours = identity(assessment, questionnaire_of(assessment))

    refuse_other({**ours, "made": "today"}, ours)

    assert ours == {
        "format": "1",
        "round": assessment.round.slug,
        "city": assessment.city.slug,
        "instrument": f"{assessment.round.instrument.code} 1",
        "sha256": "5" * 64,
        "version": "1",
    }


@pytest.mark.parametrize(
    ("name", "theirs", "said"),
    [
        ("format", "2", "This sheet was made in another way than sheets are now."),
        ("round", "2024", "This sheet is of the round 2024, and this is the round 2026."),
        ("city", "lyon", "This sheet is of lyon, and this is ghent. Nothing was read from it."),
        ("instrument", "small 2", "This sheet asks another questionnaire (small 2) than this"),
        ("sha256", "6" * 64, "This sheet asks an older wording of the questionnaire."),
        ("version", "2", "This sheet was made for version 2 of the assessment; the city works on"),
        ("city", "x" * 900, "This sheet is of " + "x" * 60 + ", and"),
        ("city", "", "This sheet is of -, and"),
    ],
)
def test_a_sheet_of_something_else_is_refused_by_what_is_different(name, theirs, said):
    assessment = an_assessment(of=a_city("Ghent"), round=a_round(slug="2026"))
    ours = identity(assessment, questionnaire_of(assessment))

    with pytest.raises(Unusable) as refusal:
        refuse_other({**ours, name: theirs}, ours)

    assert str(refusal.value).startswith(said)
    assert refusal.value.field == "file"


def test_a_file_that_says_nothing_of_itself_is_refused():
    with pytest.raises(Unusable, match="This is no sheet from here"):
        refuse_other({"colour": "blue"}, {"format": "1"})


@pytest.mark.parametrize(
    "words",
    [
        *("3", " 3 ", "3: Level 3 of PM1.1.", "level 3 of pm1.1.", "LEVEL  3 of PM1.1."),
        *("3:\nLevel 3 of PM1.1.",),
    ],
)
def test_a_level_is_known_by_its_number_its_words_or_both(words):
    assert said(line(mark=words)) == [("PM1.1", {**NOTHING, "mark": "3"})]


@pytest.mark.parametrize(
    "words",
    ["5", "-1", "3.5", "３", "٣", "+3", "03", "1_0", "nan", "inf", "TRUE", "3: Level 2 of PM1.1."],
)
def test_what_is_no_level_is_a_fault_and_never_guessed(words):
    assert faults(line(mark=words)) == [(3, "mark", f'"{words}" is no level of this statement.')]


def test_not_our_competence_is_taken_where_the_statement_allows_it():
    content = {"mark": "not our Competence", "remit_reason": "The region."}

    assert said(line(LAST, **content)) == [
        (LAST, {"mark": "not_our_competence", "text": "", "remit_reason": "The region."})
    ]
    assert faults(line("PM1.1", **content)) == [
        (3, "mark", '"Not our competence" cannot be chosen for this statement.')
    ]


def test_texts_are_kept_whole_in_one_normal_form():
    assert said(line(text="Cafe\u0301\r\n=1+1 ")) == [("PM1.1", {**NOTHING, "text": "Café\n=1+1 "})]


def test_all_that_is_wrong_is_told_at_once_and_the_good_rows_stay():
    lines = [
        line("PM1.1", mark="9", text="x" * 10_001, number=3),
        line("PM1.2", text="Fine.", number=4),
        line("XX9.9", text="Who?", number=5),
        line("", text="Whose?", number=6),
        line("EM1.1", number=7),
        line("EM1.1", text="Twice.", number=8),
        line("PM2.1", unreadable=["text"], number=9),
        line("", number=10),
    ]

    assert said(*lines) == [("PM1.2", {**NOTHING, "text": "Fine."})]
    assert faults(*lines) == [
        (3, "mark", '"9" is no level of this statement.'),
        (3, "text", "This text has 10001 characters; at most 10000 can be kept."),
        (5, "statement", "There is no statement XX9.9 for you here."),
        (6, "statement", "The code of the statement is missing."),
        (7, "statement", "EM1.1 stands in 2 rows. Keep the right one."),
        (8, "statement", "EM1.1 stands in 2 rows. Keep the right one."),
        (9, "text", "The formula in this cell came to nothing. Write the text itself."),
    ]


def test_statements_without_a_row_are_counted():
    found = reading(line("PM1.1"), line("PM1.2")).faults

    assert [(one.number, one.message % one.facts) for one in found] == [
        (0, "3 statements have no row in this sheet. Their answers stay as they are.")
    ]


@pytest.mark.parametrize("base", ["3", "", "x", "-1", "1.5", "99999999999", "٣"])
def test_a_row_whose_number_was_changed_cannot_be_compared(base):
    (fault,) = faults(line(base=base), numbers={"PM1.1": 2})

    assert fault[:2] == (3, "base")
    assert fault[2].startswith("The hidden number of this row was changed")


def compared(sheet, *, base, stored):
    """A row with three texts for the field `text`: in the sheet, at the base, and now."""
    (row,) = reading(line(base="1", text=sheet), numbers={"PM1.1": 2}).rows
    statement = a_questionnaire().statement("PM1.1")
    one = compare(
        row,
        statement,
        stored={**NOTHING, "text": stored},
        number=2,
        at_base={**NOTHING, "text": base},
    )
    return one.changes, one.clash


@pytest.mark.parametrize(
    ("sheet", "base", "stored", "changes", "clash"),
    [
        ("A", "A", "A", {}, ()),
        ("A", "A", "B", {}, ()),  # changed here only: the sheet says nothing new
        ("B", "A", "B", {}, ()),  # both changed it to the same
        ("B", "A", "A", {"text": "B"}, ()),
        ("", "A", "A", {"text": ""}, ()),
        ("B", "A", "C", {"text": "B"}, ("text",)),
        ("A ", "A", "A", {}, ()),
        ("A", "A\x01\n", "A\x01\n", {}, ()),
    ],
)
def test_three_texts_tell_who_changed_what(sheet, base, stored, changes, clash):
    assert compared(sheet, base=base, stored=stored) == (changes, clash)
