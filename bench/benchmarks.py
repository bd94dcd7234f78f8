"""What a benchmark costs, as ratios taken within one run, so that they mean something anywhere.

Start it with `.venv/bin/python bench/benchmarks.py`; bench/README.md explains the table.
"""

import json
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
# Started as a file, Python looks for `benchmarks` beside it first, and would find this file.
sys.path[0] = str(ROOT)

from benchmarks import aggregate, planes  # noqa: E402
from benchmarks.compute import compute  # noqa: E402
from benchmarks.frames import Frames  # noqa: E402
from benchmarks.planes import MISSING, NOT_APPLICABLE, Planes  # noqa: E402

SEED = 20261
REPEATS = 15
THRESHOLD = 2 / 3
ROLES = {"policy-maker": 3, "service-provider": 2, "employer": 3, "buyer": 3}


class Line(NamedTuple):
    """What was measured, what it cost, and, if there is a goal, how it compares (at most)."""

    what: str
    cost: float
    unit: str
    ratio: float | None = None
    goal: float | None = None

    def __str__(self) -> str:
        cost = f"{self.cost:,.2f} {self.unit}"
        ratio = "" if self.ratio is None else f"{self.ratio:.3f} x"
        goal, verdict = "", ""
        if self.goal is not None:
            compared, unit = (self.cost, self.unit) if self.ratio is None else (self.ratio, "x")
            goal = f"<= {self.goal:g} {unit}"
            verdict = "met" if compared <= self.goal else "NOT MET"
        return f"{self.what:<62}{cost:>13}{ratio:>11}{goal:>11}  {verdict}".rstrip()


def main() -> None:
    if sys.argv[1:] == ["compute"]:
        print(json.dumps(one_compute()))
        return
    # First of all, since a new process starts with the peak memory of the one that starts it.
    show(whole())
    # The memory allocator keeps what is freed from now on, as in a server that runs for a while.
    np.ones(30 * 2**20, dtype=np.int8)
    few, many = (a_round(cities) for cities in (2_000, 20_000))
    show(scores_part(few, many))
    show(loading(few))


def show(lines: Iterable[Line]) -> None:
    for line in lines:
        print(line, flush=True)


def scores_part(few: Planes, many: Planes) -> Iterator[Line]:
    """From resident planes to the value and the coverage of every code above the statements."""
    tree = a_structure(many.codes)
    said = planes.tally(many.peers)
    applicable, _ = planes.applicability(many, said)
    points = planes.points(said.steps, said.marks, many.span, applicable)
    complete = replace(many, peers=np.where(many.peers < 0, np.int8(2), many.peers))
    plain = milliseconds(many.peers.sum)
    small, large = (milliseconds(partial(rolled, one, tree)) for one in (few, many))
    yield Line("numpy sum of 6.4 million scores", plain, "ms")
    yield Line("scores part, 20,000 cities, against the sum", large, "ms", large / plain, 3)
    for what, step in {
        "  of it: marks added and counted": lambda: planes.tally(many.peers),
        "  of it: what applies": lambda: planes.applicability(many, said),
        "  of it: item means, rolled up, with coverage": lambda: aggregate.climb(
            points, points.scored, applicable, many.codes, tree, threshold=THRESHOLD
        ),
        "  where nothing is missing": lambda: rolled(complete, tree),
    }.items():
        cost = milliseconds(step)
        yield Line(what, cost, "ms", cost / plain)
    yield Line("scores part, 2,000 cities", small, "ms")
    yield Line("growth from 2,000 to 20,000 cities", large, "ms", large / small, 11)


