"""What coordinators see of the frozen benchmarks of a round, and of the way to the public."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext

from models import Assessment, Release, Round, Snapshot, User
from reviews import consents, embargo, releases, snapshots
from reviews.errors import Incomplete, RuleBroken
from reviews.hats import conflicted
from reviews.phases import phase
from reviews.policy import Action, allowed
from reviews.releases import Stage
from webapp.clock import now
from webapp.errors import said
from webapp.filters import date_time
from webapp.snapshots.forms import ApprovalForm, CallOffForm, FirstForm, FurtherForm, ReleaseForm
from webapp.words import consent_words, phase_words

_COLOURS = {
    Stage.FROZEN: "blue",
    Stage.APPROVED: "turquoise",
    Stage.WAITING: "yellow",
    Stage.PUBLIC: "green",
    Stage.PAST: "grey",
    Stage.CALLED_OFF: "orange",
    Stage.REPLACED: "grey",
}


@dataclass(frozen=True)
class Standing:
    """How far a snapshot is on its way, in words, with the colour that repeats them."""

    words: str
    colour: str

    @classmethod
    def of(cls, snapshot: Snapshot, needed: int) -> Standing:
        stage = releases.stage(snapshot, needed=needed, now=now())
        return cls(_stage_words(stage, snapshot, needed), _COLOURS[stage])


def _stage_words(stage: Stage, snapshot: Snapshot, needed: int) -> str:
    if stage in (Stage.WAITING, Stage.PUBLIC):
        moment = date_time(snapshot.releases[-1].public_from)
        if stage is Stage.WAITING:
            return gettext("Embargo until %(moment)s", moment=moment)
        return gettext("Public since %(moment)s", moment=moment)
    have = len(snapshot.approvals)
    return {
        Stage.FROZEN: gettext("Frozen, approved by %(have)d of %(all)d", have=have, all=needed),
        Stage.APPROVED: gettext("Approved, not released"),
        Stage.PAST: gettext("Was public until a later release"),
        Stage.CALLED_OFF: gettext("Release called off"),
        Stage.REPLACED: gettext("Replaced by a later snapshot"),
    }[stage]


@dataclass(frozen=True)
class SnapshotLine:
    """One snapshot in the list; cities the person is too close to are not counted."""

    number: int
    taken_at: datetime
    by: str
    cities: int
    named: int
    reason: str
    standing: Standing

    @classmethod
    def of(cls, snapshot: Snapshot, hidden: Collection[str], needed: int) -> SnapshotLine:
        return cls(
            number=snapshot.number,
            taken_at=snapshot.taken_at,
            by=snapshot.taken_by.name,
            cities=len(set(snapshot.cities) - set(hidden)),
            named=len(set(snapshot.named) - set(hidden)),
            reason=snapshot.reason,
            standing=Standing.of(snapshot, needed),
        )


@dataclass(frozen=True)
class ReleaseLine:
    """One release of a round, whatever became of it."""

    number: int
    snapshot: int
    words: str
    by: str
    at: datetime
    reason: str
    sha256: str

    @classmethod
    def of(cls, made: Release, *, hash_shown: bool) -> ReleaseLine:
        at = now()
        public = releases.is_public(made, at)
        return cls(
            number=made.number,
            snapshot=made.snapshot.number,
            words=_release_words(made, at),
            by=made.released_by.name,
            at=made.released_at,
            reason=made.reason,
            sha256=made.snapshot.result_sha256 if hash_shown or public else "",
        )


def _release_words(made: Release, at: datetime) -> str:
    if made.called_off_by is not None and made.called_off_at is not None:
        return gettext(
            "Called off by %(name)s, %(moment)s",
            name=made.called_off_by.name,
            moment=date_time(made.called_off_at),
        )
    moment = date_time(made.public_from)
    if embargo.waits(made, at):
        return gettext("Public from %(moment)s on", moment=moment)
    if releases.current(made.round, at) is made:
        return gettext("Public since %(moment)s", moment=moment)
    return gettext("Was public from %(moment)s on, until a later release", moment=moment)


@dataclass(frozen=True)
class CityLine:
    """A city and the next snapshot; of one the person is too close to, only that it takes part.
    `slug` leads to what the city decided, where it could decide already."""

    name: str
    hidden: bool
    slug: str = ""
    stage: str = ""
    words: str = ""
    inside: bool = False
    consent: str = ""

    @classmethod
    def of(cls, one: Assessment, inside: Collection[Assessment], who: User) -> CityLine:
        if conflicted(who, one.city):
            return cls(one.city.name, hidden=True)
        return cls(
            name=one.city.name,
            hidden=False,
            slug=one.city.slug if allowed(who, Action.CONSENT_READ, one, now()) else "",
            stage=phase(one).value,
            words=phase_words(phase(one)),
            inside=one in inside,
            consent=_consent_words(one),
        )


def _consent_words(one: Assessment) -> str:
    words = consent_words(consents.current(one))
    return words if one.consents else gettext("%(choice)s (nothing was said)", choice=words)


@dataclass(frozen=True)
class SnapshotsPage:
    """All snapshots and releases of a round, and what the next snapshot would hold."""

    title: str
    round: str
    round_slug: str
    snapshots: tuple[SnapshotLine, ...]
    releases: tuple[ReleaseLine, ...]
    cities: tuple[CityLine, ...]
    inside: int
    outside: int
    changes: tuple[str, ...]
    caution: str
    hindrance: str
    may_take: bool
    form: FirstForm | FurtherForm
    error: str
    template: ClassVar[str] = "snapshots/snapshots.html"

    @classmethod
    def of(
        cls,
        round_: Round,
        who: User,
        needed: int,
        form: FirstForm | FurtherForm,
        *,
        error: str = "",
    ) -> SnapshotsPage:
        hidden = {one.city.slug for one in round_.assessments if conflicted(who, one.city)}
        inside = snapshots.in_next(round_)
        everybody = sorted(round_.assessments, key=lambda one: one.city.name.casefold())
        return cls(
            title=gettext("Frozen benchmarks"),
            round=round_.title,
            round_slug=round_.slug,
            snapshots=tuple(
                SnapshotLine.of(one, hidden, needed) for one in reversed(round_.snapshots)
            ),
            releases=tuple(
                ReleaseLine.of(one, hash_shown=not releases.too_close(one.snapshot, who))
                for one in reversed(releases.releases(round_))
            ),
            cities=tuple(CityLine.of(one, inside, who) for one in everybody),
            inside=len(inside),
            outside=len(everybody) - len(inside),
            changes=_changes(round_, hidden),
            caution=_caution(inside),
            hindrance=_hindrance_to_take(round_),
            may_take=allowed(who, Action.SNAPSHOT_TAKE, round_, now()),
            form=form,
            error=error,
        )


def _caution(inside: Sequence[Assessment]) -> str:
    """What too many names do; empty where the group figures are in no danger."""
    unnamed = len(inside) - len(snapshots.named(inside))
    if not 0 < unnamed < snapshots.LEAST:
        return ""
    return gettext(
        "Only %(unnamed)d cities would stand in groups without their name. From %(least)d on they"
        " hide each other; with fewer, no figure of all cities can be shown to anybody.",
        unnamed=unnamed,
        least=snapshots.LEAST,
    )


def _changes(round_: Round, hidden: Collection[str]) -> tuple[str, ...]:
    """Whose consent has changed since the last snapshot."""
    if not round_.snapshots:
        return ()
    before = set(round_.snapshots[-1].named)
    today = set(snapshots.named(snapshots.in_next(round_)))
    names = {one.city.slug: one.city.name for one in round_.assessments}
    return (
        *(gettext("%(city)s: by name now", city=names[one]) for one in sorted(today - before)
          if one not in hidden),
        *(gettext("%(city)s: in groups only now", city=names[one]) for one in sorted(before - today)
          if one not in hidden),
    )  # fmt: skip


def _hindrance_to_take(round_: Round) -> str:
    try:
        snapshots.need_enough(round_)
    except RuleBroken as refused:
        return said(refused)
    return ""


@dataclass(frozen=True)
class Choice:
    """One choice of the method: what it is about, and what was chosen."""

    about: str
    words: str


def _choices(config: Mapping[str, Any]) -> tuple[Choice, ...]:
    """The configuration as people read it; whose names are in it is said elsewhere."""
    means = {
        None: gettext("weighted arithmetic, unless the questionnaire says otherwise"),
        "arithmetic": gettext("weighted arithmetic"),
        "geometric": gettext("weighted geometric"),
        "harmonic": gettext("weighted harmonic"),
    }
    missing = {
        "reweight": gettext("leaves the mean; the weights of the others grow"),
        "zero": gettext("counts as zero"),
        "strict": gettext("leaves everything above it without a score"),
    }
    raters = {"mean": gettext("mean"), "median": gettext("median")}
    return (
        Choice(gettext("Mean"), means[config["mean"]]),
        Choice(gettext("What is missing"), missing[config["missing"]]),
        Choice(
            gettext("Least coverage for a score"),
            gettext("%(percent)d %% of the weight that applies",
                    percent=round(config["threshold"] * 100)),
        ),
        Choice(
            gettext("Not applicable"),
            gettext("if %(percent)d %% of those who answered say so",
                    percent=round(config["na_share"] * 100)),
        ),
        Choice(gettext("Several reviewers on one statement"), raters[config["raters"]]),
        Choice(
            gettext("Draws by lot"),
            gettext("%(draws)d for places, %(resamples)d for agreement", draws=config["draws"],
                    resamples=config["resamples"]),
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class ApprovalLine:
    name: str
    at: datetime


@dataclass(frozen=True)
class Fingerprints:
    """The hashes of what went in and what came out."""

    input: str
    result: str

    @classmethod
    def of(cls, snapshot: Snapshot) -> Fingerprints:
        return cls(snapshot.input_sha256, snapshot.result_sha256)


@dataclass(frozen=True)
class Forms:
    """The forms of a snapshot's page, of which one may come back with what is wrong in it."""

    approval: ApprovalForm
    release: ReleaseForm
    call_off: CallOffForm

    @classmethod
    def fresh(cls, **given: Any) -> Forms:
        """Empty forms, but for those that were `given`."""
        empty = {
            "approval": ApprovalForm(formdata=None),
            "release": ReleaseForm(formdata=None),
            "call_off": CallOffForm(formdata=None),
        }
        return cls(**(empty | given))


