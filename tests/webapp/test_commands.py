"""What the commands say and do, and how they end."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import delete, func, select, update

from benchmarks.frames import COLUMNS
from config import Settings
from models import (
    AssessmentState,
    CityRole,
    ConsensusState,
    Entry,
    Instrument,
    InstrumentState,
    PlatformRole,
    User,
)
from reviews import evidence
from reviews.instrument_files import shipped
from reviews.journal import record
from tests.builders import (
    NOW,
    a_city,
    a_consensus,
    a_round,
    a_submitted_review,
    a_user,
    an_assessment,
    an_officer,
    store,
)
from tests.databases import SqliteTemplate
from tests.uploads import PDF
from webapp import create_app, demonstration, storage
from webapp.cli import Program
from webapp.clock import now
from webapp.extensions import db
from webapp.passwords import is_password
from webapp.sheets import neutral

PASSWORD = "a long enough password"


@contextmanager
def an_app(url: str, folder: Path, **settings: bool) -> Iterator[Flask]:
    app = create_app(
        Settings(
            secret_key="k" * 40,
            database_url=url,
            evidence_folder=folder / "evidence",
            cookie_secure=False,
            testing=True,
            **settings,
        )
    )
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(sqlite: SqliteTemplate, tmp_path: Path) -> Iterator[Flask]:
    with sqlite.fresh(tmp_path) as url, an_app(url, tmp_path, demonstration=True) as app:
        yield app


@pytest.fixture
def either_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application that is no demonstration, once on each kind of database."""
    with an_app(database_url, tmp_path) as app:
        yield app


def run(app: Flask, *words: str, typed: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=list(words), input=typed)


def test_the_demonstration_is_built_once_and_names_its_accounts(app: Flask):
    first = run(app, "demo")
    again = run(app, "demo")

    assert (first.exit_code, again.exit_code) == (0, 0), first.output
    assert first.output.startswith("Building the demonstration")
    assert again.output.startswith("The demonstration is there already; nothing was changed.")
    for account in demonstration.accounts():
        assert f"{account.email} " in again.output
    with app.app_context():
        assert db.session.scalar(select(func.count(User.id))) == 53
        one = db.session.scalars(select(User).limit(1)).one()
        assert is_password(demonstration.DEMO_PASSWORD, one.password_hash)
    assert run(app, "journal", "verify").output == "6560 rows, unbroken.\n"


def test_no_demonstration_is_built_beside_real_accounts(app: Flask):
    with app.app_context():
        store(db.session(), a_user())
        db.session.commit()

    result = run(app, "demo")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "This database holds other accounts; nothing was changed." in result.stderr


def test_no_demonstration_is_built_where_it_is_not_asked_for(either_app: Flask):
    result = run(either_app, "demo")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "Set CITYREVIEW_DEMO=1" in result.stderr


@pytest.mark.parametrize(
    "words", [["demo"], ["journal", "verify"], ["round", "export", "2026", "out"]]
)
def test_a_database_without_tables_is_named_as_such(tmp_path: Path, words: list[str]):
    with an_app(f"sqlite:///{tmp_path / 'empty.sqlite'}", tmp_path, demonstration=True) as app:
        result = run(app, *words)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "run `cityreview db upgrade`" in result.stderr


def test_a_sound_instrument_is_summed_up(app: Flask):
    result = run(app, "instrument", "check", str(shipped("charter-2010")))

    assert result.exit_code == 0
    assert result.output == (
        "charter-2010.toml: charter-2010 1, 4 roles, 11 commitments, 54 statements,"
        " levels 0 to 4: no faults.\n"
    )


def test_every_fault_of_an_instrument_is_named_with_its_line(app: Flask, tmp_path: Path):
    file = tmp_path / "faulty.toml"
    text = shipped("charter-2010").read_text(encoding="utf-8")
    file.write_text(
        text.replace('version = "1"', 'version = "one"', 1).replace(
            "weight = 1.0", "weight = -1.0", 1
        ),
        encoding="utf-8",
    )

    result = run(app, "instrument", "check", str(file))

    assert (result.exit_code, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["faulty.toml:4", "version"],
        ["faulty.toml:37", "role.1.commitment.1.weight"],
    ]


def test_a_file_that_is_not_there_is_a_wrong_call(app: Flask):
    assert run(app, "instrument", "check", "nowhere.toml").exit_code == 2


@pytest.mark.parametrize(
    ("extra", "state", "deeds"),
    [
        ([], InstrumentState.DRAFT, ["instrument:import"]),
        (
            ["--publish"],
            InstrumentState.PUBLISHED,
            ["instrument:import", "instrument:publish"],
        ),
    ],
)
def test_an_instrument_comes_in_under_somebodys_name(
    app: Flask, extra: list[str], state: InstrumentState, deeds: list[str]
):
    with app.app_context():
        store(db.session(), a_user(email="ann@example.org"))
        db.session.commit()
    call = ("instrument", "import", str(shipped("charter-2010")), "--by", "ann@example.org")

    first, again = run(app, *call, *extra), run(app, *call)

    assert first.exit_code == 0, first.output
    with app.app_context():
        assert db.session.scalars(select(Instrument.state)).all() == [state]
        assert db.session.scalars(select(Entry.action).order_by(Entry.sequence)).all() == deeds
    assert again.exit_code == 1
    assert "charter-2010 1 is there already" in again.stderr


