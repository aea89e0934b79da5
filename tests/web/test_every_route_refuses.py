"""Every route against hostile queries and bodies: words and a 4xx, never a 500, nothing changed."""

import re
import typing
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlmodel import Session

from app.db import Database
from tests.conftest import BASE_URL
from tests.factories import browser_of, make_study
from tests.routes import address, body, label, requests
from tests.rows import contents

READS = [(method, route) for method, route in requests() if method == "GET"]
WRITES = [(method, route) for method, route in requests() if method == "POST"]
# Signing out takes no form: whatever is sent with it, the sign-in ends.
FORMS = [(method, route) for method, route in WRITES if body(route)]
TOO_BIG = str(2**63)
FORM = "application/x-www-form-urlencoded"
HOSTILE_VALUES = (
    *("%00", "%ff", "%ed%a0%80", "'", "';--", "%25_", "%2e%2e%2f", "%7B%7B7*7%7D%7D", ""),
    *(TOO_BIG, "-1", "0", "9" * 5_000, "1e999", "NaN", "a" * 5_000),
)
UNKNOWN_KEYS = ("unknown=1", "is_admin=true", "%00=1", "=", "&&&", "q=1&q=2", "a%5B%5D=1", "%ff")
BODIES = {
    "nothing at all": ("", b""),
    "an empty form": (FORM, b""),
    "every byte": (FORM, bytes(range(256)) * 4),
    "letters that are not UTF-8": (FORM, b"operation_id=%ff%fe&name=\xff%ed%a0%80"),
    "two thousand fields": (FORM, b"a=1&" * 2_001),
    "JSON": ("application/json", b'{"name": "word", "operation_id": "12345678"}'),
    "JSON that is too deep": ("application/json", b"[" * 100_000),
    "a number of 5,000 digits": ("application/json", b"9" * 5_000),
    "JSON as plain text": ("text/plain", b'{"name": "word"}'),
    "parts without a boundary": ("multipart/form-data", b"--x\r\n\r\n"),
    "a part cut off": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a',
    ),
}


def forms_in(route: APIRoute) -> Iterator[dict[str, FieldInfo]]:
    for param in route.dependant.body_params:
        yield typing.cast(type[BaseModel], param.field_info.annotation).model_fields


def numbers_in(route: APIRoute) -> list[str]:
    """The fields of the route's form that hold whole numbers."""
    return [
        name
        for fields in forms_in(route)
        for name, field in fields.items()
        if re.search(r"\bint\b", str(field.annotation))
    ]


def queries(route: APIRoute) -> list[str]:
    """Every parameter of the route with every hostile value, and parameters it does not know."""
    names: list[str] = []
    for param in route.dependant.query_params:
        kind = param.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names += [field.alias or name for name, field in kind.model_fields.items()]
        else:
            names.append(param.alias)
    return [f"{name}={value}" for name in names for value in HOSTILE_VALUES] + list(UNKNOWN_KEYS)


def speaks(answer: Response) -> None:
    """A person is told what is wrong, in words, and nothing about the inside of the server."""
    assert "Traceback" not in answer.text
    assert "sqlalchemy" not in answer.text.lower()
    assert len(re.sub(r"<[^>]+>", " ", answer.text).split()) >= 5


def refused(answer: Response, *statuses: int) -> None:
    expected = statuses or range(400, 500)
    assert answer.status_code in expected, (answer.status_code, answer.text[-600:])
    speaks(answer)


@pytest.mark.parametrize(("method", "route"), READS, ids=label)
def test_no_query_makes_a_page_fail(
    method: str, route: APIRoute, app: FastAPI, session: Session, database: Database
) -> None:
    url = address(route, session, make_study(session))
    ada = browser_of(app, "Ada")
    before = contents(database)
    for query in queries(route):
        answer = ada.request(method, f"{url}?{query}")
        assert answer.status_code < 500, query
        if answer.status_code >= 400:
            speaks(answer)
    assert contents(database) == before


@pytest.mark.in_turns
@pytest.mark.parametrize(("method", "route"), FORMS, ids=label)
def test_B36_B37_no_body_makes_a_form_fail(
    method: str, route: APIRoute, app: FastAPI, session: Session, database: Database
) -> None:
    url = address(route, session, make_study(session))
    ada = browser_of(app, "Ada")
    before = contents(database)
    for kind, content in BODIES.values():
        headers = {"Content-Type": kind} if kind else {}
        refused(ada.request(method, url, content=content, headers=headers))
    assert contents(database) == before


