"""Invitation links: one use, one role, nothing to be learnt from a guess."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, col, func, select

from app.accounts.invitations import invite_first_admin
from app.accounts.models import Account, Invitation
from app.accounts.service import find_account, hash_token
from app.studies.models import Membership
from app.studies.people import accept_invitation, invite_member
from app.studies.rules import Role
from app.studies.service import membership_of
from tests.conftest import Clock
from tests.factories import PASSWORD, Team, browser_of, fresh_id, make_account, make_study

OVER = "Ask for a new one."


def invited(session: Session, team: Team, role: Role = Role.CODER) -> str:
    """The token of a link that Ada made."""
    by = make_account(session).id or 0
    token = invite_member(session, team.study, role=role, note="", by=by, days=14)
    session.commit()
    return token


def newcomer(name: str = "Eve", **others: str) -> dict[str, str]:
    email = f"{name.lower()}@example.org"
    person = {"name": name, "email": email, "password": PASSWORD, "operation_id": fresh_id()}
    return {**person, **others}


def role_of(session: Session, team: Team, name: str) -> str | None:
    account = find_account(session, f"{name.lower()}@example.org")
    member = membership_of(session, team.study_id, account.id or 0) if account else None
    session.rollback()
    return member.role if member else None


def test_a_link_shows_where_it_leads_and_makes_a_member_with_an_account(
    client: TestClient, session: Session
) -> None:
    team = make_study(session)
    url = f"/invitations/{invited(session, team)}"
    page = client.get(url).text
    assert "Leaderboards" in page
    assert "coder" in page
    answer = client.post(url, data=newcomer())
    assert (answer.status_code, answer.headers["location"]) == (303, team.url)
    assert client.get(team.url).status_code == 200
    assert role_of(session, team, "Eve") == Role.CODER


def test_somebody_with_an_account_joins_with_it(app: FastAPI, session: Session) -> None:
    team = make_study(session)
    make_account(session, "Dan")
    dan = browser_of(app, "Dan")
    url = f"/invitations/{invited(session, team, Role.ARBITER)}"
    assert "Join as Dan" in dan.get(url).text
    assert dan.post(f"{url}/join", data={"operation_id": fresh_id()}).status_code == 303
    assert role_of(session, team, "Dan") == Role.ARBITER


def test_joining_sent_twice_happens_once(app: FastAPI, session: Session) -> None:
    team = make_study(session)
    make_account(session, "Dan")
    dan = browser_of(app, "Dan")
    url = f"/invitations/{invited(session, team)}/join"
    form = {"operation_id": fresh_id()}
    answers = [dan.post(url, data=form) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == [team.url] * 2


def test_the_database_holds_the_hash_of_a_link_only(session: Session) -> None:
    token = invited(session, make_study(session))
    assert len(token) >= 32
    assert session.exec(select(Invitation.token_hash)).all() == [hash_token(token)]


def test_B102_a_link_that_was_used_expired_or_taken_back_is_over(
    app: FastAPI, session: Session, clock: Clock
) -> None:
    team = make_study(session)
    used, late, revoked = (invited(session, team) for _ in range(3))
    assert browser_of(app).post(f"/invitations/{used}", data=newcomer()).status_code == 303
    ada = browser_of(app, "Ada")
    number = session.exec(
        select(Invitation.id).where(Invitation.token_hash == hash_token(revoked))
    ).one()
    session.commit()
    revoke = f"{team.url}/invitations/{number}/revoke"
    assert ada.post(revoke, data={"operation_id": fresh_id()}).status_code == 303
    clock.advance(days=14, seconds=1)
    make_account(session, "Dan")
    dan = browser_of(app, "Dan")
    for token in (used, late, revoked):
        for answer in (
            dan.get(f"/invitations/{token}"),
            dan.post(f"/invitations/{token}/join", data={"operation_id": fresh_id()}),
            browser_of(app).post(f"/invitations/{token}", data=newcomer("Fay")),
        ):
            assert answer.status_code == 410
            assert OVER in answer.text
    assert role_of(session, team, "Dan") is None
    assert find_account(session, "fay@example.org") is None


@pytest.mark.parametrize("token", ["guessed", "a" * 32, "a" * 5000, "%00", "..%2f..", "' OR 1=1"])
def test_B103_a_guessed_link_leads_nowhere(
    client: TestClient, session: Session, token: str
) -> None:
    invited(session, make_study(session))
    assert client.get(f"/invitations/{token}").status_code == 404
    assert client.post(f"/invitations/{token}", data=newcomer()).status_code == 404


def test_B104_of_two_people_who_use_a_link_at_once_exactly_one_joins(
    app: FastAPI, session: Session
) -> None:
    team = make_study(session, coders=())
    token = invited(session, team)
    people = ["Eve", "Fay", "Gus", "Hal"]

    def use(name: str) -> int:
        return browser_of(app).post(f"/invitations/{token}", data=newcomer(name)).status_code

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(use, people))
    assert found == [303, 410, 410, 410]
    joined = session.exec(select(func.count()).select_from(Membership)).one()
    accounts = session.exec(select(func.count()).select_from(Account)).one()
    assert (joined, accounts) == (2, 2)


def test_B105_the_role_is_that_of_the_link_whatever_the_form_says(
    app: FastAPI, session: Session
) -> None:
    team = make_study(session)
    token = invited(session, team, Role.OBSERVER)
    for more in ({"role": "lead"}, {"is_admin": "1"}, {"study_id": "1"}):
        answer = browser_of(app).post(f"/invitations/{token}", data=newcomer(**more))
        assert answer.status_code == 422
    make_account(session, "Dan")
    dan = browser_of(app, "Dan")
    form = {"operation_id": fresh_id(), "role": "lead"}
    assert dan.post(f"/invitations/{token}/join", data=form).status_code == 422
    assert role_of(session, team, "Dan") is None


@pytest.mark.parametrize("name", ["Ben", "Ida", "Odo"])
def test_B105_only_leads_invite(app: FastAPI, session: Session, name: str) -> None:
    team = make_study(session, others={"Ida": Role.ARBITER, "Odo": Role.OBSERVER})
    form = {"role": "observer", "operation_id": fresh_id()}
    answer = browser_of(app, name).post(f"{team.url}/invitations", data=form)
    assert answer.status_code == 403
    assert "A lead of the study can." in answer.text


def test_the_links_of_a_lead_end_with_the_lead(app: FastAPI, session: Session) -> None:
    team = make_study(session, others={"Ida": Role.LEAD})
    token = invited(session, team)
    ida = browser_of(app, "Ida")
    form = {"role": "coder", "operation_id": fresh_id()}
    url = f"{team.url}/members/{team.members['Ada']}/role"
    assert ida.post(url, data=form).status_code == 303
    assert browser_of(app).get(f"/invitations/{token}").status_code == 410


def test_a_link_is_shown_once_even_when_its_form_is_sent_again(
    app: FastAPI, session: Session
) -> None:
    team = make_study(session)
    ada = browser_of(app, "Ada")
    form = {"role": "coder", "note": "for a student", "operation_id": fresh_id()}
    first = ada.post(f"{team.url}/invitations", data=form)
    again = ada.post(f"{team.url}/invitations", data=form)
    assert "/invitations/" in first.text
    assert (again.status_code, again.headers["location"]) == (303, f"{team.url}/members")
    page = ada.get(f"{team.url}/members").text
    assert "shown already" in page
    assert "for a student" in page
    assert session.exec(select(func.count()).select_from(Invitation)).one() == 1


def test_a_member_keeps_the_link_that_was_meant_for_somebody_else(
    app: FastAPI, session: Session
) -> None:
    team = make_study(session)
    token = invited(session, team, Role.LEAD)
    ben = browser_of(app, "Ben")
    answer = ben.post(f"/invitations/{token}/join", data={"operation_id": fresh_id()})
    assert answer.status_code == 409
    assert role_of(session, team, "Ben") == Role.CODER
    assert browser_of(app).get(f"/invitations/{token}").status_code == 200


def test_a_refused_form_keeps_what_was_typed_but_the_password(
    client: TestClient, session: Session
) -> None:
    token = invited(session, make_study(session))
    form = newcomer(email="no-address", password=PASSWORD)
    answer = client.post(f"/invitations/{token}", data=form)
    assert answer.status_code == 422
    assert 'value="no-address"' in answer.text
    assert PASSWORD not in answer.text


def test_the_first_link_makes_the_keeper_and_only_while_there_is_nobody(
    app: FastAPI, session: Session
) -> None:
    first = invite_first_admin(session, days=1)
    second = invite_first_admin(session, days=1)
    session.commit()
    visitor = browser_of(app)
    assert visitor.get(f"/invitations/{first}").status_code == 410
    assert visitor.post(f"/invitations/{second}", data=newcomer()).status_code == 303
    assert visitor.get("/").status_code == 200
    keeper = find_account(session, "eve@example.org")
    assert keeper is not None
    assert keeper.is_admin
    assert invite_first_admin(session, days=1) is None


def test_the_first_link_is_over_when_an_account_was_made_by_command(
    app: FastAPI, session: Session
) -> None:
    token = invite_first_admin(session, days=1)
    make_account(session)
    assert browser_of(app).post(f"/invitations/{token}", data=newcomer()).status_code == 410


def test_somebody_who_left_comes_back_by_a_new_link(app: FastAPI, session: Session) -> None:
    team = make_study(session)
    ben = browser_of(app, "Ben")
    assert ben.post(f"{team.url}/leave", data={"operation_id": fresh_id()}).status_code == 303
    assert ben.get(team.url).status_code == 404
    found = session.exec(
        select(Invitation).where(col(Invitation.token_hash) == hash_token(invited(session, team)))
    ).one()
    accept_invitation(session, found, make_account(session, "Ben"))
    session.commit()
    assert ben.get(team.url).status_code == 200
    assert role_of(session, team, "Ben") == Role.CODER
