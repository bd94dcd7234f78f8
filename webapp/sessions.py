"""Sign-ins as rows: a cookie is worth something only while its row says so."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import current_app, request, session
from flask_login import current_user, login_user, logout_user
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import joinedload

from models import CityMembership, RoundMembership, SignIn, User
from reviews.journal import record
from webapp.clock import now
from webapp.extensions import db, login

_TOKEN = "sign_in"  # noqa: S105 - the name of the entry, not its value


def signed_in() -> User | None:
    """The person behind this request, or None."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def require_user() -> User:
    """The person behind this request, in a view that only signed-in people reach."""
    user = signed_in()
    if user is None:
        raise LookupError("this view is open to everyone, so it may not ask who is there")
    return user


def start(user: User, *, at: datetime) -> None:
    """Sign a person in. The cookie gets a new secret, whatever it held before."""
    session.clear()
    token = secrets.token_urlsafe(32)
    lifetime = timedelta(seconds=current_app.config["SIGN_IN_LIFETIME"])
    db.session.add(
        SignIn(
            user=user,
            token_hash=hashed(token),
            browser=(request.user_agent.string or "")[:200],
            started_at=at,
            password_given_at=at,
            expires_at=at + lifetime,
        )
    )
    record(user, "sign-in:start", None, now=at)
    login_user(user)
    session[_TOKEN] = token


def end(user: User, *, at: datetime, everywhere: bool = False) -> None:
    """Sign a person out: this browser, or all of them."""
    rows = update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    if not everywhere:
        rows = rows.where(SignIn.token_hash == hashed(session.get(_TOKEN, "")))
    db.session.execute(rows.values(ended_at=at))
    record(user, "sign-in:end", None, now=at, everywhere=everywhere)
    logout_user()
    session.clear()


def open_sign_ins(user: User, at: datetime) -> list[SignIn]:
    """A person's browsers that are signed in, the newest first."""
    rows = select(SignIn).where(
        SignIn.user_id == user.id, SignIn.ended_at.is_(None), SignIn.expires_at > at
    )
    return list(db.session.scalars(rows.order_by(SignIn.started_at.desc(), SignIn.id.desc())))


@login.user_loader
def load_user(user_id: str) -> User | None:
    """The person whose sign-in this cookie names, with all that rights depend on."""
    given = {"token_hash": hashed(session.get(_TOKEN, "")), "at": now()}
    return db.session.scalars(_SIGNED_IN, given).unique().one_or_none()


# Every request of a person begins with this, so it is written out once and asks once; people
# have few memberships, so that their product is small.
_SIGNED_IN = (
    select(User)
    .join(SignIn, SignIn.user_id == User.id)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > bindparam("at"),
        User.active,
    )
    .options(
        joinedload(User.city_memberships).joinedload(CityMembership.city),
        joinedload(User.round_memberships).joinedload(RoundMembership.round),
        joinedload(User.conflicts),
    )
)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
