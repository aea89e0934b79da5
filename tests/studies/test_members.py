"""The people of a study: roles, leaving, and that there is always a lead."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from app.resolution.closing import close_round, finish_round
from app.studies.models import Membership
from app.studies.rules import Role
from tests.coding.factories import make_book, make_numbered_cards, make_round
from tests.factories import Team, browser_of, fresh_id, make_study


def set_role(app: FastAPI, team: Team, by: str, name: str, role: str) -> int:
    url = f"{team.url}/members/{team.members[name]}/role"
    form = {"role": role, "operation_id": fresh_id()}
    return browser_of(app, by).post(url, data=form).status_code


def remove(app: FastAPI, team: Team, by: str, name: str) -> int:
    url = f"{team.url}/members/{team.members[name]}/remove"
    return browser_of(app, by).post(url, data={"operation_id": fresh_id()}).status_code


def roles(session: Session, team: Team) -> dict[str, str | None]:
    names = {number: name for name, number in team.members.items()}
    rows = session.exec(select(Membership).where(Membership.study_id == team.study_id)).all()
    found = {names[row.id or 0]: None if row.left_at else row.role for row in rows}
    session.rollback()
    return found


def test_a_lead_gives_another_role(app: FastAPI, session: Session) -> None:
    team = make_study(session)
    assert set_role(app, team, "Ada", "Ben", "arbiter") == 303
    assert roles(session, team)["Ben"] == "arbiter"
    page = browser_of(app, "Ada").get(f"{team.url}/activity").text
    assert "changed the role of Ben from coder to arbiter." in page


def test_the_address_of_a_made_link_leads_back_to_the_members(
    app: FastAPI, session: Session
) -> None:
    """The link is the answer to a form; a reload of its address must be no dead end."""
    team = make_study(session)
    answer = browser_of(app, "Ada").get(f"{team.url}/invitations", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{team.url}/members")


@pytest.mark.parametrize("role", ["admin", "", "LEAD", "lead lead"])
def test_a_role_that_does_not_exist_is_refused(app: FastAPI, session: Session, role: str) -> None:
    team = make_study(session)
    assert set_role(app, team, "Ada", "Ben", role) == 422


def test_nobody_but_a_lead_changes_roles_or_removes(app: FastAPI, session: Session) -> None:
    team = make_study(session)
    assert set_role(app, team, "Ben", "Ben", "lead") == 403
    assert remove(app, team, "Ben", "Cleo") == 403
    assert roles(session, team) == {"Ada": "lead", "Ben": "coder", "Cleo": "coder"}


def test_B75_a_coder_of_an_open_round_keeps_a_role_that_sorts(
    app: FastAPI, session: Session
) -> None:
    team = make_study(session)
    make_numbered_cards(session, team, ["L-1", "L-2"])
    book = make_book(session, team)
    round_ = make_round(session, team, book, "Pilot")
    ada = browser_of(app, "Ada")
    url = f"{team.url}/members/{team.members['Ben']}/role"
    for role in ("arbiter", "observer"):
        answer = ada.post(url, data={"role": role, "operation_id": fresh_id()})
        assert answer.status_code == 409
        assert "Ben sorts 2 cards in Pilot, which is open." in answer.text
        assert "declare it void, and give Ben another role then" in answer.text
    assert roles(session, team)["Ben"] == "coder"
    assert set_role(app, team, "Ada", "Ben", "lead") == 303
    close_round(session, round_, reason="Ben leaves.", is_forced=True, by=None)
    session.commit()
    # Ben has a say in the negotiation of what Ben judged.
    assert set_role(app, team, "Ada", "Ben", "observer") == 409
    finish_round(session, round_, by=None)
    session.commit()
    assert set_role(app, team, "Ada", "Ben", "observer") == 303


def test_B75_the_last_lead_stays(app: FastAPI, session: Session) -> None:
    team = make_study(session)
    assert set_role(app, team, "Ada", "Ada", "coder") == 409
    assert remove(app, team, "Ada", "Ada") == 409
    ada = browser_of(app, "Ada")
    assert ada.post(f"{team.url}/leave", data={"operation_id": fresh_id()}).status_code == 409
    assert roles(session, team)["Ada"] == "lead"


def test_a_second_lead_lets_the_first_go(app: FastAPI, session: Session) -> None:
    team = make_study(session)
    assert set_role(app, team, "Ada", "Ben", "lead") == 303
    ada = browser_of(app, "Ada")
    assert ada.post(f"{team.url}/leave", data={"operation_id": fresh_id()}).status_code == 303
    assert ada.get(team.url).status_code == 404
    assert roles(session, team)["Ada"] is None


def test_two_leads_who_remove_each_other_at_once_do_not_both_succeed(
    app: FastAPI, session: Session
) -> None:
    team = make_study(session, others={"Ida": Role.LEAD})
    pairs = [("Ada", "Ida"), ("Ida", "Ada")]
    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(lambda pair: remove(app, team, *pair), pairs))
    assert found[0] == 303
    assert found[1] in {401, 403, 404, 409}
    assert sorted(str(role) for role in roles(session, team).values()).count("lead") == 1


def test_somebody_removed_finds_nothing_and_is_kept_as_former_member(
    app: FastAPI, session: Session
) -> None:
    team = make_study(session)
    ben = browser_of(app, "Ben")
    assert remove(app, team, "Ada", "Ben") == 303
    assert ben.get(team.url).status_code == 404
    assert remove(app, team, "Ada", "Ben") == 404
    assert "Former members" in browser_of(app, "Ada").get(f"{team.url}/members").text
