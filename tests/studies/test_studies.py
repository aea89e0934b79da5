"""Starting a study, its name, its settings and what its pages say."""

import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, func, select

from app.activity.service import record
from app.studies.models import Study
from app.studies.progress import NextStep, Panel, Stage, StageState
from app.studies.rules import Role
from tests.factories import browser_of, fresh_id, make_account, make_study, sign_in

RIGHT_TO_LEFT = "\u202edesrever\u2066"


def start(client: TestClient, name: str, **others: str) -> tuple[int, str]:
    form = {"name": name, "operation_id": fresh_id(), **others}
    answer = client.post("/studies/new", data=form)
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    "name", ["", "   ", "\t", "\u200b\u200d\ufeff", "\u2800", "\u3164", "\u00ad\u2060"]
)
def test_B56_B57_a_name_that_nobody_can_see_is_no_name(
    client: TestClient, session: Session, name: str
) -> None:
    make_account(session)
    sign_in(client)
    status, said = start(client, name)
    assert status == 422
    assert "name" in said
    assert session.exec(select(func.count()).select_from(Study)).one() == 0


@pytest.mark.parametrize(
    "second",
    ["Café", "café ", "  CAFÉ", unicodedata.normalize("NFD", "Café"), "Ca\u200bfé"],
)
def test_B58_one_person_has_no_two_studies_of_the_same_name(
    client: TestClient, session: Session, second: str
) -> None:
    make_account(session)
    sign_in(client)
    assert start(client, "Café")[0] == 303
    status, said = start(client, second, description="What I typed")
    assert status == 409
    assert "You already have a study called Café." in said
    assert "What I typed" in said


def test_B58_the_name_of_a_study_of_others_is_free(app: FastAPI, session: Session) -> None:
    make_study(session, "Leaderboards")
    make_account(session, "Dan")
    assert start(browser_of(app, "Dan"), "Leaderboards")[0] == 303


