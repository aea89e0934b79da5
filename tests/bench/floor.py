"""The floor: a FastAPI route that does nothing, and a SQLite commit of one row."""

import sqlite3
import sys
import time
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Form
from fastapi.responses import HTMLResponse

from tests.serving import Browser, free_port, start_server

app = FastAPI(openapi_url=None)


@app.get("/sign-in")
def ready() -> HTMLResponse:
    return HTMLResponse("ready")


@app.post("/bare")
def bare(word: Annotated[str, Form()]) -> HTMLResponse:
    return HTMLResponse(f"<p>{len(word)}</p>")


def bare_route(times: int) -> list[float]:
    """Return milliseconds of each request to the bare route, over one connection."""
    port = free_port()
    arguments = ["-m", "uvicorn", "tests.bench.floor:app", "--port", str(port), "--no-access-log"]
    server = start_server({}, port=port, command=[sys.executable, *arguments])
    try:
        with Browser(port).opened() as browser:
            return [_timed(browser) for _ in range(times)][times // 10 :]
    finally:
        server.stop()


def _timed(browser: Browser) -> float:
    started = time.perf_counter()
    browser.post("/bare", {"word": "stale"})
    return (time.perf_counter() - started) * 1000


def bare_commit(folder: Path, times: int) -> list[float]:
    """Return milliseconds of each commit of one row, with the durability that Concord asks for."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT)")
    samples = []
    for number in range(times):
        started = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO word (text) VALUES (?)", (f"word {number}",))
        connection.execute("COMMIT")
        samples.append((time.perf_counter() - started) * 1000)
    connection.close()
    return samples[times // 10 :]
