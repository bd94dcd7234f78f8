"""What speaks for somebody, what is wanting and what forbids, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext, ngettext

from reviews.pool import Bar
from reviews.teams import Lack, Merits, Remark
from webapp.words import language_words

_BARS = {
    Bar.OF_CITY: lazy_gettext("belongs to this city"),
    Bar.WAS_OF_CITY: lazy_gettext("belonged to this city"),
    Bar.FORMER_EMPLOYER: lazy_gettext("worked for this city before"),
    Bar.DECLARED: lazy_gettext("a conflict of interest was declared"),
    Bar.IN_TEAM: lazy_gettext("is in the team already"),
    Bar.LEFT_TEAM: lazy_gettext("was asked before and is not in the team any more"),
    Bar.PLANNED: lazy_gettext("is planned already"),
}


def bar_words(bar: Bar) -> str:
    return str(_BARS[bar])


def languages_words(codes: Iterable[str]) -> str:
    return ", ".join(sorted(map(language_words, codes)))


def roles_words(codes: Iterable[str], titles: Mapping[str, str]) -> str:
    """Roles by their titles, in the order of the questionnaire."""
    chosen = set(codes)
    return ", ".join(title for code, title in titles.items() if code in chosen)


def merits_words(merits: Merits, titles: Mapping[str, str]) -> tuple[str, ...]:
    """What speaks for somebody, the rarest first."""
    said = []
    if merits.languages:
        said.append(gettext("reads %(languages)s", languages=languages_words(merits.languages)))
    if merits.roles:
        said.append(gettext("knows: %(roles)s", roles=roles_words(merits.roles, titles)))
    said.append(experience_words(merits.experience))
    return tuple(said)


def experience_words(reviews: int) -> str:
    if not reviews:
        return gettext("new to reviewing")
    return ngettext("has done %(num)d review", "has done %(num)d reviews", reviews)


@dataclass(frozen=True)
class Names:
    """What things are called: cities and their languages by number, roles by code."""

    cities: Mapping[int, str]
    languages: Mapping[int, frozenset[str]]
    roles: Mapping[str, str]


def of_city(found: Iterable[Remark], host: int, names: Names) -> tuple[str, ...]:
    """What is wanting in one city; which of its pairs, too."""
    here = [one for one in found if host in (one.host, one.other)]
    said = [_OF_CITY[one.lack](one, names) for one in here if one.lack in _OF_CITY]
    roles = [one.code for one in here if one.lack is Lack.ROLE]
    if roles:
        known = roles_words(roles, names.roles)
        said.append(gettext("Nobody in the team knows: %(roles)s", roles=known))
    for one in here:
        if one.lack is Lack.MUTUAL:
            other = one.other if one.host == host else one.host
            said.append(
                gettext(
                    "People from here review %(city)s, and people from there review this city",
                    city=names.cities.get(other or 0, ""),
                )
            )
    return tuple(said)


def _missing(one: Remark, names: Names) -> str:
    return ngettext("%(num)d reviewer is missing", "%(num)d reviewers are missing", one.number)


def _unread(one: Remark, names: Names) -> str:
    languages = languages_words(names.languages.get(one.host or 0, frozenset()))
    return gettext("Nobody in the team reads %(languages)s", languages=languages)


_OF_CITY: dict[Lack, Callable[[Remark, Names], str]] = {
    Lack.SEATS: _missing,
    Lack.LEAD: lambda one, names: gettext("Nobody leads the team"),
    Lack.NEW_LEAD: lambda one, names: gettext("The lead reviewer has not reviewed before"),
    Lack.EXPERIENCE: lambda one, names: gettext("Nobody in the team has reviewed before"),
    Lack.LANGUAGE: _unread,
}


def overall(found: Iterable[Remark]) -> tuple[str, ...]:
    """What was traded away over all cities together, in numbers."""
    every = tuple(found)
    kinds = Counter(one.lack for one in every)
    said = [words(kinds[lack]) for lack, words in _OVERALL if kinds[lack]]
    if kinds[Lack.APART]:
        islands = next(one.number for one in every if one.lack is Lack.APART)
        said.append(
            gettext(
                "Cities and reviewers fall into %(count)d groups without a common reviewer, so"
                " scores cannot be compared from group to group",
                count=islands,
            )
        )
    return tuple(said)


_OVERALL: tuple[tuple[Lack, Callable[[int], str]], ...] = (
    (Lack.SEATS, lambda n: ngettext(
        "%(num)d city has fewer reviewers than asked for",
        "%(num)d cities have fewer reviewers than asked for", n)),
    (Lack.EXPERIENCE, lambda n: ngettext(
        "%(num)d team has nobody who has reviewed before",
        "%(num)d teams have nobody who has reviewed before", n)),
    (Lack.LANGUAGE, lambda n: ngettext(
        "%(num)d team does not read the language of its city",
        "%(num)d teams do not read the language of their city", n)),
    (Lack.MUTUAL, lambda n: ngettext(
        "%(num)d pair of cities reviews each other",
        "%(num)d pairs of cities review each other", n)),
    (Lack.OVER, lambda n: ngettext(
        "%(num)d person has more cities than they can take",
        "%(num)d people have more cities than they can take", n)),
    (Lack.FEW, lambda n: ngettext(
        "%(num)d person has fewer than three cities, so their scores are hard to compare",
        "%(num)d people have fewer than three cities, so their scores are hard to compare", n)),
)  # fmt: skip