def loading(one: Planes) -> Iterator[Line]:
    """The same 640,000 scores from packed submissions and from a long table."""
    statements = the_statements(one.codes)
    tree = a_structure(one.codes)
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "scores.sqlite")
        store(database, one)

        def packed() -> Planes:
            rows = database.execute("SELECT city, source, rater, packed FROM submission")
            return planes.from_packed(rows, statements, one.codes, one.cities)

        def long() -> pd.DataFrame:
            return pd.read_sql("SELECT city, statement, rater, level FROM score", database)

        def grouped() -> pd.Series:
            return long().groupby(["city", "statement"])["level"].mean()

        if not np.array_equal(packed().peers, one.peers):
            raise AssertionError("the packed submissions do not give the planes back")
        read, read_grouped = milliseconds(long, 5), milliseconds(grouped, 5)
        cost, scored = milliseconds(packed), milliseconds(lambda: rolled(packed(), tree))
        database.close()
    yield Line("read_sql of the long table, 640,000 scores", read, "ms")
    yield Line("packed submissions to planes, against it", cost, "ms", cost / read, 0.05)
    yield Line("read_sql and a two-key groupby", read_grouped, "ms")
    yield Line("packed to scores, against it", scored, "ms", scored / read_grouped)


def whole() -> Iterator[Line]:
    """`compute` on 200 cities, 120 statements and 5 raters, in a process of its own."""
    found = subprocess.run(
        [sys.executable, __file__, "compute"], cwd=ROOT, capture_output=True, text=True
    )
    if found.returncode:
        raise SystemExit(f"compute does not run:\n{found.stderr}")
    seconds, megabytes, before = json.loads(found.stdout)
    yield Line("whole result, 200 cities x 120 statements x 5 raters", seconds, "s", goal=5)
    yield Line("  peak memory of its process", megabytes, "MB", goal=600)
    yield Line("  before it, with the five tables", before, "MB")


def one_compute() -> tuple[float, float, float]:
    """Seconds of the first computation; peak megabytes of the process after and before it."""
    frames = long_frames(a_round(200, statements=120))
    before = _peak()
    start = time.perf_counter()
    compute(frames)
    return time.perf_counter() - start, _peak(), before


def rolled(one: Planes, tree: pd.DataFrame) -> aggregate.Climbed:
    """The peers' scores of all codes."""
    said = planes.tally(one.peers)
    applicable, _ = planes.applicability(one, said)
    points = planes.points(said.steps, said.marks, one.span, applicable)
    return aggregate.climb(points, points.scored, applicable, one.codes, tree, threshold=THRESHOLD)


