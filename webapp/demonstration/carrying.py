"""A city that begins with the answers of its last round, and has confirmed the first of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from reviews import assessments, carrying
from reviews.queries import earlier
from webapp.demonstration.stories import Story


def take_over(story: Story, when: datetime, *, confirmed: Collection[str]) -> None:
    """The lead takes all over, and a colleague confirms some statements on the day after."""
    story.diary.plan(when, partial(_carry_over, story), settled=True)
    for number, code in enumerate(confirmed):
        moment = when + timedelta(days=1, minutes=7 * number)
        story.diary.plan(moment, partial(_confirm, story, code))


def _carry_over(story: Story, *, now: datetime) -> None:
    last = earlier.last_assessment(story.session, story.assessment, story.questionnaire.code)
    if last is None:
        raise LookupError(f"{story.slug} has signed nothing before")
    carrying.carry_over(
        story.assessment,
        story.questionnaire,
        last.submissions[-1],
        story.questionnaire,
        earlier.cited(story.session, last),
        by=story.lead,
        now=now,
    )


def _confirm(story: Story, code: str, *, now: datetime) -> None:
    statement = story.questionnaire.statement(code)
    for answer in story.assessment.answers:
        if statement is not None and answer.statement_id == statement.id:
            assessments.confirm(answer, statement, by=story.contributor, now=now)
