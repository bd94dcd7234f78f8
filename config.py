"""Settings: the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024
SHORTEST_KEY = 32


class WrongSetting(Exception):
    """A setting that the program must not start with; names the variable, never its value."""


@dataclass(frozen=True)
class Settings:
    """Every choice an installation makes. Sizes in bytes, times in seconds."""

    secret_key: str
    database_url: str
    evidence_folder: Path
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    cookie_secure: bool = True
    demonstration: bool = False
    form_limit: int = MIB // 2
    evidence_limit: int = 20 * MIB
    sign_in_lifetime: int = 12 * 3600
    fresh_password: int = 600
    sign_in_rate: str = "10 per minute"
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


def _switch(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environment.get(name, "1" if default else "0")
    if value not in ("0", "1"):
        raise WrongSetting(f"{name} must be 0 or 1")
    return value == "1"
