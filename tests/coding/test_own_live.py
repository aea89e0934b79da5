"""A coder's own tabs are told of the coder's own acts, and of nothing anybody else does."""

import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event as sql_event
from sqlmodel import Session

from app.accounts.models import Account
from app.accounts.service import end_sign_ins
from app.activity.bell import BELL, ring_after_commit
from app.coding.desks import Judgement
from app.coding.handing_in import hand_in
from app.coding.models import Round
from app.coding.placing import place_card
from app.coding.rules import Value
from app.db import Database
from app.resolution.closing import close_round
from app.settings import Settings
from app.studies.models import Membership
from tests.coding.world import World, make_world, sign_in_as
from tests.databases import settings_for
from tests.factories import browser_of

SECONDS = 2


@pytest.fixture
def settings(database_url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Streams that end soon."""
    monkeypatch.setattr("app.coding.own_live.TIMES_AS_LONG", 1)
    monkeypatch.setattr("app.resolution.progress_live.SECONDS_TO_GATHER", 0.0)
    return settings_for(
        tmp_path / "data", database_url, allowed_hosts="testserver", live_seconds=SECONDS
    )


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, coders=("ben", "cleo"))


class Tab:
    """An open page that listens."""

    def __init__(self, app: FastAPI, world: World, name: str, path: str = "sort/live") -> None:
        self.app, self.path = app, path
        self.browser: TestClient = sign_in_as(app, browser_of(app), world, name)
        self.url = f"/studies/{world.study_id}/rounds/{world.round_id}/{path}"

    def hears(self, act: Callable[[], object], query: str = "?after=0") -> str:
        """Return the bytes of a stream that is open while somebody acts."""
        heard: list[str] = []
        thread = threading.Thread(
            target=lambda: heard.append(self.browser.get(self.url + query).text)
        )
        thread.start()
        give_up = time.monotonic() + 10
        while not self.app.state.streams.by_account and time.monotonic() < give_up:
            time.sleep(0.01)
        time.sleep(0.4)  # it has still to look how things stand
        act()
        thread.join()
        return heard[0]


def place(database: Database, world: World, name: str, card: int = 0) -> None:
    with database.transaction() as session:
        _place(session, world, name, card)


def _place(session: Session, world: World, name: str, card: int) -> None:
    said = Judgement(world.card_ids[card], world.single_id, Value.NONE_APPLIES)
    place_card(session, world.round_id, world.member_ids[name], said)


def told(state: str) -> str:
    return f'event: own\nid: {state}\ndata: {{"state": "{state}"}}\n\n'


OPENING = "retry: 1000\n\n" + told("0")


def nothing() -> None:
    """Nobody acts."""


def test_own_acts_are_heard_as_their_number_and_as_nothing_else(
    app: FastAPI, database: Database, world: World
) -> None:
    tab = Tab(app, world, "ben")
    assert tab.hears(lambda: place(database, world, "ben")) == OPENING + told("1")
    # A tab that was away, and one that heard more than its page knew.
    assert tab.browser.get(f"{tab.url}?after=0&once=true").text == "retry: 1000\n\n" + told("1")
    answer = tab.browser.get(tab.url, headers={"Last-Event-ID": "1"})
    assert answer.text == "retry: 1000\n\n" + told("1")
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["ben", "cleo"])
def test_a_stream_has_the_same_bytes_whether_or_not_others_work(
    app: FastAPI, database: Database, world: World, name: str
) -> None:
    other = {"ben": "cleo", "cleo": "ben"}[name]

    def work() -> None:
        for card in range(4):
            place(database, world, other, card)

    tab = Tab(app, world, name)
    assert tab.hears(work) == tab.hears(nothing) == OPENING


@pytest.mark.parametrize("why", ["closed", "left", "signed-out"])
def test_B108_a_stream_says_why_it_ends(
    app: FastAPI,
    database: Database,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
) -> None:
    monkeypatch.setattr("app.coding.own_live.SECONDS_BETWEEN_LOOKS", 0.8)

    def happen() -> None:
        with database.transaction() as session:
            if why == "closed":
                round_ = session.get_one(Round, world.round_id)
                close_round(session, round_, reason="Enough.", is_forced=True, by=None)
            elif why == "left":
                member = session.get_one(Membership, world.member_ids["ben"])
                member.left_at = member.joined_at
                session.add(member)
            else:
                end_sign_ins(session, session.get_one(Account, world.account_ids["ben"]))

    heard = Tab(app, world, "ben").hears(happen)
    assert heard == OPENING + f'event: end\ndata: {{"why": "{why}"}}\n\n'


def test_a_page_of_somebody_else_hears_nothing(app: FastAPI, world: World) -> None:
    tab = Tab(app, world, "cleo")
    answer = tab.browser.get(f"{tab.url}?desk={world.account_ids['ben']}-{world.round_id}")
    assert (answer.status_code, answer.headers["concord-desk"]) == (409, "other")


def test_an_open_tab_asks_the_database_once_and_then_waits(
    app: FastAPI, database: Database, world: World
) -> None:
    asked: list[float] = []

    def act() -> None:
        sql_event.listen(app.state.database.engine, "checkout", note)
        place(database, world, "cleo")

    def note(*_: object) -> None:
        asked.append(time.monotonic())

    Tab(app, world, "ben").hears(act)
    assert asked == []


def test_the_bell_rings_after_a_commit_and_never_after_a_rollback(database: Database) -> None:
    rung: list[set[object]] = []
    topic = ("desk", 1, uuid.uuid4().int % 10**6)
    ring, BELL.ring = BELL.ring, lambda topics: rung.append(set(topics))  # type: ignore[method-assign,assignment]
    try:
        with database.writing() as session:
            session.connection()
            ring_after_commit(session, topic)
            assert rung == []
            session.rollback()
            session.connection()
            session.commit()
            assert rung == []
            session.connection()
            ring_after_commit(session, topic)
            session.commit()
        assert rung == [{topic}]
    finally:
        BELL.ring = ring  # type: ignore[method-assign]


def test_a_lead_hears_of_progress_as_far_as_the_page_may_show_it(
    app: FastAPI, database: Database, world: World
) -> None:
    def finish() -> None:
        place_all(database, world, "ben")

    lead = Tab(app, world, "ada", "progress/live")
    assert lead.hears(finish, "").count("event: progress") == 2  # how it stands, and the change
    observer = Tab(app, world, "odo", "progress/live")
    before = observer.hears(nothing, "")
    assert observer.hears(lambda: place_all(database, world, "cleo"), "") == before


def test_a_lead_who_codes_hears_of_nobody_before_handing_in_and_then_of_handing_in(
    app: FastAPI, database: Database
) -> None:
    world = make_world(database)
    lead = Tab(app, world, "ada", "progress/live")
    before = lead.hears(nothing, "")
    assert lead.hears(lambda: place_all(database, world, "ben"), "") == before
    place_all(database, world, "ada")
    with database.transaction() as session:
        hand_in(session, world.round_id, world.member_ids["ada"])
    before = lead.hears(nothing, "")
    assert lead.hears(lambda: place(database, world, "cleo"), "") == before

    def ben_hands_in() -> None:
        with database.transaction() as session:
            hand_in(session, world.round_id, world.member_ids["ben"])

    assert lead.hears(ben_hands_in, "").count("event: progress") == 2


def place_all(database: Database, world: World, name: str) -> None:
    with database.transaction() as session:
        for card_id in world.card_ids:
            for facet_id in (world.single_id, world.several_id):
                said = Judgement(card_id, facet_id, Value.NONE_APPLIES)
                place_card(session, world.round_id, world.member_ids[name], said)
