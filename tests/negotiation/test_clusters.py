"""A cluster settled with one rationale, in one act, for the cards that were chosen."""

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.db import Database
from app.negotiation.models import Clause, Disagreement, Proposal
from tests.coding.world import World
from tests.factories import fresh_id
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    again,
    decisions,
    flagged,
    make_negotiation,
    on_table,
    place,
    visit,
)


@pytest.fixture
def world(database: Database) -> World:
    """Three cards of one confusion and one of another."""
    return make_negotiation(database, [(STALE, MISSING)] * 3 + [(STALE, UNCLEAR)])


def cards(*found: Disagreement) -> list[str]:
    return [f"{one.id}:{one.revision}" for one in found]


def send(app: FastAPI, world: World, name: str, found: list[str], pair: str, **said: object):
    visitor = visit(app, world, name)
    form = {
        "operation_id": fresh_id(),
        "facet": world.single_id,
        "pair": pair,
        "cards": found,
        "answers": [world.category_ids[world.single_id][STALE]],
        "outcome": "persuaded",
        "cause": "overlapping_codes",
        "rationale": "A passed date is stale.",
        **said,
    }
    return visitor.client.post(f"{visitor.url}/clusters", data=form)


def batch_of(database: Database, found: Disagreement) -> str:
    with database.reading() as session:
        row = select(Proposal).where(Proposal.disagreement_id == found.id)
        return session.exec(row).one().batch


def test_the_page_lists_the_open_cards_of_the_pair(
    database: Database, app: FastAPI, world: World
) -> None:
    first, second, third, other = flagged(database, world)
    visitor = visit(app, world, "ben")
    place(visitor.item(first), "One proposal for the whole group")
    assert "One proposal for the whole group" not in visitor.item(other)
    text = visitor.page(f"/clusters?facet={world.single_id}&pair={first.cluster}")
    place(text, *(f'value="{value}" checked' for value in cards(first, second, third)))
    assert f'value="{other.id}:' not in text
    assert 'type="radio" checked' not in text
    for name in ("ida", "odo"):
        text = visit(app, world, name).page(
            f"/clusters?facet={world.single_id}&pair={first.cluster}"
        )
        assert "Propose it for" not in text


@pytest.mark.parametrize("pair", ["", "single", "reviews", "sealed", "9|8", "x" * 500])
def test_a_pair_with_nothing_open_says_so(app: FastAPI, world: World, pair: str) -> None:
    text = visit(app, world, "ben").page(f"/clusters?facet={world.single_id}&pair={pair}")
    place(text, "Nothing of this group is open")


def test_one_act_proposes_for_the_chosen_cards_only(
    database: Database, app: FastAPI, world: World
) -> None:
    first, second, third, other = flagged(database, world)
    answer = send(app, world, "ben", cards(first, second, other), first.cluster)
    assert answer.status_code == 303
    assert batch_of(database, first) == batch_of(database, second) != ""
    assert again(database, third).stage == again(database, other).stage == "opened"
    text = visit(app, world, "cleo").item(first)
    place(text, "Proposed in one act for 2 cards", f"/disagreements/{second.id}", "Confirm all 2")


def test_everything_of_one_act_is_confirmed_in_one_act(
    database: Database, app: FastAPI, world: World
) -> None:
    first, second, third, _ = flagged(database, world)
    send(app, world, "ben", cards(first, second, third), first.cluster)
    cleo = visit(app, world, "cleo")
    cleo.dissent(second, on_table(database, second), "Here it is missing, too.")
    once = cleo.send(first, "batch", batch=batch_of(database, first), operation_id="66666666-ffff")
    assert (
        cleo.send(first, "batch", batch=batch_of(database, first), operation_id="66666666-ffff")
        == once
    )
    outcomes = [decisions(database, one)[0].outcome for one in (first, second, third)]
    assert outcomes == ["persuaded", "with_dissent", "persuaded"]
    _, text = cleo.send(first, "batch", batch=batch_of(database, first), status=409)
    place(text, "Nothing of this proposal waits for you any more.")
    visit(app, world, "odo").send(first, "batch", batch="nonsense", status=409)


