"""How the city to try first has shared out its work: parts, notes, and one who is invited."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from models import Note, User
from reviews import delegation, notes
from webapp.demonstration.people import HELPER
from webapp.demonstration.stories import Ago, Story, at


def share_out(story: Story, ago: Ago, last_second: Ago) -> None:
    """`last_second` is the end of the day so many days ago."""
    helper, plan = story.world.people[HELPER], story.diary.plan
    parts = (
        (story.contributor, "EM2", last_second(3)),
        (story.contributor, "employer", last_second(-9)),
        (story.lead, "buyer", last_second(-12)),
        (helper, "SP1", last_second(-6)),
    )
    for number, (person, code, due) in enumerate(parts):
        give = partial(
            delegation.give_part,
            story.assessment,
            story.questionnaire,
            person,
            code=code,
            due=due,
            by=story.lead,
        )
        plan(at(ago(16), 9, 10 + number), give, settled=True)
    asked = _Leaving(story, "EM2.3", story.lead, story.contributor)
    asked.plan(at(ago(4), 10, 5), "The works council has the pay comparison. Can you ask for it?")
    done = _Leaving(story, "SP1.2", helper, story.lead)
    done.plan(at(ago(7), 15, 20), "Is the evening course ours, or the region's?")
    plan(at(ago(6), 9, 45), done.resolve, settled=True)
    plan(at(ago(3), 13, 30), partial(_invite, story), settled=True)


class _Leaving:
    """A note that is left under a statement, and later resolved by whom it is for."""

    def __init__(self, story: Story, code: str, by: User, reader: User) -> None:
        self.story, self.by, self.reader = story, by, reader
        self.statement = next(one for one in story.questionnaire.statements if one.code == code)
        self.note: Note | None = None

    def plan(self, when: datetime, text: str) -> None:
        self.story.diary.plan(when, partial(self._write, text), settled=True)

    def _write(self, text: str, *, now: datetime) -> None:
        self.note = notes.write_note(
            self.story.assessment,
            self.statement,
            text=text,
            mentioned=[self.reader],
            by=self.by,
            now=now,
        )
        self.story.session.add(self.note)

    def resolve(self, *, now: datetime) -> None:
        if self.note is None:
            raise LookupError("the note was to be resolved before it was written")
        notes.settle(self.note, resolved=True, by=self.reader, now=now)


def _invite(story: Story, *, now: datetime) -> None:
    """Nobody holds the link to this invitation: no token has such a hash."""
    invitation = delegation.invite(
        story.assessment,
        email=f"archive.{story.slug}@example.org",
        name="Ingrid Bergqvist",
        limited=True,
        key=delegation.Key(seed="of the demonstration", token_hash="0" * 64),
        there=(),
        waiting=(),
        team_is_known=False,
        by=story.lead,
        now=now,
    )
    story.session.add(invitation)
