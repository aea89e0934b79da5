"""Wakes whoever waits in this process for a change, after its commit and never before.

Without it every open stream would ask the database again and again whether anything happened.
The ring says nothing: who is woken looks for itself, under its own rights. Another process cannot
be heard, so whoever waits looks now and then without being woken.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event
from sqlalchemy.orm import Session

Topic = tuple[str, int, int]

_TO_RING = "rings after commit"


@dataclass(eq=False, slots=True)
class Waiting:
    """Somebody who waits, on the event loop that made this."""

    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, seconds: float) -> bool:
        """Wait for the bell, so long at most; True when it rang."""
        try:
            await asyncio.wait_for(self.rung.wait(), seconds)
        except TimeoutError:
            return False
        self.rung.clear()
        return True


class Bell:
    """Who waits for which topic. One for the process: to be woken in vain costs one look."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: defaultdict[Topic, set[Waiting]] = defaultdict(set)

    @contextmanager
    def heard(self, topics: Iterable[Topic]) -> Iterator[Waiting]:
        """Give somebody who is woken for these topics, until the block ends."""
        waiting, topics = Waiting(), tuple(topics)
        with self._lock:
            for topic in topics:
                self._waiting[topic].add(waiting)
        try:
            yield waiting
        finally:
            with self._lock:
                for topic in topics:
                    self._waiting[topic].discard(waiting)
                    if not self._waiting[topic]:
                        del self._waiting[topic]

    def ring(self, topics: Iterable[Topic]) -> None:
        """Wake who waits for one of these; from any thread."""
        with self._lock:
            found = {one for topic in topics for one in self._waiting.get(topic, ())}
        for one in found:
            if not one.loop.is_closed():
                one.loop.call_soon_threadsafe(one.rung.set)


BELL = Bell()


def ring_after_commit(session: Session, *topics: Topic) -> None:
    """Ring once this session's transaction is committed; not at all if it is rolled back."""
    session.info.setdefault(_TO_RING, set()).update(topics)


@event.listens_for(Session, "after_commit")
def _ring(session: Session) -> None:
    topics = session.info.pop(_TO_RING, None)
    if topics:
        BELL.ring(topics)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_TO_RING, None)
