"""The commands of `cityreview`: what is done from a shell and not in a browser."""

from __future__ import annotations

import csv
import importlib
import os
import re
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPException
from typing import Any

import click
import flask_migrate
from flask import Flask, current_app
from flask.cli import ScriptInfo, with_appcontext
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from sqlalchemy import inspect, select

from config import MailServer
from models import (
    FIRST_HASH,
    ChainHead,
    City,
    CityMembership,
    CityRole,
    Entry,
    EvidenceVersion,
    Instrument,
    Letter,
    PlatformRole,
    Round,
    User,
)
from reviews import instrument_files, instruments, letters
from reviews.journal import record
from reviews.queries import delegation, levels
from webapp import demonstration, mail, storage, work
from webapp.checking import invariants
from webapp.clock import now
from webapp.database import begin_writing
from webapp.extensions import db
from webapp.links import link_of
from webapp.passwords import LONGEST, SHORTEST, hash_password
from webapp.sheets import neutral

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
A_FOLDER = click.Path(file_okay=False, path_type=Path)
A_FOLDER_THERE = click.Path(exists=True, file_okay=False, path_type=Path)


def register(app: Flask) -> None:
    """Give an application its commands, so that `flask` and the tests know them too."""
    for command in COMMANDS:
        app.cli.add_command(command)


@click.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, show_envvar=True)
@click.option(
    "--port",
    envvar="PORT",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    show_envvar=True,
)
@click.option("--no-work", is_flag=True, help="Start no worker beside it: `cityreview work` is.")
@click.pass_obj
def serve(script: ScriptInfo, host: str, port: int, no_work: bool) -> None:
    """Answer requests until it is stopped; a stop lets requests in hand finish.

    \b
    A worker beside it makes files in the background.
    Example: cityreview serve --host 0.0.0.0 --port 8000
    """
    app = script.load_app()
    # Loaded once here, so that the workers share it and the first chart is not slow.
    importlib.import_module("webapp.dashboards.showing")
    importlib.import_module("matplotlib.backends.backend_svg")
    worker = None if no_work else work.beside(app)
    Server(app, f"[{host}]:{port}" if ":" in host else f"{host}:{port}", worker).run()


class Server(BaseApplication):
    """gunicorn inside this process: two workers of four threads, forked from one loaded app."""

    def __init__(self, app: Flask, address: str, worker: int | None = None) -> None:
        self.app, self.address, self.worker = app, address, worker
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": self.address,
            "worker_class": "gthread",
            "workers": 2,
            "threads": 4,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": 20,
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "cityreview",
            "when_ready": self.greet,
            "on_exit": self.part,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app

    def greet(self, arbiter: Any) -> None:
        """Say where it listens, once it does."""
        for listener in arbiter.LISTENERS:
            click.echo(f"cityreview listens on {listener}")
        if self.app.config["DEMONSTRATION"]:
            _print_accounts()

    def part(self, arbiter: Any) -> None:
        """Stop the worker beside it."""
        if self.worker is not None:
            with suppress(ProcessLookupError):
                os.kill(self.worker, signal.SIGTERM)


@click.command("work")
@click.option(
    "--workers", type=click.IntRange(1, 16), default=1, show_default=True, help="How many at once."
)
@click.pass_obj
def work_(script: ScriptInfo, workers: int) -> None:
    """Make files in the background until it is stopped; what is in hand is finished first.

    \b
    `cityreview serve` has a worker beside it; run this where it is told `--no-work`.
    Example: cityreview work --workers 2
    """
    app = script.load_app()
    with app.app_context():
        _need_tables()
    click.echo("cityreview makes files in the background")
    work.run(app, workers=workers)


