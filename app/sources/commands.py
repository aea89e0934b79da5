"""`concord import sources`."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from app.console import prepared_database
from app.corpus.imports import ImportResult
from app.errors import Invalid
from app.sources.documents import kind_by_name
from app.sources.extraction.contained import Readers
from app.sources.folders import ReadFiles, Upload, read_files
from app.sources.service import add_documents
from app.studies.service import find_study, study_id_of

SECONDS = 600.0


@click.command("sources")
@click.argument("study")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE...",
)
@click.option(
    "--leave-out", is_flag=True, help="Leave out files that cannot be read, instead of all."
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts and warnings as JSON.")
def sources(study: str, files: tuple[Path, ...], leave_out: bool, as_json: bool) -> None:
    """Add documents (Markdown, HTML, text, PDF, DOCX; folders, zips) to STUDY (name or number).

    Of a folder the documents in it and below are taken. A document that is there already is
    skipped. Cards are cut from documents in the browser.
    """
    found = read_files([*_uploads(files)], Readers(SECONDS))
    left_out = [str(one) for one in found.left_out]
    if left_out and not leave_out:
        raise Invalid("Some files cannot be documents, so nothing was added.", problems=left_out)
    with prepared_database() as database, database.transaction() as session:
        study_id = study_id_of(find_study(session, study))
        added = add_documents(session, study_id, found.documents, by=None, left_out=left_out)
    known = [f"{name} is here already; it was skipped." for name in added.known]
    result = ImportResult(
        created=len(added.source_ids),
        updated=0,
        skipped=len(added.known) + len(left_out),
        warnings=(*_notices(found), *known, *left_out),
    )
    _tell(result, as_json=as_json)


def _uploads(files: Sequence[Path]) -> Iterator[Upload]:
    for path in files:
        if not path.is_dir():
            yield Upload(path.name, path.read_bytes())
            continue
        for below in sorted(path.rglob("*")):
            is_hidden = any(part.startswith(".") for part in below.relative_to(path).parts)
            if below.is_file() and not is_hidden and kind_by_name(below.name) is not None:
                yield Upload(below.relative_to(path).as_posix(), below.read_bytes())


def _notices(found: ReadFiles) -> list[str]:
    return [f"{one.name}: {notice}" for one in found.documents for notice in one.extracted.notices]


def _tell(result: ImportResult, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False))
        return
    for warning in result.warnings:
        click.echo(warning, err=True)
    click.echo(f"Sources: {result.created:,} created, {result.skipped:,} skipped.")
