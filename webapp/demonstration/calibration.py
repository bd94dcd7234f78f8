"""The calibration case in the demonstration: who scores it, how severely, and how far they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random

from models import CalibrationCase, CalibrationReview, CalibrationScore, Round, User, marks
from reviews import calibration, cases
from reviews.cases import Case
from reviews.saving import Known, Sent
from webapp.demonstration.people import SEED, World
from webapp.demonstration.stories import Diary, seated

MINUTES = 6
"""How long a reviewer takes for one statement."""

HIGHER = (
    "The city shows more than it says.",
    "All parts of this level are there, as far as I can see.",
)
LOWER = (
    "Part of what the city describes is still a plan.",
    "The papers show less than the text says.",
    "The figure does not say how many out of whom.",
)
EQUAL = (
    "Text and papers fit together.",
    "This is what the level describes, no more.",
)


class Calibrating:
    """The case of one round. Each method plans; nothing happens before the diary is lived."""

    def __init__(self, world: World, diary: Diary, round_: Round) -> None:
        self.world, self.diary, self.round = world, diary, round_
        self.chance = Random(f"{SEED} calibration {round_.slug}")  # noqa: S311
        self.case = _case(world)
        self.opened: CalibrationCase | None = None
        self.views: dict[str, CalibrationReview] = {}

    def open(self, when: datetime) -> None:
        self.diary.plan(when, self._open, settled=True)

    def _open(self, *, now: datetime) -> None:
        self.opened = calibration.open_case(
            self.round, self.case, self.world.questionnaire, by=self.world.coordinator, now=now
        )
        self.world.session.add(self.opened)

    def score(
        self,
        homes: Sequence[str],
        first: datetime,
        *,
        without: Collection[str] = (),
        submit: bool = True,
    ) -> None:
        """One reviewer a day scores in one sitting, and submits an hour later."""
        for number, seat in enumerate(seated(*homes)):
            begin = first + timedelta(days=number, minutes=17 * number)
            for place, code in enumerate(self.case.codes):
                content = self._own_view(code, seat.severity)
                if code not in without:
                    moment = begin + timedelta(minutes=MINUTES * place)
                    self.diary.plan(moment, partial(self._score, seat.home, code, content))
            if submit:
                end = begin + timedelta(minutes=MINUTES * len(self.case.codes) + 60)
                self.diary.plan(end, partial(self._submit, seat.home), settled=True)

    def _own_view(self, code: str, severity: float) -> dict[str, str]:
        """Near the reference, drawn a little towards what the city says."""
        said = int(self.case.answers[code].mark)
        right = marks.level_of(self.case.references[code].mark)
        luck, noise = self.chance.random(), self.chance.gauss(0, 0.45)
        words = self.chance.choice
        if right is None:
            mark = marks.CANNOT_JUDGE if luck < 0.6 else str(max(0, said - round(luck)))
            return {"mark": mark, "justification": words(LOWER)}
        level = min(4, max(0, round(right + 0.3 * (said - right) + severity + noise)))
        about = HIGHER if level > said else LOWER if level < said else EQUAL
        return {"mark": str(level), "justification": words(about) if luck < 0.7 else ""}

    def _score(self, home: str, code: str, content: dict[str, str], *, now: datetime) -> None:
        statement = self.world.questionnaire.statement(code)
        if self.opened is None or statement is None:
            raise LookupError(f"{code} of the case cannot be scored yet")
        by = self._reviewer(home)
        if home not in self.views:
            self.views[home] = CalibrationReview(reviewer=by)
            self.opened.reviews.append(self.views[home])
        score = CalibrationScore(statement=code)
        self.views[home].scores.append(score)
        calibration.give_score(score, statement, Sent(content, 0), Known(), by=by, now=now)

    def _submit(self, home: str, *, now: datetime) -> None:
        calibration.submit(self.views[home], self.case, by=self._reviewer(home), now=now)

    def close(self, when: datetime) -> None:
        self.diary.plan(when, self._close, settled=True)

    def _close(self, *, now: datetime) -> None:
        if self.opened is None:
            raise LookupError("the case was to be closed before it was opened")
        calibration.close_case(self.opened, by=self.world.coordinator, now=now)

    def _reviewer(self, home: str) -> User:
        return self.world.people[f"reviewer.{home}"]


def _case(world: World) -> Case:
    case = cases.of_questionnaire(world.questionnaire)
    if case is None:
        raise LookupError("no calibration case fits the questionnaire of the demonstration")
    return case


def calibrated(world: World, diary: Diary, round_: Round, opened: datetime) -> None:
    """All reviewers of the network have submitted, and the case is closed after three weeks."""
    case = Calibrating(world, diary, round_)
    case.open(opened)
    case.score(list(world.cities), opened + timedelta(days=1))
    case.close(opened + timedelta(days=21))


def calibrating(world: World, diary: Diary, round_: Round, opened: datetime) -> None:
    """Nine have submitted, two are at work, one has not begun."""
    case = Calibrating(world, diary, round_)
    nearly, half, not_begun = "vilarmonde", "puertalba", "clairvaumont"
    case.open(opened)
    submitted = [home for home in world.cities if home not in (nearly, half, not_begun)]
    case.score(submitted, opened + timedelta(days=1))
    later = opened + timedelta(days=11)
    case.score([nearly], later, without=case.case.codes[-2:], submit=False)
    case.score([half], later + timedelta(days=1), without=case.case.codes[5:], submit=False)