@click.command()
@click.option("--upgrade", is_flag=True, help="Bring the database up to date first.")
@click.option("--quiet", is_flag=True, help="Do not list the accounts.")
@with_appcontext
def demo(upgrade: bool, quiet: bool) -> None:
    """Build the demonstration in an empty database, and say which accounts to try.

    \b
    Needs CITYREVIEW_DEMO=1, because the password of its accounts is known to everybody.
    Run again it changes nothing.
    Example: CITYREVIEW_DEMO=1 cityreview demo
    """
    if not current_app.config["DEMONSTRATION"]:
        raise click.ClickException("Set CITYREVIEW_DEMO=1 to build a demonstration.")
    if upgrade:
        flask_migrate.upgrade()
    _need_tables()
    begin_writing(db.session)
    if db.session.scalar(select(User.id).limit(1)) is None:
        click.echo("Building the demonstration: twelve invented cities, two rounds.")
        demonstration.build(
            db.session(), now=now(), password_hash=hash_password(demonstration.DEMO_PASSWORD)
        )
        db.session.commit()
    elif db.session.scalar(select(User.id).filter_by(email=_demo_address())) is not None:
        click.echo("The demonstration is there already; nothing was changed.")
    else:
        raise click.ClickException("This database holds other accounts; nothing was changed.")
    if not quiet:
        _print_accounts()


def _demo_address() -> str:
    return demonstration.accounts()[0].email


def _print_accounts() -> None:
    accounts = demonstration.accounts()
    width = max(len(account.email) for account in accounts)
    click.echo(f"\nAll figures are invented. Password of all: {demonstration.DEMO_PASSWORD}\n")
    for account in accounts:
        click.echo(f"  {account.email:{width}}  {account.what}")
    click.echo()


def _need_tables() -> None:
    if not inspect(db.engine).has_table(User.__tablename__):
        raise click.ClickException("The database has no tables yet: run `cityreview db upgrade`.")


@click.group()
def instrument() -> None:
    """Check questionnaires in TOML files and bring them in."""


@instrument.command()
@click.argument("file", type=A_FILE)
def check(file: Path) -> None:
    """Say all that is wrong in FILE, with its line; needs no database.

    \b
    Example: cityreview instrument check charter-2010.toml
    """
    read = _read(file)
    commitments = [one for role in read.roles for one in role.commitments]
    click.echo(
        f"{file.name}: {read.code} {read.version}, {len(read.roles)} roles,"
        f" {len(commitments)} commitments, {sum(len(one.statements) for one in commitments)}"
        f" statements, levels {read.scale_minimum} to {read.scale_maximum}: no faults."
    )


@instrument.command("import")
@click.argument("file", type=A_FILE)
@click.option("--by", "email", required=True, help="The account that answers for it.")
@click.option("--publish", is_flag=True, help="Publish it at once; it never changes again.")
@with_appcontext
def import_(file: Path, email: str, publish: bool) -> None:
    """Bring the questionnaire of FILE in as a draft.

    \b
    Example: cityreview instrument import charter-2010.toml --by admin@example.org --publish
    """
    _need_tables()
    read = _read(file)
    begin_writing(db.session)
    by = db.session.scalar(select(User).filter_by(email=email.strip().lower(), active=True))
    if by is None:
        raise click.ClickException(f"There is no account {email}.")
    known = select(Instrument.id).filter_by(code=read.code, version=read.version)
    if db.session.scalar(known) is not None:
        raise click.ClickException(
            f"{read.code} {read.version} is there already: give the file another version."
        )
    moment = now()
    db.session.add(read)
    record(by, "instrument:import", None, now=moment, code=read.code, version=read.version)
    if publish:
        instruments.publish(read, by=by, now=moment)
    db.session.commit()
    click.echo(f"{read.code} {read.version} is in, as {read.state.value}.")


def _read(file: Path) -> Instrument:
    try:
        return instrument_files.read(file)
    except instrument_files.FaultyFile as faulty:
        for fault in faulty.faults:
            click.echo(str(fault), err=True)
        raise click.exceptions.Exit(1) from None


@click.group("round")
def round_() -> None:
    """Take the figures of a round out."""


@round_.command()
@click.argument("slug", metavar="ROUND")
@click.argument("folder", type=A_FOLDER)
@with_appcontext
def export(slug: str, folder: Path) -> None:
    """Write the five input tables of a benchmark of ROUND into FOLDER, as CSV.

    \b
    Only what is signed or submitted is in them. Files of an earlier export are replaced.
    Example: cityreview round export 2026 tables
    """
    _need_tables()
    found = db.session.scalar(select(Round).filter_by(slug=slug))
    if found is None:
        raise click.ClickException(f"There is no round {slug}.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, (header, rows) in _sheets(levels.tables(db.session(), found)).items():
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *(map(neutral, row) for row in rows)])
        click.echo(f"{path}: {len(rows)} rows")


