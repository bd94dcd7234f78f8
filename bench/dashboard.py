"""What a dashboard costs: warm, cold, and in memory, as ratios taken within one run.

Start it with `.venv/bin/python bench/dashboard.py`; bench/README.md explains the table.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Started as a file, Python looks beside it first.
sys.path[0] = str(ROOT)

import io  # noqa: E402
import os  # noqa: E402
import secrets  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Mapping  # noqa: E402
from contextlib import ExitStack  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from bench.benchmarks import Line  # noqa: E402
from bench.http import (  # noqa: E402
    HELLO,
    HELLO_SERVE,
    OURS,
    SERVE,
    Person,
    processor_time,
    server,
)

CITIES, STATEMENTS, WIDE = 200, 54, 80
REPEATS, ROUNDS = 9, 7
REQUESTS = {"hello": 600, "page": 100, "again": 300}
COORDINATOR = "coordinator@example.org"
CHARTER = {"policy-maker": 3, "service-provider": 2, "employer": 3, "buyer": 3}
MANY = dict.fromkeys(CHARTER, WIDE // len(CHARTER))
"""How many commitments a role has."""
LAZY = """
import os, sys
sys.path.insert(0, sys.argv[1])
{before}
children = []
ready, go = os.pipe(), os.pipe()
for _ in range(5):
    child = os.fork()
    if child == 0:
        import bench.dashboard as bench
        bench.one_chart()
        os.write(ready[1], b".")
        os.read(go[0], 1)
        os._exit(0)
    children.append(child)
for _ in children:
    os.read(ready[0], 1)
kilobytes = 0
for process in (os.getpid(), *children):
    for line in open("/proc/%d/smaps_rollup" % process):
        if line.startswith("Pss:"):
            kilobytes += int(line.split()[1])
os.write(go[1], b"." * 5)
for child in children:
    os.waitpid(child, 0)
