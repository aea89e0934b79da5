"""Scenario S7: 80 cards, 50 let through by both coders, 4 by one. Child n = 50, none is lost."""

from collections import Counter

from fastapi import FastAPI
from sqlmodel import Session

from app.coding.measuring import facets_of_round, ratings_for, snapshots
from app.coding.models import Round
from app.coding.rules import Value
from app.db import Database
from app.negotiation.models import Disagreement
from app.negotiation.rules import Cause, Flag, Outcome, Provenance
from app.negotiation.service import disagreements
from app.negotiation.settling import Settlement
from app.resolution.labels import FinalLabel, final_label, final_labels
from app.studies.models import Membership
from tests.coding.world import World, make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    close,
    judge,
    settle_it,
    visit,
)

NONE = Value.NONE_APPLIES
BOTH, ONE, NEITHER = range(50), range(50, 54), range(54, 80)


def gated_round(database: Database) -> World:
    """Ben lets 54 cards through and Cleo the first 50; on 40 of these they agree on the part."""
    world = make_world(database, n_cards=80, coders=("ben", "cleo"), gate="not_none")
    with database.transaction() as session:
        for card in range(80):
            judge(session, world, "ben", card, NONE if card in NEITHER else STALE)
            judge(session, world, "cleo", card, STALE if card in BOTH else NONE)
        for card in (*BOTH, *ONE):
            judge(session, world, "ben", card, MISSING, facet_id=world.several_id)
        for card in BOTH:
            part = MISSING if card < 40 else STALE
            judge(session, world, "cleo", card, part, facet_id=world.several_id)
        close(session, world)
    return world


def labels(session: Session, world: World, place: int) -> list[FinalLabel]:
    round_ = session.get_one(Round, world.round_id)
    return final_labels(session, round_, facets_of_round(session, round_)[place])


def decide(
    database: Database, world: World, found: Disagreement, answer: int | Value, outcome: Outcome
) -> None:
    """Ben proposes this answer on Smell, Cleo confirms."""
    is_plain = isinstance(answer, Value)
    chosen = () if is_plain else (world.category_ids[world.single_id][answer],)
    value = answer if isinstance(answer, Value) else Value.CATEGORIES
    settlement = Settlement(value, chosen, outcome, Cause.SLIP, "The definition says so.")
    with database.transaction() as session:
        row = session.get_one(Disagreement, found.id)
        by = session.get_one(Membership, world.member_ids["ben"])
        settle_it(session, row, settlement, by=by)


def on(session: Session, world: World, facet_id: int, card: int) -> Disagreement:
    round_ = session.get_one(Round, world.round_id)
    every = disagreements(session, round_, facet_id=facet_id)
    return next(one for one in every if one.card_id == world.card_ids[card])


def test_s7_gate_child_and_conflicts_hold_to_the_digit(database: Database, app: FastAPI) -> None:
    world = gated_round(database)
    with database.reading() as session:
        round_ = session.get_one(Round, world.round_id)
        _, child = snapshots(session, round_)
        gate = child.figures["gate"]
        assert gate["n_conflicts"] == 4
        assert gate["agreement"]["n_pairable"] == 80
        assert gate["agreement"]["figures"]["percent_agreement"]["value"] == 76 / 80
        assert child.figures["agreement"]["n_pairable"] == 50
        figures = child.figures["agreement"]["figures"]
        assert figures["percent_agreement_exact_set"]["value"] == 40 / 50
        assert child.figures["n_not_applicable"] == 2 * 26 + 4
        found = ratings_for(session, round_, facets_of_round(session, round_)[1])
        assert len(found.card_ids) == 80
        agenda = disagreements(session, round_, facet_id=world.several_id)
        conflicts = [one for one in agenda if one.flags & Flag.SCOPE_CONFLICT.bit]
        assert {one.card_id for one in conflicts} == {world.card_ids[card] for card in ONE}
        assert len(agenda) == 14
        every = Counter((one.answer, one.provenance) for one in labels(session, world, 1))
    first = str(world.category_ids[world.several_id][0])
    assert every == {
        (first, Provenance.UNANIMOUS): 40,
        ("not_applicable", Provenance.UNANIMOUS): 26,
        (None, Provenance.UNRESOLVED): 14,
    }
    page = visit(app, world, "odo").page(f"/agreement?facet={world.several_id}")
    assert "The codebook asks it only if Smell has a category." in " ".join(page.split())
    assert "On 4 cards one coder said that it applies" in page


def test_a_decision_that_closes_the_gate_settles_what_is_behind_it_and_opens_it_again(
    database: Database, app: FastAPI
) -> None:
    world = gated_round(database)
    card = ONE[0]
    with database.reading() as session:
        smell = on(session, world, world.single_id, card)
        part = on(session, world, world.several_id, card)
    decide(database, world, smell, NONE, Outcome.PERSUADED)
    with database.reading() as session:
        behind = session.get_one(Disagreement, part.id)
        assert (behind.state, behind.stage) == ("decided", "closed")
        round_ = session.get_one(Round, world.round_id)
        child = facets_of_round(session, round_)[1]
        label = final_label(session, round_, child, world.card_ids[card])
    assert (label.answer, label.provenance) == ("not_applicable", Provenance.BY_GATE)
    assert label.rationale == (
        "By the gate: Smell was decided as “None of these applies”, so Part does not apply."
    )
    assert "so Part does not apply." in visit(app, world, "ada").item(part)

    decide(database, world, smell, MISSING, Outcome.THIRD_CODE)
    with database.reading() as session:
        assert session.get_one(Disagreement, part.id).state == "open"
        label = labels(session, world, 1)[card]
    assert (label.answer, label.provenance) == (None, Provenance.UNRESOLVED)


def test_a_decision_that_opens_a_gate_nobody_passed_leaves_the_label_open_and_says_so(
    database: Database,
) -> None:
    world = make_world(database, n_cards=2, coders=("ben", "cleo"), gate="not_none")
    with database.transaction() as session:
        for card, said in enumerate((NONE, Value.NOT_APPLICABLE)):
            judge(session, world, "ben", card, NONE)
            judge(session, world, "cleo", card, said)
        close(session, world)
    with database.reading() as session:
        smell = on(session, world, world.single_id, 1)
        before = labels(session, world, 1)
    assert {(one.answer, one.provenance) for one in before} == {
        ("not_applicable", Provenance.UNANIMOUS)
    }
    decide(database, world, smell, STALE, Outcome.THIRD_CODE)
    with database.reading() as session:
        kept, opened = labels(session, world, 1)
    assert (kept.answer, kept.provenance) == ("not_applicable", Provenance.UNANIMOUS)
    assert (opened.answer, opened.provenance) == (None, Provenance.UNRESOLVED)
    assert opened.rationale == (
        "Smell counts as “Stale”, so Part applies, and nobody has judged it yet."
    )
