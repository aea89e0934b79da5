"""While statements are missing, the agenda says of a card that it waits, and nothing else."""

from fastapi import FastAPI

from app.coding.rules import Protocol
from app.db import Database
from app.negotiation.models import Disagreement
from app.negotiation.rules import Outcome
from app.negotiation.statements import StatementDraft, open_without_everybody, seal_statement
from app.studies.models import Membership
from tests.coding.world import World
from tests.negotiation.negotiations import (
    FIVE,
    MISSING,
    STALE,
    UNCLEAR,
    decide,
    flagged,
    make_negotiation,
    place,
    visit,
)

STATEMENTS = Protocol(has_statements=True)


def sealed(database: Database) -> World:
    return make_negotiation(database, FIVE, protocol=STATEMENTS)


def state(database: Database, world: World, name: str, card: int) -> None:
    """Let a coder seal a statement on the card at this place."""
    with database.transaction() as session:
        found = session.get_one(Disagreement, on_card(database, world, card).id)
        member = session.get_one(Membership, world.member_ids[name])
        seal_statement(session, found, StatementDraft("It says so."), by=member)


def on_card(database: Database, world: World, card: int) -> Disagreement:
    wanted = world.card_ids[card]
    return next(one for one in flagged(database, world) if one.card_id == wanted)


def main_of(text: str) -> str:
    return text[text.index('class="agenda"') : text.index("<aside")]


def test_sealed_cards_stand_in_one_group_without_pair_or_reason(
    database: Database, app: FastAPI
) -> None:
    world = sealed(database)
    text = main_of(visit(app, world, "ben").page())
    places = place(text, "Waiting for statements", "L-0</bdi>", "L-1</bdi>", "L-2</bdi>")
    assert places == sorted(places)
    assert text.count("Your statement is missing") == 3
    for hidden in ("Stale", "Missing", "Unclear", "Single cards", "cluster-1", "decided"):
        assert hidden not in text.replace("State", "").partition("</nav>")[2]


def test_sealed_cards_come_in_the_order_of_the_import(database: Database, app: FastAPI) -> None:
    answers = ((STALE, UNCLEAR), (STALE, MISSING), (STALE, UNCLEAR), (STALE, MISSING))
    world = make_negotiation(database, [*answers, (STALE, MISSING)], protocol=STATEMENTS)
    text = visit(app, world, "cleo").page()
    places = place(text, *(f"L-{n}</bdi>" for n in range(5)))
    assert places == sorted(places)
    ids = [on_card(database, world, card).id or 0 for card in range(5)]
    assert ids == sorted(ids)


def test_a_party_is_told_what_is_theirs_and_how_many_are_missing(
    database: Database, app: FastAPI
) -> None:
    world = sealed(database)
    state(database, world, "ben", 0)
    text = visit(app, world, "ben").page()
    place(text, "Yours is sealed, one is missing", "Write your 2 statements", "Waiting for you")
    assert text.count("Your statement is missing") == 2
    assert visit(app, world, "cleo").page().count("Your statement is missing") == 3


def test_a_lead_sees_for_whom_a_card_waits_by_letter_and_an_observer_only_that_it_waits(
    database: Database, app: FastAPI
) -> None:
    world = sealed(database)
    state(database, world, "ben", 0)
    text = visit(app, world, "ada").page()
    place(text, "Waiting for Coder B<", "Waiting for Coder A and Coder B")
    text = main_of(visit(app, world, "odo").page())
    assert "Coder " not in text
    assert text.count('lock"/></svg><bdi>Waiting for statements') == 3


def test_an_opened_card_joins_its_pair_and_its_count_leaves_out_the_sealed_ones(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database, [(STALE, MISSING)] * 4, protocol=STATEMENTS)
    state(database, world, "ben", 1)
    state(database, world, "cleo", 1)
    text = main_of(visit(app, world, "ben").page())
    place(text, "Single cards", '<b class="num">1</b> card, none decided', "Not all are sure")
    assert "Confused again and again" not in text
    for card in (0, 2):
        state(database, world, "ben", card)
        state(database, world, "cleo", card)
    place(main_of(visit(app, world, "ben").page()), '<b class="num">3</b> cards, none decided')


def test_no_filter_finds_a_sealed_card(database: Database, app: FastAPI) -> None:
    world = sealed(database)
    state(database, world, "ben", 0)
    state(database, world, "cleo", 0)
    stale = world.category_ids[world.single_id][STALE]
    visitor = visit(app, world, "ben")
    for query in (f"category={stale}", "coder=Coder+A", "coder=Coder+B", "flag=7"):
        text = main_of(visitor.page(f"/disagreements?{query}"))
        place(text, "L-0</bdi>")
        assert "L-1</bdi>" not in text
        assert "L-2</bdi>" not in text
    cluster = on_card(database, world, 2).cluster
    assert "L-2</bdi>" not in main_of(visitor.page(f"/disagreements?pair={cluster}"))


def test_a_lead_can_open_a_card_and_it_is_listed_with_the_others(
    database: Database, app: FastAPI
) -> None:
    world = sealed(database)
    with database.transaction() as session:
        found = session.get_one(Disagreement, on_card(database, world, 2).id)
        lead = session.get_one(Membership, world.member_ids["ada"])
        open_without_everybody(session, found, "Cleo is ill.", by=lead)
    place(visit(app, world, "ben").page(), "Single cards", "Stale", "Unclear", "Begin with L-2")


def test_an_arbiter_sees_what_was_handed_over_and_what_they_decided(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    ida = visit(app, world, "ida")
    place(ida.page(), "0 cards handed to you", "Nothing was handed to you here")
    assert "L-0" not in ida.page()
    label = (world.category_ids[world.single_id][STALE],)
    found = on_card(database, world, 1)
    decide(database, found, by=world.member_ids["ida"], outcome=Outcome.ARBITRATED, label=label)
    text = main_of(ida.page())
    place(text, "L-1</bdi>", "An arbiter decided", "Stale", "Missing")
    assert "L-0</bdi>" not in text
    assert "Coder A" not in ida.page()


def test_agreements_are_looked_at_again_when_nothing_is_sealed_any_more(
    database: Database, app: FastAPI
) -> None:
    world = sealed(database)
    assert "Agreements to look at again" not in visit(app, world, "ben").page()
    for card in range(3):
        state(database, world, "ben", card)
        state(database, world, "cleo", card)
    place(visit(app, world, "ben").page(), "Agreements to look at again", "Looks right")
