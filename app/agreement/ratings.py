"""The judgements of several coders on the same cards, checked once on the way in."""

from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class Scale(StrEnum):
    """What the declared order of the categories means."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"


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
        `ORDINAL` if the order of the categories carries meaning.
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

    codes: IntArray
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
        codes = np.array(given, dtype=np.int64, order="F")
        if codes.size and (codes.min() < -1 or codes.max() >= len(self.categories)):
            raise ValueError(
                f"Codes lie between -1 and {len(self.categories) - 1}, the last declared category."
            )
        codes.setflags(write=False)
        _check_names(self.categories, "categories")
        object.__setattr__(self, "codes", codes)
        object.__setattr__(self, "categories", tuple(self.categories))
        object.__setattr__(self, "scale", Scale(self.scale))
        object.__setattr__(self, "coders", _name_coders(self.coders, codes.shape[1]))

    @property
    def n_units(self) -> int:
        """Number of cards, judged or not."""
        return int(self.codes.shape[0])

    @property
    def judged(self) -> BoolArray:
        """Which coder judged which card, shape (n_units, n_coders)."""
        return self.codes >= 0


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
