"""From a printout that was asked for to its file."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from models import Assessment, Printout, PrintoutKind, Snapshot
from reviews.submissions import sha256
from webapp import printing
from webapp.clock import now
from webapp.papers import package, workbook
from webapp.papers.brief import LENGTHS, BriefPage
from webapp.papers.city_report import CityReportPage
from webapp.papers.comparative import ComparativePage
from webapp.papers.subjects import CityView, RoundView
from webapp.rendering import Page, on_paper

Told = Callable[[int], None]


def made(session: Session, printout: Printout, told: Told) -> bytes:
    """The file; `told` is called with how far it is, in percent. The same snapshot and report
    give the same bytes."""
    told(5)
    snapshot, about = printout.snapshot, printout.assessment
    if about is not None:
        return _OF_CITY[printout.kind](_city(session, snapshot, about), told)
    if printout.kind is PrintoutKind.WORKBOOK:
        return workbook.made(snapshot)
    return _OF_ROUND[printout.kind](RoundView.of(session, snapshot), told)


def _city(session: Session, snapshot: Snapshot, about: Assessment) -> CityView:
    return CityView.of(session, snapshot, about, now())


def _city_report(view: CityView, told: Told) -> bytes:
    return _pdf(CityReportPage.of(view), told)


def _brief(view: CityView, told: Told) -> bytes:
    """One page, whatever the peers have written: long texts are cut until it fits."""
    page = BriefPage.of(view)
    told(50)
    for most in LENGTHS:
        html = on_paper(page.shortened(most))
        document = printing.laid_out(html)
        if len(document.pages) == 1:
            return printing.written(document, sha256=sha256(html))
    raise ValueError("the brief does not fit on one page")


def _comparative(view: RoundView, told: Told) -> bytes:
    return _pdf(ComparativePage.of(view), told)


def _pdf(page: Page, told: Told) -> bytes:
    html = on_paper(page)
    told(40)
    document = printing.laid_out(html)
    told(80)
    return printing.written(document, sha256=sha256(html))


def _package(view: RoundView, told: Told) -> bytes:
    return package.made(view)


_OF_CITY: dict[PrintoutKind, Callable[[CityView, Told], bytes]] = {
    PrintoutKind.CITY_REPORT: _city_report,
    PrintoutKind.BRIEF: _brief,
}
_OF_ROUND: dict[PrintoutKind, Callable[[RoundView, Told], bytes]] = {
    PrintoutKind.COMPARATIVE: _comparative,
    PrintoutKind.DATA_PACKAGE: _package,
}
