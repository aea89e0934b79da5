"""`concord report`: where it writes, and that a file is whole or not there."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session

from app.cli import main
from app.settings import Settings
from tests.factories import make_study
from tests.reports.rounds import TWO, Coded, make_round


@pytest.fixture(autouse=True)
def _surroundings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_DATA_DIR", str(settings.data_dir))
    if settings.postgresql_url is not None:
        monkeypatch.setenv("CONCORD_DATABASE_URL", settings.postgresql_url)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def coded(session: Session) -> Coded:
    return make_round(session, make_study(session), {"Smell": TWO})


def report(coded: Coded, *words: str) -> Result:
    study = str(coded.team.study_id)
    command = ["report", study, "--round", "Round 1", "--format", "csv", *words]
    return CliRunner().invoke(main, command)


def test_a_dash_is_standard_output(coded: Coded, tmp_path: Path) -> None:
    assert report(coded, "--to", "-").stdout_bytes == report(coded).stdout_bytes != b""
    assert list((tmp_path / "here").iterdir()) == []


def test_an_earlier_report_stays_when_the_new_one_cannot_be_finished(
    coded: Coded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "here" / "report.csv"
    target.write_text("earlier")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.console.os.fchmod", full_disk)
    result = report(coded, "--to", "report.csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "report.csv could not be written: No space left on device.\n"
    assert [path.name for path in target.parent.iterdir()] == ["report.csv"]
    assert target.read_text() == "earlier"