_HEADERS = {
    "statements": levels.StatementRow._fields,
    "structure": levels.StructureRow._fields,
    "scores": levels.ScoreRow._fields,
    "cities": levels.CityRow._fields,
    "assignments": levels.AssignmentRow._fields,
}


def _sheets(tables: levels.Tables) -> dict[str, tuple[Sequence[str], list[Any]]]:
    return {name: (_HEADERS[name], rows) for name, rows in tables._asdict().items()}


@click.command()
@click.argument("folder", type=A_FOLDER_THERE)
@click.option(
    "--out", type=A_FOLDER, required=True, help="Where to write: a new folder, or a result's."
)
@click.option("--config", "choices", type=A_FILE, help="Choices of the method, as TOML.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="For what is drawn."
)
@click.option("--no-charts", is_flag=True, help="Tables and words only; with many cities faster.")
def benchmark(folder: Path, out: Path, choices: Path | None, seed: int, no_charts: bool) -> None:
    """Compute a benchmark from the five CSV tables in FOLDER; needs no database.

    \b
    Reads statements.csv, structure.csv, scores.csv, cities.csv, assignments.csv:
    UTF-8, comma or semicolon, as `cityreview round export` writes them. Writes
    the tables of the method as CSV, charts as SVG, summary.txt (start there) and
    result.json with the hashes of all. Only a whole result is written; it takes
    the place of an earlier one, and of nothing else. Every fault is named with
    file, row and column, rows as a spreadsheet counts them: the header is row 1.
    Example: cityreview benchmark tables --out result --seed 1
    """
    # Loaded here: pandas and matplotlib take a second that no other command should wait for.
    from webapp import benchmarking

    benchmarking.run(folder, out, choices, seed=seed, charts=not no_charts)


@click.group()
def evidence() -> None:
    """Look after the files of evidence."""


@evidence.command()
@with_appcontext
def sweep() -> None:
    """Delete files that no row names, left behind by an upload that broke off a day ago or more.

    \b
    Example: cityreview evidence sweep
    """
    _need_tables()
    named = set(db.session.scalars(select(EvidenceVersion.stored_as)))
    begun = storage.stored_before(now() - timedelta(days=1))
    left = [one for one in begun if one not in named]
    for one in left:
        storage.forget(one)
    click.echo(f"{len(left)} files deleted.")


@click.group()
def journal() -> None:
    """Look after the journal."""


@journal.command()
@with_appcontext
def verify() -> None:
    """Walk along the whole journal and say whether a row was changed, added or lost.

    \b
    Example: cityreview journal verify
    """
    _need_tables()
    rows = db.session.scalars(
        select(Entry).order_by(Entry.sequence).execution_options(yield_per=1000)
    )
    head = db.session.get(ChainHead, 1) or ChainHead()
    count, broken = walked(rows, head)
    if broken:
        raise click.ClickException(broken)
    click.echo(f"{count} rows, unbroken.")


def walked(rows: Iterable[Entry], head: ChainHead) -> tuple[int, str]:
    """How many rows of the journal hold, and what is wrong after them, if anything."""
    count, last = 0, FIRST_HASH
    for row in rows:
        for wrong, said in _breaks(row, count + 1, last):
            if wrong:
                return count, f"Row {count + 1}: {said}."
        count, last = row.sequence, row.hash
    if (head.sequence, head.hash) != (count, last):
        return (
            count,
            f"Row {count + 1}: the journal ends here, but its last row is {head.sequence}.",
        )
    return count, ""


def _breaks(row: Entry, expected: int, last: str) -> Iterator[tuple[bool, str]]:
    yield row.sequence != expected, f"missing; the next one is {row.sequence}"
    yield row.previous_hash != last, "it does not follow from the row before"
    yield row.computed_hash() != row.hash, "its content is not what was written"


@click.group()
def account() -> None:
    """Look after accounts."""