@dataclass(frozen=True)
class SnapshotPage:
    """Everything about one snapshot. Whoever is too close to one of its cities gets neither its
    hashes nor its files: `fingerprints` is None then."""

    title: str
    round: str
    round_slug: str
    number: int
    standing: Standing
    taken_at: datetime
    by: str
    reason: str
    method_version: str
    choices: tuple[Choice, ...]
    cities: tuple[str, ...]
    named: tuple[str, ...]
    left_out: tuple[str, ...]
    fingerprints: Fingerprints | None
    approvals: tuple[ApprovalLine, ...]
    needed: int
    releases: tuple[ReleaseLine, ...]
    waiting: int | None
    not_to_approve: str
    not_to_release: str
    missing: tuple[str, ...]
    again: bool
    may_call_off: bool
    forms: Forms
    error: str
    template: ClassVar[str] = "snapshots/snapshot.html"

    @classmethod
    def of(
        cls, snapshot: Snapshot, who: User, needed: int, forms: Forms, *, error: str = ""
    ) -> SnapshotPage:
        round_, at = snapshot.round, now()
        hidden = releases.too_close(snapshot, who)
        refused, missing = _refused(snapshot, who, needed)
        waits = [one for one in snapshot.releases if embargo.waits(one, at)]
        return cls(
            title=gettext("Snapshot %(number)d", number=snapshot.number),
            round=round_.title,
            round_slug=round_.slug,
            number=snapshot.number,
            standing=Standing.of(snapshot, needed),
            taken_at=snapshot.taken_at,
            by=snapshot.taken_by.name,
            reason=snapshot.reason,
            method_version=snapshot.method_version,
            choices=_choices(json.loads(snapshot.choices)),
            cities=_names(round_, set(snapshot.cities) - hidden),
            named=_names(round_, set(snapshot.named) - hidden),
            left_out=_names(round_, hidden),
            fingerprints=None if hidden else Fingerprints.of(snapshot),
            approvals=tuple(ApprovalLine(one.by.name, one.at) for one in snapshot.approvals),
            needed=needed,
            releases=tuple(ReleaseLine.of(one, hash_shown=not hidden) for one in snapshot.releases),
            waiting=waits[0].number if waits else None,
            not_to_approve=_not_to_approve(snapshot, who),
            not_to_release=refused,
            missing=missing,
            again=bool(releases.releases(round_)),
            may_call_off=allowed(who, Action.RELEASE_CALL_OFF, snapshot, at),
            forms=forms,
            error=error,
        )


