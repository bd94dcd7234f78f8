"""Who and what the demonstration has before its first round: invented cities and people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import (
    City,
    CityMembership,
    CityRole,
    Evidence,
    Instrument,
    PlatformRole,
    User,
)
from reviews import (
    instrument_files,
    instruments,
)
from reviews.questionnaires import Questionnaire

DEMO_PASSWORD = "integrating-cities"  # noqa: S105 - printed on the sign-in page
BRUSSELS = ZoneInfo("Europe/Brussels")
SEED = "cityreview"
COORDINATOR, SECOND, ADMINISTRATOR = "coordinator", "second.coordinator", "admin"
THIRD = "third.coordinator"
"""Approves, with the first, what the second one is too close to."""

HELPER = "helper.vinterhamra"
"""A contributor who sees one commitment of the city to try first."""

TWO_HATS = "clairvaumont"
"""The city of which the second coordinator is an officer too."""


class DemoAccount(NamedTuple):
    """An account worth trying, and what can be seen or done with it."""

    email: str
    name: str
    what: str


class Place(NamedTuple):
    """A city, with the names of its contributor, lead, signatory and reviewer."""

    slug: str
    name: str
    country: str
    population: int
    migrant_share: float
    people: tuple[str, str, str, str]


# fmt: off
PLACES = (
    Place("vinterhamra", "Vinterhamra", "SE", 318_400, 0.262,
          ("Elsa Nordgren", "Johan Ekdahl", "Birgitta Sandelin", "Amira Haddad")),
    Place("roccamirna", "Roccamirna", "IT", 742_900, 0.143,
          ("Chiara Bonfanti", "Matteo Salvadei", "Lucia Ferrante", "Davide Morandin")),
    Place("anemopoli", "Ανεμόπολη", "GR", 402_150, 0.118,
          ("Ελένη Μαυρίδου", "Νίκος Σταματίου", "Katerina Vlachou", "Giorgos Anastasiou")),
    Place("svetlobryag", "Светлобряг", "BG", 128_700, 0.041,
          ("Радослава Минчева", "Петър Дамянов", "Ivan Kolarov", "Desislava Marinova")),
    Place("hal-qamrija", "Ħal Qamrija", "MT", 34_200, 0.287,
          ("Ġorġ Żerafa", "Marija Borg Mifsud", "Carmen Vellan", "Luca Xuereb")),
    Place("sint-willibrord", "Sint-Willibrordskapelle aan de Lee", "BE", 97_300, 0.204,
          ("Lotte Verstraeten", "Pieter De Clerck", "Fatima El Amrani", "Jonas Wuyts")),
    Place("vilarmonde", "Vilarmonde", "PT", 271_600, 0.097,
          ("Inês Carvalhal", "Rui Nogueira", "João Teixeira de Sá", "Beatriz Salgado")),
    Place("eichmunde", "Eichmünde", "DE", 1_108_000, 0.336,
          ("Annegret Vossberg", "Cem Aydoğan", "Jürgen Straßner", "Friederike Lohmann")),
    Place("tahtisalmi", "Tähtisalmi", "FI", 186_500, 0.083,
          ("Aino Häyrinen", "Mikko Väisälä", "Päivi Öhman", "Eero Kuusniemi")),
    Place("brzozogrod", "Brzozogród", "PL", 611_200, 0.056,
          ("Małgorzata Wiśniewska-Łoś", "Paweł Grzesiak", "Zofia Brzeska", "Łukasz Domański")),
    Place("clairvaumont", "Clairvaumont", "FR", 538_800, 0.171,
          ("Élodie Marchais", "Thierry Lacombe", "Aïssata Diarra", "Mathilde Guérin-Roux")),
    Place("puertalba", "Puertalba", "ES", 1_243_000, 0.229,
          ("Nuria Escudero", "Iker Zubiaurre", "Montserrat Puigvert", "Álvaro Quesada")),
)
LANGUAGE_OF = {
    **{"SE": "sv", "IT": "it", "GR": "el", "BG": "bg", "MT": "mt", "BE": "nl"},
    **{"PT": "pt", "DE": "de", "FI": "fi", "PL": "pl", "FR": "fr", "ES": "es"},
}
"""The language of most documents of a city, by its country."""

TRYABLE = (
    ("lead.vinterhamra", "Fills in for Vinterhamra: two statements are missing, then lock it."),
    (HELPER, "Helps Vinterhamra with one commitment, and sees no other."),
    ("signatory.vinterhamra", "Signs for Vinterhamra once it is locked."),
    ("signatory.eichmunde", "Signs for Eichmünde, which is locked and waits."),
    (COORDINATOR, "Coordinates both rounds: cities, dates, reviewers, benchmark."),
    ("reviewer.clairvaumont", "Leads the review of Tähtisalmi: three scores left, then consensus."),
    ("reviewer.vilarmonde", "Reviews Tähtisalmi too: two scores left, then submit."),
    ("reviewer.roccamirna", "Leads the consensus on Puertalba: some levels are still open."),
    (SECOND, "Coordinates too, but belongs to Clairvaumont and so sees it as its officer only."),
    (THIRD, "Coordinates too: reports are approved by two, and published after that."),
    (ADMINISTRATOR, "Runs the platform and sees no city's content."),
)

# fmt: on


def accounts() -> tuple[DemoAccount, ...]:
    """The accounts worth trying, in the order of the journey."""
    names = (
        {
            f"{role}.{place.slug}": name
            for place in PLACES
            for role, name in zip(_CITY_ROLES, place.people, strict=True)
        }
        | {local: name for local, name, _ in _OFFICE}
        | {HELPER: HELPER_NAME}
    )
    return tuple(DemoAccount(_address(local), names[local], what) for local, what in TRYABLE)


_CITY_ROLES = {
    "contributor": CityRole.CONTRIBUTOR,
    "lead": CityRole.LEAD,
    "signatory": CityRole.SIGNATORY,
    "reviewer": CityRole.REVIEWER,
}
HELPER_NAME = "Sofia Lindqvist"
_OFFICE = (
    (COORDINATOR, "Saoirse O’Dwyer", PlatformRole.COORDINATOR),
    (SECOND, "Bastien Delorme", PlatformRole.COORDINATOR),
    (THIRD, "Maren Øvergård", PlatformRole.COORDINATOR),
    (ADMINISTRATOR, "Veerle Hoogland", PlatformRole.ADMINISTRATOR),
)


def _address(local: str) -> str:
    return f"{local}@example.org"


@dataclass
class World:
    """Who and what there is; `people` by the part of their address before the @, `libraries` by
    city and then by commitment."""

    session: Session
    cities: dict[str, City]
    people: dict[str, User]
    instrument: Instrument
    questionnaire: Questionnaire
    libraries: dict[str, dict[str, Evidence]] = field(default_factory=dict)

    @property
    def coordinator(self) -> User:
        return self.people[COORDINATOR]


def settle(session: Session, password_hash: str) -> World:
    """Cities, people and the questionnaire, before the first round."""
    since = datetime(2024, 1, 8, 9, tzinfo=UTC)
    cities = {
        place.slug: City(
            slug=place.slug,
            name=place.name,
            country=place.country,
            population=place.population,
            migrant_share=place.migrant_share,
        )
        for place in PLACES
    }
    people = {
        local: User(
            email=_address(local),
            name=name,
            password_hash=password_hash,
            created_at=since,
            platform_role=role,
        )
        for local, name, role in _OFFICE
    }
    for place in PLACES:
        for (word, role), name in zip(_CITY_ROLES.items(), place.people, strict=True):
            local = f"{word}.{place.slug}"
            people[local] = User(
                email=_address(local), name=name, password_hash=password_hash, created_at=since
            )
            people[local].city_memberships.append(
                CityMembership(city=cities[place.slug], role=role, since=since)
            )
    people[HELPER] = User(
        email=_address(HELPER), name=HELPER_NAME, password_hash=password_hash, created_at=since
    )
    helped = cities[HELPER.rpartition(".")[2]]
    people[HELPER].city_memberships.append(
        CityMembership(city=helped, role=CityRole.CONTRIBUTOR, since=since, limited=True)
    )
    people[SECOND].city_memberships.append(
        CityMembership(city=cities[TWO_HATS], role=CityRole.CONTRIBUTOR, since=since)
    )
    instrument = instrument_files.read(instrument_files.shipped("charter-2010"))
    session.add_all([*cities.values(), *people.values(), instrument])
    session.flush()
    published = datetime(2024, 1, 22, 10, tzinfo=UTC)
    instruments.publish(instrument, by=people[COORDINATOR], now=published)
    return World(session, cities, people, instrument, Questionnaire.of(instrument))
