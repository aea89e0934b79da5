"""The server is killed while eight coders write: what was acknowledged is there, once."""

import http.client
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from app.accounts.deps import cookie_name
from app.accounts.models import Account
from app.accounts.service import create_account, sign_in
from app.coding.drafts import RoundDraft, create_round
from app.coding.rounds import open_round
from app.coding.rules import Plan
from app.db import open_database
from app.schema import migrate
from app.settings import Settings
from app.studies.models import Study
from app.studies.rules import Role
from app.studies.service import add_member
from tests.coding.world import PASSWORD, World, make_world
from tests.serving import Browser, Server, start_server

TRIALS = 10
CODERS = 8
CARDS = 400


@dataclass(slots=True)
class Diary:
    """What one client sent, and what of it was acknowledged."""

    cookie: str
    sent: list[dict[str, object]] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def variables(folder: Path) -> dict[str, str]:
    return {"CONCORD_DATA_DIR": str(folder)}


def prepare(folder: Path) -> tuple[World, int, list[str]]:
    """Make a study with eight signed-in coders; return it, their round and their cookies."""
    settings = Settings(data_dir=folder)
    migrate(settings)
    database = open_database(settings)
    world = make_world(database, n_cards=CARDS)
    with database.transaction() as session:
        study = session.get_one(Study, world.study_id)
        coder_ids, cookies = [], []
        for number in range(CODERS):
            account = create_account(
                session, email=f"c{number}@example.org", name=f"Coder {number}", password=PASSWORD
            )
            coder_ids.append(add_member(session, study, account, role=Role.CODER).id or 0)
            token = sign_in(session, account, days=1)
            cookies.append(f"{cookie_name(settings)}={token}")
        draft = RoundDraft(
            name="Under fire",
            plan=Plan(),
            coder_ids=tuple(coder_ids),
            facet_ids=(world.single_id,),
            codebook_version_id=world.version_id,
            seed=3,
        )
        round_ = create_round(session, world.study_id, draft, by=None)
        open_round(session, round_, by=None)
        round_id = round_.id or 0
    database.close()
    return world, round_id, cookies


def write_until_it_breaks(
    port: int, path: str, world: World, diary: Diary, todo: list[int]
) -> None:
    with Browser(port, diary.cookie).opened() as browser:
        while todo:
            form = placement(world, todo.pop())
            diary.sent.append(form)
            try:
                status, _ = browser.post(path, form)
            except (OSError, http.client.HTTPException):
                return
            if status in {200, 303}:
                diary.acknowledged.add(str(form["operation_id"]))


def placement(world: World, card_id: int) -> dict[str, object]:
    return {
        "operation_id": str(uuid.uuid4()),
        "card_id": card_id,
        "facet_id": world.single_id,
        "seen_turn": 0,
        "value": "categories",
        "category_ids": world.category_ids[world.single_id][card_id % 3],
        "memo": "",
        "view": "focus",
    }


@pytest.mark.slow
def test_no_acknowledged_placement_is_lost_or_doubled(
    folder: Path, variables: dict[str, str]
) -> None:
    world, round_id, cookies = prepare(folder)
    path = f"/studies/{world.study_id}/rounds/{round_id}/placements"
    diaries = [Diary(cookie) for cookie in cookies]
    todo = [list(world.card_ids) for _ in cookies]
    chance = random.Random(20)
    for _ in range(TRIALS):
        server = start_server(variables)
        work_until_the_plug_is_pulled(server, path, world, diaries, todo, chance.uniform(0.3, 0.9))
        check(folder, round_id, diaries, allow_unknown=True)
    server = start_server(variables)
    resend_everything(server, path, diaries)
    server.stop()
    check(folder, round_id, diaries, allow_unknown=False)
    assert sum(len(diary.acknowledged) for diary in diaries) > TRIALS * CODERS


def work_until_the_plug_is_pulled(
    server: Server,
    path: str,
    world: World,
    diaries: list[Diary],
    todo: list[list[int]],
    seconds: float,
) -> None:
    clients = [
        threading.Thread(target=write_until_it_breaks, args=(server.port, path, world, *pair))
        for pair in zip(diaries, todo, strict=True)
    ]
    for client in clients:
        client.start()
    time.sleep(seconds)
    server.kill()
    for client in clients:
        client.join()


def resend_everything(server: Server, path: str, diaries: list[Diary]) -> None:
    for diary in diaries:
        with Browser(server.port, diary.cookie).opened() as browser:
            for form in diary.sent:
                status, _ = browser.post(path, form)
                assert status in {200, 303}, (status, form)


def check(folder: Path, round_id: int, diaries: list[Diary], *, allow_unknown: bool) -> None:
    database = open_database(Settings(data_dir=folder))
    try:
        with database.reading() as session:
            assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            ids = {
                diary.cookie: session.exec(
                    select(Account.id).where(Account.email == f"c{number}@example.org")
                ).one()
                for number, diary in enumerate(diaries)
            }
            query = text(
                "SELECT placement.card_id, placement.turn FROM placement "
                "JOIN membership ON membership.id = placement.coder_id "
                "WHERE membership.account_id = :account AND placement.round_id = :round_id"
            )
            for diary in diaries:
                rows = session.execute(
                    query, {"account": ids[diary.cookie], "round_id": round_id}
                ).all()
                kept = [row[0] for row in rows]
                assert len(kept) == len(set(kept)), "a placement was doubled"
                assert {row[1] for row in rows} <= {1}, "a resent placement counted twice"
                acknowledged = {
                    form["card_id"]
                    for form in diary.sent
                    if form["operation_id"] in diary.acknowledged
                }
                assert acknowledged <= set(kept), "an acknowledged placement was lost"
                sent = {form["card_id"] for form in diary.sent}
                assert set(kept) <= sent
                if not allow_unknown:
                    assert set(kept) == sent
    finally:
        database.close()
