"""`concord import placements`: what scripts read from it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmodel import Session

from app.cli import main
from app.coding.rounds import rounds_of
from app.settings import Settings
from tests.coding.factories import csv_file, make_book, make_numbered_cards
from tests.factories import Team, make_study

ROWS = [
    {"card_id": "C-1", "coder": "R1", "category": "Stale"},
    {"card_id": "C-1", "coder": "R2", "category": "Missing"},
]


@pytest.fixture
def team(session: Session) -> Team:
    team = make_study(session)
    make_numbered_cards(session, team, ("C-1",))
    make_book(session, team)
    return team


def run(
    settings: Settings, *arguments: str, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, str, str]:
    monkeypatch.setenv("CONCORD_DATA_DIR", str(settings.data_dir))
    if settings.database_url is not None:
        monkeypatch.setenv("CONCORD_DATABASE_URL", settings.database_url.get_secret_value())
    done = CliRunner().invoke(main, ["import", "placements", *arguments], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def test_the_command_prints_what_it_did_as_json(
    session: Session,
    team: Team,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "past.csv"
    file.write_bytes(csv_file(ROWS))
    call = ("Leaderboards", str(file), "--round", "Pilot", "--json")
    status, out, _ = run(settings, *call, monkeypatch=monkeypatch)
    assert (status, json.loads(out)) == (
        0,
        {"created": 2, "updated": 0, "skipped": 0, "warnings": []},
    )
    assert rounds_of(session, team.study_id)[0].name == "Pilot"


def test_the_command_ends_with_one_and_the_problems(
    session: Session,
    team: Team,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "past.csv"
    file.write_bytes(csv_file([{**ROWS[0], "card_id": "C-9"}]))
    status, out, err = run(settings, str(team.study_id), str(file), monkeypatch=monkeypatch)
    assert (status, out) == (1, "")
    assert "Row 2: this study has no card “C-9”." in err
