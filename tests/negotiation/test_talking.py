"""The talk about a disagreement, and who may see or say anything at all."""

import pytest
from fastapi import FastAPI

from app.accounts.models import Account
from app.coding.drafts import RoundDraft, create_round
from app.coding.rounds import open_round
from app.coding.rules import Plan
from app.db import Database
from app.studies.service import NewStudy, create_study, study_id_of
from tests.coding.world import World, make_world
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    again,
    flagged,
    judge,
    make_negotiation,
    place,
    visit,
)

PATHS = ("/disagreements", "/disagreements/1", "/labels", "/cards?facet=1&first=1&second=2")


def test_comments_name_coders_by_letter_and_others_by_role(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    visit(app, world, "cleo").say(first, "I read it twice.")
    visit(app, world, "ben").escalate(again(database, first))
    for name, text in (("ida", "Mind the date."), ("ada", "Go on.")):
        visit(app, world, name).say(first, text)
    text = visit(app, world, "ben").page(f"/disagreements/{first.id}")
    talk = text[text.index('id="talk"') :]
    places = place(
        talk, "Coder B", "I read it twice.", "Arbiter", "Mind the date.", "Lead", "Go on."
    )
    assert places == sorted(places)
    assert not any(name in talk for name in ("Cleo", "Ida", "Ada"))


def test_a_reply_stands_under_what_it_answers(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    ben, cleo = visit(app, world, "ben"), visit(app, world, "cleo")
    ben.say(first, "A first thread.")
    ben.say(first, "A second thread.")
    cleo.say(first, "An answer to the first.", reply_to=1)
    ben.say(first, "An answer to the answer.", reply_to=3)
    talk = ben.item(first)
    words = ("A first thread.", "An answer to the first.", "An answer to the answer.", "A second")
    assert place(talk, *words) == sorted(place(talk, *words))
    assert talk.count('class="replies"') == 1


def test_a_reply_to_another_talk_is_refused(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first, second, _ = flagged(database, world)
    ben = visit(app, world, "ben")
    ben.say(first, "Here.")
    _, text = ben.say(second, "Not here.", reply_to=1, status=422)
    place(text, "not part of this talk", "Not here.")


def test_a_party_may_have_nothing_to_add_and_nobody_else_passes(
    database: Database, app: FastAPI
) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    ben = visit(app, world, "ben")
    place(ben.item(first), ">Nothing to add<")
    ben.send(first, "passes")
    text = ben.item(first)
    place(text, "has nothing to add.")
    assert ">Nothing to add<" not in text
    for name in ("ada", "odo"):
        visit(app, world, name).send(first, "passes", status=403)


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


def test_B60_a_text_that_is_too_long_in_a_comment(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first = flagged(database, world)[0]
    answer = visit(app, world, "ben").comment(first, "x" * 20_001, status=422)
    place(answer, "at most 20,000 characters", "20,001")


def test_B62_markup_is_inert_in_a_comment(database: Database, app: FastAPI) -> None:
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


def test_B64_template_syntax_is_shown_as_written_in_a_comment(
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
    for path, form in (("comments", {"text": "x"}), ("proposals", {"revision": 1})):
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
    odo.propose(first, status=403)
    odo.confirm(first, 1, status=409)
