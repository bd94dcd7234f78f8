"""Colleagues as people meet them: invited, joined, given parts, limited to them, let go."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from models import CityMembership, CityRole, Entry, Invitation, Letter, Part, User
from tests.browser import Browser, words
from webapp.clock import BRUSSELS, now
from webapp.extensions import db
from webapp.sessions import hashed

HERE = {"round_slug": "2026", "city_slug": "vinterhamra"}
LEAD, CONTRIBUTOR = "lead.vinterhamra@example.org", "contributor.vinterhamra@example.org"
SIGNATORY, HELPER = "signatory.vinterhamra@example.org", "helper.vinterhamra@example.org"
COORDINATOR = "coordinator@example.org"
NEW = {"email": "ana@vinterhamra.example", "name": "Ana Ruiz"}
PASSWORD = "three words nobody guesses"


def invited(demo, **form):
    """The path of a new invitation's link, as the page shows it."""
    page = Browser(demo, LEAD).post("colleagues.invite", {**NEW, **form}, **HERE)
    assert page.status_code == 200, words(page)
    return re.search(r'value="http://localhost(/invitations/[^"]+)"', page.text).group(1)


def membership(demo, email, role=CityRole.CONTRIBUTOR):
    with demo.app_context():
        return db.session.scalars(
            select(CityMembership.id)
            .join(CityMembership.user)
            .where(User.email == email, CityMembership.role == role)
        ).one()


def stored(demo, query):
    with demo.app_context():
        return db.session.scalars(query).all()


def day_in(days):
    day = now().astimezone(BRUSSELS) + timedelta(days=days)
    return [str(day.day), str(day.month), str(day.year)]


def test_a_colleague_is_invited_joins_and_writes(demo):
    path = invited(demo)
    ana = Browser(demo)

    page = ana.get(path)
    assert "Johan Ekdahl asks you to help Vinterhamra as a contributor." in words(page)
    joined = ana.post(path, {"name": "Ana Ruiz Vega", "password": PASSWORD})

    assert (joined.status_code, joined.location) == (303, "/rounds/2026/vinterhamra")
    ana._token = ""
    assert "52 of 54 statements are complete" in words(ana.get("/rounds/2026/vinterhamra"))
    save = ana.patch(
        "assessments.save_answer", {"base": 0, "fields": {"mark": "1"}}, code="EM2.3", **HERE
    )
    assert save.status_code == 200
    assert [ana.get(path).status_code, Browser(demo).get(path).status_code] == [410, 410]
    assert ana.post(path, {}).status_code == 410


def test_the_link_is_shown_once_and_stored_nowhere(demo):
    browser = Browser(demo, LEAD)
    token = invited(demo).rpartition("/")[2]

    later = browser.get("colleagues.show_colleagues", **HERE)

    assert token not in later.text
    with demo.app_context():
        row = db.session.scalars(select(Invitation).filter_by(email=NEW["email"])).one()
        letter = db.session.scalars(select(Letter)).one()
        assert row.token_hash == hashed(token)
        assert (letter.to, letter.sent_at) == (NEW["email"], None)
        everything = [row.seed, row.token_hash, letter.subject, letter.body]
        everything += [str(facts) for facts in db.session.scalars(select(Entry.facts))]
    assert [text for text in everything if token in text or "ana@" in text] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"email": "ana"}, "Enter one e-mail address"),
        ({"email": "a@b.example,c@d.example"}, "Enter one e-mail address"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "Enter one e-mail address"),
        ({"email": CONTRIBUTOR.upper()}, "works on this already"),
        ({"email": "archive.vinterhamra@example.org"}, "was invited already"),
        ({"name": ""}, "Enter the name of your colleague."),
        ({"name": "Ana\nBcc: c@d.example"}, "Give this on one line."),
        ({"name": "A" * 121}, "at most 120 can be kept"),
    ],
)
def test_what_cannot_be_sent_is_shown_again_with_the_reason(demo, change, says):
    page = Browser(demo, LEAD).post("colleagues.invite", {**NEW, **change}, **HERE)

    assert page.status_code == 422
    assert says in words(page)
    for typed in {**NEW, **change}.values():
        assert not typed or "\n" in typed or f'value="{typed}"' in page.text
    assert stored(demo, select(Letter)) == []


def test_a_reviewer_of_the_city_cannot_be_invited(demo):
    form = {"email": "reviewer.eichmunde@example.org", "name": "Friederike Lohmann"}

    page = Browser(demo, "lead.vilarmonde@example.org").post(
        "colleagues.invite", form, round_slug="2026", city_slug="vilarmonde"
    )

    assert page.status_code == 422
    assert "reviews this city, so they cannot work for it." in words(page)


