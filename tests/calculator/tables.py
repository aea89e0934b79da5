"""Tables for the tests of the calculator, and the command run on them."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from app.agreement import Ratings, SetRatings
from app.calculator.reading import Judgements, read_judgements
from app.calculator.rows import Layout
from app.cli import main
from app.tables.readers import read_table

HEAD = "card_id,coder,category\n"


def read(rows: str, layout: Layout | None = None, *, head: str = HEAD) -> Judgements:
    """The judgements of rows under the usual names of columns."""
    table = read_table((head + rows).encode(), file_name="table.csv")
    return read_judgements(table, layout or Layout())


def said(rows: str, layout: Layout | None = None) -> dict[tuple[int, str], str]:
    """The label of each card and coder who gave one."""
    ratings = read(rows, layout).ratings
    assert isinstance(ratings, Ratings)
    return {
        (card, ratings.coders[coder]): ratings.categories[code]
        for (card, coder), code in _cells(ratings)
        if code >= 0
    }


def _cells(ratings: Ratings) -> list[tuple[tuple[int, int], int]]:
    n_cards, n_coders = ratings.codes.shape
    places = [(card, coder) for card in range(n_cards) for coder in range(n_coders)]
    return [((card, coder), int(ratings.codes[card, coder])) for card, coder in places]


def sets(rows: str, layout: Layout | None = None) -> dict[tuple[int, str], set[str]]:
    """The set of each card and coder who judged it."""
    ratings = read(rows, layout or Layout(is_multiple=True)).ratings
    assert isinstance(ratings, SetRatings)
    n_cards, n_coders = ratings.judged.shape
    return {
        (card, ratings.coders[coder]): {
            name
            for place, name in enumerate(ratings.categories)
            if ratings.members[card, coder, place]
        }
        for card in range(n_cards)
        for coder in range(n_coders)
        if ratings.judged[card, coder]
    }


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["agreement", str(path), *options])


def figures_of(path: Path, *options: str) -> dict[str, Any]:
    """The JSON document the command prints."""
    result = run(path, *options, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found
