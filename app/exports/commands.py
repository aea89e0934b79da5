"""`concord export`."""

from pathlib import Path

import click

from app.coding.rounds import round_named
from app.coding.visibility import NOBODY
from app.console import hand_over, prepared_database
from app.studies.service import find_study, study_id_of

# The catalogue itself is read when a file is written, so that other commands start quickly.
FORMATS = (
    "codebook-csv",
    "codebook-md",
    "qdc",
    "placements-csv",
    "labels-csv",
    "study-labels-csv",
)


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
    hand_over(file.content, path)
