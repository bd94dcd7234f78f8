"""Evidence bytes: looked into and hashed on the way in, kept under a random name."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

import obstore
from flask import current_app
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from config import Bucket
from reviews.errors import Away, TooLarge
from reviews.evidence import StoredFile
from webapp.clamd import refuse_harmful
from webapp.contents import Content, looked_into, named_as

if TYPE_CHECKING:
    from obstore.store import S3Config

log = logging.getLogger(__name__)
PIECE = 1024 * 1024
# What Windows takes for a device, whatever ending follows.
_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{one}{n}" for one in ("com", "lpt") for n in "123456789"),
}
Store = LocalStore | S3Store


class Upload:
    """A file that somebody sends, not stored yet: its kind by content, its size and its hash.

    Making one raises WrongKind, TooLarge and Unusable, as contents.looked_into does.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self.size, self.sha256 = _measured(stream)
        if self.size > current_app.config["EVIDENCE_FILE_LIMIT"]:
            raise TooLarge(
                "The file is larger than %(most)d MB. Nothing was stored.",
                field="file",
                most=current_app.config["EVIDENCE_FILE_LIMIT"] // (1024 * 1024),
            )
        self.content: Content = looked_into(stream)
        self.name = named_as(shown_name(name), self.content.media_type)

    def kept(self) -> StoredFile:
        """Store it. Raises Unusable for what the virus scanner knows, Away when the scanner or
        the store does not answer."""
        refuse_harmful(self._stream, current_app.config["CLAMD_ADDRESS"])
        stored_as = secrets.token_hex(16)
        self._stream.seek(0)
        with _reached():
            # Both kinds of store show an object only once all of it is there.
            obstore.put(_store(), stored_as, self._stream.read(), use_multipart=False)
        return StoredFile(
            name=self.name,
            media_type=self.content.media_type,
            size=self.size,
            sha256=self.sha256,
            stored_as=stored_as,
        )


def store_file(stream: BinaryIO, name: str) -> StoredFile:
    """Look into a file and keep it, in one go."""
    return Upload(stream, name).kept()


def reader() -> Callable[[str], Iterator[bytes]]:
    """What gives the bytes of stored files in pieces, also after the request has ended.

    A file that cannot be reached raises Away before its first piece.
    """
    store = _store()

    def stored_bytes(stored_as: str) -> Iterator[bytes]:
        with _reached():
            found = obstore.get(store, stored_as)
        return (bytes(piece) for piece in found.stream())

    return stored_bytes


def quota() -> int:
    """How much the files of one city may take, in bytes."""
    octets: int = current_app.config["EVIDENCE_QUOTA"]
    return octets


def forget(stored_as: str) -> None:
    """Take away bytes that no row will name."""
    with _reached():
        obstore.delete(_store(), stored_as)


def stored_before(moment: datetime) -> Iterable[str]:
    """The names of all that was stored before a moment."""
    with _reached():
        for page in obstore.list(_store()):
            yield from (one["path"] for one in page if one["last_modified"] < moment)


def shown_name(name: str) -> str:
    """The last part of a name in any script, without what could break a header or a page."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(letter for letter in last if letter.isprintable() and letter not in '"<>;:|?*')
    stem, dot, ending = kept.strip(" .").rpartition(".")
    cut = (f"{stem[:200]}{dot}{ending[:20]}" if dot else kept.strip(" .")[:200]) or "file"
    return f"file-{cut}" if cut.partition(".")[0].lower() in _DEVICES else cut


def _measured(stream: BinaryIO) -> tuple[int, str]:
    stream.seek(0)
    size, sha256 = 0, hashlib.sha256()
    while piece := stream.read(PIECE):
        size += len(piece)
        sha256.update(piece)
    return size, sha256.hexdigest()


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        log.error("evidence store: %s", error)
        raise Away(
            "Files cannot be stored or read just now. Try again in a few minutes.", field="file"
        ) from None


def _store() -> Store:
    # Made at the first use and not before: its threads would not survive the fork of the workers.
    kept: dict[str, Store] = current_app.extensions.setdefault("evidence_store", {})
    if "store" not in kept:
        bucket: Bucket | None = current_app.config["EVIDENCE_BUCKET"]
        kept["store"] = _in_bucket(bucket) if bucket else _in_folder()
    return kept["store"]


def _in_folder() -> LocalStore:
    folder: Path = current_app.config["EVIDENCE_FOLDER"]
    with _reached():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(str(folder))


def _in_bucket(bucket: Bucket) -> S3Store:
    elsewhere: S3Config = {"endpoint": bucket.endpoint} if bucket.endpoint else {}
    return S3Store(
        bucket.name,
        config=elsewhere,
        access_key_id=bucket.key_id,
        secret_access_key=bucket.secret,
        region=bucket.region,
        virtual_hosted_style_request=False,
        client_options={
            "allow_http": bucket.endpoint.startswith("http://"),
            "timeout": timedelta(seconds=30),
        },
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=30)},
    )
