"""The five input tables: their columns, their types, and checks that name row and column."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

# A question mark: the cell may be empty.
COLUMNS = {
    "statements": {
        "statement_id": "text",
        "role": "text",
        "commitment_id": "text",
        "weight": "number",
        "scale_min": "whole",
        "scale_max": "whole",
        "direction": "whole",
        "anchor_id": "text?",
        "instrument_version": "text",
    },
    "structure": {
        "code": "text",
        "parent": "text?",
        "level": "whole",
        "weight": "number",
        "aggregation": "text",
    },
    "scores": {
        "round_id": "text",
        "city_id": "text",
        "statement_id": "text",
        "source": "text",
        "rater_id": "text?",
        "status": "text",
        "score": "whole?",
    },
    "cities": {
        "city_id": "text",
        "country": "text?",
        "population": "whole?",
        "migrant_share": "number?",
        "size_band": "text?",
    },
    "assignments": {
        "round_id": "text",
        "city_id": "text",
        "reviewer_id": "text",
        "reviewer_city_id": "text?",
    },
}
KEYS = {
    "statements": ["statement_id"],
    "structure": ["code"],
    "scores": ["round_id", "city_id", "statement_id", "source", "rater_id"],
    "cities": ["city_id"],
    "assignments": ["round_id", "city_id", "reviewer_id"],
}
SOURCES = ("self", "peer", "agreed")
STATUSES = ("scored", "na", "missing")
AGGREGATIONS = ("arithmetic", "geometric")


@dataclass(frozen=True)
class Frames:
    """The five tables of METHOD 1, with at least the columns of `COLUMNS`.

    `scores` holds submitted assessments only: one row per round, city, statement, source and
    rater. `self` and `agreed` speak with one voice (`rater_id` may be empty), `peer` rows name
    an assigned reviewer. `structure` has one root (level 0, no parent), then roles (1),
    commitments (2) and statements (3); a weight is a share among its siblings.
    """

    statements: pd.DataFrame
    structure: pd.DataFrame
    scores: pd.DataFrame
    cities: pd.DataFrame
    assignments: pd.DataFrame

    @property
    def data_hash(self) -> str:
        """SHA-256 of the five checked tables, in hexadecimal: the same for the same rows."""
        digest = hashlib.sha256()
        for name, columns in COLUMNS.items():
            table = getattr(self, name)
            digest.update(f"{name} {len(table)}\n".encode())
            for column, kind in columns.items():
                for part in _bytes_of(table[column], kind):
                    digest.update(part)
        return digest.hexdigest()


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong: in which table, in which data row (first = 1, whole table = 0), where."""

    table: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.table}, row {self.row}, {self.column}: {self.message}"


class FaultyFrames(ValueError):
    """The tables cannot be computed with; `faults` names every reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


def check(frames: Frames) -> Frames:
    """The same tables in one fixed form: declared columns, types and order (METHOD 1).

    Text is str ("" where empty), numbers are float, whole numbers Int64. Raises `FaultyFrames`
    with all faults at once; a table that lacks columns is not read any further, nor the others.
    """
    faults = [
        Fault(name, 0, column, "column is missing")
        for name, columns in COLUMNS.items()
        for column in columns
        if column not in getattr(frames, name).columns
    ]
    if faults:
        raise FaultyFrames(faults)
    tables = {name: _typed(name, getattr(frames, name), faults) for name in COLUMNS}
    for rule in _RULES:
        rule(tables, faults)
    if faults:
        raise FaultyFrames(set(faults))
    return Frames(**{name: _settled(name, table) for name, table in tables.items()})


Tables = dict[str, pd.DataFrame]
Faults = list[Fault]


def _typed(name: str, table: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """The declared columns in their types; what cannot be read becomes empty, and a fault.

    The texts of the scores are categories for now, since they are few and come again and again.
    """
    columns: dict[str, pd.Series] = {}
    for column, kind in COLUMNS[name].items():
        given = table[column].reset_index(drop=True)
        if kind.startswith("text"):
            read, empty = _texts(given)
            columns[column] = read if name == "scores" else read.astype(str)
        else:
            number, empty = _numbers(given)
            unread = ~empty & np.isnan(number)
            _say(faults, name, column, unread, "{} is not a number", given)
            if kind.startswith("whole"):
                broken = ~np.isnan(number) & (number % 1 != 0)
                _say(faults, name, column, broken, "{} is not a whole number", given)
                columns[column] = pd.Series(np.where(broken, np.nan, number)).astype("Int64")
            else:
                columns[column] = pd.Series(number)
        if not kind.endswith("?"):
            _say(faults, name, column, empty, "is empty", given)
    return pd.DataFrame(columns)


def _texts(given: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Cells as text, "" where empty, in sorted categories; and which are empty."""
    place, words = pd.factorize(given.to_numpy(dtype=object))
    if not all(type(word) is str for word in words):
        # Cells that are equal may read differently, as 1 and 1.0 do.
        filled = given.astype(object).where(given.notna(), "")
        place, words = pd.factorize(filled.astype(str).to_numpy(dtype=object))
    ordered = sorted({"", *words})
    number = {word: at for at, word in enumerate(ordered)}
    # The last one is for -1, the place of what has no word.
    codes = np.array([*(number[word] for word in words), number[""]])[place]
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(ordered))), codes == number[""]


