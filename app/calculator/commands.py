"""`concord agreement`."""

import csv
from pathlib import Path
from typing import Any

import click

from app.agreement import Scale
from app.calculator.answer import Resampling, work_out
from app.calculator.answer import as_json as written_as_json
from app.calculator.files import read_file
from app.calculator.printing import as_text
from app.calculator.progress import show_progress
from app.calculator.reading import check_layout
from app.calculator.rows import Layout
from app.calculator.table import build_report
from app.console import hand_over
from app.errors import Invalid


@click.command("agreement")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@click.option("--unit", default="card_id", show_default=True, help="Column that names the card.")
@click.option("--coder", default="coder", show_default=True, help="Column that names the coder.")
@click.option(
    "--label", default="category", show_default=True, help="Column that holds the category."
)
@click.option(
    "--separator",
    default="|",
    show_default=True,
    help="What stands between the categories of one cell, with --multiple.",
)
@click.option(
    "--multiple",
    "is_multiple",
    is_flag=True,
    help="A card may carry several categories, in one cell or in several rows; an empty cell "
    "says that none applies.",
)
@click.option(
    "--categories",
    metavar="A,B,C",
    default="",
    help="All categories in their order, unused ones too; one with a comma in double quotes. "
    "Without it, the ones in use, sorted.",
)
@click.option(
    "--scale",
    type=click.Choice([scale.value for scale in Scale]),
    default=Scale.NOMINAL.value,
    show_default=True,
    help="ordinal adds the weighted forms; interval adds the interval and ratio forms as well.",
)
@click.option(
    "--bootstrap",
    "n_resamples",
    type=click.IntRange(0, 100_000),
    default=0,
    metavar="N",
    help="Draw the cards anew N times for 95 % intervals of every figure.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=0,
    show_default=True,
    help="Where chance begins; the same seed gives the same intervals.",
)
@click.option(
    "--cluster",
    default="",
    metavar="COLUMN",
    help="Column that names the document of a card; --bootstrap then draws whole documents.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def agreement(file: Path, n_resamples: int, seed: int, as_json: bool, **chosen: Any) -> None:
    """Work out how far the coders of a table agree.

    FILE is CSV, TSV, XLSX, JSON or JSON Lines (- or a pipe: CSV) with one row for
    each card and coder. A label is taken exactly as written (accents in Unicode form NFC); an empty
    cell means not labelled.
    The JSON has figures, intervals (by the same keys: low, high, n_undefined), notices (kind,
    sentence), kind (nominal, ordinal, interval or sets), categories, coders, n_rows, reading
    (what was noted about the file), n_resamples, seed and algorithm_version. A figure is a
    number, an object of such, or {"undefined": reason}; so is an interval. Nothing is stored.
    """
    layout = _layout(**chosen)
    if layout.cluster and not n_resamples:
        raise click.UsageError("--cluster says what --bootstrap draws: give both.")
    table, resampling = read_file(file), Resampling(n_resamples, seed)
    with show_progress("Resamples", is_long=n_resamples > 0) as progress:
        answer = work_out(table, layout, resampling, progress=progress)
    text = written_as_json(answer) if as_json else as_text(build_report(answer)).encode()
    hand_over(text, None)


def _layout(*, categories: str, scale: str, **chosen: Any) -> Layout:
    """Return what the options say of the table; choices that contradict are wrong usage."""
    layout = Layout(categories=_listed(categories), scale=Scale(scale), **chosen)
    try:
        check_layout(layout)
    except Invalid as refusal:
        raise click.UsageError(refusal.message) from refusal
    return layout


def _listed(categories: str) -> tuple[str, ...]:
    """Return what stands between the commas; a name with a comma is written in double quotes."""
    if not categories:
        return ()
    try:
        (names,) = csv.reader([categories], strict=True)
    except (csv.Error, ValueError) as error:
        raise click.UsageError("--categories: write A,B,C, each quote closed.") from error
    return tuple(names)
