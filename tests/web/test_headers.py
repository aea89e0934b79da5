"""Every answer, whatever it is, tells the browser to run, frame and keep nothing of others."""

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.main import create_app
from app.settings import Settings
from tests.factories import BASE_URL, SAME_SITE, browser_of, make_study
from tests.routes import address, body, label, requests

FORBIDDEN_IN_POLICY = ("unsafe-inline", "unsafe-eval", "unsafe-hashes", "http:", "https:", "*")


def assert_marked(headers: dict[str, str]) -> None:
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "form-action 'self'" in policy
    assert not [word for word in FORBIDDEN_IN_POLICY if word in policy]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def assert_not_kept(headers: dict[str, str]) -> None:
    assert headers["cache-control"] == "no-store"


@pytest.mark.in_turns
@pytest.mark.parametrize(("method", "route"), requests(), ids=label)
def test_every_route_marks_its_answer_for_a_member_and_for_a_visitor(
    method: str, route: APIRoute, app: FastAPI, session: Session
) -> None:
    team = make_study(session)
    url = address(route, session, team)
    for browser in (browser_of(app), browser_of(app, "Ada")):
        answer = browser.request(method, url, data=body(route))
        assert_marked(dict(answer.headers))
        assert_not_kept(dict(answer.headers))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing-here", 404),
        ("GET", "/studies/not-a-number", 404),
        ("DELETE", "/sign-in", 405),
        ("TRACE", "/", 405),
        ("POST", "/sign-in", 422),
        ("GET", "/invitations/unknown", 404),
        ("POST", "/account/password", 401),
    ],
)
def test_refusals_are_marked_too(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert_marked(dict(answer.headers))
    assert_not_kept(dict(answer.headers))


def test_the_refusals_of_the_guard_are_marked_too(client: TestClient) -> None:
    forged = client.post("/sign-in", headers={"Sec-Fetch-Site": "cross-site"})
    elsewhere = client.get("/help", headers={"Host": "evil.example"})
    too_large = client.post("/sign-in", headers={"Content-Length": "999999999"})
    assert [forged.status_code, elsewhere.status_code, too_large.status_code] == [403, 400, 413]
    for answer in (forged, elsewhere, too_large):
        assert_marked(dict(answer.headers))


def test_the_page_of_an_unforeseen_error_is_marked_and_tells_no_detail(app: FastAPI) -> None:
    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the secret of the house")

    client = TestClient(app, base_url=BASE_URL, headers=SAME_SITE, raise_server_exceptions=False)
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "what was saved before is safe" in answer.text.lower()
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert_marked(dict(answer.headers))
    assert_not_kept(dict(answer.headers))


def test_a_static_file_is_kept_for_ever_under_its_content_hash_only(client: TestClient) -> None:
    page = client.get("/sign-in").text
    found = re.search(r"/static/css/tokens\.css\?v=\w+", page)
    assert found
    assert "immutable" in client.get(found[0]).headers["cache-control"]
    assert "immutable" not in client.get("/static/css/tokens.css").headers["cache-control"]
    assert_marked(dict(client.get(found[0]).headers))


def test_under_https_cookies_and_answers_are_bound_to_it(settings: Settings) -> None:
    secure = settings.model_copy(update={"base_url": "https://concord.example.org"})
    app = create_app(secure)
    origin = {"Origin": "https://concord.example.org", "Sec-Fetch-Site": "same-origin"}
    client = TestClient(
        app, base_url="https://concord.example.org", headers=origin, follow_redirects=False
    )
    answer = client.get("/sign-in", headers={"Cookie": "__Host-concord=stale"})
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    cleared = answer.headers["set-cookie"]
    assert cleared.startswith("__Host-concord=")
    assert "Secure" in cleared
    assert "HttpOnly" in cleared
    assert "Path=/" in cleared
    app.state.database.close()
