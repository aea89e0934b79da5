"""What coders disagree on: the agenda, one page for each, the talk, and who may see what."""

import pytest
from fastapi import FastAPI

from app.accounts.models import Account
from app.coding.drafts import RoundDraft, create_round
from app.coding.rounds import open_round
from app.coding.rules import Plan, Value
from app.db import Database
from app.resolution.rules import Flag, Outcome, Position, find_disagreements
from app.studies.service import NewStudy, create_study, study_id_of
from tests.coding.world import World, make_world
from tests.resolution.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    close,
    decide,
    flagged,
    judge,
    make_negotiation,
    visit,
)

PATHS = ("/disagreements", "/disagreements/1", "/labels", "/cards?facet=1&first=1&second=2")


def place(text: str, *words: str) -> list[int]:
    """Where the words stand in a page; each must be there."""
    places = [text.find(word) for word in words]
    assert -1 not in places, [word for word in words if word not in text]
    return places


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
    place(text, "The coders agree here", "See the final labels")


def test_sets_that_differ_are_named_in_full(database: Database, app: FastAPI) -> None:
    world = make_world(database, n_cards=1, coders=("ben", "cleo"))
    with database.transaction() as session:
        judge(session, world, "ben", 0, (MISSING, STALE), facet_id=world.several_id)
        judge(session, world, "cleo", 0, (STALE,), facet_id=world.several_id)
        close(session, world)
    text = visit(app, world, "ben").page("/disagreements/1")
    place(text, 'type="checkbox"', "sets overlap")
    assert text.count("What counts as missing.") == 1


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
    place(text, "What counts as stale.", "What counts as unclear.", "card 1 of 1")
    assert "What counts as missing." not in text
    form = text[text.index("decision-form") :]
    assert " checked" not in form
    assert " selected" not in form.replace('<option value="" selected>', "")
    assert not any(name in text for name in ("Cleo", "cleo@"))


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


def test_comments_name_coders_by_letter_and_others_by_role(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    for name, text in (("cleo", "I read it twice."), ("ida", "Mind the date."), ("ada", "Go on.")):
        visit(app, world, name).comment(first, text)
    text = visit(app, world, "ben").page(f"/disagreements/{first.id}")
    talk = text[text.index('id="talk"') :]
    places = place(
        talk, "Coder B", "I read it twice.", "Arbiter", "Mind the date.", "Lead", "Go on."
    )
    assert places == sorted(places)
    assert not any(name in talk for name in ("Cleo", "Ida", "Ada"))


def test_an_empty_comment_is_refused_beside_its_field(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    answer = visit(app, world, "ben").comment(first, " \u200b ", status=422)
    place(answer, "There is nothing in this comment yet.", 'aria-describedby="comment-error"')


def test_a_comment_sent_twice_is_there_once(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visitor = visit(app, world, "ben")
    form = {"text": "Only once.", "operation_id": "11111111-aaaa"}
    for _ in range(2):
        url = f"{visitor.url}/disagreements/{first.id}/comments"
        assert visitor.client.post(url, data=form).status_code == 303
    assert visitor.page(f"/disagreements/{first.id}").count("Only once.") == 1


def test_b60_a_text_that_is_too_long_in_a_comment(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    answer = visit(app, world, "ben").comment(first, "x" * 20_001, status=422)
    place(answer, "at most 20000 characters", "20,001")


def test_b62_markup_is_inert_in_a_comment(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visitor = visit(app, world, "ben")
    visitor.comment(
        first,
        "<script>bad()</script> [x](javascript:bad()) <svg onload=bad()> ![p](http://x/p.png) "
        '<b hx-get="/bad" style="color:red">b</b>',
    )
    text = visitor.page(f"/disagreements/{first.id}")
    assert not any(
        mark in text for mark in ("<script>bad", 'href="javascript', "<svg onload", "<b hx-get")
    )
    assert "<img" not in text


def test_b64_template_syntax_is_shown_as_written_in_a_comment(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visitor = visit(app, world, "ben")
    visitor.comment(first, "{{7*7}} %s {0}")
    place(visitor.page(f"/disagreements/{first.id}"), "{{7*7}} %s {0}")


@pytest.mark.parametrize("name", ["ada", "ben", "ida", "odo"])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_exists_here_until_the_round_has_closed(
    database: Database, app: FastAPI, name: str, path: str
) -> None:
    world = make_world(database, n_cards=2, coders=("ben", "cleo"))
    with database.transaction() as session:
        judge(session, world, "ben", 0, STALE)
        judge(session, world, "cleo", 0, MISSING)
    visit(app, world, name).page(path, status=404)


def test_an_open_round_takes_neither_comment_nor_decision(database: Database, app: FastAPI) -> None:
    closed = make_negotiation(database)
    first = flagged(database, closed)[0]
    with database.transaction() as session:
        members = (closed.member_ids["ben"], closed.member_ids["cleo"])
        facets = (closed.single_id,)
        draft = RoundDraft("Round 2", Plan(), members, facets, closed.version_id, 1)
        second = create_round(session, closed.study_id, draft, by=None)
        open_round(session, second, by=None)
        open_id = second.id
    visitor = visit(app, closed, "ben")
    url = f"/studies/{closed.study_id}/rounds/{open_id}/disagreements/{first.id}"
    for path, form in (("comments", {"text": "x"}), ("decision", {"revision": 1})):
        sent = {**form, "operation_id": "22222222-bbbb"}
        assert visitor.client.post(f"{url}/{path}", data=sent).status_code == 404
    assert visitor.client.get(url).status_code == 404


def test_a_disagreement_of_another_study_is_not_there(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    other = _second_study(database, world)
    first = flagged(database, world)[0]
    visitor = visit(app, world, "ada")
    for path in ("", f"/{first.id}"):
        url = f"/studies/{other}/rounds/{world.round_id}/disagreements{path}"
        assert visitor.client.get(url).status_code == 404
    assert visitor.page(f"/disagreements/{first.id + 999}", status=404)


def _second_study(database: Database, world: World) -> int:
    with database.transaction() as session:
        ada = session.get_one(Account, world.account_ids["ada"])
        return study_id_of(create_study(session, NewStudy("Another"), lead=ada))


@pytest.mark.parametrize("name", ["dan", "mia"])
def test_outsiders_find_nothing_not_even_the_administrator(
    database: Database, app: FastAPI, name: str
) -> None:
    world = make_negotiation(database)
    for path in PATHS:
        visit(app, world, name).page(path, status=404)


def test_an_observer_reads_and_is_refused_to_write(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    odo = visit(app, world, "odo")
    text = odo.page(f"/disagreements/{first.id}")
    assert "decision-form" not in text
    assert "talk-form" not in text
    place(odo.comment(first, "May I?", status=403), "Leads, coders and arbiters can.")
    odo.decide(first, status=403)


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
