"""The last round beside an answer: how a statement and its levels have been reworded since."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import a_questionnaire
from webapp.differences import Fate
from webapp.last_rounds import changed_wording


def told(changes):
    signs = {Fate.KEPT: "{}", Fate.GONE: "[-{}-]", Fate.NEW: "[+{}+]"}
    return [
        (one.words, "".join(signs[piece.fate].format(piece.text) for piece in one.pieces))
        for one in changes
    ]


def test_a_statement_that_reads_as_it_did_has_no_changes(app):
    statement = a_questionnaire().statements[0]

    with app.test_request_context():
        assert changed_wording(statement, statement) == ()


def test_the_statement_and_its_levels_are_compared_word_by_word(app):
    old = a_questionnaire().statements[0]
    levels = dict(old.levels) | {2: "Level 2 of all districts.", 5: "A new level."}
    del levels[4]
    new = replace(old, text="The whole city does PM1.1.", levels=tuple(sorted(levels.items())))

    with app.test_request_context():
        changes = changed_wording(old, new)

    assert told(changes) == [
        ("The statement", "The [+whole +]city does PM1.1."),
        ("Level 2", "Level 2 of [-PM1.1.-][+all districts.+]"),
        ("Level 4", "[-Level 4 of PM1.1.-]"),
        ("Level 5", "[+A new level.+]"),
    ]
