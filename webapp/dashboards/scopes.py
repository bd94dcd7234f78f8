"""Which figures of a round a coordinator asks for, and what they may see of them."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import abort
from flask_babel import gettext

from benchmarks.charts import calibration
from benchmarks.charts.drawing import Labels
from benchmarks.result import BenchmarkResult
from models import Round, Snapshot, User
from reviews import snapshots
from reviews.hats import close_to
from reviews.policy import Action, allowed
from reviews.queries import levels, pool
from reviews.queries import snapshots as kept
from reviews.queries.names import CityName, ReviewerName, names
from reviews.queries.snapshots import Taken
from webapp import loaders
from webapp.clock import now
from webapp.extensions import db
from webapp.figures import computing, groups
from webapp.figures.charts import Subject
from webapp.figures.findings import Basis
from webapp.figures.outliers import Outlier, outliers
from webapp.figures.parts import labels_of

WORKING = "working"
"""What the address says for figures that are not frozen."""


@dataclass(frozen=True)
class Source:
    """Where the figures come from and who asks: all that a page follows from, without them.

    `number` is that of a snapshot, or None for working figures; `hidden` are the ids of cities
    that the person is too close to.
    """

    round: Round
    taken: tuple[Taken, ...]
    number: int | None
    hidden: frozenset[int]
    cities: tuple[CityName, ...]
    reviewers: tuple[ReviewerName, ...]
    apart: bool = False
    """Whether figures without the hidden cities would tell of them: then there are none."""

    @classmethod
    def asked(cls, round_: Round, of: str, who: User) -> Source:
        """The figures of this name, by default those of the latest snapshot. What there is not
        is refused."""
        session = db.session()
        taken = tuple(kept.taken(session, round_))
        known = [*(str(one.number) for one in taken), WORKING]
        chosen = of or known[0]
        if chosen not in known:
            abort(422)
        cities, reviewers = names(session, round_)
        hidden = close_to(who) & {city.id for city in cities}
        slugs = [city.slug for city in cities if city.id in hidden]
        return cls(
            round=round_,
            taken=taken,
            number=None if chosen == WORKING else int(chosen),
            hidden=hidden,
            cities=cities,
            reviewers=reviewers,
            apart=bool(slugs) and snapshots.tell_of(round_.snapshots, slugs),
        )

    @property
    def of(self) -> str:
        """The name of the figures in an address."""
        return WORKING if self.number is None else str(self.number)

    @property
    def usual(self) -> str:
        """The name of the figures that come unasked."""
        return str(self.taken[0].number) if self.taken else WORKING

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What a page of frozen figures follows from."""
        about = (self.round.slug, self.round.title, self.taken, self.number, self.hidden)
        return (*about, self.cities, self.reviewers)

    @property
    def named_reviewers(self) -> dict[str, str]:
        """The names that the person may read beside marks: of those who never reviewed a city
        that the person is too close to."""
        unnamed = {one.id for one in self.reviewers if one.city_id in self.hidden}
        return {levels.rater(one.id): one.name for one in self.reviewers if one.id not in unnamed}


