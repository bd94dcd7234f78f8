"""Settings: the only reader of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024
SHORTEST_KEY = 32


class WrongSetting(Exception):
    """A setting that the program must not start with; names the variable, never its value."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in; `encrypted` is STARTTLS with a certificate that is checked."""

    host: str
    sender: str
    port: int = 587
    user: str = ""
    password: str = ""
    encrypted: bool = True


@dataclass(frozen=True)
class Bucket:
    """Where files of evidence are kept if not in a folder: a bucket of an S3-compatible store."""

    name: str
    key_id: str
    secret: str
    endpoint: str = ""
    region: str = "us-east-1"


@dataclass(frozen=True)
class Settings:
    """Every choice an installation makes. Sizes in bytes, times in seconds."""

    secret_key: str
    database_url: str
    evidence_folder: Path
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    cookie_secure: bool = True
    demonstration: bool = False
    address: str = ""
    mail_server: MailServer | None = None
    form_limit: int = MIB // 2
    workbook_limit: int = 5 * MIB
    evidence_limit: int = 20 * MIB
    evidence_quota: int = 500 * 1_000_000
    evidence_bucket: Bucket | None = None
    clamd_address: str = ""
    sign_in_lifetime: int = 12 * 3600
    fresh_password: int = 600
    sign_in_rate: str = "10 per minute"
    publication_approvers: int = 2
    queue: str = "memory"
    queue_file: Path = Path("var/queue.sqlite")
    testing: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Settings from CITYREVIEW_* variables. Raises WrongSetting naming the variable."""
        hosts = environment.get("CITYREVIEW_TRUSTED_HOSTS", "127.0.0.1,localhost")
        return cls(
            secret_key=_secret_key(environment),
            database_url=_database_url(environment),
            evidence_folder=Path(environment.get("CITYREVIEW_EVIDENCE_FOLDER", "var/evidence")),
            trusted_hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
            cookie_secure=_switch(environment, "CITYREVIEW_COOKIE_SECURE", default=True),
            demonstration=_switch(environment, "CITYREVIEW_DEMO", default=False),
            address=environment.get("CITYREVIEW_ADDRESS", ""),
            mail_server=_mail_server(environment),
            evidence_quota=_megabytes(environment, "CITYREVIEW_EVIDENCE_QUOTA_MB", default=500),
            evidence_bucket=_bucket(environment),
            clamd_address=_clamd_address(environment),
            publication_approvers=_approvers(environment),
            queue=_queue(environment),
            queue_file=_queue_file(environment),
        )


def _secret_key(environment: Mapping[str, str]) -> str:
    key = environment.get("CITYREVIEW_SECRET_KEY", "")
    if len(key) < SHORTEST_KEY:
        raise WrongSetting(
            f"CITYREVIEW_SECRET_KEY must be set, to at least {SHORTEST_KEY} random characters"
        )
    return key


def _database_url(environment: Mapping[str, str]) -> str:
    """The database; DATABASE_URL, as hosting platforms set it, wins."""
    url = environment.get("DATABASE_URL") or environment.get("CITYREVIEW_DATABASE_URL", "")
    if not url:
        raise WrongSetting("CITYREVIEW_DATABASE_URL must name the database")
    for old in ("postgres://", "postgresql://"):
        if url.startswith(old):
            return "postgresql+psycopg://" + url.removeprefix(old)
    return url


def _mail_server(environment: Mapping[str, str]) -> MailServer | None:
    """The server of CITYREVIEW_SMTP_HOST; links in mails need the address of this site."""
    host = environment.get("CITYREVIEW_SMTP_HOST", "")
    if not host:
        return None
    port = environment.get("CITYREVIEW_SMTP_PORT", "587")
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise WrongSetting("CITYREVIEW_SMTP_PORT must be the number of a port")
    for name in ("CITYREVIEW_SMTP_SENDER", "CITYREVIEW_ADDRESS"):
        if not environment.get(name):
            raise WrongSetting(f"{name} must be set where CITYREVIEW_SMTP_HOST is")
    return MailServer(
        host=host,
        sender=environment["CITYREVIEW_SMTP_SENDER"],
        port=int(port),
        user=environment.get("CITYREVIEW_SMTP_USER", ""),
        password=environment.get("CITYREVIEW_SMTP_PASSWORD", ""),
        encrypted=_switch(environment, "CITYREVIEW_SMTP_ENCRYPTED", default=True),
    )


def _bucket(environment: Mapping[str, str]) -> Bucket | None:
    """The bucket of CITYREVIEW_S3_BUCKET; without an endpoint it is one of AWS."""
    name = environment.get("CITYREVIEW_S3_BUCKET", "")
    if not name:
        return None
    for needed in ("CITYREVIEW_S3_KEY_ID", "CITYREVIEW_S3_SECRET"):
        if not environment.get(needed):
            raise WrongSetting(f"{needed} must be set where CITYREVIEW_S3_BUCKET is")
    return Bucket(
        name=name,
        key_id=environment["CITYREVIEW_S3_KEY_ID"],
        secret=environment["CITYREVIEW_S3_SECRET"],
        endpoint=environment.get("CITYREVIEW_S3_ENDPOINT", ""),
        region=environment.get("CITYREVIEW_S3_REGION", "us-east-1"),
    )


def _clamd_address(environment: Mapping[str, str]) -> str:
    """Where a virus scanner listens: host:port, or the path of a socket. Empty: there is none."""
    address = environment.get("CITYREVIEW_CLAMD_ADDRESS", "")
    if address and not re.fullmatch(r"/.+|[^/]+:[0-9]{1,5}", address):
        raise WrongSetting("CITYREVIEW_CLAMD_ADDRESS must be host:port or the path of a socket")
    return address


def _approvers(environment: Mapping[str, str]) -> int:
    """How many coordinators approve a report before it can be published."""
    value = environment.get("CITYREVIEW_PUBLICATION_APPROVERS", "2")
    if value not in ("1", "2", "3"):
        raise WrongSetting("CITYREVIEW_PUBLICATION_APPROVERS must be 1, 2 or 3")
    return int(value)


def _queue(environment: Mapping[str, str]) -> str:
    """Where the work in the background queues: a file of its own, or the database."""
    value = environment.get("CITYREVIEW_QUEUE", "sqlite")
    if value not in ("sqlite", "postgresql"):
        raise WrongSetting("CITYREVIEW_QUEUE must be sqlite or postgresql")
    if value == "postgresql" and not _database_url(environment).startswith("postgresql"):
        raise WrongSetting("CITYREVIEW_QUEUE can be postgresql where the database is one only")
    return value


def _queue_file(environment: Mapping[str, str]) -> Path:
    """The file of the queue; beside the database where that is a file, too."""
    if given := environment.get("CITYREVIEW_QUEUE_FILE"):
        return Path(given)
    database = _database_url(environment).partition("?")[0].removeprefix("sqlite:///")
    beside = Path(database).parent if database.endswith(".sqlite") else Path("var")
    return beside / "queue.sqlite"


def _megabytes(environment: Mapping[str, str], name: str, *, default: int) -> int:
    """A number of MB, in bytes."""
    value = environment.get(name, str(default))
    if not (value.isascii() and value.isdecimal() and 0 < int(value) < 10_000_000):
        raise WrongSetting(f"{name} must be a number of MB")
    return int(value) * 1_000_000


def _switch(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environment.get(name, "1" if default else "0")
    if value not in ("0", "1"):
        raise WrongSetting(f"{name} must be 0 or 1")
    return value == "1"
