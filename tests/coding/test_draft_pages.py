"""The list of rounds and the draft of the next one: preview, refusals, opening."""

import re
from collections.abc import Sequence

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.coding.models import Assignment, Round
from app.coding.rounds import rounds_of
from app.coding.rules import CardChoice, Phase
from app.studies.rules import Role
from tests.coding.factories import (
    PublishedBook,
    make_book,
    make_numbered_cards,
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


def new_draft(ada: TestClient, team: Team) -> str:
    answer = ada.post(f"{team.url}/rounds/new", data={"operation_id": fresh_id()})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def form_of(page: str) -> dict[str, object]:
    """What a browser would send of the draft's form."""
    page = page[page.index('id="draft"') :]
    page = page[: page.index("</form>")]
    found: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or (("checkbox" in tag or "radio" in tag) and " checked" not in tag):
            continue
        many = name[1] in {"coder_ids", "facet_ids"}
        earlier = found.setdefault(name[1], []) if many else None
        said = value[1] if value else ""
        if isinstance(earlier, list):
            earlier.append(said)
        else:
            found[name[1]] = said
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def draft_form(ada: TestClient, url: str, **changes: object) -> dict[str, object]:
    form = form_of(ada.get(url).text)
    return {**form, "operation_id": fresh_id(), "act": "save", **changes}


def read_rounds(session: Session, team: Team) -> Sequence[Round]:
    """The rounds, newest first; lets go of the write lock, for which the next request waits."""
    session.expire_all()
    found = rounds_of(session, team.study_id)
    session.commit()
    return found


def test_the_list_says_what_a_first_round_needs(ada: TestClient, team: Team) -> None:
    page = ada.get(f"{team.url}/rounds").text
    assert "Set up the first round" in page
    assert page.count("Not yet") == 2  # cards and codebook; two coders are there


def test_a_coder_without_rounds_is_told_who_prepares_them(client: TestClient, team: Team) -> None:
    page = sign_in(client, "Ben").get(f"{team.url}/rounds").text
    assert "A lead of the study prepares and opens the rounds." in page
    assert "Prepare a round" not in page


def test_a_new_draft_takes_all_cards_all_coders_and_the_newest_codebook(
    ada: TestClient, team: Team, book: PublishedBook, session: Session
) -> None:
    page = ada.get(new_draft(ada, team)).text
    assert "6 cards: 6 judged by every coder." in page
    (round_,) = read_rounds(session, team)
    assert round_.name == "Round 1"
    assert round_.facet_ids == [book.facets["Smell"].id]


def test_a_form_sent_twice_makes_one_draft(ada: TestClient, team: Team, session: Session) -> None:
    form = {"operation_id": fresh_id()}
    first, second = (ada.post(f"{team.url}/rounds/new", data=form) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert len(read_rounds(session, team)) == 1


def test_the_preview_follows_the_form_before_anything_is_saved(
    ada: TestClient, team: Team, book: PublishedBook, session: Session
) -> None:
    url = new_draft(ada, team)
    typed = draft_form(ada, url, share="50", cards="sample", sample_size="4")
    page = ada.get(url, params=typed).text
    assert "4 cards: 2 judged by every coder, 2 by one coder each." in page
    assert read_rounds(session, team)[0].plan["cards"] == CardChoice.ALL


def test_a_draft_that_lacks_something_says_so_and_cannot_open(
    ada: TestClient, team: Team, cards: dict[str, int]
) -> None:
    url = new_draft(ada, team)
    page = ada.get(url).text
    assert "Publish the codebook and choose its version." in page
    answer = ada.post(url, data=draft_form(ada, url, act="open"))
    assert answer.status_code == 409
    assert "This round cannot open yet." in answer.text


def test_one_coder_and_no_shared_card_are_allowed_with_a_warning(
    ada: TestClient, team: Team, book: PublishedBook
) -> None:
    url = new_draft(ada, team)
    alone = draft_form(ada, url, coder_ids=[str(team.members["Ben"])])
    assert "With one coder there is nothing to compare" in ada.get(url, params=alone).text
    nothing_shared = draft_form(ada, url, share="0")
    assert "No card is judged by two coders" in ada.get(url, params=nothing_shared).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "A round needs a name."),
        ({"name": "x" * 201}, "A name has at most 200 characters."),
        ({"share": "101"}, "Write a whole number from 0 to 100."),
        ({"share": "half"}, "Write a whole number from 0 to 100."),
        ({"seed": "-1"}, "Write a whole number from 0 to 2147483647."),
        ({"cards": "sample", "sample_size": ""}, "Write a whole number from 1 to 100000."),
        ({"cards": "filter"}, "Say which words or which attribute the cards have."),
        ({"cards": "given"}, "Choose which cards the round takes."),
    ],
)
def test_what_cannot_be_read_is_marked_and_what_was_typed_is_kept(
    ada: TestClient, team: Team, book: PublishedBook, typed: dict[str, str], sentence: str
) -> None:
    url = new_draft(ada, team)
    answer = ada.post(url, data=draft_form(ada, url, **{"seed": "4021", **typed}))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{typed.get("seed", "4021")}"' in answer.text


