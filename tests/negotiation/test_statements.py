"""Sealed first statements: each coder writes alone, and all open at once."""

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.activity.models import Activity
from app.coding.models import Exposure, Round
from app.coding.rules import Protocol
from app.db import Database
from app.negotiation.models import Disagreement, Statement
from app.negotiation.service import disagreements
from tests.coding.world import World, make_world
from tests.factories import fresh_id
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    UNCLEAR,
    again,
    close,
    flagged,
    judge,
    make_negotiation,
    place,
    visit,
)

SEALED = Protocol(has_statements=True)
BEN_SAYS, CLEO_SAYS = "Ben thinks of the date.", "Cleo misses a step."


@pytest.fixture
def world(database: Database) -> World:
    """Three sealed cards; each coder wrote a memo on each."""
    world = make_world(database, n_cards=3, coders=("ben", "cleo"), protocol=SEALED)
    with database.transaction() as session:
        for card in range(3):
            judge(session, world, "ben", card, STALE, memo=BEN_SAYS, confidence=3)
            judge(session, world, "cleo", card, (MISSING, UNCLEAR, MISSING)[card], memo=CLEO_SAYS)
        close(session, world)
    return world


def statements(database: Database) -> list[Statement]:
    with database.reading() as session:
        return list(session.exec(select(Statement).order_by(Statement.id)))  # type: ignore[arg-type]


