"""Intervals that take long are drawn by a job, which tells how far it is and can be run again."""

from collections.abc import Sequence

import pytest
from sqlmodel import Session, select

from app.coding.bootstrapping import (
    BootstrapState,
    bootstrap_in_background,
    bootstrap_state,
    intervals_of,
    take_bootstrap,
)
from app.coding.measuring import ratings_for, snapshots
from app.coding.models import Bootstrap, Round, Snapshot
from app.db import Database
from app.jobs.models import Job, JobState
from app.jobs.runner import JobWork, Runner
from app.main import WORKS
from app.resolution.closing import close_round
from tests.coding.factories import PublishedBook, judge, make_book, make_numbered_cards, make_round
from tests.factories import Team, make_account, make_study

FACETS = {"Smell": ("single", ("Missing", "Stale")), "Parts": ("multiple", ("Text", "Table"))}
NOTHING_TO_COME = BootstrapState(is_waiting=False, progress=0.0, error="")


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def cards(session: Session, team: Team) -> dict[str, int]:
    return make_numbered_cards(session, team, [f"L-{number}" for number in range(10)])


@pytest.fixture
def book(session: Session, team: Team, cards: dict[str, int]) -> PublishedBook:
    return make_book(session, team, FACETS)


@pytest.fixture
def closed(
    session: Session,
    team: Team,
    book: PublishedBook,
    cards: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> Round:
    """A round of two facets that has just closed, as if its intervals took long."""
    monkeypatch.setattr("app.coding.bootstrapping.SHORT_WORK", 0)
    round_ = make_round(session, team, book)
    for facet in book.facets.values():
        first, second = (category.id for category in facet.categories)
        for place, card_id in enumerate(cards.values()):
            bens, cleos = (second, first)[place % 2], (second, first)[place < 7]
            judge(session, round_, team.members["Ben"], card_id, facet.id, bens)
            judge(session, round_, team.members["Cleo"], card_id, facet.id, cleos)
    close_round(session, round_, reason="It is enough.", is_forced=True, by=None)
    session.commit()
    return round_


def run_next(session: Session, database: Database, works: dict[str, JobWork] = WORKS) -> Job:
    session.commit()  # lets go of the write lock: the runner writes
    assert Runner(database, works).run_next()
    session.expire_all()
    job = session.exec(select(Job)).one()
    session.commit()
    return job


def states(session: Session, round_: Round) -> list[BootstrapState]:
    found = [bootstrap_state(session, one) for one in snapshots(session, round_)]
    session.commit()
    return found


def rows(session: Session) -> Sequence[Bootstrap]:
    return session.exec(select(Bootstrap).order_by(Bootstrap.id)).all()  # type: ignore[arg-type]


def take_first(session: Session, round_: Round, book: PublishedBook) -> None:
    """Store the intervals of the first facet, as a job does before it is interrupted."""
    snapshot = snapshots(session, round_)[0]
    found = ratings_for(session, round_, book.facets["Smell"])
    take_bootstrap(session, round_, snapshot, found)
    session.commit()


def test_until_the_job_is_done_each_facet_waits_for_its_intervals(
    session: Session, database: Database, closed: Round
) -> None:
    assert {state.is_waiting for state in states(session, closed)} == {True}
    assert rows(session) == []
    job = run_next(session, database)
    assert (job.state, job.result) == (JobState.DONE, {"facets": 2})
    assert states(session, closed) == [NOTHING_TO_COME] * 2
    taken = snapshots(session, closed)
    assert [row.snapshot_id for row in rows(session)] == [snapshot.id for snapshot in taken]


def test_a_job_draws_what_would_have_been_drawn_at_once(
    session: Session, database: Database, closed: Round, book: PublishedBook
) -> None:
    take_first(session, closed, book)
    at_once = dict(rows(session)[0].intervals)
    session.delete(rows(session)[0])
    session.commit()
    run_next(session, database)
    assert rows(session)[0].intervals == at_once


def test_drawing_alters_nothing_that_was_frozen(
    session: Session, database: Database, closed: Round
) -> None:
    before = [one.model_dump() for one in snapshots(session, closed)]
    run_next(session, database)
    assert [one.model_dump() for one in snapshots(session, closed)] == before


def test_a_job_that_was_interrupted_goes_on_and_run_again_draws_nothing_anew(
    session: Session, database: Database, closed: Round, book: PublishedBook
) -> None:
    take_first(session, closed, book)
    assert [state.is_waiting for state in states(session, closed)] == [False, True]
    job = run_next(session, database)
    assert job.result == {"facets": 1}
    assert len(rows(session)) == 2
    session.commit()
    again = bootstrap_in_background(database, job.params, lambda _share, _step: None)
    assert again == {"facets": 0}
    assert len(rows(session)) == 2


def test_a_job_tells_how_far_it_is_over_all_facets(
    session: Session, database: Database, closed: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.coding.bootstrapping.SECONDS_BETWEEN_WORDS", 0)
    job = session.exec(select(Job)).one()
    session.commit()
    told: list[tuple[float, str]] = []
    bootstrap_in_background(database, job.params, lambda *words: told.append(words))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.5 < shares[-1] == 1
    assert [told[0][1], told[-1][1]] == [
        "Drawing resamples of facet 1 of 2",
        "Drawing resamples of facet 2 of 2",
    ]


def test_a_facet_that_cannot_be_drawn_does_not_fail_the_job(
    session: Session, database: Database, closed: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.agreement.resampling.MOST_FEATURES", 1)
    assert run_next(session, database).state == JobState.DONE
    reasons = [row.intervals["reason"] for row in rows(session)]
    assert reasons == ["There are too many categories for resampling.", None]


def test_a_job_that_failed_says_why_and_nobody_waits_any_more(
    session: Session, database: Database, closed: Round
) -> None:
    def break_down(*_: object) -> dict[str, object]:
        raise ZeroDivisionError

    run_next(session, database, {"bootstrap": break_down})
    for state in states(session, closed):
        assert not state.is_waiting
        assert "Something went wrong on the server." in state.error


def test_the_job_of_a_command_is_the_lead_s(session: Session, closed: Round, team: Team) -> None:
    job = session.exec(select(Job)).one()
    assert (job.study_id, job.account_id) == (team.study_id, make_account(session, "Ada").id)


def test_a_round_of_an_earlier_version_waits_for_nothing_and_is_left_as_it_is(
    session: Session, database: Database, closed: Round
) -> None:
    for snapshot in session.exec(select(Snapshot)):
        snapshot.algorithm_version = "2"
        session.add(snapshot)
    job = session.exec(select(Job)).one()
    assert run_next(session, database).result == {"facets": 0}
    session.delete(job)
    session.commit()
    assert states(session, closed) == [NOTHING_TO_COME] * 2
    assert intervals_of(session, snapshots(session, closed)[0]) is None
