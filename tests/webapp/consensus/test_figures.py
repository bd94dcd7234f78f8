"""How far a team agrees, counted by hand."""

from __future__ import annotations

import pytest

from models import marks
from reviews.consensus import divergences
from reviews.queries.scores import TeamReview
from tests.builders import a_questionnaire
from webapp.consensus.figures import Apart, Distance, Figures

CANNOT, ELSEWHERE = marks.CANNOT_JUDGE, marks.NOT_OUR_COMPETENCE
ANA = ("1", "0", "2", "2", ELSEWHERE)
BERTA = ("1", "4", "3", CANNOT, ELSEWHERE)
CARLO = ("1", "2", "3", "2", ELSEWHERE)


@pytest.fixture(autouse=True)
def _translations(app):
    with app.test_request_context():
        yield


def figures(*given: tuple[str, ...]) -> Figures:
    questionnaire = a_questionnaire()
    team = [
        TeamReview(place, name, place == 0, marks_)
        for place, (name, marks_) in enumerate(zip(("Ana", "Berta", "Carlo"), given, strict=False))
    ]
    return Figures.of(questionnaire, team, divergences(questionnaire, given))


def test_statements_are_counted_by_how_far_their_levels_lie_apart():
    assert figures(ANA, BERTA, CARLO).apart == (
        Apart("All statements", 5, 3, 1, 1, 0),
        Apart("Policy-maker", 3, 1, 1, 1, 0),
        Apart("Employer", 2, 2, 0, 0, 0),
    )


@pytest.mark.parametrize(
    ("mark", "other"), [(CANNOT, CANNOT), ("2", CANNOT), (ELSEWHERE, CANNOT), (ELSEWHERE, "0")]
)
def test_what_has_no_two_levels_is_not_compared(mark, other):
    found = figures((mark,) * 5, (other,) * 5).apart[0]

    assert (found.same, found.one, found.more, found.none) == (0, 0, 0, 5)


def test_one_reviewer_agrees_with_nobody():
    found = figures(ANA)

    assert (found.apart[0].none, found.alpha, found.allows) == (5, "", "too few marks to say")
    assert found.distances == (Distance("Ana", True, "", "nothing to compare"),)


def test_each_reviewer_lies_somewhere_from_the_middle():
    """Middles: 1, 2, 3 and 2. Ana is 0, 2, 1 and 0 below, Berta 0, 2 and 0 above, Carlo there."""
    assert figures(ANA, BERTA, CARLO).distances == (
        Distance("Ana", True, "0.75", "0.75 below"),
        Distance("Berta", False, "0.67", "0.67 above"),
        Distance("Carlo", False, "0.00", "on neither side"),
    )


def test_alpha_is_given_with_its_words_and_a_warning():
    all_but_one = figures(("0", "1", "2", "3", "4"), ("0", "1", "2", "3", "4"))
    opposite = figures(("0", "1", "2", "3", "4"), ("4", "3", "2", "1", "0"))
    alike = figures(("3",) * 5, ("3",) * 5)

    assert (all_but_one.alpha[:4], all_but_one.allows) == ("1.00", "good")
    assert (opposite.alpha[0], opposite.allows) == (
        "\N{MINUS SIGN}",
        "do not compare cities on this",
    )
    assert (alike.alpha, alike.allows) == ("", "all marks alike: nothing to say")
    assert alike.rough.startswith("With 2 reviewers this number is rough")


def test_the_order_of_the_table_changes_no_figure():
    questionnaire = a_questionnaire()
    team = [TeamReview(1, "Ana", True, ANA), TeamReview(2, "Berta", False, BERTA)]
    rows = divergences(questionnaire, [ANA, BERTA])

    assert Figures.of(questionnaire, team, rows) == Figures.of(questionnaire, team, rows[::-1])
