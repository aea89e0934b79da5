"""PURE: the figures of a table of open sorts, and the document that holds them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.agreement.resampling import Progress
from app.agreement.sorts.calculation import SortCalculation, calculate_sorts
from app.agreement.sorts.dendrogram import Linkage
from app.agreement.sorts.ties import N_ORDERS
from app.calculator.open_sorts.reading import ReadSorts

_ROW = "row of the similarity matrix "  # stands where a row will, until the rest is written


@dataclass(frozen=True, slots=True)
class SortAnswer:
    """What a table says, and the figures."""

    read: ReadSorts
    calculation: SortCalculation


def work_out_sorts(
    read: ReadSorts, linkage: Linkage, progress: Progress | None = None
) -> SortAnswer:
    """Return the figures of what was read; `progress` is told the share of pairs done."""
    found = calculate_sorts(read.sorts, linkage=linkage, n_orders=N_ORDERS, progress=progress)
    return SortAnswer(read, found)


def as_json(answer: SortAnswer) -> bytes:
    """Return the answer as a JSON document; the same sorts give the same figures.

    `figures` has the keys of `app.agreement.names`; a figure is a number, a nested object or
    {"undefined": reason}. The similarity matrix has one line for each card.
    """
    sorts, found = answer.read.sorts, answer.calculation
    rows = found.figures["cooccurrence"]
    figures = {**found.figures, "cooccurrence": [f"{_ROW}{row}" for row in range(len(rows))]}
    document = {
        "figures": figures,
        "notices": [{"kind": notice.kind, "sentence": notice.sentence} for notice in found.notices],
        "kind": "sorts",
        "cards": sorts.cards,
        "coders": sorts.participants,
        "n_piles": dict(zip(sorts.participants, sorts.n_piles.tolist(), strict=True)),
        "linkage": found.linkage,
        "dendrogram": _tree(answer),
        "n_rows": answer.read.n_rows,
        "reading": answer.read.notices,
        "algorithm_version": found.algorithm_version,
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    before, *parts = text.split(f'"{_ROW}', len(rows))
    lines = (
        f"{line}{part.partition(chr(34))[2]}"
        for line, part in zip(_lines(rows), parts, strict=True)
    )
    return "".join([before, *lines, "\n"]).encode()


def _lines(rows: list[list[Any]]) -> Iterator[str]:
    """Return each row of the matrix as one line; a million cells hold few different shares."""
    written = cache(json.dumps)
    for row in rows:
        cells = (written(cell) if isinstance(cell, float) else json.dumps(cell) for cell in row)
        yield f"[{', '.join(cells)}]"


def _tree(answer: SortAnswer) -> dict[str, Any]:
    """Return the tree: numbers from 0 are cards, those after the last card are groups."""
    found = answer.calculation
    if found.tree is None:
        reason: dict[str, Any] = found.figures["cophenetic_correlation"]
        return reason
    names = [answer.read.sorts.cards[card] for card in found.sorted_cards]
    steps = zip(found.tree.merges, found.tree.heights, found.tree.sizes, strict=True)
    return {
        "cards": names,
        "merges": [[*joined.tolist(), float(height), int(n)] for joined, height, n in steps],
        "leaf_order": [names[card] for card in found.tree.leaf_order],
    }
