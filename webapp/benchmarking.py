"""A benchmark from folder to folder: what the command does, once pandas is loaded for it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import click

from benchmarks import files
from benchmarks.charts import export
from benchmarks.charts.bias import bias
from benchmarks.charts.drawing import Drawing
from benchmarks.charts.gap import gap
from benchmarks.charts.heat import heat
from benchmarks.charts.profile import over_roles, profile
from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from benchmarks.files import FaultyFiles, FileFault, Occupied, Written, file_name
from benchmarks.frames import Frames
from benchmarks.result import SERIES, BenchmarkResult
from benchmarks.summary import summary

MOST_FAULTS = 200
# How many pictures take as long as the computation, roughly.
COMPUTING = 20

Picture = tuple[str, Callable[[], Drawing]]


def run(folder: Path, out: Path, choices: Path | None, *, seed: int, charts: bool) -> None:
    """Read the tables, compute, write the result, and say what was written."""
    try:
        files.need_room(out)
        tables, config = _read(folder, choices)
        written = _written(tables, config, seed, out, charts=charts)
    except Occupied as occupied:
        raise click.ClickException(f"{occupied} Choose another folder.") from None
    except OSError as wrong:
        raise click.ClickException(f"{wrong.filename or out}: {wrong.strerror or wrong}.") from None
    for file in written:
        if file.rows is not None:
            click.echo(f"{out / file.name}: {file.rows} rows")
    drawn = sum(file.name.endswith(".svg") for file in written)
    if charts:
        click.echo(f"{out / 'charts'}: {drawn} charts")
    click.echo(f"{out / 'summary.txt'}: one page in words, to begin with")


def _read(folder: Path, choices: Path | None) -> tuple[Frames, BenchmarkConfig]:
    """The tables and the choices; where there are faults, all of both are said, and that is all."""
    faults: list[FileFault] = []
    config = BenchmarkConfig()
    try:
        config = files.read_config(choices) if choices else config
    except FaultyFiles as faulty:
        faults += faulty.faults
    try:
        tables = files.read(folder)
    except FaultyFiles as faulty:
        faults += faulty.faults
    if not faults:
        return tables, config
    shown = faults[:MOST_FAULTS] if sys.stderr.isatty() else faults
    for fault in shown:
        click.echo(str(fault), err=True)
    if len(shown) < len(faults):
        click.echo(f"... and {len(faults) - len(shown)} more; 2> FILE keeps them all.", err=True)
    raise click.exceptions.Exit(1)


def _written(
    tables: Frames, config: BenchmarkConfig, seed: int, out: Path, *, charts: bool
) -> list[Written]:
    """The result in its folder; a terminal sees how far it is, anything else stays quiet."""
    rounds = tables.scores[["round_id", "city_id"]].drop_duplicates()
    pictures = 2 * len(rounds) + 3 * rounds["round_id"].nunique() if charts else 0
    with click.progressbar(
        length=COMPUTING + pictures,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
        item_show_func=lambda item: item,
    ) as bar:
        _now(bar, "computing")
        result = compute(tables, config, seed)
        bar.update(COMPUTING)
        drawn = _drawn(_pictures(result), bar) if charts else ()
        return files.write(result, out, chain([("summary.txt", summary(result))], drawn))


def _now(bar: Any, doing: str) -> None:
    bar.current_item = doing
    bar.render_progress()


def _drawn(pictures: Iterable[Picture], bar: Any) -> Iterator[tuple[str, str]]:
    """The pictures as files, but those with nothing to draw."""
    for name, draw in pictures:
        _now(bar, name)
        try:
            yield name, export.svg(draw(), prefix=Path(name).stem.rpartition("-")[2])
        except LookupError as nothing:
            # A chart says so by this very error; those derived from it are mistakes of ours.
            if type(nothing) is not LookupError:
                raise
        bar.update(1)


def _pictures(result: BenchmarkResult) -> Iterator[Picture]:
    """All cities of each round together, and each city by itself."""
    scores = result.scores
    for round_id, part in scores.groupby("round", sort=True):
        about = (result, str(round_id))
        folder = f"charts/{file_name(str(round_id))}"
        series = _surest(part["series"][part["value"].notna()])
        yield f"{folder}/profile.svg", partial(over_roles, *about, dots=series)
        yield f"{folder}/gap.svg", partial(bias, *about)
        yield f"{folder}/heat.svg", partial(heat, *about, series)
        for city in map(str, part["city"].unique()):
            yield f"{folder}/{file_name(city)}-profile.svg", partial(profile, *about, city)
            yield f"{folder}/{file_name(city)}-gap.svg", partial(gap, *about, city)


def _surest(there: Iterable[str]) -> str:
    """The surest series that has any value."""
    known = set(there)
    return next((series for series in reversed(SERIES) if series in known), "self")
