"""A stored city whose report is with it, final or published, and the people around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import func, select

from models import (
    AssessmentState,
    CityRole,
    Entry,
    FindingKind,
    Report,
    ReportState,
    RoundState,
)
from tests.browser import Browser
from tests.builders import (
    a_city,
    a_coordinator,
    a_finding,
    a_report,
    a_submitted_review,
    an_assessment,
    an_edition,
    an_officer,
    store,
)
from webapp.clock import now
from webapp.extensions import db
from webapp.passwords import hash_password

PASSWORD = "a password of the tests"


@dataclass
class Reported:
    """The address of the city, and who is there by what they are to it."""

    app: Flask
    here: dict[str, str]
    emails: dict[str, str]
    report_id: int

    def browser(self, who: str) -> Browser:
        return Browser(self.app, self.emails[who])

    def report(self) -> Report:
        """In a context of the application."""
        return db.session.get_one(Report, self.report_id)

    def deeds(self, action: str) -> list[dict[str, object]]:
        with self.app.app_context():
            rows = select(Entry.facts).where(Entry.action == action).order_by(Entry.sequence)
            return list(db.session.scalars(rows))


def reported(
    app: Flask,
    state: ReportState = ReportState.WITH_CITY,
    *,
    due: timedelta = timedelta(days=14),
    recommendations: int = 1,
    published: datetime | None = None,
    closed: bool = False,
) -> Reported:
    """`recommendations` stand beside one finding of each other kind: F1, F2, F3, then F4 ..."""
    city = a_city()
    assessment = an_assessment(of=city, state=AssessmentState.IN_REVIEW)
    signatory = an_officer(of=city, role=CityRole.SIGNATORY, name="Els Maes")
    signatory.password_hash = hash_password(PASSWORD)
    people = {
        "lead": an_officer(of=city),
        "contributor": an_officer(of=city, role=CityRole.CONTRIBUTOR, name="Ana Silva"),
        "signatory": signatory,
        "lead_reviewer": a_submitted_review(of=assessment, lead=True).reviewer,
        "reviewer": a_submitted_review(of=assessment).reviewer,
        "coordinator": a_coordinator(of=assessment.round),
        "stranger": an_officer(of=a_city()),
        "limited": an_officer(of=city, role=CityRole.CONTRIBUTOR, name="Noor Visser"),
    }
    people["limited"].city_memberships[0].limited = True
    report = a_report(of=assessment, state=state, written=True)
    if report.sent_at is not None:
        report.reply_due = now() + due
    for place in range(5, 4 + recommendations):
        report.findings.append(a_finding(place=place, kind=FindingKind.RECOMMENDATION))
    if state is ReportState.PUBLISHED:
        report.editions[:] = [an_edition(of=report, at=published or now())]
    if closed:
        assessment.round.state = RoundState.CLOSED
    with app.app_context():
        store(db.session(), assessment, *people.values())
        db.session.commit()
        return Reported(
            app=app,
            here={"round_slug": assessment.round.slug, "city_slug": city.slug},
            emails={name: one.email for name, one in people.items()},
            report_id=report.id,
        )


def count(app: Flask, table: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0
