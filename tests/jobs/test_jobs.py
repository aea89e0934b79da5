"""A job is a row: it is done once, survives a restart, and fails with a sentence."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from app.accounts.service import create_account
from app.db import Database
from app.errors import Invalid, Unavailable
from app.jobs.models import Job, JobState
from app.jobs.runner import JobWork, Progress, Runner
from app.jobs.service import ATTEMPTS, claim, enqueue
from app.studies.service import NewStudy, create_study, study_id_of
from tests.conftest import Clock


@pytest.fixture
def ids(database: Database) -> tuple[int, int]:
    with database.transaction() as session:
        account = create_account(
            session, email="ada@example.org", name="Ada", password="nine careful owls"
        )
        study = create_study(session, NewStudy("Work"), lead=account)
        return study_id_of(study), account.id or 0


def put(database: Database, ids: tuple[int, int], kind: str = "count") -> int:
    with database.transaction() as session:
        job = enqueue(session, study_id=ids[0], account_id=ids[1], kind=kind, params={"up_to": 3})
        return job.id or 0


def read(database: Database, job_id: int) -> Job:
    with database.reading() as session:
        return session.get_one(Job, job_id)


def count(database: Database, params: dict[str, Any], tell: Progress) -> Mapping[str, object]:
    for number in range(params["up_to"]):
        tell(number / params["up_to"], f"step {number}")
    return {"counted": params["up_to"]}


def runner(database: Database, work: JobWork = count) -> Runner:
    return Runner(database, {"count": work})


def test_a_job_is_done_and_keeps_its_result(database: Database, ids: tuple[int, int]) -> None:
    job_id = put(database, ids)
    assert runner(database).run_next()
    job = read(database, job_id)
    assert (job.state, job.progress, job.result) == (JobState.DONE, 1.0, {"counted": 3})


def test_an_empty_queue_is_no_work(database: Database) -> None:
    assert not runner(database).run_next()


def test_jobs_are_done_in_their_order(database: Database, ids: tuple[int, int]) -> None:
    first, second = put(database, ids), put(database, ids)
    worker = runner(database)
    worker.run_next()
    assert read(database, first).state == JobState.DONE
    assert read(database, second).state == JobState.WAITING


def test_a_refusal_becomes_the_job_s_sentence(database: Database, ids: tuple[int, int]) -> None:
    def refuse(*_: object) -> Mapping[str, object]:
        raise Invalid("Row 7 has no text.")

    job_id = put(database, ids)
    runner(database, refuse).run_next()
    job = read(database, job_id)
    assert (job.state, job.error) == (JobState.FAILED, "Row 7 has no text.")


def test_an_unforeseen_error_is_told_without_its_details(
    database: Database, ids: tuple[int, int]
) -> None:
    def break_down(*_: object) -> Mapping[str, object]:
        raise ZeroDivisionError("secret")

    job_id = put(database, ids)
    runner(database, break_down).run_next()
    job = read(database, job_id)
    assert job.state == JobState.FAILED
    assert "secret" not in job.error


def test_a_job_whose_worker_died_is_taken_up_again(
    database: Database, ids: tuple[int, int], clock: Clock
) -> None:
    job_id = put(database, ids)
    with database.transaction() as session:
        assert claim(session) is not None
    assert not runner(database).run_next()
    clock.advance(seconds=61)
    assert runner(database).run_next()
    assert read(database, job_id).state == JobState.DONE


def test_a_job_that_kills_its_worker_is_given_up(
    database: Database, ids: tuple[int, int], clock: Clock
) -> None:
    job_id = put(database, ids)
    for _ in range(ATTEMPTS):
        with database.transaction() as session:
            assert claim(session) is not None
        clock.advance(seconds=61)
    assert not runner(database).run_next()
    assert "given up" in read(database, job_id).error


def busy() -> Unavailable:
    return Unavailable("Another task is writing to the database.")


def away() -> OperationalError:
    return OperationalError("SELECT 1", {}, Exception("the server closed the connection"))


@dataclass
class Moody:
    """The database as the runner sees it; the next transactions named in `refusing` are refused."""

    database: Database
    make_refusal: Callable[[], Exception]
    refusing: int = 0

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        if self.refusing:
            self.refusing -= 1
            raise self.make_refusal()
        with self.database.transaction() as session:
            yield session


@pytest.fixture(params=[busy, away])
def moody(request: pytest.FixtureRequest, database: Database) -> Moody:
    return Moody(database, request.param)


def worker_on(moody: Moody, work: JobWork) -> Runner:
    return Runner(cast(Database, moody), {"count": work})


@pytest.fixture
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.runner.SECONDS_BETWEEN_LOOKS", 0.01)


@pytest.mark.usefixtures("_no_pause")
def test_work_that_is_done_is_noted_later_when_the_database_is_busy_at_its_end(
    moody: Moody, ids: tuple[int, int]
) -> None:
    done: list[str] = []

    def work(*_: object) -> Mapping[str, object]:
        done.append("once")
        moody.refusing = 3
        return {"counted": 3}

    job_id = put(moody.database, ids)
    assert worker_on(moody, work).run_next()
    job = read(moody.database, job_id)
    assert (job.state, job.error, job.result) == (JobState.DONE, "", {"counted": 3})
    assert done == ["once"]


@pytest.mark.usefixtures("_no_pause")
def test_a_refusal_is_noted_later_when_the_database_is_busy(
    moody: Moody, ids: tuple[int, int]
) -> None:
    def refuse(*_: object) -> Mapping[str, object]:
        moody.refusing = 2
        raise Invalid("Row 7 has no text.")

    job_id = put(moody.database, ids)
    worker_on(moody, refuse).run_next()
    assert read(moody.database, job_id).error == "Row 7 has no text."


def test_a_job_that_meets_a_busy_database_waits_for_another_try(
    moody: Moody, ids: tuple[int, int]
) -> None:
    job_id = put(moody.database, ids)

    def work(database: Database, params: dict[str, Any], tell: Progress) -> Mapping[str, object]:
        moody.refusing = 1 if read(moody.database, job_id).attempts == 1 else 0
        return count(database, params, tell)

    worker = worker_on(moody, work)
    assert not worker.run_next()  # so that the thread pauses before the next try
    assert read(moody.database, job_id).state == JobState.WAITING
    assert worker.run_next()
    assert read(moody.database, job_id).state == JobState.DONE


def test_a_job_that_never_gets_through_is_given_up(
    database: Database, ids: tuple[int, int]
) -> None:
    def refuse(*_: object) -> Mapping[str, object]:
        raise busy()

    job_id = put(database, ids)
    worker = runner(database, refuse)
    for _ in range(ATTEMPTS + 1):
        worker.run_next()
    job = read(database, job_id)
    assert (job.state, job.attempts) == (JobState.FAILED, ATTEMPTS)
    assert "given up" in job.error


@pytest.mark.parametrize("end", ["finish", "fail", "tell"])
def test_a_worker_that_fell_silent_does_not_write_over_the_one_that_took_its_job(
    database: Database, ids: tuple[int, int], clock: Clock, end: str
) -> None:
    def work(_database: Database, _params: dict[str, Any], tell: Progress) -> Mapping[str, object]:
        clock.advance(seconds=61)
        assert runner(database).run_next()  # another worker takes the job and finishes it
        if end == "tell":
            tell(0.1, "late")
        if end == "fail":
            raise Invalid("Row 7 has no text.")
        return {"counted": "late"}

    job_id = put(database, ids)
    runner(database, work).run_next()
    job = read(database, job_id)
    assert (job.state, job.progress, job.result) == (JobState.DONE, 1.0, {"counted": 3})
    assert (job.error, job.step, job.attempts) == ("", "step 2", 2)


def test_two_workers_never_take_the_same_job(database: Database, ids: tuple[int, int]) -> None:
    put(database, ids)
    with database.transaction() as session:
        assert claim(session) is not None
    with database.transaction() as session:
        assert claim(session) is None
        assert len(session.exec(select(Job)).all()) == 1


def test_a_thread_does_what_is_put_into_the_queue(
    database: Database, ids: tuple[int, int], session: Session
) -> None:
    worker = runner(database)
    worker.start()
    job_id = put(database, ids)
    worker.wake()
    for _ in range(100):
        worker.wake()
        if read(database, job_id).state == JobState.DONE:
            break
        worker._thread.join(0.05)
    worker.stop()
    assert read(database, job_id).state == JobState.DONE
