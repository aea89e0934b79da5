"""Agreements that deserve a second look: at the end of the agenda, and in no count."""

import re

from fastapi import FastAPI
from sqlmodel import Session, select

from app.codebook.content import FacetContent
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.db import Database
from app.negotiation.models import Decision, Disagreement
from app.negotiation.service import counts_by_state
from app.resolution.labels import final_labels
from app.resolution.tally import tally_of
from tests.coding.world import World, make_world
from tests.factories import fresh_id
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    Visitor,
    close,
    decide,
    flagged,
    judge,
    place,
    visit,
)


def make_agreed(database: Database) -> World:
    """Ben and Cleo differ on a card, agree on two, on one of these unsurely."""
    world = make_world(database, n_cards=3, coders=("ben", "cleo"))
    with database.transaction() as session:
        for card, (ben, cleo, sure) in enumerate(
            ((STALE, MISSING, 3), (STALE, STALE, 1), (MISSING, MISSING, 3))
        ):
            judge(session, world, "ben", card, ben, confidence=sure)
            judge(session, world, "cleo", card, cleo, confidence=3)
        close(session, world)
    return world


def review(database: Database, world: World, card: int) -> Disagreement:
    with database.reading() as session:
        statement = select(Disagreement).where(Disagreement.card_id == world.card_ids[card])
        return session.exec(statement).one()


def uphold(visitor: Visitor, found: Disagreement, *, status: int = 303, **more: object) -> str:
    form = {"operation_id": fresh_id(), **more}
    answer = visitor.client.post(f"{visitor.url}/disagreements/{found.id}/uphold", data=form)
    assert answer.status_code == status, answer.text
    return answer.text


def round_and_facet(session: Session, world: World) -> tuple[Round, FacetContent]:
    round_ = session.get_one(Round, world.round_id)
    return round_, facets_of_round(session, round_)[0]


def test_they_stand_at_the_end_with_what_coders_agreed_on(database: Database, app: FastAPI) -> None:
    text = visit(app, make_agreed(database), "ben").page()
    places = place(
        text,
        *("1 disagreement, none decided", "Agreements to look at again", "L-1</bdi>", "Stale"),
        *("Agreed, but unsure", "L-2</bdi>", "Agreed, drawn for a second look"),
    )
    assert places[:3] == sorted(places[:3])


def test_no_count_holds_them(database: Database) -> None:
    world = make_agreed(database)
    assert len(flagged(database, world)) == 1
    with database.reading() as session:
        round_, facet = round_and_facet(session, world)
        assert counts_by_state(session, round_) == {"open": 1, "decided": 0, "deferred": 0}
        found = tally_of(session, round_, facet)
        assert (found.n_cocoded, found.n_agreed, found.n_flagged) == (3, 2, 1)


def test_one_click_says_that_an_agreement_is_right(
    database: Database, app: FastAPI, session: Session
) -> None:
    world = make_agreed(database)
    found = review(database, world, 1)
    ben = visit(app, world, "ben")
    again = {"operation_id": fresh_id()}
    uphold(ben, found, **again)
    uphold(ben, found, **again)
    (decision,) = session.exec(select(Decision)).all()
    assert (decision.outcome, decision.cause, decision.rationale) == ("upheld", "", "")
    assert decision.category_ids == [world.category_ids[world.single_id][STALE]]
    text = ben.page()
    place(text, "2</b> cards, 1 looked at", "The agreement was upheld")
    assert text.count("Looks right") == 2  # the button's words and its label, for one card
    round_, facet = round_and_facet(session, world)
    labels = {one.card_id: one for one in final_labels(session, round_, facet)}
    assert labels[world.card_ids[1]].answer == str(world.category_ids[world.single_id][STALE])


def test_the_button_on_the_page_sends_all_that_is_needed(
    database: Database, app: FastAPI, session: Session
) -> None:
    world = make_agreed(database)
    ben = visit(app, world, "ben")
    _, _, form = ben.page().partition('id="reviews"')
    address = re.search(r'formaction="([^"]+/uphold)"', form)
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)[:1])
    assert address is not None
    assert ben.client.post(address[1], data=sent).headers["location"].endswith("#reviews")
    assert len(session.exec(select(Decision)).all()) == 1


def test_a_second_look_is_for_parties_and_leads_and_for_agreements_only(
    database: Database, app: FastAPI
) -> None:
    world = make_agreed(database)
    found = review(database, world, 1)
    uphold(visit(app, world, "odo"), found, status=403)
    uphold(visit(app, world, "ida"), found, status=403)
    uphold(visit(app, world, "ben"), review(database, world, 0), status=409)
    uphold(visit(app, world, "ada"), found)
    text = uphold(visit(app, world, "ben"), found, status=409)
    assert "Somebody looked at this card a moment ago" in text


def test_they_hold_up_nothing(database: Database, app: FastAPI) -> None:
    world = make_agreed(database)
    label = (world.category_ids[world.single_id][STALE],)
    decide(database, flagged(database, world)[0], by=world.member_ids["ben"], label=label)
    ada = visit(app, world, "ada")
    place(ada.page(), "Every disagreement of the round is settled.", "Finish the round")
    answer = ada.client.post(f"{ada.url}/finish", data={"operation_id": fresh_id()})
    assert answer.status_code == 303
    assert "Looks right" not in ada.page()


def test_a_facet_on_which_all_agree_still_shows_them(database: Database, app: FastAPI) -> None:
    world = make_world(database, n_cards=1, coders=("ben", "cleo"))
    with database.transaction() as session:
        for name in ("ben", "cleo"):
            judge(session, world, name, 0, STALE)
        close(session, world)
    place(visit(app, world, "cleo").page(), "0 disagreements", "Agreements to look at again")
