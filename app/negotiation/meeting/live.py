"""Open pages are told that something changed, and ask for it anew under their own rights.

A message names what changed and holds nothing of it. A stream lasts some seconds; the browser then
opens the next, which goes on where this one stopped.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database
from app.errors import TooMany, Unavailable
from app.negotiation.hearing import Heard, Listener, hear, listener_of, n_heard, newest_ids
from app.negotiation.naming import closed_round
from app.studies.deps import InStudy
from app.web.forms import Count, PathId
from app.web.transaction import Look, database

router = APIRouter()

SECONDS_BETWEEN_LOOKS = 1.0
LOOKS_BETWEEN_SIGNS_OF_LIFE = 10
MILLISECONDS_TO_RETURN = 1000
LOOKS_AT_ONCE = 4
MOST_OF_ONE_ACCOUNT = 12
MOST_IN_ALL = 1000
HEADERS = {"X-Accel-Buffering": "no"}  # a proxy must not gather messages; the guard says no-store


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


@router.get("/studies/{study_id}/rounds/{round_id}/live", name="live")
def live(
    request: Request,
    here: InStudy,
    look: Look,
    round_id: PathId,
    after: Annotated[Count, Query()] = 0,
) -> Response:
    """Tell of changes on a closed round while the page is open; 204 where this is switched off."""
    listener = listener_of(look, here, closed_round(look, here, round_id))
    seconds: int = request.app.state.settings.live_seconds
    if not seconds:
        return Response(status_code=204, headers=HEADERS)
    streams: Streams = request.app.state.streams
    streams.check_room(here.account_id)
    request.state.ends_with_the_server = True  # see `web.protocol`
    messages = _messages(
        _Ear(database(request), listener, streams.looking),
        known=_cursor(request.headers.get("last-event-id", ""), after),
        until=time.monotonic() + seconds,
    )
    content = _counted(streams, here.account_id, messages)
    return StreamingResponse(content, media_type="text/event-stream", headers=HEADERS)


def _cursor(last_id: str, after: int) -> int:
    """Return how many acts the page knows of; what the browser heard last counts."""
    is_number = last_id.isascii() and last_id.isdecimal() and len(last_id) < 19
    return int(last_id) if is_number else after


async def _counted(
    streams: Streams, account_id: int, messages: AsyncIterator[str]
) -> AsyncIterator[str]:
    with streams.counted(account_id):
        async for message in messages:
            yield message


@dataclass(slots=True)
class _Ear:
    """Short looks at the database, in a thread and with no session in between."""

    database: Database
    listener: Listener
    threads: Executor
    seen: frozenset[int] = frozenset()

    async def begin(self) -> int:
        """Return how many acts there are by now."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, self._begin)

    async def look(self) -> Heard:
        return await asyncio.get_running_loop().run_in_executor(self.threads, self._look)

    def _begin(self) -> int:
        with self.database.reading() as session:
            self.seen = newest_ids(session, self.listener)
            return n_heard(session, self.listener)

    def _look(self) -> Heard:
        with self.database.reading() as session:
            heard = hear(session, self.listener, self.seen)
        self.seen = heard.seen
        return heard


async def _messages(ear: _Ear, *, known: int, until: float) -> AsyncIterator[str]:
    yield f"retry: {MILLISECONDS_TO_RETURN}\n\n"
    try:
        count = await ear.begin()
        if count != known:
            yield _message("again", {}, count)
        n_looks = 0
        while time.monotonic() < until:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            heard = await ear.look()
            if not heard.is_member:
                return
            count += heard.n_acts
            for message in _told(heard, count):
                yield message
            n_looks += 1
            if n_looks % LOOKS_BETWEEN_SIGNS_OF_LIFE == 0:
                yield ": still here\n\n"
    except SQLAlchemyError:
        return  # the database is busy or away; the browser comes back by itself


def _told(heard: Heard, count: int) -> Iterator[str]:
    """Give the messages of one look; only the last moves the cursor on, lest one get lost."""
    names: list[tuple[str, dict[str, int | None]]] = [
        ("talk", {"disagreement": one or None}) for one in heard.disagreement_ids
    ]
    if heard.is_meeting:
        names.append(("meeting", {"current": heard.current_id}))
    for place, (name, what) in enumerate(names, start=1):
        yield _message(name, what, count if place == len(names) else None)


def _message(name: str, what: dict[str, int | None], count: int | None) -> str:
    cursor = "" if count is None else f"id: {count}\n"
    return f"event: {name}\n{cursor}data: {json.dumps(what)}\n\n"
