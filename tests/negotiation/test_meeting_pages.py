"""The page of a meeting: what is shown, to whom, and what its forms do."""

import re

import pytest
from fastapi import FastAPI

from app.db import Database
from tests.coding.world import World
from tests.negotiation.meetings import Seat, Table, make_sealed
from tests.negotiation.negotiations import flagged, make_negotiation, place


@pytest.fixture
def world(database: Database) -> World:
    return make_negotiation(database)


@pytest.fixture
def table(database: Database, world: World) -> Table:
    return Table(database, world)


@pytest.fixture
def ben(app: FastAPI, world: World) -> Seat:
    return Seat(app, world, "ben")


@pytest.fixture
def cleo(app: FastAPI, world: World) -> Seat:
    return Seat(app, world, "cleo")


def meeting_path(table: Table, act: str) -> str:
    return f"meetings/{table.meeting.id}/{act}"


def test_a_meeting_is_started_from_its_page(ben: Seat, table: Table) -> None:
    assert "Start a meeting" in ben.page()
    answer = ben.send("meeting")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ben.url}/meeting")
    assert "Ben</bdi> (you) presents" in ben.page()


def test_the_page_shows_the_card_the_positions_and_the_way_along(ben: Seat, table: Table) -> None:
    table.start("ben")
    page = ben.page()
    place(page, "Excerpt number", "Coder A", "Coder B", "Say something", "Decide together")
    assert re.search(r'aria-current="true"><bdi>L-\d</bdi>', page)
    place(page, "Along the agenda", "Next")
    assert page.count("<h1") == 1


def test_followers_see_the_same_card_and_no_way_to_move_it(
    ben: Seat, cleo: Seat, table: Table, world: World
) -> None:
    table.start("ben")
    table.join("cleo")
    second = flagged(table.database, world)[1]
    moved = ben.send(meeting_path(table, "current"), disagreement_id=second.id)
    assert moved.status_code == 303
    page = cleo.page()
    assert f'data-disagreement="{second.id}"' in page
    assert "/current" not in page
    assert "Present from here" in page


def test_the_strip_goes_through_the_whole_agenda_and_back(
    ben: Seat, table: Table, world: World
) -> None:
    table.start("ben")
    seen = []
    for _ in range(20):
        page = ben.page()
        seen.append(table.meeting.current_id)
        following = re.search(r'value="(\d+)"[^>]*>\s*<button[^>]*data-way="ArrowRight"', page)
        if following is None:
            break
        ben.send(meeting_path(table, "current"), disagreement_id=following[1])
    every = [one.id for one in flagged(table.database, world)]
    assert seen[: len(every)] == every
    assert len(set(seen)) == len(seen)
    for _ in seen[1:]:
        before = re.search(r'value="(\d+)"[^>]*>\s*<button[^>]*data-way="ArrowLeft"', ben.page())
        assert before is not None
        ben.send(meeting_path(table, "current"), disagreement_id=before[1])
    assert table.meeting.current_id == seen[0]


def test_a_refused_act_says_why_on_the_meeting_as_it_is_now(
    cleo: Seat, table: Table, world: World
) -> None:
    table.start("ben")
    table.join("cleo")
    second = flagged(table.database, world)[1]
    answer = cleo.send(meeting_path(table, "current"), disagreement_id=second.id)
    assert answer.status_code == 409
    assert "take over the presenting" in answer.text
    assert "Ben</bdi> presents" in answer.text


def test_an_ended_meeting_refuses_what_a_stale_page_sends(ben: Seat, table: Table) -> None:
    table.start("ben")
    join = meeting_path(table, "join")
    ended = ben.send(meeting_path(table, "end"))
    assert ended.headers["location"] == f"{ben.url}/meetings/{table.meeting.id}"
    answer = ben.send(join)
    assert answer.status_code == 409
    assert "This meeting has ended" in answer.text


def test_a_card_of_another_round_is_not_found(ben: Seat, table: Table) -> None:
    table.start("ben")
    answer = ben.send(meeting_path(table, "current"), disagreement_id=987_654)
    assert answer.status_code == 404


def test_an_arbiter_is_shown_no_meeting(app: FastAPI, table: Table, world: World) -> None:
    table.start("ben")
    page = Seat(app, world, "ida").page()
    assert "without names" in page
    assert "Excerpt" not in page
    assert Seat(app, world, "ida").send(meeting_path(table, "join")).status_code == 403


def test_an_observer_follows_and_changes_nothing(app: FastAPI, table: Table, world: World) -> None:
    table.start("ben")
    odo = Seat(app, world, "odo")
    page = odo.page()
    assert "Coder A" in page
    for act in ("current", "presenter", "end"):
        assert f"/{act}" not in page
    assert odo.send("meeting").status_code == 403


def test_a_sealed_card_stays_sealed_in_a_meeting(app: FastAPI, database: Database) -> None:
    world = make_sealed(database)
    table = Table(database, world)
    table.start("ben")
    page = Seat(app, world, "ben").page()
    assert "Sealed until you write yours" in page
    assert "Coder B" not in page
    assert "Stale" in page  # what Ben said himself
    watching = Seat(app, world, "odo").page()
    assert "Sealed until every coder" in watching


def test_other_pages_lead_to_a_meeting_that_runs(cleo: Seat, table: Table, world: World) -> None:
    first = flagged(table.database, world)[0]
    paths = ("/disagreements", f"/disagreements/{first.id}")
    assert not any("Go to the meeting" in cleo.visitor.page(path) for path in paths)
    table.start("ben")
    assert all("Go to the meeting" in cleo.visitor.page(path) for path in paths)


def test_the_list_of_meetings_leads_to_their_minutes(ben: Seat, table: Table) -> None:
    assert "Nobody has met" in ben.visitor.page("/meetings")
    table.start("ben")
    table.end("ben")
    page = ben.visitor.page("/meetings")
    assert f"{ben.url}/meetings/{table.meeting.id}" in page
    assert "<bdi>Ben</bdi>" in page
