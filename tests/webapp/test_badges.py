"""Marks as reviewers read them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import Babel

from tests.builders import a_questionnaire
from webapp.badges import Badge, badge_of, mark_words, words_of_clash


@pytest.fixture(autouse=True)
def _speaking():
    """An application that only knows its language."""
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("mark", "badge"),
    [
        ("", None),
        ("0", Badge("0", "Level 0", "Level 0 of PM1.1.")),
        ("4", Badge("4", "Level 4", "Level 4 of PM1.1.")),
        ("not_our_competence", Badge("n/a", "Not the city's competence")),
        ("cannot_judge", Badge("?", "Cannot judge")),
    ],
)
def test_a_mark_has_a_sign_words_and_the_text_of_its_level(mark, badge):
    assert badge_of(mark, a_questionnaire().statement("PM1.1")) == badge


def test_without_its_statement_a_level_has_no_text():
    assert badge_of("3") == Badge("3", "Level 3")
    assert mark_words("") == "No level yet"


def test_a_clash_is_told_in_words_field_by_field():
    theirs, mine = {"mark": "1", "reason": "So."}, {"mark": "", "reason": "Otherwise."}

    assert words_of_clash(theirs, mine, ["mark", "reason"]) == (
        ("Level 1", "No level yet"),
        ("So.", "Otherwise."),
    )
