"""A write that is sent twice happens once."""

import threading

import pytest
from sqlmodel import Session, select

from app.accounts.models import Account
from app.accounts.service import create_account
from app.activity.models import Activity
from app.activity.service import latest, once, record
from app.db import Database
from app.errors import Conflict
from app.studies.models import Study
from app.studies.service import NewStudy, create_study, study_id_of

OPERATION = "0b1f6f0a-made-by-the-client"


@pytest.fixture
def account_ids(database: Database) -> tuple[int, int]:
    with database.transaction() as session:
        return _account(session, "ada"), _account(session, "ben")


def _account(session: Session, name: str) -> int:
    account = create_account(
        session, email=f"{name}@example.org", name=name, password="nine careful owls"
    )
    return account.id or 0


def send(database: Database, account_id: int, content: str, done: list[str]) -> str:
    def act() -> str:
        done.append(content)
        return f"made {content}"

    with database.transaction() as session:
        return once(
            session,
            account_id=account_id,
            operation_id=OPERATION,
            content={"name": content},
            act=act,
        ).result


def test_a_repeat_returns_the_first_outcome(
    database: Database, account_ids: tuple[int, int]
) -> None:
    done: list[str] = []
    assert send(database, account_ids[0], "trust", done) == "made trust"
    assert send(database, account_ids[0], "trust", done) == "made trust"
    assert done == ["trust"]


def test_the_same_id_with_other_content_is_refused(
    database: Database, account_ids: tuple[int, int]
) -> None:
    done: list[str] = []
    send(database, account_ids[0], "trust", done)
    with pytest.raises(Conflict, match="already sent with other content"):
        send(database, account_ids[0], "doubt", done)
    assert done == ["trust"]


def test_two_people_may_use_the_same_id_and_learn_nothing_of_each_other(
    database: Database, account_ids: tuple[int, int]
) -> None:
    done: list[str] = []
    send(database, account_ids[0], "trust", done)
    assert send(database, account_ids[1], "doubt", done) == "made doubt"


def test_a_failed_write_can_be_sent_again(database: Database, account_ids: tuple[int, int]) -> None:
    def fail() -> str:
        raise Conflict("not now")

    with pytest.raises(Conflict, match="not now"), database.transaction() as session:
        once(
            session,
            account_id=account_ids[0],
            operation_id=OPERATION,
            content={"name": "trust"},
            act=fail,
        )
    assert send(database, account_ids[0], "trust", []) == "made trust"


def test_two_at_once_happen_once(database: Database, account_ids: tuple[int, int]) -> None:
    done: list[str] = []
    results: list[str] = []

    def work() -> None:
        results.append(send(database, account_ids[0], "trust", done))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["made trust"] * 6
    assert done == ["trust"]


def test_the_trail_is_numbered_without_gaps_in_the_order_of_commits(
    database: Database, account_ids: tuple[int, int]
) -> None:
    with database.transaction() as session:
        lead = session.get_one(Account, account_ids[0])
        study_id = study_id_of(create_study(session, NewStudy("Trail"), lead=lead))

    def work(number: int) -> None:
        with database.transaction() as session:
            record(session, study_id, account_id=account_ids[0], kind=f"kind {number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        numbers = sorted(session.exec(select(Activity.seq)).all())
        assert numbers == list(range(1, 10))
        assert session.get_one(Study, study_id).seq == 9
        assert latest(session, study_id, limit=1)[0].seq == 9
