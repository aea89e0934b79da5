"""A coder's own answer closes a facet: it is answered by the gate, and opens as it was."""

import random

import pytest
from fastapi import FastAPI
from sqlmodel import Session

from app.codebook.content import Gate, GateNeed
from app.coding import placing, undoing
from app.coding.desks import Judgement
from app.coding.gating import kept_out
from app.coding.models import Round
from app.coding.rules import Value
from app.coding.visibility import own_on_card
from app.errors import Conflict
from tests.coding.desk import Desk
from tests.coding.world import World, make_world


@pytest.fixture
def world(app: FastAPI) -> World:
    return make_world(app.state.database, gate="not_none")


def ways(ben: Desk, card_id: int) -> list[tuple[int, str, bool, bool]]:
    """Each row on a card: facet, value, whether a gate made it, whether it came with another."""
    rows = [one for one in ben.placements if one.card_id == card_id]
    return [(one.facet_id, one.value, one.is_gated, one.follows is not None) for one in rows]


def test_a_closing_answer_judges_the_gated_facet_in_the_same_act_and_undo_takes_both(
    ben: Desk,
) -> None:
    smell, part = ben.world.single_id, ben.world.several_id
    card, following = ben.cards[:2]
    page = ben.get(f"/sort?card={card}").text
    assert 'data-ahead=""' in page  # whether the next facet is asked is not known before
    answer = ben.place(card, value="none_applies")
    assert answer.headers["location"].endswith(f"card={following}&facet={smell}")
    closed = [(smell, "none_applies", False, False), (part, "not_applicable", True, True)]
    assert ways(ben, card) == closed
    assert ben.assignment(card).is_done

    page = ben.get(f"/sort?card={card}&facet={part}").text
    assert "Does not apply, because of Smell: None of these applies" in page
    assert 'name="category_ids"' not in page
    refused = ben.place(
        card, facet_id=part, seen_turn=1, category_ids=ben.world.category_ids[part][0]
    )
    assert refused.status_code == 409
    assert "Change that answer first." in refused.text
    noted = ben.place(card, facet_id=part, seen_turn=1, value="keep", memo="no part at all")
    assert noted.status_code == 303
    assert ways(ben, card)[-1] == (part, "not_applicable", True, False)

    ben.send("undo")  # the memo
    ben.send("undo")  # the answer on Smell, and with it what the gate said
    assert ways(ben, card)[-2:] == [
        (smell, "not_judged", False, False),
        (part, "not_judged", False, True),
    ]
    assert not ben.assignment(card).is_done
    ben.send("redo")
    assert ways(ben, card)[-2:] == closed
    assert ben.assignment(card).is_done


def test_what_was_judged_before_is_kept_under_a_closed_gate_and_stands_again(ben: Desk) -> None:
    smell, part, card = ben.world.single_id, ben.world.several_id, ben.cards[0]
    chosen = ben.world.category_ids[part][1]
    ben.place(card, facet_id=part, category_ids=chosen, confidence="3", memo="seen")
    ben.park(card)
    ben.place(card, value="cannot_judge")
    assert ways(ben, card)[-1] == (part, "cannot_judge", True, True)  # nobody can tell
    assert "You had said “Stale” before" in ben.get(f"/sort?card={card}&facet={part}").text
    assert not ben.assignment(card).is_parked
    ben.place(card, seen_turn=1, category_ids=ben.world.category_ids[smell][0])
    last = ben.placements[-1]
    assert (last.facet_id, last.category_ids, last.confidence) == (part, [chosen], 3)
    assert (last.memo, last.is_gated) == ("seen", False)
    assert ben.assignment(card).is_done


def test_whatever_is_done_and_undone_a_facet_is_as_its_gate_says(
    session: Session, world: World
) -> None:
    gate, card = Gate(world.single_id, GateNeed.NOT_NONE), world.card_ids[0]
    ben, round_ = world.member_ids["ben"], session.get_one(Round, world.round_id)
    dice = random.Random(5)
    answers = [(Value.CATEGORIES, True), *((one, False) for one in Value)][:6]
    answers = [one for one in answers if one != (Value.CATEGORIES, False)]
    before: list[dict[int, tuple[str, list[int]]]] = []

    def state() -> dict[int, tuple[str, list[int]]]:
        found = own_on_card(session, round_, ben, card)
        return {one: (row.value, row.category_ids) for one, row in found.items()}

    def said(was: dict[int, tuple[str, list[int]]]) -> dict[int, tuple[str, list[int]]]:
        return {one: what for one, what in was.items() if what[0] != Value.NOT_JUDGED}

    for _ in range(120):
        facet = dice.choice([world.single_id, world.several_id])
        value, has_category = dice.choice(answers)
        ids = (dice.choice(world.category_ids[facet]),) if has_category else ()
        newest = own_on_card(session, round_, ben, card)
        turn = newest[facet].turn if facet in newest else 0
        if before and dice.random() < 0.4:
            was = before.pop()
            now_is = said(state())
            undoing.undo(session, world.round_id, ben)
            assert said(state()) == said(was)
            if dice.random() < 0.5:
                undoing.redo(session, world.round_id, ben)
                assert said(state()) == now_is
                before.append(was)
        else:
            was = state()
            try:
                wanted = Judgement(card, facet, value, ids, seen_turn=turn)
                placing.place_card(session, world.round_id, ben, wanted)
                before.append(was)
            except Conflict:
                closed = kept_out(gate, newest.get(world.single_id))
                assert facet == world.several_id
                assert closed not in (None, value)
        found = own_on_card(session, round_, ben, card)
        closed = kept_out(gate, found.get(world.single_id))
        part = found.get(world.several_id)
        assert closed is None or (part is not None and part.value == closed)
        assert closed is not None or part is None or not part.is_gated