@account.command()
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--name", required=True, help="The name that others see.")
@click.option(
    "--city", "slug", help="The city that the person works for, by its word in addresses."
)
@click.option(
    "--role", type=click.Choice([role.value for role in CityRole]), help="The part in that city."
)
@click.option(
    "--platform-role",
    type=click.Choice([role.value for role in PlatformRole]),
    default=PlatformRole.MEMBER.value,
    show_default=True,
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def create(
    email: str,
    name: str,
    slug: str | None,
    role: str | None,
    platform_role: str,
    password_stdin: bool,
) -> None:
    """Create an account; asks for its password.

    \b
    Example: cityreview account create --email ann@example.org --name "Ann Smith"
               --city ghent --role lead
    """
    if (slug is None) != (role is None):
        raise click.UsageError("--city and --role go together.")
    _need_tables()
    address, named = _address(email), name.strip()
    if not named or len(named) > 120:
        raise click.UsageError("Give a name of at most 120 characters.")
    password = _password(password_stdin)
    begin_writing(db.session)
    if db.session.scalar(select(User.id).filter_by(email=address)) is not None:
        raise click.ClickException(f"There is an account {address} already.")
    moment = now()
    person = User(
        email=address,
        name=named,
        password_hash=hash_password(password),
        created_at=moment,
        platform_role=PlatformRole(platform_role),
    )
    if slug and role:
        person.city_memberships.append(
            CityMembership(city=_city(slug), role=CityRole(role), since=moment)
        )
    db.session.add(person)
    db.session.flush()
    # Nobody is signed in to a shell, so this deed has no actor.
    db.session.add(
        Entry(
            action="account:create",
            at=moment,
            facts={"account": person.id, "platform_role": platform_role},
        )
    )
    db.session.commit()
    click.echo(f"{address} can sign in now.")


def _address(email: str) -> str:
    address = email.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address) or len(address) > 254:
        raise click.UsageError(f"{email} is not an e-mail address.")
    return address


def _password(from_stdin: bool) -> str:
    password: str = (
        sys.stdin.readline().rstrip("\r\n")
        if from_stdin
        else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    )
    if not SHORTEST <= len(password) <= LONGEST:
        raise click.ClickException(f"A password has at least {SHORTEST} characters.")
    return password


def _city(slug: str) -> City:
    city = db.session.scalar(select(City).filter_by(slug=slug))
    if city is None:
        raise click.ClickException(f"There is no city {slug}.")
    return city


@click.group("letters")
def letters_() -> None:
    """Look after the mail that waits."""


@letters_.command()
@with_appcontext
def send() -> None:
    """Send the letters that wait; where no mail server is set, print them instead.

    \b
    What does not get through stays and is tried again the next time: run it every few minutes.
    Example: cityreview letters send
    """
    _need_tables()
    server, failed = current_app.config["MAIL_SERVER"], 0
    for letter in delegation.unsent(db.session()):
        if not letters.still_due(letter, now()):
            # Whom it was for has answered, or is not to answer any more.
            db.session.delete(letter)
        elif _sent(letter, server):
            letter.sent_at = now()
        else:
            failed += 1
        # One by one: what has gone out is never sent again because a later one failed.
        db.session.commit()
    if failed:
        raise click.ClickException(f"{failed} letters did not get through; they stay.")


def _sent(letter: Letter, server: MailServer | None) -> bool:
    """Whether a letter is out of the house now; says why not."""
    try:
        body = letters.with_link(letter, link_of(letter))
        if server is None:
            click.echo(f"To: {letter.to}\nSubject: {letter.subject}\n\n{body}")
        else:
            mail.send(mail.message_of(letter, body, sender=server.sender), server)
            click.echo(f"Letter {letter.id}: sent.")
    except (OSError, SMTPException, ValueError, LookupError) as error:
        # The kind of error only: a server's words may hold the address.
        click.echo(f"Letter {letter.id}: {type(error).__name__}", err=True)
        return False
    return True


COMMANDS: tuple[click.Command, ...] = (
    account,
    benchmark,
    demo,
    evidence,
    instrument,
    invariants,
    journal,
    letters_,
    round_,
    serve,
    work_,
)