def _names(round_: Round, slugs: Collection[str]) -> tuple[str, ...]:
    names = [one.city.name for one in round_.assessments if one.city.slug in slugs]
    return tuple(sorted(names, key=str.casefold))


def _not_to_approve(snapshot: Snapshot, who: User) -> str:
    """Why a person cannot approve a snapshot now, in words; nothing where they can."""
    if who in releases.approvers(snapshot):
        return gettext("You have approved this snapshot.")
    try:
        releases.need_distance(snapshot, who)
        releases.need_releasable(snapshot)
    except RuleBroken as refused:
        return said(refused)
    return ""


def _refused(snapshot: Snapshot, who: User, needed: int) -> tuple[str, tuple[str, ...]]:
    """Why a person cannot release a snapshot now, and the cities that this waits for."""
    try:
        releases.need_ready(snapshot, needed=needed, by=who)
    except Incomplete as refused:
        return said(refused), refused.missing
    except RuleBroken as refused:
        return said(refused), ()
    return "", ()


@dataclass(frozen=True)
class CheckPage:
    """Whether the frozen input still gives the frozen figures, byte for byte."""

    title: str
    round: str
    round_slug: str
    number: int
    same: bool
    method_then: str
    method_now: str
    template: ClassVar[str] = "snapshots/check.html"

    @classmethod
    def of(cls, snapshot: Snapshot, sha256: str, method_now: str) -> CheckPage:
        return cls(
            title=gettext("Snapshot %(number)d, computed again", number=snapshot.number),
            round=snapshot.round.title,
            round_slug=snapshot.round.slug,
            number=snapshot.number,
            same=sha256 == snapshot.result_sha256,
            method_then=snapshot.method_version,
            method_now=method_now,
        )
