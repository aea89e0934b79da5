"""The page of an open or closed round: what each role is shown, closing, finishing, void."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.coding.models import Round
from app.resolution.closing import close_round
from app.studies.rules import Role
from tests.coding.factories import (
    PublishedBook,
    finish_work,
    judge,
    make_book,
    make_numbered_cards,
    make_round,
)
from tests.factories import Team, browser_of, fresh_id, make_study, sign_in

KEYS = tuple(f"L-{number}" for number in range(1, 7))


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session, others={"Odo": Role.OBSERVER})


@pytest.fixture
def cards(session: Session, team: Team) -> dict[str, int]:
    return make_numbered_cards(session, team, KEYS)


@pytest.fixture
def book(session: Session, team: Team, cards: dict[str, int]) -> PublishedBook:
    return make_book(session, team)


@pytest.fixture
def ada(client: TestClient, team: Team) -> TestClient:
    return sign_in(client, "Ada")


def close_form(**changes: object) -> dict[str, object]:
    return {"operation_id": fresh_id(), **changes}


# --- An open round, by role ---


def test_each_role_sees_of_an_open_round_what_blindness_allows(
    app: FastAPI, session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> None:
    round_ = make_round(session, team, book)
    smell, missing = book.facets["Smell"].id, book.category("Smell", "Missing")
    for key in ("L-1", "L-2"):
        judge(session, round_, team.members["Ben"], cards[key], smell, missing)
    url = f"{team.url}/rounds/{round_.id}"
    ben, cleo, odo, ada = (
        browser_of(app, name).get(url).text for name in ("Ben", "Cleo", "Odo", "Ada")
    )
    assert "4 cards wait for you" in ben
    assert "2 of 6" in ben
    assert "6 cards wait for you" in cleo
    assert "2 of 6" not in cleo
    assert "of 6" not in odo
    assert "2 of 6" in ada
    for page in (ben, cleo, odo):
        assert "Sealed until the round closes" in page
        assert "/close" not in page


def test_a_lead_who_codes_sees_no_progress_before_handing_in(
    app: FastAPI, session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> None:
    round_ = make_round(session, team, book, coders=("Ada", "Ben"))
    answers = dict.fromkeys(cards.values(), book.category("Smell", "Stale"))
    finish_work(session, round_, team.members["Ben"], answers)
    url, ada = f"{team.url}/rounds/{round_.id}", browser_of(app, "Ada")
    page = ada.get(url).text
    assert "6 of 6" not in page
    assert "handed in" not in page.replace("has handed in", "").replace("not handed in", "")
    refused = ada.post(f"{url}/close", data=close_form())
    assert refused.status_code == 409
    assert "You have not handed in yourself." in refused.text
    assert "6 of 6" not in refused.text
    finish_work(session, round_, team.members["Ada"], answers)
    assert "Everybody has handed in." in ada.get(url).text


def test_what_waits_for_a_person_stands_on_the_home_page(
    app: FastAPI, session: Session, team: Team, book: PublishedBook, cards: dict[str, int]
) -> None:
    round_ = make_round(session, team, book)
    home = {name: browser_of(app, name) for name in ("Ada", "Ben", "Cleo")}
    assert "6 cards wait for you in Round 1" in home["Ben"].get("/").text
    assert "0 of 2 coders handed in Round 1" in home["Ada"].get("/").text
    answers = dict.fromkeys(cards.values(), book.category("Smell", "Stale"))
    finish_work(session, round_, team.members["Ben"], answers)
    assert "You have handed in Round 1" in home["Ben"].get("/").text
    assert "6 cards wait for you in Round 1" in home["Cleo"].get("/").text
    finish_work(session, round_, team.members["Cleo"], answers)
    assert "Close Round 1: everybody has handed in" in home["Ada"].get("/").text


# --- Closing (B74), finishing, void ---


def test_B74_closing_early_names_who_is_unfinished_and_asks_for_an_explicit_force(
    ada: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book)
    url = f"{team.url}/rounds/{round_.id}"
    refused = ada.post(f"{url}/close", data=close_form(reason="The term ends."))
    assert refused.status_code == 409
    assert "Ben, Cleo have not handed in." in refused.text
    assert "The term ends." in refused.text
    form = close_form(reason="The term ends.", is_forced="true")
    assert ada.post(f"{url}/close", data=form).status_code == 303
    page = ada.get(url).text
    assert "Closed: the figures are frozen" in page
    assert "Not handed in: Ben, Cleo. The term ends." in page


def test_B74_of_two_who_close_at_once_one_succeeds(
    ada: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book)
    url = f"{team.url}/rounds/{round_.id}/close"

    def close(_number: int) -> int:
        form = close_form(reason="The term ends.", is_forced="true")
        return ada.post(url, data=form).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(close, range(2))) == [303, 409]


def test_a_close_that_is_repeated_is_the_same_close(
    ada: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book)
    form = close_form(reason="The term ends.", is_forced="true")
    url = f"{team.url}/rounds/{round_.id}/close"
    assert [ada.post(url, data=form).status_code for _ in range(2)] == [303, 303]


def test_a_round_without_disagreements_can_be_finished(
    ada: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book)
    close_round(session, round_, reason="The term ends.", is_forced=True, by=None)
    session.commit()
    url = f"{team.url}/rounds/{round_.id}"
    assert "The coders agree on every card" in ada.get(url).text
    assert ada.post(f"{url}/finish", data=close_form()).status_code == 303
    assert "Done: every disagreement" in ada.get(url).text


def test_a_void_round_needs_its_reason(
    ada: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    round_ = make_round(session, team, book)
    url = f"{team.url}/rounds/{round_.id}"
    assert ada.post(f"{url}/void", data=close_form(reason=" ")).status_code == 422
    assert ada.post(f"{url}/void", data=close_form(reason="Wrong cards.")).status_code == 303
    assert "Void: it counts for nothing" in ada.get(url).text
    assert session.get_one(Round, round_.id, populate_existing=True).end_reason == "Wrong cards."
