"""The command that checks what must always hold, for an operator and for every night."""

from __future__ import annotations

from collections import Counter

import click
from flask import current_app
from flask.cli import with_appcontext

from reviews.invariants import CHECKS, checked
from reviews.queries.invariants import cases
from webapp.clock import now
from webapp.extensions import db


@click.group()
def invariants() -> None:
    """Check what must always hold."""


@invariants.command()
@with_appcontext
def check() -> None:
    """Go through every city of every round and say what does not hold.

    Exit code 1 where anything is broken.

    \b
    Example: cityreview invariants check
    """
    tested: Counter[str] = Counter()
    broken: dict[str, list[str]] = {name: [] for name in CHECKS}
    needed = current_app.config["PUBLICATION_APPROVERS"]
    for case in cases(db.session(), approvers_needed=needed, now=now()):
        for name, outcome in checked(case).items():
            tested[name] += outcome.tested
            broken[name] += outcome.broken
    for name, function in CHECKS.items():
        said = (function.__doc__ or "").strip()
        click.echo(f"{name:>3}  {tested[name]:>7} times  {said}")
        for sentence in broken[name]:
            click.echo(f"     BROKEN: {sentence}", err=True)
    if any(broken.values()):
        raise SystemExit(1)
