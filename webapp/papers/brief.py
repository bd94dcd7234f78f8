"""The brief for the mayor: one page, no more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from webapp.figures.charts import Filters
from webapp.figures.findings import Answer
from webapp.papers import sentences
from webapp.papers.pictures import Picture, by_role, picture
from webapp.papers.subjects import CityView, Mark
from webapp.papers.words import Point, strengths, to_do

LENGTHS = (240, 180, 130, 90, 60)
"""How long a point may be, in characters: the first with which all fits on one page."""


@dataclass(frozen=True)
class BriefPage:
    """What somebody with five minutes should know of their city."""

    title: str
    city: str
    round: str
    taken_at: datetime
    mark: Mark
    standing: Answer
    parting: Answer
    trust: Answer
    picture: Picture | None
    strengths: tuple[Point, ...]
    to_do: tuple[Point, ...]
    template: ClassVar[str] = "papers/brief.html"

    @classmethod
    def of(cls, view: CityView) -> BriefPage:
        return cls(
            title=gettext("%(city)s in brief", city=view.name),
            city=view.name,
            round=view.snapshot.round.title,
            taken_at=view.snapshot.taken_at,
            mark=Mark.of(view.snapshot, view.name),
            standing=sentences.standing(view),
            parting=sentences.parting(view),
            trust=sentences.trust(view),
            picture=picture("profile", by_role(view.subject), Filters(city=view.city)),
            strengths=strengths(view),
            to_do=to_do(view),
        )

    def shortened(self, most: int) -> BriefPage:
        """The same with points of at most so many characters."""
        return replace(
            self,
            strengths=tuple(one.shortened(most) for one in self.strengths),
            to_do=tuple(one.shortened(most) for one in self.to_do),
        )
