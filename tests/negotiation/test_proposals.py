"""A proposal counts once every party has confirmed it: silence is no confirmation."""

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.codebook.models import Category
from app.coding.rules import Protocol
from app.db import Database, now
from app.negotiation.models import Clause
from app.studies.models import Membership
from tests.coding.world import World, make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    again,
    close,
    decisions,
    flagged,
    judge,
    make_negotiation,
    on_table,
    place,
    visit,
)


@pytest.fixture
def world(database: Database) -> World:
    return make_negotiation(database)


def of_three(database: Database, protocol: Protocol | None = None) -> World:
    """A card that Ada (who owns the study), Ben and Cleo judged."""
    world = make_world(database, n_cards=1, protocol=protocol or Protocol())
    with database.transaction() as session:
        for name, answer in (("ada", STALE), ("ben", MISSING), ("cleo", UNCLEAR)):
            judge(session, world, name, 0, answer)
        close(session, world)
    return world


def test_a_proposal_says_who_has_confirmed_and_who_is_waited_for(
    database: Database, app: FastAPI
) -> None:
    world = of_three(database)
    (only,) = flagged(database, world)
    visit(app, world, "ben").propose(only)
    cleo = visit(app, world, "cleo").item(only)
    place(cleo, "Proposal by", "Coder B</bdi> confirmed", "Coder C: you.", "Confirm Stale")
    place(cleo, "Coder A</bdi>", "is waited for.")
    ben = visit(app, world, "ben").item(only)
    place(ben, "Withdraw it")
    assert "Confirm Stale" not in ben
    for name in ("ida", "odo"):
        text = visit(app, world, name).item(only)
        assert not any(words in text for words in ("Confirm Stale", "Withdraw it", "Propose some"))


def test_it_is_decided_by_the_last_voice_and_not_before(database: Database, app: FastAPI) -> None:
    world = of_three(database)
    (only,) = flagged(database, world)
    visit(app, world, "ben").propose(only)
    where, _ = visit(app, world, "cleo").confirm(only, on_table(database, only))
    assert where.endswith("#decision")
    assert again(database, only).state == "open"
    visit(app, world, "ada").confirm(only, on_table(database, only))
    assert again(database, only).state == "decided"


def test_only_parties_confirm(database: Database, app: FastAPI, world: World) -> None:
    first = flagged(database, world)[0]
    visit(app, world, "ben").propose(first)
    for name in ("ada", "ida", "odo"):
        visit(app, world, name).confirm(first, on_table(database, first), status=403)
    assert decisions(database, first) == []


