"""What coders disagree on: the agenda, and one page for each disagreement."""

from fastapi import FastAPI

from app.coding.rules import Value
from app.db import Database
from app.negotiation.agenda.flags import find_disagreements
from app.negotiation.rules import (
    Flag,
    Outcome,
    Position,
)
from tests.coding.world import make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    close,
    decide,
    flagged,
    judge,
    make_negotiation,
    place,
    visit,
)


def shown(*keys: str) -> list[str]:
    """How cards stand in a list."""
    return [f"{key}</bdi>" for key in keys]


def test_a_card_is_flagged_when_two_coders_differ_and_only_then(database: Database) -> None:
    world = make_negotiation(
        database,
        [
            (STALE, MISSING),
            (STALE, STALE),
            (STALE, None),
            (Value.CANNOT_JUDGE, Value.CANNOT_JUDGE),
            (STALE, Value.CANNOT_JUDGE),
            (STALE, Value.NONE_APPLIES),
        ],
    )
    cards = {world.card_ids.index(found.card_id): found.flag for found in flagged(database, world)}
    assert cards == {
        0: Flag.UNSURE_CONFLICT,
        4: Flag.UNSURE_CONFLICT,
        5: Flag.SCOPE_CONFLICT,
    }


def test_pairs_that_are_confused_most_come_first() -> None:
    pairs = [("1", "2"), ("1", "3"), ("2", "1"), ("1", "2"), ("3", "3")]
    positions = {
        card: [Position(1, first), Position(2, second)]
        for card, (first, second) in enumerate(pairs)
    }
    found = find_disagreements(positions, is_multiple=False)
    assert [(one.card_id, one.cluster, one.cluster_size) for one in found] == [
        (0, "1 | 2", 3),
        (2, "1 | 2", 3),
        (3, "1 | 2", 3),
        (1, "1 | 3", 1),
    ]
    assert [one.flag for one in found[:3]] == [Flag.SYSTEMATIC_CONFUSION] * 3


