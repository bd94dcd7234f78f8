"""The command `benchmark`: from a folder of tables to a folder of results, without a database."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from benchmarks.files import file_name
from benchmarks.frames import COLUMNS, Frames, check
from benchmarks.result import BenchmarkResult
from models import AssessmentState, Round
from reviews.queries import levels
from tests.benchmarks.tables import drawn, shuffled, simulated, the_frames
from tests.builders import a_city, a_round, a_submitted_review, an_assessment, store
from tests.databases import SqliteTemplate
from tests.webapp.test_commands import an_app
from webapp import benchmarking
from webapp.cli import Program
from webapp.extensions import db

TABLES = [
    f"{name}.csv" for name in compute(the_frames(), BenchmarkConfig(draws=1, resamples=0)).tables
]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a secret nor a database is set."""
    for name in os.environ:
        if name.startswith("CITYREVIEW_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """Choices that take no time."""
    file = tmp_path / "quick.toml"
    file.write_text("draws = 20\nresamples = 20\n")
    return file


def as_files(frames: Frames, folder: Path) -> Path:
    folder.mkdir()
    for name in COLUMNS:
        getattr(frames, name).to_csv(folder / f"{name}.csv", index=False)
    return folder


def run(*words: object) -> Result:
    return CliRunner().invoke(Program(), ["benchmark", *map(str, words)])


def every_file(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_five_tables_become_a_result_with_charts(tmp_path: Path, quick: Path):
    frames, _ = simulated(cities=6, raters=6, rounds=("2024", "2026"))
    tables, out = as_files(frames, tmp_path / "in"), tmp_path / "out"

    result = run(tables, "--out", out, "--config", quick, "--seed", 3)

    assert (result.exit_code, result.stderr) == (0, ""), result.output
    charts = [
        f"charts/{year}/{name}.svg"
        for year in ("2024", "2026")
        for name in (
            *("profile", "gap", "heat"),
            *(f"c{n:03}-{chart}" for n in range(6) for chart in ("profile", "gap")),
        )
    ]
    written = every_file(out)
    assert sorted(written) == sorted([*TABLES, "summary.txt", "result.json", *charts])
    lines = result.stdout.splitlines()
    assert lines[0] == f"{out / 'scores_out.csv'}: {6 * 2 * 60 * 4} rows"
    assert len(lines) == len(TABLES) + 2
    assert lines[-2:] == [
        f"{out / 'charts'}: 30 charts",
        f"{out / 'summary.txt'}: one page in words, to begin with",
    ]
    for name in charts:
        assert ElementTree.fromstring(written[name]).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314
    index = json.loads(written["result.json"])
    expected = compute(frames, BenchmarkConfig(draws=20, resamples=20), seed=3)
    assert [index[key] for key in ("config_hash", "data_hash", "seed", "result_hash")] == [
        expected.config_hash,
        expected.data_hash,
        3,
        expected.result_hash,
    ]
    assert written["summary.txt"].startswith(b"BENCHMARK\n\n2 rounds (2024, 2026), 6 cities,")


def test_the_same_tables_in_another_order_give_the_same_bytes(tmp_path: Path, quick: Path):
    frames = drawn(["Ghent", "ghent", "Αθήνα", "../../x"], statements=1)

    for name, given in (("one", frames), ("other", shuffled(frames, 5))):
        tables = as_files(given, tmp_path / f"{name}-in")
        assert run(tables, "--out", tmp_path / name, "--config", quick).exit_code == 0

    assert every_file(tmp_path / "one") == every_file(tmp_path / "other")
    charts = {name for name in every_file(tmp_path / "one") if name.startswith("charts/")}
    assert charts == {
        f"charts/2026/{name}.svg"
        for name in (
            *("profile", "gap", "heat", "ghent-profile", "ghent-gap"),
            *(f"{file_name(city)}-{chart}" for city in ("Ghent", "Αθήνα", "../../x")
              for chart in ("profile", "gap")),
        )
    }  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("one", "one-in", "other", "other-in", "quick.toml"),
    ]


def test_charts_can_be_left_out_and_an_earlier_result_goes(tmp_path: Path, quick: Path):
    tables = as_files(drawn(["Ghent"], statements=1), tmp_path / "in")
    call = (tables, "--out", tmp_path / "out", "--config", quick)

    first, again = run(*call), run(*call, "--no-charts")

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert sorted(every_file(tmp_path / "out")) == sorted([*TABLES, "summary.txt", "result.json"])
    charts = f"{tmp_path / 'out' / 'charts'}: 5 charts"
    assert (charts in first.stdout, charts in again.stdout) == (True, False)


@pytest.mark.parametrize(
    ("marks", "count"), [([], 0), (["2026 Ghent PM1.1 self - 4"], None)], ids=["none", "self only"]
)
def test_what_cannot_be_drawn_is_left_out(tmp_path: Path, quick: Path, marks, count):
    tables = as_files(the_frames(*marks), tmp_path / "in")

    result = run(tables, "--out", tmp_path / "out", "--config", quick)

    assert result.exit_code == 0, result.output
    charts = {name for name in every_file(tmp_path / "out") if name.startswith("charts/")}
    if count is None:
        assert "charts/2026/gap.svg" not in charts
        assert {"charts/2026/profile.svg", "charts/2026/Ghent-profile.svg"} - charts == {
            "charts/2026/Ghent-profile.svg"
        }
        assert f"charts/2026/{file_name('Ghent')}-profile.svg" in charts
    else:
        assert charts == set()


def test_a_mistake_in_a_chart_is_not_taken_for_nothing_to_draw(
    tmp_path: Path, quick: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(*arguments: object, **named: object) -> None:
        raise KeyError("colour")

    monkeypatch.setattr(benchmarking, "heat", broken)
    tables = as_files(the_frames("2026 Ghent PM1.1 self - 4"), tmp_path / "in")

    result = run(tables, "--out", tmp_path / "out", "--config", quick)

    assert isinstance(result.exception, KeyError)
    assert not (tmp_path / "out").exists()


def test_every_fault_of_tables_and_choices_is_named_and_nothing_written(tmp_path: Path):
    frames = the_frames("2026 Ghent PM1.1 self - 9", "2026 Ghent PM1.2 self - 3")
    tables = as_files(
        replace(frames, cities=frames.cities.assign(migrant_share=2)), tmp_path / "in"
    )
    (tables / "assignments.csv").write_text("round_id,city_id\n")
    choices = tmp_path / "choices.toml"
    choices.write_text("draw = 3\n")

    first = run(tables, "--out", tmp_path / "out", "--config", choices)
    (tables / "assignments.csv").write_text(",".join(COLUMNS["assignments"]) + "\n")
    second = run(tables, "--out", tmp_path / "out")

    assert (first.exit_code, first.stdout) == (1, "")
    assert first.stderr.splitlines() == [
        "choices.toml, draw: there is no such choice; there are mean, missing, threshold,"
        " na_share, raters, draws, resamples, named, known, role_order",
        "assignments.csv, reviewer_city_id: column is missing",
        "assignments.csv, reviewer_id: column is missing",
    ]
    assert (second.exit_code, second.stdout) == (1, "")
    assert second.stderr.splitlines() == [
        "cities.csv, row 2, migrant_share: 2.0 is not between 0 and 1",
        "scores.csv, row 2, score: 9 is outside the scale",
    ]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["nowhere", "--out", "out"],
        ["."],
        [".", "--out", "out", "--seed", "-1"],
        [".", "--out", "out", "--seed", "one"],
        [".", "--out", "out", "--config", "nowhere.toml"],
        [".", "--out", "out", "more"],
    ],
)
def test_a_wrong_call_is_told_apart(
    tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)

    result = run(*words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr


def test_what_others_put_into_the_folder_is_not_replaced(tmp_path: Path, quick: Path):
    tables = as_files(the_frames(), tmp_path / "in")

    result = run(tables, "--out", tables, "--config", quick)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "which is not of an earlier result. Choose another folder.\n" in result.stderr
    assert sorted(every_file(tables)) == sorted(f"{name}.csv" for name in COLUMNS)


def test_a_disk_that_refuses_is_named(tmp_path: Path, quick: Path):
    tables = as_files(the_frames(), tmp_path / "in")

    result = run(tables, "--out", quick / "out", "--config", quick)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: {quick}: File exists.\n"


@pytest.fixture
def app(sqlite: SqliteTemplate, tmp_path: Path) -> Iterator[Flask]:
    with sqlite.fresh(tmp_path) as url, an_app(url, tmp_path) as app:
        yield app


def test_an_exported_round_gives_the_result_that_the_application_shows(
    app: Flask, tmp_path: Path, quick: Path
):
    with app.app_context():
        assessment = an_assessment(
            of=a_city("Ghent", slug="ghent", country="BE", population=262_000),
            round=a_round(slug="2026"),
            state=AssessmentState.IN_REVIEW,
        )
        a_submitted_review(of=assessment)
        store(db.session(), assessment)
        db.session.commit()
        tables = levels.tables(db.session(), db.session.scalars(select(Round)).one())
    shown = check(
        Frames(
            **{
                name: pd.DataFrame(rows, columns=list(COLUMNS[name]))
                for name, rows in tables._asdict().items()
            }
        )
    )
    runner, folder = app.test_cli_runner(), str(tmp_path / "in")

    exported = runner.invoke(args=["round", "export", "2026", folder])
    computed = runner.invoke(
        args=["benchmark", folder, "--out", str(tmp_path / "out"), "--config", str(quick)]
    )

    assert (exported.exit_code, computed.exit_code) == (0, 0), computed.output
    index = json.loads((tmp_path / "out" / "result.json").read_bytes())
    assert index["data_hash"] == shown.data_hash


PROGRAM = Path(sys.executable).with_name("cityreview")


def test_the_program_needs_nothing_but_the_folder(tmp_path: Path, quick: Path):
    as_files(the_frames("2026 Ghent PM1.1 self - 4"), tmp_path / "in")

    done = subprocess.run(
        [PROGRAM, "benchmark", "in", "--out", "out", "--config", quick.name],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "out/scores_out.csv: 40 rows"
    assert (tmp_path / "out" / "result.json").exists()


def at_a_terminal(folder: Path, *words: str) -> tuple[int, str]:
    """How the command ends, and what somebody at a terminal sees of it beside its output."""
    here, there = pty.openpty()
    try:
        with subprocess.Popen(
            [PROGRAM, "benchmark", *words],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "xterm"},
            stdout=subprocess.DEVNULL,
            stderr=there,
        ) as running:
            os.close(there)
            seen = b""
            # Linux ends the reading with an error, others with nothing.
            try:
                while piece := os.read(here, 65536):
                    seen += piece
            except OSError:
                pass
        return running.returncode, seen.decode()
    finally:
        os.close(here)


def test_a_terminal_sees_how_far_it_is(tmp_path: Path, quick: Path):
    as_files(the_frames("2026 Ghent PM1.1 self - 4"), tmp_path / "in")

    code, seen = at_a_terminal(tmp_path, "in", "--out", "out", "--config", quick.name)

    assert code == 0
    assert "computing" in seen
    assert "charts/2026/heat.svg" in seen
    assert "100%" in seen


def test_a_terminal_sees_the_first_two_hundred_faults(tmp_path: Path):
    tables = as_files(the_frames(), tmp_path / "in")
    with (tables / "cities.csv").open("a") as file:
        file.writelines(f"c{n},BE,-1,0.2,\n" for n in range(250))

    code, seen = at_a_terminal(tmp_path, "in", "--out", "out")
    result = run(tables, "--out", tmp_path / "out")

    lines = seen.splitlines()
    assert (code, len(lines)) == (1, 201)
    assert lines[199] == "cities.csv, row 201, population: -1 is below zero"
    assert lines[200] == "... and 50 more; 2> FILE keeps them all."
    assert len(result.stderr.splitlines()) == 250


def test_the_surest_series_that_has_a_value_is_drawn():
    def picked(result: BenchmarkResult) -> str:
        scores = result.scores
        return benchmarking._surest(scores["series"][scores["value"].notna()])

    quick = BenchmarkConfig(draws=1, resamples=0)
    own = "2026 Ghent PM1.1 self - 4"

    assert picked(compute(the_frames(own), quick)) == "self"
    assert picked(compute(the_frames(own, "2026 Ghent PM1.1 agreed - 4"), quick)) == "agreed"
    assert (
        picked(compute(the_frames(own, "2026 Ghent PM1.1 peer ann 4"), quick)) == "peer_calibrated"
    )
    assert benchmarking._surest([]) == "self"
