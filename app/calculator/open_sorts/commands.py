"""`concord sorts`."""

from pathlib import Path

import click

from app.agreement.sorts.dendrogram import Linkage
from app.calculator.files import read_file
from app.calculator.open_sorts.answer import as_json as written_as_json
from app.calculator.open_sorts.answer import work_out_sorts
from app.calculator.open_sorts.printing import as_text
from app.calculator.open_sorts.reading import read_sorts
from app.calculator.progress import show_progress
from app.calculator.reading import check_layout
from app.calculator.rows import Layout
from app.console import hand_over
from app.errors import Invalid

MANY_PEOPLE = 40  # from here on comparing each two takes seconds


@click.command("sorts")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@click.option("--card", default="card_id", show_default=True, help="Column that names the card.")
@click.option(
    "--coder", default="user_id", show_default=True, help="Column that names the participant."
)
@click.option(
    "--pile",
    default="category_id",
    show_default=True,
    help="Column that names the pile; an empty cell says that the card was not sorted.",
)
@click.option(
    "--linkage",
    type=click.Choice([linkage.value for linkage in Linkage]),
    default=Linkage.AVERAGE.value,
    show_default=True,
    help="How the dendrogram measures groups of cards: by the mean, the farthest or the nearest "
    "two cards.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def sorts(file: Path, card: str, coder: str, pile: str, linkage: str, as_json: bool) -> None:
    """Work out how far the piles of an open sort agree.

    FILE is CSV, TSV, XLSX, JSON or JSON Lines (- or a pipe: CSV) with one row for each card and
    participant, such as the Casolysis file of kardSort. Piles belong to their participant: equal
    names of two people mean nothing. Two people are compared on the cards both sorted.
    The JSON has figures, notices (kind, sentence), kind (sorts), cards (in the order of the
    similarity matrix), coders, n_piles, linkage, dendrogram (cards, merges as first, second,
    height and size, leaf_order), n_rows, reading (what was noted about the file) and
    algorithm_version. A figure is a number, an object by two participants (“first|second”), or
    {"undefined": reason}; where equal similarities left a choice of trees, tied_distances says so,
    and cophenetic_correlation_range has the lowest and highest of 300 orders (up to 100 cards).
    Nothing is stored.
    """
    layout = Layout(unit=card, coder=coder, label=pile)
    try:
        check_layout(layout)
    except Invalid as refusal:
        raise click.UsageError("Card, participant and pile stand in columns of their own.") from (
            refusal
        )
    read = read_sorts(read_file(file), layout)
    is_long = len(read.sorts.participants) > MANY_PEOPLE
    with show_progress("Pairs of participants", is_long=is_long) as progress:
        answer = work_out_sorts(read, Linkage(linkage), progress)
    hand_over(written_as_json(answer) if as_json else as_text(answer).encode(), None)
