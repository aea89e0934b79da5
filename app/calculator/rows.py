"""PURE: the rows of a long table as numbers: which card, which coder, which label."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from app.agreement import Scale
from app.agreement.ratings import IntArray
from app.calculator.refusals import refuse_rows
from app.tables.table import refuse


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is compared at most; the tables of each two coders grow with both squared."""

    coders: int = 200
    categories: int = 4_000
    table_cells: int = 20_000_000
    judgements: int = 50_000_000
    members: int = 200_000_000
    way_out: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column says what, and what the labels mean."""

    unit: str = "card_id"
    coder: str = "coder"
    label: str = "category"
    cluster: str = ""
    separator: str = "|"
    is_multiple: bool = False
    categories: tuple[str, ...] = ()
    scale: Scale = Scale.NOMINAL

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in use: unit, coder, label and, if one is named, cluster."""
        named = (self.unit, self.coder, self.label)
        return (*named, self.cluster) if self.cluster else named


@dataclass(frozen=True, slots=True)
class Rows:
    """Every row's card and coder as places in the lists of names, and the text of its label."""

    layout: Layout
    bounds: Bounds
    numbers: Sequence[int]
    cards: IntArray
    coders: IntArray
    labels: Sequence[str]
    card_names: tuple[str, ...]
    coder_names: tuple[str, ...]

    @property
    def pairs(self) -> IntArray:
        """One number for each card and coder, the same in rows that speak of the same."""
        return self.cards * len(self.coder_names) + self.coders

    @property
    def shape(self) -> tuple[int, int]:
        """How many cards and how many coders there are."""
        return len(self.card_names), len(self.coder_names)

    def whose(self, row: int) -> str:
        """Say whose judgement of which card the row holds."""
        coder = self.coder_names[self.coders[row]]
        return f"coder “{coder[:60]}”, card “{self.card_names[self.cards[row]][:60]}”"


def index(cells: Sequence[str], *, is_sorted: bool = False) -> tuple[IntArray, tuple[str, ...]]:
    """Return the place of each cell among the distinct ones, which stand as met or sorted."""
    met: dict[str, int] = {}
    places = np.fromiter(
        (met.setdefault(cell, len(met)) for cell in cells), dtype=np.int64, count=len(cells)
    )
    if not is_sorted:
        return places, tuple(met)
    names = sorted(met)
    ranks = np.empty(len(met), dtype=np.int64)
    ranks[[met[name] for name in names]] = np.arange(len(met))
    return ranks[places], tuple(names)


def first_rows(places: IntArray, n_names: int) -> list[int]:
    """Return where each of the indexed names stands first."""
    firsts = np.empty(n_names, dtype=np.int64)
    firsts[places[::-1]] = np.arange(places.size - 1, -1, -1)
    return firsts.tolist()


def repeated(keys: IntArray) -> list[tuple[int, int]]:
    """Return the places of later occurrences of a key, each after the place of the first."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    is_new = np.ones(keys.size, dtype=np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    if is_new.all():
        return []
    first = order[np.maximum.accumulate(np.where(is_new, np.arange(keys.size), 0))]
    found = zip(first[~is_new].tolist(), order[~is_new].tolist(), strict=True)
    return sorted(found, key=lambda pair: pair[1])


def refuse_repeats(rows: Rows) -> None:
    """Raise `Invalid` when two rows speak of the same card and coder."""
    found = repeated(rows.pairs)
    if found:
        raise refuse_rows(
            f"Row {rows.numbers[later]} repeats row {rows.numbers[first]}: {rows.whose(later)}. "
            "A coder labels a card in one row."
            for first, later in found
        )


def refuse_pairs_alike(coders: Sequence[str]) -> None:
    """Raise `Invalid` when two pairs of coders would share the key “first|second”.

    “a” with “b|c” and “a|b” with “c” would: one pair's figures would take the other's place.
    """
    if not any("|" in name for name in coders):
        return
    known: dict[str, tuple[str, str]] = {}
    for pair in combinations(coders, 2):
        other = known.setdefault("|".join(pair), pair)
        if other is not pair:
            first, second, third, fourth = (name[:60] for name in (*other, *pair))
            raise refuse(
                f"The coders “{first}” and “{second}” cannot be told from “{third}” and "
                f"“{fourth}”: both pairs read “{first}|{second}”. Write these names without “|”."
            )


def check_size(layout: Layout, bounds: Bounds, n_cards: int, n_coders: int) -> None:
    """Raise `Invalid` when the table of cards and coders would be larger than the bounds."""
    if n_coders > bounds.coders or n_cards * n_coders > bounds.judgements:
        raise refuse(
            f"The column “{layout.coder}” names {n_coders:,} coders and “{layout.unit}” "
            f"{n_cards:,} cards: more than can be compared{bounds.way_out}. "
            "Are these the right columns?"
        )


def check_categories(rows: Rows, n_categories: int) -> None:
    """Raise `Invalid` when comparing each two coders would take more than the bounds allow."""
    bounds = rows.bounds
    n_cards, n_coders = rows.shape
    n_tables = n_coders * (n_coders - 1) // 2 + n_coders + 1
    n_members = n_cards * n_coders * n_categories if rows.layout.is_multiple else 0
    if (
        n_categories > bounds.categories
        or n_members > bounds.members
        or n_tables * (n_categories + 1) ** 2 > bounds.table_cells
    ):
        raise refuse(
            f"Categories: {n_categories:,}; coders: {n_coders:,}. That is more than can be "
            f"compared{bounds.way_out}. Does the column “{rows.layout.label}” hold categories, "
            f"and “{rows.layout.coder}” people?"
        )
