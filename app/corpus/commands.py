"""`concord import cards`."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from app.console import prepared_database
from app.corpus.columns import SYNONYMS, Role, check_mapping
from app.corpus.imports import (
    Choices,
    ImportResult,
    OnKnown,
    OnRepeat,
    Reading,
    guess_uses,
    mapping_of,
    read,
)
from app.corpus.service import Advance, import_cards, prepare
from app.db import Database
from app.studies.service import find_study, study_id_of
from app.tables.table import Table
from app.text import comparable, shown_file_name


@click.command("cards")
@click.argument("study")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="OUR=THEIRS",
    help="Say which column is the id, text, title or source_url; once for each.",
)
@click.option(
    "--on-known",
    type=click.Choice([OnKnown.SKIP.value, OnKnown.REPLACE.value]),
    default=OnKnown.SKIP.value,
    show_default=True,
    help="What to do with rows whose id is taken.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts and warnings as JSON.")
def cards(
    study: str,
    file: Path,
    pairs: tuple[str, ...],
    on_known: str,
    as_json: bool,
) -> None:
    """Import cards from a CSV, TSV, XLSX, JSON or JSON Lines FILE into STUDY (name or number).

    All rows come in or none. Columns that are not named become attributes of the cards. A text
    that is there already comes in again under an id of its own, and is skipped without one.
    """
    table = read(file.read_bytes(), file.name, Reading())
    named = _named(pairs)
    mapping = _mapping(table, named)
    has_ids = mapping[Role.ID] is not None
    choices = Choices(OnKnown(on_known), OnRepeat.KEEP if has_ids else OnRepeat.SKIP)
    with prepared_database() as database:
        result = _import(database, study, file.name, table, mapping, choices)
    doubts = () if Role.TEXT in named else _doubts(mapping[Role.TEXT] or "")
    _tell(replace(result, warnings=(*doubts, *result.warnings)), as_json=as_json)


def _named(pairs: tuple[str, ...]) -> dict[Role, str]:
    named: dict[Role, str] = {}
    for pair in pairs:
        ours, _, theirs = pair.partition("=")
        if ours not in set(Role) or not theirs:
            known = ", ".join(Role)
            raise click.UsageError(f"--map {pair}: write OUR=THEIRS, where OUR is one of {known}.")
        named[Role(ours)] = theirs
    return named


def _mapping(table: Table, named: Mapping[Role, str]) -> dict[Role, str | None]:
    """Return the guessed columns, overruled by those that were named."""
    uses = guess_uses(table)
    guessed = mapping_of({n: use for n, use in uses.items() if n not in named.values()})
    mapping = {**guessed, **named}
    check_mapping(table.columns, mapping)
    return mapping


def _doubts(text_column: str) -> tuple[str, ...]:
    """Say which column was taken for the text unless its name says that it holds one."""
    if "".join(filter(str.isalnum, comparable(text_column))) in SYNONYMS[Role.TEXT]:
        return ()
    return (
        f"The text was read from the column “{text_column}”, though its name does not say so. "
        "If it is another one, name it: --map text=COLUMN.",
    )


def _import(
    database: Database,
    study: str,
    file_name: str,
    table: Table,
    mapping: dict[Role, str | None],
    choices: Choices,
) -> ImportResult:
    with database.reading() as look:
        study_id = study_id_of(find_study(look, study))
        prepared = prepare(look, study_id, table, mapping)
    with _progress(len(table.rows)) as advance, database.transaction() as session:
        return import_cards(
            session,
            study_id,
            prepared,
            choices,
            account_id=None,
            file_name=shown_file_name(file_name),
            advance=advance,
        )


@contextmanager
def _progress(n_rows: int) -> Iterator[Advance]:
    """Give what moves a bar on the terminal; nothing is drawn into files and pipes."""
    with click.progressbar(
        length=n_rows, label="Cards", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def advance(n_stored: int) -> None:
            bar.update(n_stored)

        yield advance


def _tell(result: ImportResult, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False))
        return
    for warning in result.warnings:
        click.echo(warning, err=True)
    counts = f"{result.created:,} created, {result.updated:,} updated, {result.skipped:,} skipped"
    click.echo(f"Cards: {counts}.")
