"""PURE: the categories of a table: declared or found, in which order, and which is a number."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from app.agreement import Scale
from app.agreement.ratings import IntArray
from app.calculator.refusals import refuse_rows
from app.errors import Invalid
from app.text import normalised

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def number_in(label: str) -> float | None:
    """Return the finite number a label is, or None; "nan" and "1,5" are words."""
    if _NUMBER.fullmatch(label) is None:
        return None
    value = float(label)
    return value if math.isfinite(value) else None


def declared_categories(names: Sequence[str], scale: Scale) -> tuple[str, ...]:
    """Return the declared categories as labels are stored; raises `Invalid` for a bad list."""
    declared = tuple(normalised(name) for name in names)
    if "" in declared:
        raise Invalid("A declared category is empty.", field="categories")
    twice = [name for name, n in Counter(declared).items() if n > 1]
    if twice:
        raise Invalid(f"The category “{twice[0][:60]}” is declared twice.", field="categories")
    words = [name for name in declared if number_in(name) is None]
    if scale is Scale.INTERVAL and words:
        raise Invalid(
            f"On an interval scale every category is a number; “{words[0][:60]}” is none.",
            field="categories",
        )
    return declared


def order_of(used: Mapping[str, int], scale: Scale) -> tuple[str, ...]:
    """Return the labels in use in their order: as numbers if all are, else as texts.

    `used` gives the row in which each label stands first. On an interval scale a label that is no
    number is refused.
    """
    numbers = {name: number_in(name) for name in used}
    if scale is Scale.INTERVAL and None in numbers.values():
        raise refuse_rows(
            f"Row {used[name]}: “{name[:60]}” is not a number, as an interval scale needs."
            for name, value in numbers.items()
            if value is None
        )
    known = {name: value for name, value in numbers.items() if value is not None}
    if len(known) == len(used):
        return tuple(sorted(known, key=lambda name: (known[name], name)))
    return tuple(sorted(used))


def category_codes(
    names: Sequence[str], categories: Sequence[str], used: Mapping[str, int]
) -> IntArray:
    """Return the place of each name among the categories, -1 for the empty one.

    A name outside them is refused with the row it stands in first.
    """
    places = {name: place for place, name in enumerate(categories)}
    strange = [name for name in names if name and name not in places]
    if strange:
        raise refuse_rows(
            f"Row {used[name]}: “{name[:60]}” is not among the declared categories."
            for name in strange
        )
    return np.array([places.get(name, -1) for name in names], dtype=np.int64)
