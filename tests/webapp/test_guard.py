"""The guard and the limits: what a request must look like before anything runs."""

from __future__ import annotations

import pytest

from tests.browser import Browser
from webapp.security import HEADERS

LEAD = "lead.vinterhamra@example.org"
ANSWER = "/rounds/2026/vinterhamra/statements/PM1.1"


@pytest.mark.parametrize(
    "path",
    [
        f"/reviews/{10**20}",
        "/reviews/0",
        "/reviews/-1",
        "/reviews/1e3",
        "/reviews/0x1",
        "/reviews/١",
        "/reviews/%00",
        "/reviews/" + "9" * 5_000,
        "/reviews/1;drop",
        "/reviews/2147483648",
        "/rounds/2026/vinterhamra/versions/01",
        "/rounds/..%2f..%2fetc/passwd",
        "/rounds/%2e%2e/x",
        "/static/..%2f..%2fconfig.py",
        "/static/%252e%252e/config.py",
        "/rounds/2026/" + "a" * 5_000,
        "/no/such/page",
    ],
)
def test_an_impossible_address_is_not_found(demo, path):
    assert Browser(demo, LEAD).get(path).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "OPTIONS"])
def test_a_method_that_a_page_does_not_have_is_refused(demo, method):
    answer = Browser(demo, LEAD).client.open(ANSWER, method=method)

    assert answer.status_code == 405


def test_a_header_does_not_change_the_method(demo):
    browser = Browser(demo, LEAD)
    answer = browser.client.get("/sign-out", headers={"X-HTTP-Method-Override": "POST"})

    assert answer.status_code == 405
    assert browser.get("accounts.show_account").status_code == 200


def test_head_has_the_rights_of_get(demo):
    assert Browser(demo, LEAD).client.head(ANSWER).status_code == 200
    assert Browser(demo, "lead.roccamirna@example.org").client.head(ANSWER).status_code == 404


@pytest.mark.parametrize(
    "query", ["?sort=score_reviewer2", "?include=reviews", "?fields=*", "?format=csv", "?path=../x"]
)
def test_an_unknown_question_is_refused(demo, query):
    assert Browser(demo, LEAD).get(ANSWER + query).status_code == 422


def test_a_repeated_question_is_refused(demo):
    assert Browser(demo).get("/sign-in?next=/a&next=/b").status_code == 422


def test_a_foreign_host_is_refused(demo):
    answer = Browser(demo).client.get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400


def test_forged_forwarding_changes_nothing(demo):
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    answer = Browser(demo).client.get(ANSWER, headers=headers)

    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("token", ["", "wrong", None])
def test_a_form_without_the_right_token_is_refused(demo, token):
    form = {"base": "1", "text": "x"} | ({} if token is None else {"csrf_token": token})

    answer = Browser(demo, LEAD).client.post(ANSWER, data=form)

    assert answer.status_code == 400


def test_the_token_of_another_person_is_refused(demo):
    other = Browser(demo, "contributor.vinterhamra@example.org").token

    answer = Browser(demo, LEAD).client.post(
        ANSWER, data={"csrf_token": other, "base": "1", "text": "x"}
    )

    assert answer.status_code == 400


def test_a_script_without_a_sign_in_is_told_so_and_a_person_is_asked_to_sign_in(demo):
    script = Browser(demo).client.patch(ANSWER, json={}, headers={"Accept": "application/json"})
    person = Browser(demo).client.get(ANSWER)

    assert (script.status_code, script.json["reason"]) == (401, "unauthorized")
    assert (person.status_code, person.location) == (302, f"/sign-in?next={ANSWER}")


def test_json_in_the_clothes_of_plain_text_is_refused(demo):
    browser = Browser(demo, LEAD)
    answer = browser.client.patch(
        ANSWER, data="{}", content_type="text/plain", headers={"X-CSRFToken": browser.token}
    )

    assert answer.status_code == 415


def test_text_that_is_not_utf_8_is_refused(demo):
    browser = Browser(demo, LEAD)
    body = f"csrf_token={browser.token}&base=1&text=%ff%fe".encode()

    answer = browser.client.post(
        ANSWER, data=body, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("multipart", [False, True])
def test_a_body_over_the_limit_is_refused_in_both_encodings(demo, multipart):
    browser = Browser(demo, LEAD)
    form = {"csrf_token": browser.token, "base": "1", "text": "x" * 250_000}

    answer = browser.client.post(
        ANSWER,
        data=form,
        content_type="multipart/form-data" if multipart else "application/x-www-form-urlencoded",
    )

    assert answer.status_code == 413


@pytest.mark.parametrize("multipart", [False, True])
def test_too_many_fields_are_refused_in_both_encodings(demo, multipart):
    browser = Browser(demo, LEAD)
    form = {"csrf_token": browser.token, **{f"f{number}": "x" for number in range(1_101)}}

    answer = browser.client.post(
        ANSWER,
        data=form,
        content_type="multipart/form-data" if multipart else "application/x-www-form-urlencoded",
    )

    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/", "/sign-in", "/charter", "/no/such/page", "/account"])
def test_every_answer_carries_the_headers(demo, path):
    answer = Browser(demo).client.get(path)

    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert "Cookie" in answer.headers["Vary"]


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(demo):
    browser = Browser(demo)
    set_cookie = browser.client.get("/sign-in").headers["Set-Cookie"]

    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie
