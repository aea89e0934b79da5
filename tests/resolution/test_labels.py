"""What cards count as in the end, and agreement before and after negotiation, to the digit."""

from fastapi import FastAPI
from sqlmodel import select

from app.codebook.models import Category
from app.codebook.service import publish
from app.coding.measuring import facets_of_round
from app.coding.models import Assignment, Round
from app.coding.rules import Value
from app.db import Database
from app.negotiation.rules import (
    Outcome,
    Provenance,
)
from app.resolution.labels import FinalLabel, final_labels
from app.resolution.outcomes import outcome_table_of
from app.resolution.tally import Tally, tally, tally_of
from app.web.render import percent
from tests.coding.world import World
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    decide,
    flagged,
    make_negotiation,
    visit,
)

# The worked example of the method: 120 cards judged by two coders, who agree on 94.
OUTCOMES: list[Outcome | None] = [
    *[Outcome.PERSUADED] * 16,
    *[Outcome.THIRD_CODE] * 3,
    *[Outcome.DISSOLVED] * 2,
    *[Outcome.ARBITRATED] * 2,
    Outcome.UNRESOLVED,
    *[Outcome.DROPPED] * 2,
]


def labels(database: Database, world: World) -> list[FinalLabel]:
    with database.reading() as session:
        round_ = session.get_one(Round, world.round_id)
        return final_labels(session, round_, facets_of_round(session, round_)[0])


def tally_now(database: Database, world: World) -> Tally:
    with database.reading() as session:
        round_ = session.get_one(Round, world.round_id)
        return tally_of(session, round_, facets_of_round(session, round_)[0])


def figures(found: Tally) -> list[str]:
    shares = (found.before, found.after, found.after_without_dropped, found.resolution_rate)
    return [percent(share) for share in shares if share is not None]


def test_the_worked_example_holds_to_the_digit() -> None:
    found = tally(120, 94, OUTCOMES)
    assert figures(found) == ["78.3 %", "95.8 %", "97.5 %", "80.8 %"]
    assert (found.n_flagged, found.n_settled, found.n_labels) == (26, 21, 117)


def test_the_worked_example_holds_in_a_study_and_on_its_page(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database, [(STALE, STALE)] * 94 + [(STALE, MISSING)] * 26)
    ids = world.category_ids[world.single_id]
    for one, outcome in zip(flagged(database, world), OUTCOMES, strict=True):
        has_label = outcome not in {Outcome.UNRESOLVED, Outcome.DROPPED}
        by = world.member_ids["ida" if outcome is Outcome.ARBITRATED else "ben"]
        chosen = ids[STALE if outcome is Outcome.PERSUADED else UNCLEAR]
        label = (chosen,) if has_label else ()
        decide(database, one, by=by, outcome=outcome or Outcome.PERSUADED, label=label)
    found = tally_now(database, world)
    assert found == tally(120, 94, OUTCOMES)
    assert sum(label.answer is not None for label in labels(database, world)) == 117
    text = visit(app, world, "odo").page("/labels")
    for figure in (*figures(found), "<b>117</b>"):
        assert figure in text
    assert "kappa" not in text.lower()


def test_without_cards_judged_by_two_there_is_no_share(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database, [(STALE, None), (None, None)])
    found = tally_now(database, world)
    assert (found.before, found.after, found.after_without_dropped) == (None, None, None)
    assert found.resolution_rate is None
    assert "No card was judged by two coders" in visit(app, world, "ben").page("/labels")


def test_a_label_says_where_it_comes_from(database: Database) -> None:
    world = make_negotiation(
        database,
        [
            (STALE, STALE),
            (STALE, None),
            (None, None),
            (Value.CANNOT_JUDGE, Value.CANNOT_JUDGE),
            (STALE, MISSING),
            (STALE, MISSING),
            (STALE, MISSING),
            (STALE, UNCLEAR),
        ],
    )
    stale, missing, _ = (world.category_ids[world.single_id][i] for i in (STALE, MISSING, UNCLEAR))
    first, second, third, _ = flagged(database, world)
    decide(database, first, by=world.member_ids["ben"], label=(missing,))
    decide(database, second, by=world.member_ids["ida"], outcome=Outcome.ARBITRATED, label=(stale,))
    decide(database, third, by=world.member_ids["ben"], outcome=Outcome.DROPPED)
    found = [(one.provenance, one.category_ids, one.n_coders) for one in labels(database, world)]
    assert found == [
        (Provenance.UNANIMOUS, (stale,), 2),
        (Provenance.SINGLE_CODED, (stale,), 1),
        (Provenance.UNRESOLVED, (), 0),
        (Provenance.UNRESOLVED, (), 2),
        (Provenance.NEGOTIATED, (missing,), 2),
        (Provenance.ARBITRATED, (stale,), 2),
        (Provenance.UNRESOLVED, (), 2),
        (Provenance.UNRESOLVED, (), 2),
    ]


