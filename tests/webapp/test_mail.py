"""Letters go out: printed where there is no mail server, handed in where there is one."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select, update

from config import MailServer, Settings, WrongSetting
from models import Invitation, Letter
from tests.browser import Browser, settings, words
from webapp import create_app
from webapp.clock import now
from webapp.extensions import db

HERE = {"round_slug": "2026", "city_slug": "vinterhamra"}
LEAD = "lead.vinterhamra@example.org"
NEW = {"email": "ana+charter@vinterhamra.example", "name": "Ana Ruiz"}


class Inbox(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it gets; with `full` it takes nothing."""

    allow_reuse_address = True

    def __init__(self, *, full: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.full = full
        self.mails: list[tuple[list[str], str]] = []


class Talk(socketserver.StreamRequestHandler):
    server: Inbox

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        people: list[str] = []
        self.say("220 here")
        for line in iter(self.rfile.readline, b""):
            words = line.decode().strip()
            verb = words[:4].upper()
            if verb == "RCPT":
                people.append(words.partition(":")[2])
            if verb == "DATA":
                self.say("354 go on")
                mail = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.mails.append((people, mail.decode()))
            self.say("452 full" if self.server.full and verb == "RCPT" else "250 good")
            if verb == "QUIT":
                return


@contextmanager
def inbox(**rest: bool) -> Iterator[Inbox]:
    with Inbox(**rest) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def with_mail(url: str, folder: Path, port: int):
    server = MailServer("127.0.0.1", "review@example.org", port=port, encrypted=False)
    app = create_app(
        settings(url, folder, mail_server=server, address="https://review.example.org")
    )
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def send(app):
    return app.test_cli_runner().invoke(args=["letters", "send"])


def letters(app):
    with app.app_context():
        return [one.sent_at is not None for one in db.session.scalars(select(Letter))]


def test_with_a_mail_server_the_link_is_in_the_mail_and_not_on_the_page(demo_url, files):
    with inbox() as server, with_mail(demo_url, files, server.server_address[1]) as app:
        answer = Browser(app, LEAD).post("colleagues.invite", NEW, **HERE)
        page = Browser(app, LEAD).get("colleagues.show_colleagues", **HERE)
        first, second = send(app), send(app)

        assert (answer.status_code, "/invitations/" in page.text) == (303, False)
        assert (first.exit_code, first.output, second.output) == (0, "Letter 1: sent.\n", "")
        [(people, mail)] = server.mails
        assert people == ["<ana+charter@vinterhamra.example>"]
        assert "\r\nTo: ana+charter@vinterhamra.example\r\n" in mail
        assert "\r\nMessage-ID: <letter-1@example.org>\r\n" in mail
        body = message_from_string(mail, policy=default).get_content()
        path = re.search(r"https://review\.example\.org(/invitations/\S+)", body).group(1)
        assert "Johan Ekdahl asks you" in words(Browser(app).get(path))


def test_a_letter_that_does_not_get_through_stays(demo_url, files):
    with inbox(full=True) as server, with_mail(demo_url, files, server.server_address[1]) as app:
        Browser(app, LEAD).post("colleagues.invite", NEW, **HERE)
        refused = send(app)
        assert letters(app) == [False]
        server.full = False
        taken = send(app)

        assert (refused.exit_code, taken.exit_code) == (1, 0)
        assert "1 letters did not get through; they stay." in refused.output
        assert "ana+charter" not in refused.output
        assert letters(app) == [True]


def test_without_a_mail_server_letters_are_printed(demo):
    Browser(demo, LEAD).post("colleagues.invite", NEW, **HERE)

    first, second = send(demo), send(demo)

    assert first.exit_code == 0, first.output
    assert first.output.startswith(
        "To: ana+charter@vinterhamra.example\nSubject: Help Vinterhamra with its self-assessment\n"
    )
    path = re.search(r"http://127\.0\.0\.1:8000(/invitations/\S+)", first.output).group(1)
    assert Browser(demo).get(path).status_code == 200
    assert second.output == ""


@pytest.mark.parametrize("way", ["taken back", "too old"])
def test_a_letter_about_what_has_ended_is_dropped(demo, way):
    Browser(demo, LEAD).post("colleagues.invite", NEW, **HERE)
    with demo.app_context():
        long_ago = now() - timedelta(days=20)
        ends = {"revoked_at": now()} if way == "taken back" else {"expires_at": now()}
        db.session.execute(update(Invitation).values(invited_at=long_ago, **ends))
        db.session.commit()

    result = send(demo)

    assert (result.exit_code, result.output, letters(demo)) == (0, "", [])


def test_a_link_made_under_another_key_is_not_sent(demo):
    Browser(demo, LEAD).post("colleagues.invite", NEW, **HERE)
    demo.config["SECRET_KEY"], kept = "another key of the same site " * 2, demo.config["SECRET_KEY"]

    result = send(demo)

    demo.config["SECRET_KEY"] = kept
    assert (result.exit_code, letters(demo)) == (1, [False])


MAIL = {
    "CITYREVIEW_SECRET_KEY": "k" * 40,
    "CITYREVIEW_DATABASE_URL": "sqlite://",
    "CITYREVIEW_SMTP_HOST": "mail.example.org",
    "CITYREVIEW_SMTP_SENDER": "review@example.org",
    "CITYREVIEW_ADDRESS": "https://review.example.org",
}


def test_a_mail_server_is_read_from_the_environment():
    read = Settings.from_environment({**MAIL, "CITYREVIEW_SMTP_PORT": "25"})

    assert read.mail_server == MailServer("mail.example.org", "review@example.org", port=25)
    assert Settings.from_environment({**MAIL, "CITYREVIEW_SMTP_HOST": ""}).mail_server is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"CITYREVIEW_SMTP_PORT": "0"},
        {"CITYREVIEW_SMTP_PORT": "smtp"},
        {"CITYREVIEW_SMTP_SENDER": ""},
        {"CITYREVIEW_ADDRESS": ""},
        {"CITYREVIEW_SMTP_ENCRYPTED": "yes"},
    ],
)
def test_a_wrong_setting_is_named(wrong):
    with pytest.raises(WrongSetting, match=next(iter(wrong))):
        Settings.from_environment({**MAIL, **wrong})
