"""Calibration cases: what ships fits its questionnaire, and a faulty file says where."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from models import marks
from reviews import cases, instrument_files
from reviews.cases import Case, read
from reviews.instrument_files import FaultyFile
from reviews.questionnaires import Questionnaire
from reviews.registry import registry
from tests.builders import a_questionnaire

GOOD = '''code = "small"
instrument = "small"
title = "A small case"
language = "en"
city = "Nowhere"
setting = "Invented."

[[statement]]
code = "PM1.1"
mark = "3"
text = """
We plan.
Soon."""
reference = "1"
why = "It is a plan."
not_higher = "Not done."
not_lower = "Begun."
lesson = "Plans do not count."

[[statement.evidence]]
title = "Minutes"
pointer = "page 1"
excerpt = "We shall."
'''


@pytest.fixture(scope="module")
def charter() -> Questionnaire:
    path = instrument_files.shipped("charter-2010")
    return Questionnaire.of(instrument_files.read(path))


@pytest.fixture(scope="module")
def velmora() -> Case:
    return cases.shipped()["charter-2010"]


def written(folder: Path, text: str) -> Path:
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_case_is_the_one_for_the_charter_questionnaire(charter, velmora):
    assert velmora.fits(charter)
    assert cases.of_questionnaire(charter) is velmora
    assert cases.of_questionnaire(a_questionnaire()) is None


def test_it_takes_three_statements_of_each_role_in_the_order_of_the_questionnaire(charter, velmora):
    in_order = [one.code for one in charter.statements if one.code in velmora.answers]
    roles = Counter(
        role.code
        for role in charter.roles
        for one in role.statements
        if one.code in velmora.answers
    )

    assert list(velmora.codes) == in_order
    assert list(velmora.references) == in_order
    assert roles == {"policy-maker": 3, "service-provider": 3, "employer": 3, "buyer": 3}


def test_its_references_use_the_whole_scale_and_one_cannot_be_judged(velmora):
    given = Counter(one.mark for one in velmora.references.values())

    assert set(given) == {"0", "1", "2", "3", "4", marks.CANNOT_JUDGE}
    assert given[marks.CANNOT_JUDGE] == 1


def test_the_city_is_sometimes_right_often_too_high_and_once_too_modest(velmora):
    apart = Counter(
        (int(velmora.answers[code].mark) > int(one.mark))
        - (int(velmora.answers[code].mark) < int(one.mark))
        for code, one in velmora.references.items()
        if one.mark.isdecimal()
    )

    assert apart == {1: 8, 0: 2, -1: 1}


def test_each_reference_says_why_not_one_higher_and_why_not_one_lower(charter, velmora):
    for code, one in velmora.references.items():
        level = marks.level_of(one.mark)
        expected = (
            level is not None and level < charter.scale_maximum,
            level is not None and level > charter.scale_minimum,
        )
        assert (bool(one.not_higher), bool(one.not_lower)) == expected, code


def test_the_city_writes_three_to_six_sentences_and_shows_two_or_three_papers(velmora):
    sentences = {
        code: len(re.findall(r"[.!?](?=\s|$)", one.text)) for code, one in velmora.answers.items()
    }

    assert {code: count for code, count in sentences.items() if count not in range(3, 7)} == {}
    assert {len(one.evidence) for one in velmora.answers.values()} == {2, 3}


def test_the_case_says_that_the_city_does_not_exist(velmora):
    assert "Velmora does not exist." in velmora.setting
    assert velmora.city not in {one.city for one in registry().signatories}


def test_a_case_of_another_questionnaire_or_with_strange_codes_or_marks_does_not_fit(
    charter, velmora
):
    other = replace(velmora, instrument="other")
    answer, reference = velmora.answers["PM1.1"], velmora.references["PM1.1"]
    strange_code = replace(velmora, answers={"PM9.9": answer}, references={"PM9.9": reference})
    strange_mark = replace(velmora, answers={"PM1.1": replace(answer, mark="7")})
    strange_reference = replace(
        velmora, references=velmora.references | {"PM1.1": replace(reference, mark="7")}
    )

    fitting = [one.fits(charter) for one in (other, strange_code, strange_mark, strange_reference)]

    assert fitting == [False] * 4


def test_a_file_is_read_with_its_hash(tmp_path: Path):
    case = read(written(tmp_path, GOOD))

    assert (case.city, case.codes, case.answers["PM1.1"].evidence[0].pointer) == (
        "Nowhere",
        ("PM1.1",),
        "page 1",
    )
    assert case.references["PM1.1"].mark == "1"
    assert case.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('mark = "3"', 'mark = "high"', "small.toml:10: statement.1.mark: "),
        ('reference = "1"', 'reference = "good"', "small.toml:14: statement.1.reference: "),
        ('why = "It is a plan."', "", "small.toml:8: statement.1.why: Field required"),
        ('pointer = "page 1"', 'page = "1"', "small.toml:20: statement.1.evidence.1.pointer: "),
        (
            'reference = "1"',
            'reference = "cannot_judge"',
            "small.toml:14: statement.1.reference: no level is higher or lower than this",
        ),
        (
            'not_higher = "Not done."\nnot_lower = "Begun."',
            'not_higher = ""\nnot_lower = ""',
            "small.toml:14: statement.1.reference: say why not one higher or why not one lower",
        ),
        ('code = "small"', "code = small", "small.toml:1: file: "),
    ],
)
def test_a_faulty_file_says_where_and_what(tmp_path: Path, old: str, new: str, fault: str):
    assert old in GOOD

    with pytest.raises(FaultyFile) as refusal:
        read(written(tmp_path, GOOD.replace(old, new)))

    assert str(refusal.value).startswith(fault)


def test_a_statement_that_comes_twice_is_refused(tmp_path: Path):
    twice = GOOD + GOOD[GOOD.index("[[statement]]") :]

    with pytest.raises(FaultyFile) as refusal:
        read(written(tmp_path, twice))

    assert [str(one) for one in refusal.value.faults] == [
        "small.toml:25: statement.2.code: 'PM1.1' is used twice"
    ]
