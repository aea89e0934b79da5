"""The judgements of several coders on the same cards, checked once on the way in."""

import math
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
CountArray = npt.NDArray[Any]
"""Whole numbers of cards or judgements: integers, or floats where they are of resamples."""
CodeArray = npt.NDArray[np.signedinteger]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def ratio(above: CountArray | float, below: CountArray | int) -> FloatArray:
    """Return above / below, NaN where below is 0; callers turn NaN into a reason."""
    divisor = np.asarray(below, dtype=np.float64)
    quotient: FloatArray = np.asarray(above / np.where(divisor == 0, np.nan, divisor))
    return quotient


class Scale(StrEnum):
    """What the declared order of the categories means; on an interval scale they are numbers."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"

    @property
    def is_ordered(self) -> bool:
        """Whether categories have ranks."""
        return self is not Scale.NOMINAL


def _number(name: str) -> float:
    try:
        value = float(name)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"On an interval scale every category is a number, and “{name}” is none.")
    return value


def _smallest_type(n_categories: int) -> npt.DTypeLike:
    """Return the smallest signed type that holds every code: counting reads codes, much of it."""
    return next(
        kind for kind in (np.int8, np.int16, np.int32) if n_categories <= np.iinfo(kind).max
    )


def _check_names(names: tuple[str, ...], what: str) -> None:
    if len(set(names)) != len(names):
        raise ValueError(f"Two {what} have the same name.")


def _name_coders(coders: tuple[str, ...], n_coders: int) -> tuple[str, ...]:
    if not coders:
        return tuple(str(position + 1) for position in range(n_coders))
    if len(coders) != n_coders:
        raise ValueError(f"{len(coders)} coders are named, but {n_coders} columns are given.")
    _check_names(coders, "coders")
    return tuple(coders)


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Judgements that give each card one category.

    Parameters
    ----------
    codes : array_like of int, shape (n_units, n_coders)
        Position of the chosen category in `categories`; -1 = not judged. A copy is kept.

        "None of these applies" and "not applicable" are judgements: a coder who says so can be
        agreed or disagreed with, so the caller declares each as one more category. "Cannot judge"
        and an absent placement are not judgements and are -1: counting them as a category would
        turn shared gaps into agreement.
    categories : tuple of str, length q
        The declared categories, used or not, in codebook order (rank = position). Unused ones
        count: the chance agreement of AC1 and the ranks of ordinal measures depend on q.
    scale : Scale
        `ORDINAL` if the order of the categories carries meaning, `INTERVAL` if their names are
        numbers whose differences do.
    coders : tuple of str
        A distinct name for each column; "1", "2", ... if left out.

    Raises
    ------
    ValueError
        If the codes are not a whole-number table, point outside the categories, or a name occurs
        twice.

    Examples
    --------
    >>> Ratings([[0, 0], [1, -1]], ("bug", "feature"), coders=("Ada", "Ben")).n_units
    2
    """

    codes: CodeArray
    categories: tuple[str, ...]
    _: KW_ONLY
    scale: Scale = Scale.NOMINAL
    coders: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        given = np.asarray(self.codes)
        if given.ndim != 2:
            raise ValueError("Codes form a table: a row for each card, a column for each coder.")
        if given.size and given.dtype.kind not in "iu":
            raise ValueError("Codes are whole numbers: positions of categories, -1 = not judged.")
        if given.size and (given.min() < -1 or given.max() >= len(self.categories)):
            raise ValueError(
                f"Codes lie between -1 and {len(self.categories) - 1}, the last declared category."
            )
        codes = np.array(given, dtype=_smallest_type(len(self.categories)), order="F")
        codes.setflags(write=False)
        _check_names(self.categories, "categories")
        object.__setattr__(self, "codes", codes)
        object.__setattr__(self, "categories", tuple(self.categories))
        object.__setattr__(self, "scale", Scale(self.scale))
        if self.scale is Scale.INTERVAL:
            [_number(name) for name in self.categories]
        object.__setattr__(self, "coders", _name_coders(self.coders, codes.shape[1]))

    @property
    def n_units(self) -> int:
        """Number of cards, judged or not."""
        return int(self.codes.shape[0])

    @property
    def judged(self) -> BoolArray:
        """Which coder judged which card, shape (n_units, n_coders)."""
        return self.codes >= 0

    @property
    def values(self) -> FloatArray | None:
        """The categories as numbers, shape (q,); None unless the scale is interval."""
        if self.scale is not Scale.INTERVAL:
            return None
        return np.array([_number(name) for name in self.categories])


@dataclass(frozen=True, slots=True, eq=False)
class SetRatings:
    """Judgements that give each card a set of categories.

    Parameters
    ----------
    members : array_like of bool, shape (n_units, n_coders, n_categories)
        Whether the coder put the category on the card. A copy is kept, one byte for each cell
        (1.8 MB for 10,000 cards, 3 coders and 60 categories).
    judged : array_like of bool, shape (n_units, n_coders)
        Whether the coder judged the card. An empty set that is judged says "none applies"; an
        empty set that is not judged says nothing, and the two are never mixed up.
    categories : tuple of str, length n_categories
        The declared categories, used or not.
    coders : tuple of str
        A distinct name for each column; "1", "2", ... if left out.

    Raises
    ------
    ValueError
        If the shapes do not fit, a card that was not judged carries categories, or a name occurs
        twice.

    Examples
    --------
    >>> both = [[[True, False], [True, True]]]
    >>> SetRatings(both, [[True, True]], ("speed", "safety")).n_units
    1
    """

    members: BoolArray
    judged: BoolArray
    categories: tuple[str, ...]
    _: KW_ONLY
    coders: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        members = np.array(self.members, dtype=np.bool_)
        judged = np.array(self.judged, dtype=np.bool_)
        if judged.ndim != 2 or members.shape != (*judged.shape, len(self.categories)):
            raise ValueError("Sets need one truth value for each card, coder and category.")
        if (members.any(axis=2) & ~judged).any():
            raise ValueError("A card that a coder did not judge carries no categories.")
        _check_names(self.categories, "categories")
        members.setflags(write=False)
        judged.setflags(write=False)
        object.__setattr__(self, "members", members)
        object.__setattr__(self, "judged", judged)
        object.__setattr__(self, "categories", tuple(self.categories))
        object.__setattr__(self, "coders", _name_coders(self.coders, judged.shape[1]))

    @property
    def n_units(self) -> int:
        """Number of cards, judged or not."""
        return int(self.judged.shape[0])
