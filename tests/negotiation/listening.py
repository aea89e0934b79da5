"""Somebody's open page that listens to a round, for tests about live changes."""

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI

from app.db import Database
from app.negotiation.comments import add_comment
from app.negotiation.models import Disagreement
from app.negotiation.statements import StatementDraft, seal_statement
from app.studies.models import Membership
from tests.coding.world import World
from tests.negotiation.negotiations import visit

SECONDS = 2
"""How long a stream lasts in these tests."""


@dataclass(slots=True)
class Message:
    """A message of a stream."""

    name: str
    what: dict[str, int | None]
    cursor: str


@dataclass(slots=True)
class Ear:
    """Somebody's open page."""

    app: FastAPI
    world: World
    name: str

    def answer(self, query: str = "", *, last_id: str = "", status: int = 200) -> str:
        visitor = visit(self.app, self.world, self.name)
        headers = {"Last-Event-ID": last_id} if last_id else {}
        answer = visitor.client.get(f"{visitor.url}/live{query}", headers=headers)
        assert answer.status_code == status
        self.headers_seen(dict(answer.headers))
        return answer.text

    def headers_seen(self, headers: dict[str, str]) -> None:
        if headers.get("content-type", "").startswith("text/event-stream"):
            assert headers["cache-control"] == "no-store"
            assert headers["x-accel-buffering"] == "no"

    def page_cursor(self) -> int:
        """Where a page stands that is drawn now."""
        page = visit(self.app, self.world, self.name).page("/meeting")
        found = re.search(r"/live\?after=(\d+)", page)
        assert found is not None
        return int(found[1])

    def wait_until_it_listens(self) -> None:
        streams = self.app.state.streams
        give_up = time.monotonic() + 10
        while not streams.by_account and time.monotonic() < give_up:
            time.sleep(0.01)
        time.sleep(0.3)  # it has still to note what there is by now

    def hears(self, act: Callable[[], object]) -> list[Message]:
        """What a page that is open hears while somebody acts."""
        query = f"?after={self.page_cursor()}"
        heard: list[str] = []
        thread = threading.Thread(target=lambda: heard.append(self.answer(query)))
        thread.start()
        self.wait_until_it_listens()
        act()
        thread.join()
        return messages(heard[0])


def messages(stream: str) -> list[Message]:
    found = []
    for block in stream.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            found.append(Message(fields["event"], json.loads(fields["data"]), fields.get("id", "")))
    return found


def say(database: Database, world: World, found: Disagreement, name: str) -> None:
    with database.transaction() as session:
        row = session.get_one(Disagreement, found.id)
        add_comment(session, row, world.member_ids[name], "I read it as stale.")


def seal(database: Database, world: World, found: Disagreement, name: str) -> None:
    with database.transaction() as session:
        row = session.get_one(Disagreement, found.id)
        by = session.get_one(Membership, world.member_ids[name])
        seal_statement(session, row, StatementDraft("A canary of a reason."), by=by)