def test_B58_of_two_studies_started_at_once_with_one_name_one_is_made(
    app: FastAPI, session: Session
) -> None:
    make_account(session)
    ada = [browser_of(app, "Ada") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = sorted(status for status, _ in pool.map(lambda one: start(one, "Once"), ada))
    assert found == [303, 409, 409, 409]


def test_B59_a_name_cannot_turn_the_words_around_it(client: TestClient, session: Session) -> None:
    make_account(session)
    sign_in(client)
    assert start(client, f"Study {RIGHT_TO_LEFT}")[0] == 303
    page = client.get("/").text
    assert f"<bdi>Study {RIGHT_TO_LEFT}</bdi>" in page


@pytest.mark.parametrize(
    ("field", "length", "limit"), [("name", 201, "200"), ("description", 20_001, "20,000")]
)
def test_B60_a_text_that_is_too_long_is_refused_with_its_limit(
    client: TestClient, session: Session, field: str, length: int, limit: str
) -> None:
    make_account(session)
    sign_in(client)
    status, said = start(client, **{"name": "Long", field: "x" * length})
    assert status == 422
    assert f"at most {limit} characters" in said


def test_B60_ten_megabytes_in_one_field_are_refused(client: TestClient, session: Session) -> None:
    make_account(session)
    sign_in(client)
    assert start(client, "Long", description="x" * 10_000_000)[0] in {400, 413, 422}


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\ufffe"])
def test_a_character_that_no_database_keeps_is_named_and_refused(
    client: TestClient, session: Session, character: str
) -> None:
    make_account(session)
    sign_in(client)
    status, said = start(client, f"Study{character}one")
    assert status == 422
    assert f"U+{ord(character):04X}, at place 6" in said


@pytest.mark.parametrize("threshold", ["nan", "inf", "-0.1", "1.01", "many", "1e999"])
def test_a_threshold_lies_between_0_and_1(
    client: TestClient, session: Session, threshold: str
) -> None:
    make_account(session)
    sign_in(client)
    assert start(client, "Study", threshold=threshold)[0] == 422


def test_starting_a_study_sent_twice_happens_once(client: TestClient, session: Session) -> None:
    make_account(session)
    sign_in(client)
    form = {"name": "Once", "operation_id": fresh_id()}
    places = {client.post("/studies/new", data=form).headers["location"] for _ in range(3)}
    assert len(places) == 1
    assert session.exec(select(func.count()).select_from(Study)).one() == 1
    session.rollback()
    other = client.post("/studies/new", data={**form, "name": "Other"})
    assert other.status_code == 409


def test_changed_settings_stand_in_the_trail_with_both_values(
    client: TestClient, session: Session
) -> None:
    team = make_study(session)
    sign_in(client)
    form = {"name": "Leaderboards", "stance": "reliability", "threshold": "0.8"}
    answer = client.post(f"{team.url}/settings", data={**form, "operation_id": fresh_id()})
    assert answer.status_code == 303
    page = client.get(f"{team.url}/activity").text
    assert "threshold from “0.67” to “0.8”" in page


@pytest.mark.parametrize("name", ["Ben", "Ida", "Odo"])
def test_only_a_lead_changes_the_settings(app: FastAPI, session: Session, name: str) -> None:
    team = make_study(session, others={"Ida": Role.ARBITER, "Odo": Role.OBSERVER})
    browser = browser_of(app, name)
    assert browser.get(f"{team.url}/settings").status_code == 403
    form = {"name": "Mine now", "operation_id": fresh_id()}
    assert browser.post(f"{team.url}/settings", data=form).status_code == 403


def test_the_home_page_says_what_to_do_when_there_is_no_study(
    client: TestClient, session: Session
) -> None:
    make_account(session)
    sign_in(client)
    page = client.get("/").text
    assert "No study yet" in page
    assert 'href="/studies/new"' in page


def test_the_study_that_waits_for_you_comes_first_with_its_step(
    app: FastAPI, session: Session
) -> None:
    waiting = make_study(session, "Waiting")
    make_study(session, "Quiet")
    app.state.next_steps[:] = [
        lambda _session, here: (
            NextStep("12 cards wait for you in round 2.", here.url("sort"), True, "Go on")
            if here.study_id == waiting.study_id
            else NextStep("Nothing today.", here.url(), False)
        )
    ]
    page = browser_of(app, "Ada").get("/").text
    assert "One study waits for you" in page
    assert page.index("12 cards wait for you in round 2.") < page.index("Your other studies")
    assert page.index("Your other studies") < page.index("Nothing today.")


def test_the_study_home_shows_the_stages_steps_and_panels_that_features_give(
    app: FastAPI, session: Session
) -> None:
    team = make_study(session)
    app.state.stages[:] = [
        lambda _session, here: Stage("Cards", StageState.DONE, "412 cards.", here.url("cards"))
    ]
    app.state.next_steps[:] = [
        lambda _session, here: NextStep("Write the codebook.", here.url("codebook"), True, "Write")
    ]
    app.state.panels[:] = [lambda _session, _here: Panel("components/user_text.html", None)]
    page = browser_of(app, "Ben").get(team.url).text
    assert "412 cards." in page
    assert '<li data-state="done">' in page
    assert "Write the codebook." in page


def test_the_trail_tells_who_did_what_and_shows_unknown_kinds_plainly(
    app: FastAPI, session: Session
) -> None:
    team = make_study(session)
    ada = make_account(session).id
    record(session, team.study_id, account_id=ada, kind="something new", detail={"x": "<b>"})
    session.commit()
    page = browser_of(app, "Ben").get(f"{team.url}/activity").text
    assert "<bdi>Ada</bdi> <bdi>started the study.</bdi>" in page
    assert "something new." in page
    assert "You" in browser_of(app, "Ada").get(f"{team.url}/activity").text


@pytest.mark.parametrize("threshold", ["3", "many"])
def test_a_refused_threshold_says_what_to_write_and_keeps_every_field(
    client: TestClient, session: Session, threshold: str
) -> None:
    make_account(session)
    sign_in(client)
    status, page = start(
        client,
        "Odd threshold",
        threshold=threshold,
        description="Why it is odd.",
        stance="consensus_only",
    )
    assert status == 422
    for words in ("Write a number from 0 to 1, such as 0.67.", "Odd threshold", "Why it is odd."):
        assert words in page
    assert re.search(r'value="consensus_only"[^>]*checked', page)
