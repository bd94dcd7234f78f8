"""The peers' scores once severe and lenient reviewers are told apart, for every code of the tree.

A role's score is the model's (METHOD 3.4). Below it there is no model of its own: a statement is
the mean of its marks, each made good for its rater's severity, and a commitment is rolled up from
them. The whole is rolled up from the roles.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import aggregate, severity
from benchmarks.config import BenchmarkConfig, Middle, Missing
from benchmarks.severity import Severity

ROLE = 1


@dataclass(frozen=True)
class Scored:
    """Points and their standard errors, cities by codes; NaN where there is none."""

    value: pd.DataFrame
    se: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Calibrated:
    """The peers' marks of one round: plain and calibrated items (cities by statements), the fit.

    marks   city, role, statement, rater, value (0..100), `calibrated` (value and the rater's
            severity): one row per mark on what applies.
    live    by city: whether it is calibrated; else both are the same, and roles are plain means.
    """

    marks: pd.DataFrame
    items: pd.DataFrame
    live: pd.Series
    fitted: Severity
    structure: pd.DataFrame
    applicable: pd.DataFrame
    config: BenchmarkConfig

    @classmethod
    def of(
        cls,
        marks: pd.DataFrame,
        structure: pd.DataFrame,
        applicable: pd.DataFrame,
        config: BenchmarkConfig,
    ) -> "Calibrated":
        """Fit the marks (city, role, statement, rater, value) of one round."""
        fitted = severity.fit(
            marks,
            applicable=applicable,
            weights=_in_roles(applicable, structure),
            config=config,
        )
        offset = fitted.raters.set_index("rater")["severity"].fillna(0.0)
        made = marks.assign(calibrated=marks["value"] + marks["rater"].map(offset).astype(float))
        rows = fitted.scores.drop_duplicates("city").set_index("city")["calibrated"]
        return cls(
            marks=made,
            items=_items(made, "calibrated", applicable, config),
            live=rows.reindex(applicable.index).astype("boolean").fillna(False).astype(bool),
            fitted=fitted,
            structure=structure,
            applicable=applicable,
            config=config,
        )

    @cached_property
    def plain(self) -> pd.DataFrame:
        """The peers' mean marks, cities by statements."""
        return _items(self.marks, "value", self.applicable, self.config)

    @property
    def modelled(self) -> bool:
        """Whether roles are the model's: it knows arithmetic means and no zeros for holes."""
        kinds = set(self.structure.loc[self.structure["level"] >= ROLE, "aggregation"])
        mean = {self.config.mean} if self.config.mean else kinds
        return mean <= {"arithmetic"} and self.config.missing != "zero"

    def plainly(self) -> Scored:
        """Plain means, with what another team of the same pool would have made of them."""
        value = self._rolled(self.plain, self.applicable)
        raters = self._variance("rater") * np.eye(len(self.fitted.raters))
        return Scored(value, self._errors(value, self.plain.notna(), raters, self.applicable.index))

    def over(self, wanted: pd.DataFrame, missing: Missing | None = None) -> Scored:
        """Calibrated scores over these statements (bool, cities by statements).

        `missing` is the policy for holes; None: the configured one.
        """
        value = self._rolled(self.items, wanted, missing)
        there = self.items.notna() & wanted
        live = self.live.index[self.live.to_numpy()]
        errors = np.nan_to_num(self.fitted.errors)
        se = self._errors(value, there, errors, live)
        if self.modelled and len(live):
            self._put_roles(value, se, wanted)
        return Scored(value, se)

    def chosen(self, **choices: Any) -> "Calibrated":
        """The same fit, rolled up under other choices of the configuration."""
        return replace(self, config=replace(self.config, **choices))

    def by_other_raters(self) -> pd.DataFrame:
        """What the other way to join the raters' marks would add: cities by codes, points."""
        other: Middle = "median" if self.config.raters == "mean" else "mean"
        config = replace(self.config, raters=other)
        items = _items(self.marks, "calibrated", self.applicable, config)
        return self._rolled(items, self.applicable) - self._rolled(self.items, self.applicable)

    def of_change(self, scored: Scored, before: list[str], after: list[str]) -> pd.DataFrame:
        """Standard errors of the cities `after` less the cities `before`, one to one, by code.

        Roles and the whole err together where their reviewers are the same; below the roles the
        two errors count as independent.
        """
        old, new = scored.se.loc[before], scored.se.loc[after].set_axis(before)
        se = (old**2 + new**2) ** 0.5
        if not self.modelled or not before:
            return se
        roles = roles_of(self.structure)
        rows = np.concatenate([self._rows(pd.Index(each), roles) for each in (before, after)], 1)
        among = self.fitted.posterior.blocks(rows)
        top = aggregate.prune(self.structure, roles)
        known = scored.value[list(top["code"])].notna()
        for code, share in aggregate.shares(known, top).items():
            places = [roles.index(role) for role in aggregate.leaves(top)[code]]
            apart = np.zeros(rows.shape)
            for sign, half, cities in ((-1, 0, before), (1, len(roles), after)):
                at = known.index.get_indexer(pd.Index(cities))
                apart[:, [half + place for place in places]] = sign * share[at]
            square = np.einsum("ci,cij,cj->c", apart, among, apart)
            se[code] = np.where(se[code].notna(), np.sqrt(np.maximum(square, 0)), np.nan)
        return se

    def draws(self, value: pd.DataFrame, size: int, lot: np.random.Generator) -> np.ndarray:
        """`size` joint draws of the roles' scores around `value`: draws by cities by roles.

        A city that is not calibrated does not vary.
        """
        roles = list(value.columns)
        centre = value.to_numpy(dtype=float)
        rows = self._rows(value.index, roles)
        if not self.live.any():
            return np.repeat(centre[None], size, axis=0)
        posterior = self.fitted.posterior
        off = posterior.draw(size, lot) - posterior.mean
        apart = np.where(rows >= 0, np.nan_to_num(off[:, rows]), 0.0)
        return np.asarray(centre[None] + apart)

    def components(self) -> pd.Series:
        """The connected part of the review each city belongs to, by city."""
        return self.fitted.scores.drop_duplicates("city").set_index("city")["component"]

    def _rolled(
        self, items: pd.DataFrame, wanted: pd.DataFrame, missing: Missing | None = None
    ) -> pd.DataFrame:
        config = self.config
        return aggregate.roll_up(
            items.where(wanted),
            self.structure,
            config.mean,
            missing or config.missing,
            config.threshold,
            applicable=self.applicable,
        )

    def _rows(self, cities: pd.Index, roles: list[str]) -> np.ndarray:
        """The row of the fit for each city and role, -1 for none or one not calibrated."""
        t = self.fitted.scores
        live = t.loc[t["calibrated"]]
        number = pd.Series(live.index, index=pd.MultiIndex.from_frame(live[["city", "role"]]))
        wide = number.unstack().reindex(index=cities, columns=roles)
        return wide.fillna(-1).to_numpy(dtype=np.int64)

    def _put_roles(self, value: pd.DataFrame, se: pd.DataFrame, wanted: pd.DataFrame) -> None:
        """The model's scores in place of the roles', and the whole rolled up from them.

        Over fewer statements than apply, a score moves by how the model knows these to be marked.
        """
        tree, roles = self.structure, roles_of(self.structure)
        rows = self._rows(value.index, roles)
        known = (rows >= 0) & value[roles].notna().to_numpy()
        fit = self.fitted.scores
        points, errors = (fit[name].to_numpy()[rows] for name in ("value", "se"))
        moved = _effects(wanted, tree, self.fitted.statements)
        moved -= _effects(self.applicable, tree, self.fitted.statements)
        value[roles] = np.where(known, points + moved, value[roles].to_numpy())
        se[roles] = np.where(known, errors, np.nan)
        top = aggregate.prune(tree, roles)
        root = next(code for code in top["code"] if code not in roles)
        whole = aggregate.roll_up(
            value[roles],
            top,
            self.config.mean,
            self.config.missing,
            self.config.threshold,
            applicable=_applies(self.applicable, tree)[roles],
        )
        value[root] = whole[root]
        share = aggregate.shares(whole.notna(), top)[root]
        spread = np.einsum("ci,cij,cj->c", share, self.fitted.posterior.blocks(rows), share)
        every = ((share == 0) | (rows >= 0)).all(1) & self.live.to_numpy()
        se[root] = np.where(every & value[root].notna(), np.sqrt(np.maximum(spread, 0)), np.nan)

    def _variance(self, source: str) -> float:
        table = self.fitted.variances.set_index("source")["variance"]
        return float(table[source])

    def _errors(
        self, value: pd.DataFrame, there: pd.DataFrame, raters: np.ndarray, cities: pd.Index
    ) -> pd.DataFrame:
        """The standard errors of weighted means of marks, for these cities (METHOD 3.4, 3.5).

        A mean errs by what is not known of its raters' severity (`raters`, their covariance), by
        their leaning to the city, and by the marks themselves.
        """
        se = pd.DataFrame(np.nan, index=value.index, columns=value.columns)
        rest, lean = self._variance("residual"), self._variance("city:rater")
        if np.isnan(rest):
            return se
        scored, who = self.seats
        scored = scored * there.to_numpy(dtype=float)
        count = np.maximum(scored.sum(0), 1)
        sat = (who >= 0)[:, :, None] & (who >= 0)[:, None, :]
        among = np.where(sat, raters[who[:, :, None], who[:, None, :]], 0.0)
        place = {code: at for at, code in enumerate(there.columns)}
        under = aggregate.leaves(self.structure)
        for code, share in aggregate.shares(value.notna(), self.structure).items():
            at = [place[leaf] for leaf in under[code]]
            part = share / count[:, at]
            by_rater = np.einsum("kci,ci->ck", scored[:, :, at], part)
            square = np.einsum("ck,ckl,cl->c", by_rater, among, by_rater)
            square += lean * (by_rater**2).sum(1) + rest * (part * share).sum(1)
            se[code] = np.sqrt(np.maximum(square, 0))
        here = np.isin(value.index.to_numpy(dtype=object), list(cities))
        return se.where(value.notna()).where(pd.Series(here, index=value.index), axis=0)

    @cached_property
    def n_raters(self) -> pd.DataFrame:
        """How many peers marked something under each code: cities by codes."""
        scored, _ = self.seats
        under = aggregate.leaves(self.structure)
        place = {code: at for at, code in enumerate(self.applicable.columns)}
        counts = {
            code: scored[:, :, [place[leaf] for leaf in under[code]]].any(axis=2).sum(axis=0)
            for code in self.structure["code"]
        }
        return pd.DataFrame(counts, index=self.applicable.index)

    @cached_property
    def seats(self) -> tuple[np.ndarray, np.ndarray]:
        """Who marked what: seats by cities by statements (0 or 1), and who sits in each seat.

        Cities by seats of the rater's row in `fitted.raters`, -1 for an empty seat.
        """
        marks, grid = self.marks, self.applicable
        names = pd.Index(self.fitted.raters["rater"])
        city = grid.index.get_indexer(pd.Index(marks["city"]))
        statement = grid.columns.get_indexer(pd.Index(marks["statement"]))
        met = city * max(len(names), 1) + names.get_indexer(pd.Index(marks["rater"]))
        pairs, at = np.unique(met, return_inverse=True)
        of_city, rater = np.divmod(pairs, max(len(names), 1))
        seat = np.arange(len(pairs)) - np.searchsorted(of_city, np.arange(len(grid)))[of_city]
        who = np.full((len(grid), int(seat.max(initial=-1)) + 1), -1)
        who[of_city, seat] = rater
        scored = np.zeros((who.shape[1], *grid.shape))
        scored[seat[at], city, statement] = 1
        return scored, who