def test_the_newest_decision_counts(database: Database) -> None:
    world = make_negotiation(database, [(STALE, MISSING)])
    (only,) = flagged(database, world)
    stale, missing = (world.category_ids[world.single_id][i] for i in (STALE, MISSING))
    decide(database, only, by=world.member_ids["ben"], label=(stale,), rationale="At first.")
    decide(database, only, by=world.member_ids["ben"], label=(missing,), rationale="Then.")
    (label,) = labels(database, world)
    assert (label.category_ids, label.rationale) == ((missing,), "Then.")
    assert tally_now(database, world).n_settled == 1


def test_the_page_shows_one_provenance_when_asked(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    visitor = visit(app, world, "ben")
    text = visitor.page(f"/labels?facet={world.single_id}&provenance=unanimous")
    assert "L-3</bdi>" in text
    assert "L-0</bdi>" not in text
    assert "L-0</bdi>" in visitor.page("/labels?provenance=nonsense")
    assert "No card here" in visitor.page("/labels?provenance=arbitrated")
    visitor.page(f"/labels?facet={world.single_id + 99}", status=404)


def test_many_labels_come_in_pages(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database, [(STALE, None)] * 101)
    visitor = visit(app, world, "ben")
    assert "page 1 of 2" in visitor.page("/labels")
    assert "L-100</bdi>" in visitor.page("/labels?page=9")


def test_cards_that_differ_in_a_doubt_alone_are_counted_and_told(
    database: Database, app: FastAPI
) -> None:
    doubt = Value.CANNOT_JUDGE
    answers = [(STALE, STALE), (STALE, doubt), (doubt, MISSING), (STALE, MISSING), (doubt, doubt)]
    world = make_negotiation(database, answers)
    found = tally_now(database, world)
    assert (found.n_cocoded, found.n_agreed, found.n_only_unsure) == (4, 1, 2)
    words = "2 of the 3 differ in nothing else."
    assert words in found.remark
    assert words in visit(app, world, "ben").page("/labels")
    assert tally(4, 1, [None] * 3).remark == ""


def test_outcomes_stand_against_causes(database: Database) -> None:
    world = make_negotiation(database)
    first, second, third = flagged(database, world)
    stale = world.category_ids[world.single_id][STALE]
    for one in (first, second):
        decide(database, one, by=world.member_ids["ben"], label=(stale,))
    decide(database, third, by=world.member_ids["ben"], outcome=Outcome.DROPPED)
    decide(database, second, by=world.member_ids["ben"], outcome=Outcome.DROPPED)
    with database.reading() as session:
        round_ = session.get_one(Round, world.round_id)
        found = outcome_table_of(session, round_, facets_of_round(session, round_)[0])
    assert found.causes == ("Overlapping categories",)
    assert [(row.words, row.counts, row.total) for row in found.rows] == [
        ("A coder was persuaded", (1,), 1),
        ("The card was dropped", (2,), 2),
    ]


def test_labels_of_one_coder_are_stale_after_a_change_of_meaning(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database, [(STALE, STALE), (STALE, None)])
    assert [one.stale_since for one in labels(database, world)] == [None, None]
    with database.transaction() as session:
        category = session.get_one(Category, world.category_ids[world.single_id][STALE])
        category.definition = "Only what nobody has touched for a year."
        session.add(category)
        publish(session, world.study_id, "clearer", by=None)
    assert [one.stale_since for one in labels(database, world)] == [None, 2]
    text = visit(app, world, "odo").page("/labels?provenance=stale")
    assert "Stale, since version 2: coded once" in text
    assert "L-0</bdi>" not in text


def test_a_card_that_was_talked_about_before_is_never_called_unanimous(database: Database) -> None:
    world = make_negotiation(database, [(STALE, STALE), (STALE, STALE), (STALE, MISSING)])
    with database.transaction() as session:
        of_card = select(Assignment).where(Assignment.card_id == world.card_ids[0])
        for row in session.exec(of_card):
            row.is_exposed = True
    with database.reading() as session:
        round_ = session.get_one(Round, world.round_id)
        facet = facets_of_round(session, round_)[0]
        found = {one.card_id: one.provenance for one in final_labels(session, round_, facet)}
    assert [found[card_id] for card_id in world.card_ids] == [
        Provenance.CONSENSUS,
        Provenance.UNANIMOUS,
        Provenance.UNRESOLVED,
    ]
