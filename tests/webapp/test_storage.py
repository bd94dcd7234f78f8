"""The evidence store: a folder or a bucket, whole files only, and a scanner before it."""

from __future__ import annotations

import io
import re
import socketserver
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask

from config import Bucket
from reviews.errors import Away, TooLarge, Unusable
from tests.browser import Browser, settings, words
from tests.uploads import PDF
from webapp import create_app, storage
from webapp.clock import now

LEAD = "lead.vinterhamra@example.org"
HERE = {"round_slug": "2026", "city_slug": "vinterhamra"}


class FakeBucket(BaseHTTPRequestHandler):
    """As much of the S3 protocol as the store speaks, with addresses that begin with the bucket."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        self.server.objects[self._key] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, headers={"ETag": '"1"'})

    def do_GET(self) -> None:
        if "list-type=2" in (urlsplit(self.path).query or ""):
            self._answer(200, self._listed(), {"Content-Type": "application/xml"})
        elif self._key in self.server.objects:
            self._answer(200, self.server.objects[self._key], _OBJECT)
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_HEAD(self) -> None:
        self._answer(200 if self._key in self.server.objects else 404, headers=_OBJECT)

    def do_POST(self) -> None:
        """Deletes some objects at once."""
        assert urlsplit(self.path).query == "delete"
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        keys = re.findall("<Key>([^<]+)</Key>", asked)
        for key in keys:
            self.server.objects.pop(key, None)
        done = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{done}</DeleteResult>".encode())

    def _listed(self) -> bytes:
        rows = "".join(
            f"<Contents><Key>{name}</Key><Size>{len(content)}</Size><ETag>1</ETag>"
            "<LastModified>2026-01-02T03:04:05.000Z</LastModified></Contents>"
            for name, content in self.server.objects.items()
        )
        return (
            f"<ListBucketResult>{rows}<IsTruncated>false</IsTruncated></ListBucketResult>".encode()
        )

    @property
    def _key(self) -> str:
        assert "Credential=the-key/" in self.headers["Authorization"]
        _, bucket, key = unquote(urlsplit(self.path).path).split("/", 2)
        assert bucket == "evidence"
        return key

    def _answer(
        self, status: int, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        pass


_OBJECT = {"ETag": '"1"', "Last-Modified": "Fri, 02 Jan 2026 03:04:05 GMT"}


@pytest.fixture
def objects() -> Iterator[tuple[str, dict[str, bytes]]]:
    """The address of a bucket's server, and what is in the bucket."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeBucket)
    server.daemon_threads = True
    server.objects = {}
    yield from _serving(server, f"http://127.0.0.1:{server.server_port}", server.objects)


