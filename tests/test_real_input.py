"""Cards, categories and labels of a published study, from the files to the files that come out.

The study's final labels stand for one coder; for the other some of them are changed by a rule, so
that there is something to disagree on.
"""

import csv
import io
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient
from lxml import etree
from sklearn.metrics import cohen_kappa_score
from sqlmodel import Session, col, select

from app.cli import main
from app.corpus.models import Card
from app.settings import Settings
from tests.corpus.uploads import Upload, words_of
from tests.factories import Team, make_study, sign_in

SHARED = Path(__file__).parents[2] / "shared"
LBOPS = SHARED / "lbops"
CATEGORIES = LBOPS / "categories.csv"
N_CARDS = {"cards_patterns.csv": 415, "cards_smells.csv": 71}
N_CATEGORIES = {"pattern": 5, "smell": 9, "entity": 9}
EVERY_NTH_DIFFERS = 4

Row = dict[str, str]

pytestmark = pytest.mark.skipif(not LBOPS.exists(), reason="the shared files are not here")


@pytest.fixture(autouse=True)
def _surroundings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_DATA_DIR", str(settings.data_dir))
    if settings.postgresql_url is not None:
        monkeypatch.setenv("CONCORD_DATABASE_URL", settings.postgresql_url)


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


def concord(*words: object) -> Result:
    done = CliRunner().invoke(main, list(map(str, words)), catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done


def counts(*words: object) -> tuple[int, int, int, list[str]]:
    done = json.loads(concord("import", *words, "--json").stdout)
    return done["created"], done["updated"], done["skipped"], done["warnings"]


def rows_of(file: Path | str) -> list[Row]:
    text = file.read_text(encoding="utf-8") if isinstance(file, Path) else file
    return list(csv.DictReader(io.StringIO(text, newline="")))


def exported(format_: str, tmp_path: Path, *more: str) -> Path:
    path = tmp_path / f"{format_}.{format_.rpartition('-')[2]}"
    concord("export", "Leaderboards", "--format", format_, "--to", path, *more)
    return path


def bring_study() -> None:
    concord("import", "codebook", "Leaderboards", CATEGORIES, "--publish")
    for name in N_CARDS:
        concord("import", "cards", "Leaderboards", LBOPS / name)


def two_coders(facet: str) -> list[Row]:
    """What two coders said of the smell cards: the study's label, and for every fourth the last."""
    labels = [row for row in rows_of(LBOPS / "gold_smells.csv") if row[facet]]
    said = []
    for place, row in enumerate(labels):
        moved = labels[place - 1] if place % EVERY_NTH_DIFFERS == 0 else row
        for coder, source in (("R1", row), ("R2", moved)):
            one = {"card_id": row["card_id"], "coder": coder, "facet": facet}
            said.append({**one, "category": source[facet]})
    return said


def as_csv(rows: list[Row]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def bring_past_work(tmp_path: Path, rows: list[Row], name: str = "Past") -> None:
    file = tmp_path / "past.csv"
    file.write_text(as_csv(rows), encoding="utf-8")
    created, *_ = counts("placements", "Leaderboards", file, "--round", name)
    assert created == len(rows)


def stored(session: Session, team: Team) -> dict[str, tuple[str, str, str]]:
    statement = select(Card).where(Card.study_id == team.study_id).order_by(col(Card.position))
    found = {card.key: (card.title, card.text, card.source_url) for card in session.exec(statement)}
    session.rollback()
    return found


def in_the_files() -> dict[str, tuple[str, str, str]]:
    rows = [row for name in N_CARDS for row in rows_of(LBOPS / name)]
    return {row["card_id"]: (row["title"], row["text"], row["source_url"]) for row in rows}


@pytest.mark.parametrize("name", N_CARDS)
def test_every_card_comes_in_and_a_second_time_none(team: Team, name: str) -> None:
    assert counts("cards", "Leaderboards", LBOPS / name) == (N_CARDS[name], 0, 0, [])
    created, updated, skipped, warnings = counts("cards", team.study_id, LBOPS / name)
    assert (created, updated, skipped) == (0, 0, N_CARDS[name])
    assert len(warnings) == 1
    replaced = counts("cards", "Leaderboards", LBOPS / name, "--on-known", "replace")
    assert replaced == (0, 0, N_CARDS[name], [])


def test_texts_are_stored_as_they_were_written(team: Team, session: Session) -> None:
    for name in N_CARDS:
        concord("import", "cards", "Leaderboards", LBOPS / name)
    found, written = stored(session, team), in_the_files()
    assert list(found) == list(written)
    assert found == written
    assert any("\u4e00" <= letter <= "\u9fff" for _, text, _ in found.values() for letter in text)


def test_the_pages_take_the_same_cards(team: Team, client: TestClient, session: Session) -> None:
    upload = Upload(sign_in(client), team.url)
    for name, n_cards in N_CARDS.items():
        upload.send((LBOPS / name).read_bytes(), name)
        assert f"{n_cards} cards are ready" in upload.words()
        assert upload.decide().status_code == 303
    assert stored(session, team) == in_the_files()
    assert "486 cards" in words_of(upload.client.get(f"{team.url}/cards"))


def test_the_categories_come_in_with_their_facets(team: Team, tmp_path: Path) -> None:
    assert counts("codebook", "Leaderboards", CATEGORIES) == (23, 0, 0, [])
    assert counts("codebook", "Leaderboards", CATEGORIES) == (0, 0, 23, [])
    rows = rows_of(exported("codebook-csv", tmp_path))
    assert Counter(row["facet"] for row in rows) == N_CATEGORIES
    wanted = [(row["facet"], row["name"]) for row in rows_of(CATEGORIES)]
    assert [(row["facet"], row["name"]) for row in rows] == wanted


def test_an_exported_codebook_makes_the_same_codebook_elsewhere(
    team: Team, session: Session, tmp_path: Path
) -> None:
    concord("import", "codebook", "Leaderboards", CATEGORIES)
    first = exported("codebook-csv", tmp_path)
    assert counts("codebook", "Leaderboards", first) == (0, 0, 23, [])
    number = concord("study", "create", "Elsewhere", "--lead", "ada@example.org").stdout.strip()
    assert counts("codebook", number, first) == (23, 0, 0, [])
    second = tmp_path / "second.csv"
    concord("export", "Elsewhere", "--format", "codebook-csv", "--to", second)
    assert second.read_bytes() == first.read_bytes()


def test_the_codebook_for_qda_programs_keeps_to_the_standard(team: Team, tmp_path: Path) -> None:
    concord("import", "codebook", "Leaderboards", CATEGORIES)
    schema = etree.XMLSchema(etree.parse(str(SHARED / "refi-qda" / "Codebook.xsd")))
    schema.assertValid(etree.parse(str(exported("qdc", tmp_path))))


@pytest.mark.parametrize("facet", ["smell", "entity"])
def test_the_kappa_of_past_work_is_that_of_scikit_learn(
    team: Team, tmp_path: Path, facet: str
) -> None:
    bring_study()
    bring_past_work(tmp_path, two_coders(facet))
    report = concord("report", "Leaderboards", "--round", "Past", "--format", "json").stdout
    (figures,) = json.loads(report)["facets"]
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows_of(exported("placements-csv", tmp_path)):
        said[row["coder"]][row["card_id"]] = row["category"]
    first, second = ([said[coder][card] for card in said["R1"]] for coder in ("R1", "R2"))
    (pair,) = figures["agreement"]["pairs"]
    kappa = pair["figures"]["cohen_kappa"]
    assert kappa["value"] == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
    assert kappa["n_units"] == len(said["R1"])


def test_the_placements_come_out_as_they_went_in(team: Team, tmp_path: Path) -> None:
    bring_study()
    rows = [*two_coders("smell"), *two_coders("entity")]
    bring_past_work(tmp_path, rows)
    placements = rows_of(exported("placements-csv", tmp_path))
    assert sorted(tuple(row[name] for name in rows[0]) for row in placements) == sorted(
        tuple(row.values()) for row in rows
    )
    again = counts("placements", "Leaderboards", tmp_path / "placements-csv.csv")
    created, _, skipped, _ = again
    assert (created, skipped) == (0, len(rows))


def test_every_card_has_a_final_label_or_is_called_unresolved(team: Team, tmp_path: Path) -> None:
    bring_study()
    rows = two_coders("smell")
    bring_past_work(tmp_path, rows)
    said: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        said[row["card_id"]].add(row["category"])
    labels = rows_of(exported("labels-csv", tmp_path))
    assert {row["card_id"]: row["category"] for row in labels} == {
        card: "" if len(names) > 1 else next(iter(names)) for card, names in said.items()
    }
    assert Counter(row["provenance"] for row in labels) == {
        "unanimous": sum(len(names) == 1 for names in said.values()),
        "unresolved": sum(len(names) > 1 for names in said.values()),
    }


def test_labels_of_several_categories_need_a_facet_that_takes_several(
    team: Team, tmp_path: Path
) -> None:
    bring_study()
    gold = rows_of(LBOPS / "gold_patterns.csv")
    rows = [
        {"card_id": row["card_id"], "coder": coder, "facet": "pattern", "category": row["patterns"]}
        for row in gold
        for coder in ("R1", "R2")
    ]
    file = tmp_path / "past.csv"
    file.write_text(as_csv(rows), encoding="utf-8")
    call = ["import", "placements", "Leaderboards", str(file)]
    refused = CliRunner().invoke(main, call)
    assert refused.exit_code == 1
    assert "let the facet take several first" in refused.stderr
    several = [{"facet": "pattern", "choice": "multiple", "name": "Pairwise Model Evaluation"}]
    change = tmp_path / "several.csv"
    change.write_text(as_csv(several), encoding="utf-8")
    concord("import", "codebook", "Leaderboards", change, "--publish")
    bring_past_work(tmp_path, rows)
    code_of = {row["name"]: row["code"] for row in rows_of(CATEGORIES)}
    found = {
        row["card_id"]: {code_of[name] for name in row["category"].split("|")}
        for row in rows_of(exported("placements-csv", tmp_path))
    }
    assert found == {row["card_id"]: set(row["patterns"].split("|")) for row in gold}
