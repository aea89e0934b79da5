"""Fixtures of the browser tests: Chromium, a running server, and what went wrong in the pages."""

import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    WebError,
    sync_playwright,
)

from tests.browser.chromium import find_chromium
from tests.browser.coders import OpenAsBen
from tests.browser.visitors import sign_in_page
from tests.coding.world import World, make_world
from tests.databases import SqliteTemplate

SECONDS_TO_START = 10.0
MILLISECONDS_TO_WAIT = 10_000

# Chromium calls its maker at every start unless told not to; other names resolve to nothing.
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

REPORT_BLOCKED_CONTENT = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`blocked by ${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
});
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A headless Chromium that can reach this machine only."""
    path = find_chromium(playwright)
    if path is None:
        missing = "no Chromium found: `make chromium` installs one"
        if os.environ.get("CONCORD_REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with playwright.chromium.launch(executable_path=path, args=QUIET) as browser:
        yield browser


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: SqliteTemplate) -> None:
    """None: pages look the same on both databases, so the browser sees SQLite only."""
    sqlite_template.copy_into(tmp_path / "data")


@pytest.fixture
def server_url(plain_server_url: str) -> str:
    """Address at which pages are asked for."""
    return plain_server_url


@pytest.fixture
def plain_server_url(app: FastAPI) -> Iterator[str]:
    """Address of a running Concord with the test's own data folder."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, log_level="critical", ws="none", timeout_graceful_shutdown=1, lifespan="on"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            _wait_for(server, thread)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            pytest.fail("the server did not start")
        time.sleep(0.005)


class PageProblems:
    """What went wrong in the pages of a test: errors in the console, requests to other hosts."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._allowed: list[re.Pattern[str]] = []
        self._seen: list[str] = []

    def allow(self, pattern: str) -> None:
        """Accept problems that match, such as `status of 422` after a refusal the test provokes."""
        self._allowed.append(re.compile(pattern))

    @property
    def seen(self) -> list[str]:
        """The problems that no pattern allows."""
        return [seen for seen in self._seen if not any(p.search(seen) for p in self._allowed)]

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._note_console)
        context.on("weberror", self._note_error)
        context.on("request", self._note_request)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._seen.append(f"console: {message.text} ({message.location.get('url')})")

    def _note_error(self, error: WebError) -> None:
        self._seen.append(f"script: {error.error}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self._server_url + "/", "data:", "blob:", "about:")):
            self._seen.append(f"request to another host: {request.url}")


@pytest.fixture
def page_problems(server_url: str) -> Iterator[PageProblems]:
    """The problems seen in the test's pages; any that is not allowed fails the test."""
    problems = PageProblems(server_url)
    yield problems
    assert problems.seen == []


class OpenPage(Protocol):
    """Opens a page of a further visitor."""

    def __call__(self, **options: Any) -> Page: ...


@pytest.fixture
def open_page(browser: Browser, server_url: str, page_problems: PageProblems) -> Iterator[OpenPage]:
    """Open a page with cookies of its own; options as of Playwright's `new_context`.

    For example `java_script_enabled=False`, `color_scheme="dark"`, `has_touch=True` or
    `viewport={"width": 390, "height": 844}`. Addresses may be given without the server's.
    """
    contexts: list[BrowserContext] = []

    def open_one(**options: Any) -> Page:
        context = browser.new_context(**{"base_url": server_url, "locale": "en-GB", **options})
        contexts.append(context)
        context.set_default_timeout(MILLISECONDS_TO_WAIT)
        context.add_init_script(REPORT_BLOCKED_CONTENT)
        page_problems.watch(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page of a signed-out visitor."""
    return open_page()


@pytest.fixture
def world(app: FastAPI) -> World:
    """An open round of twelve cards that waits for Ben."""
    return make_world(app.state.database, n_cards=12)


@pytest.fixture
def ben(app: FastAPI, world: World, open_page: OpenPage, server_url: str) -> OpenAsBen:
    """Open pages of Ben's round."""

    def open_one(path: str, **options: Any) -> Page:
        page = open_page(**options)
        sign_in_page(app, page, "ben@example.org", server_url)
        page.goto(f"/studies/{world.study_id}/rounds/{world.round_id}{path}")
        return page

    return open_one
