"""The guard: every view names its action, and nothing runs before the policy has said yes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import User
from reviews.policy import Action, Verdict, verdict
from webapp.clock import now
from webapp.database import begin_writing
from webapp.errors import Refused, answers_as_json
from webapp.extensions import csrf, db
from webapp.sessions import signed_in

View = Callable[..., ResponseReturnValue]
SAFE = frozenset({"GET", "HEAD"})
MOST_FIELDS = 200


def guarded(
    action: Action,
    load: Callable[..., object],
    *,
    query: tuple[str, ...] = (),
    body: str = "FORM_LIMIT",
    done: Callable[..., ResponseReturnValue | None] | None = None,
) -> Callable[[View], View]:
    """Let a view run for people to whom the policy allows `action` on what `load` finds.

    `load` takes its arguments out of the address by name; the view gets what it found and
    the rest. `query` names what may follow the question mark; `body` is the setting that
    limits the size of what is sent. `done` gives the answer to a request that comes too late
    because the same person has done the very same already, and None to every other one.
    """
    taken = tuple(inspect.signature(load).parameters)

    def decorate(view: View) -> View:
        @wraps(view)
        def guard(**path: Any) -> ResponseReturnValue:
            _refuse_strange_query(query)
            who = signed_in()
            if who is None:
                return _sign_in_first()
            if body == "FORM_LIMIT":
                _check_body(body)
            elif (who := _after_upload(body)) is None:
                return _sign_in_first()
            thing = load(**{name: path.pop(name) for name in taken})
            answer = verdict(who, action, thing, now())
            if done and answer in _TOO_LATE_TO_DO and (shown := done(thing)) is not None:
                return shown
            _obey(answer)
            return view(thing, **path)

        guard.action = action  # type: ignore[attr-defined]
        return guard

    return decorate


def public(*, query: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Say aloud that a view is open to everyone."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guard(**path: Any) -> ResponseReturnValue:
            _refuse_strange_query(query)
            _check_body("FORM_LIMIT")
            return view(**path)

        guard.action = None  # type: ignore[attr-defined]
        return guard

    return decorate


def refuse_unguarded() -> None:
    """Before each request: a view that names no action does not run."""
    if request.endpoint is None or request.endpoint == "static":
        return
    if not hasattr(current_app.view_functions[request.endpoint], "action"):
        abort(404)
    if request.method not in SAFE:
        begin_writing(db.session)


# Whoever has done it may have another hat by now.
_TOO_LATE_TO_DO = (Verdict.NOT_NOW, Verdict.FORBIDDEN)


def _obey(answer: Verdict) -> None:
    if answer is Verdict.HIDDEN:
        abort(404)
    if answer is Verdict.FORBIDDEN:
        abort(403)
    if answer is not Verdict.YES:
        raise Refused(answer)


def _sign_in_first() -> ResponseReturnValue:
    """Ask for a sign-in. What was typed into a form is carried along, so it is not lost."""
    if answers_as_json():
        abort(401)
    if request.method in SAFE:
        return redirect(url_for("accounts.show_sign_in", next=request.full_path.rstrip("?")))
    _check_body("FORM_LIMIT", token=False)
    keep: Callable[[], Response] = current_app.extensions["keep_what_was_typed"]
    return keep()


def _after_upload(limit: str) -> User | None:
    """Take a large body in before this request becomes a writer: on SQLite a slow upload would
    make all other writers wait. Who may do what is read again afterwards."""
    db.session.rollback()
    _check_body(limit)
    g.pop("_login_user", None)
    if request.method not in SAFE:
        begin_writing(db.session)
    return signed_in()


def _check_body(limit: str, *, token: bool = True) -> None:
    if request.method in SAFE:
        return
    request.max_content_length = current_app.config[limit]
    if (request.content_length or 0) > current_app.config[limit]:
        abort(413)
    if request.mimetype == "application/x-www-form-urlencoded":
        _refuse_broken_text(request.get_data(cache=True))
    if request.mimetype not in _ACCEPTED:
        abort(415)
    if len(request.form) + len(request.files) > MOST_FIELDS:
        abort(413)
    if token:
        csrf.protect()


_ACCEPTED = frozenset(
    {"", "application/json", "application/x-www-form-urlencoded", "multipart/form-data"}
)


def _refuse_broken_text(body: bytes) -> None:
    try:
        unquote_to_bytes(body).decode("utf-8")
    except UnicodeDecodeError:
        abort(400)


def _refuse_strange_query(known: tuple[str, ...]) -> None:
    """An unknown or repeated question is refused, never ignored: it might be a probe."""
    for name, values in request.args.lists():
        if name not in known or len(values) > 1:
            abort(422)
