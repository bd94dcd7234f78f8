"""Where in a round a page is: the words of its address and their names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from models import Assessment
from reviews.phases import phase
from webapp.words import phase_words


@dataclass(frozen=True)
class Place:
    """A city in a round; `due` is when its answers are due, `reviews_due` its reviews."""

    round: str
    round_slug: str
    city: str
    city_slug: str
    state: str
    due: datetime
    reviews_due: datetime

    @classmethod
    def of(cls, assessment: Assessment) -> Place:
        return cls(
            round=assessment.round.title,
            round_slug=assessment.round.slug,
            city=assessment.city.name,
            city_slug=assessment.city.slug,
            state=phase_words(phase(assessment)),
            due=assessment.round.answers_due,
            reviews_due=assessment.round.reviews_due,
        )


def address_in(endpoint: str, assessment: Assessment, **rest: Any) -> str:
    """The address of a page of one city in one round."""
    return url_for(
        endpoint, round_slug=assessment.round.slug, city_slug=assessment.city.slug, **rest
    )
