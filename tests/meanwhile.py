"""Two sessions at once: the second begins before the first is committed."""

import threading
import time
from collections.abc import Callable

from sqlmodel import Session

from app.db import Database
from app.errors import ConcordError

WELL = "well"


def at_once(
    database: Database,
    first: Callable[[Session], object],
    second: Callable[[Session], object],
) -> tuple[str, str]:
    """Let two people act, the second while the first is at it; returns how each of them went."""
    has_acted, has_begun = threading.Event(), threading.Event()
    went: dict[str, str] = {}

    def run(which: str, act: Callable[[Session], object], before: threading.Event | None) -> None:
        if before is not None:
            before.wait(10)
        try:
            with database.transaction() as session:
                if before is not None:
                    has_begun.set()
                act(session)
                session.flush()
                if before is None:
                    has_acted.set()
                    has_begun.wait(1)
                    time.sleep(0.1)  # the other has read by now, or waits for the lock
            went[which] = WELL
        except ConcordError as refusal:
            went[which] = refusal.message
        finally:
            has_acted.set()

    threads = [
        threading.Thread(target=run, args=("first", first, None)),
        threading.Thread(target=run, args=("second", second, has_acted)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return went["first"], went["second"]
