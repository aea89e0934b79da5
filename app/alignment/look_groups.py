"""The tree cut at a similarity: groups of cards that coders keep together, and their piles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.agreement.ratings import IntArray
from app.agreement.sorts.dendrogram import Dendrogram
from app.agreement.sorts.matching import Basis
from app.agreement.sorts.pile_groups import cut_tree, propose_groups, usual_number_of_piles
from app.agreement.sorts.sorting import Sorts
from app.alignment.look_piles import Piles
from app.alignment.look_similarity import Survey

HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class PileOfGroup:
    """A pile that belongs to a group, by its cards or else by its name."""

    coder: str
    name: str
    n_inside: int
    n_cards: int
    is_by_name: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Cards by their places, in the order of the tree, and the piles that hold most of them."""

    number: int
    cards: tuple[int, ...]
    name: str
    piles: tuple[PileOfGroup, ...]


def hundredths(height: float) -> int:
    """Return the similarity at which a step joins, in hundredths, as it is shown and cut."""
    return round(HUNDREDTHS * (1 - height))


def n_groups_at(tree: Dendrogram, cut: int) -> int:
    """Return how many groups there are if what is less alike than `cut` hundredths stays apart."""
    n_joined = sum(hundredths(height) >= cut for height in tree.heights.tolist())
    return int(tree.leaf_order.size) - n_joined


def usual_cut(piles: Piles, tree: Dendrogram) -> int:
    """Return the cut that makes about as many groups as coders usually have piles."""
    counts = sorted(one.shape[1] for one in piles.inside if one.shape[1])
    usual = usual_number_of_piles(piles.sorts) if not piles.n_twice else counts[len(counts) // 2]
    last_joined = tree.heights.size - usual
    if last_joined < 0:  # as many piles as cards: only what all keep together joins
        return HUNDREDTHS
    return max(hundredths(float(tree.heights[last_joined])), 1)


def groups_at(piles: Piles, found: Survey, tree: Dendrogram, cut: int) -> tuple[Group, ...]:
    """Return the groups in the order of the tree; names and piles only if sorts are partitions."""
    by_leaf = cut_tree(tree, n_groups_at(tree, cut))
    groups = np.full(piles.n_cards, -1, dtype=np.int64)
    groups[found.in_tree] = by_leaf
    members: dict[int, list[int]] = {}
    for leaf in tree.leaf_order:
        members.setdefault(int(by_leaf[leaf]), []).append(int(found.in_tree[leaf]))
    held = _held(piles.sorts, groups, piles) if not piles.n_twice else {}
    return tuple(
        Group(number + 1, tuple(cards), *held.get(number, ("", ())))
        for number, cards in sorted(members.items())
    )


def _held(
    sorts: Sorts, groups: IntArray, piles: Piles
) -> dict[int, tuple[str, tuple[PileOfGroup, ...]]]:
    names: Sequence[Sequence[str]] = piles.names
    found = propose_groups(sorts, groups, names)
    return {
        number: (
            group.name,
            tuple(
                PileOfGroup(
                    coder=piles.coders[one.participant],
                    name=names[one.participant][one.pile],
                    n_inside=one.n_inside,
                    n_cards=one.n_cards,
                    is_by_name=one.basis is Basis.NAMES,
                )
                for one in group.piles
            ),
        )
        for number, group in enumerate(found.groups)
    }
