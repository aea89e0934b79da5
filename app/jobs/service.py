"""Durable background work without a broker: a job is a row."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from app.db import now
from app.jobs.models import Job, JobState

SILENCE_THAT_MEANS_DEATH = timedelta(seconds=60)
ATTEMPTS = 3


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


def claim(session: Session) -> Job | None:
    """Take the oldest waiting job, or one whose worker fell silent."""
    silent = col(Job.heartbeat) < now() - SILENCE_THAT_MEANS_DEATH
    waiting = or_(col(Job.state) == JobState.WAITING, (col(Job.state) == JobState.RUNNING) & silent)
    statement = select(Job).where(waiting).order_by(col(Job.id)).limit(1)
    job = session.exec(statement.with_for_update(skip_locked=True)).first()
    if job is None:
        return None
    if job.attempts >= ATTEMPTS:
        fail(session, job, "The work was interrupted three times and was given up.")
        return None
    job.state = JobState.RUNNING
    job.attempts += 1
    job.heartbeat = now()
    session.add(job)
    return job


def report_progress(session: Session, job_id: int, *, progress: float, step: str) -> None:
    """Note how far the job is, from 0 to 1, and that its worker is alive."""
    session.connection().execute(
        update(Job)
        .where(col(Job.id) == job_id)
        .values(progress=progress, step=step, heartbeat=now())
    )


def finish(session: Session, job: Job, result: Mapping[str, object]) -> None:
    job.state = JobState.DONE
    job.progress = 1.0
    job.result = dict(result)
    job.finished_at = now()
    session.add(job)


def fail(session: Session, job: Job, sentence: str) -> None:
    job.state = JobState.FAILED
    job.error = sentence[:4000]
    job.finished_at = now()
    session.add(job)
