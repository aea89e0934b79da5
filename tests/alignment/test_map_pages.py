"""The map in the browser: who gets it when, what a refused form keeps, proposals, two at once."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.coding.rules import Phase
from tests.alignment.maps import Aligning, match, match_everything
from tests.factories import browser_of, fresh_id


def url_of(at: Aligning) -> str:
    return f"{at.team.url}/rounds/{at.round.id}/piles/map"


def send(browser: TestClient, at: Aligning, path: str = "", **fields: object) -> tuple[int, str]:
    form = {"operation_id": fresh_id(), "facet_id": at.facet_id, **fields}
    answer = browser.post(f"{url_of(at)}{path}", data=form)
    return answer.status_code, answer.text


def value_of(at: Aligning, coder: str, pile: str, act: int = 0) -> str:
    place = ["Ben", "Cleo", "Ada"].index(coder)
    return f"{place}.{at.piles[coder, pile][1]}.{act}"


def test_the_team_sees_the_map_and_an_arbiter_does_not(at: Aligning, app: FastAPI) -> None:
    for name in ("Ada", "Ben"):
        text = browser_of(app, name).get(url_of(at)).text
        assert "Match the chosen piles" in text
        assert "Coder A" in text
    for name in ("Odo", "Dora"):
        assert "Match the chosen piles" not in browser_of(app, name).get(url_of(at)).text
    assert browser_of(app, "Ida").get(url_of(at)).status_code == 409
    assert browser_of(app, "Ben").get(f"{url_of(at)}/confirm").status_code == 403


def test_proposals_say_why_and_count_only_when_taken_over(
    session: Session, at: Aligning, app: FastAPI
) -> None:
    text = browser_of(app, "Cleo").get(url_of(at)).text
    assert "of its 3 cards lie in the group" in text
    assert at.map(session).mapped == {}
    session.commit()
    shown = re.findall(r'name="shown" value="(\w+)"', text)
    assert len(shown) == 3
    cleo = browser_of(app, "Cleo")
    assert send(cleo, at, "/proposals", shown=shown, groups=shown[:1])[0] == 303
    session.expire_all()
    assert {one.name for one in at.map(session).on_facet(at.facet_id)} <= {
        "Dead ends", "Dead end", "Broken links",
    }  # fmt: skip
    assert len(at.map(session).mapped) == 3
    session.commit()  # lets go of the write lock
    status, text = send(browser_of(app, "Ben"), at, "/proposals", shown=shown, every=True)
    assert status == 409
    assert "Somebody changed the map" in text
    rest = re.findall(r'name="shown" value="(\w+)"', text)
    assert send(browser_of(app, "Ben"), at, "/proposals", shown=rest, every=True)[0] == 303
    session.expire_all()
    assert len(at.map(session).mapped) == len(at.piles)


def test_of_two_who_match_the_same_pile_the_second_keeps_what_was_typed(
    session: Session, at: Aligning, app: FastAPI
) -> None:
    pile = value_of(at, "Ben", "Misc")
    assert send(browser_of(app, "Ben"), at, piles=[pile], new_name="Rest")[0] == 303
    status, text = send(
        browser_of(app, "Ada"), at, piles=[pile], new_name="Remainder", reason="A word typed."
    )
    assert status == 409
    assert "Nothing of yours was saved" in text
    assert 'value="Remainder"' in text
    assert 'value="A word typed."' in text
    assert f'value="{value_of(at, "Ben", "Misc", 1)}" form="match" id="pile-0-3-1" checked' in text
    session.expire_all()
    assert [one.name for one in at.map(session).on_facet(at.facet_id)] == ["Rest"]


def test_a_step_is_undone_from_the_page(session: Session, at: Aligning, app: FastAPI) -> None:
    match(session, at, [("Ben", "Misc")], new_name="Rest", reason="Left over.")
    ada = browser_of(app, "Ada")
    assert "Left over." in ada.get(url_of(at)).text
    assert send(ada, at, "/undo", act=1)[0] == 303
    session.expire_all()
    assert at.map(session).on_facet(at.facet_id) == []


def test_a_map_that_changed_since_is_not_confirmed(
    session: Session, at: Aligning, app: FastAPI
) -> None:
    match_everything(session, at)
    session.commit()
    ada = browser_of(app, "Ada")
    text = ada.get(f"{url_of(at)}/confirm").text
    assert "They are not reliability" not in text
    assert "not reliability" in text
    (draft_hash,) = re.findall(r'name="draft_hash" value="(\w+)"', text)
    form = {"draft_hash": draft_hash, "last_act": 4, "note": "Our words."}
    match(session, at, [("Ben", "Misc")], "s1", by="Ben")
    session.commit()
    answer = ada.post(f"{url_of(at)}/confirm", data={**form, "operation_id": fresh_id()})
    assert answer.status_code == 409
    assert "Our words." in answer.text
    form |= {"last_act": 5, "operation_id": fresh_id()}
    for _ in range(2):  # sent twice, it happens once
        answer = ada.post(f"{url_of(at)}/confirm", data=form)
        assert answer.status_code == 303
    session.refresh(at.round)
    assert at.round.phase == Phase.NEGOTIATING
    assert "What the piles count as" in ada.get(url_of(at)).text


@pytest.mark.parametrize("path", ["/map", "/map.csv"])
def test_there_is_no_map_of_a_closed_sort(
    at: Aligning, app: FastAPI, session: Session, path: str
) -> None:
    at.round.sort = "closed"
    session.add(at.round)
    session.commit()
    url = url_of(at).removesuffix("/map")
    assert browser_of(app, "Ada").get(f"{url}{path}").status_code == 404