def milliseconds(step: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median of the processor time of several runs, after one that does not count."""
    step()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        step()
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times)


def a_round(cities: int, statements: int = 64, raters: int = 5) -> Planes:
    """Levels 0..4 by lot; 8 % missing and 4 % not applicable."""
    lot = np.random.default_rng(SEED)
    shape = (raters, statements, cities)
    chance = lot.random(shape, dtype=np.float32)
    levels = lot.integers(0, 5, shape, dtype=np.int8)
    levels[chance < 0.12] = NOT_APPLICABLE
    levels[chance < 0.08] = MISSING
    nobody = np.full(shape[1:], MISSING, dtype=np.int8)
    who = np.char.add("r", np.arange(raters).astype(str)).astype(object)
    return Planes(
        codes=tuple(f"S{n:03}" for n in range(statements)),
        cities=tuple(f"c{n:05}" for n in range(cities)),
        span=np.full(statements, 4),
        own=nobody,
        peers=levels,
        agreed=nobody,
        raters=np.repeat(who[:, None], cities, axis=1),
    )


def a_structure(codes: tuple[str, ...]) -> pd.DataFrame:
    """The charter's 4 roles and 11 commitments over these statements, all of one weight."""
    rows = [("overall", "", 0)]
    commitments = []
    for role, count in ROLES.items():
        rows.append((role, "overall", 1))
        commitments += [(f"{role}-{n}", role) for n in range(count)]
    for (commitment, role), part in zip(
        commitments, np.array_split(np.array(codes, dtype=object), len(commitments)), strict=True
    ):
        rows.append((commitment, role, 2))
        rows += [(code, commitment, 3) for code in part]
    table = pd.DataFrame(rows, columns=["code", "parent", "level"])
    return table.assign(weight=1.0, aggregation="arithmetic")


def the_statements(codes: tuple[str, ...]) -> pd.DataFrame:
    tree = a_structure(codes)
    parent = dict(zip(tree["code"], tree["parent"], strict=True))
    commitment = [parent[code] for code in codes]
    return pd.DataFrame(
        {
            "statement_id": codes,
            "role": [parent[code] for code in commitment],
            "commitment_id": commitment,
            "weight": 1.0,
            "scale_min": 0,
            "scale_max": 4,
            "direction": 1,
            "anchor_id": "",
            "instrument_version": "v1",
        }
    )


def long_frames(one: Planes) -> Frames:
    """The five tables of a round: the raters' marks, and those of the city itself as well."""
    _, statements, cities = one.peers.shape
    lot = np.random.default_rng(SEED + 1)
    own = lot.integers(0, 5, (1, statements, cities), dtype=np.int8)
    cube = np.concatenate([own, one.peers])
    seat, statement, city = (place.ravel() for place in np.indices(cube.shape))
    mark = cube.ravel()
    # A few raters review all cities between them, so that these can be compared.
    rater = np.where(seat > 0, (city * 3 + seat * 7) % (cities // 4), -1)
    names = np.array([*(f"r{n:03}" for n in range(cities // 4)), ""], dtype=object)
    towns = np.array(one.cities, dtype=object)
    scores = pd.DataFrame(
        {
            "round_id": "2026",
            "city_id": towns[city],
            "statement_id": np.array(one.codes, dtype=object)[statement],
            "source": np.where(seat > 0, "peer", "self"),
            "rater_id": names[rater],
            "status": np.select([mark >= 0, mark == NOT_APPLICABLE], ["scored", "na"], "missing"),
            "score": pd.Series(mark).astype("Int64").where(mark >= 0),
        }
    )
    pairs = scores.loc[scores["source"] == "peer", ["round_id", "city_id", "rater_id"]]
    given = pairs.drop_duplicates(ignore_index=True).rename(columns={"rater_id": "reviewer_id"})
    people = lot.integers(50_000, 2_000_000, cities)
    bands = np.array(["<250k", "250-500k", "500k-1M", ">1M"], dtype=object)
    return Frames(
        statements=the_statements(one.codes),
        structure=a_structure(one.codes),
        scores=scores,
        cities=pd.DataFrame(
            {
                "city_id": towns,
                "country": np.array(["BE", "DE", "FR", "IT", "NL"], dtype=object)[
                    lot.integers(0, 5, cities)
                ],
                "population": people,
                "migrant_share": np.round(lot.random(cities), 3),
                "size_band": bands[np.searchsorted([250_000, 500_000, 1_000_000], people, "right")],
            }
        ),
        assignments=given.assign(reviewer_city_id="elsewhere"),
    )


def store(database: sqlite3.Connection, one: Planes) -> None:
    """One round twice: a row per reviewer, and a row per score."""
    seats, _, cities = one.peers.shape
    database.execute("CREATE TABLE submission (city TEXT, source TEXT, rater TEXT, packed BLOB)")
    database.execute("CREATE TABLE score (city TEXT, statement TEXT, rater TEXT, level INTEGER)")
    database.executemany(
        "INSERT INTO submission VALUES (?, 'peer', ?, ?)",
        (
            (one.cities[city], one.raters[seat, city], one.peers[seat, :, city].tobytes())
            for city in range(cities)
            for seat in range(seats)
        ),
    )
    database.executemany(
        "INSERT INTO score VALUES (?, ?, ?, ?)",
        (
            (one.cities[city], one.codes[row], one.raters[seat, city], level)
            for city in range(cities)
            for seat in range(seats)
            for row, level in enumerate(one.peers[seat, :, city].tolist())
        ),
    )
    database.commit()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
