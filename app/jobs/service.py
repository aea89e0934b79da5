"""Durable background work without a broker: a job is a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from app.db import now
from app.jobs.models import Job, JobState

SILENCE_THAT_MEANS_DEATH = timedelta(seconds=60)
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in the hands of one worker: `attempt` tells it from a worker that took it later."""

    job_id: int
    attempt: int
    kind: str
    params: Mapping[str, Any]


def enqueue(
    session: Session,
    *,
    study_id: int,
    account_id: int,
    kind: str,
    params: Mapping[str, object],
) -> Job:
    """Put work into the queue; it starts after the transaction committed."""
    job = Job(
        study_id=study_id,
        account_id=account_id,
        kind=kind,
        params=dict(params),
        created_at=now(),
    )
    session.add(job)
    session.flush()  # the caller needs the id
    return job


def claim(session: Session) -> Claim | None:
    """Take the oldest waiting job, or one whose worker fell silent."""
    silent = col(Job.heartbeat) < now() - SILENCE_THAT_MEANS_DEATH
    waiting = or_(col(Job.state) == JobState.WAITING, (col(Job.state) == JobState.RUNNING) & silent)
    statement = select(Job).where(waiting).order_by(col(Job.id)).limit(1)
    job = session.exec(statement.with_for_update(skip_locked=True)).first()
    if job is None:
        return None
    session.add(job)
    if job.attempts >= ATTEMPTS:
        job.state = JobState.FAILED
        job.error = "The work was interrupted three times and was given up."
        job.finished_at = now()
        return None
    job.state = JobState.RUNNING
    job.attempts += 1
    job.heartbeat = now()
    if job.id is None:
        raise RuntimeError("a waiting job was saved")
    return Claim(job.id, job.attempts, job.kind, dict(job.params))


# Each of these says False, and changes nothing, when the job is another worker's by now.


def report_progress(session: Session, held: Claim, *, progress: float, step: str) -> bool:
    """Note how far the job is, from 0 to 1, and that its worker is alive."""
    return _note(session, held, progress=progress, step=step, heartbeat=now())


def finish(session: Session, held: Claim, result: Mapping[str, object]) -> bool:
    """Note that the job is done, and what came of it."""
    return _note(
        session,
        held,
        state=JobState.DONE,
        progress=1.0,
        result=dict(result),
        finished_at=now(),
    )


def fail(session: Session, held: Claim, sentence: str) -> bool:
    """Note that the job cannot be done, and why."""
    return _note(session, held, state=JobState.FAILED, error=sentence[:4000], finished_at=now())


def put_back(session: Session, held: Claim) -> bool:
    """Let the job wait for another attempt; after the last one, `claim` gives it up."""
    return _note(session, held, state=JobState.WAITING)


def _note(session: Session, held: Claim, **values: object) -> bool:
    statement = (
        update(Job)
        .where(
            col(Job.id) == held.job_id,
            col(Job.attempts) == held.attempt,
            col(Job.state) == JobState.RUNNING,
        )
        .values(**values)
    )
    return session.connection().execute(statement).rowcount == 1
