"""Signing in and out: what a password, a cookie and many tries lead to."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.accounts import passwords
from app.accounts.models import SignIn
from app.accounts.service import hash_token, set_disabled
from tests.accounts.forms import attempt, change
from tests.conftest import Clock
from tests.factories import PASSWORD, browser_of, fresh_id, make_account, sign_in

COOKIE = "concord"
NOT_RIGHT = "Email and password do not belong together."


def is_signed_in(client: TestClient) -> bool:
    return client.get("/account").status_code == 200


def test_the_right_password_leads_home_with_a_cookie_no_script_can_read(
    client: TestClient, session: Session
) -> None:
    make_account(session)
    answer = client.post("/sign-in", data={"email": " ADA@example.org ", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert is_signed_in(client)


def test_the_database_holds_neither_the_password_nor_the_token(
    client: TestClient, session: Session
) -> None:
    account = make_account(session)
    sign_in(client)
    token = client.cookies[COOKIE]
    assert PASSWORD not in account.password_hash
    assert account.password_hash.startswith("$argon2id$")
    assert session.exec(select(SignIn.token_hash)).all() == [hash_token(token)]


@pytest.mark.parametrize("spoilt", ["", "x", "A" * 8000, "..", '"quoted"', "%00", "a=b; c"])
def test_B83_a_cookie_that_was_altered_is_no_sign_in_and_is_cleared(
    client: TestClient, session: Session, spoilt: str
) -> None:
    make_account(session)
    sign_in(client)
    token = client.cookies[COOKIE]
    for value in (spoilt, token[:-1], token + "x", token.swapcase()):
        client.cookies.clear()
        headers = {"Cookie": f"{COOKIE}={value}"}
        assert client.get("/account", headers=headers).status_code == 303
        assert client.post("/account/password", headers=headers).status_code == 401
        cleared = client.get("/sign-in", headers=headers).headers.get("set-cookie", "")
        assert f"{COOKIE}=" in cleared
        assert "Max-Age=0" in cleared


def test_B84_two_cookies_of_the_name_are_no_sign_in(client: TestClient, session: Session) -> None:
    make_account(session)
    sign_in(client)
    token = client.cookies[COOKIE]
    client.cookies.clear()
    assert client.get("/account", headers={"Cookie": f"{COOKIE}={token}"}).status_code == 200
    for both in (f"{COOKIE}={token}; {COOKIE}=x", f"{COOKIE}=x; {COOKIE}={token}"):
        assert client.get("/account", headers={"Cookie": both}).status_code == 303


def test_B85_a_sign_in_has_a_token_of_its_own_and_ends_the_one_before(
    client: TestClient, app: FastAPI, session: Session
) -> None:
    make_account(session)
    form = {"email": "ada@example.org", "password": PASSWORD}
    planted = {"Cookie": f"{COOKIE}=planted-by-somebody-else"}
    first = client.post("/sign-in", data=form, headers=planted).cookies[COOKIE]
    assert first != "planted-by-somebody-else"
    sign_in(client)
    old = browser_of(app)
    old.cookies.set(COOKIE, first)
    assert client.cookies[COOKIE] != first
    assert not is_signed_in(old)
    assert is_signed_in(client)


def test_B86_a_sign_in_ends_when_signed_out_closed_expired_or_renewed(
    client: TestClient, app: FastAPI, session: Session, clock: Clock
) -> None:
    account = make_account(session)
    out, other, late = (browser_of(app, "Ada") for _ in range(3))
    stolen = out.cookies[COOKIE]
    out.post("/sign-out")
    out.cookies.set(COOKIE, stolen)
    assert not is_signed_in(out)

    sign_in(client)
    assert change(client, PASSWORD, "ten further owls") == 303
    assert is_signed_in(client)
    assert not is_signed_in(other)

    sign_in(late, password="ten further owls")
    clock.advance(days=13, hours=23)
    assert is_signed_in(late)
    clock.advance(hours=2)
    assert not is_signed_in(late)

    sign_in(late, password="ten further owls")
    set_disabled(session, account, disabled=True)
    session.commit()
    assert not is_signed_in(late)
    assert attempt(late, password="ten further owls") == 401


def test_B86_a_form_sent_after_the_sign_in_ended_says_that_nothing_is_lost(
    client: TestClient, session: Session
) -> None:
    make_account(session)
    answer = client.post("/studies/new", data={"name": "Long work", "operation_id": fresh_id()})
    assert answer.status_code == 401
    assert "Nothing was changed; sign in in another tab and send this page again." in answer.text


def test_B97_after_ten_tries_one_name_waits_a_quarter_of_an_hour(
    client: TestClient, app: FastAPI, session: Session, clock: Clock
) -> None:
    make_account(session)
    signed_in = browser_of(app, "Ada")
    assert [attempt(client) for _ in range(10)] == [401] * 10
    answer = client.post("/sign-in", data={"email": "ada@example.org", "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "900"
    assert is_signed_in(signed_in)
    clock.advance(minutes=15)
    assert attempt(client, password=PASSWORD) == 303


def test_B97_the_tries_are_counted_however_the_name_is_written(
    client: TestClient, session: Session
) -> None:
    make_account(session)
    for spelling in ("ada@example.org", "ADA@example.org", " Ada@Example.ORG") * 3:
        attempt(client, spelling)
    attempt(client)
    assert attempt(client, password=PASSWORD) == 429


def test_B97_tries_sent_at_once_are_no_more_than_those_sent_in_turn(
    app: FastAPI, session: Session
) -> None:
    make_account(session)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: attempt(browser_of(app)), range(30)))
    assert found.count(401) <= 10
    assert set(found) <= {401, 429, 503}


def test_B97_one_name_that_waits_keeps_nobody_else_at_its_address_out(
    client: TestClient, session: Session
) -> None:
    make_account(session)
    make_account(session, "Ben")
    assert [attempt(client) for _ in range(60)] == [401] * 10 + [429] * 50
    assert attempt(client, "ben@example.org", PASSWORD) == 303


def test_B98_after_fifty_tries_of_many_names_the_address_waits(
    client: TestClient, session: Session
) -> None:
    make_account(session)
    for number in range(50):
        assert attempt(client, f"person{number}@example.org", "the same for all") == 401
    assert attempt(client, password=PASSWORD) == 429


def test_signing_in_rightly_is_no_failed_try(client: TestClient, session: Session) -> None:
    make_account(session)
    assert [attempt(client, password=PASSWORD) for _ in range(15)] == [303] * 15


def test_B99_a_name_that_exists_is_answered_like_one_that_does_not(
    client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=16_384))
    monkeypatch.setattr(passwords, "_hash_of_nobody", [])
    monkeypatch.setattr("app.accounts.service.ATTEMPTS_AT_A_NAME", 1000)
    monkeypatch.setattr("app.accounts.service.ATTEMPTS_FROM_AN_ADDRESS", 1000)
    make_account(session)
    make_account(session, "Ben").disabled_at = make_account(session).created_at
    session.commit()
    names = ("ada@example.org", "ben@example.org", "nobody@example.org")
    seconds: dict[str, list[float]] = {name: [] for name in names}
    said: dict[str, tuple[int, str]] = {}
    for _ in range(12):
        for name in names:
            start = time.process_time()
            answer = client.post("/sign-in", data={"email": name, "password": "wrong"})
            seconds[name].append(time.process_time() - start)
            said[name] = (answer.status_code, answer.text.replace(name, ""))
    assert said[names[0]] == said[names[1]] == said[names[2]]
    assert NOT_RIGHT in said[names[0]][1]
    medians = [statistics.median(seconds[name][2:]) for name in names]
    assert max(medians) < 1.35 * min(medians), medians
