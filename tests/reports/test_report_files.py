"""The report as files: everything a reviewer needs, as it was frozen, and safe to open."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from sklearn.metrics import cohen_kappa_score
from sqlmodel import Session

from app.cli import main
from app.db import Database
from app.resolution.past_work import import_placements
from app.settings import Settings
from app.studies.rules import Stance
from app.tables.readers import read_table
from app.text import plain_cell
from tests.factories import make_study, sign_in
from tests.reports.reading import Page
from tests.reports.rounds import BEN, CLEO, SMELLS, TWO, Coded, Sorted, make_round, taken

SETS = Sorted(
    ("push", "pull"),
    {"Ben": ("push", "push|pull", "none"), "Cleo": ("push", "pull", "none")},
    choice="multiple",
)


@pytest.fixture
def coded(session: Session) -> Coded:
    team = make_study(session, 'Boards; "a"')
    return make_round(session, team, {"Smell": TWO, "Pattern": SETS})


def rows_of(content: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_the_json_is_what_was_frozen(client: TestClient, database: Database, coded: Coded) -> None:
    found = sign_in(client).get(f"{coded.url}/report.json").json()
    frozen = taken(database, coded)
    assert found["facets"] == [one.figures for one in frozen]
    assert found["bootstrap"]["Smell"]["n_resamples"] == 2000
    assert found["input_hash"] == {one.figures["facet"]: one.input_hash for one in frozen}
    assert found["algorithm_version"] == frozen[0].algorithm_version
    assert found["study"] == 'Boards; "a"'
    assert (found["round"], found["stance"], found["threshold"]) == ("Round 1", "reliability", 0.67)
    assert found["closed_at"].endswith("+00:00")


def test_the_csv_has_a_row_for_each_figure_in_full_precision(
    client: TestClient, coded: Coded
) -> None:
    content = sign_in(client).get(f"{coded.url}/report.csv").text
    rows = rows_of(content)
    assert list(rows[0]) == [
        "facet", "measure", "key", "category", "first", "second", "value", "low", "high",
        "interval", "standard_error", "n_units", "n_coders", "n_resamples", "resampled", "seed",
        "n_undefined", "reason",
    ]  # fmt: skip
    (kappa,) = [
        row
        for row in rows
        if (row["facet"], row["key"], row["category"]) == ("Smell", "cohen_kappa", "")
    ]
    assert float(kappa["value"]) == pytest.approx(cohen_kappa_score(BEN, CLEO), abs=1e-12)
    assert float(kappa["low"]) < float(kappa["value"]) < float(kappa["high"])
    assert (kappa["first"], kappa["second"], kappa["n_units"]) == ("Coder A", "Coder B", "30")
    assert (kappa["measure"], kappa["interval"]) == ("Cohen's kappa", "large-sample")
    by_category = {row["category"] for row in rows if row["measure"] == "Positive agreement"}
    assert {*SMELLS, "push", "pull"} <= by_category
    assert all(row["value"] or row["reason"] for row in rows)
    assert "nan" not in {row["value"].lower() for row in rows}


def test_a_bootstrap_interval_in_the_csv_says_how_it_was_drawn(
    client: TestClient, coded: Coded
) -> None:
    rows = rows_of(sign_in(client).get(f"{coded.url}/report.csv").text)
    drawn = [row for row in rows if row["interval"] == "bootstrap"]
    assert {row["key"] for row in drawn} >= {"krippendorff_alpha_nominal", "gwet_ac1"}
    for row in drawn:
        assert (row["n_resamples"], row["resampled"], row["seed"]) == ("2000", "cards", "5")
    assert all(row["seed"] == "" for row in rows if row["interval"] != "bootstrap")


def test_no_cell_of_the_csv_is_taken_for_a_formula(client: TestClient, session: Session) -> None:
    team = make_study(session)
    names = ("=1+1", "@name", "-3")
    answers = {"Ben": names * 4, "Cleo": names[::-1] * 4}
    coded = make_round(session, team, {"+Smell": Sorted(names, answers)})
    rows = rows_of(sign_in(client).get(f"{coded.url}/report.csv").text)
    for row in rows:
        for column in ("facet", "measure", "category", "first", "second", "reason"):
            assert not row[column].startswith(("=", "+", "-", "@"))
    assert {plain_cell(row["category"]) for row in rows} >= set(names)


def test_the_html_is_one_valid_file_that_asks_nobody_for_anything(
    client: TestClient, coded: Coded
) -> None:
    html = sign_in(client).get(f"{coded.url}/report.html").text
    page = Page(html)
    assert page.requests == []
    assert page.links == []
    assert page.unclosed == []
    assert "script" not in page.tags
    assert len(page.ids) == len(set(page.ids))
    assert html.lower().lstrip().startswith("<!doctype html>")
    assert not re.search(r"https?://(?!www\.w3\.org)", html)


def test_the_html_tells_design_codebook_figures_and_how_to_recompute(
    client: TestClient, database: Database, coded: Coded
) -> None:
    text = Page(sign_in(client).get(f"{coded.url}/report.html").text).text
    kappa = f"{cohen_kappa_score(BEN, CLEO):.2f}"
    frozen = taken(database, coded)
    for words in (
        "30 cards, all cards of the study, none from an earlier round",
        "2: Coder A, Coder B",
        "100% of the cards",
        "Enough was coded.",
        "Not handed in at closing Coder A, Coder B",
        "version 1, SHA-256",
        "What counts as stale",
        f"Cohen's kappa, reliability {kappa}",
        "Who said what: Coder A in rows, Coder B in columns, 30 cards",
        "Agreement after negotiation (proportions, not reliability)",
        "How to recompute these figures",
        frozen[0].input_hash,
    ):
        assert words in text, words


def test_the_files_carry_a_name_that_every_system_can_store(
    client: TestClient, coded: Coded
) -> None:
    answer = sign_in(client).get(f"{coded.url}/report.csv")
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; filename=")
    name = "filename*=UTF-8''Boards%3B%20a%2C%20Round%201%2C%20agreement.csv"
    assert disposition.endswith(name)
    assert answer.headers["content-type"].startswith("text/csv")


def test_the_markdown_has_the_tables_with_nothing_taken_for_markup(
    client: TestClient, session: Session
) -> None:
    names = ("a|b", "*c*")
    answers = {"Ben": names * 8, "Cleo": names[::-1] * 8}
    coded = make_round(session, make_study(session), {"Smell": Sorted(names, answers)})
    text = sign_in(client).get(f"{coded.url}/report.md").text
    assert text.startswith("# Agreement in Round 1\n")
    assert r"| a\|b |" in text
    widths = {
        len(re.findall(r"(?<!\\)\|", line))
        for line in text.split("| Category |")[1].split("\n\n")[0].splitlines()[1:]
    }
    assert widths == {11}


def test_a_study_without_coefficients_has_none_in_any_file(
    client: TestClient, session: Session
) -> None:
    team = make_study(session, stance=Stance.CONSENSUS_ONLY)
    coded = make_round(session, team, {"Smell": TWO})
    sign_in(client)
    found = client.get(f"{coded.url}/report.json").json()
    assert found["threshold"] is None
    assert [facet["agreement"] for facet in found["facets"]] == [None]
    assert found["bootstrap"] == {"Smell": None}
    check = client.get(f"{coded.url}/report.check").json()["facets"][0]
    assert not {"figures", "bootstrap"} & set(check)
    measures = {row["measure"] for row in rows_of(client.get(f"{coded.url}/report.csv").text)}
    assert {measure.startswith("share ") for measure in measures} == {True}
    for ending in ("html", "md"):
        text = Page(client.get(f"{coded.url}/report.{ending}").text).text
        body = text.split("How to recompute")[0]
        assert "24 of 30 cards" in body or "of 30 cards agreed" in body
        assert "kappa" not in body.lower()


def test_a_format_that_does_not_exist_is_not_found(client: TestClient, coded: Coded) -> None:
    assert sign_in(client).get(f"{coded.url}/report.pdf").status_code == 404


@pytest.fixture
def concord(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("CONCORD_DATA_DIR", str(settings.data_dir))
    if settings.database_url is not None:
        address = settings.database_url
        is_secret = hasattr(address, "get_secret_value")
        monkeypatch.setenv(
            "CONCORD_DATABASE_URL", address.get_secret_value() if is_secret else str(address)
        )
    return CliRunner()


def test_the_command_prints_the_report_by_the_names_of_study_and_round(
    concord: CliRunner, database: Database, coded: Coded
) -> None:
    command = ["report", 'Boards; "a"', "--round", "ROUND 1", "--format", "json"]
    answer = concord.invoke(main, command)
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["facets"] == [one.figures for one in taken(database, coded)]


@pytest.mark.parametrize("kind", ["html", "csv", "md"])
def test_the_command_writes_the_same_file_as_the_page_gives(
    concord: CliRunner, client: TestClient, coded: Coded, tmp_path: Path, kind: str
) -> None:
    target = tmp_path / f"report.{kind}"
    study = str(coded.team.study_id)
    command = ["report", study, "--round", "Round 1", "--format", kind, "--to", str(target)]
    assert concord.invoke(main, command).exit_code == 0
    given = sign_in(client).get(f"{coded.url}/report.{kind}").content

    def without_times(content: bytes) -> bytes:
        return re.sub(rb"<time.*?</time>", b"", content)

    assert without_times(target.read_bytes()) == without_times(given)


def test_the_command_refuses_an_open_round_in_one_sentence(
    concord: CliRunner, session: Session
) -> None:
    team = make_study(session)
    make_round(session, team, {"Smell": TWO}, is_closed=False)
    study = str(team.study_id)
    answer = concord.invoke(main, ["report", study, "--round", "Round 1", "--format", "csv"])
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert "There is no report of Round 1 yet." in answer.stderr


def test_the_command_knows_only_formats_that_exist(concord: CliRunner) -> None:
    answer = concord.invoke(main, ["report", "1", "--round", "Round 1", "--format", "pdf"])
    assert answer.exit_code == 2


@pytest.mark.parametrize("kind", ["html", "md", "csv", "json", "check"])
def test_past_work_has_every_form_of_the_report(
    client: TestClient, session: Session, kind: str
) -> None:
    team = make_study(session)
    make_round(session, team, {"Smell": TWO})
    rows = [f"Round 1-{n},{coder},stale" for n in range(3) for coder in ("R1", "R2")]
    content = "\n".join(["card_id,coder,category", *rows]).encode()
    table = read_table(content, file_name="past.csv")
    (past_id,) = import_placements(session, team.study_id, table, "Past", by=None).round_ids
    session.commit()
    answer = sign_in(client).get(f"{team.url}/rounds/{past_id}/report.{kind}")
    assert answer.status_code == 200
    if kind == "md":
        assert "3 cards, those that were coded before" in answer.text
        assert "Seed of the draw" not in answer.text
        assert "Judged by every coder" not in answer.text
        assert "set in the study when the past work came in, after it was judged" in answer.text
        assert "opened and closed say when, not when it was judged" in answer.text


@pytest.mark.parametrize("ending", ["html", "md", "csv", "check"])
def test_without_coefficients_no_file_speaks_of_any(
    client: TestClient, session: Session, ending: str
) -> None:
    team = make_study(session, stance=Stance.CONSENSUS_ONLY)
    coded = make_round(session, team, {"Smell": TWO})
    text = sign_in(client).get(f"{coded.url}/report.{ending}").text.lower()
    assert [word for word in ("kappa", "alpha", "bootstrap", "krippendorff") if word in text] == []