def _serving(server: socketserver.BaseServer, *told: object) -> Iterator[object]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def in_folder(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(settings("sqlite://", tmp_path))
    with app.app_context():
        yield app


@pytest.fixture
def in_bucket(tmp_path: Path, objects: tuple[str, dict[str, bytes]]) -> Iterator[Flask]:
    bucket = Bucket(name="evidence", key_id="the-key", secret="a secret", endpoint=objects[0])
    app = create_app(replace(settings("sqlite://", tmp_path), evidence_bucket=bucket))
    with app.app_context():
        yield app


@pytest.fixture(params=["in_folder", "in_bucket"])
def store(request: pytest.FixtureRequest) -> Flask:
    return request.getfixturevalue(request.param)


def test_a_file_is_kept_under_a_random_name_and_comes_back(store):
    kept = storage.store_file(io.BytesIO(PDF), "plan.pdf")

    assert re.fullmatch("[0-9a-f]{32}", kept.stored_as)
    assert (kept.name, kept.size, kept.media_type) == ("plan.pdf", len(PDF), "application/pdf")
    assert b"".join(storage.reader()(kept.stored_as)) == PDF


def test_a_file_that_nothing_names_is_found_and_taken_away(store):
    kept = storage.store_file(io.BytesIO(PDF), "plan.pdf")
    tomorrow = now() + timedelta(days=1)

    there = list(storage.stored_before(tomorrow))
    storage.forget(kept.stored_as)

    assert (there, list(storage.stored_before(tomorrow))) == ([kept.stored_as], [])
    assert list(storage.stored_before(datetime(2020, 1, 1, tzinfo=UTC))) == []


def test_a_file_that_is_gone_is_said_to_be_away(store):
    with pytest.raises(Away):
        next(storage.reader()("0" * 32))


def test_a_bucket_that_does_not_answer_is_away(tmp_path):
    bucket = Bucket("evidence", "the-key", "a secret", endpoint="http://127.0.0.1:1")
    app = create_app(replace(settings("sqlite://", tmp_path), evidence_bucket=bucket))

    with app.app_context(), pytest.raises(Away):
        storage.store_file(io.BytesIO(PDF), "plan.pdf")


def test_the_folder_is_for_the_server_only(in_folder, tmp_path):
    storage.store_file(io.BytesIO(PDF), "plan.pdf")

    assert (tmp_path / "evidence").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_away(tmp_path):
    (tmp_path / "evidence").write_text("a file where the folder should be")
    app = create_app(settings("sqlite://", tmp_path))

    with app.app_context(), pytest.raises(Away):
        storage.store_file(io.BytesIO(PDF), "plan.pdf")


def test_a_file_over_the_limit_is_not_even_looked_into(in_folder):
    with pytest.raises(TooLarge):
        storage.Upload(io.BytesIO(b"0" * 100_001), "plan.pdf")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('a"b;c<d>.pdf', "abcd.pdf"),
        ("C:\\files\\plan.pdf", "plan.pdf"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_a_name_that_is_shown_breaks_nothing(name, shown):
    assert storage.shown_name(name) == shown


# The scanner: a daemon that somebody else wrote, of which this speaks the least.


class FakeDaemon(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert self._read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack(">I", self._read(4))[0]:
            content += self._read(size)
        self.server.heard.append(content)
        self.request.sendall(self.server.answers(content))

    def _read(self, size: int) -> bytes:
        read = b""
        while len(read) < size:
            read += self.request.recv(size - len(read))
        return read


def says(content: bytes) -> bytes:
    if b"too much" in content:
        return b"INSTREAM size limit exceeded. ERROR\0"
    return b"stream: Eicar-Test FOUND\0" if b"EICAR" in content else b"stream: OK\0"


class OverTcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    heard: list[bytes]


class OverSocket(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    heard: list[bytes]


@pytest.fixture(params=[OverTcp, OverSocket])
def scanner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """The address of a scanner, and what it was sent."""
    tcp = request.param is OverTcp
    server = request.param(("127.0.0.1", 0) if tcp else str(tmp_path / "clamd.sock"), FakeDaemon)
    server.heard, server.answers = [], says
    address = f"127.0.0.1:{server.server_address[1]}" if tcp else server.server_address
    yield from _serving(server, address, server.heard)


def test_a_scanner_gets_the_whole_file_before_it_is_kept(in_folder, scanner):
    in_folder.config["CLAMD_ADDRESS"], heard = scanner
    content = PDF + b"0" * 90_000

    storage.store_file(io.BytesIO(content), "plan.pdf")

    assert heard == [content]


def test_what_a_scanner_knows_is_not_kept(in_folder, scanner):
    in_folder.config["CLAMD_ADDRESS"] = scanner[0]

    with pytest.raises(Unusable) as refusal:
        storage.store_file(io.BytesIO(PDF + b"EICAR"), "plan.pdf")

    assert "something harmful" in str(refusal.value)
    assert list(storage.stored_before(now() + timedelta(days=1))) == []


def test_a_scanner_that_cannot_say_is_taken_for_one_that_is_down(in_folder, scanner):
    in_folder.config["CLAMD_ADDRESS"] = scanner[0]

    with pytest.raises(Away):
        storage.store_file(io.BytesIO(PDF + b"too much"), "plan.pdf")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/no/such/socket"])
def test_while_the_scanner_is_down_no_file_is_taken_and_nothing_typed_is_lost(
    demo, monkeypatch, address
):
    monkeypatch.setitem(demo.config, "CLAMD_ADDRESS", address)
    browser = Browser(demo, LEAD)
    form = {
        "csrf_token": browser.token,
        "file": (io.BytesIO(PDF), "plan.pdf"),
        "title": "Kept title",
    }

    # Not through the browser's checks, which take every 5xx for a mistake.
    answer = browser.client.post(browser.address("evidence.add_evidence", **HERE), data=form)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Files cannot be checked for viruses just now" in words(answer)
    assert 'value="Kept title"' in answer.text


def test_links_are_added_while_the_scanner_is_down(demo, monkeypatch):
    monkeypatch.setitem(demo.config, "CLAMD_ADDRESS", "127.0.0.1:1")
    form = {"address": "https://example.org/new"}

    assert Browser(demo, LEAD).post("evidence.add_evidence", form, **HERE).status_code == 303
