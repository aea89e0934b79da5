"""`concord import codebook`."""

import json
from pathlib import Path

import click

from app.codebook.files import read_codebook
from app.codebook.importing import import_codebook
from app.codebook.merging import ImportPlan
from app.console import prepared_database
from app.evolution.publishing import publish_as_proposed
from app.studies.service import find_study, study_id_of


@click.command("codebook")
@click.argument("study")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publish", is_flag=True, help="Publish the draft as a version afterwards.")
@click.option(
    "--note", default="", help="With --publish: why this version (default: the file's name)."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def codebook(study: str, file: Path, publish: bool, note: str, as_json: bool) -> None:
    """Import a codebook from a CSV (or other table) or Markdown FILE into the draft of STUDY.

    STUDY is a name or number. All rows come in or none. A row changes the category with its id,
    else the one of its name in its facet; categories that are not in the file stay. With --publish
    the cards that the version puts in question are listed for recoding, as on the page. The JSON
    counts categories (created, updated, skipped, warnings), facets, and gives the version.
    """
    if note and not publish:
        raise click.UsageError("--note belongs to --publish.")
    uploaded = read_codebook(file.read_bytes(), file_name=file.name)
    with prepared_database() as database, database.transaction() as session:
        found = find_study(session, study)
        done = import_codebook(session, study_id_of(found), uploaded, by=None)
        why = note or f"Imported from {file.name}."
        version = publish_as_proposed(session, found, why, by=None).number if publish else None
    click.echo(_as_json(done, version) if as_json else _as_words(done, version))


def _as_json(done: ImportPlan, version: int | None) -> str:
    unread = ", ".join(done.ignored_columns)
    counts = {
        "created": len(done.added),
        "updated": len(done.changed),
        "skipped": len(done.categories) - len(done.added) - len(done.changed),
        "warnings": [f"Columns not read: {unread}."] if unread else [],
        "facets": {"created": len(done.new_facets), "updated": len(done.changed_facets)},
        "version": version,
    }
    return json.dumps(counts, ensure_ascii=False)


def _as_words(done: ImportPlan, version: int | None) -> str:
    lines = [
        f"Facets: {len(done.new_facets)} added, {len(done.changed_facets)} changed. "
        f"Categories: {len(done.added)} added, {len(done.changed)} changed."
    ]
    if done.ignored_columns:
        lines.append(f"Columns not read: {', '.join(done.ignored_columns)}.")
    if version is not None:
        lines.append(f"Published as version {version}.")
    return "\n".join(lines)
