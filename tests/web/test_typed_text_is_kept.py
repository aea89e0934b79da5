"""Whatever is refused, what somebody typed is in the answer, ready to be sent again."""

import html
import re
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, select

from app.db import Database
from app.studies.models import Study
from tests.coding.desk import desk_of
from tests.coding.world import make_world
from tests.factories import PASSWORD, browser_of, fresh_id, make_account, make_study, sign_in
from tests.routes import address, body, label, requests
from tests.rows import contents

MARKS = 'Two lines\r\nand <b>"marks"</b> & \U0001f9ad '
# One text of each form in which people write more than a line, and the longest it takes.
TEXTS = {
    "add_comment": ("text", 20_000),
    "change_category": ("definition", 100_000),
    "change_facet": ("description", 100_000),
    "change_settings": ("description", 20_000),
    "close_round": ("reason", 20_000),
    "arbitrate": ("rationale", 20_000),
    "defer": ("reason", 20_000),
    "dissent": ("dissent", 20_000),
    "drop_clause": ("reason", 2_000),
    "escalate": ("reason", 20_000),
    "open_statements": ("reason", 20_000),
    "place_card": ("memo", 20_000),
    "propose": ("clause_text", 20_000),
    "propose_for_cluster": ("rationale", 20_000),
    "publish_codebook": ("note", 2_000),
    "seal_statement": ("text", 20_000),
    "split_category": ("names", 100_000),
    "take_clause": ("text", 100_000),
    "start_study": ("description", 20_000),
    "void_round": ("reason", 20_000),
}
WITH_TEXT = [(method, route) for method, route in requests() if route.name in TEXTS]


@dataclass(frozen=True, slots=True)
class Typed:
    """The part of a refusal that holds what was typed."""

    texts: dict[str, str]
    hidden: dict[str, str]
    action: str

    @property
    def form(self) -> dict[str, str]:
        return self.hidden | self.texts


def typed_in(answer: Response) -> Typed | None:
    found = re.search(
        r"<(form|div) class=\"form\"([^>]*) data-typed>(.*)<p class=\"row\">", answer.text, re.S
    )
    if found is None:
        return None
    _, head, inside = found.groups()
    texts = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', inside, re.S)
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', inside)
    action = re.search(r'action="([^"]*)"', head)
    return Typed(
        {name: html.unescape(text) for name, text in texts},
        {name: html.unescape(value) for name, value in hidden},
        action[1] if action else "",
    )


@pytest.mark.parametrize(("method", "route"), WITH_TEXT, ids=label)
def test_B60_a_text_beyond_the_limit_is_refused_with_limit_and_length_and_kept(
    method: str, route: APIRoute, app: FastAPI, session: Session, database: Database
) -> None:
    field, most = TEXTS[route.name]
    url = address(route, session, make_study(session))
    ada = browser_of(app, "Ada")
    text = MARKS + "a" * most
    before = contents(database)
    answer = ada.request(method, url, data={**body(route), field: text})
    assert answer.status_code == 422
    said = re.search(r"may have at most ([\d,]+) characters and has ([\d,]+)", answer.text)
    assert said
    assert said.groups() == (f"{most:,}", f"{len(text):,}")
    typed = typed_in(answer)
    assert typed
    assert typed.texts[field] == text
    assert typed.action == url
    assert contents(database) == before


def test_B60_the_text_made_shorter_is_sent_again_from_the_refusal(
    client: TestClient, session: Session
) -> None:
    make_account(session)
    sign_in(client)
    form = {"name": "Long work", "description": "a" * 20_001, "threshold": "0.8"}
    refused = typed_in(client.post("/studies/new", data={**form, "operation_id": fresh_id()}))
    assert refused
    shorter = {**refused.form, "description": "short"}
    assert client.post(refused.action, data=shorter).status_code == 303
    study = session.exec(select(Study)).one()
    assert (study.name, study.description, study.threshold) == ("Long work", "short", 0.8)


def test_B60_a_memo_on_a_card_is_kept_with_the_choice_it_belongs_to(app: FastAPI) -> None:
    ben = desk_of(app, make_world(app.state.database), "ben")
    card = ben.cards[0]
    refused = typed_in(ben.place(card, category_ids=ben.categories[1], memo="m" * 20_001))
    assert refused
    assert set(refused.texts) == {"memo"}
    again = ben.client.post(refused.action, data={**refused.form, "memo": "shorter"})
    assert again.status_code == 303
    (saved,) = ben.placements
    assert (saved.category_ids, saved.memo) == ([ben.categories[1]], "shorter")


def test_B68_what_was_sent_under_a_used_operation_id_can_be_sent_under_another(
    app: FastAPI, session: Session
) -> None:
    make_account(session)
    ada = browser_of(app, "Ada")
    used = fresh_id()
    ada.post("/studies/new", data={"name": "First", "operation_id": used})
    answer = ada.post("/studies/new", data={"name": "Second", "operation_id": used})
    assert answer.status_code == 409
    assert "already sent with other content" in answer.text
    assert 'value="Second"' in answer.text
    assert used not in answer.text
    assert ada.post("/studies/new", data={"name": "Second", "operation_id": fresh_id()})
    assert sorted(session.exec(select(Study.name))) == ["First", "Second"]


def test_B70_B86_a_form_without_operation_id_and_one_sent_signed_out_go_on_from_their_refusal(
    client: TestClient, session: Session
) -> None:
    make_account(session)
    sign_in(client)
    incomplete = client.post("/studies/new", data={"name": "No id"})
    assert incomplete.status_code == 428
    kept = typed_in(incomplete)
    assert kept
    client.post("/sign-out")
    ended = client.post("/studies/new", data={**kept.form, "description": MARKS})
    assert ended.status_code == 401
    kept = typed_in(ended)
    assert kept
    assert kept.texts == {"name": "No id", "description": MARKS}
    sign_in(client)
    assert client.post(kept.action, data=kept.form).status_code == 303
    assert session.exec(select(Study.name)).all() == ["No id"]


def test_what_is_not_there_or_not_allowed_gives_the_text_back_without_another_try(
    app: FastAPI, session: Session
) -> None:
    team = make_study(session)
    form = {"name": "Mine now", "description": MARKS, "operation_id": fresh_id()}
    for name, status in (("Ben", 403), ("Dan", 404)):
        make_account(session, name)
        answer = browser_of(app, name).post(f"{team.url}/settings", data=form)
        assert answer.status_code == status
        kept = typed_in(answer)
        assert kept
        assert kept.texts == {"name": "Mine now", "description": MARKS}
        assert (kept.action, kept.hidden) == ("", {})


def test_a_password_never_comes_back(client: TestClient, session: Session) -> None:
    make_account(session)
    wrong = {"email": "a" * 501, "password": PASSWORD}
    long = {"name": "Eve", "email": "eve@example.org", "password": PASSWORD * 100}
    change = {"old_password": PASSWORD, "new_password": PASSWORD * 100}
    for path, form in (
        ("/sign-in", wrong),
        ("/invitations/unknown", {**long, "operation_id": fresh_id()}),
        ("/account/password", {**change, "operation_id": fresh_id()}),
    ):
        answer = client.post(path, data=form)
        assert answer.status_code in {401, 404, 422}
        assert PASSWORD not in answer.text


def test_a_form_in_which_nothing_was_typed_is_not_shown_again(
    app: FastAPI, session: Session
) -> None:
    team = make_study(session)
    answer = browser_of(app, "Ada").post(f"{team.url}/rounds/new", data={"other": "1"})
    assert answer.status_code == 428
    assert typed_in(answer) is None
