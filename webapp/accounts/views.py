"""Sign in, sign out, my account."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from models import User
from reviews.policy import Action
from webapp import loaders, sessions
from webapp.accounts.forms import SignInForm, own_address
from webapp.accounts.pages import AccountPage, KeptPage, SignInPage
from webapp.clock import now
from webapp.demonstration import DemoAccount, accounts
from webapp.extensions import db, limiter
from webapp.guard import guarded, public
from webapp.passwords import is_password
from webapp.rendering import render

blueprint = Blueprint("accounts", __name__)


def _rate() -> str:
    return str(current_app.config["SIGN_IN_RATE"])


def _source() -> str:
    """One account tried from one place: a stranger's tries lock nobody else out."""
    return f"{request.remote_addr} {request.form.get('email', '')[:254].strip().lower()}"


@blueprint.get("/sign-in")
@public(query=("next",))
def show_sign_in() -> ResponseReturnValue:
    address = own_address(request.args.get("next"))
    if sessions.signed_in() is not None:
        return redirect(address)
    return render(SignInPage.of(SignInForm(formdata=None, next=address), _demo_accounts()))


@blueprint.post("/sign-in")
@public()
@limiter.limit(_rate, key_func=_source, deduct_when=lambda answer: answer.status_code == 422)
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return render(SignInPage.of(form, _demo_accounts()), 422)
    email = form.email.data.strip().lower()
    user = db.session.scalars(select(User).where(User.email == email)).one_or_none()
    fits = is_password(form.password.data, user.password_hash if user else None)
    if user is None or not fits or not user.active:
        return render(SignInPage.of(form, _demo_accounts(), failed=True), 422)
    sessions.start(user, at=now())
    db.session.commit()
    if form.kept_fields:
        return render(_kept_page(form.next_address, form.kept_fields))
    return redirect(form.next_address, 303)


@blueprint.post("/sign-out")
@guarded(Action.ACCOUNT_OWN, loaders.nothing)
def sign_out(_: None) -> ResponseReturnValue:
    sessions.end(sessions.require_user(), at=now())
    db.session.commit()
    return _signed_out()


@blueprint.post("/account/sign-out-everywhere")
@guarded(Action.ACCOUNT_OWN, loaders.nothing)
def sign_out_everywhere(_: None) -> ResponseReturnValue:
    sessions.end(sessions.require_user(), at=now(), everywhere=True)
    db.session.commit()
    return _signed_out()


@blueprint.get("/account")
@guarded(Action.ACCOUNT_OWN, loaders.nothing)
def show_account(_: None) -> ResponseReturnValue:
    user = sessions.require_user()
    return render(AccountPage.of(user, sessions.open_sign_ins(user, now())))


def keep_what_was_typed() -> Response:
    """A form arrived after its sign-in had ended: ask for a new one and carry the text along."""
    fields = {name: value for name, value in request.form.items() if name != "csrf_token"}
    form = SignInForm(
        formdata=None, next=own_address(request.path), kept=json.dumps(fields) if fields else ""
    )
    return render(SignInPage.of(form, _demo_accounts(), kept=True), 401)


@blueprint.record_once
def _offer_keeping(state: object) -> None:
    state.app.extensions["keep_what_was_typed"] = keep_what_was_typed  # type: ignore[attr-defined]


def _signed_out() -> ResponseReturnValue:
    answer = redirect(url_for("home.show_home"), 303)
    # What the browser kept of unsaved texts goes with the person.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def _kept_page(address: str, fields: dict[str, str]) -> KeptPage:
    return KeptPage(
        title=gettext("Your text is still here"), address=address, fields=tuple(fields.items())
    )


def _demo_accounts() -> tuple[DemoAccount, ...]:
    return accounts() if current_app.config["DEMONSTRATION"] else ()
