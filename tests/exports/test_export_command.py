"""`concord export`: what it writes, where, and how it ends; and the way back."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fastapi import FastAPI

from app.cli import main
from app.coding.measuring import snapshots
from app.coding.models import Round
from app.coding.rounds import round_named
from app.db import Database
from app.exports.commands import FORMATS
from app.exports.formats import CATALOGUE
from app.settings import Settings
from tests.coding.world import make_world
from tests.exports.works import make_work, table
from tests.negotiation.negotiations import (
    visit,
)

Command = Callable[..., Result]


@pytest.fixture
def concord(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `concord` with these words on the test's database."""
    monkeypatch.setenv("CONCORD_DATA_DIR", str(settings.data_dir))
    if settings.postgresql_url is not None:
        monkeypatch.setenv("CONCORD_DATABASE_URL", settings.postgresql_url)

    def run(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words])

    return run


def test_the_command_takes_exactly_the_formats_of_the_catalogue() -> None:
    assert set(FORMATS) == set(CATALOGUE)


def test_the_command_writes_every_format(
    database: Database, concord: Command, tmp_path: Path
) -> None:
    make_work(database)
    for format_ in FORMATS:
        target = tmp_path / format_
        result = concord("export", "Leaderboards", "--format", format_, "--to", target)
        assert result.exit_code == 0, result.output
        assert target.stat().st_size > 0
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == sorted(FORMATS)


def test_the_command_writes_to_standard_output(
    database: Database,
    app: FastAPI,
    concord: Command,
) -> None:
    world = make_work(database)
    result = concord("export", "Leaderboards", "--format", "placements-csv", "--to", "-")
    assert (
        result.stdout_bytes.decode()
        == visit(app, world, "ben")
        .client.get(f"/studies/{world.study_id}/rounds/{world.round_id}/placements.csv")
        .content.decode()
    )


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("Leaderboards", "--format", "package", "--to", "-"), 2, "package"),
        (("Leaderboards", "--format", "qdc"), 2, "--to"),
        (("Elsewhere", "--format", "qdc", "--to", "-"), 1, "no study called Elsewhere"),
        (
            ("Leaderboards", "--format", "labels-csv", "--round", "Round 9", "--to", "-"),
            1,
            "no round called Round 9",
        ),
        (("Leaderboards", "--format", "labels-csv", "--to", "-"), 1, "No round"),
        (
            ("Leaderboards", "--format", "placements-csv", "--round", "Round 1", "--to", "-"),
            1,
            "has not closed",
        ),
        (("Leaderboards", "--format", "qdc", "--to", "no/such/folder/x"), 1, "could not be"),
    ],
)
def test_the_command_ends_with_1_or_2_and_a_sentence(
    database: Database,
    concord: Command,
    words: tuple[str, ...],
    status: int,
    said: str,
) -> None:
    make_world(database, n_cards=1, coders=("ben", "cleo"))
    result = concord("export", *words)
    assert result.exit_code == status, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_an_earlier_file_stays_when_the_new_one_cannot_be_made(
    database: Database,
    concord: Command,
    tmp_path: Path,
) -> None:
    make_world(database, n_cards=1, coders=("ben", "cleo"))
    target = tmp_path / "labels.csv"
    target.write_text("earlier")
    words = ("Leaderboards", "--format", "labels-csv", "--to", target)
    assert concord("export", *words).exit_code == 1
    assert target.read_text() == "earlier"


@pytest.fixture
def codebook(database: Database, concord: Command) -> Callable[[Path], Result]:
    """Write the codebook of a study to a path."""
    make_world(database, n_cards=1, coders=("ben", "cleo"))

    def write(path: Path) -> Result:
        result = concord("export", "Leaderboards", "--format", "codebook-csv", "--to", path)
        assert result.exit_code == 0, result.output
        return result

    return write


def test_a_link_stays_and_the_file_it_leads_to_is_written(
    codebook: Callable[[Path], Result], tmp_path: Path
) -> None:
    folder, link, loose = tmp_path / "elsewhere", tmp_path / "link.csv", tmp_path / "loose.csv"
    folder.mkdir()
    (folder / "old.csv").write_text("earlier")
    link.symlink_to(folder / "old.csv")
    loose.symlink_to(folder / "new.csv")
    for path in (link, loose):
        codebook(path)
        assert path.is_symlink()
    assert {path.name for path in folder.iterdir()} == {"old.csv", "new.csv"}
    for path in folder.iterdir():
        assert path.read_text() != "earlier"
        assert "Smell" in path.read_text()


def test_a_pipe_is_written_into(codebook: Callable[[Path], Result], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(pipe.read_bytes)
        try:
            codebook(pipe)
        finally:  # a reader for whom nobody wrote would wait for ever
            if not reader.done() and pipe.is_fifo():
                os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))
    assert pipe.is_fifo()
    assert b"Smell" in reader.result()


def test_a_device_is_written_into(codebook: Callable[[Path], Result]) -> None:
    codebook(Path("/dev/null"))
    assert Path("/dev/null").is_char_device()


def test_standard_output_by_its_path_gets_the_file_and_nothing_else(
    codebook: Callable[[Path], Result], tmp_path: Path
) -> None:
    codebook(tmp_path / "codebook.csv")
    words = ["export", "Leaderboards", "--format", "codebook-csv", "--to", "/dev/stdout"]
    program = [sys.executable, "-c", "from app.cli import main; main()", *words]
    piped = subprocess.run(program, capture_output=True, check=True).stdout
    redirected = tmp_path / "redirected"
    with redirected.open("wb") as stream:
        subprocess.run(program, stdout=stream, check=True)
    assert piped == redirected.read_bytes() == (tmp_path / "codebook.csv").read_bytes()


def test_a_new_file_obeys_the_umask_and_an_old_one_keeps_its_mode(
    codebook: Callable[[Path], Result], tmp_path: Path
) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.touch()
    old.chmod(0o664)
    before = os.umask(0o077)
    try:
        codebook(old)
        codebook(new)
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in (old, new)] == [0o664, 0o600]


def test_exported_placements_come_back_with_the_same_figures(
    database: Database,
    concord: Command,
    tmp_path: Path,
) -> None:
    world = make_work(database)
    target = tmp_path / "placements.csv"
    words = ("Leaderboards", "--format", "placements-csv", "--to", target)
    assert concord("export", *words).exit_code == 0
    target.write_text(target.read_text().replace("Round 1", "Again"))
    imported = concord("import", "placements", "Leaderboards", target, "--round", "Again")
    assert imported.exit_code == 0, imported.output
    with database.reading() as session:
        first = session.get_one(Round, world.round_id)
        again = round_named(session, world.study_id, "Again")
        pairs = zip(snapshots(session, first), snapshots(session, again), strict=True)
        for before, after in pairs:
            assert after.figures["agreement"] == before.figures["agreement"]
            assert after.figures["answers"] == before.figures["answers"]
    again_file = concord("export", *words[:3], "--round", "Again", "--to", "-")
    assert table(again_file.stdout_bytes) == table(target.read_bytes())
