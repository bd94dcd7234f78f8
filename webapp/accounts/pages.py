"""What the pages of an account show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flask_babel import gettext

from models import SignIn, User
from webapp.accounts.forms import SignInForm
from webapp.demonstration import DEMO_PASSWORD, DemoAccount


@dataclass(frozen=True)
class SignInPage:
    form: SignInForm
    title: str
    failed: bool = False
    kept: bool = False
    demo_accounts: tuple[DemoAccount, ...] = ()
    demo_password: str = DEMO_PASSWORD
    template: ClassVar[str] = "accounts/sign_in.html"

    @classmethod
    def of(
        cls,
        form: SignInForm,
        demo_accounts: tuple[DemoAccount, ...],
        *,
        failed: bool = False,
        kept: bool = False,
    ) -> SignInPage:
        return cls(
            form=form,
            title=gettext("Sign in"),
            failed=failed,
            kept=kept,
            demo_accounts=demo_accounts,
        )


@dataclass(frozen=True)
class KeptPage:
    """What was typed before the sign-in ended, ready to be sent again."""

    title: str
    address: str
    fields: tuple[tuple[str, str], ...]
    template: ClassVar[str] = "accounts/kept.html"


@dataclass(frozen=True)
class AccountPage:
    title: str
    name: str
    email: str
    parts: tuple[str, ...]
    sign_ins: tuple[SignIn, ...]
    template: ClassVar[str] = "accounts/account.html"

    @classmethod
    def of(cls, user: User, sign_ins: list[SignIn]) -> AccountPage:
        cities = (
            gettext("%(role)s of %(city)s", role=_CITY_ROLE[one.role.value](), city=one.city.name)
            for one in user.city_memberships
            if one.ended_at is None
        )
        rounds = (
            gettext("Coordinator of %(round)s", round=one.round.title)
            for one in user.round_memberships
            if one.ended_at is None
        )
        return cls(
            title=gettext("My account"),
            name=user.name,
            email=user.email,
            parts=(*cities, *rounds),
            sign_ins=tuple(sign_ins),
        )


_CITY_ROLE = {
    "contributor": lambda: gettext("Contributor"),
    "lead": lambda: gettext("Lead officer"),
    "signatory": lambda: gettext("Signatory"),
    "reviewer": lambda: gettext("Peer reviewer, officer"),
}
