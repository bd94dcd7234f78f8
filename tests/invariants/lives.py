"""A small world in which anybody tries anything: five cities, two rounds, sixteen people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from models import (
    AgreedLevel,
    Assessment,
    Assignment,
    AssignmentState,
    Base,
    Block,
    CityRole,
    Finding,
    PeersAnswer,
    Reply,
    Report,
    ReportSection,
    RoundState,
    Score,
    User,
    marks,
)
from reviews import (
    assessments,
    assigning,
    consensus,
    replies,
    report_documents,
    reports,
    rounds,
    scoring,
    submissions,
)
from reviews.errors import RuleBroken
from reviews.phases import phase
from reviews.policy import Action, Verdict, verdict
from reviews.queries import revisions
from reviews.questionnaires import AskedStatement
from reviews.saving import Kept, Sent
from tests.builders import (
    NOW,
    a_city,
    a_coordinator,
    a_reviewer,
    a_round,
    an_assessment,
    an_instrument,
    an_officer,
    asked,
    questionnaire_of,
)

Deed = Callable[[], object]
Save = Callable[[Sent], object]
ROLES = (CityRole.CONTRIBUTOR, CityRole.LEAD, CityRole.SIGNATORY)
NEEDED = 2


@dataclass
class World:
    """Everything there is, and what happened to it."""

    session: Session
    people: list[User]
    reviewers: list[User]
    assessments: list[Assessment]
    now: datetime = NOW
    editors: dict[int, set[int]] = field(default_factory=dict)
    last_save: tuple[Kept, Sent, Save] | None = None
    sends: int = 0

    # What a person could do, as the pages offer it: the thing it is done to, and how.

    def deeds(self, who: User, one: Assessment, pick: int) -> dict[Action, tuple[object, Deed]]:
        """Every action of the process on one city, as one person would try it now. `pick` chooses
        among things, levels and versions."""
        by_now = {"by": who, "now": self.now}
        questionnaire = questionnaire_of(one)
        tried: dict[Action, tuple[object, Deed]] = {
            Action.ANSWER_WRITE: (one, lambda: self._answer(one, who, pick)),
            Action.ASSESSMENT_LOCK: (one, lambda: assessments.lock(one, questionnaire, **by_now)),
            Action.ASSESSMENT_UNLOCK: (one, lambda: assessments.unlock(one, **by_now)),
            Action.ASSESSMENT_SIGN: (one, lambda: self._sign(one, who, pick)),
            Action.ASSESSMENT_SEND_BACK: (
                one,
                lambda: assessments.send_back(one, reason="Say more.", **by_now),
            ),
            Action.REVIEW_OPEN: (one, lambda: assessments.open_review(one, **by_now)),
            Action.REVIEWER_INVITE: (one, lambda: self._invite(one, who, pick)),
            Action.CONSENSUS_OPEN: (one, lambda: consensus.open_consensus(one, **by_now)),
            Action.CONSENSUS_CLOSE: (
                one,
                lambda: consensus.close(one.consensus, questionnaire, **by_now),
            ),
            Action.AGREED_LEVEL_WRITE: (one, lambda: self._agreed_level(one, who, pick)),
            Action.REPORT_WRITE: (one, lambda: self._write_report(one, who, pick)),
            Action.REPORT_SEND: (one, lambda: self._send(one, who, pick)),
            Action.REPLY_WRITE: (one, lambda: self._reply(one, who, pick)),
            Action.REPLY_SIGN: (one, lambda: replies.sign(one.report, **by_now)),
            Action.REPLY_ANSWER: (one, lambda: self._answer_reply(one, who, pick)),
            Action.REPORT_APPROVE: (one, lambda: self._approve(one, who)),
            Action.REPORT_PUBLISH: (one, lambda: self._publish(one, who)),
            Action.REPORT_CORRECT: (
                one,
                lambda: reports.begin_correction(one.report, reason="A mistake.", **by_now),
            ),
        }
        task = next((each for each in one.assignments if each.reviewer is who), None)
        if task is not None:
            tried |= self._of_a_task(task, who, pick)
        if one.assignments:
            other = one.assignments[pick % len(one.assignments)]
            tried[Action.REVIEWER_REVOKE] = (
                one,
                lambda: assigning.revoke(other, reason="Needed elsewhere.", **by_now),
            )
        return tried

    def _of_a_task(
        self, task: Assignment, who: User, pick: int
    ) -> dict[Action, tuple[object, Deed]]:
        by_now = {"by": who, "now": self.now}
        questionnaire = questionnaire_of(task.assessment)
        reply = assigning.accept if pick % 4 else assigning.decline
        words = {} if pick % 4 else {"reason": "No time."}
        return {
            Action.ASSIGNMENT_REPLY: (task, lambda: reply(task, **words, **by_now)),
            Action.ASSIGNMENT_RECUSE: (
                task,
                lambda: assigning.recuse(task, reason="A cousin.", **by_now),
            ),
            Action.SCORE_WRITE: (task, lambda: self._score(task, who, pick)),
            Action.REVIEW_SUBMIT: (task, lambda: scoring.submit(task, questionnaire, **by_now)),
            Action.CONSENSUS_AGREE: (
                task.assessment,
                lambda: consensus.agree(
                    task.assessment.consensus, task, shown=pick, dissent="", **by_now
                ),
            ),
        }

    def attempt(self, who: User, action: Action, one: Assessment, pick: int) -> str:
        """Try it as the guard and the view would: what came of it, in one word."""
        offered = self.deeds(who, one, pick).get(action)
        if offered is None:
            return "nothing"
        thing, deed = offered
        if verdict(who, action, thing, self.now) is not Verdict.YES:
            return "denied"
        with self._undone_if_refused() as refused:
            deed()
        return "refused" if refused else "done"

    def what_people_may(self, one: Assessment) -> list[tuple[User, Action]]:
        """Everything that the policy allows anybody on a city now."""
        return [
            (who, action)
            for who in self.people
            for action, (thing, _) in self.deeds(who, one, 1).items()
            if verdict(who, action, thing, self.now) is Verdict.YES
        ]

    @contextmanager
    def _undone_if_refused(self) -> Iterator[list[RuleBroken]]:
        """Like a request: all of it is stored, or nothing."""
        refused: list[RuleBroken] = []
        try:
            yield refused
            self.session.commit()
        except RuleBroken as error:
            refused.append(error)
            self.session.rollback()

    # The saves.

    def _save(self, kept: Kept, content: dict[str, str], pick: int, write: Save) -> None:
        """With the newest version, with an older one now and then; under a key of its own."""
        base = kept.number if pick % 5 else max(0, kept.number - 1)
        self.sends += 1
        sent = Sent(content, base, f"key-{self.sends:08d}")
        self.session.add(kept)
        write(sent)
        self.session.flush()
        self.last_save = (kept, sent, write)

    def replay(self) -> bool:
        """Send the last save once more, as a browser does that has heard no answer."""
        if self.last_save is None:
            return False
        kept, sent, write = self.last_save
        before = kept.number
        with self._undone_if_refused():
            write(sent)
        assert kept.number == before, f"{type(kept).__name__} was saved twice"
        return True

    def _known(self, kept: Kept, sent: Sent, by: User):
        return revisions.known(self.session, kept, sent, by)

    def _answer(self, one: Assessment, who: User, pick: int) -> None:
        answer = one.answers[pick % len(one.answers)]
        statement = next(
            each for each in questionnaire_of(one).statements if each.id == answer.statement_id
        )
        level = str(statement.levels[pick % len(statement.levels)][0])

        def write(sent: Sent) -> object:
            known = self._known(answer, sent, who)
            return assessments.save_answer(answer, statement, sent, known, by=who, now=self.now)

        self._save(answer, {"mark": level, "text": f"Text {pick}."}, pick, write)

    def _sign(self, one: Assessment, who: User, pick: int) -> None:
        questionnaire = questionnaire_of(one)
        document = submissions.city_document(one, questionnaire, one.answers, [])
        shown = submissions.sha256(submissions.canonical(document)) if pick % 7 else "0" * 64
        assessments.sign_off(one, questionnaire, document, shown=shown, by=who, now=self.now)

    def _invite(self, one: Assessment, who: User, pick: int) -> None:
        reviewer = self.reviewers[pick % len(self.reviewers)]
        lead = not any(each.lead for each in one.assignments)
        assigning.invite(one, reviewer, lead=lead, by=who, now=self.now)

    def _score(self, task: Assignment, who: User, pick: int) -> None:
        statements = questionnaire_of(task.assessment).statements
        statement = statements[pick % len(statements)]
        score = next((one for one in task.scores if one.statement_id == statement.id), None)
        if score is None:
            score = Score(statement_id=statement.id)
            task.scores.append(score)
        mark = _mark(statement, pick)

        def write(sent: Sent) -> object:
            known = self._known(score, sent, who)
            return scoring.give_score(score, statement, sent, known, by=who, now=self.now)

        self._save(score, {"mark": mark, "justification": f"Seen {pick}."}, pick, write)

    def _agreed_level(self, one: Assessment, who: User, pick: int) -> None:
        statements = questionnaire_of(one).statements
        self._agree_on(one, who, statements[pick % len(statements)].code, pick)

    def _agree_on(self, one: Assessment, who: User, code: str, pick: int) -> None:
        statement, there = asked(one, code), one.consensus.agreed_levels
        agreed = next((each for each in there if each.statement_id == statement.id), None)
        if agreed is None:
            agreed = AgreedLevel(statement_id=statement.id)
            there.append(agreed)
        mark = _mark(statement, pick)
        given = [
            score.view.mark
            for task in consensus.team(one)
            for score in task.scores
            if score.statement_id == statement.id
        ]

        def write(sent: Sent) -> object:
            known = self._known(agreed, sent, who)
            return consensus.set_agreed_level(
                agreed, statement, sent, known, given=given, by=who, now=self.now
            )

        self._save(agreed, {"mark": mark, "reason": f"Agreed {pick}."}, pick, write)

    def _write_report(self, one: Assessment, who: User, pick: int) -> None:
        report = reports.begin(one)
        self.session.flush()
        if pick % 3:
            self._write_section(report, who, pick)
        else:
            self._write_finding(report, who, pick)
        self.editors.setdefault(report.id, set()).add(who.id)

    def _write_section(self, report: Report, who: User, pick: int) -> None:
        places = _places(report)
        role, block = places[pick % len(places)]
        section = next((s for s in report.sections if (s.role, s.block) == (role, block)), None)
        if section is None:
            section = ReportSection(role=role, block=block)
            report.sections.append(section)

        def write(sent: Sent) -> object:
            known = self._known(section, sent, who)
            return reports.write_section(section, sent, known, by=who, now=self.now)

        self._save(section, {"text": f"Written {pick}."}, pick, write)

    def _write_finding(self, report: Report, who: User, pick: int) -> None:
        if pick % 2 and report.findings:
            finding: Finding = report.findings[pick % len(report.findings)]
        else:
            finding = reports.add_finding(report)

        def write(sent: Sent) -> object:
            known = self._known(finding, sent, who)
            return reports.write_finding(
                finding, sent, known, statements=("PM1.1",), by=who, now=self.now
            )

        self._save(finding, {"kind": "strength", "text": f"Found {pick}."}, pick, write)

    def _send(self, one: Assessment, who: User, pick: int) -> None:
        due = self.now + timedelta(days=10 + pick % 20)
        reports.send_to_city(reports.begin(one), questionnaire_of(one), due, by=who, now=self.now)

    def _reply(self, one: Assessment, who: User, pick: int) -> None:
        findings = one.report.findings
        reply = replies.open_reply(findings[pick % len(findings)])

        def write(sent: Sent) -> object:
            known = self._known(reply, sent, who)
            return replies.write_reply(reply, sent, known, by=who, now=self.now)

        self._save(reply, {"text": f"We reply {pick}."}, pick, write)

    def _answer_reply(self, one: Assessment, who: User, pick: int) -> None:
        given = list(PeersAnswer)[pick % 3]
        there = [each.reply for each in one.report.findings if each.reply is not None]
        reply: Reply = there[pick % len(there)] if there else Reply(finding=one.report.findings[0])
        self.session.add(reply)
        replies.answer(reply, given, text="We saw it.", reworded="New.", by=who, now=self.now)

    def _approve(self, one: Assessment, who: User) -> None:
        editors = self.editors.get(one.report.id, set())
        reports.approve(one.report, editors=editors, needed=NEEDED, by=who, now=self.now)

    def _publish(self, one: Assessment, who: User) -> None:
        document = self.document(one)
        shown = submissions.sha256(submissions.canonical(document))
        reports.publish(one.report, document, shown=shown, needed=NEEDED, by=who, now=self.now)

    def document(self, one: Assessment) -> dict[str, object]:
        questionnaire = questionnaire_of(one)
        return report_documents.report_document(
            one.report,
            questionnaire,
            self_marks=[marks.EMPTY] * len(questionnaire.statements),
            agreed={each.statement_id: each.mark for each in one.consensus.agreed_levels},
            team=[],
        )

    # How a city gets on, so that late phases are reached at all.

    def get_on(self, one: Assessment, pick: int) -> None:
        """The next stage of the process, by whoever may; chance has the rest to play with."""
        stages = {
            "D": self._fill_in,
            "L": self._sign_off,
            "S": self._hand_over,
            "U": self._review,
            "N": self._settle,
            "P": self._report,
            "Y": self._with_the_city,
            "F": self._publish_it,
            "B": self._correct,
        }
        stages[phase(one).value](one, pick)

    def _fill_in(self, one: Assessment, pick: int) -> None:
        self._by_whoever_may(Action.ANSWER_WRITE, one, *range(41, 41 + len(one.answers)))
        self._by_whoever_may(Action.ASSESSMENT_LOCK, one, pick)

    def _sign_off(self, one: Assessment, pick: int) -> None:
        self._by_whoever_may(Action.ASSESSMENT_SIGN, one, 1)

    def _hand_over(self, one: Assessment, pick: int) -> None:
        self._by_whoever_may(Action.REVIEWER_INVITE, one, *range(len(self.reviewers)))
        self._by_whoever_may(Action.REVIEW_OPEN, one, pick)

    def _review(self, one: Assessment, pick: int) -> None:
        for task in one.assignments:
            self.attempt(task.reviewer, Action.ASSIGNMENT_REPLY, one, 1)
            if task.state in (AssignmentState.ACCEPTED, AssignmentState.DRAFTING):
                for place in range(len(one.answers)):
                    self.attempt(task.reviewer, Action.SCORE_WRITE, one, place + 41)
                self.attempt(task.reviewer, Action.REVIEW_SUBMIT, one, pick)
        self._by_whoever_may(Action.CONSENSUS_OPEN, one, pick)

    def _settle(self, one: Assessment, pick: int) -> None:
        self._by_whoever_may(Action.AGREED_LEVEL_WRITE, one, *range(41, 41 + len(one.answers)))
        self._by_whoever_may(Action.CONSENSUS_CLOSE, one, pick)

    def _report(self, one: Assessment, pick: int) -> None:
        self._by_whoever_may(Action.REPORT_WRITE, one, *range(1, 22, 3), 6)
        self._by_whoever_may(Action.REPORT_SEND, one, 15)

    def _with_the_city(self, one: Assessment, pick: int) -> None:
        self._by_whoever_may(Action.REPLY_WRITE, one, pick)
        self._by_whoever_may(Action.REPLY_SIGN, one, pick)
        self._by_whoever_may(Action.REPLY_ANSWER, one, pick)
        for who in self.people[:3]:
            self.attempt(who, Action.REPORT_APPROVE, one, pick)

    def _publish_it(self, one: Assessment, pick: int) -> None:
        self._by_whoever_may(Action.REPORT_PUBLISH, one, pick)

    def _correct(self, one: Assessment, pick: int) -> None:
        self._by_whoever_may(Action.REPORT_CORRECT, one, pick)
        self._by_whoever_may(Action.REPORT_WRITE, one, 1)
        for who in self.people[:3]:
            self.attempt(who, Action.REPORT_APPROVE, one, pick)
        self._by_whoever_may(Action.REPORT_PUBLISH, one, pick)

    def _by_whoever_may(self, action: Action, one: Assessment, *picks: int) -> None:
        """By the first person who may, one after the other."""
        for who in self.people:
            offered = self.deeds(who, one, 1).get(action)
            if offered and verdict(who, action, offered[0], self.now) is Verdict.YES:
                for pick in picks:
                    self.attempt(who, action, one, pick)
                return

    def close_round(self, one: Assessment) -> bool:
        if one.round.state is not RoundState.OPEN:
            return False
        with self._undone_if_refused():
            rounds.close_round(one.round, by=self.people[0], now=self.now)
        return True


def _mark(statement: AskedStatement, pick: int) -> str:
    """One of the marks that say something, in a fixed order."""
    known = sorted(statement.score_marks - {marks.EMPTY})
    return known[pick % len(known)]


def _places(report: Report) -> list[tuple[str, Block]]:
    roles = [role.code for role in questionnaire_of(report.assessment).roles]
    return [("", Block.INTRODUCTION)] + [
        (role, block) for role in roles for block in reports.ROLE_BLOCKS
    ]


def a_world() -> World:
    """Two rounds of one instrument over five cities; three coordinators, one of them of a city
    too; reviewers from three of the cities under review, so that conflicts come about."""
    session = Session(create_engine("sqlite://"), autoflush=False, expire_on_commit=False)
    Base.metadata.create_all(session.connection())
    instrument = an_instrument()
    session.add(instrument)
    session.flush()
    cities = [a_city() for _ in range(5)]
    first, second = (
        a_round(instrument=instrument, minimum_reviewers=2, answers_due=NOW + timedelta(days=90))
        for _ in range(2)
    )
    office = [a_coordinator(of=first, name=f"Office {n}") for n in range(3)]
    for who in office[:2]:
        who.round_memberships += a_coordinator(of=second).round_memberships
    officers = [an_officer(of=city, role=role) for city in cities[:3] for role in ROLES]
    reviewers = [a_reviewer(of=city) for city in cities[1:]]
    under_review = [an_assessment(of=city, round=first) for city in cities[:3]]
    under_review += [an_assessment(of=cities[0], round=second)]
    session.add_all([*office, *officers, *reviewers, *under_review])
    session.commit()
    return World(session, [*office, *officers, *reviewers], reviewers, under_review)
