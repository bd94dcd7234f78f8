"""The data package: what everybody may see of a snapshot, for programs (frictionlessdata.io)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from flask_babel import gettext

from benchmarks.cells import neutral
from webapp.archives import Member, streamed
from webapp.papers import code_book
from webapp.papers.subjects import RoundView

TABLES = (
    *("scores", "gaps", "peer_stats", "components", "variances"),
    *("reliability", "trends", "structure"),
)
"""The tables that hold something for everybody (METHOD 3.9)."""
LICENCE = "to be chosen"


def made(view: RoundView) -> bytes:
    """A ZIP of datapackage.json, README.txt and a CSV per table; the same bytes for the same
    snapshot."""
    files = {f"{name}.csv": _csv(_shown(view, name)) for name in TABLES}
    files = {"cities.csv": _csv(_cities(view)), **files}
    described = {
        "datapackage.json": _json(_descriptor(view, files)),
        "README.txt": _readme(view).encode(),
    }
    at = view.snapshot.taken_at
    members = (Member(name, at, (octets,)) for name, octets in {**described, **files}.items())
    return b"".join(streamed(members))


def _shown(view: RoundView, name: str) -> pd.DataFrame:
    table: pd.DataFrame = getattr(view.result, name)
    if name != "structure":
        return table
    titles = [view.names.get(code, code) for code in table["code"]]
    return table.assign(title=titles)


def _cities(view: RoundView) -> pd.DataFrame:
    """The cities that agreed to be named."""
    return pd.DataFrame(
        {"city": list(view.cities), "name": list(view.cities.values())}, dtype="object"
    )


def _csv(table: pd.DataFrame) -> bytes:
    """UTF-8 without a mark in front; numbers to their last digit, nothing where there is none."""
    return table.map(neutral).to_csv(index=False, lineterminator="\r\n").encode()


def _descriptor(view: RoundView, files: Mapping[str, bytes]) -> dict[str, Any]:
    snapshot = view.snapshot
    name = f"cityreview-{snapshot.round.slug}-{snapshot.number}"
    return {
        "profile": "tabular-data-package",
        "name": name,
        "id": snapshot.result_sha256,
        "title": gettext("Cities compared: %(round)s", round=snapshot.round.title),
        "description": " ".join(code_book.rules()),
        "version": str(snapshot.number),
        "created": snapshot.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "licenses": [{"name": LICENCE, "title": gettext("The licence is still to be chosen.")}],
        "method_version": snapshot.method_version,
        "input_sha256": snapshot.input_sha256,
        "result_sha256": snapshot.result_sha256,
        "resources": list(_resources(files)),
    }


def _resources(files: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    for file, octets in files.items():
        name = file.removesuffix(".csv")
        yield {
            "profile": "tabular-data-resource",
            "name": name.replace("_", "-"),
            "path": file,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": len(octets),
            "hash": f"sha256:{hashlib.sha256(octets).hexdigest()}",
            "description": _about(name),
            "schema": {"fields": list(_fields(name)), "missingValues": [""]},
        }


def _about(name: str) -> str:
    if name == "cities":
        return gettext("The cities that agreed to be named.")
    return code_book.about(name)


def _fields(name: str) -> Iterator[dict[str, str]]:
    if name == "cities":
        yield _field("city", "string", "", gettext("The city, by its word in addresses."))
        yield _field("name", "string", "", gettext("Its name."))
        return
    for one in code_book.columns(name):
        yield _field(one.name, one.type, one.unit, one.meaning)
    if name == "structure":
        yield _field("title", "string", "", gettext("What the code stands for."))


def _field(name: str, kind: str, unit: str, meaning: str) -> dict[str, str]:
    described = {"name": name, "type": kind, "description": meaning}
    return {**described, "unit": unit} if unit else described


def _json(document: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode()


def _readme(view: RoundView) -> str:
    snapshot = view.snapshot
    lines = (
        gettext("Cities compared: %(round)s", round=snapshot.round.title),
        "",
        gettext(
            "Snapshot %(name)s, frozen on %(day)s, method %(method)s.",
            name=f"{snapshot.round.slug}-{snapshot.number}",
            day=snapshot.taken_at.strftime("%Y-%m-%d"),
            method=snapshot.method_version,
        ),
        gettext("SHA-256 of the input: %(hash)s", hash=snapshot.input_sha256),
        gettext("SHA-256 of the result: %(hash)s", hash=snapshot.result_sha256),
        gettext("Licence: still to be chosen."),
        "",
        gettext("datapackage.json says what every column of every table means."),
        *code_book.rules(),
        "",
        *(f"{name}.csv: {_about(name)}" for name in ("cities", *TABLES)),
    )
    return "\n".join(lines) + "\n"