print(kilobytes / 1024)
"""
"""Five processes that draw one chart each; what they share counts once."""
PRELOADED = "import bench.dashboard as bench; bench.one_chart()"


def main() -> None:
    for line in (*warm(), *cold(), memory()):
        print(line, flush=True)


def warm() -> list[Line]:
    """The page of a coordinator that is kept in memory already, against a bare Flask page."""
    costs = _of_requests()
    hello = statistics.median(costs["hello"])
    page, again = (statistics.median(costs[name]) for name in ("page", "again"))
    return [
        Line("bare Flask page", hello, "ms"),
        Line("dashboard of a round of 12 cities, warm", page, "ms", page / hello, 3.5),
        Line("the same, which the browser has already", again, "ms", again / hello, 3.5),
    ]


def _of_requests() -> dict[str, list[float]]:
    """Milliseconds of the worker's processor time per request, one value per round."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "CITYREVIEW_DEMO": "1",
            "CITYREVIEW_DATABASE_URL": f"sqlite:///{folder}/bench.sqlite",
            "CITYREVIEW_EVIDENCE_FOLDER": f"{folder}/evidence",
            "CITYREVIEW_SECRET_KEY": secrets.token_hex(32),
            "CITYREVIEW_COOKIE_SECURE": "0",
        }
        command = [str(Path(sys.executable).parent / "cityreview"), "demo", "--upgrade", "--quiet"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        hello_port, hello = running.enter_context(server(HELLO + HELLO_SERVE, environment))
        port, ours = running.enter_context(server(OURS + SERVE, environment))
        stranger, coordinator = Person(hello_port), Person(port)
        coordinator.sign_in(COORDINATOR, "integrating-cities")
        here = "/rounds/2024/benchmark"
        coordinator.ask("GET", here)
        kinds: dict[str, tuple[int, Callable[[], object]]] = {
            "hello": (hello, lambda: stranger.ask("GET", "/")),
            "page": (ours, lambda: coordinator.ask("GET", here)),
            "again": (ours, lambda: coordinator.ask_again(here)),
        }
        found: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(ROUNDS):
            for name, (worker, ask) in kinds.items():
                before = processor_time(worker)
                for _ in range(REQUESTS[name]):
                    ask()
                spent = processor_time(worker) - before
                found[name].append(spent * 1000 / REQUESTS[name])
        stranger.close()
        coordinator.close()
    return found


def cold() -> list[Line]:
    """Pictures from a result in memory to SVG; nothing is kept in between."""
    from benchmarks.charts import export
    from benchmarks.charts.heat import heat
    from benchmarks.charts.radar import radar

    few, many = a_result(12, STATEMENTS), a_result(CITIES, STATEMENTS)
    broad = a_result(CITIES, WIDE, MANY)
    city = str(few.scores["city"].iloc[0])
    costs = _taking_turns(
        {
            "bare": bare_radar,
            "radar": lambda: export.svg(radar(few, "2026", city), "radar"),
            "heat": lambda: export.svg(heat(broad, "2026", "peer_calibrated"), "heat"),
        }
    )
    whole = statistics.median(_taking_turns({"whole": lambda: _whole(many)}, 3)["whole"])
    bare, drawn, mapped = (statistics.median(costs[name]) for name in ("bare", "radar", "heat"))
    return [
        Line("radar by matplotlib's objects alone", bare, "ms"),
        Line("our radar of a city, cold", drawn, "ms", drawn / bare, 1.15),
        Line(f"heat map, {CITIES} cities x {WIDE} columns", mapped, "ms", mapped / drawn, 2.5),
        Line(f"all pictures of {CITIES} cities, wide and narrow", whole, "ms", whole / drawn, 10),
    ]


def _taking_turns(
    kinds: dict[str, Callable[[], object]], repeats: int = REPEATS
) -> dict[str, list[float]]:
    """Milliseconds of processor time, one value per repetition after the first."""
    found: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(repeats + 1):
        for name, make in kinds.items():
            before = time.process_time()
            make()
            spent = time.process_time() - before
            if number:
                found[name].append(spent * 1000)
    return found


def bare_radar() -> str:
    """What anybody would draw first: a polar axis, ten spokes, two closed lines, a legend."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 7))
    FigureCanvasSVG(figure)
    axes = figure.add_subplot(projection="polar")
    angles = np.linspace(0, 2 * np.pi, 11)
    for number in range(2):
        values = 50 + 20 * np.sin(angles * (number + 2))
        axes.plot(angles, values, label=f"series {number}")
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.set_xticks(angles[:-1], [f"Commitment {number}" for number in range(10)])
    axes.legend(loc="upper right")
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg")
    return buffer.getvalue()


def _whole(result: "BenchmarkResult") -> None:  # type: ignore[name-defined] # noqa: F821
    """Every picture of the page for all cities, wide and narrow, as the page makes them."""
    from webapp.figures import charts

    subject = charts.Subject(result, "2026", {})
    for name in ("profile", "gap", "heat", "spread", "ranks", "severity", "coverage"):
        for narrow in (False, True):
            drawing = charts.draw(name, subject, charts.Filters(series="peer_calibrated"),
                                  narrow=narrow)  # fmt: skip
            charts.export.svg(drawing, name)


def a_result(cities: int, statements: int, roles: Mapping[str, int] = CHARTER) -> "BenchmarkResult":  # type: ignore[name-defined] # noqa: F821
    """The benchmark of a round that is drawn by lot, three reviewers to a city."""
    from benchmarks.compute import compute
    from benchmarks.config import BenchmarkConfig

    return compute(_frames(cities, statements, roles), BenchmarkConfig(draws=200, resamples=50))


def _frames(cities: int, statements: int, roles: Mapping[str, int]) -> "Frames":  # type: ignore[name-defined] # noqa: F821
    from benchmarks.frames import Frames

    chance = np.random.default_rng(20261)
    commitments = [f"{role[:2]}{n}" for role, many in roles.items() for n in range(1, many + 1)]
    role_of = [role for role, many in roles.items() for _ in range(many)]
    under = [commitments[n % len(commitments)] for n in range(statements)]
    codes = [f"{code}.{n}" for n, code in enumerate(under)]
    structure = [("overall", None, 0), *((role, "overall", 1) for role in roles)]
    structure += [(code, role, 2) for code, role in zip(commitments, role_of, strict=True)]
    structure += [(code, commitment, 3) for code, commitment in zip(codes, under, strict=True)]
    names = [f"city-{n:03}" for n in range(cities)]
    truth = chance.normal(2, 0.7, cities)
    reviewers = [f"P{n}" for n in range(max(6, cities))]
    severity = dict(zip(reviewers, chance.normal(0, 0.4, len(reviewers)), strict=True))
    rows, seats = [], []
    for number, city in enumerate(names):
        raters = [reviewers[(number + step) % len(reviewers)] for step in (1, 2, 4)]
        seats += [("2026", city, rater, None) for rater in raters]
        voices = [("self", "", 0.3), ("agreed", "", 0.0)]
        voices += [("peer", rater, severity[rater]) for rater in raters]
        for source, rater, shift in voices:
            marks = np.rint(truth[number] + shift + chance.normal(0, 0.6, statements))
            rows += [
                ("2026", city, code, source, rater, "scored", int(mark))
                for code, mark in zip(codes, marks.clip(0, 4), strict=True)
            ]
    role_under = dict(zip(commitments, role_of, strict=True))
    return Frames(
        statements=pd.DataFrame(
            [(code, role_under[one], one, 1.0, 0, 4, 1, "", "bench 1") for code, one in
             zip(codes, under, strict=True)],
            columns=["statement_id", "role", "commitment_id", "weight", "scale_min", "scale_max",
                     "direction", "anchor_id", "instrument_version"],
        ),
        structure=pd.DataFrame(
            [(*row, 1.0, "arithmetic") for row in structure],
            columns=["code", "parent", "level", "weight", "aggregation"],
        ),
        scores=pd.DataFrame(
            rows,
            columns=["round_id", "city_id", "statement_id", "source", "rater_id", "status",
                     "score"],
        ),
        cities=pd.DataFrame(
            [(city, "XX", 300_000, 0.2, None) for city in names],
            columns=["city_id", "country", "population", "migrant_share", "size_band"],
        ),
        assignments=pd.DataFrame(
            seats, columns=["round_id", "city_id", "reviewer_id", "reviewer_city_id"]
        ),
    )  # fmt: skip


def one_chart() -> None:
    """What the first request of a process draws."""
    from webapp.dashboards import showing  # noqa: F401 - what a worker has loaded

    bare_radar()


def memory() -> Line:
    """Five processes after one picture each: forked from one that had all loaded, or each alone."""
    megabytes = {}
    for name, before in (("forked", PRELOADED), ("alone", "")):
        done = subprocess.run(
            [sys.executable, "-c", LAZY.format(before=before), str(ROOT)],
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        megabytes[name] = float(done.stdout)
    forked, alone = megabytes["forked"], megabytes["alone"]
    return Line(
        "five processes that drew, loaded before the fork", forked, "MB", forked / alone, 0.6
    )


if __name__ == "__main__":
    main()
