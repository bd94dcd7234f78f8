"""What the cities have done since about the recommendations of their first published reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

from models import Finding, PlanItem, PlanResponse, PlanStatus, User
from reviews import plans
from reviews.plans import Recommendation
from reviews.saving import Known, Sent
from webapp.demonstration.plan_texts import (
    ACTIONS,
    DONE,
    INSTEAD,
    OWNERS,
    REFUSALS,
    REVIEWS,
    SO_FAR,
)
from webapp.demonstration.stories import Story, at

MOST = 6
"""More recommendations than any report has: what is planned for one that is not there is not
done."""
SILENT, ONE_LEFT = 5, (3, 7, 11)
"""Cities, by their place in the round: one that has not answered at all, and those that still owe
the answer to their last recommendation."""
REVIEWED = (0, 1)
"""Whose plan was looked at again: by the lead of the peers, and by a coordinator."""
DUE = (date(2025, 12, 31), date(2026, 6, 30), date(2027, 12, 31))


class Planning:
    """The plan of one city; nothing happens before the diary is lived."""

    def __init__(self, story: Story, number: int, leader: str) -> None:
        """`number` is the place of the city in its round, `leader` where the lead reviewer is
        from."""
        self.story, self.number = story, number
        self.reviewer: User = (
            story.coordinator if number == REVIEWED[1] else story.world.people[f"reviewer.{leader}"]
        )

    def act(self) -> None:
        """Answers in spring 2025, progress in autumn, two reviews at the end of the year."""
        chapters: list[tuple[datetime, Callable[..., None]]] = [
            (datetime(2025, 3, 3, tzinfo=UTC), self._answer),
            (datetime(2025, 9, 8, tzinfo=UTC), self._begin),
            (datetime(2025, 11, 10, tzinfo=UTC), self._finish),
            (datetime(2025, 12, 1, tzinfo=UTC), self._review),
        ]
        for begun, deed in chapters:
            for place in range(MOST):
                when = at(begun + timedelta(days=self.number % 5 + 7 * place), 9, 4 * self.number)
                self.story.diary.plan(when, partial(deed, place))

    def _recommended(self) -> tuple[Recommendation, ...]:
        report = self.story.assessment.report
        if report is None or not report.editions:
            raise LookupError(f"the plan of {self.story.slug} comes before its report")
        return plans.recommendations(report.editions[-1])

    def _finding(self, place: int) -> Finding | None:
        """The recommendation that is the first, the second and so on, if there are so many."""
        there, report = self._recommended(), self.story.assessment.report
        if report is None or place >= len(there):
            return None
        return next(one for one in report.findings if one.place == there[place].place)

    def _item(self, place: int) -> PlanItem | None:
        finding = self._finding(place)
        return finding.plan_item if finding is not None else None

    def _answer(self, place: int, *, now: datetime) -> None:
        finding = self._finding(place)
        left = self.number in ONE_LEFT and place == len(self._recommended()) - 1
        if finding is None or left or self.number == SILENT:
            return
        item = plans.open_item(finding)
        self.story.session.add(item)
        by = self.story.contributor if place % 2 else self.story.lead
        sent = Sent(self._said(place), 0)
        plans.answer_item(item, sent, Known(), by=by, now=now)

    def _said(self, place: int) -> dict[str, str]:
        turn = self.number + 3 * place
        if turn % 8 == 6:
            text = REFUSALS[turn % len(REFUSALS)]
            return {"response": PlanResponse.NOT_ACCEPTED.value, "action": text}
        partly = turn % 5 == 4
        texts = INSTEAD if partly else ACTIONS
        return {
            "response": (PlanResponse.PARTLY if partly else PlanResponse.ACCEPTED).value,
            "action": texts[turn % len(texts)],
            "owner": OWNERS[turn % len(OWNERS)],
            "due": DUE[turn % len(DUE)].isoformat(),
        }

    def _begin(self, place: int, *, now: datetime) -> None:
        if (self.number + place) % 4 != 3:
            self._report(place, PlanStatus.UNDER_WAY, SO_FAR, now)

    def _finish(self, place: int, *, now: datetime) -> None:
        if (self.number + place) % 3 == 0:
            self._report(place, PlanStatus.DONE, DONE, now)

    def _report(
        self, place: int, status: PlanStatus, texts: tuple[str, ...], now: datetime
    ) -> None:
        item = self._item(place)
        if item is not None and item.response in plans.FOLLOWED:
            text = texts[(self.number + place) % len(texts)]
            plans.report_progress(item, status, text, by=self.story.lead, now=now)

    def _review(self, place: int, *, now: datetime) -> None:
        finding = self._finding(place)
        if finding is None or self.number not in REVIEWED:
            return
        item = plans.open_item(finding)
        self.story.session.add(item)
        standing = plans.standing(item)
        status = PlanStatus.DONE if standing is plans.Standing.DONE else PlanStatus.UNDER_WAY
        text = REVIEWS[(self.number + place) % len(REVIEWS)]
        plans.review(item, status, text, by=self.reviewer, now=now)
