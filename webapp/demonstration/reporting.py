"""Reports: what the peers write, what the city replies, who approves it, and its publication."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random

from models import (
    Block,
    Finding,
    FindingKind,
    PeersAnswer,
    Priority,
    Report,
    ReportSection,
    User,
    marks,
)
from reviews import replies, reports, submissions
from reviews.hats import conflicted
from reviews.queries import reports as written
from reviews.saving import Known, Sent
from webapp.demonstration.people import COORDINATOR, SECOND, SEED, THIRD
from webapp.demonstration.report_texts import (
    ADDRESSEES,
    BLOCKS,
    FINDINGS,
    INTRODUCTIONS,
    KEPT,
    REPLIES,
    REWORDED,
)
from webapp.demonstration.stories import Story

APPROVALS = 2


class Reporting:
    """The report on one city in one round; nothing happens before the diary is lived."""

    def __init__(self, story: Story, homes: Sequence[str]) -> None:
        """`homes` are the cities that the team comes from, its lead first."""
        self.story, self.diary, self.assessment = story, story.diary, story.assessment
        self.session, self.questionnaire = story.session, story.questionnaire
        self.writers = [story.world.people[f"reviewer.{home}"] for home in homes]
        self.chance = Random(f"{SEED} report {self.assessment.round.slug} {story.slug}")  # noqa: S311
        self.kinds = self._kinds()

    def _kinds(self) -> list[FindingKind]:
        """Four to seven findings: one of each kind, and then some."""
        more = [FindingKind.RECOMMENDATION, FindingKind.STRENGTH, FindingKind.RECOMMENDATION]
        return [*FindingKind, *more[: self.chance.randrange(len(more) + 1)]]

    # The team's part.

    def write(
        self,
        start: datetime,
        end: datetime,
        *,
        blocks: int | None = None,
        findings: int | None = None,
    ) -> None:
        """The team writes block by block, then finding by finding; or only the first few."""
        spots = [("", Block.INTRODUCTION)]
        spots += [(one.code, block) for one in self.questionnaire.roles for block in BLOCKS]
        deeds = [
            partial(self._write_section, role, block, self._said(block))
            for role, block in spots[:blocks]
        ]
        kinds = list(enumerate(self.kinds))[:findings]
        adds = [partial(self._add_finding, place, kind, self.chance) for place, kind in kinds]
        everything = [*deeds, *adds]
        step = (end - start) / len(everything)
        for number, deed in enumerate(everything):
            writer = self.writers[number % len(self.writers)]
            self.diary.plan(start + number * step, partial(deed, by=writer))

    def _said(self, block: Block) -> str:
        if block is Block.INTRODUCTION:
            return self.chance.choice(INTRODUCTIONS).format(city=self.assessment.city.name)
        return self.chance.choice(BLOCKS[block])

    def _write_section(
        self, role: str, block: Block, text: str, *, by: User, now: datetime
    ) -> None:
        section = ReportSection(role=role, block=block)
        reports.begin(self.assessment).sections.append(section)
        reports.write_section(section, Sent({"text": text}, 0), Known(), by=by, now=now)

    def _add_finding(
        self, place: int, kind: FindingKind, chance: Random, *, by: User, now: datetime
    ) -> None:
        content = {
            "kind": kind.value,
            "statement": self._statement(kind, place),
            "text": FINDINGS[kind][place % len(FINDINGS[kind])],
        }
        if kind is FindingKind.RECOMMENDATION:
            content["priority"] = chance.choice(list(Priority)).value
            content["addressee"] = chance.choice(ADDRESSEES)
        reports.write_finding(
            reports.add_finding(self._report()),
            Sent(content, 0),
            Known(),
            statements=[one.code for one in self.questionnaire.statements],
            by=by,
            now=now,
        )

    def _statement(self, kind: FindingKind, place: int) -> str:
        """One of the highest levels that were agreed on for what is good, else of the lowest."""
        consensus = self.assessment.consensus
        agreed = consensus.agreed_levels if consensus is not None else []
        levels = {one.statement_id: marks.level_of(one.mark) for one in agreed}
        judged = [one for one in self.questionnaire.statements if levels.get(one.id) is not None]
        judged.sort(key=lambda one: levels[one.id] or 0)
        good = kind in (FindingKind.STRENGTH, FindingKind.GOOD_PRACTICE)
        return judged[-1 - place if good else place].code

    def _report(self) -> Report:
        if self.assessment.report is None:
            raise LookupError(f"the report on {self.story.slug} was planned before its first word")
        return self.assessment.report

    # The city's part, and the peers' answer.

    def send(self, when: datetime, due: datetime) -> None:
        def send(*, now: datetime) -> None:
            reports.send_to_city(
                self._report(), self.questionnaire, due, by=self.story.coordinator, now=now
            )

        self.diary.plan(when, send)

    def reply(self, start: datetime, texts: Sequence[str] = REPLIES[:2]) -> None:
        """The city replies to the first findings, one a day."""
        for number, text in enumerate(texts):
            by = self.story.lead if number % 2 else self.story.contributor
            self.diary.plan(start + timedelta(days=number), partial(self._reply, number, text, by))

    def _reply(self, number: int, text: str, by: User, *, now: datetime) -> None:
        reply = replies.open_reply(self._findings()[number])
        self.session.add(reply)
        replies.write_reply(reply, Sent({"text": text}, 0), Known(), by=by, now=now)

    def _findings(self) -> tuple[Finding, ...]:
        return reports.standing(self._report())

    def sign_reply(self, when: datetime) -> None:
        def sign(*, now: datetime) -> None:
            report = self._report()
            shown = replies.sha256(report)
            replies.sign(report, shown=shown, by=self.story.signatory, now=now)

        self.diary.plan(when, sign)

    def answer(self, when: datetime) -> None:
        """The lead of the team answers each reply."""

        def answer(*, now: datetime) -> None:
            for number, finding in enumerate(reports.unanswered(self._report())):
                given = list(PeersAnswer)[(number + len(self.kinds)) % len(PeersAnswer)]
                reply = replies.open_reply(finding)
                replies.answer(
                    reply,
                    given,
                    text=KEPT[0] if given is PeersAnswer.KEEP else "",
                    reworded=self.chance.choice(REWORDED) if given is PeersAnswer.REWORD else "",
                    by=self.writers[0],
                    now=now + timedelta(seconds=number),
                )

        self.diary.plan(when, answer)

    # The coordinators' part.

    def approve(self, first: datetime, second: datetime) -> None:
        """Two approve who have no conflict with the city. All that was written is stored by then:
        who wrote it is looked up."""
        office = [self.story.world.people[one] for one in (COORDINATOR, SECOND, THIRD)]
        free = [one for one in office if not conflicted(one, self.assessment.city)]
        for when, by in zip((first, second), free, strict=False):
            self.diary.plan(when, partial(self._approve, by), settled=when is first)

    def _approve(self, by: User, *, now: datetime) -> None:
        report = self._report()
        editors = written.editors(self.session, report)
        reports.approve(report, editors=editors, needed=APPROVALS, by=by, now=now)

    def publish(self, when: datetime) -> None:
        self.diary.plan(when, self._publish)

    def _publish(self, *, now: datetime) -> None:
        report = self._report()
        document = written.document(self.session, report, self.questionnaire, now)
        shown = submissions.sha256(submissions.canonical(document))
        by = self.story.coordinator
        reports.publish(report, document, shown=shown, needed=APPROVALS, by=by, now=now)
