"""Judgements as they would have been: categories merged, a coder left out.

Nothing here measures reliability: nobody judged by the codebook that these judgements pretend.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

import numpy as np

from app.agreement.ratings import IntArray, Ratings, Scale, SetRatings

Group = Sequence[int]
"""Positions of categories that become one."""
Judgements = TypeVar("Judgements", Ratings, SetRatings, Ratings | SetRatings)

ALL_OTHERS = "all others"


def places_after(n_categories: int, groups: Sequence[Group]) -> IntArray:
    """Return where each category stands after each group has become one category.

    A merged category takes the place of its first member; the order of the others is kept.

    Parameters
    ----------
    n_categories : int
        Declared categories, q.
    groups : sequence of sequence of int
        Positions of what becomes one: two or more each, in any order.

    Returns
    -------
    ndarray of int, shape (q,)
        The new position of each category, from 0.

    Raises
    ------
    ValueError
        If a group has fewer than two categories, a position lies outside the categories or
        occurs twice.

    Examples
    --------
    >>> places_after(4, [[3, 1]]).tolist()
    [0, 1, 2, 1]
    """
    positions = list(chain.from_iterable(groups))
    if any(len(group) < 2 for group in groups):
        raise ValueError("Merging takes two categories or more.")
    if any(not 0 <= position < n_categories for position in positions):
        raise ValueError(f"Positions of categories lie between 0 and {n_categories - 1}.")
    if len(set(positions)) != len(positions):
        raise ValueError("A category can be merged into one other only.")
    first = np.arange(n_categories, dtype=np.int64)
    for group in groups:
        first[list(group)] = min(group)
    return np.unique(first, return_inverse=True)[1].astype(np.int64)


def merge_categories(
    ratings: Judgements, groups: Sequence[Group], names: Sequence[str] = ()
) -> Judgements:
    """Return the judgements as if each group of categories had been one.

    Where cards carry sets, the merged category is on a card if any of its members was.

    Parameters
    ----------
    ratings : Ratings or SetRatings
        Judgements over q categories.
    groups : sequence of sequence of int
        Positions of what becomes one: two or more each, in any order.
    names : sequence of str, optional
        A name for each merged category; "A + B" if left out. A name that another category has
        gets an addition.

    Returns
    -------
    Ratings or SetRatings
        Of the same cards and coders; a merged category stands at its first member's place.

    Raises
    ------
    ValueError
        As `places_after`; if not every group is given a name; or if an order would not survive:
        on an ordinal scale only neighbours can become one rank, and on an interval scale no
        number stands for two.

    Examples
    --------
    >>> ratings = Ratings([[0, 2], [1, -1], [3, 3]], ("a", "b", "c", "d"))
    >>> merged = merge_categories(ratings, [[0, 2]])
    >>> merged.categories, merged.codes.tolist()
    (('a + c', 'b', 'd'), [[0, 0], [1, -1], [2, 2]])
    >>> merge_categories(ratings, [[0, 1], [2, 3]], ["early", "late"]).categories
    ('early', 'late')
    """
    places = places_after(len(ratings.categories), groups)
    if not groups:
        return ratings
    if isinstance(ratings, Ratings):
        _check_order(ratings, groups)
    given = dict(zip(map(min, groups), names, strict=True)) if names else {}
    return _moved(ratings, places, _names_after(ratings.categories, places, given))


def against_the_rest(ratings: Judgements, category: int) -> Judgements:
    """Return the judgements as if there had been one category and "all others".

    The two have no order, so an ordered scale becomes nominal.

    Parameters
    ----------
    ratings : Ratings or SetRatings
        Judgements over q categories.
    category : int
        Position of the category that stays.

    Returns
    -------
    Ratings or SetRatings
        Over two categories, the chosen one first; over one if there is no other, so that every
        figure is undefined with its reason.

    Raises
    ------
    ValueError
        If the position lies outside the categories.

    Examples
    --------
    >>> ratings = Ratings([[0, 2], [1, -1], [2, 2]], ("a", "b", "c"), scale="ordinal")
    >>> rest = against_the_rest(ratings, 2)
    >>> rest.categories, rest.codes.tolist(), rest.scale.value
    (('c', 'all others'), [[1, 0], [1, -1], [0, 0]], 'nominal')
    """
    q = len(ratings.categories)
    if not 0 <= category < q:
        raise ValueError(f"Positions of categories lie between 0 and {q - 1}.")
    places = (np.arange(q, dtype=np.int64) != category).astype(np.int64)
    name = ratings.categories[category]
    categories = (name, _unlike(ALL_OTHERS, {name}))[: min(q, 2)]
    if isinstance(ratings, Ratings):
        ratings = replace(ratings, scale=Scale.NOMINAL)
    return _moved(ratings, places, categories)


def without_coder(ratings: Judgements, coder: int) -> Judgements:
    """Return the judgements of all coders but one.

    Parameters
    ----------
    ratings : Ratings or SetRatings
        Judgements of m coders.
    coder : int
        The column to leave out.

    Returns
    -------
    Ratings or SetRatings
        Of m - 1 coders, over the same cards and categories.

    Raises
    ------
    ValueError
        If there is no such column.

    Examples
    --------
    >>> ratings = Ratings([[0, 1, 1], [1, 1, 0]], ("a", "b"), coders=("Ada", "Ben", "Cleo"))
    >>> rest = without_coder(ratings, 1)
    >>> rest.coders, rest.codes.tolist()
    (('Ada', 'Cleo'), [[0, 1], [1, 0]])
    """
    if not 0 <= coder < len(ratings.coders):
        raise ValueError(f"Columns of coders lie between 0 and {len(ratings.coders) - 1}.")
    kept = [column for column in range(len(ratings.coders)) if column != coder]
    coders = tuple(ratings.coders[column] for column in kept)
    if isinstance(ratings, Ratings):
        return replace(ratings, codes=ratings.codes[:, kept], coders=coders)
    members, judged = ratings.members[:, kept], ratings.judged[:, kept]
    return replace(ratings, members=members, judged=judged, coders=coders)


def groups_by_top(parents: Sequence[int | None]) -> tuple[tuple[int, ...], ...]:
    """Return the groups that make one category of each top category and all below it.

    Parameters
    ----------
    parents : sequence of int or None, length q
        For each category, the position of the one above; `None` on the first level.

    Returns
    -------
    tuple of tuple of int
        Each top category that has others below it, followed by those, in order.

    Raises
    ------
    ValueError
        If a category stands above itself.

    Examples
    --------
    >>> groups_by_top([None, 0, None, 1])
    ((0, 1, 3),)
    """
    below: dict[int, list[int]] = {}
    for position in range(len(parents)):
        below.setdefault(_top(parents, position), []).append(position)
    return tuple(
        (top, *(one for one in found if one != top))
        for top, found in sorted(below.items())
        if len(found) > 1
    )


def _top(parents: Sequence[int | None], position: int) -> int:
    above = parents[position]
    for _ in parents:
        if above is None:
            return position
        position, above = above, parents[above]
    raise ValueError("A category stands above itself.")


def _check_order(ratings: Ratings, groups: Sequence[Group]) -> None:
    if ratings.scale is Scale.INTERVAL:
        raise ValueError("On an interval scale no number stands for two categories.")
    is_torn = any(max(group) - min(group) >= len(group) for group in groups)
    if ratings.scale is Scale.ORDINAL and is_torn:
        raise ValueError(
            "These categories have an order, so only neighbours can be merged: those between them "
            "would lose their rank."
        )


def _names_after(
    names: tuple[str, ...], places: IntArray, given: dict[int, str]
) -> tuple[str, ...]:
    members: dict[int, list[int]] = {}
    for position, place in enumerate(places.tolist()):
        members.setdefault(place, []).append(position)
    kept = {names[found[0]] for found in members.values() if len(found) == 1}
    after: list[str] = []
    for found in members.values():
        name = given.get(found[0]) or " + ".join(names[position] for position in found)
        after.append(name if len(found) == 1 else _unlike(name, kept | set(after)))
    return tuple(after)


def _unlike(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"{name} (merged)"
    return name


def _moved(ratings: Judgements, places: IntArray, categories: tuple[str, ...]) -> Judgements:
    """Return the judgements with each category at its new place."""
    if isinstance(ratings, Ratings):
        codes = np.append(places, -1)[ratings.codes]  # -1, not judged, stays what it is
        return replace(ratings, codes=codes, categories=categories)
    order = np.argsort(places, kind="stable")
    starts = np.flatnonzero(np.diff(places[order], prepend=-1))
    shape = (*ratings.judged.shape, len(categories))
    members = np.zeros(shape, dtype=np.bool_)
    if starts.size:
        np.logical_or.reduceat(ratings.members[..., order], starts, axis=2, out=members)
    return replace(ratings, members=members, categories=categories)
