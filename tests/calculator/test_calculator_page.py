"""The calculator as a page: for whoever is signed in, with nothing stored."""

import base64
import html
import json
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session

from app.calculator.example import EXAMPLE
from app.db import Database
from tests.calculator.tables import HEAD
from tests.factories import browser_of, make_account
from tests.rows import contents


@pytest.fixture
def ada(app: FastAPI, session: Session) -> TestClient:
    make_account(session)
    return browser_of(app, "Ada")


def work_out(
    ada: TestClient, table: str = "", *, upload: tuple[str, bytes] | None = None, **form: str
) -> Response:
    """What the page answers to a form as a browser sends it, all of its fields and a file."""
    name, content = upload or ("", b"")
    fields = {"scale": "nominal", "unit": "card_id", "coder": "coder", "label": "category"}
    fields |= {"separator": "|", "categories": "", "table": table, **form}
    files = {"upload": (name, content, "application/octet-stream")}
    return ada.post("/calculator", data=fields, files=files)


def words(answer: Response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def typed(answer: Response, name: str) -> str:
    found = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\n(.*?)</textarea>', answer.text, re.S)
    assert found
    return html.unescape(found[1])


def refused(answer: Response, sentence: str, *, status: int = 422) -> None:
    assert answer.status_code == status
    assert sentence in words(answer)
    assert "Download figures" not in answer.text


def test_only_who_is_signed_in_has_a_calculator(client: TestClient) -> None:
    answer = client.get("/calculator")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=/calculator",
    )
    assert client.post("/calculator", data={"scale": "nominal"}).status_code == 401
    assert "Calculator" not in words(client.get("/sign-in"))


def test_every_page_of_a_signed_in_person_leads_to_it(ada: TestClient) -> None:
    assert '<a href="/calculator">Calculator</a>' in ada.get("/").text


def test_the_empty_page_offers_an_example_one_click_away(ada: TestClient) -> None:
    empty = ada.get("/calculator")
    assert "No table yet" in empty.text
    found = re.search(r'href="(/calculator\?example=1)"', empty.text)
    assert found
    assert typed(ada.get(found[1]), "table") == EXAMPLE


def test_a_pasted_table_gives_the_figures_and_stores_nothing(
    ada: TestClient, database: Database
) -> None:
    before = contents(database)
    answer = work_out(ada, EXAMPLE)
    assert answer.status_code == 200
    said = words(answer)
    assert "Cards 12" in said
    assert "Percent agreement" in said
    assert "Krippendorff's alpha, nominal" in said
    assert typed(answer, "table") == EXAMPLE
    assert contents(database) == before


def test_the_names_of_figures_lead_to_their_method_notes(ada: TestClient) -> None:
    answer = work_out(ada, EXAMPLE)
    topics = set(re.findall(r'href="(/help/[\w-]+)"', answer.text))
    assert {"/help/percent-agreement", "/help/krippendorffs-alpha"} <= topics
    assert [topic for topic in topics if ada.get(topic).status_code != 200] == []


def test_the_figures_can_be_taken_along_as_json(ada: TestClient) -> None:
    answer = work_out(ada, EXAMPLE)
    found = re.search(r'href="data:application/json;base64,([^"]+)" download="', answer.text)
    assert found
    document = json.loads(base64.b64decode(found[1]))
    assert document["coders"] == ["Ada", "Ben", "Cleo"]
    assert document["figures"]["n_units"] == 12


def test_intervals_come_when_they_are_asked_for(ada: TestClient) -> None:
    answer = work_out(ada, EXAMPLE, has_intervals="true")
    assert "cards drawn anew 1 000 times, seed 1" in words(answer)


def test_an_uploaded_file_goes_before_what_is_pasted(ada: TestClient) -> None:
    rows = HEAD + "1,Zoe,a\n1,Yan,b\n"
    answer = work_out(ada, EXAMPLE, upload=("mine.csv", rows.encode()))
    assert answer.status_code == 200
    assert "Figures of mine.csv" in words(answer)
    assert "Yan and Zoe" in words(answer)


def test_cells_of_a_spreadsheet_and_json_can_be_pasted(ada: TestClient) -> None:
    for rows in (
        "card_id\tcoder\tcategory\n1\tA\tx, y\n1\tB\tx, y\n",
        '[{"card_id": 1, "coder": "A", "category": "x, y"}]',
    ):
        answer = work_out(ada, rows)
        assert answer.status_code == 200
        assert "x, y" in answer.text


def test_declared_categories_stand_one_on_a_line(ada: TestClient) -> None:
    answer = work_out(ada, EXAMPLE, categories="text\r\nslow\r\nlook\r\nother, yet\r\n")
    assert "Categories 4" in words(answer)
    assert "other, yet" in words(answer)


