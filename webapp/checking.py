"""The command that checks what must always hold, for an operator and for every night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import with_appcontext

from reviews.invariants import CHECKS, ROUND_CHECKS, Outcome, checked, checked_round
from reviews.queries.invariants import cases, rounds
from webapp.clock import now
from webapp.extensions import db


@click.group()
def invariants() -> None:
    """Check what must always hold."""


@invariants.command()
@with_appcontext
def check() -> None:
    """Go through every round and every city of it, and say what does not hold.

    Exit code 1 where anything is broken.

    \b
    Example: cityreview invariants check
    """
    every = CHECKS | ROUND_CHECKS
    tested: Counter[str] = Counter()
    broken: dict[str, list[str]] = {name: [] for name in every}
    for found in _outcomes():
        for name, outcome in found.items():
            tested[name] += outcome.tested
            broken[name] += outcome.broken
    for name, function in every.items():
        said = (function.__doc__ or "").strip()
        click.echo(f"{name:>3}  {tested[name]:>7} times  {said}")
        for sentence in broken[name]:
            click.echo(f"     BROKEN: {sentence}", err=True)
    if any(broken.values()):
        raise SystemExit(1)


def _outcomes() -> Iterator[dict[str, Outcome]]:
    needed, at = current_app.config["PUBLICATION_APPROVERS"], now()
    for case in cases(db.session(), approvers_needed=needed, now=at):
        yield checked(case)
    for round_case in rounds(db.session(), now=at):
        yield checked_round(round_case)
