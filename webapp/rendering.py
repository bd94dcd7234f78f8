"""Rendering: a template gets one page, and the site around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import (
    ChainableUndefined,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)
from jinja2.utils import missing

from webapp.navigation import MenuItem, menu
from webapp.paths import folder
from webapp.sessions import signed_in


class Page(Protocol):
    """What a template may see: plain values, worked out beforehand."""

    template: ClassVar[str]

    @property
    def title(self) -> str: ...


@dataclass(frozen=True)
class Site:
    """What every page shows around its own content."""

    person: str | None
    person_id: int | None
    menu: tuple[MenuItem, ...]
    demonstration: bool
    path: str
    language: str = "en"

    @property
    def csrf_token(self) -> str:
        # Asked for only where a form is drawn: making one sets a cookie.
        return generate_csrf()


def render(page: Page, status: int = 200) -> Response:
    """A page as a response."""
    who = signed_in()
    site = Site(
        person=who.name if who else None,
        person_id=who.id if who else None,
        menu=menu(who),
        demonstration=current_app.config["DEMONSTRATION"],
        path=request.path,
    )
    return make_response(render_template(page.template, page=page, site=site), status)


def on_paper(page: Page) -> str:
    """A page for a file, which nobody in particular is going to read."""
    site = Site(
        person=None,
        person_id=None,
        menu=(),
        demonstration=current_app.config["DEMONSTRATION"],
        path="",
        language=str(get_locale() or "en"),
    )
    return render_template(page.template, page=page, site=site)


class PageUndefined(StrictUndefined):
    """Strict for what our pages lack, lenient inside the parameters of library components.

    The GOV.UK macros take a dict and ask for keys that were not given; our own templates
    get dataclasses, never a dict, so a misspelt name in them still fails.
    """

    def __new__(
        cls, hint: str | None = None, obj: Any = missing, name: str | None = None, *rest: Any
    ) -> Any:
        lenient = isinstance(obj, dict | ChainableUndefined) or name == "caller" or hint is not None
        if lenient:
            return ChainableUndefined(hint, obj, name, *rest)
        return super().__new__(cls)


def prepare_templates(app: Flask) -> None:
    """Put the component libraries beside our own templates, each under its own name."""
    libraries = ("govuk_frontend_jinja", "govuk_frontend_wtf")
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(str(folder("templates"))),
            PrefixLoader({name: PackageLoader(name) for name in libraries}),
        ]
    )
    WTFormsHelpers(app)
    app.jinja_env.undefined = PageUndefined
    # The component library writes these two names where it has nothing to pass.
    app.jinja_env.globals.update(undefined=ChainableUndefined(), null=None)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