@pytest.mark.in_turns
@pytest.mark.parametrize(("method", "route"), FORMS, ids=label)
def test_B41_a_field_that_the_form_does_not_have_is_refused(
    method: str, route: APIRoute, app: FastAPI, session: Session, database: Database
) -> None:
    url = address(route, session, make_study(session))
    ada = browser_of(app, "Ada")
    before = contents(database)
    for name in ("is_admin", "owner_id", "round_closed", "account_id", "study_id"):
        answer = ada.request(method, url, data={**body(route), name: "1"})
        refused(answer, 422)
        assert f"“{name.replace('_', ' ')}” is not a field of this form" in answer.text
    assert contents(database) == before


@pytest.mark.parametrize(
    ("method", "route"), [pair for pair in requests() if "{" in pair[1].path], ids=label
)
def test_B35_a_number_of_64_bits_in_an_address_is_nothing_there(
    method: str, route: APIRoute, app: FastAPI, session: Session, database: Database
) -> None:
    url = address(route, session, make_study(session))
    ada = browser_of(app, "Ada")
    before = contents(database)
    numbers = list(re.finditer(r"(?<=/)\d+(?=/|$)", url))
    for found in numbers:
        for number in (TOO_BIG, "9" * 5_000, "-1", "0", "1e9", "%00", "٣"):
            spoilt = url[: found.start()] + number + url[found.end() :]
            refused(ada.request(method, spoilt, data=body(route)), 404)
    assert contents(database) == before


@pytest.mark.parametrize(
    ("method", "route"), [pair for pair in FORMS if numbers_in(pair[1])], ids=label
)
def test_B35_a_number_of_64_bits_in_a_form_is_refused(
    method: str, route: APIRoute, app: FastAPI, session: Session, database: Database
) -> None:
    url = address(route, session, make_study(session))
    ada = browser_of(app, "Ada")
    before = contents(database)
    for name in numbers_in(route):
        for number in (TOO_BIG, "-" + TOO_BIG, "9" * 5_000, "1e999", "NaN", "1.5"):
            answer = ada.request(method, url, data={**body(route), name: number})
            refused(answer, 422)
            assert name.split("_")[0] in answer.text.lower()
    assert contents(database) == before


@pytest.mark.in_turns
@pytest.mark.parametrize(("method", "route"), FORMS, ids=label)
def test_B60_no_field_takes_ten_megabytes(
    method: str, route: APIRoute, app: FastAPI, session: Session, database: Database
) -> None:
    url = address(route, session, make_study(session))
    ada = browser_of(app, "Ada")
    huge = "a" * 10_000_000
    before = contents(database)
    for fields in forms_in(route):
        for name in list(fields)[-1:]:
            answer = ada.request(method, url, data={**body(route), name: huge})
            refused(answer, 413)
            assert "at most 1 MB of text" in answer.text
            assert "This form has 10.0 MB" in answer.text
    assert contents(database) == before


@pytest.mark.in_turns
@pytest.mark.parametrize(("method", "route"), WRITES, ids=label)
def test_B79_B80_B81_a_form_that_no_own_page_sent_is_refused(
    method: str, route: APIRoute, app: FastAPI, session: Session, database: Database
) -> None:
    url = address(route, session, make_study(session))
    ada = browser_of(app, "Ada")
    forger = TestClient(app, base_url=BASE_URL, cookies=ada.cookies, follow_redirects=False)
    before = contents(database)
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": BASE_URL},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ):
        answer = forger.request(method, url, data=body(route), headers=headers)
        refused(answer, 403)
        assert "Open the page again" in answer.text
        assert "Nothing was changed" in answer.text
    assert contents(database) == before


@pytest.mark.in_turns
@pytest.mark.parametrize(("method", "route"), requests(), ids=label)
def test_B77_every_address_says_which_methods_it_takes(
    method: str, route: APIRoute, app: FastAPI, session: Session, database: Database
) -> None:
    url = address(route, session, make_study(session))
    ada = browser_of(app, "Ada")
    before = contents(database)
    for wrong in ("PUT", "PATCH", "DELETE", "TRACE", "_DELETE"):
        answer = ada.request(wrong, url)
        assert answer.status_code == 405, wrong
        if wrong not in {"TRACE", "_DELETE"}:
            assert method in answer.headers["allow"]
        speaks(answer)
    assert contents(database) == before
