"""Sets of categories by the definitions: distances, and one category of all sets."""

import numpy as np

from app.agreement import SetRatings


def sets_of(ratings: SetRatings) -> list[list[frozenset[str] | None]]:
    """Each card's sets of names; None = not judged, an empty set = none applies."""
    return [
        [
            frozenset(ratings.categories[place] for place in np.flatnonzero(chosen))
            if is_judged
            else None
            for chosen, is_judged in zip(row, judged, strict=True)
        ]
        for row, judged in zip(ratings.members, ratings.judged, strict=True)
    ]


def exact(one, other):
    return float(one != other)


def jaccard(one, other):
    return 1 - len(one & other) / len(one | other) if one | other else 0.0


def masi(one, other):
    if one == other:
        return 0.0
    monotonicity = 2 / 3 if one < other or other < one else 1 / 3
    return 1 - (1 - jaccard(one, other)) * monotonicity if one & other else 1.0


def alike(distance):
    return lambda one, other: 1 - distance(one, other)


def holding(cards, category):
    """Whether each coder put the category on the card."""
    return [[None if chosen is None else category in chosen for chosen in card] for card in cards]