def test_while_it_is_sealed_a_party_sees_the_card_and_the_own_part_only(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    ben = visit(app, world, "ben").item(first)
    place(ben, "Excerpt number", "Coder A", BEN_SAYS, "Sealed until you write yours", "Seal it")
    place(ben, "What counts as stale.", "What counts as missing.", "What counts as unclear.")
    for hidden in (CLEO_SAYS, "Coder B", "decision-title", 'id="talk"', "confused", "versus"):
        assert hidden not in ben


def test_whose_statement_is_missing_is_told_to_leads_and_after_the_own_one(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    visit(app, world, "ben").seal(first, "It is out of date.")
    ben = visit(app, world, "ben").item(first)
    place(ben, "Yours is sealed; waiting for Coder B", "It is out of date.")
    assert CLEO_SAYS not in ben
    assert "Seal it" not in ben
    place(visit(app, world, "ada").item(first), "Coder B has not written a statement yet")
    for name in ("ida", "odo"):
        text = visit(app, world, name).item(first)
        place(text, "Sealed until every coder of this card has written a statement")
        assert not any(word in text for word in ("Coder A", "Coder B", BEN_SAYS, "out of date"))


def test_the_last_statement_opens_all_and_leads_to_the_positions(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    visit(app, world, "ben").seal(first, "It *is* out of date.")
    where, _ = visit(app, world, "cleo").seal(first, "A step is missing.")
    assert where.endswith(f"/disagreements/{first.id}#positions")
    for name in ("ben", "cleo", "ada", "odo"):
        text = visit(app, world, name).item(first)
        places = place(text, "It <em>is</em> out of date.", "A step is missing.")
        assert places == sorted(places)
        assert text.count(", opened <time") == 2
    with database.reading() as session:
        assert first.card_id in session.exec(select(Exposure.card_id)).all()


def test_a_statement_is_written_once_and_by_parties_only(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    ben = visit(app, world, "ben")
    ben.seal(first)
    _, text = ben.seal(first, "A better one.", status=409)
    place(text, "is sealed already and is not changed any more", "A better one.")
    for name in ("ada", "ida", "odo"):
        visit(app, world, name).seal(first, status=403)
    assert len(statements(database)) == 1


def test_a_statement_that_comes_too_late_is_kept_on_the_page(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    visit(app, world, "ada").send(first, "opening", reason="Time.")
    _, text = visit(app, world, "ben").seal(first, "My long reason.", status=409)
    place(text, "are open already", "What you wrote", "My long reason.", CLEO_SAYS)


def test_an_empty_statement_is_refused_beside_its_field(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    _, text = visit(app, world, "ben").seal(first, " \u200b", status=422)
    place(text, "Write down why you chose as you did", 'aria-describedby="statement-text-hint')
    assert statements(database) == []


def test_evidence_is_marked_in_the_card_or_quoted(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    visit(app, world, "ben").seal(first, evidence=["0-7"], quote="when RESULTS\n\nare shown")
    visit(app, world, "cleo").seal(first, evidence=["8-14", "0-7"])
    text = visit(app, world, "ada").item(first)
    card = text[text.index('id="card-text"') : text.index("card-foot")]
    place(card, '<mark data-voice="both" title="Coder A, Coder B">Excerpt</mark>')
    place(card, '<mark data-voice="a" title="Coder A">when results</mark>', ">are shown<")
    place(text, "Rests on", "“when results”")
    assert statements(database)[0].evidence == [[0, 7], [22, 34], [35, 44]]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"evidence": ["7-7"]}, "does not lie in the text"),
        ({"evidence": ["900-999"]}, "does not lie in the text"),
        ({"evidence": ["9" * 30 + "-1"]}, "does not lie in the text"),
        ({"evidence": ["here"]}, "does not lie in the text"),
        ({"quote": "not in the card"}, "“not in the card” is not in the text of the card"),
    ],
)
def test_what_does_not_lie_in_the_text_is_no_evidence(
    database: Database, app: FastAPI, world: World, said: dict[str, object], words: str
) -> None:
    first = flagged(database, world)[0]
    _, text = visit(app, world, "ben").seal(first, "Kept words.", status=422, **said)
    place(text, words, "Kept words.")
    assert statements(database) == []


def test_a_lead_who_waits_for_nobody_of_their_own_opens_early_and_says_why(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    ada = visit(app, world, "ada")
    _, text = ada.send(first, "opening", reason=" ", status=422)
    place(text, "Say why this opens without every statement.")
    for name in ("ben", "ida", "odo"):
        visit(app, world, name).send(first, "opening", reason="I want to know.", status=403)
    ada.send(first, "opening", reason="Cleo is ill.")
    assert again(database, first).stage == "opened"
    with database.reading() as session:
        kept = select(Activity).where(Activity.kind == "statements opened early")
        assert session.exec(kept).one().detail["reason"] == "Cleo is ill."


def test_nothing_is_said_proposed_or_put_off_while_it_is_sealed(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    ben = visit(app, world, "ben")
    for act in (ben.say(first, "A word.", status=409), ben.propose(first, status=409)):
        place(act[1], "Statements on this card are still missing", "What you wrote")
    ben.defer(first, status=409)
    ben.escalate(first, status=409)
    assert again(database, first).stage == "sealed"


def test_the_way_along_sealed_cards_follows_the_import(
    database: Database, app: FastAPI, world: World
) -> None:
    with database.reading() as session:
        every = disagreements(session, session.get_one(Round, world.round_id))
        by_card = {one.card_id: one for one in every}
    first, second, third = (by_card[card] for card in world.card_ids)
    text = visit(app, world, "ben").item(second)
    place(text, f'/disagreements/{first.id}" rel="prev"', f'/disagreements/{third.id}" rel="next"')


# --- One after another ---


def action(found: Disagreement) -> str:
    return f'/disagreements/{found.id}/statements"'


def test_the_run_leads_through_the_own_cards_with_the_memo_as_a_beginning(
    database: Database, app: FastAPI, world: World
) -> None:
    ben = visit(app, world, "ben")
    text = ben.page("/statements")
    place(text, "Statement 1 of 3", BEN_SAYS, "Seal and go on", "Skip for now", "3 statements are")
    assert not any(word in text for word in (CLEO_SAYS, "Coder B"))
    shown = next(one for one in flagged(database, world) if action(one) in text)
    where, _ = ben.seal(shown, is_run="true")
    assert where == f"{ben.url}/statements"
    place(ben.page("/statements"), "Statement 2 of 3")


def test_a_card_that_is_skipped_comes_again_at_the_end(
    database: Database, app: FastAPI, world: World
) -> None:
    ben = visit(app, world, "ben")
    seen = []
    path = "/statements"
    for _ in range(4):
        text = ben.page(path)
        seen.append(next(one.id for one in flagged(database, world) if action(one) in text))
        path = text.split('data-way="ArrowRight"')[0].rsplit('href="', 1)[1].split('"')[0]
        path = path.removeprefix(ben.url)
    assert len(set(seen[:3])) == 3
    assert seen[3] == seen[0]


def test_the_rest_is_sealed_with_the_memos_as_they_are(
    database: Database, app: FastAPI, world: World
) -> None:
    ben = visit(app, world, "ben")
    ben.seal(flagged(database, world)[0], "Written by hand.")
    form = {"operation_id": fresh_id()}
    once = ben.client.post(f"{ben.url}/statements/rest", data=form)
    assert once.status_code == 303
    assert sorted(one.text for one in statements(database)) == [
        BEN_SAYS,
        BEN_SAYS,
        "Written by hand.",
    ]
    again_sent = ben.client.post(f"{ben.url}/statements/rest", data=form)
    assert again_sent.headers["location"] == once.headers["location"]
    place(ben.page("/statements"), "No statement of yours is missing")


@pytest.mark.parametrize("name", ["ada", "ida", "odo"])
def test_nobody_else_has_statements_to_write(app: FastAPI, world: World, name: str) -> None:
    place(visit(app, world, name).page("/statements"), "No statement of yours is missing")


def test_a_round_without_statements_begins_with_the_positions(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    text = visit(app, world, "ben").item(flagged(database, world)[0])
    place(text, "Coder A", "Coder B", "Decide together")
    assert ">Sealed" not in text
    place(visit(app, world, "ben").page("/statements"), "No statement of yours is missing")


def test_B67_B68_a_statement_sent_twice_is_sealed_once(
    database: Database, app: FastAPI, world: World
) -> None:
    first, second, _ = flagged(database, world)
    ben = visit(app, world, "ben")
    once = ben.seal(first, operation_id="44444444-dddd")
    assert ben.seal(first, operation_id="44444444-dddd") == once
    _, text = ben.seal(second, operation_id="44444444-dddd", status=409)
    place(text, "already sent with other content")
    assert len(statements(database)) == 1


def test_B62_B63_B64_hostile_words_in_a_statement_stay_words(
    database: Database, app: FastAPI, world: World
) -> None:
    first = flagged(database, world)[0]
    hostile = "<script>bad()</script> ![p](http://x/p.png) {{7*7}} [x](javascript:bad())"
    visit(app, world, "ben").seal(first, hostile)
    visit(app, world, "cleo").seal(first, hostile)
    text = visit(app, world, "ada").item(first)
    assert not any(word in text for word in ("<script>bad", "<img", 'href="javascript'))
    place(text, "{{7*7}}")
