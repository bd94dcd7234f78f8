"""The pool of the demonstration: profiles of the reviewers, languages of cities, a hidden seat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from models import ReviewerProfile
from reviews import pool, seating
from webapp.demonstration.people import LANGUAGE_OF, PLACES, World
from webapp.demonstration.stories import Story

SINCE = datetime(2024, 1, 29, 9, tzinfo=UTC)

# fmt: off
ALSO_READ = {
    "vinterhamra": ("en", "de"),      "roccamirna": ("en", "es", "mt"), "anemopoli": ("en", "bg"),
    "svetlobryag": ("en", "el"),      "hal-qamrija": ("en", "it"),      "sint-willibrord": ("en",),
    "vilarmonde": ("es", "fr"),       "eichmunde": ("en", "nl", "pl"),  "tahtisalmi": ("sv", "en"),
    "brzozogrod": ("de", "en"),       "clairvaumont": ("it", "pt"),     "puertalba": ("pt", "en"),
}
"""What the reviewer of a city reads besides its own language."""

KNOWN = {
    "vinterhamra": (0, 2),    "roccamirna": (1,),       "anemopoli": (0, 1),
    "svetlobryag": (3,),      "hal-qamrija": (1, 2),    "sint-willibrord": (0, 3),
    "vilarmonde": (1, 2),     "eichmunde": (0, 2, 3),   "tahtisalmi": (1,),
    "brzozogrod": (2, 3),     "clairvaumont": (0, 1),   "puertalba": (0,),
}
"""Which roles of a city they know, by their place."""
# fmt: on

ELSEWHERE = {"eichmunde": 4, "clairvaumont": 2, "tahtisalmi": 1}
BUSY = {"puertalba": 2, "eichmunde": 4}

FORMER_EMPLOYER = ("sint-willibrord", "hal-qamrija")
"""Who worked for which other city before."""

PLANNED = ("puertalba", "hal-qamrija")
"""Who is planned for which city; nobody but coordinators knows."""


def fill_pool(world: World) -> None:
    """Before the first round: every reviewer has said what they can do."""
    for number, place in enumerate(PLACES):
        own = LANGUAGE_OF[place.country]
        world.cities[place.slug].languages = own
        person = world.people[f"reviewer.{place.slug}"]
        at = SINCE + timedelta(minutes=10 * number)
        profile = ReviewerProfile(user=person, changed_at=at)
        pool.write_profile(
            profile,
            languages=(own, *ALSO_READ[place.slug]),
            roles=[pool.ROLES[one] for one in KNOWN[place.slug]],
            capacity=BUSY.get(place.slug, 3),
            earlier_reviews=ELSEWHERE.get(place.slug, 0),
            by=person,
            now=at,
        )
        world.session.add(profile)
    home, city = FORMER_EMPLOYER
    pool.state_employer(
        world.cities[city],
        reason="I ran its housing office from 2015 to 2019.",
        tasks=(),
        seats=(),
        by=world.people[f"reviewer.{home}"],
        now=SINCE + timedelta(hours=3),
    )
    world.session.flush()


def plan_unseen(story: Story, when: datetime) -> None:
    """A seat in a city that has not signed, planned by hand."""
    plan = partial(
        seating.plan_seat,
        story.assessment,
        story.world.people[f"reviewer.{PLANNED[0]}"],
        lead=True,
        by=story.world.coordinator,
    )
    story.diary.plan(when, plan, settled=True)
