"""One worker thread that carries out the jobs of the queue."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from app.db import Database
from app.errors import ConcordError
from app.jobs.models import Job
from app.jobs.service import claim, fail, finish, report_progress

log = logging.getLogger(__name__)

Progress = Callable[[float, str], None]
JobWork = Callable[[Database, dict[str, Any], Progress], Mapping[str, object]]

SECONDS_BETWEEN_LOOKS = 1.0


class Runner:
    """Carries out jobs one after the other; `wake` shortens the wait for the next look."""

    def __init__(self, database: Database, works: Mapping[str, JobWork]) -> None:
        self._database = database
        self._works = works
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="concord-jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout=5)

    def run_next(self) -> bool:
        """Carry out one job; False when none was waiting."""
        with self._database.transaction() as session:
            job = claim(session)
            if job is None:
                return False
            job_id, kind, params = job.id, job.kind, dict(job.params)
        if job_id is None:
            raise RuntimeError("a claimed job has an id")
        try:
            self._carry_out(job_id, kind, params)
        except ConcordError as error:
            self._give_up(job_id, error.message)
        except Exception:
            log.exception("job %s (%s) failed", job_id, kind)
            self._give_up(job_id, "Something went wrong on the server. Nothing was changed.")
        return True

    def _carry_out(self, job_id: int, kind: str, params: dict[str, Any]) -> None:
        def tell(progress: float, step: str) -> None:
            # Between the work's own transactions only: each of them holds the write lock.
            with self._database.transaction() as session:
                report_progress(session, job_id, progress=progress, step=step)

        result = self._works[kind](self._database, params, tell)
        with self._database.transaction() as session:
            finish(session, session.get_one(Job, job_id), result)

    def _give_up(self, job_id: int, sentence: str) -> None:
        with self._database.transaction() as session:
            fail(session, session.get_one(Job, job_id), sentence)

    def _run(self) -> None:
        while not self._stopping:
            try:
                worked = self.run_next()
            except Exception:
                log.exception("the job queue could not be read")
                worked = False
            if not worked:
                self._wake.wait(SECONDS_BETWEEN_LOOKS)
                self._wake.clear()
