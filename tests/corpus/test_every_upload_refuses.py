"""Every place that takes a file refuses what it cannot read: in words, and nothing is left.

Cards, codebooks and past work come in at three addresses; B numbers name the bad inputs.
"""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session

from app.db import Database
from app.settings import Settings
from tests.corpus.uploads import words_of, workbook
from tests.factories import Team, browser_of, fresh_id, make_cards, make_codebook, make_study
from tests.rows import contents

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
OLD_XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
FILES = {
    "B01 no bytes": ("a.csv", b"", 422, "file (is empty|has no rows)"),
    "B02 only a header": ("a.csv", b"id,text\n", 422, "the file has no rows"),
    "B05 NUL in a cell": ("a.csv", b"id,text\n1,a\0b\n", 422, "Row 2, column text: invalid"),
    "B05 control in a cell": ("a.csv", b"id,text\n1,a\x07b\n", 422, "Row 2, column text: invalid"),
    "B06 XLSX named CSV": ("a.csv", workbook(first=["id", "text"]), 415, "looks like XLSX"),
    "B07 PNG named JSON": ("a.json", PNG, 415, "looks like PNG"),
    "B14 two encodings": ("a.csv", "id,text\n1,ä\n".encode() + b"2,\xe4\n", 422, "Line 3"),
    "B15 a very long cell": (
        "a.csv",
        b"id,text\n1," + b"x" * 140_000,
        422,
        "over (10|2)0,000 characters",
    ),
    "B16 an open quote": ("a.csv", b'id,text\n1,"open\n2,b\n', 422, "opened on line 2"),
    "B17 ragged rows": ("a.csv", b"id,text\n1,a,b\n2\n", 422, "Row 2 has 3 cells"),
    "B18 a column twice": ("a.csv", b"id,text,text,\n1,a,b,c\n", 422, "“text” stands 2 times"),
    "B19 too many rows": (
        "a.csv",
        b"id,text\n" + b"1,a\n" * 100_001,
        422,
        r"limit is (100|5),000 rows",
    ),
    "B20 too many columns": (
        "a.csv",
        b",".join(b"c%d" % i for i in range(20_000)),
        422,
        r"\d+ columns",
    ),
    "B30 old XLS": ("a.xls", OLD_XLS, 415, "save it as XLSX"),
    "B33 NaN": ("a.json", b'[{"text": NaN}]', 422, "NaN is not a value JSON knows"),
    "B33 1e999": ("a.jsonl", b'{"text": 1e999}\n', 422, "1e999 is too large"),
    "B34 half a character": ("a.json", rb'[{"text": "\ud800"}]', 422, r"invalid character U\+D800"),
    "B36 5,000 digits": ("a.json", b'[{"text": ' + b"9" * 5_000 + b"}]", 422, "5,000 digits"),
    "B37 deep nesting": ("a.json", b"[" * 100_000, 422, "nested too deeply"),
    "B38 a name twice": ("a.json", b'[{"text": "a", "text": "b"}]', 422, "more than once"),
    "B39 no list": ("a.json", b'"text"', 422, "list of objects"),
    "B40 one bad line": ("a.jsonl", b'{"text": "a"}\n' * 9 + b"{oops\n", 422, "Line 10"),
}
DOORS = ("cards/import", "codebook/import", "rounds/past-work")
PAST = b"card_id,coder,facet,category\na,Ben,Smell,Stale\n"
SOUND = {
    "cards/import": b"id,text\nb,Two\n",
    "codebook/import": b"facet,name\nSmell,Unclear\n",
    "rounds/past-work": PAST,
}


@pytest.fixture
def team(session: Session) -> Team:
    team = make_study(session)
    make_cards(session, team.study_id, "a,One")
    make_codebook(session, team.study_id, {"Smell": ("Stale", "Missing")})
    return team


@pytest.fixture
def ada(app: FastAPI, team: Team) -> TestClient:
    return browser_of(app, "Ada")


def send(
    ada: TestClient, team: Team, door: str, name: str, content: bytes, **form: str
) -> Response:
    fields = {"operation_id": fresh_id(), **form}
    return ada.post(f"{team.url}/{door}", data=fields, files={"file": (name, content)})


def files_left(settings: Settings) -> set[Path]:
    """Files in the data folder, the database aside."""
    found = settings.data_dir.rglob("*")
    return {path for path in found if not path.name.startswith("concord.db")}


@pytest.mark.parametrize("case", FILES)
@pytest.mark.parametrize("door", DOORS)
def test_a_bad_file_is_refused_in_words_and_nothing_is_left_of_it(
    ada: TestClient,
    team: Team,
    database: Database,
    settings: Settings,
    door: str,
    case: str,
) -> None:
    name, content, status, said = FILES[case]
    before, files = contents(database), files_left(settings)
    answer = send(ada, team, door, name, content)
    words = words_of(answer)
    assert answer.status_code == status
    assert re.search(said, words, re.IGNORECASE)
    assert 'type="file"' in answer.text
    assert contents(database) == before
    assert files_left(settings) == files


@pytest.mark.parametrize("door", DOORS)
def test_B03_a_file_over_the_limit_is_refused_everywhere(
    ada: TestClient, team: Team, database: Database, door: str
) -> None:
    before = contents(database)
    answer = send(ada, team, door, "a.csv", b"x" * (20 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert "limit is 20 MB" in words_of(answer)
    assert contents(database) == before


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ["../../x.csv", 'a"b\r\nX: y.csv', "\u202ecod.csv", "n" * 300])
def test_B08_B09_a_file_name_is_never_a_path(
    ada: TestClient, team: Team, settings: Settings, door: str, name: str
) -> None:
    ending = "" if name.endswith(".csv") else ".csv"
    before = files_left(settings)
    answer = send(ada, team, door, name + ending, SOUND[door])
    assert answer.status_code in {200, 303}
    assert files_left(settings) == before


@pytest.mark.parametrize("door", DOORS)
def test_B11_the_same_upload_twice_is_the_same_upload(
    ada: TestClient, team: Team, database: Database, door: str
) -> None:
    twice = {"operation_id": fresh_id()}
    if door == "rounds/past-work":
        twice |= {"act": "import", "round_name": "Earlier"}
    first = send(ada, team, door, "a.csv", SOUND[door], **twice)
    assert first.status_code == 303
    after_first = contents(database)
    second = send(ada, team, door, "a.csv", SOUND[door], **twice)
    assert (second.status_code, second.headers["location"]) == (303, first.headers["location"])
    assert contents(database) == after_first
    other = send(ada, team, door, "a.csv", SOUND[door] + SOUND[door].splitlines()[1], **twice)
    assert other.status_code == 409
    assert contents(database) == after_first


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("field", ["is_admin", "account_id", "study_id", "owner_id"])
def test_B41_a_field_beside_the_file_that_the_form_does_not_have_is_refused(
    ada: TestClient, team: Team, database: Database, door: str, field: str
) -> None:
    before = contents(database)
    answer = send(ada, team, door, "a.csv", SOUND[door], **{field: "1"})
    assert answer.status_code == 422
    assert "is not a field of this form" in words_of(answer)
    assert contents(database) == before