def test_the_agenda_groups_by_the_confused_pair_and_counts(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    text = visit(app, world, "ben").page()
    places = place(text, "3 disagreements, none decided", "Missing", *shown("L-0", "L-1", "L-2"))
    assert places == sorted(places)
    place(text, '<b class="num">2</b> cards, none decided', "Single cards", "Begin with L-0")
    assert "L-3" not in text


def test_the_agenda_shows_one_state_or_one_pair_when_asked(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first, second, third = flagged(database, world)
    decide(database, first, by=world.member_ids["ben"], outcome=Outcome.DEFERRED)
    visitor = visit(app, world, "ben")
    for query, there, gone in (
        ("state=deferred", ["L-0"], ["L-1", "L-2"]),
        ("state=open", ["L-1", "L-2"], ["L-0"]),
        (f"pair={second.cluster}", ["L-0", "L-1"], ["L-2"]),
        ("pair=single", ["L-2"], ["L-0", "L-1"]),
        ("state=nonsense", ["L-0", "L-1", "L-2"], []),
    ):
        text = visitor.page(f"/disagreements?facet={third.facet_id}&{query}")
        place(text, *shown(*there))
        assert [word for word in shown(*gone) if word in text] == []


def test_a_facet_on_which_all_agree_says_so(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    text = visit(app, world, "ben").page(f"/disagreements?facet={world.several_id}")
    place(text, "The coders agree here", "Final labels")


def test_sets_that_differ_are_named_in_full(database: Database, app: FastAPI) -> None:
    world = make_world(database, n_cards=1, coders=("ben", "cleo"))
    with database.transaction() as session:
        judge(session, world, "ben", 0, (MISSING, STALE), facet_id=world.several_id)
        judge(session, world, "cleo", 0, (STALE,), facet_id=world.several_id)
        close(session, world)
    text = visit(app, world, "ben").page("/disagreements/1")
    place(text, 'type="checkbox"', "sets overlap")
    assert text.count("What counts as <b>missing</b>.") == 1


def test_a_page_shows_card_positions_definitions_and_nothing_preselected(
    database: Database, app: FastAPI
) -> None:
    world = make_world(database, n_cards=1, coders=("ben", "cleo"))
    with database.transaction() as session:
        judge(session, world, "ben", 0, STALE, confidence=3, memo="The date *has* passed.")
        judge(session, world, "cleo", 0, UNCLEAR, confidence=1)
        close(session, world)
    (only,) = flagged(database, world)
    text = visit(app, world, "ben").page(f"/disagreements/{only.id}")
    place(text, "Excerpt number 0", "Coder A", "The date <em>has</em> passed.", "Coder B", "unsure")
    place(text, "as <b>stale</b>.", "as <b>unclear</b>.", "card 1 of 1")
    assert "as <b>missing</b>" not in text
    form = text[text.index("decision-form") :]
    assert " checked" not in form
    assert " selected" not in form.replace('<option value="" selected>', "")
    assert not any(name in text for name in ("Cleo", "cleo@"))


def test_positions_stand_in_the_order_of_the_labels(database: Database, app: FastAPI) -> None:
    world = make_world(database, n_cards=1, coders=("ben", "cleo"))
    with database.transaction() as session:
        judge(session, world, "cleo", 0, UNCLEAR)
        judge(session, world, "ben", 0, STALE)
        close(session, world)
    (only,) = flagged(database, world)
    for viewer in ("ben", "cleo"):
        text = visit(app, world, viewer).page(f"/disagreements/{only.id}")
        slips = text[text.index('class="positions"') :]
        places = place(slips, 'data-voice="a"', "Coder A", 'data-voice="b"', "Coder B")
        assert places == sorted(places)


def test_a_coder_who_did_not_judge_the_card_is_mentioned(database: Database, app: FastAPI) -> None:
    world = make_world(database, n_cards=1, coders=("ben", "cleo", "ada"))
    with database.transaction() as session:
        judge(session, world, "ben", 0, STALE)
        judge(session, world, "cleo", 0, MISSING)
        close(session, world)
    (only,) = flagged(database, world)
    place(visit(app, world, "odo").page(f"/disagreements/{only.id}"), "Coder C did not judge")


def test_neighbours_follow_the_agenda(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first, second, third = flagged(database, world)
    visitor = visit(app, world, "ben")
    text = visitor.page(f"/disagreements/{second.id}")
    place(text, f'/disagreements/{first.id}" rel="prev"', f'/disagreements/{third.id}" rel="next"')
    assert 'rel="prev"' not in visitor.page(f"/disagreements/{first.id}")
    assert 'rel="next"' not in visitor.page(f"/disagreements/{third.id}")


def test_the_study_leads_to_the_newest_negotiation_else_to_a_list(
    database: Database, app: FastAPI
) -> None:
    fresh = make_world(database, n_cards=1, coders=("ben", "cleo"))
    visitor = visit(app, fresh, "ben")
    url = f"/studies/{fresh.study_id}/negotiation"
    place(visitor.client.get(url).text, "No round has closed yet")
    with database.transaction() as session:
        close(session, fresh)
    assert visitor.client.get(url).headers["location"] == f"{visitor.url}/disagreements"
    place(visitor.client.get(f"{url}?all=1").text, "Round 1")


def test_a_cell_of_the_confusion_matrix_opens_its_cards(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    ben, cleo = world.member_ids["ben"], world.member_ids["cleo"]
    stale, missing = (world.category_ids[world.single_id][i] for i in (STALE, MISSING))
    visitor = visit(app, world, "odo")

    def cell(**other: object) -> str:
        asked = {"facet": world.single_id, "first": ben, "second": cleo}
        asked |= {"row": stale, "column": missing} | other  # type: ignore[assignment]
        return "/cards?" + "&".join(f"{name}={value}" for name, value in asked.items())

    text = visitor.page(cell())
    place(text, "2 cards", "L-0", "L-1", "Coder A", "Coder B", "/disagreements/")
    assert "L-2" not in text
    place(visitor.page(cell(column=stale)), "1 card", "L-3")
    place(visitor.page(cell(column="none_applies")), "No such card")
    for wrong in (
        {"facet": world.single_id + 99},
        {"first": world.member_ids["ada"]},
        {"second": 0},
        {"row": "categories"},
        {"row": ""},
        {"column": "9" * 30},
    ):
        visitor.page(cell(**wrong), status=404)