def test_a_role_that_is_sent_along_gives_no_role(demo):
    path = invited(demo, role="lead")
    Browser(demo).post(path, {"name": "Ana", "password": PASSWORD, "role": "lead"})

    roles = stored(
        demo,
        select(CityMembership.role).join(CityMembership.user).where(User.email == NEW["email"]),
    )

    assert roles == [CityRole.CONTRIBUTOR]


@pytest.mark.parametrize("way", ["taken back", "too old"])
def test_a_link_that_has_ended_says_so(demo, way):
    path, lead = invited(demo), Browser(demo, LEAD)
    if way == "taken back":
        page = lead.get("colleagues.show_colleagues", **HERE)
        there = re.findall(r'name="invitation" value="([0-9]+)"', page.text)
        answer = lead.post("colleagues.take_back", {"invitation": there[-1]}, **HERE)
        assert answer.status_code == 303
    else:
        with demo.app_context():
            long_ago = now() - timedelta(days=20)
            db.session.execute(update(Invitation).values(invited_at=long_ago, expires_at=now()))
            db.session.commit()

    page = Browser(demo).get(path)
    sent = Browser(demo).post(path, {"name": "Ana", "password": PASSWORD})

    assert (page.status_code, sent.status_code) == (410, 410)
    assert "This link has ended: it was used, taken back, or is too old." in words(page)
    assert stored(demo, select(User).where(User.email == NEW["email"])) == []


def test_a_link_that_never_was_does_not_exist(demo):
    assert Browser(demo).get(f"/invitations/{'x' * 43}").status_code == 404
    assert Browser(demo).get("/invitations/short").status_code == 404


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "", "password": PASSWORD}, "Enter your name."),
        ({"name": "Ana\nRuiz", "password": PASSWORD}, "Give this on one line."),
        ({"name": "Ana Ruiz", "password": "short"}, "A password has at least 12 characters."),
        ({"name": "Ana Ruiz", "password": ""}, "Choose a password."),
        ({"name": "Ana Ruiz", "password": "x" * 1001}, "A password has at least 12 characters."),
    ],
)
def test_whoever_joins_gives_a_name_and_a_password(demo, form, says):
    path = invited(demo)

    page = Browser(demo).post(path, form)

    assert (page.status_code, says in words(page)) == (422, True)
    assert stored(demo, select(User).where(User.email == NEW["email"])) == []
    assert Browser(demo).get(path).status_code == 200


def test_whoever_has_an_account_signs_in_and_accepts(demo):
    email = "reviewer.hal-qamrija@example.org"
    path = invited(demo, email=email)

    outside = Browser(demo).get(path)
    nothing = Browser(demo).post(path, {"name": "Mallory", "password": PASSWORD})
    other = Browser(demo, CONTRIBUTOR)
    refused = [other.get(path).status_code, other.post(path).status_code]
    inside = Browser(demo, email)
    accepted = [inside.get(path).status_code, inside.post(path).status_code]

    assert f'href="/sign-in?next={path}"' in outside.text
    assert (nothing.status_code, "Sign in with it, then accept." in words(nothing)) == (200, True)
    assert (refused, accepted) == ([403, 403], [200, 303])
    assert inside.get("assessments.show_assessment", **HERE).status_code == 200


def test_the_rights_of_whoever_leaves_end_with_the_next_request(demo):
    ana, lead = Browser(demo, CONTRIBUTOR), Browser(demo, LEAD)
    one = {"membership_id": membership(demo, CONTRIBUTOR), **HERE}
    assert ana.get("assessments.show_assessment", **HERE).status_code == 200

    unsure = lead.post("colleagues.end", {}, **one)
    ended = lead.post("colleagues.end", {"sure": "yes"}, **one)

    assert (unsure.status_code, ended.status_code) == (422, 303)
    assert "Tick the box if this person should leave." in words(unsure)
    assert ana.get("assessments.show_assessment", **HERE).status_code == 404
    save = ana.patch(
        "assessments.save_answer", {"base": 0, "fields": {"mark": "1"}}, code="EM2.3", **HERE
    )
    assert save.status_code == 404
    assert lead.get("colleagues.show_colleague", **one).status_code == 404


@pytest.mark.parametrize(
    ("who", "email", "role", "status"),
    [
        (LEAD, LEAD, CityRole.LEAD, 403),
        (LEAD, SIGNATORY, CityRole.SIGNATORY, 403),
        (COORDINATOR, SIGNATORY, CityRole.SIGNATORY, 303),
        (COORDINATOR, LEAD, CityRole.LEAD, 409),
    ],
)
def test_whom_a_coordinator_appointed_a_coordinator_lets_go_but_not_the_last_lead(
    demo, who, email, role, status
):
    one = membership(demo, email, role)

    answer = Browser(demo, who).post("colleagues.end", {"sure": "yes"}, membership_id=one, **HERE)

    assert answer.status_code == status