def _numbers(given: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Cells as float, NaN where there is no finite number; and which are empty."""
    if given.dtype.kind in "iuf":
        number = given.to_numpy(dtype=float, na_value=np.nan)
        empty = np.isnan(number)
    else:
        cells = given.astype(object)
        empty = (cells.isna() | (cells == "")).to_numpy(dtype=bool)
        read = pd.to_numeric(cells.mask(empty), errors="coerce")
        number = read.astype(float).to_numpy()
    return np.where(np.isfinite(number), number, np.nan), empty


def _settled(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """In the order of its key, and text as text."""
    ordered = table.sort_values(KEYS[name], kind="stable", ignore_index=True)
    return ordered.astype(
        {column: str for column, kind in COLUMNS[name].items() if kind.startswith("text")}
    )


def _bytes_of(column: pd.Series, kind: str) -> Iterator[bytes]:
    """A checked column, so that no two different ones of one length give the same bytes."""
    if kind.startswith("text"):
        place, words = pd.factorize(column.to_numpy(dtype=object), sort=True)
        texts = [word.encode(errors="surrogatepass") for word in words]
        yield json.dumps([len(text) for text in texts]).encode()
        yield b"".join(texts)
        yield place.astype("<i4").tobytes()
    elif kind.startswith("whole"):
        yield column.isna().to_numpy().tobytes()
        yield column.to_numpy(dtype=np.int64, na_value=0).astype("<i8").tobytes()
    else:
        number = column.to_numpy(dtype=float)
        yield np.where(np.isnan(number), np.nan, number).astype("<f8").tobytes()


def _say(
    faults: Faults,
    table: str,
    column: str,
    wrong: pd.Series | np.ndarray,
    message: str,
    values: pd.Series,
) -> None:
    """One fault for every row that is wrong."""
    if isinstance(wrong, pd.Series):
        wrong = wrong.fillna(False).to_numpy(dtype=bool)
    for place in np.flatnonzero(wrong):
        faults.append(Fault(table, int(place) + 1, column, message.format(values.iloc[place])))


def _statements(tables: Tables, faults: Faults) -> None:
    t, parent = tables["statements"], _parents(tables)
    weight = dict(zip(tables["structure"]["code"], tables["structure"]["weight"], strict=True))

    def say(column: str, wrong: pd.Series, message: str) -> None:
        _say(faults, "statements", column, wrong, message, t[column])

    say("statement_id", t.duplicated(KEYS["statements"]), "{} is there twice")
    say("statement_id", ~t["statement_id"].isin(parent), "{} is not in the structure")
    known = t["statement_id"].isin(parent)
    say("weight", t["weight"] < 0, "{} is below zero")
    say(
        "weight",
        known & (t["statement_id"].map(weight) != t["weight"]) & t["weight"].notna(),
        "{} is not the weight the structure gives",
    )
    say("scale_max", t["scale_max"] <= t["scale_min"], "{} is not above scale_min")
    say("direction", ~t["direction"].isin([1, -1]) & t["direction"].notna(), "{} is not 1 or -1")
    say(
        "commitment_id",
        known & (t["statement_id"].map(parent) != t["commitment_id"]),
        "{} is not the parent in the structure",
    )
    role = t["commitment_id"].map(parent)
    say("role", role.notna() & (role != t["role"]), "{} is not the commitment's parent")


def _structure(tables: Tables, faults: Faults) -> None:
    t, parent = tables["structure"], _parents(tables)
    level = dict(zip(t["code"], t["level"], strict=True))

    def say(column: str, wrong: pd.Series, message: str) -> None:
        _say(faults, "structure", column, wrong, message, t[column])

    root = t["parent"] == ""
    say("code", t.duplicated(KEYS["structure"]), "{} is there twice")
    say("parent", ~root & ~t["parent"].isin(parent), "{} is not in the structure")
    say("code", root & (root.cumsum() > 1), "{} is a second root")
    if not root.any():
        faults.append(Fault("structure", 0, "parent", "no code is without parent"))
    say("code", t["code"].map(lambda code: _circles(code, parent)), "{} is its own ancestor")
    above = t["parent"].map(level).astype("Int64").fillna(-1)
    say(
        "level",
        (root | t["parent"].isin(parent)) & (t["level"] != above + 1),
        "{} is not one below the parent's",
    )
    say("aggregation", ~t["aggregation"].isin(AGGREGATIONS), "{} is not arithmetic or geometric")
    say("weight", t["weight"] < 0, "{} is below zero")
    together = t["weight"].groupby(t["parent"]).transform("sum")
    say("weight", ~root & (together == 0), "{}: all weights under the parent are zero")
    leaf = ~t["code"].isin(set(t["parent"]))
    say(
        "code",
        leaf & ~t["code"].isin(tables["statements"]["statement_id"]),
        "{} has no codes under it and is not a statement",
    )
    say(
        "code",
        ~leaf & t["code"].isin(tables["statements"]["statement_id"]),
        "{} is a statement and has codes under it",
    )


def _scores(tables: Tables, faults: Faults) -> None:
    t = tables["scores"]
    scale = tables["statements"].drop_duplicates("statement_id").set_index("statement_id")

    def say(column: str, wrong: pd.Series | np.ndarray, message: str) -> None:
        _say(faults, "scores", column, wrong, message, t[column])

    say("statement_id", ~t["statement_id"].isin(scale.index), "{} is not a statement")
    say("city_id", ~t["city_id"].isin(tables["cities"]["city_id"]), "{} is not a city")
    say("source", ~t["source"].isin(SOURCES), "{} is not self, peer or agreed")
    say("status", ~t["status"].isin(STATUSES), "{} is not scored, na or missing")
    scored, given = t["status"] == "scored", t["score"].notna()
    say("score", ~scored & given, "{} though not scored")
    say("score", scored & ~given, "is empty though scored")
    ends = scale[["scale_min", "scale_max"]].reindex(t["statement_id"].cat.categories)
    low, high = ends.to_numpy(dtype=float, na_value=np.nan)[t["statement_id"].cat.codes].T
    level = t["score"].to_numpy(dtype=float, na_value=np.nan)
    say("score", (level < low) | (level > high), "{} is outside the scale")
    peer, nameless = t["source"] == "peer", t["rater_id"] == ""
    say("rater_id", peer & nameless, "is empty")
    one_voice = t["source"].isin(["self", "agreed"])
    twice = t.duplicated(KEYS["scores"]) | (one_voice & t.duplicated(KEYS["scores"][:-1]))
    say("statement_id", twice, "{} is there twice from one source")
    stranger = peer & ~nameless & ~_assigned(t, tables["assignments"])
    say("rater_id", stranger, "{} is not assigned to this city in this round")


def _assigned(scores: pd.DataFrame, assignments: pd.DataFrame) -> np.ndarray:
    """Whether the rater of each score is a reviewer of this city in this round."""
    by, given = np.zeros(len(scores), np.int64), np.zeros(len(assignments), np.int64)
    known = np.ones(len(assignments), dtype=bool)
    for column, there in zip(["round_id", "city_id", "rater_id"], KEYS["assignments"], strict=True):
        names = scores[column].cat.categories
        place = names.get_indexer(pd.Index(assignments[there]))
        known &= place >= 0
        by = by * len(names) + scores[column].cat.codes.to_numpy()
        given = given * len(names) + place
    return pd.Series(by).isin(given[known]).to_numpy()


def _cities(tables: Tables, faults: Faults) -> None:
    t = tables["cities"]
    twice = t.duplicated(KEYS["cities"])
    _say(faults, "cities", "city_id", twice, "{} is there twice", t["city_id"])
    people, share = t["population"], t["migrant_share"]
    _say(faults, "cities", "population", people < 0, "{} is below zero", people)
    outside = (share < 0) | (share > 1)
    _say(faults, "cities", "migrant_share", outside, "{} is not between 0 and 1", share)


def _assignments(tables: Tables, faults: Faults) -> None:
    t = tables["assignments"]

    def say(column: str, wrong: pd.Series, message: str) -> None:
        _say(faults, "assignments", column, wrong, message, t[column])

    say("city_id", ~t["city_id"].isin(tables["cities"]["city_id"]), "{} is not a city")
    say("reviewer_id", t.duplicated(KEYS["assignments"]), "{} is there twice")
    own = (t["reviewer_city_id"] == t["city_id"]) & (t["city_id"] != "")
    say("reviewer_city_id", own, "{} would review itself")


def _parents(tables: Tables) -> dict[str, str]:
    t = tables["structure"]
    return dict(zip(t["code"], t["parent"], strict=True))


def _circles(code: str, parent: dict[str, str]) -> bool:
    """Whether one comes back to the code by going up from it."""
    above = parent.get(code, "")
    for _ in parent:
        if above in ("", code):
            break
        above = parent.get(above, "")
    return above == code


_RULES: tuple[Callable[[Tables, Faults], None], ...] = (
    _statements,
    _structure,
    _scores,
    _cities,
    _assignments,
)
