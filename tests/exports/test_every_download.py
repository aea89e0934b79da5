"""What holds for every file that somebody can download, whatever people named their things."""

import csv
import io
import re
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session

from app.exports.codebook_routes import FORMATS as CODEBOOK_FORMATS
from app.reports.files import FORMATS as REPORT_FORMATS
from app.studies.models import Study
from app.text import plain_cell
from tests.factories import make_study, sign_in
from tests.reports.rounds import Sorted, make_round
from tests.routes import routes

NAMES = ("=1+1", "@name", "-3", "+4")
ADDRESSES = (
    *(f"/codebook/export/{ending}" for ending in CODEBOOK_FORMATS),
    *(f"/rounds/{{round}}/report.{ending}" for ending in REPORT_FORMATS),
    "/rounds/{round}/placements.csv",
    "/rounds/{round}/labels.csv",
    "/labels.csv",
)


@pytest.fixture
def base(session: Session) -> tuple[str, str]:
    """The address of a study whose names look like formulas, and the id of its closed round."""
    team = make_study(session)
    answers = {"Ben": NAMES * 3, "Cleo": (*NAMES, *NAMES[::-1] * 2)}
    coded = make_round(session, team, {"=Smell": Sorted(NAMES, answers)})
    return team.url, coded.url.rsplit("/", 1)[1]


def download(client: TestClient, base: tuple[str, str], address: str) -> Response:
    url, round_id = base
    answer = sign_in(client).get(url + address.format(round=round_id))
    assert answer.status_code == 200, answer.text[:500]
    return answer


def test_every_route_of_a_file_is_held_to_these_rules() -> None:
    files = {"export_codebook", "report_file", "export_placements", "export_labels"}
    files |= {"export_study_labels"}
    # Of an open sort, so there is none of them here: see tests/alignment/test_look_pages.py.
    files |= {f"look_{one}_csv" for one in ("sorts", "similarity", "overlap", "groups")}
    files |= {"alignment_map_file"}
    assert {route.name for route in routes() if re.search(r"format}|\.csv", route.path)} == files


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", ['a"; x\r\nSet-Cookie: y=1', "../../etc/passwd", "研究 \u202efdp"])
def test_B92_the_name_of_a_study_cannot_break_the_header_of_a_file(
    client: TestClient, session: Session, base: tuple[str, str], address: str, name: str
) -> None:
    study = session.get_one(Study, int(base[0].rsplit("/", 1)[1]))
    study.name = name
    session.add(study)
    session.commit()
    headers = download(client, base, address).headers
    disposition = headers["content-disposition"]
    found = re.fullmatch(
        r"attachment; filename=\"([^\"]+)\"(?:; filename\*=UTF-8''([\w.%~-]+))?", disposition
    )
    assert found, disposition
    shown = unquote(found[2] or found[1])
    assert not set(found[1] + shown) & set('/\\"\r\n\u202e')
    assert "set-cookie" not in headers
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("address", [one for one in ADDRESSES if one.endswith("csv")])
def test_B91_no_cell_of_a_file_is_a_formula_and_the_way_back_is_exact(
    client: TestClient, base: tuple[str, str], address: str
) -> None:
    content = download(client, base, address).content.decode("utf-8-sig")
    cells = {cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row}
    unsafe = {cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))}
    assert {cell for cell in unsafe if not re.fullmatch(r"-\d+\.\d+", cell)} == set()
    assert {plain_cell(cell) for cell in cells} >= {"=Smell", *NAMES}
