"""One worker thread that carries out the jobs of the queue."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app.db import Database
from app.errors import ConcordError, Unavailable
from app.jobs.service import Claim, claim, fail, finish, put_back, report_progress

log = logging.getLogger(__name__)

Progress = Callable[[float, str], None]
JobWork = Callable[[Database, dict[str, Any], Progress], Mapping[str, object]]
Note = Callable[[Session], bool]

SECONDS_BETWEEN_LOOKS = 1.0


class JobLost(Exception):
    """The job is another worker's by now, for this one was silent for too long."""


class Runner:
    """Carries out jobs one after the other; `wake` shortens the wait for the next look."""

    def __init__(self, database: Database, works: Mapping[str, JobWork]) -> None:
        self._database = database
        self._works = works
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="concord-jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout=5)

    def run_next(self) -> bool:
        """Carry out one job; False when none was waiting, or it has to wait for another try."""
        with self._database.transaction() as session:
            held = claim(session)
        if held is None:
            return False
        try:
            note = self._carry_out(held)
        except JobLost:
            log.warning("job %s (%s) was taken up by another worker", held.job_id, held.kind)
            return True
        except (Unavailable, OperationalError) as error:
            # Nothing is wrong with the work: the database was busy or away.
            log.warning("job %s (%s) waits: %s", held.job_id, held.kind, type(error).__name__)
            self._keep(held, lambda session: put_back(session, held))
            return False
        self._keep(held, note)
        return True

    def _carry_out(self, held: Claim) -> Note:
        """Do the work; return how to note its outcome, a result or a sentence."""

        def tell(progress: float, step: str) -> None:
            # Between the work's own transactions only: each of them holds the write lock.
            with self._database.transaction() as session:
                if not report_progress(session, held, progress=progress, step=step):
                    raise JobLost

        try:
            result = self._works[held.kind](self._database, dict(held.params), tell)
        except (JobLost, Unavailable, OperationalError):
            raise
        except ConcordError as error:
            sentence = error.message
        except Exception:
            log.exception("job %s (%s) failed", held.job_id, held.kind)
            sentence = "Something went wrong on the server. Nothing was changed."
        else:
            return lambda session: finish(session, held, result)
        return lambda session: fail(session, held, sentence)

    def _keep(self, held: Claim, note: Note) -> None:
        """Store the outcome, however busy the database is: the work itself is not repeated.

        If Concord stops first, the job is found silent after the next start and taken up again.
        """
        while True:
            try:
                with self._database.transaction() as session:
                    is_own = note(session)
            except (Unavailable, OperationalError):
                log.warning("the outcome of job %s (%s) waits", held.job_id, held.kind)
            else:
                if not is_own:
                    log.warning("job %s (%s) is another worker's", held.job_id, held.kind)
                return
            if self._stopping.wait(SECONDS_BETWEEN_LOOKS):
                return

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                worked = self.run_next()
            except Exception:
                log.exception("the job queue could not be read")
                worked = False
            if not worked:
                self._wake.wait(SECONDS_BETWEEN_LOOKS)
                self._wake.clear()
