"""Pages whose content many requests share: it is rendered once, and each person gets it in a frame
of their own."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from flask import Response, current_app, render_template, request, session
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from models import User
from webapp.figures.keeping import Kept
from webapp.navigation import menu, open_to
from webapp.rendering import Page, Site
from webapp.sessions import require_user

_CONTENT, _TOKEN = secrets.token_hex(16), secrets.token_hex(16)
"""Where they go in a frame. Nobody outside this process knows them, so nobody can plant one."""
_frames = Kept(128)


@dataclass(frozen=True)
class Content:
    """The main part of a page as it is sent, and what tells it from every other one."""

    octets: bytes
    tag: str


@dataclass(frozen=True)
class FrameSite(Site):
    """What surrounds a content that is put in later."""

    @property
    def content(self) -> Markup:
        return Markup(_CONTENT)  # noqa: S704 - hexadecimal

    @property
    def csrf_token(self) -> str:
        return _TOKEN


@dataclass(frozen=True)
class _Frame:
    """A page in pieces: between them go the token of the session and the content."""

    pieces: tuple[bytes, ...]
    tag: str


def content(page: Page) -> Content:
    """Render what a page shows to everybody who may see it."""
    octets = render_template(page.template, page=page).encode()
    return Content(octets, hashlib.sha256(octets).hexdigest())


def framed(page: Page, inside: Content) -> Response:
    """A content in the frame of the person who asks: `page` is what surrounds it.

    Who sends the tag of what they have gets 304 as long as neither has changed.
    """
    who, told = require_user(), "_flashes" in session
    # What is said once stands in no other answer.
    about = (page, who.id, who.name, open_to(who), request.script_root, request.path, _language())
    frame = _frame(page, who) if told else _frames.get(about, lambda: _frame(page, who))
    tag = _tag(frame, inside)
    if not told and request.if_none_match.contains_weak(tag):
        return _tagged(Response(status=304), tag)
    filling = {_CONTENT.encode(): inside.octets, _TOKEN.encode(): generate_csrf().encode()}
    octets = b"".join(filling.get(piece, piece) for piece in frame.pieces)
    answer = Response(octets, mimetype="text/html")
    return answer if told else _tagged(answer, _tag(frame, inside))


def _tag(frame: _Frame, inside: Content) -> str:
    """What an answer follows from, but for the moment in its token: any of the session will do."""
    about = f"{frame.tag} {inside.tag} {session.get('csrf_token')}"
    return hashlib.sha256(about.encode()).hexdigest()


def _tagged(answer: Response, tag: str) -> Response:
    answer.set_etag(tag, weak=True)
    return answer


def _language() -> str:
    return str(get_locale())


def _frame(page: Page, who: User) -> _Frame:
    site = FrameSite(
        person=who.name,
        person_id=who.id,
        menu=menu(who),
        demonstration=current_app.config["DEMONSTRATION"],
        path=request.path,
    )
    html = render_template(page.template, page=page, site=site).encode()
    places = f"({_CONTENT}|{_TOKEN})".encode()
    return _Frame(tuple(re.split(places, html)), hashlib.sha256(html).hexdigest())
