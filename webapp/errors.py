"""Refusals and HTTP errors as pages, or as JSON for the script in a page."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

from flask import Flask, Response, jsonify, request
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from reviews.errors import (
    AlreadyThere,
    Away,
    BaseMissing,
    ConflictOfInterest,
    Incomplete,
    KeyReused,
    NotNow,
    RuleBroken,
    Stale,
    TooLarge,
    Unusable,
    WrongKind,
)
from reviews.policy import Verdict
from webapp.extensions import db
from webapp.rendering import render

log = logging.getLogger(__name__)

STATUS: dict[type[RuleBroken], int] = {
    AlreadyThere: 409,
    Away: 503,
    BaseMissing: 428,
    ConflictOfInterest: 422,
    Incomplete: 422,
    KeyReused: 422,
    NotNow: 409,
    Stale: 409,
    TooLarge: 413,
    Unusable: 422,
    WrongKind: 415,
}

_REFUSALS = {
    Verdict.NOT_NOW: lazy_gettext("This cannot be done at this stage of the process."),
    Verdict.TOO_LATE: lazy_gettext("The date for this has passed. Ask your coordinator."),
}

_WORDS = {
    400: lazy_gettext("Something in this request was not right. Go back, load the page again."),
    401: lazy_gettext("Please sign in first."),
    403: lazy_gettext("You may see this, but your role does not allow you to do it."),
    404: lazy_gettext("There is no page here, or it is not for you."),
    405: lazy_gettext("This address does not take that kind of request."),
    409: lazy_gettext("This cannot be done at this stage of the process."),
    410: lazy_gettext(
        "This link has ended: it was used, taken back, or is too old. Ask whoever sent it for a"
        " new one."
    ),
    413: lazy_gettext("This is too large to be taken. Nothing was stored."),
    415: lazy_gettext("This kind of content is not taken here."),
    422: lazy_gettext("Something in this request was not right. Nothing was stored."),
    428: lazy_gettext("Load the page again, so that your change has something to build on."),
    429: lazy_gettext("Too many tries. Wait a minute and try again."),
    500: lazy_gettext("Something broke on our side. It was noted. Nothing of yours was stored."),
    503: lazy_gettext(
        "The service cannot store anything just now. Keep this page open and try again."
    ),
}

_TITLES = {
    400: lazy_gettext("That did not work"),
    401: lazy_gettext("Sign in"),
    403: lazy_gettext("Not with your role"),
    404: lazy_gettext("Page not found"),
    405: lazy_gettext("That did not work"),
    409: lazy_gettext("Not at this stage"),
    410: lazy_gettext("This link has ended"),
    413: lazy_gettext("Too large"),
    415: lazy_gettext("That did not work"),
    422: lazy_gettext("That did not work"),
    428: lazy_gettext("Load the page again"),
    429: lazy_gettext("Too many tries"),
    500: lazy_gettext("Sorry, something broke"),
    503: lazy_gettext("Please try again in a moment"),
}


class Refused(Exception):
    """The policy said: not now."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict


@dataclass(frozen=True)
class ErrorPage:
    title: str
    message: str
    missing: tuple[str, ...] = ()
    template: ClassVar[str] = "errors/error.html"


def said(error: RuleBroken) -> str:
    """A refusal in the reader's language."""
    text = gettext(error.message)
    return text % error.facts if error.facts else text


def answers_as_json() -> bool:
    """Whether the script in a page asked, rather than a person."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(StaleDataError, _raced)
    app.register_error_handler(IntegrityError, _raced)


def _answer(status: int, message: str, reason: str, missing: tuple[str, ...] = ()) -> Response:
    db.session.rollback()
    if answers_as_json():
        response = jsonify(reason=reason, message=message)
    else:
        page = ErrorPage(title=str(_TITLES[status]), message=message, missing=missing)
        response = render(page)
    response.status_code = status
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):
        # Under a host that is not ours no address of ours can be written into a page.
        return Response("Unknown host.", 400, mimetype="text/plain")
    if error.response is not None and error.code is not None and error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    status = error.code if error.code in _WORDS else 400
    if error.code and error.code >= 500:
        status = error.code if error.code in _WORDS else 500
    response = _answer(status, str(_WORDS[status]), HTTPStatus(status).phrase.lower())
    for name in ("Allow", "Retry-After"):
        if value := dict(error.get_headers()).get(name):
            response.headers[name] = value
    return response


def _csrf_error(error: CSRFError) -> Response:
    return _answer(400, str(_WORDS[400]), "csrf")


def _rule_broken(error: RuleBroken) -> Response:
    if isinstance(error, Stale) and answers_as_json():
        db.session.rollback()
        clash = jsonify(
            reason="stale",
            message=said(error),
            number=error.number,
            theirs=error.theirs,
            fields=error.fields,
        )
        clash.status_code = 409
        return clash
    missing = error.missing if isinstance(error, Incomplete) else ()
    return _answer(STATUS[type(error)], said(error), type(error).__name__.lower(), missing)


def _refused(error: Refused) -> Response:
    return _answer(409, str(_REFUSALS[error.verdict]), error.verdict.name.lower())


def _database_away(error: OperationalError) -> Response:
    log.error("database: %s", error.orig)
    return _answer(503, str(_WORDS[503]), "unavailable")


def _raced(error: Exception) -> Response:
    """Two writers met in spite of the locks: the later one is asked to look again."""
    log.warning("race: %s", error)
    return _answer(409, str(_WORDS[428]), "raced")