def test_several_categories_and_scales_are_chosen_on_the_page(ada: TestClient) -> None:
    rows = HEAD + "1,A,a;b\n1,B,a\n2,A,\n2,B,b\n"
    answer = work_out(ada, rows, is_multiple="true", separator=";")
    assert "MASI distance" in words(answer)
    rows = HEAD + "1,A,1\n1,B,2\n2,A,2\n2,B,2\n3,A,9\n3,B,10\n"
    answer = work_out(ada, rows, scale="interval")
    assert "Krippendorff's alpha, ratio" in words(answer)


def test_the_figures_of_one_coder_say_why_there_are_none(ada: TestClient) -> None:
    answer = work_out(ada, HEAD + "1,A,x\n2,A,y\n")
    assert answer.status_code == 200
    assert "not defined: fewer than two coders judged cards" in words(answer)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"table": "  "}, "Paste a table, or choose a file."),
        ({"table": HEAD}, "has no rows"),
        ({"table": HEAD + "1,A,x\n1,A,y\n"}, "Row 3 repeats row 2"),
        ({"table": HEAD + "1,A\n"}, "Row 2 has 2 cells"),
        ({"table": EXAMPLE, "unit": "id"}, "names no column “id”"),
        ({"table": EXAMPLE, "unit": "coder"}, "columns of their own"),
        ({"table": EXAMPLE, "categories": "slow"}, "is not among the declared"),
        ({"table": EXAMPLE, "categories": "a\na"}, "declared twice"),
        ({"table": EXAMPLE, "scale": "interval"}, "Row 2: “slow” is not a number"),
        ({"table": EXAMPLE, "scale": "ordinal", "is_multiple": "true"}, "have no scale"),
        ({"table": EXAMPLE, "scale": "cardinal"}, "scale"),
        ({"table": "x" * 100_001}, "at most 100,000 characters"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_keeps_what_was_typed(
    ada: TestClient, form: dict[str, str], sentence: str
) -> None:
    answer = work_out(ada, **form)
    refused(answer, sentence)
    if form["table"].strip():
        assert typed(answer, "table") == form["table"]


def test_a_table_beyond_the_page_is_sent_to_the_command_line(ada: TestClient) -> None:
    rows = HEAD + "".join(f"{card},A,x\n" for card in range(20_001))
    answer = work_out(ada, upload=("large.csv", rows.encode()))
    refused(answer, "The table has 20,001 rows, and this page takes 20,000.")
    assert "concord agreement" in words(answer)
    assert "Choose large.csv again" in words(answer)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("".join(f"1,coder {place},x\n" for place in range(41)), "names 41 coders"),
        ("".join(f"{place},A,label {place}\n" for place in range(201)), "Categories: 201"),
    ],
)
def test_coders_and_categories_beyond_the_page_are_sent_there_too(
    ada: TestClient, rows: str, sentence: str
) -> None:
    answer = work_out(ada, HEAD + rows)
    refused(answer, sentence)
    assert "in a terminal, concord agreement compares more" in words(answer)


def test_a_file_of_another_kind_is_refused_as_such(ada: TestClient) -> None:
    answer = work_out(ada, upload=("table.csv", b"%PDF-1.7 ..."))
    refused(answer, "The file looks like PDF, not CSV.", status=415)


def test_a_cell_of_ten_megabytes_is_refused_with_row_and_column(ada: TestClient) -> None:
    answer = work_out(ada, upload=("t.csv", f"{HEAD}1,A,{'x' * 10_000_000}\n".encode()))
    refused(answer, "Row 2, column category: over 100,000 characters.")


def test_names_people_wrote_are_shown_as_text(ada: TestClient) -> None:
    rows = HEAD + '1,<b>A</b>,"<script>"\n1,B,"<script>"\n'
    answer = work_out(ada, rows)
    assert "<b>A</b>" not in answer.text
    assert "<bdi>&lt;script&gt;</bdi>" in answer.text


def test_the_only_label_of_a_table_is_no_variation_and_told(ada: TestClient) -> None:
    shown = words(work_out(ada, f"{HEAD}1,A,x\n1,B,x\n"))
    assert "“x” is the only label, and no other category is declared." in shown
    assert "not defined: no variation: all judgements compared fall in one category" in shown


def test_empty_sets_alone_are_refused_at_the_categories(ada: TestClient) -> None:
    answer = work_out(ada, f"{HEAD}1,A,\n1,B,\n", is_multiple="true")
    refused(answer, "Every cell is empty and no category is declared.")
    assert 'href="#f-categories"' in answer.text