def test_a_card_that_changed_meanwhile_is_left_out_and_that_is_said(
    database: Database, app: FastAPI, world: World
) -> None:
    first, second, *_ = flagged(database, world)
    visit(app, world, "cleo").propose(second, rationale="Cleo was quicker.")
    answer = send(app, world, "ben", cards(first, second), first.cluster)
    assert answer.status_code == 303
    client = visit(app, world, "ben").client
    client.cookies.update(answer.cookies)
    assert "not for all cards you chose" in client.get(answer.headers["location"]).text
    place(visit(app, world, "ben").item(second), "Cleo was quicker.")


def test_a_clause_goes_with_the_first_proposal_only(
    database: Database, app: FastAPI, world: World
) -> None:
    first, second, third, _ = flagged(database, world)
    stale = world.category_ids[world.single_id][STALE]
    rule = {"clause_kind": "rule", "clause_category_id": stale, "clause_text": "A date passed."}
    # The first card cannot take the proposal, so the clause goes with that for the second.
    visit(app, world, "cleo").propose(first, rationale="Cleo was quicker.")
    answer = send(app, world, "ben", cards(first, second, third), first.cluster, **rule)
    assert answer.status_code == 303
    with database.reading() as session:
        (clause,) = session.exec(select(Clause)).all()
        proposal = session.get_one(Proposal, clause.proposal_id)
    assert proposal.disagreement_id == second.id
    assert (clause.kind, clause.category_id, clause.text) == ("rule", stale, "A date passed.")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"clause_kind": "rule"}, "Choose the category it is about."),
        ({"clause_kind": ""}, "Choose what this does to the codebook."),
        ({"clause_kind": "add"}, "Give the new category a name"),
    ],
)
def test_a_clause_that_cannot_be_is_refused_with_what_was_typed(
    database: Database, app: FastAPI, world: World, said: dict[str, object], words: str
) -> None:
    first, second, *_ = flagged(database, world)
    typed = {"rationale": "My long reason.", "clause_text": "My rule.", **said}
    answer = send(app, world, "ben", cards(first, second), first.cluster, **typed)
    assert answer.status_code == 422
    place(answer.text, '<details class="clause-form" open', words, "My rule.", "My long reason.")
    with database.reading() as session:
        assert session.exec(select(Proposal)).all() == []


def test_of_one_category_both_are_not_offered_to_be_kept(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    text = visit(app, world, "ben").page(f"/clusters?facet={world.single_id}&pair={first.cluster}")
    place(text, "Write this into the codebook", 'value="third_code"')
    assert 'value="both_kept"' not in text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"cards": []}, "Choose at least one card."),
        ({"cards": ["nonsense"]}, "Choose cards from the list."),
        ({"rationale": " "}, "Write down why"),
        ({"outcome": ""}, "Choose what came of the talk."),
        ({"answers": []}, "Choose the label the team decided on."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    database: Database, app: FastAPI, world: World, said: dict[str, object], words: str
) -> None:
    first, second, *_ = flagged(database, world)
    sent = {"rationale": "My long reason.", **said}
    found = sent.pop("cards", cards(first, second))
    answer = send(app, world, "ben", found, first.cluster, **sent)  # type: ignore[arg-type]
    assert answer.status_code in {409, 422}
    place(answer.text, words, str(sent["rationale"]))
    with database.reading() as session:
        assert session.exec(select(Proposal)).all() == []


def test_B67_one_act_sent_twice_proposes_once(
    database: Database, app: FastAPI, world: World
) -> None:
    first, second, *_ = flagged(database, world)
    form = {"operation_id": "77777777-aaaa"}
    once = send(app, world, "ben", cards(first, second), first.cluster, **form)
    twice = send(app, world, "ben", cards(first, second), first.cluster, **form)
    assert once.headers["location"] == twice.headers["location"]
    with database.reading() as session:
        assert len(session.exec(select(Proposal)).all()) == 2