def test_a_stale_draft_shows_what_is_saved_and_keeps_what_was_typed(
    ada: TestClient, team: Team, book: PublishedBook, session: Session
) -> None:
    url = new_draft(ada, team)
    mine = draft_form(ada, url, name="Mine")
    assert ada.post(url, data=draft_form(ada, url, name="Theirs")).status_code == 303
    answer = ada.post(url, data=mine)
    assert answer.status_code == 409
    assert "Name: <bdi>Theirs</bdi>" in answer.text
    assert 'value="Mine"' in answer.text
    again = {**form_of(answer.text), "operation_id": fresh_id(), "act": "save"}
    assert ada.post(url, data=again).status_code == 303
    assert read_rounds(session, team)[0].name == "Mine"


def test_a_draft_without_its_revision_is_refused(
    ada: TestClient, team: Team, book: PublishedBook
) -> None:
    url = new_draft(ada, team)
    form = draft_form(ada, url)
    del form["revision"]
    assert ada.post(url, data=form).status_code == 428


def test_opening_saves_what_was_typed_and_freezes_it(
    ada: TestClient, team: Team, book: PublishedBook, session: Session
) -> None:
    url = new_draft(ada, team)
    late = draft_form(ada, url, name="Late")
    answer = ada.post(url, data=draft_form(ada, url, act="open", name="Pilot", share="50"))
    assert answer.status_code == 303
    (round_,) = read_rounds(session, team)
    assert (round_.name, round_.phase) == ("Pilot", Phase.OPEN)
    assert len(session.exec(select(Assignment)).all()) == 2 * 3 + 3
    session.commit()
    assert ada.get(url).status_code == 303
    assert ada.post(url, data=late).status_code == 409


def test_a_discarded_draft_is_void(ada: TestClient, team: Team, session: Session) -> None:
    url = new_draft(ada, team).replace("/draft", "/discard")
    assert ada.post(url, data={"operation_id": fresh_id()}).status_code == 303
    assert read_rounds(session, team)[0].phase == Phase.VOID


@pytest.mark.parametrize("person", ["Ben", "Odo"])
def test_only_leads_prepare_rounds(
    app: FastAPI, ada: TestClient, team: Team, book: PublishedBook, person: str
) -> None:
    url = new_draft(ada, team)
    browser = browser_of(app, person)
    assert browser.get(url).status_code == 403
    assert (
        browser.post(f"{team.url}/rounds/new", data={"operation_id": fresh_id()}).status_code == 403
    )
    page = browser.get(url.removesuffix("/draft")).text
    assert "A lead is preparing this round." in page
