"""A study of some size to measure on, and the floor that figures are held against."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.accounts.deps import cookie_name
from app.accounts.models import Account
from app.accounts.service import sign_in
from app.db import Database, open_database
from app.schema import migrate
from app.settings import Settings
from tests.coding.world import CATEGORIES, World, make_world
from tests.serving import Server, start_server

CODERS = ("ada", "ben", "cleo")


@dataclass(frozen=True, slots=True)
class Floor:
    """Milliseconds of the bare parts."""

    route: float
    commit: float

    @property
    def save(self) -> float:
        return self.route + self.commit


@dataclass(slots=True)
class Bench:
    """A study of some size in a data folder of its own, and a server on it."""

    folder: Path
    world: World
    database: Database
    cookies: dict[str, str]

    def served(self) -> Server:
        return start_server({"CONCORD_DATA_DIR": str(self.folder)})

    @property
    def round_path(self) -> str:
        return f"/studies/{self.world.study_id}/rounds/{self.world.round_id}"

    def form(self, card_id: int, turn: int = 0) -> dict[str, object]:
        facet_id = self.world.single_id
        return {
            "operation_id": str(uuid.uuid4()),
            "card_id": card_id,
            "facet_id": facet_id,
            "seen_turn": turn,
            "value": "categories",
            "category_ids": self.world.category_ids[facet_id][card_id % 3],
            "memo": "",
            "view": "focus",
        }


def prepare(folder: Path, n_cards: int, categories: tuple[str, ...] = CATEGORIES) -> Bench:
    settings = Settings(data_dir=folder)
    migrate(settings)
    database = open_database(settings)
    world = make_world(database, n_cards=n_cards, categories=categories)
    cookies = {}
    with database.transaction() as session:
        for name in CODERS:
            token = sign_in(session, session.get_one(Account, world.account_ids[name]), days=1)
            cookies[name] = f"{cookie_name(settings)}={token}"
    return Bench(folder, world, database, cookies)


def timed(act: Callable[[], tuple[int, bytes]]) -> float:
    """Return the milliseconds of a request, which must succeed."""
    started = time.perf_counter()
    status, body = act()
    elapsed = (time.perf_counter() - started) * 1000
    if status not in {200, 303}:
        raise RuntimeError(f"status {status}: {body[:300]!r}")
    return elapsed
