"""Passwords: what may be one, and what computing many of them costs."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.accounts import passwords
from app.accounts.models import Account
from app.accounts.passwords import MAX_LENGTH
from app.accounts.service import new_account
from app.errors import Invalid
from tests.accounts.forms import attempt, change
from tests.factories import PASSWORD, browser_of, fresh_id, make_account, sign_in


@pytest.mark.parametrize(
    "password",
    ["p" + "ä" * 63 + "xyz", "🦉 nine 🦉 owls", "  leading and trailing  ", "a" * 9 + "bcd"],
)
def test_B100_a_password_may_be_long_and_hold_any_letters(
    client: TestClient, session: Session, password: str
) -> None:
    make_account(session)
    sign_in(client)
    assert change(client, PASSWORD, password) == 303
    client.cookies.clear()
    assert attempt(client, password=password.strip() + "!") == 401
    assert attempt(client, password=password) == 303


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("password", "at least 10 characters"),
        ("short", "at least 10 characters"),
        ("Password123", "among the first ones"),
        ("qwertyuiop", "among the first ones"),
        ("aaaaaaaaaaaa", "among the first ones"),
        ("x" * (MAX_LENGTH + 1), "at most 1024 characters"),
    ],
)
def test_B100_a_password_that_is_guessed_first_is_refused(password: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        new_account(email="eve@example.org", name="Eve", password=password)


def test_B100_ten_megabytes_of_password_are_not_hashed(
    client: TestClient, session: Session
) -> None:
    make_account(session)
    start = time.perf_counter()
    assert attempt(client, password="x" * 10_000_000) in {400, 413, 422}
    assert time.perf_counter() - start < 5


def test_B101_two_passwords_are_computed_at_once_and_few_wait(
    app: FastAPI, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_account(session)
    browser_of(app, "Ada")
    counter = _Counting(passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", counter)
    monkeypatch.setattr("app.accounts.service.ATTEMPTS_AT_A_NAME", 1000)
    monkeypatch.setattr("app.accounts.service.ATTEMPTS_FROM_AN_ADDRESS", 1000)
    with ThreadPoolExecutor(20) as pool:
        waiting = pool.map(lambda _: attempt(browser_of(app)), range(20))
        start = time.perf_counter()
        assert browser_of(app).get("/help").status_code == 200
        assert time.perf_counter() - start < 1
        statuses = set(waiting)
    assert counter.most <= 2
    assert statuses <= {401, 503}


class _Counting:
    """A slow hasher that knows how many threads were in it at once."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0

    def verify(self, password_hash: str, password: str) -> bool:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.05)
        try:
            return self._hasher.verify(password_hash, password)
        finally:
            with self._lock:
                self._now -= 1


def test_a_new_password_needs_the_present_one(client: TestClient, session: Session) -> None:
    account = make_account(session)
    sign_in(client)
    form = {"old_password": "wrong", "new_password": "ten further owls"}
    answer = client.post("/account/password", data={**form, "operation_id": fresh_id()})
    assert answer.status_code == 422
    assert "This is not your present password." in answer.text
    assert session.get_one(Account, account.id).password_hash == account.password_hash
