"""Odd, forged and malformed requests: each is refused in words, and nothing is changed."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.db import Database
from tests.factories import BASE_URL, browser_of, fresh_id, make_study, sign_in
from tests.routes import address, label, requests
from tests.rows import contents

EVIL = "https://evil.example"


READS = [(method, route) for method, route in requests() if method == "GET"]


@pytest.mark.parametrize(("method", "route"), READS, ids=label)
def test_B78_reading_a_page_changes_nothing(
    method: str, route: APIRoute, app: FastAPI, session: Session, database: Database
) -> None:
    team = make_study(session)
    url = address(route, session, team)
    ada = browser_of(app, "Ada")
    before = contents(database)
    answer, without_body = (ada.request(verb, url) for verb in (method, "HEAD"))
    assert contents(database) == before
    assert without_body.status_code == answer.status_code
    assert without_body.headers.get("content-type") == answer.headers.get("content-type")
    assert without_body.content == b""


def test_a_form_is_not_sent_by_asking_for_its_headers(client: TestClient) -> None:
    assert client.head("/sign-out").status_code == 405


@pytest.mark.parametrize("path", ["/", "/sign-in", "/help", "/studies/1", "/static/favicon.svg"])
@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE", "_DELETE", "PROPFIND"])
def test_B77_a_method_that_is_not_for_this_address_is_told_which_are(
    client: TestClient, method: str, path: str
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2f..%2fpyproject.toml",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/static/..\\..\\pyproject.toml",
        "/static/..%5c..%5cpyproject.toml",
        "/static/....//pyproject.toml",
        "/static/%00",
        "/static/favicon.svg%00.png",
        "/static/%2fetc/passwd",
        "/static/" + "a" * 300,
        "/static/css",
        "/static../app/main.py",
        "/help/..%2f..%2fbase",
        "/help/_topic",
        "/help/%00",
    ],
)
def test_B66_no_address_leads_out_of_the_folder(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_B79_a_form_of_another_site_is_refused(client: TestClient, site: str) -> None:
    answer = client.post("/sign-out", headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize(
    "origin",
    [EVIL, "null", "http://testserver.evil.example", "http://testserver:81", "testserver", ""],
)
@pytest.mark.parametrize("site", [None, "same-origin"])
def test_B80_a_foreign_origin_is_refused_whatever_else_is_said(
    app: FastAPI, origin: str, site: str | None
) -> None:
    headers = {"Origin": origin} | ({"Sec-Fetch-Site": site} if site else {})
    client = TestClient(app, base_url=BASE_URL, headers=headers)
    answer = client.post("/sign-in", data={"email": "a@example.org", "password": "x"})
    assert answer.status_code == 403
    assert "Open the page again" in answer.text


def test_B81_a_request_that_names_no_origin_is_refused(
    app: FastAPI, session: Session, database: Database
) -> None:
    make_study(session)
    ada = browser_of(app, "Ada")
    for name in ("origin", "sec-fetch-site"):
        del ada.headers[name]
    before = contents(database)
    answer = ada.post("/studies/new", data={"name": "Forged", "operation_id": fresh_id()})
    assert answer.status_code == 403
    assert contents(database) == before


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/xml", ""])
def test_B82_a_form_in_another_form_is_refused(
    client: TestClient, session: Session, database: Database, kind: str
) -> None:
    make_study(session)
    sign_in(client)
    before = contents(database)
    answer = client.post(
        "/studies/new", content=b'{"name": "Forged"}', headers={"Content-Type": kind}
    )
    assert answer.status_code in {415, 422, 428}
    assert contents(database) == before


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "testserver.evil.example",
        "evil.example:80",
        "testserver@evil.example",
        "",
        "[::1",
        "testserver/evil",
        "testserver evil",
    ],
)
def test_B87_a_server_answers_to_its_own_names_only(client: TestClient, host: str) -> None:
    answer = client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_B87_forwarded_names_are_not_believed(client: TestClient, session: Session) -> None:
    team = make_study(session)
    sign_in(client)
    answer = client.post(
        f"{team.url}/invitations",
        data={"role": "coder", "operation_id": fresh_id()},
        headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    )
    assert answer.status_code == 200
    assert "evil.example" not in answer.text
    assert f'value="{BASE_URL}/invitations/' in answer.text


def test_B88_a_thousand_headers_are_too_many(client: TestClient) -> None:
    many = {f"X-{number}": "a" for number in range(1000)}
    assert client.get("/help", headers=many).status_code == 431
    assert client.get("/help", headers={"X-Long": "a" * 100_000}).status_code == 431


def test_a_body_that_never_says_its_length_is_counted_as_it_comes(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        yield b"email="
        for _ in range(400):
            yield b"a" * 65_536

    answer = client.post(
        "/sign-in",
        content=endless(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413
    assert "20 MB" in answer.text


ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "/ /evil.example",
    " //evil.example",
    "http:evil.example",
    "http://evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,hi",
    "/%2f/evil.example",
    "/%2fevil.example",
    "%2f%2fevil.example",
    "/%252fevil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "/help%0d%0aLocation:%20//evil.example",
    "/static/..//evil.example",
    "/.//evil.example",
    "/@evil.example",
    "evil.example",
    "/\u2028/evil.example",
    "/no-such-page",
    "?next=//evil.example",
    "",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_B90_signing_in_leads_to_no_other_place_than_a_page_of_this_server(
    client: TestClient, session: Session, target: str
) -> None:
    make_study(session)
    form = {"email": "ada@example.org", "password": "nine careful owls", "next": target}
    answer = client.post("/sign-in", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    again = client.get("/sign-in", params={"next": target})
    assert (again.status_code, again.headers["location"]) == (303, "/")


def test_signing_in_leads_back_to_the_page_that_was_asked_for(
    client: TestClient, session: Session
) -> None:
    team = make_study(session)
    asked = f"{team.url}/members?from=mail"
    sent = client.get(asked).headers["location"]
    page = client.get(sent).text
    assert f'name="next" value="{asked}"' in page
    form = {"email": "ada@example.org", "password": "nine careful owls", "next": asked}
    assert client.post("/sign-in", data=form).headers["location"] == asked


def test_a_notice_is_a_key_of_a_table_shown_once(client: TestClient) -> None:
    answer = client.post("/sign-out")
    assert answer.cookies["concord_notice"] == "signed-out"
    assert "You are signed out." in client.get("/sign-in").text
    assert "You are signed out." not in client.get("/sign-in").text


def test_a_forged_notice_puts_no_words_into_a_page(client: TestClient) -> None:
    client.cookies.set("concord_notice", "<b>Send your password to Mallory</b>")
    assert "Mallory" not in client.get("/sign-in").text


def test_a_fragment_leaves_the_notice_to_the_next_page(
    client: TestClient, session: Session
) -> None:
    make_study(session)
    sign_in(client)
    client.post("/studies/new", data={"name": "Second", "operation_id": fresh_id()})
    client.get("/help", headers={"HX-Request": "true"})
    assert "The study is started" in client.get("/help").text
