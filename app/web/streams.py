"""Streams of messages to open pages: how many there are, how they look again, how they end.

A stream holds no session between its looks, and lasts some seconds; the browser then opens the
next, which goes on where this one stopped. What a message says is the business of its feature.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app.db import Database
from app.errors import TooMany, Unavailable
from app.web.transaction import database

SECONDS_BETWEEN_SIGNS_OF_LIFE = 10.0
MILLISECONDS_TO_RETURN = 1000
LOOKS_AT_ONCE = 4
MOST_OF_ONE_ACCOUNT = 12
MOST_IN_ALL = 1000
SIGN_OF_LIFE = "event: alive\ndata:\n\n"
HEADERS = {"X-Accel-Buffering": "no"}  # a proxy must not gather messages; the guard says no-store
OPENING = f"retry: {MILLISECONDS_TO_RETURN}\n\n"


class Ear(Protocol):
    """Looks for what a page has to be told; each look has a session of its own."""

    def begin(self, session: Session) -> Sequence[str] | None:
        """Return the messages about what the page missed; None ends the stream."""

    def look(self, session: Session) -> Sequence[str] | None:
        """Return the messages about what changed since the last look; None ends the stream."""


class Sleeper(Protocol):
    """Waits for a change, so long at most; says whether it was woken."""

    async def wait(self, seconds: float) -> bool: ...


@dataclass(slots=True)
class Streams:
    """The streams that one process keeps open."""

    by_account: Counter[int] = field(default_factory=Counter)
    # Of its own: looks must not take the threads that answer requests.
    looking: Executor = field(
        default_factory=lambda: ThreadPoolExecutor(LOOKS_AT_ONCE, thread_name_prefix="concord-live")
    )

    def close(self) -> None:
        """Let the threads go."""
        self.looking.shutdown(wait=False)

    def check_room(self, account_id: int) -> None:
        """Raise when one more stream would be too many."""
        if self.by_account[account_id] >= MOST_OF_ONE_ACCOUNT:
            raise TooMany("Too many pages of yours wait for changes; close some.", retry_after=30)
        if self.by_account.total() >= MOST_IN_ALL:
            raise Unavailable("Too many pages wait for changes just now.", retry_after=30)

    @contextmanager
    def counted(self, account_id: int) -> Iterator[None]:
        self.by_account[account_id] += 1
        try:
            yield
        finally:
            self.by_account[account_id] -= 1
            if not self.by_account[account_id]:
                del self.by_account[account_id]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a stream lasts, and how long at most from one look to the next."""

    lasts: float
    between_looks: float
    to_gather: float = 0.0  # after a change, before the look: several make one message


def stream(
    request: Request,
    account_id: int,
    ear: Ear,
    waking: Callable[[], AbstractContextManager[Sleeper]],
    pace: Pace,
) -> Response:
    """Return an answer that tells of changes while the page is open."""
    streams: Streams = request.app.state.streams
    streams.check_room(account_id)
    request.state.ends_with_the_server = True  # see `web.protocol`
    looker = _Looker(database(request), streams.looking)

    async def content() -> AsyncIterator[str]:
        with streams.counted(account_id), waking() as sleeper:
            async for message in _messages(looker, ear, sleeper, pace):
                yield message

    return StreamingResponse(content(), media_type="text/event-stream", headers=HEADERS)


def at_once(messages: Sequence[str] | None) -> Response:
    """Return what a stream would begin with: for pages that a proxy lets hear nothing."""
    text = OPENING + "".join(messages or ())
    return Response(text, media_type="text/event-stream", headers=HEADERS)


def switched_off() -> Response:
    """Return the answer that makes a browser stop asking for a stream."""
    return Response(status_code=204, headers=HEADERS)


def known_to(request: Request, when_drawn: str) -> str:
    """Return the state a page knows of; what the browser heard last counts more than its page."""
    return request.headers.get("last-event-id", "")[:100] or when_drawn


def message(name: str, what: Mapping[str, object], cursor: object | None = None) -> str:
    """Return one message of a stream."""
    number = "" if cursor is None else f"id: {cursor}\n"
    return f"event: {name}\n{number}data: {json.dumps(what)}\n\n"


@dataclass(frozen=True, slots=True)
class _Looker:
    """Short looks at the database, in a thread and with no session in between."""

    database: Database
    threads: Executor

    async def __call__(
        self, look: Callable[[Session], Sequence[str] | None]
    ) -> Sequence[str] | None:
        return await asyncio.get_running_loop().run_in_executor(self.threads, self._look, look)

    def _look(self, look: Callable[[Session], Sequence[str] | None]) -> Sequence[str] | None:
        with self.database.reading() as session:
            return look(session)


async def _messages(looker: _Looker, ear: Ear, sleeper: Sleeper, pace: Pace) -> AsyncIterator[str]:
    yield OPENING
    until = time.monotonic() + pace.lasts
    try:
        found = await looker(ear.begin)
        # By the clock alone: a sign of life must not tell that somebody else was at work.
        next_sign = time.monotonic() + SECONDS_BETWEEN_SIGNS_OF_LIFE
        next_look = time.monotonic() + pace.between_looks
        while found is not None:
            for one in found:
                yield one
            found = ()
            now = time.monotonic()
            if now >= until:
                return
            if now >= next_sign:
                yield SIGN_OF_LIFE
                next_sign += SECONDS_BETWEEN_SIGNS_OF_LIFE
            left = min(until, next_sign, next_look) - time.monotonic()
            is_woken = await sleeper.wait(max(left, 0.01))
            if is_woken:
                await asyncio.sleep(pace.to_gather)
            if is_woken or time.monotonic() >= next_look:
                found = await looker(ear.look)
                next_look = time.monotonic() + pace.between_looks
    except SQLAlchemyError:
        return  # the database is busy or away; the browser comes back by itself
