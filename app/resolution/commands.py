"""`concord import placements`."""

import json
from pathlib import Path

import click

from app.console import prepared_database
from app.studies.service import find_study, study_id_of
from app.tables.readers import read_table
from app.text import shown_file_name


@click.command("placements")
@click.argument("study")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--round",
    "round_name",
    metavar="NAME",
    help="Name of the round to make, or the one round of the file to import.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts and warnings as JSON.")
def placements(study: str, file: Path, round_name: str | None, as_json: bool) -> None:
    """Import past work: placements in FILE become a closed round of STUDY (name or number).

    FILE is a long table with a row for each judgement: card_id, coder, facet, category, and if
    you have them memo, confidence and round. Several categories are several rows, or joined
    with |. All of it comes in or none.
    """
    from app.resolution.past_work import import_placements  # numerics: slow to load

    table = read_table(file.read_bytes(), file_name=file.name)
    with prepared_database() as database, database.transaction() as session:
        result = import_placements(
            session,
            study_id_of(find_study(session, study)),
            table,
            round_name,
            by=None,
            file_name=shown_file_name(file.name),
        )
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False))
        return
    for warning in result.warnings:
        click.echo(warning, err=True)
    counts = f"{result.created:,} created, {result.updated:,} updated, {result.skipped:,} skipped"
    click.echo(f"Placements: {counts}.")