def roles_of(structure: pd.DataFrame) -> list[str]:
    """The codes of the roles, in order."""
    return list(structure.loc[structure["level"] == ROLE, "code"])


def _items(
    marks: pd.DataFrame, column: str, applicable: pd.DataFrame, config: BenchmarkConfig
) -> pd.DataFrame:
    by = marks.groupby(["city", "statement"], sort=True)[column].agg(config.raters)
    return by.unstack().reindex(index=applicable.index, columns=applicable.columns)


def _applies(applicable: pd.DataFrame, structure: pd.DataFrame) -> pd.DataFrame:
    """Whether anything under a code applies: cities by codes."""
    return aggregate.coverage(applicable, structure, applicable).notna()


def _in_roles(applicable: pd.DataFrame, structure: pd.DataFrame) -> pd.DataFrame:
    """The weight of each statement in its role's score: cities by statements."""
    found = aggregate.shares(_applies(applicable, structure), structure)
    under, roles = aggregate.leaves(structure), roles_of(structure)
    return pd.DataFrame(
        np.concatenate([found[role] for role in roles], axis=1),
        index=applicable.index,
        columns=[leaf for role in roles for leaf in under[role]],
    )


def _effects(wanted: pd.DataFrame, structure: pd.DataFrame, effects: pd.Series) -> np.ndarray:
    """How the wanted statements of each role are marked beside others: cities by roles."""
    found, under = (
        aggregate.shares(_applies(wanted, structure), structure),
        aggregate.leaves(structure),
    )
    by_role = [
        (found[role] * effects.reindex(under[role]).fillna(0.0).to_numpy()).sum(axis=1)
        for role in roles_of(structure)
    ]
    return np.column_stack(by_role)
