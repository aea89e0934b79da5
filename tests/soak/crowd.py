"""A round of many coders, and one coder as a browser is: a stream, a save, the next page ahead."""

import http.client
import random
import re
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import Session, select

from app.accounts.deps import cookie_name
from app.accounts.passwords import hash_password
from app.accounts.service import NewAccount, add_account, sign_in
from app.coding.drafts import RoundDraft, create_round
from app.coding.models import Assignment, Placement
from app.coding.rounds import open_round
from app.coding.rules import Plan
from app.db import Database, open_database
from app.schema import migrate
from app.settings import Settings
from app.studies.models import Study
from app.studies.rules import Role
from app.studies.service import add_member
from tests.coding.world import World, make_world
from tests.serving import Browser

AHEAD = re.compile(rb'data-ahead="([^"]+)"')


@dataclass(slots=True)
class Crowd:
    """The study, and a cookie and the cards in order for each coder."""

    database: Database
    world: World
    round_id: int
    cookies: dict[int, str]
    cards: dict[int, list[int]]

    @property
    def path(self) -> str:
        return f"/studies/{self.world.study_id}/rounds/{self.round_id}"

    def stored(self) -> list[Placement]:
        with self.database.reading() as session:
            return list(session.exec(select(Placement)))


def gather(folder: Path, *, coders: int, cards: int) -> Crowd:
    """Make a study whose second round waits for so many coders, each signed in."""
    settings = Settings(data_dir=folder)
    migrate(settings)
    database = open_database(settings)
    world = make_world(database, n_cards=cards, coders=("ben",))
    hashed = hash_password("nine careful owls")  # once: it is made to be slow
    cookies: dict[int, str] = {}
    with database.transaction() as session:
        study = session.get_one(Study, world.study_id)
        for number in range(coders):
            new = NewAccount(f"coder-{number}@example.org", f"Coder {number}", hashed)
            account = add_account(session, new)
            member = add_member(session, study, account, role=Role.CODER)
            session.flush()
            token = sign_in(session, account, days=1)
            cookies[member.id or 0] = f"{cookie_name(settings)}={token}"
        round_id = _open(session, world, tuple(cookies))
    with database.reading() as session:
        rows = session.exec(
            select(Assignment.coder_id, Assignment.card_id)
            .where(Assignment.round_id == round_id)
            .order_by(Assignment.position)  # type: ignore[arg-type]
        ).all()
    dealt = {coder: [card for one, card in rows if one == coder] for coder in cookies}
    return Crowd(database, world, round_id, cookies, dealt)


def _open(session: Session, world: World, coder_ids: tuple[int, ...]) -> int:
    draft = RoundDraft("Soak", Plan(), coder_ids, (world.single_id,), world.version_id, seed=5)
    round_ = create_round(session, world.study_id, draft, by=None)
    open_round(session, round_, by=None)
    return round_.id or 0


@dataclass(slots=True)
class Coder:
    """One coder at work, and everything that happened to them."""

    crowd: Crowd
    port: int
    member_id: int
    acknowledged: list[int] = field(default_factory=list)
    save_ms: list[float] = field(default_factory=list)
    page_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    heard: str = ""
    n_streams: int = 0

    def work(self, until: float, every: float) -> None:
        """Place a card every so many seconds, beginning anywhere within the first."""
        time.sleep(random.Random(self.member_id).random() * every)
        with Browser(self.port, self.crowd.cookies[self.member_id]).opened() as browser:
            for card_id in self.crowd.cards[self.member_id]:
                started = time.monotonic()
                if started > until:
                    return
                self._place(browser, card_id)
                time.sleep(max(0.0, every - (time.monotonic() - started)))

    def _place(self, browser: Browser, card_id: int) -> None:
        world = self.crowd.world
        form = {
            "operation_id": str(uuid.uuid4()),
            "card_id": card_id,
            "facet_id": world.single_id,
            "seen_turn": 0,
            "category_ids": world.category_ids[world.single_id][card_id % 3],
            "seconds": "2.5",
        }
        body = self._timed(
            self.save_ms, lambda: browser.script(f"{self.crowd.path}/placements", form)
        )
        if body is None:
            return
        self.acknowledged.append(card_id)
        ahead = AHEAD.search(body)
        if ahead:
            path = ahead[1].decode().replace("&amp;", "&")
            self._timed(self.page_ms, lambda: browser.get(path))

    def _timed(self, samples: list[float], ask) -> bytes | None:  # type: ignore[no-untyped-def]
        started = time.perf_counter()
        try:
            status, body = ask()
        except (OSError, http.client.HTTPException) as error:
            self.errors.append(repr(error))
            return None
        samples.append((time.perf_counter() - started) * 1000)
        if status == 200 or (status == 303 and samples is self.save_ms):
            return bytes(body)
        self.errors.append(f"status {status}")
        return None

    def listen(self, stopped: threading.Event) -> None:
        """Keep a stream open, as a page does, and note what it said last."""
        while not stopped.is_set():
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            headers = {"Cookie": self.crowd.cookies[self.member_id], "Last-Event-ID": self.heard}
            with suppress(OSError, http.client.HTTPException):
                line.request("GET", f"{self.crowd.path}/sort/live", headers=headers)
                answer = line.getresponse()
                if answer.status != 200:
                    self.errors.append(f"stream: status {answer.status}")
                self.n_streams += 1
                while not stopped.is_set() and (said := answer.readline()):
                    if said.startswith(b"id: "):
                        self.heard = said[4:].strip().decode()
            line.close()
            stopped.wait(1)