def test_a_dissent_is_kept_and_shown_with_the_label(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    visit(app, world, "ben").propose(first)
    cleo = visit(app, world, "cleo")
    _, text = cleo.dissent(first, on_table(database, first), " ", status=422)
    place(text, "Write down what you hold against it")
    cleo.dissent(first, on_table(database, first), "A step *is* missing.")
    (decision,) = decisions(database, first)
    assert decision.outcome == "with_dissent"
    place(cleo.item(first), "Accepted with dissent.", "dissents", "A step <em>is</em> missing.")


def test_whoever_proposed_may_withdraw_and_nobody_else(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    ben, cleo = visit(app, world, "ben"), visit(app, world, "cleo")
    ben.propose(first, rationale="Not thought through.")
    proposal = on_table(database, first)
    cleo.withdraw(first, proposal, status=403)
    ben.withdraw(first, proposal)
    text = cleo.item(first)
    place(text, "Decide together", "1 earlier proposal", "Not thought through.", "withdrawn")
    _, late = cleo.confirm(first, proposal, status=409)
    place(late, "was withdrawn while you answered it. Nothing was decided.")


def test_B69_a_confirmation_of_what_was_replaced_shows_the_new_proposal(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    visit(app, world, "ben").propose(first)
    seen = on_table(database, first)
    missing = world.category_ids[world.single_id][MISSING]
    ben = visit(app, world, "ben")
    ben.propose(again(database, first), answers=[missing], rationale="On second thought.")
    cleo = visit(app, world, "cleo")
    _, text = cleo.dissent(first, seen, "My own words.", status=409)
    place(text, "was replaced by another", "On second thought.", "Confirm Missing", "My own words.")
    assert decisions(database, first) == []


def test_B70_an_answer_that_names_no_proposal_is_refused(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    ben = visit(app, world, "ben")
    for act in ("confirmations", "dissents", "withdrawals", "settlement"):
        ben.send(first, act, status=422)
    _, text = ben.confirm(first, 999, status=409)
    place(text, "There is no such proposal on this card.")


def test_proposing_anew_leaves_the_decision_in_force_until_it_is_accepted(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    ben, cleo = visit(app, world, "ben"), visit(app, world, "cleo")
    ben.propose(first)
    cleo.confirm(first, on_table(database, first))
    missing = world.category_ids[world.single_id][MISSING]
    cleo.propose(again(database, first), answers=[missing])
    assert (again(database, first).state, again(database, first).stage) == ("decided", "proposed")
    place(ben.item(first), "Until everybody has confirmed, what was decided before counts")
    assert len(decisions(database, first)) == 1


def test_a_proposal_writes_into_the_codebook_when_it_is_accepted(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    missing = world.category_ids[world.single_id][MISSING]
    clause = {
        "clause_kind": "exclusion",
        "clause_category_id": missing,
        "clause_text": "It stands *elsewhere*.",
    }
    visit(app, world, "ben").propose(first, **clause)
    cleo = visit(app, world, "cleo")
    place(cleo.item(first), "Say when not to use it", "It stands <em>elsewhere</em>.")
    cleo.confirm(first, on_table(database, first))
    place(cleo.item(first), "In the codebook draft.")
    with database.reading() as session:
        assert session.get_one(Category, missing).exclusion == "It stands *elsewhere*."
        assert [one.state for one in session.exec(select(Clause))] == ["in_draft"]


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ({"clause_text": "Words."}, "Choose what this does to the codebook."),
        ({"clause_kind": "poem"}, "Choose what this does to the codebook."),
        ({"clause_kind": "rule", "clause_text": "Words."}, "Choose the category it is about."),
        ({"clause_kind": "add"}, "Give the new category a name"),
    ],
)
def test_a_clause_that_is_not_complete_is_refused_beside_its_field(
    database: Database, app: FastAPI, world: World, clause: dict[str, object], words: str
) -> None:
    first = flagged(database, world)[0]
    sent = {"rationale": "My reason.", **clause}
    _, text = visit(app, world, "ben").propose(first, status=422, **sent)
    place(text, words, "My reason.", 'class="clause-form" open')
    assert again(database, first).stage == "opened"


def test_a_proposal_that_waits_for_somebody_who_left_is_settled_by_the_rest(
    database: Database, app: FastAPI
) -> None:
    world = of_three(database)
    (only,) = flagged(database, world)
    visit(app, world, "ben").propose(only)
    proposal = on_table(database, only)
    visit(app, world, "ada").confirm(only, proposal)
    ben = visit(app, world, "ben")
    assert ben.send(only, "settlement", proposal_id=proposal)[0].endswith("#decision")
    assert decisions(database, only) == []
    with database.transaction() as session:
        cleo = session.get_one(Membership, world.member_ids["cleo"])
        cleo.left_at = now()
    place(ben.item(only), "Settle it: nobody is left to confirm", "nobody waits for them")
    ben.send(only, "settlement", proposal_id=proposal)
    assert len(decisions(database, only)) == 1


def test_the_owner_speaks_last_where_the_round_says_so(database: Database, app: FastAPI) -> None:
    world = of_three(database, Protocol(owner_last=True))
    (only,) = flagged(database, world)
    ada = visit(app, world, "ada")
    text = ada.item(only)
    place(text, "You own this study, so you speak last here.", "Coder B and Coder C")
    assert 'id="propose"' not in text
    assert "talk-form" not in text
    ada.say(only, "I know it.", status=409)
    ada.propose(only, status=409)
    visit(app, world, "ben").say(only, "A step is missing.")
    visit(app, world, "cleo").send(only, "passes")
    text = ada.item(only)
    assert 'id="propose"' in text
    assert "speak last" not in text
    ada.propose(again(database, only))


def test_nothing_is_chosen_beforehand_but_an_outcome_one_came_for(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    ben = visit(app, world, "ben")
    form = ben.item(first)
    form = form[form.index('id="propose"') :]
    assert " checked" not in form
    assert " selected" not in form.replace('<option value="" selected>', "")
    asked = ben.page(f"/disagreements/{first.id}?outcome=split")
    place(asked, '<option value="split" selected>')
    assert " checked" not in asked[asked.index('id="propose"') :]
    assert "arbitrated" not in ben.page(f"/disagreements/{first.id}?outcome=arbitrated")
