"""What a team asks a city and sees on its visit: questions, a programme and notes."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from models import Question, Visit, VisitSession
from reviews import questions, visits
from webapp.demonstration.people import BRUSSELS, SEED
from webapp.demonstration.stories import Ago, Story, at

SESSIONS = (
    (9, 90, "How decisions are made", "Town hall, room 2", "Head of strategy, two advisers", "PM1"),
    (11, 60, "First advice for newcomers", "Welcome desk", "Desk staff, an interpreter", "SP1"),
    (14, 75, "Who the city employs", "Town hall, room 5", "Head of personnel", "EM1, EM2"),
    (16, 45, "What associations say", "Community house", "Chairs of three associations", "PM3"),
)
"""Hour, minutes, title, place, people by their functions, and what it is about."""
ASKED = "How many people used the welcome desk last year, and in which languages?"
ANSWERED = "1,840 people in eleven languages. The table is in the report on page 12."
OPEN = "Is the check before decisions written down anywhere that we could read?"
NOTES = (
    "Desk staff opened the file of one day and showed us how they note the language.",
    "The personnel office counts applicants since spring; last year's figures are missing.",
)


def ask_around(story: Story, ago: Ago, *, asks: str) -> None:
    """One of a team at work asks twice and has got one answer so far."""
    keys = Random(f"{SEED} questions {story.slug}")  # noqa: S311
    _ask(story, at(ago(15), 10), asks, "SP1.1", ASKED, keys, answered=at(ago(13), 15, 30))
    _ask(story, at(ago(3), 11), asks, "PM2.2", OPEN, keys)


def look_around(story: Story, ago: Ago, *, leads: str) -> None:
    """Two days of visit by a team at work, with the notes of its lead."""
    _plan(story, at(ago(34), 9, 30), ago(30), leads)
    for number, text in enumerate(NOTES):
        _note(story, at(ago(30), 17, 10 * number), leads, 1 + number, text)


def _ask(
    story: Story,
    when: datetime,
    home: str,
    code: str,
    text: str,
    keys: Random,
    *,
    answered: datetime | None = None,
) -> None:
    statement = story.questionnaire.statement(code)
    if statement is None:
        raise LookupError(f"no statement {code}")
    key = f"{keys.getrandbits(128):032x}"
    asked: list[Question] = []

    def ask(*, now: datetime) -> None:
        question = questions.ask(
            story.team[home],
            statement,
            text=text,
            key=key,
            due=(now + timedelta(days=7)).replace(hour=21, minute=59, second=59),
            by=story.world.people[f"reviewer.{home}"],
            now=now,
        )
        story.session.add(question)
        asked.append(question)

    def answer(*, now: datetime) -> None:
        questions.answer(asked[0], text=ANSWERED, base=0, by=story.contributor, now=now)

    story.diary.plan(when, ask, settled=True)
    if answered is not None:
        story.diary.plan(answered, answer, settled=True)


def _plan(story: Story, when: datetime, first: datetime, home: str) -> None:
    """The programme in one go: its days, then session by session."""
    by = story.world.people[f"reviewer.{home}"]

    def plan(*, now: datetime) -> None:
        day = first.astimezone(BRUSSELS).date()
        visit = visits.set_days(
            story.assessment,
            None,
            first_day=day,
            last_day=day + timedelta(days=1),
            meeting_point="Main door of the town hall",
            base=0,
            by=by,
            now=now,
        )
        story.session.add(visit)
        for hour, minutes, title, place, people, about in SESSIONS:
            starts = datetime.combine(day, datetime.min.time(), BRUSSELS).replace(hour=hour)
            facts = visits.Plan(starts, day, minutes, title, place, people, about, by)
            visits.add_session(visit, story.questionnaire, facts, by=by, now=now)

    story.diary.plan(when, plan, settled=True)


def _note(story: Story, when: datetime, home: str, number: int, text: str) -> None:
    def note(*, now: datetime) -> None:
        story.session.add(
            visits.write_note(
                story.assessment,
                session=_sessions(story)[number],
                statement=None,
                text=text,
                by=story.world.people[f"reviewer.{home}"],
                now=now,
            )
        )

    story.diary.plan(when, note, settled=True)


def _sessions(story: Story) -> list[VisitSession]:
    rows = select(Visit).where(Visit.assessment_id == story.assessment.id)
    return story.session.scalars(rows).one().sessions
