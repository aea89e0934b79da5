"""Placements and labels as files: what is in them, who gets them, and the way back."""

import pytest
from fastapi import FastAPI

from app.coding.models import Round
from app.db import Database
from app.exports.tables import OWN_ONLY, LabelRow, PlacementRow, labels_csv, placements_csv
from app.negotiation.rules import Outcome
from app.studies.models import Study
from app.text import plain_cell
from tests.coding.world import make_world
from tests.exports.works import make_work, table
from tests.negotiation.negotiations import (
    MISSING,
    STALE,
    decide,
    flagged,
    judge,
    make_negotiation,
    visit,
)

FORMULAS = ("=1+1", "+1", "-1", "@now", "\tx", "'=quoted", "'plain")
NUMBERS = {"confidence", "n_coders", "provenance"}


def placement(**other: object) -> PlacementRow:
    values = {
        "card_id": "L-1",
        "coder": "Coder A",
        "facet": "Smell",
        "categories": ("Stale",),
        "memo": "",
        "confidence": None,
        "round": "Round 1",
    }
    return PlacementRow(**(values | other))  # type: ignore[arg-type]


def test_a_file_of_placements_is_long_in_the_order_of_cards_and_coders(
    database: Database, app: FastAPI
) -> None:
    world = make_work(database)
    visitor = visit(app, world, "odo")
    text = visitor.page("/placements.csv")
    assert text.startswith("card_id,coder,facet,category,memo,confidence,round\r\n")
    assert [tuple(row.values())[:4] for row in table(text)[:9]] == [
        ("L-0", "Coder A", "Smell", "Stale"),
        ("L-0", "Coder A", "Part", "Missing|Stale"),
        ("L-0", "Coder B", "Smell", "Missing"),
        ("L-0", "Coder B", "Part", "Missing"),
        ("L-1", "Coder A", "Smell", "none_applies"),
        ("L-1", "Coder A", "Part", "Missing|Stale"),
        ("L-1", "Coder B", "Smell", "not_applicable"),
        ("L-1", "Coder B", "Part", "Stale"),
        ("L-2", "Coder A", "Smell", "Stale"),
    ]
    first = table(text)[0]
    assert (first["confidence"], first["round"]) == ("3", "Round 1")
    assert plain_cell(first["memo"]) == "=HYPERLINK(1)\nSecond, line"
    assert [row["coder"] for row in table(text) if row["card_id"] == "L-4"] == ["Coder B"]


def test_categories_with_a_bar_in_their_name_come_in_rows_of_their_own() -> None:
    rows = [placement(categories=("A|B", "C"), memo="why"), placement(categories=("C", "D"))]
    found = table(placements_csv(rows))
    assert [(row["category"], row["memo"]) for row in found] == [
        ("A|B", "why"),
        ("C", "why"),
        ("C|D", ""),
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_B91_no_cell_is_a_formula_and_the_way_back_is_exact(text: str) -> None:
    row = placement(card_id=text, coder=text, facet=text, categories=(text,), memo=text, round=text)
    label = LabelRow(
        text, text, text, (text,), "negotiated", 2, text, text, *[text] * 5, (text,), text, text
    )
    for content in (placements_csv([row]), labels_csv([label])):
        (found,) = table(content)
        cells = [cell for name, cell in found.items() if name not in NUMBERS]
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)
        assert {plain_cell(cell) for cell in cells} == {text}


def test_B92_the_name_of_a_file_cannot_break_its_header(database: Database, app: FastAPI) -> None:
    world = make_work(database)
    with database.transaction() as session:
        study = session.get_one(Study, world.study_id)
        study.name = 'a"; x\r\nSet-Cookie: y 研究/..'
        session.add(study)
    visitor = visit(app, world, "ben")
    for kind in ("placements", "labels"):
        headers = visitor.client.get(f"{visitor.url}/{kind}.csv").headers
        disposition = headers["content-disposition"]
        assert disposition.startswith('attachment; filename="')
        assert "filename*=UTF-8''" in disposition
        assert "%E7%A0%94%E7%A9%B6" in disposition
        plain = disposition.split('"')[1]
        assert not set(plain) & set('";/\\\r\n')
        assert "set-cookie" not in headers


def test_B93_markup_in_names_is_escaped_on_the_export_page(
    database: Database, app: FastAPI
) -> None:
    world = make_work(database)
    with database.transaction() as session:
        round_ = session.get_one(Round, world.round_id)
        round_.name = "<script>bad()</script>"
        session.add(round_)
    visitor = visit(app, world, "ben")
    text = visitor.client.get(f"/studies/{world.study_id}/export").text
    assert "<script>bad" not in text
    assert "&lt;script&gt;bad" in text


