"""A real server, a real Chromium, and people who look at every page they open."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from tests.journeys.people import Person

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Meet = Callable[..., Person]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


def whole(app: Flask) -> WSGIApplication:
    """The application with each answer read to its end first: a browser that goes away in the
    middle of a font leaves no open file behind, which would be a warning in a later test."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        pieces = app(environ, start_response)
        try:
            return [b"".join(pieces)]
        finally:
            pieces.close()

    return answer


@pytest.fixture
def site(demo: Flask) -> Iterator[str]:
    """The address of a server of this test's own, on the demonstration."""
    server = make_server("127.0.0.1", 0, whole(demo), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def meet(chromium: Browser, site: str) -> Iterator[Meet]:
    """Somebody with a browser of their own, signed in by name; `script=False` turns it off."""
    people: list[Person] = []

    def somebody(email: str | None = None, *, script: bool = True) -> Person:
        person = Person(chromium.new_context(java_script_enabled=script), site, script=script)
        people.append(person)
        if email is not None:
            person.sign_in(email)
        return person

    yield somebody
    for person in people:
        person.leave()
