"""The two rounds: one that is over, one in full swing with a city in every phase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial

from models import (
    Round,
    RoundMembership,
    RoundRole,
)
from reviews import (
    assigning,
    rounds,
)
from webapp.demonstration.calibration import calibrated, calibrating
from webapp.demonstration.carrying import take_over
from webapp.demonstration.delegation import share_out
from webapp.demonstration.people import BRUSSELS, SECOND, THIRD, World
from webapp.demonstration.planning import Planning
from webapp.demonstration.pool import PLANNED, plan_unseen
from webapp.demonstration.releasing import release_figures
from webapp.demonstration.reporting import Reporting
from webapp.demonstration.stories import Ago, Diary, Seat, Story, at, seated

CONFIRMED = ("PM1.1", "PM1.2", "PM1.3", "PM1.4", "PM2.1", "PM2.2", "PM2.3", "PM2.4", "PM2.5")
"""What the city that takes over its answers of 2024 has confirmed."""


def _open_round(
    world: World,
    *,
    slug: str,
    answers_due: datetime,
    reviews_due: datetime,
    minimum_reviewers: int,
    created: datetime,
) -> Round:
    """A round with all cities and all coordinators, created one day and opened the next."""
    by = world.coordinator
    round_ = rounds.create(
        slug=slug,
        title=f"Charter review {slug}",
        instrument=world.instrument,
        answers_due=answers_due,
        reviews_due=reviews_due,
        minimum_reviewers=minimum_reviewers,
        by=by,
        now=created,
    )
    for other in (SECOND, THIRD):
        world.people[other].round_memberships.append(
            RoundMembership(round=round_, role=RoundRole.COORDINATOR, since=created)
        )
    world.session.flush()
    for number, city in enumerate(world.cities.values()):
        rounds.add_city(round_, city, by=by, now=created + timedelta(minutes=10 + number))
    world.session.flush()
    rounds.open_round(round_, by=by, now=created + timedelta(days=1))
    return round_


def earlier_round(world: World) -> None:
    """2024, closed: every city from the first answer to its published report, three reviewers."""

    def day(month: int, number: int) -> datetime:
        return datetime(2024, month, number, tzinfo=UTC)

    round_ = _open_round(
        world,
        slug="2024",
        answers_due=_last_second(day(5, 31)),
        reviews_due=_last_second(day(11, 29)),
        minimum_reviewers=3,
        created=at(day(2, 5), 9),
    )
    diary = Diary(world.session)
    slugs = list(world.cities)
    for number, assessment in enumerate(round_.assessments):
        story = Story(world, diary, assessment, drift=0.0, noise=0.4)
        # Steps of 1, 2 and 4 give every reviewer three cities and no two cities each other.
        seats = seated(*(slugs[(number - step) % len(slugs)] for step in (1, 2, 4)))
        shift = timedelta(days=number % 4)
        story.answer(day(2, 19), day(5, 20) + shift)
        story.lock(at(day(5, 27) + shift, 10, number))
        story.sign(at(day(5, 28) + shift, 14, number))
        _review(story, seats, shift, number, day)
        _report(story, seats, shift, number)
        Planning(story, number, seats[0].home).act()
    calibrated(world, diary, round_, at(day(5, 13), 9, 30))
    release_figures(world, diary, round_)
    closing = partial(rounds.close_round, round_, by=world.coordinator)
    diary.plan(datetime(2025, 1, 31, 10, tzinfo=UTC), closing)
    diary.live()


def _review(
    story: Story,
    seats: Sequence[Seat],
    shift: timedelta,
    number: int,
    day: Callable[[int, int], datetime],
) -> None:
    """From the invitations to the closed consensus, in the second half of 2024."""
    leader = seats[0].home
    story.invite(at(day(6, 4), 9, 5 * number % 60), seats)
    story.open_review(at(day(6, 17), 10, number))
    for place, seat in enumerate(seats):
        story.accept(at(day(6, 6) + shift, 11 + place, number), seat.home)
        story.score(day(6, 24), day(10, 4) + shift, seat)
        story.submit(at(day(10, 9) + shift, 9 + place, number), seat.home)
    story.open_consensus(at(day(10, 14) + shift, 9, 2 * number), leader)
    story.settle_levels(day(10, 21), day(11, 14) + shift, leader)
    for place, seat in enumerate(seats):
        dissent = (
            "I still find SP2.1 one level too high, because only one desk was visited."
            if number == 3 and place == 2
            else ""
        )
        story.agree(at(day(11, 20) + shift, 9 + place, number), seat.home, dissent)
    story.close_consensus(at(day(11, 25) + shift, 15, number), leader)


def _report(story: Story, seats: Sequence[Seat], shift: timedelta, number: int) -> None:
    """From the first word of the report to its publication, in the winter of 2024."""

    def day(year: int, month: int, number: int) -> datetime:
        return datetime(year, month, number, tzinfo=UTC) + shift

    reporting = Reporting(story, [seat.home for seat in seats])
    reporting.write(at(day(2024, 12, 2), 9, number), at(day(2024, 12, 5), 16, number))
    reporting.send(at(day(2024, 12, 9), 10, number), _last_second(day(2024, 12, 30)))
    reporting.reply(at(day(2024, 12, 13), 11, number))
    reporting.sign_reply(at(day(2024, 12, 19), 15, number))
    reporting.answer(at(day(2025, 1, 8), 9, number))
    reporting.approve(at(day(2025, 1, 13), 9, number), at(day(2025, 1, 15), 14, number))
    reporting.publish(at(day(2025, 1, 21), 11, number))


def _last_second(day: datetime) -> datetime:
    """The end of a day in Brussels, whose last minute still counts, as an instant in UTC."""
    return datetime.combine(day, time(23, 59, 59), BRUSSELS).astimezone(UTC)


def present_round(world: World, now: datetime) -> None:
    """2026, open: every phase is there, and each journey has a place to begin."""
    today = now.astimezone(BRUSSELS)

    def ago(days: int) -> datetime:
        return today - timedelta(days=days)

    round_ = _open_round(
        world,
        slug="2026",
        answers_due=_last_second(ago(-35)),
        reviews_due=_last_second(ago(-70)),
        minimum_reviewers=2,
        created=at(ago(77), 9),
    )
    diary = Diary(world.session)
    stories = {
        assessment.city.slug: Story(
            world,
            diary,
            assessment,
            drift=0.25,
            # A calm team leaves few levels to argue about when somebody tries the consensus.
            noise=0.12 if assessment.city.slug == "tahtisalmi" else 0.4,
        )
        for assessment in round_.assessments
    }
    _cities_at_work(stories, ago)
    take_over(stories["hal-qamrija"], at(ago(8), 9, 40), confirmed=CONFIRMED)
    share_out(stories["vinterhamra"], ago, lambda days: _last_second(ago(days)))
    _cities_under_review(stories, ago)
    _cities_in_consensus(stories, ago)
    _city_with_its_report(stories["svetlobryag"], ago)
    calibrating(world, diary, round_, at(ago(60), 9, 30))
    plan_unseen(stories[PLANNED[1]], at(ago(1), 9, 30))
    diary.live()


def _cities_at_work(stories: dict[str, Story], ago: Ago) -> None:
    """Drafting, nearly complete, locked, sent back, submitted; one has not started at all."""
    stories["vinterhamra"].answer(ago(60), ago(2), without=("EM2.3", "BU2.2"))
    stories["vinterhamra"].keep_to_itself(at(ago(1), 9, 5))

    locked = stories["eichmunde"]
    locked.answer(ago(62), ago(5))
    locked.lock(at(ago(2), 14, 20))

    returned = stories["sint-willibrord"]
    returned.answer(ago(70), ago(32))
    returned.lock(at(ago(28), 9, 15))
    returned.sign(at(ago(27), 15, 40))
    returned.send_back(
        at(ago(20), 11, 5),
        "The answers on buying describe the plan for next year. Please say what is done today, "
        "and add evidence with the page for BU1.1 to BU1.4.",
    )
    returned.answer(ago(18), ago(6), only=("BU1.1", "BU1.3"))

    waiting = stories["brzozogrod"]
    waiting.answer(ago(66), ago(9))
    waiting.lock(at(ago(6), 10, 30))
    waiting.sign(at(ago(5), 9, 50))


def _cities_under_review(stories: dict[str, Story], ago: Ago) -> None:
    """One team at every stage, and one that two people can finish."""
    mixed = stories["vilarmonde"]
    finished, drafting, accepted, invited = seated(
        "eichmunde", "brzozogrod", "anemopoli", "svetlobryag"
    )
    gone, busy = Seat("vinterhamra"), Seat("puertalba")
    _hand_over(mixed, (finished, drafting, accepted, gone, busy), ago, 50)
    for place, seat in enumerate((finished, drafting, accepted)):
        mixed.accept(at(ago(36), 9 + place), seat.home)
    mixed.leave(
        at(ago(35), 13), busy.home, assigning.decline, "I am away for most of the review period."
    )
    mixed.leave(
        at(ago(34), 16),
        gone.home,
        assigning.recuse,
        "I worked for this city as an adviser until two years ago.",
    )
    codes = [one.code for one in mixed.questionnaire.statements]
    mixed.score(ago(31), ago(8), finished, visited=True, surprised=True)
    mixed.submit(at(ago(7), 10), finished.home)
    mixed.score(ago(20), ago(2), drafting, without=codes[26:], visited=True, surprised=True)
    mixed.invite(at(ago(4), 9), (invited,))

    nearly = stories["tahtisalmi"]
    first, second = seated("clairvaumont", "vilarmonde")
    _hand_over(nearly, (first, second), ago, 48)
    nearly.accept(at(ago(33), 8, 40), first.home)
    nearly.accept(at(ago(32), 12, 10), second.home)
    calm = (first._replace(severity=0.0), second._replace(severity=0.0))
    nearly.score(ago(30), ago(3), calm[0], without=("SP2.3", "EM3.2", "BU3.1"))
    nearly.score(ago(28), ago(2), calm[1], without=("PM3.4", "BU3.2"))


def _cities_in_consensus(stories: dict[str, Story], ago: Ago) -> None:
    """One where the team is still at it, two where it is done: of these the report is being
    written, and with the city for its reply."""
    arguing = stories["puertalba"]
    seats = seated("roccamirna", "svetlobryag", "vinterhamra")
    _hand_over(arguing, seats, ago, 58)
    _score_all(arguing, seats, ago, 42, 16)
    arguing.open_consensus(at(ago(13), 9, 30), seats[0].home)
    arguing.settle_levels(ago(11), ago(3), seats[0].home, leave=8)

    for slug, homes, later in (
        ("clairvaumont", ("vinterhamra", "hal-qamrija", "brzozogrod"), 0),
        ("anemopoli", ("tahtisalmi", "eichmunde", "sint-willibrord"), 2),
    ):
        done = stories[slug]
        seats = seated(*homes)
        _hand_over(done, seats, ago, 64 - later)
        _score_all(done, seats, ago, 48 - later, 26 - later)
        done.open_consensus(at(ago(22 - later), 10), homes[0])
        done.settle_levels(ago(21 - later), ago(15 - later), homes[0])
        for place, home in enumerate(homes):
            done.agree(at(ago(12 - later), 9 + place), home)
        done.close_consensus(at(ago(11 - later), 15), homes[0])
        reporting = Reporting(done, homes)
        if slug == "anemopoli":
            reporting.write(at(ago(7), 9), at(ago(2), 17), blocks=5, findings=2)
        else:
            reporting.write(at(ago(10), 9), at(ago(5), 17))
            reporting.send(at(ago(3), 10), _last_second(ago(-18)))
            reporting.reply(at(ago(2), 11))


def _city_with_its_report(story: Story, ago: Ago) -> None:
    """One that is through: its report was replied to, answered and approved, and is not out yet."""
    seats = seated("sint-willibrord", "roccamirna", "tahtisalmi")
    homes = [seat.home for seat in seats]
    _hand_over(story, seats, ago, 66)
    _score_all(story, seats, ago, 52, 44)
    story.open_consensus(at(ago(40), 10), homes[0])
    story.settle_levels(ago(39), ago(35), homes[0])
    for place, home in enumerate(homes):
        story.agree(at(ago(34), 9 + place), home)
    story.close_consensus(at(ago(33), 15), homes[0])
    reporting = Reporting(story, homes)
    reporting.write(at(ago(32), 9), at(ago(27), 17))
    reporting.send(at(ago(26), 10), _last_second(ago(5)))
    reporting.reply(at(ago(20), 11))
    reporting.sign_reply(at(ago(14), 15))
    reporting.answer(at(ago(10), 9))
    reporting.approve(at(ago(6), 9), at(ago(4), 14))


def _hand_over(story: Story, seats: Sequence[Seat], ago: Ago, answered: int) -> None:
    """The city answers up to `answered` days ago and signs; the team is invited and begins."""
    story.answer(ago(74), ago(answered))
    story.lock(at(ago(answered - 2), 10, 30))
    story.sign(at(ago(answered - 3), 15, 10))
    story.invite(at(ago(answered - 5), 9), seats)
    story.open_review(at(ago(answered - 7), 10))


def _score_all(story: Story, seats: Sequence[Seat], ago: Ago, first: int, last: int) -> None:
    """All reviewers accept, score and submit."""
    for place, seat in enumerate(seats):
        story.accept(at(ago(first + 6), 11 + place), seat.home)
        story.score(ago(first), ago(last), seat, visited=True)
        story.submit(at(ago(last - 2), 9 + place, 20), seat.home)