def test_an_instrument_needs_an_account_that_answers_for_it(app: Flask):
    file = str(shipped("charter-2010"))

    result = run(app, "instrument", "import", file, "--by", "nobody@example.org")

    assert result.exit_code == 1
    assert "There is no account nobody@example.org." in result.stderr


def test_a_round_is_written_as_five_tables(app: Flask, tmp_path: Path):
    with app.app_context():
        round_ = a_round(slug="2026")
        assessment = an_assessment(
            of=a_city("=Ghent", slug="ghent", country="BE", population=262_000),
            round=round_,
            state=AssessmentState.IN_REVIEW,
        )
        a_submitted_review(of=assessment)
        a_consensus(of=assessment, state=ConsensusState.AGREED)
        store(db.session(), assessment)
        db.session.commit()

    result = run(app, "round", "export", "2026", str(tmp_path / "out"))

    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        f"{name}.csv" for name in COLUMNS
    )
    for name, columns in COLUMNS.items():
        assert read(tmp_path / "out" / f"{name}.csv")[0] == list(columns)
    assert len(read(tmp_path / "out" / "scores.csv")) == 1 + 3 * 5
    assert read(tmp_path / "out" / "cities.csv")[1] == ["ghent", "BE", "262000", "", "250-500k"]


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_round_that_does_not_exist_is_refused(app: Flask, tmp_path: Path):
    result = run(app, "round", "export", "1999", str(tmp_path / "out"))

    assert (result.exit_code, (tmp_path / "out").exists()) == (1, False)
    assert "There is no round 1999." in result.stderr


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x"]
)
def test_a_cell_that_a_sheet_would_run_gets_an_apostrophe(cell: str):
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["plain", "1=1", "", "'=1", -1, -0.5, None])
def test_other_cells_stay_as_they_are(cell: object):
    assert neutral(cell) == cell


def a_journal(app: Flask, rows: int = 4) -> None:
    with app.app_context():
        user = a_user()
        store(db.session(), user)
        for number in range(rows):
            record(user, "test:deed", None, now=NOW, number=number)
        db.session.commit()


def test_an_unbroken_journal_is_counted(app: Flask):
    a_journal(app)

    result = run(app, "journal", "verify")

    assert (result.exit_code, result.output) == (0, "4 rows, unbroken.\n")


def test_an_empty_journal_is_unbroken(app: Flask):
    assert run(app, "journal", "verify").output == "0 rows, unbroken.\n"


@pytest.mark.parametrize(
    ("meddling", "said"),
    [
        (
            update(Entry).where(Entry.sequence == 2).values(facts={"number": 7}),
            "Row 2: its content is not what was written.",
        ),
        (
            update(Entry).where(Entry.sequence == 3).values(previous_hash="f" * 64),
            "Row 3: it does not follow from the row before.",
        ),
        (delete(Entry).where(Entry.sequence == 2), "Row 2: missing; the next one is 3."),
        (
            delete(Entry).where(Entry.sequence == 4),
            "Row 4: the journal ends here, but its last row is 4.",
        ),
    ],
)
def test_the_first_broken_row_of_a_journal_is_named(app: Flask, meddling, said: str):
    a_journal(app)
    with app.app_context():
        db.session.execute(meddling)
        db.session.commit()

    result = run(app, "journal", "verify")

    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr


def test_an_account_is_created_with_its_part_in_a_city(either_app: Flask):
    app = either_app
    with app.app_context():
        city = a_city("Ghent")
        store(db.session(), city)
        db.session.commit()

    result = run(
        app,
        *("account", "create", "--email", " Ann@Example.org", "--name", "Ann Smith"),
        *("--city", "ghent", "--role", "lead", "--password-stdin"),
        typed=f"{PASSWORD}\n",
    )

    assert (result.exit_code, result.output) == (0, "ann@example.org can sign in now.\n")
    with app.app_context():
        ann = db.session.scalars(select(User)).one()
        assert (ann.email, ann.name) == ("ann@example.org", "Ann Smith")
        assert ann.platform_role is PlatformRole.MEMBER
        assert is_password(PASSWORD, ann.password_hash)
        assert [(m.city.slug, m.role) for m in ann.city_memberships] == [("ghent", CityRole.LEAD)]
        entry = db.session.scalars(select(Entry)).one()
        assert (entry.action, entry.actor_id) == ("account:create", None)
        assert entry.facts == {"account": ann.id, "platform_role": "member"}


