"""What would raise the score most, in sentences with the text of the next level."""

from __future__ import annotations

import pytest

from benchmarks.compute import compute
from models import StatementKind
from reviews.questionnaires import AskedCommitment, AskedRole, AskedStatement, Questionnaire
from tests.benchmarks.tables import SMALL, the_frames
from webapp.figures.making import Scale, Subject
from webapp.figures.raising import raising

pytestmark = pytest.mark.usefixtures("speaking_only")


def asked(code, number):
    levels = tuple((level, f"{code} at level {level}") for level in range(5))
    return AskedStatement(
        *(number, code, code, StatementKind.POLICY, f"Title of {code}", "", "", (), 1.0, True),
        *(levels, code.partition(".")[0], number),
    )


QUESTIONNAIRE = Questionnaire(
    *(1, "small", "1", "Small", "", "", None, 0, 4),
    roles=tuple(
        AskedRole(
            role,
            role,
            "",
            tuple(
                AskedCommitment(
                    code, code, "", (), 1.0, role,
                    tuple(asked(one, number) for number, one in enumerate(statements, 1)),
                )
                for code, statements in commitments.items()
            ),
        )
        for role, commitments in SMALL.items()
    ),
)  # fmt: skip
LEVELS = {"PM1.1": 4, "PM1.2": 1, "PM2.1": 2, "BU1.1": 3}


def raised(*sources):
    marks = [
        f"2026 Ghent {code} {source} - {level - (source == 'agreed' and code == 'BU1.1')}"
        for source in sources
        for code, level in LEVELS.items()
    ]
    about = Subject(compute(the_frames(*marks)), "2026", "Ghent", {}, Scale(0, 4))
    return raising(about, QUESTIONNAIRE, lambda code: f"/statements/{code}")


def test_each_line_says_what_one_level_more_brings_and_what_it_asks():
    found = raised("self")

    # BU1.1 is all of buyer, half of the whole: 25 and 12.5 points. PM1.1 is at the top.
    assert [line.code for line in found.lines] == ["BU1.1", "PM2.1", "PM1.2"]
    assert found.lines[0].sentence == (
        "If BU1.1 were at level 4 instead of 3, the whole would gain 12.5 points, and Buyer 25.0."
    )
    assert (found.lines[0].next_text, found.lines[0].address) == (
        "BU1.1 at level 4",
        "/statements/BU1.1",
    )


def test_agreed_levels_come_before_the_own_ones():
    found = raised("self", "agreed")

    assert "in the series Agreed" in found.lead
    assert "at level 3 instead of 2" in found.lines[0].sentence


def test_without_a_figure_of_the_whole_there_is_nothing_to_raise():
    about = Subject(
        compute(the_frames("2026 Ghent PM1.1 self - 4")), "2026", "Ghent", {}, Scale(0, 4)
    )

    found = raising(about, QUESTIONNAIRE, str)

    assert (found.lines, found.why_not) == ((), "There is no figure of the whole to raise.")