def test_B96_while_a_round_is_open_a_coder_gets_own_rows_and_the_file_says_so(
    database: Database, app: FastAPI
) -> None:
    world = make_world(database, n_cards=2, coders=("ben", "cleo"))
    with database.transaction() as session:
        judge(session, world, "ben", 0, STALE)
        judge(session, world, "cleo", 0, MISSING)
        judge(session, world, "cleo", 1, MISSING)
    visitor = visit(app, world, "ben")
    answer = visitor.client.get(f"{visitor.url}/placements.csv")
    assert answer.status_code == 200
    assert [(row["card_id"], row["coder"], row["note"]) for row in table(answer.text)] == [
        ("L-0", "Coder A", OWN_ONLY)
    ]
    assert "own placements while open" in answer.headers["content-disposition"]


@pytest.mark.parametrize("name", ["ada", "ida", "odo"])
def test_B96_while_a_round_is_open_nobody_else_gets_anything(
    database: Database, app: FastAPI, name: str
) -> None:
    world = make_world(database, n_cards=1, coders=("ben", "cleo"))
    visitor = visit(app, world, name)
    assert "can be exported when it has" in visitor.page("/placements.csv", status=409)
    visitor.page("/labels.csv", status=409)
    page = visitor.client.get(f"/studies/{world.study_id}/export").text
    assert "Its placements can be exported when it has closed." in page
    assert "placements.csv" not in page


def test_B96_a_coder_gets_no_labels_while_the_round_is_open(
    database: Database, app: FastAPI
) -> None:
    world = make_world(database, n_cards=1, coders=("ben", "cleo"))
    visitor = visit(app, world, "ben")
    visitor.page("/labels.csv", status=409)
    page = visitor.client.get(f"/studies/{world.study_id}/export").text
    assert "Your own placements so far" in page


def test_labels_say_what_each_card_counts_as_and_why(database: Database, app: FastAPI) -> None:
    world = make_negotiation(database)
    first, second, _ = flagged(database, world)
    stale = world.category_ids[world.single_id][STALE]
    decide(database, first, by=world.member_ids["ben"], label=(stale,), rationale="=why")
    decide(database, second, by=world.member_ids["ben"], outcome=Outcome.DROPPED)
    found = table(visit(app, world, "odo").page("/labels.csv"))
    rows = [row for row in found if row["facet"] == "Smell"]
    smell = [tuple(row.values())[:8] for row in rows]
    assert list(found[0]) == [
        "card_id",
        "title",
        "facet",
        "category",
        "provenance",
        "n_coders",
        "rationale",
        "round",
        "outcome",
        "cause",
        "decided_by",
        "decided_at",
        "dissent",
        "migrated_from",
        "codebook_version",
        "stale_since",
    ]
    assert [tuple(row.values())[8:11] for row in rows[:3]] == [
        ("persuaded", "overlapping_codes", "Coder A"),
        ("dropped", "overlapping_codes", "Coder A"),
        ("", "", ""),
    ]
    assert rows[0]["decided_at"].endswith("+00:00")
    assert rows[2]["decided_at"] == ""
    part = "Guide, part"
    assert smell == [
        ("L-0", f"{part} 0", "Smell", "Stale", "negotiated", "2", "'=why", "Round 1"),
        ("L-1", f"{part} 1", "Smell", "", "unresolved", "2", "The definition says so.", "Round 1"),
        ("L-2", f"{part} 2", "Smell", "", "unresolved", "2", "", "Round 1"),
        ("L-3", f"{part} 3", "Smell", "Stale", "unanimous", "2", "", "Round 1"),
        ("L-4", f"{part} 4", "Smell", "Missing", "unanimous", "2", "", "Round 1"),
    ]


def test_a_round_of_another_study_has_no_files(database: Database, app: FastAPI) -> None:
    world = make_work(database)
    for path in ("placements.csv", "labels.csv"):
        visit(app, world, "dan").page(f"/{path}", status=404)
        url = f"/studies/{world.study_id}/rounds/{world.round_id + 99}/{path}"
        assert visit(app, world, "ada").client.get(url).status_code == 404


def test_the_page_offers_every_file_of_the_newest_or_the_chosen(
    database: Database, app: FastAPI
) -> None:
    world = make_work(database)
    visitor = visit(app, world, "odo")
    url = f"/studies/{world.study_id}/export"
    text = visitor.client.get(url).text
    for path in ("placements.csv", "labels.csv", "report.html", "report.json", "report.csv"):
        assert f'href="{visitor.url}/{path}"' in text
    for ending in ("csv", "md", "qdc"):
        link = f"/studies/{world.study_id}/codebook/export/{ending}?version={world.version_id}"
        assert f'href="{link}"' in text
        assert visitor.client.get(link).status_code == 200
    assert 'codebook/export/csv"' in visitor.client.get(f"{url}?version=draft").text
    for query in ("version=999", "round=999", "version=&round="):
        assert visitor.client.get(f"{url}?{query}").status_code == 200
