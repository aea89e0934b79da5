"""`concord export`."""

import os
import sys
import tempfile
from pathlib import Path

import click

from app.coding.rounds import round_named
from app.coding.visibility import NOBODY
from app.console import prepared_database
from app.errors import ConcordError
from app.studies.service import find_study, study_id_of

# The catalogue itself is read when a file is written, so that other commands start quickly.
FORMATS = ("codebook-csv", "codebook-md", "qdc", "placements-csv", "labels-csv")


@click.command("export")
@click.argument("study")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), required=True, help="What to write."
)
@click.option(
    "--round",
    "round_name",
    help="Its round; else the newest that closed. For a codebook: the version the round uses.",
)
@click.option(
    "--to",
    "path",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    required=True,
    help="The file to write, which may exist; - writes to standard output.",
)
def export(study: str, format_: str, round_name: str | None, path: Path) -> None:
    """Write the codebook, the placements or the final labels of STUDY (name or number)."""
    from app.exports.formats import Wanted, write

    with prepared_database() as database, database.reading() as session:
        found = find_study(session, study)
        round_ = round_named(session, study_id_of(found), round_name) if round_name else None
        file = write(session, format_, Wanted(found, round_, NOBODY))
    if str(path) == "-":
        sys.stdout.buffer.write(file.content)
        return
    _store(path, file.content)
    click.echo(f"Wrote {path} ({len(file.content):,} bytes).")


def _store(path: Path, content: bytes) -> None:
    """Write the file whole or not at all: an earlier one stays until the new one is complete."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".concord-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConcordError(f"{path} could not be written: {error.strerror}.") from error
