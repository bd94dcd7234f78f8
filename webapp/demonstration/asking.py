"""What a team asks a city: one question that was answered, one that waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from models import Question
from reviews import questions
from webapp.demonstration.people import SEED
from webapp.demonstration.stories import Ago, Story, at

ASKED = "How many people used the welcome desk last year, and in which languages?"
ANSWERED = "1,840 people in eleven languages. The table is in the report on page 12."
OPEN = "Is the check before decisions written down anywhere that we could read?"


def ask_around(story: Story, ago: Ago, *, asks: str) -> None:
    """One of a team at work asks twice and has got one answer so far."""
    keys = Random(f"{SEED} questions {story.slug}")  # noqa: S311
    _ask(story, at(ago(15), 10), asks, "SP1.1", ASKED, keys, answered=at(ago(13), 15, 30))
    _ask(story, at(ago(3), 11), asks, "PM2.2", OPEN, keys)


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
