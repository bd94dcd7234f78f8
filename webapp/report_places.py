"""Where the parts of a report are: its blocks by the word in their address, and what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from models import Assessment, Block
from reviews import reports
from reviews.questionnaires import Questionnaire
from webapp.places import address_in
from webapp.report_texts import BLOCKS


@dataclass(frozen=True)
class Link:
    """Some words that lead somewhere; `label` tells it apart from others of the same words."""

    words: str
    address: str
    label: str = ""


@dataclass(frozen=True)
class Spot:
    """One block of a report, by the word in its address; the introduction is about no role."""

    slug: str
    role: str
    block: Block
    role_title: str
    title: str

    @property
    def words(self) -> str:
        return f"{self.role_title}: {self.title}" if self.role else self.title


def spots(questionnaire: Questionnaire) -> tuple[Spot, ...]:
    """All blocks of a report, in their order."""
    first = Spot("introduction", "", Block.INTRODUCTION, "", str(BLOCKS[Block.INTRODUCTION]))
    return (
        first,
        *(
            Spot(f"{role.code}-{block.value}", role.code, block, role.title, str(BLOCKS[block]))
            for role in questionnaire.roles
            for block in reports.ROLE_BLOCKS
        ),
    )


def spot(questionnaire: Questionnaire, slug: str) -> Spot | None:
    return next((one for one in spots(questionnaire) if one.slug == slug), None)


def gap_links(
    assessment: Assessment, questionnaire: Questionnaire, gaps: Sequence[str]
) -> tuple[Link, ...]:
    """What reports.lacking names, in words, with the page where it is mended."""
    return tuple(_gap(assessment, questionnaire, gap) for gap in gaps)


def _gap(assessment: Assessment, questionnaire: Questionnaire, gap: str) -> Link:
    if gap == "findings":
        return Link(
            gettext("There is no finding yet"), address_in("reports.show_new_finding", assessment)
        )
    if gap.startswith("F"):
        return Link(
            gettext("%(finding)s lacks a priority, or says to nobody what to do", finding=gap),
            address_in("reports.show_finding", assessment, place=int(gap[1:])),
        )
    there = spot(questionnaire, gap.replace("/", "-"))
    if there is None:
        raise LookupError(f"{gap} is no part of a report")
    return Link(
        gettext("%(block)s is empty", block=there.words),
        address_in("reports.show_section", assessment, section=there.slug),
    )
