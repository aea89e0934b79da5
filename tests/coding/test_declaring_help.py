"""Help while sorting is chosen with the draft, and freezes and is hashed when the round opens."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.activity.models import Activity
from app.coding.assistance import Assistance
from app.coding.ordering import MOST_IN_ORDER, missing_for_order
from app.coding.rounds import protocol_of
from tests.coding.factories import PublishedBook, make_book, make_numbered_cards
from tests.coding.test_draft_pages import draft_form, new_draft, read_rounds
from tests.factories import Team, make_study, sign_in


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def book(session: Session, team: Team) -> PublishedBook:
    make_numbered_cards(session, team, [f"L-{number}" for number in range(6)])
    return make_book(session, team)


def test_none_is_declared_unless_ticked_and_what_is_ticked_freezes_and_is_told(
    client: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    ada = sign_in(client)
    url = new_draft(ada, team)
    assert protocol_of(read_rounds(session, team)[0]).assistance == ()
    chosen = [Assistance.OWN_CARDS_LIKE_IT.value, Assistance.BY_SIMILARITY.value]
    form = {**draft_form(ada, url, act="open"), "assistance": chosen}
    late = draft_form(ada, url)
    assert "Coders will have help" in ada.get(url, params=form).text
    assert ada.post(url, data=form).status_code == 303
    assert ada.post(url, data=late).status_code == 409
    round_ = read_rounds(session, team)[0]
    assert protocol_of(round_).assistance == (
        Assistance.BY_SIMILARITY,
        Assistance.OWN_CARDS_LIKE_IT,
    )
    line = session.exec(select(Activity).where(Activity.kind == "round opened")).one()
    assert len(line.detail["protocol_hash"]) == 64
    assert "Help while sorting: cards in an order" in ada.get(f"{team.url}/activity").text
    assert missing_for_order(round_, n_cards=MOST_IN_ORDER) == []
    assert missing_for_order(round_, n_cards=MOST_IN_ORDER + 1) != []


def test_an_open_sort_has_no_category_to_suggest(
    client: TestClient, session: Session, team: Team, book: PublishedBook
) -> None:
    ada = sign_in(client)
    url = new_draft(ada, team)
    wanted = {"sort": "open", "assistance": [Assistance.SUGGESTED_CATEGORY.value]}
    answer = ada.post(url, data={**draft_form(ada, url), **wanted})
    assert answer.status_code == 422
    assert "An open sort has no categories" in answer.text