def test_a_part_is_given_with_a_date_and_taken_away(demo):
    lead = Browser(demo, LEAD)
    one = {"membership_id": membership(demo, HELPER), **HERE}

    given = lead.post("colleagues.give_part", {"code": "PM2", "due": day_in(7)}, **one)

    assert given.status_code == 303
    page = lead.get("colleagues.show_colleague", **one)
    assert "Sofia Lindqvist" in words(page)
    ids = re.findall(r'name="part" value="([0-9]+)"', page.text)
    assert len(ids) == 2
    taken = [lead.post("colleagues.take_part", {"part": part}, **one).status_code for part in ids]
    assert taken == [303, 303]
    assert stored(demo, select(Part).join(Part.person).where(User.email == HELPER)) == []


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"code": "", "due": day_in(7)}, "Choose a role or a commitment."),
        ({"code": "PM1.1", "due": day_in(7)}, "Choose a role or a commitment."),
        ({"code": "PM1", "due": ["", "", ""]}, "Enter a date"),
        ({"code": "PM1", "due": ["30", "2", "2027"]}, "This day does not exist."),
        ({"code": "PM1", "due": day_in(-1)}, "Choose a day that is not over yet."),
        ({"code": "PM1", "due": day_in(60)}, "Choose a day before the city's answers are due."),
    ],
)
def test_a_part_that_cannot_be_given_is_shown_again(demo, form, says):
    one = {"membership_id": membership(demo, CONTRIBUTOR), **HERE}

    page = Browser(demo, LEAD).post("colleagues.give_part", form, **one)

    assert (page.status_code, says in words(page)) == (422, True)


def test_a_colleague_is_limited_and_let_see_all_again(demo):
    lead, ana = Browser(demo, LEAD), Browser(demo, CONTRIBUTOR)
    one = {"membership_id": membership(demo, CONTRIBUTOR), **HERE}

    lead.post("colleagues.limit", {"limited": "yes"}, **one)
    limited = ana.get("assessments.show_answer", code="PM1.1", **HERE)
    lead.post("colleagues.limit", {"limited": "no"}, **one)
    again = ana.get("assessments.show_answer", code="PM1.1", **HERE)

    assert (limited.status_code, again.status_code) == (404, 200)
    assert lead.post("colleagues.limit", {"limited": "maybe"}, **one).status_code == 422


def test_a_colleague_of_another_city_is_not_here(demo):
    lead = Browser(demo, LEAD)
    other = membership(demo, "contributor.eichmunde@example.org")
    reviewer = membership(demo, "reviewer.vinterhamra@example.org", CityRole.REVIEWER)

    answers = [
        lead.post(f"colleagues.{view}", {"sure": "yes"}, membership_id=one, **HERE).status_code
        for view in ("end", "limit", "give_part", "take_part")
        for one in (other, reviewer)
    ]

    assert answers == [404] * 8


def test_an_invitation_of_another_city_is_not_taken_back(demo):
    ids = stored(demo, select(Invitation.id))

    answer = Browser(demo, "lead.roccamirna@example.org").post(
        "colleagues.take_back", {"invitation": ids[0]}, round_slug="2026", city_slug="roccamirna"
    )

    assert answer.status_code == 422
    assert stored(demo, select(Invitation.revoked_at)) == [None]


def test_the_coordinator_invites_too_and_sees_no_parts(demo):
    browser = Browser(demo, COORDINATOR)

    page = browser.get("colleagues.show_colleagues", **HERE)

    assert "helper.vinterhamra@example.org" in words(page)
    assert "SP1" not in words(page)
    assert "until" not in words(page)
    assert browser.post("colleagues.invite", NEW, **HERE).status_code == 200


def test_the_list_costs_the_same_number_of_queries_for_few_and_for_many(demo):
    few = _queries(demo)
    for name in ("ana", "ben", "cem"):
        path = invited(demo, email=f"{name}@vinterhamra.example")
        Browser(demo).post(path, {"name": name.title(), "password": PASSWORD})

    assert _queries(demo) == few


def _queries(demo):
    browser, said = Browser(demo, LEAD), []
    with demo.app_context():
        engine = db.engine

    def note(connection, cursor, statement, *rest):
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    page = browser.get("colleagues.show_colleagues", **HERE)
    event.remove(engine, "before_cursor_execute", note)
    assert page.status_code == 200
    return len(said)
