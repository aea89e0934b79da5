"""`concord import cards` on the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session

from app.cli import main
from app.settings import Settings
from tests.corpus.uploads import texts_in
from tests.factories import Team, make_cards

SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "cards.csv"
    path.write_text("id,text,note\n1,a,b\n2,c,d\n", encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _surroundings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_DATA_DIR", str(settings.data_dir))
    if settings.postgresql_url is not None:
        monkeypatch.setenv("CONCORD_DATABASE_URL", settings.postgresql_url)


def concord(*words: object) -> Result:
    return CliRunner().invoke(main, ["import", "cards", *map(str, words)])


def test_cards_are_imported_and_counted(session: Session, team: Team, table: Path) -> None:
    result = concord("Leaderboards", table, "--json")
    assert result.exit_code == 0, result.output
    counts = {"created": 2, "updated": 0, "skipped": 0, "warnings": []}
    assert json.loads(result.stdout) == counts
    assert texts_in(session, team.study_id) == {"1": "a", "2": "c"}


def test_a_second_import_skips_or_replaces(session: Session, team: Team, table: Path) -> None:
    make_cards(session, team.study_id, "1,old")
    skipped = json.loads(concord(team.study_id, table, "--json").stdout)
    assert (skipped["created"], skipped["updated"], skipped["skipped"]) == (1, 0, 1)
    assert skipped["warnings"] == ["Row 2: the study has a card 1; it was skipped."]
    replaced = json.loads(concord(team.study_id, table, "--on-known", "replace", "--json").stdout)
    assert (replaced["created"], replaced["updated"], replaced["skipped"]) == (0, 1, 1)


def test_columns_can_be_named(session: Session, team: Team, table: Path) -> None:
    assert concord("Leaderboards", table, "--map", "text=note").exit_code == 0
    assert texts_in(session, team.study_id) == {"1": "b", "2": "d"}


def test_a_text_column_that_was_guessed_is_named(
    session: Session, team: Team, tmp_path: Path
) -> None:
    path = tmp_path / "cards.csv"
    path.write_text("id,note,notes_of_coder\n1,a,much longer\n", encoding="utf-8")
    said = (
        "The text was read from the column “notes_of_coder”, though its name does not say so. "
        "If it is another one, name it: --map text=COLUMN."
    )
    assert json.loads(concord("Leaderboards", path, "--json").stdout)["warnings"][0] == said
    assert concord("Leaderboards", path).stderr.splitlines()[0] == said


@pytest.mark.parametrize(
    ("column", "words"),
    [("Card text", ()), ("excerpt", ()), ("own", ("--map", "text=own"))],
)
def test_a_text_column_that_was_known_or_named_needs_no_warning(
    team: Team, tmp_path: Path, column: str, words: tuple[str, ...]
) -> None:
    path = tmp_path / "cards.csv"
    path.write_text(f"id,{column}\n1,a\n", encoding="utf-8")
    result = concord("Leaderboards", path, *words, "--json")
    assert json.loads(result.stdout)["warnings"] == []


def test_texts_without_ids_come_in_once(session: Session, team: Team, tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_text("text,label\na,x\nb,y\n", encoding="utf-8")
    concord("Leaderboards", path)
    assert json.loads(concord("Leaderboards", path, "--json").stdout)["skipped"] == 2
    assert texts_in(session, team.study_id) == {"C-0001": "a", "C-0002": "b"}


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("Leaderboards", "no-such-file.csv"), 2, "does not exist"),
        (("Leaderboards", "TABLE", "--map", "theme=note"), 2, "OUR is one of id, title, text"),
        (("Leaderboards", "TABLE", "--on-known", "ask"), 2, "--on-known"),
        (("Nowhere", "TABLE"), 1, "There is no study called Nowhere."),
        (("Leaderboards", "TABLE", "--map", "text=gone"), 1, "The file has no column “gone”."),
    ],
)
def test_what_cannot_be_done_is_said_on_the_error_stream(
    session: Session, team: Team, table: Path, words: tuple[str, ...], status: int, said: str
) -> None:
    result = concord(*(table if word == "TABLE" else word for word in words))
    assert result.exit_code == status
    assert said in result.stderr
    assert result.stdout == ""
    assert texts_in(session, team.study_id) == {}


def test_one_bad_row_keeps_all_rows_out(session: Session, team: Team, tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    path.write_text("id,text\n1,a\n2,\n", encoding="utf-8")
    result = concord("Leaderboards", path)
    assert result.exit_code == 1
    assert "Row 3: The text is empty." in result.stderr
    assert texts_in(session, team.study_id) == {}


@pytest.mark.parametrize(
    ("path", "n_cards"),
    [
        ("lbops/cards_patterns.csv", 415),
        ("lbops/cards_smells.csv", 71),
        ("cardsort/kardsort-casolysis-example.csv", 10),
        ("labeling/doccano-text-classification.csv", 3),
        ("labeling/label-studio-choices-expected.csv", 1),
    ],
)
def test_files_of_other_tools_come_in(team: Team, path: str, n_cards: int) -> None:
    if not (SHARED / path).exists():
        pytest.skip("the shared files are not here")
    result = concord("Leaderboards", SHARED / path, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["created"] == n_cards
