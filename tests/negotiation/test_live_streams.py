"""Many open pages cost little: no connection is held, no write waits, and a stop is quick."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import event as sql_event

from app.db import Database
from app.settings import Settings
from app.web.protocol import CappedProtocol
from tests.coding.world import World
from tests.databases import settings_for
from tests.negotiation.listening import Ear
from tests.negotiation.negotiations import flagged, make_negotiation, visit

LONG = 8


@pytest.fixture
def settings(database_url: str | None, tmp_path: Path) -> Settings:
    """Streams that last until many are open, on a slow machine too."""
    return settings_for(
        tmp_path / "data", database_url, allowed_hosts="testserver", live_seconds=LONG
    )


@pytest.fixture
def world(database: Database) -> World:
    return make_negotiation(database)


@contextmanager
def connections_of(database: Database) -> Iterator[list[int]]:
    """How many connections are out of the pool, noted whenever one is taken."""
    out: list[int] = []
    engine = database.engine

    def note(*_: object) -> None:
        out.append(engine.pool.checkedout())  # type: ignore[attr-defined]

    sql_event.listen(engine, "checkout", note)
    yield out
    sql_event.remove(engine, "checkout", note)


def keep_open(app: FastAPI, world: World, names: list[str]) -> list[threading.Thread]:
    """Streams of these people, each from a browser of its own, all of them open."""
    ears = [Ear(app, world, name) for name in names]
    threads = [threading.Thread(target=ear.answer, args=("?after=0",)) for ear in ears]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + LONG
    while app.state.streams.by_account.total() < len(names):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return threads


def test_B106_one_account_keeps_a_dozen_streams_and_no_more(app: FastAPI, world: World) -> None:
    threads = keep_open(app, world, ["odo"] * 12)
    Ear(app, world, "odo").answer("?after=0", status=429)
    for thread in threads:
        thread.join()
    assert app.state.streams.by_account.total() == 0


def test_fifty_streams_hold_no_connection_and_delay_no_write(
    app: FastAPI, database: Database, world: World
) -> None:
    visitor = visit(app, world, "ben")
    found = flagged(database, world)[0]
    threads = keep_open(app, world, ["ada", "ben", "cleo", "odo", "ida"] * 10)
    with connections_of(app.state.database) as out:
        started = time.monotonic()
        visitor.comment(found, "While all of them listen.")
        took = time.monotonic() - started
    for thread in threads:
        thread.join()
    assert took < 2
    assert max(out) <= 6  # four looks at once, and the request


def test_F19_an_orderly_stop_does_not_wait_for_streams(
    app: FastAPI, settings: Settings, world: World
) -> None:
    app.state.settings = settings.model_copy(
        update={"live_seconds": 60, "allowed_hosts": frozenset({"127.0.0.1"})}
    )
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, http=CappedProtocol, log_level="critical", ws="none", timeout_graceful_shutdown=9
        )
        server = uvicorn.Server(config)
        running = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        running.start()
        while not server.started and running.is_alive():
            time.sleep(0.01)
        cookies = dict(visit(app, world, "odo").client.cookies)
        path = f"/studies/{world.study_id}/rounds/{world.round_id}/live"
        stream = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=30)
        header = "; ".join(f"{name}={value}" for name, value in cookies.items())
        stream.request("GET", path, headers={"Cookie": header})
        answer = stream.getresponse()
        assert answer.readline() == b"retry: 1000\n"
        started = time.monotonic()
        server.should_exit = True
        running.join()
        assert time.monotonic() - started < 3
        stream.close()
