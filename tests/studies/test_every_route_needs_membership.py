"""Whoever is not a member finds nothing: proven for each route below /studies/{study_id}."""

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlmodel import Session

from tests.factories import browser_of, make_account, make_study
from tests.routes import (
    OBJECTS,
    PLAIN,
    address,
    body,
    label,
    names_in,
    objects_in,
    requests,
    routes,
)

IN_A_STUDY = requests(under="/studies/{study_id}")
WITH_OBJECTS = [(method, route) for method, route in IN_A_STUDY if objects_in(route)]
# The cards of a cell of the confusion matrix: without the cell there is nothing to find.
NEEDS_A_QUERY = {"cells"}
OPEN_TO_ALL = {
    "/sign-in",
    "/sign-out",
    "/help",
    "/help/{topic}",
    "/invitations/{token}",
}


def test_every_part_of_an_address_has_a_row_in_the_table_of_objects() -> None:
    known = {"study_id", *OBJECTS, *PLAIN}
    unknown = {route.path for route in routes() if set(names_in(route)) - known}
    assert unknown == set()


@pytest.mark.in_turns
@pytest.mark.parametrize(("method", "route"), IN_A_STUDY, ids=label)
def test_a_signed_out_visitor_is_sent_to_sign_in(
    method: str, route: APIRoute, client: TestClient, session: Session
) -> None:
    team = make_study(session)
    url = address(route, session, team)
    answer = client.request(method, url, data=body(route))
    assert answer.status_code == (303 if method == "GET" else 401)
    if method == "GET":
        assert answer.headers["location"].startswith("/sign-in?next=")


@pytest.mark.in_turns
@pytest.mark.parametrize(("method", "route"), IN_A_STUDY, ids=label)
def test_an_outsider_finds_what_a_study_that_does_not_exist_would_show(
    method: str, route: APIRoute, app: FastAPI, session: Session
) -> None:
    team = make_study(session)
    make_account(session, "Dan")
    url = address(route, session, team)
    dan = browser_of(app, "Dan")
    answer = dan.request(method, url, data=body(route))
    other = url.replace(f"/studies/{team.study_id}", "/studies/987654321", 1)
    nowhere = dan.request(method, other, data=body(route))
    assert (answer.status_code, nowhere.status_code) == (404, 404)
    assert _said(answer.text) == _said(nowhere.text)


@pytest.mark.in_turns
@pytest.mark.parametrize(("method", "route"), WITH_OBJECTS, ids=label)
def test_an_object_of_another_study_is_not_found(
    method: str, route: APIRoute, app: FastAPI, session: Session
) -> None:
    mine = make_study(session)
    theirs = make_study(session, "Licences", lead="Eve", coders=("Fay",))
    url = address(route, session, mine, last_of=theirs)
    assert browser_of(app, "Ada").request(method, url, data=body(route)).status_code == 404


@pytest.mark.in_turns
@pytest.mark.parametrize(("method", "route"), WITH_OBJECTS, ids=label)
def test_an_object_of_the_own_study_is_found(
    method: str, route: APIRoute, app: FastAPI, session: Session
) -> None:
    """The counter-check: without it the test above could pass for a wrong address."""
    if route.name in NEEDS_A_QUERY:
        return
    team = make_study(session)
    url = address(route, session, team)
    assert browser_of(app, "Ada").request(method, url, data=body(route)).status_code != 404


@pytest.mark.in_turns
@pytest.mark.parametrize(("method", "route"), requests(), ids=label)
def test_only_a_few_pages_are_open_to_signed_out_visitors(
    method: str, route: APIRoute, client: TestClient, session: Session
) -> None:
    if route.path in OPEN_TO_ALL:
        return
    team = make_study(session)
    url = address(route, session, team)
    assert client.request(method, url, data=body(route)).status_code in {303, 401}


def _said(page: str) -> str:
    """The words of the page that are the same for everybody."""
    return page.split("<main", 1)[1].split("</main>", 1)[0]
