"""A browser without a screen: one person's cookies, and checks on every page they get."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from config import Settings
from models import SignIn, User
from webapp import create_app
from webapp.clock import now
from webapp.extensions import db, limiter
from webapp.security import CONTENT_POLICY, OPEN_TO_ALL
from webapp.sessions import hashed

_FORBIDDEN = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", re.IGNORECASE)


def settings(database_url: str, folder: Path, **rest: Any) -> Settings:
    """Settings for a test: plain HTTP, a folder of its own, small limits."""
    return Settings(
        secret_key="for the tests only, long enough to be taken",
        database_url=database_url,
        evidence_folder=folder / "evidence",
        cookie_secure=False,
        testing=True,
        # Below the size from which the test client writes what it sends into files.
        **{
            "form_limit": 200_000,
            "evidence_limit": 100_000,
            "workbook_limit": 150_000,
            **rest,
        },
    )


@cache
def _application(database_url: str, folder: Path) -> Flask:
    """One application per database address: its templates are compiled once, not per test."""
    return create_app(settings(database_url, folder))


def running(database_url: str, folder: Path) -> Iterator[Flask]:
    """The application for one test; its connections are closed afterwards."""
    app = _application(database_url, folder)
    with app.app_context():
        limiter.reset()
    yield app
    with app.app_context():
        db.engine.dispose()


class Browser:
    """What one person sends and gets. Without an address nobody is signed in."""

    def __init__(self, app: Flask, email: str | None = None) -> None:
        self.app = app
        self.client = app.test_client()
        self._token = ""
        if email is not None:
            self._sign_in(email)

    def get(self, endpoint: str, **values: Any) -> TestResponse:
        return self._checked(self.client.get(self.address(endpoint, **values)))

    def post(
        self, endpoint: str, data: dict[str, Any] | None = None, **values: Any
    ) -> TestResponse:
        """Send a form with the token that a page of this person holds."""
        form = {"csrf_token": self.token, **(data or {})}
        return self._checked(self.client.post(self.address(endpoint, **values), data=form))

    def patch(self, endpoint: str, body: Any, **values: Any) -> TestResponse:
        """Send what the script of a page sends."""
        headers = {"X-CSRFToken": self.token, "Accept": "application/json"}
        return self.client.patch(self.address(endpoint, **values), json=body, headers=headers)

    @property
    def token(self) -> str:
        if not self._token:
            page = self.client.get("/account" if self.signed_in else "/sign-in").text
            found = re.search(r'name="csrf_token" value="([^"]+)"', page)
            self._token = found.group(1) if found else ""
        return self._token

    @property
    def signed_in(self) -> bool:
        with self.client.session_transaction() as session:
            return "_user_id" in session

    def address(self, endpoint: str, **values: Any) -> str:
        if endpoint.startswith("/"):
            return endpoint
        with self.app.test_request_context():
            return self.app.url_for(endpoint, **values)

    def _sign_in(self, email: str) -> None:
        """As the sign-in does, without the password: most tests are about what comes after."""
        token = secrets.token_urlsafe(16)
        with self.app.app_context():
            user = db.session.scalars(select(User).where(User.email == email)).one()
            db.session.add(
                SignIn(
                    user=user,
                    token_hash=hashed(token),
                    browser="a test",
                    started_at=now(),
                    password_given_at=now(),
                    expires_at=now() + timedelta(hours=1),
                )
            )
            db.session.commit()
            user_id = user.get_id()
        with self.client.session_transaction() as session:
            session.update(_user_id=user_id, _fresh=True, sign_in=token)

    def _checked(self, answer: TestResponse) -> TestResponse:
        """What must hold for every page that anybody gets."""
        assert answer.status_code < 500, answer.text
        if answer.mimetype != "text/html" or answer.status_code in range(300, 400):
            return answer
        assert answer.headers["Content-Security-Policy"] == CONTENT_POLICY
        published = answer.status_code == 200 and answer.request.path.startswith("/results")
        may_be_kept = published and not self.signed_in
        assert answer.headers["Cache-Control"] == (OPEN_TO_ALL if may_be_kept else "no-store")
        assert len(re.findall(r"<h1[\s>]", answer.text)) == 1, answer.request.path
        assert re.search(r"<title>[^<]+</title>", answer.text)
        assert not _FORBIDDEN.search(answer.text), _FORBIDDEN.search(answer.text)
        return answer


def words(answer: TestResponse) -> str:
    """The main part of a page as a person reads it, in one line."""
    main = re.search(r"<main.*?</main>", answer.text, re.DOTALL)
    text = re.sub(
        r"</?(?:a|bdi|code|span|strong)(?:\s[^>]*)?>", "", main.group(0) if main else answer.text
    )
    text = re.sub(r"<[^>]+>", " ", text)
    return re.sub(r"\s+", " ", unescape(text)).strip()


def without_token(answer: TestResponse) -> str:
    """A page to compare with another one: the token in its forms changes with the second."""
    return re.sub(r'(?:name="csrf_token" value|data-token)="[^"]+"', "", answer.text)