@dataclass(frozen=True)
class Scope:
    """A round as one coordinator may compare it: its figures, and the names for them.

    The reviewers in `result` and `outliers` have codes that say nothing; `labels` has their names
    or a number. `outside` are cities of the round that are not in the figures by a rule of the
    snapshot; `earlier` are the results of earlier rounds, the oldest first. `inside` are the cities
    (slugs) of `group`, where it is not everybody.
    """

    source: Source
    result: BenchmarkResult
    tables: levels.Tables
    labels: Labels
    cities: Mapping[str, str]
    left_out: tuple[str, ...]
    snapshot: Snapshot | None = None
    outside: tuple[str, ...] = ()
    earlier: tuple[BenchmarkResult, ...] = ()
    outliers: tuple[Outlier, ...] = ()
    group: str = groups.EVERYBODY
    inside: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        return self.source.round.slug

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What everything on a page of working figures follows from."""
        rest = (self.cities, self.outliers, self.outside)
        return (*self.source.key, self.result.result_hash, *map(repr, rest))

    @property
    def subject(self) -> Subject:
        return Subject(self.result, self.slug, self.labels, self.earlier)

    @property
    def roles(self) -> list[str]:
        tree = self.result.structure
        return list(tree.loc[tree["level"] == 1, "code"])

    @property
    def scored(self) -> dict[str, str]:
        """The cities that have figures, by name."""
        there = set(self.result.scores["city"])
        return {slug: name for slug, name in self.cities.items() if slug in there}

    @property
    def groups(self) -> dict[str, list[str]]:
        """The cities of each group that can be asked for."""
        return groups.members(self.tables.cities, self.scored)

    @property
    def basis(self) -> Basis:
        here = self.cities
        reviewers = [one.reviewer_id for one in self.tables.assignments if one.city_id in here]
        return Basis.of(self.result, reviewers, here, self.left_out)

    def labels_of(self, city: str) -> Labels:
        """The names in figures of one city, or of all: what is not calibrated is not called so."""
        scores = self.result.scores
        rows = scores.loc[scores["city"] == city] if city else scores
        return calibration.labelled(rows, self.labels)

    def narrowed(self, group: str, *, beside: str = "") -> Scope:
        """The same of the cities of one group, and of a city beside them, which may be one."""
        if group in ("", groups.EVERYBODY):
            return self
        inside = self.groups[group]
        shown = {slug: name for slug, name in self.cities.items() if slug in {*inside, beside}}
        about = {"round": self.labels[self.slug], "group": groups.named(group)}
        if beside and beside not in inside:
            title = gettext("%(round)s, beside %(group)s", **about)
        else:
            title = gettext("%(round)s, %(group)s", **about)
        return replace(
            self,
            group=group,
            inside=tuple(inside),
            result=groups.of_group(self.result, group, inside, beside=beside),
            cities=shown,
            labels={**self.labels, self.slug: title},
        )


def read(source: Source, who: User) -> Scope:
    """The figures themselves."""
    return _working(source, who) if source.number is None else _frozen(source)


def _frozen(source: Source) -> Scope:
    round_, session = source.round, db.session()
    snapshot = loaders.found(kept.numbered(session, round_, source.number or 0))
    hidden = [one.slug for one in source.cities if one.id in source.hidden]
    result = computing.of_snapshot(snapshot, without=hidden)
    tables = computing.tables_of(snapshot, without=hidden)
    inside = [one for one in source.cities if one.slug in snapshot.cities]
    before = list(computing.goes_back_to(session, snapshot))
    scope = _scope(source, result, tables, inside)
    return replace(
        scope,
        snapshot=snapshot,
        outside=tuple(one.name for one in source.cities if one.slug not in snapshot.cities),
        earlier=tuple(computing.of_snapshot(one, without=hidden) for one in before),
        labels={**{one.round.slug: one.round.title for one in before}, **scope.labels},
    )


def _working(source: Source, who: User) -> Scope:
    round_, session = source.round, db.session()
    result, tables = computing.working(session, round_, without=source.hidden)
    scope = _scope(source, result, tables, source.cities)
    latest = kept.before(session, round_)
    before = [*computing.goes_back_to(session, latest), latest] if latest is not None else []
    hidden = [one.slug for one in source.cities if one.id in source.hidden]
    seen = _seen_by_teams(round_, who)
    return replace(
        scope,
        earlier=tuple(computing.of_snapshot(one, without=hidden) for one in before),
        labels={**{one.round.slug: one.round.title for one in before}, **scope.labels},
        outliers=_outliers(tables, seen),
    )


def _seen_by_teams(round_: Round, who: User) -> set[str]:
    """The cities whose single marks the person may see (P44)."""
    at = now()
    return {
        one.city.slug
        for one in pool.teams(db.session(), round_)
        if allowed(who, Action.OUTLIER_READ, one, at)
    }


def _outliers(tables: levels.Tables, cities: Collection[str]) -> tuple[Outlier, ...]:
    codes = _codes(tables)
    return tuple(replace(one, rater=codes[one.rater]) for one in outliers(tables, cities))


def _scope(
    source: Source, result: BenchmarkResult, tables: levels.Tables, there: Sequence[CityName]
) -> Scope:
    """`there` are the cities that the figures are about, with those that are hidden."""
    round_ = source.round
    cities = {one.slug: one.name for one in there if one.id not in source.hidden}
    codes, named = _codes(tables), source.named_reviewers
    labels = labels_of(round_.slug, round_.title, cities, loaders.questionnaire(round_))
    for number, (rater, code) in enumerate(codes.items(), 1):
        labels[code] = named.get(rater) or gettext("Reviewer %(number)d", number=number)
    raters = result.raters.assign(rater=result.raters["rater"].map(codes).astype("str"))
    return Scope(
        source=source,
        result=replace(result, raters=raters),
        tables=tables,
        labels=labels,
        cities=cities,
        left_out=tuple(one.name for one in there if one.id in source.hidden),
    )


def _codes(tables: levels.Tables) -> dict[str, str]:
    """A code for each reviewer that says nothing of who it is."""
    raters = sorted({one.reviewer_id for one in tables.assignments})
    return {rater: f"reviewer-{number}" for number, rater in enumerate(raters, 1)}
