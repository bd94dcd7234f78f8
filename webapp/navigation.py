"""The menu as a table: which item leads where, and who gets to see it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext
from sqlalchemy.exc import OperationalError

from models import User
from reviews.policy import Action, allowed
from reviews.queries import reports
from webapp.clock import now
from webapp.extensions import db


@dataclass(frozen=True)
class MenuItem:
    words: str
    address: str


_RESULTS = "results.show_results"
_MENU = (
    (lazy_gettext("My tasks"), "home.show_home", Action.ACCOUNT_OWN),
    (lazy_gettext("Rounds"), "rounds.list_rounds", Action.ROUND_LIST),
    (lazy_gettext("Reviewer profile"), "pool.show_profile", Action.PROFILE_OWN),
    (lazy_gettext("Questionnaires"), "instruments.list_instruments", Action.INSTRUMENT_READ),
    (lazy_gettext("Results"), _RESULTS, None),
    (lazy_gettext("The Charter"), "home.show_charter", None),
    (lazy_gettext("Help"), "home.show_help", None),
)


def menu(who: User | None) -> tuple[MenuItem, ...]:
    """The items for one person, by the same table of rights as the pages behind them."""
    shown = open_to(who)
    return tuple(
        MenuItem(str(words), url_for(endpoint)) for words, endpoint, _ in _MENU if endpoint in shown
    )


def open_to(who: User | None) -> tuple[str, ...]:
    """The endpoints that the menu of one person leads to."""
    at = now()
    return tuple(
        endpoint
        for _, endpoint, action in _MENU
        if (action is None or allowed(who, action, None, at))
        and (endpoint != _RESULTS or _something_is_published())
    )


def _something_is_published() -> bool:
    """Whether the results lead anywhere; while the database is away, they do not."""
    try:
        return reports.anything_published(db.session())
    except OperationalError:
        db.session.rollback()
        return False
