"""What of a round's piles leaves as a file, so that anybody can work the figures out again."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from app.agreement.sorts.dendrogram import Dendrogram
from app.alignment.look_figures import Compared
from app.alignment.look_groups import Group
from app.alignment.look_overlap import overlap_counts
from app.alignment.look_piles import Piles
from app.alignment.look_similarity import Survey, together
from app.text import safe_cell

# Those of the Casolysis file of kardSort, which `concord sorts` reads as it is.
LONG_COLUMNS = ("card_id", "card_label", "category_id", "category_label", "user_id", "without")
_ROWS_AT_ONCE = 64


def long_csv(piles: Piles) -> bytes:
    """Return a row for each card of each coder: pile, or an empty cell and what was said instead.

    A card in several piles of a coder has several rows.
    """
    return _csv(LONG_COLUMNS, _long_rows(piles))


def _long_rows(piles: Piles) -> Iterator[Sequence[str]]:
    for column, coder in enumerate(piles.coders):
        own, inside, without = piles.heaps[column], piles.inside[column], piles.without[column]
        for card, (key, title) in enumerate(zip(piles.keys, piles.titles, strict=True)):
            held = np.flatnonzero(inside[card]).tolist()
            for pile in held:
                yield key, title or key, own[pile].key, own[pile].name, coder, ""
            if not held:
                yield key, title or key, "", "", coder, without.get(piles.card_ids[card], "")


def figures_json(piles: Piles, found: Compared, about: dict[str, str]) -> bytes:
    """Return the figures with what they come from.

    `figures` has the keys of `concord sorts --json`, `sorts` the rows of the long table.
    """
    document: dict[str, Any] = {
        **about,
        "kind": "sorts",
        "figures": found.figures,
        "notices": [{"kind": one.kind, "sentence": one.sentence} for one in found.notices],
        "coders": piles.coders,
        "n_piles": {coder: len(own) for coder, own in zip(piles.coders, piles.heaps, strict=True)},
        "n_cards_talked_about_before": piles.n_talked,
        "algorithm_version": found.algorithm_version,
        "sorts": [dict(zip(LONG_COLUMNS, row, strict=True)) for row in _long_rows(piles)],
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    return f"{text}\n".encode()


def overlap_csv(piles: Piles, first: int, second: int) -> bytes:
    """Return a row for each two piles that share a card."""
    table = overlap_counts(piles, first, second)
    sizes = [piles.inside[one].sum(axis=0).tolist() for one in (first, second)]
    columns = ("first", "first_pile", "first_cards", "second", "second_pile", "second_cards")
    return _csv(
        (*columns, "shared_cards"),
        (
            (
                *(piles.coders[first], piles.names[first][row], str(sizes[0][row])),
                *(piles.coders[second], piles.names[second][column], str(sizes[1][column])),
                str(table[row, column]),
            )
            for row, column in np.argwhere(table).tolist()
        ),
    )


def groups_csv(piles: Piles, groups: Sequence[Group], *, linkage: str, cut: int) -> bytes:
    """Return a row for each card in the order of the tree, with the group it falls into."""
    rows = (
        (str(group.number), str(len(group.cards)), group.name, piles.keys[card])
        for group in groups
        for card in group.cards
    )
    cut_at = (linkage, f"{cut / 100:.2f}")
    columns = ("group", "cards_in_group", "name_most_borne", "card_id", "linkage", "cut_at")
    return _csv(columns, ((*row, *cut_at) for row in rows))


def tree_json(piles: Piles, found: Survey, tree: Dendrogram, about: dict[str, str]) -> bytes:
    """Return the tree as `concord sorts --json` has it: numbers after the last card are groups."""
    names = [piles.keys[card] for card in found.in_tree]
    steps = zip(tree.merges, tree.heights, tree.sizes, strict=True)
    correlation = tree.correlation
    document = {
        **about,
        "linkage": found.linkage,
        "cophenetic_correlation": None if np.isnan(correlation) else correlation,
        "is_tied": tree.is_tied,
        "dendrogram": {
            "cards": names,
            "merges": [[*one.tolist(), float(height), int(n)] for one, height, n in steps],
            "leaf_order": [names[card] for card in tree.leaf_order],
        },
    }
    return f"{json.dumps(document, ensure_ascii=False, allow_nan=False)}\n".encode()


def similarity_csv(piles: Piles, order: Sequence[int]) -> Iterator[bytes]:
    """Yield the matrix of these cards, a few rows at a time; empty where nobody sorted both."""
    keys = [_csv([piles.keys[card]], ()).decode().rstrip("\r\n") for card in order]
    yield f"card_id,{','.join(keys)}\r\n".encode()
    width = len(piles.coders) + 1
    # Millions of cells hold few different shares: each is written once.
    shares = np.array(
        [f"{n / both:.6g}" if both else "" for both in range(width) for n in range(width)],
        dtype=object,
    )
    for first in range(0, len(order), _ROWS_AT_ONCE):
        until = first + _ROWS_AT_ONCE
        n_together, n_both = together(piles, order[first:until], order)
        cells = shares[n_both.astype(np.int64) * width + n_together].tolist()
        rows = zip(keys[first:until], cells, strict=True)
        yield "".join(f"{key},{','.join(row)}\r\n" for key, row in rows).encode()


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(cell) for cell in columns])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode()