def test_the_password_is_asked_for_twice(app: Flask):
    call = ("account", "create", "--email", "ann@example.org", "--name", "Ann")

    result = run(app, *call, "--platform-role", "coordinator", typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    with app.app_context():
        stored = db.session.scalars(select(User.platform_role)).all()
        assert stored == [PlatformRole.COORDINATOR]


@pytest.mark.parametrize(
    ("words", "typed", "code", "said"),
    [
        (["--email", "ann"], PASSWORD, 2, "ann is not an e-mail address."),
        (["--city", "ghent"], PASSWORD, 2, "--city and --role go together."),
        (["--name", " "], PASSWORD, 2, "Give a name"),
        (["--role", "mayor", "--city", "ghent"], PASSWORD, 2, "Invalid value for '--role'"),
        (["--city", "nowhere", "--role", "lead"], PASSWORD, 1, "There is no city nowhere."),
        ([], "short", 1, "at least 12 characters"),
        ([], "", 1, "at least 12 characters"),
        (["--email", "BEN@example.org"], PASSWORD, 1, "There is an account ben@example.org"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    app: Flask, words: list[str], typed: str, code: int, said: str
):
    with app.app_context():
        store(db.session(), a_user(email="ben@example.org"))
        db.session.commit()
    given = ["--email", "ann@example.org", "--name", "Ann", "--password-stdin", *words]

    result = run(app, "account", "create", *given, typed=typed)

    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    with app.app_context():
        assert db.session.scalar(select(func.count(User.id))) == 1


def test_a_missing_setting_is_a_wrong_call(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CITYREVIEW_SECRET_KEY", raising=False)

    result = CliRunner().invoke(Program(), ["demo"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "CITYREVIEW_SECRET_KEY must be set" in result.stderr


def test_an_instrument_is_checked_without_any_setting(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CITYREVIEW_SECRET_KEY", raising=False)

    result = CliRunner().invoke(Program(), ["instrument", "check", str(shipped("charter-2010"))])

    assert result.exit_code == 0


def test_every_command_has_help_with_an_example():
    for words in (
        ["serve"],
        ["demo"],
        ["instrument", "check"],
        ["instrument", "import"],
        ["round", "export"],
        ["benchmark"],
        ["journal", "verify"],
        ["account", "create"],
    ):
        result = CliRunner().invoke(Program(), [*words, "--help"])

        assert result.exit_code == 0
        assert "Example: " in result.output, words


def test_the_server_answers_and_stops_when_told(sqlite: SqliteTemplate, tmp_path: Path):
    with sqlite.fresh(tmp_path) as url:
        settings = {
            "CITYREVIEW_SECRET_KEY": "k" * 40,
            "CITYREVIEW_DATABASE_URL": url,
            "CITYREVIEW_EVIDENCE_FOLDER": str(tmp_path / "evidence"),
            "CITYREVIEW_COOKIE_SECURE": "0",
            "CITYREVIEW_DEMO": "1",
        }
        environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "PORT")}
        with subprocess.Popen(
            [Path(sys.executable).with_name("cityreview"), "serve", "--port", "0"],
            env=environment | settings,
            stdout=subprocess.PIPE,
            text=True,
        ) as server:
            assert server.stdout is not None
            said = server.stdout.readline()
            address = re.fullmatch(r"cityreview listens on (http://127\.0\.0\.1:\d+)\n", said)
            try:
                assert address is not None, said
                status = answered(f"{address.group(1)}/sign-in")
            finally:
                server.send_signal(signal.SIGTERM)
            rest = server.stdout.read()
            server.wait(timeout=30)

    assert status == 200
    assert demonstration.DEMO_PASSWORD in rest
    assert server.returncode == 0


def answered(address: str) -> int:
    try:
        with urlopen(address, timeout=20) as answer:  # noqa: S310 - our own server
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_files_that_no_row_names_are_swept_away_a_day_later(app: Flask, tmp_path: Path):
    assessment = an_assessment()
    lead = an_officer(of=assessment.city)
    with app.app_context():
        kept, lost, fresh = (
            storage.store_file(io.BytesIO(PDF), f"{name}.pdf") for name in ("kept", "lost", "fresh")
        )
        facts = evidence.Facts(title="Kept")
        document = evidence.add(assessment, kept, facts, number=1, by=lead, now=NOW)
        store(db.session(), assessment)
        db.session.add_all([lead, document])
        db.session.commit()
    two_days_ago = (now() - timedelta(days=2)).timestamp()
    for one in (kept, lost):
        os.utime(tmp_path / "evidence" / one.stored_as, (two_days_ago, two_days_ago))

    result = run(app, "evidence", "sweep")

    assert result.output == "1 files deleted.\n"
    left = {path.name for path in (tmp_path / "evidence").iterdir()}
    assert left == {kept.stored_as, fresh.stored_as}
