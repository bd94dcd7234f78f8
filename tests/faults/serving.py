"""The application in processes of its own, which can be killed, and clients that save over HTTP."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask

from config import Settings
from tests.browser import Browser
from webapp import create_app
from webapp.extensions import db

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from config import Settings
from webapp import create_app
from webapp.commands import Server
Server(create_app(Settings.from_environment()), sys.argv[1]).run()
"""
"""What `cityreview serve` does, without the charts, which take seconds to load."""


class Server:
    """gunicorn with two workers on one database, in a process group of its own."""

    def __init__(self, database_url: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._environment = {
            "PATH": os.environ["PATH"],
            "CITYREVIEW_DATABASE_URL": database_url,
            "CITYREVIEW_EVIDENCE_FOLDER": str(folder / "evidence"),
            "CITYREVIEW_SECRET_KEY": secrets.token_hex(32),
            "CITYREVIEW_COOKIE_SECURE": "0",
        }
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Come back once it listens."""
        command = [sys.executable, "-c", PROGRAM, f"127.0.0.1:{self.port}"]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "listens on" in line:
                return
        raise RuntimeError(f"the server ended with {self._process.wait()} before it listened")

    def kill(self) -> None:
        """What `kill -9` does to the master and all its workers at once."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None

    @contextmanager
    def running(self) -> Iterator[None]:
        self.start()
        try:
            yield
        finally:
            self.kill()

    def kill_a_worker(self) -> None:
        """Kill the oldest worker; the master starts another one."""
        assert self._process is not None
        master = self._process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        if children:
            os.kill(int(children[0]), signal.SIGKILL)

    @contextmanager
    def signed_in(self, emails: Iterable[str]) -> Iterator[list[Client]]:
        """A client for each of these people; the server need not run yet."""
        app = create_app(Settings.from_environment(self._environment))
        clients = [Client(app, self, email) for email in emails]
        with app.app_context():
            db.engine.dispose()
        yield clients
        for client in clients:
            client.close()


class Reply(NamedTuple):
    """Status 0: no answer came, so nobody knows whether the save arrived."""

    status: int
    said: Mapping[str, Any]


class Client:
    """One signed-in person's connection, kept open as a browser keeps it."""

    def __init__(self, app: Flask, server: Server, email: str) -> None:
        browser = Browser(app, email)
        token = browser.token  # asked for first: it becomes part of the cookie
        cookie = browser.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        self._headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Cookie": f"{cookie.key}={cookie.value}",
            "X-CSRFToken": token,
        }
        self._connection = HTTPConnection("127.0.0.1", server.port, timeout=30)

    def patch(self, path: str, body: Mapping[str, Any]) -> Reply:
        try:
            self._connection.request("PATCH", path, json.dumps(body), self._headers)
            answer = self._connection.getresponse()
            return Reply(answer.status, json.loads(answer.read()))
        except (OSError, HTTPException):
            self._connection.close()
            return Reply(0, {})

    def close(self) -> None:
        self._connection.close()
