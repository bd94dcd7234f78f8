"""Instrument files: read whole, or refused with the line and field of every fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import Instrument, InstrumentState, StatementKind
from reviews.instrument_files import FaultyFile, read, shipped
from reviews.questionnaires import Questionnaire

SMALL = '''\
code = "small"
version = "1"
title = "A small questionnaire"
language = "en"
source = "Invented for tests."
introduction = """
Say how far
role = "your city" is.
"""
scale_minimum = 0
scale_maximum = 1

[[role]]
code = "employer"
title = "Employer"
summary = "The city as an employer."

[[role.commitment]]
code = "EM1"
title = "Fair chances"
text = "The city hires fairly."
principles = ["CBP3"]
weight = 1.0

[[role.commitment.statement]]
code = "EM1.1"
anchor = "open-jobs"
kind = "process"
title = "Jobs open to all"
text = "Jobs are open to all residents."
guidance = "Count all jobs."
evidence = ["A list of jobs"]
weight = 2
may_be_outside_remit = false
levels = ["Some jobs are.", "All jobs are."]

[[role.commitment.statement]]
code = "EM1.2"
anchor = "staff-figures"
kind = "outcome"
title = "Figures on staff"
text = "Staff are like residents."
guidance = "Count people."
evidence = ["A table"]
weight = 1.0
may_be_outside_remit = true
levels = ["No.", "Yes."]
'''


@pytest.fixture
def written(tmp_path: Path):
    """A function that reads the small file after one part of it was changed."""

    def change(old: str = "", new: str = "", count: int = 1) -> Instrument:
        assert old in SMALL
        path = tmp_path / "small.toml"
        path.write_text(SMALL.replace(old, new, count) if old else SMALL, encoding="utf-8")
        return read(path)

    return change


def test_a_file_becomes_a_draft_with_everything_in_its_order(written):
    instrument = written()

    employer = instrument.roles[0]
    commitment = employer.commitments[0]
    first, second = commitment.statements
    assert (instrument.code, instrument.state, instrument.sha256) == (
        "small",
        InstrumentState.DRAFT,
        None,
    )
    assert instrument.introduction == 'Say how far\nrole = "your city" is.'
    assert (employer.code, employer.position, commitment.code, commitment.position) == (
        "employer",
        1,
        "EM1",
        1,
    )
    assert (first.code, first.position, first.kind, first.weight, first.evidence_examples) == (
        "EM1.1",
        1,
        StatementKind.PROCESS,
        2.0,
        ["A list of jobs"],
    )
    assert (second.position, second.may_be_outside_remit) == (2, True)
    assert [(level.value, level.text) for level in first.levels] == [
        (0, "Some jobs are."),
        (1, "All jobs are."),
    ]


def test_levels_count_from_the_low_end_of_the_scale(written):
    instrument = written(
        "scale_minimum = 0\nscale_maximum = 1", "scale_minimum = 1\nscale_maximum = 2"
    )

    levels = instrument.roles[0].commitments[0].statements[0].levels

    assert [level.value for level in levels] == [1, 2]


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ('language = "en"\n', "", 1, "language"),
        ('language = "en"', 'language = "English"', 4, "language"),
        ("scale_minimum = 0", "scale_minimum = -1", 10, "scale_minimum"),
        ("scale_maximum = 1", "scale_maximum = 101", 11, "scale_maximum"),
        ("scale_maximum = 1", 'scale_maximum = "1"', 11, "scale_maximum"),
        ('summary = "The city as an employer."', 'summary = "  "', 16, "role.1.summary"),
        (
            'text = "The city hires fairly."\n',
            "",
            18,
            "role.1.commitment.1.text",
        ),
        ("weight = 1.0", "weight = -1.0", 23, "role.1.commitment.1.weight"),
        ("weight = 1.0", "weight = nan", 23, "role.1.commitment.1.weight"),
        (
            'anchor = "staff-figures"',
            'anchor = "Staff figures"',
            39,
            "role.1.commitment.1.statement.2.anchor",
        ),
        (
            'kind = "outcome"',
            'kind = "wish"',
            40,
            "role.1.commitment.1.statement.2.kind",
        ),
        (
            'levels = ["No.", "Yes."]',
            'levels = ["No.", "Yes."]\ncolour = "red"',
            48,
            "role.1.commitment.1.statement.2.colour",
        ),
        (
            'levels = ["No.", "Yes."]',
            'levels = ["No.", "Perhaps.", "Yes."]',
            47,
            "role.1.commitment.1.statement.2.levels",
        ),
        (
            'levels = ["No.", "Yes."]',
            'levels = ["No.", "No."]',
            47,
            "role.1.commitment.1.statement.2.levels",
        ),
        ('code = "EM1.2"', 'code = "EM1.1"', 38, "role.1.commitment.1.statement.2.code"),
        (
            'anchor = "staff-figures"',
            'anchor = "open-jobs"',
            39,
            "role.1.commitment.1.statement.2.anchor",
        ),
        (
            "may_be_outside_remit = true",
            'may_be_outside_remit = "yes"',
            46,
            "role.1.commitment.1.statement.2.may_be_outside_remit",
        ),
        ('title = "A small questionnaire"', "title = A small", 3, "file"),
    ],
)
def test_a_fault_is_told_with_its_line_and_field(written, old, new, line, field):
    with pytest.raises(FaultyFile) as refusal:
        written(old, new)

    assert [(fault.file, fault.line, fault.field) for fault in refusal.value.faults] == [
        ("small.toml", line, field)
    ]


def test_all_faults_are_told_at_once(written):
    with pytest.raises(FaultyFile) as refusal:
        written("weight = 1.0\n", 'weight = "much"\n', count=2)

    assert [(fault.line, fault.field) for fault in refusal.value.faults] == [
        (23, "role.1.commitment.1.weight"),
        (45, "role.1.commitment.1.statement.2.weight"),
    ]
    assert (
        str(refusal.value).splitlines()[0].startswith("small.toml:23: role.1.commitment.1.weight:")
    )


def test_a_scale_needs_two_ends(written):
    with pytest.raises(FaultyFile) as refusal:
        written("scale_minimum = 0", "scale_minimum = 1")

    first = refusal.value.faults[0]
    assert (first.line, first.field, first.message) == (
        11,
        "scale_maximum",
        "the scale needs two different ends",
    )


def test_weights_that_are_all_nought_weigh_nothing(written):
    with pytest.raises(FaultyFile) as refusal:
        written("weight = 1.0\n\n", "weight = 0.0\n\n")

    assert [(fault.line, fault.field, fault.message) for fault in refusal.value.faults] == [
        (13, "role.1.weight", "all weights below this are zero")
    ]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    path = tmp_path / "small.toml"
    path.write_bytes(b'code = "caf\xe9"')

    with pytest.raises(FaultyFile) as refusal:
        read(path)

    assert [(fault.line, fault.field) for fault in refusal.value.faults] == [(1, "file")]


def test_a_file_that_stops_in_the_middle_is_refused(tmp_path: Path):
    path = tmp_path / "small.toml"
    path.write_text('code = "small"\nintroduction = """\nnever ends', encoding="utf-8")

    with pytest.raises(FaultyFile) as refusal:
        read(path)

    assert [fault.field for fault in refusal.value.faults] == ["file"]


def test_the_charter_that_is_shipped_is_sound():
    questionnaire = Questionnaire.of(read(shipped("charter-2010")))

    assert [role.code for role in questionnaire.roles] == [
        "policy-maker",
        "service-provider",
        "employer",
        "buyer",
    ]
    assert len(questionnaire.commitments) == 11
    assert {len(one.levels) for one in questionnaire.statements} == {5}
    assert len({one.anchor for one in questionnaire.statements}) == len(questionnaire.statements)
