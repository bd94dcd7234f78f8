"""What reviewers see of themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import ConflictKind, User
from webapp.pool.forms import EmployerForm, ProfileForm

_KINDS: dict[ConflictKind, Callable[[], str]] = {
    ConflictKind.DECLARED: lambda: gettext("You declared a conflict of interest"),
    ConflictKind.FORMER_EMPLOYER: lambda: gettext("You worked there before"),
}


@dataclass(frozen=True)
class Tie:
    """A city that one cannot review; `reason` are the person's own words."""

    city: str
    kind: str
    reason: str
    since: datetime


@dataclass(frozen=True)
class ProfilePage:
    """The own profile: what helps to find the right cities, and what keeps from the wrong ones."""

    title: str
    homes: tuple[str, ...]
    reviews: int
    ties: tuple[Tie, ...]
    form: ProfileForm
    employer: EmployerForm
    template: ClassVar[str] = "pool/profile.html"

    @classmethod
    def of(cls, who: User, reviews: int, form: ProfileForm, employer: EmployerForm) -> ProfilePage:
        conflicts: Sequence = sorted(who.conflicts, key=lambda one: (one.city.name, one.id))
        return cls(
            title=gettext("Your profile as a reviewer"),
            homes=tuple(sorted({one.city.name for one in who.city_memberships})),
            reviews=reviews,
            ties=tuple(
                Tie(one.city.name, _KINDS[one.kind](), one.reason, one.declared_at)
                for one in conflicts
            ),
            form=form,
            employer=employer,
        )
