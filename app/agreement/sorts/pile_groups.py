"""Which piles of all participants may become one shared category: proposals to confirm."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.agreement.ratings import IntArray
from app.agreement.sorts.dendrogram import Dendrogram
from app.agreement.sorts.likeness import ALIKE, name_likeness
from app.agreement.sorts.matching import Basis
from app.agreement.sorts.sorting import Sorts


@dataclass(frozen=True, slots=True)
class GroupedPile:
    """A pile, and why it stands where it does.

    Parameters
    ----------
    participant, pile : int
        Column of the participant, and number of the pile.
    n_inside : int
        Its cards that are among the cards of the group.
    n_cards : int
        Its cards.
    basis : Basis
        `OVERLAP` if more than half of its cards are the group's, `NAMES` if only its name is like
        that of a pile which is there for its cards.
    """

    participant: int
    pile: int
    n_inside: int
    n_cards: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class PileGroup:
    """Cards that people keep together, and the piles they keep them in.

    Parameters
    ----------
    cards : tuple of int
        Positions of the cards, ascending.
    piles : tuple of GroupedPile
        By participant and pile; several of one participant if they sorted more finely.
    name : str
        The name most of these piles bear, as the first of them writes it; empty without names.
    """

    cards: tuple[int, ...]
    piles: tuple[GroupedPile, ...]
    name: str

    @property
    def score(self) -> float:
        """Share of the piles' cards that are the group's, from 0 to 1; 0 without piles."""
        n_cards = sum(pile.n_cards for pile in self.piles)
        return sum(pile.n_inside for pile in self.piles) / n_cards if n_cards else 0.0


@dataclass(frozen=True, slots=True)
class Grouping:
    """Proposed groups, and the piles that fit none: their cards are spread over several."""

    groups: tuple[PileGroup, ...]
    apart: tuple[GroupedPile, ...]


def cut_tree(tree: Dendrogram, n_groups: int) -> IntArray:
    """Return the group of each card when the last joins of a dendrogram are undone.

    Parameters
    ----------
    tree : Dendrogram
        The tree of the cards.
    n_groups : int
        Groups wanted, from 1 to the number of cards.

    Returns
    -------
    ndarray of int, shape (n_cards,)
        Groups numbered from 0 in the order of the leaves.

    Raises
    ------
    ValueError
        If there are not as many cards.

    Examples
    --------
    >>> from app.agreement.sorts.dendrogram import build_dendrogram
    >>> tree = build_dendrogram(np.array([[1, 0, 0.9], [0, 1, 0], [0.9, 0, 1]]), "abc")
    >>> cut_tree(tree, 2).tolist()
    [0, 1, 0]
    """
    n_cards = tree.leaf_order.size
    if not 1 <= n_groups <= n_cards:
        raise ValueError(f"{n_cards} cards make 1 to {n_cards} groups.")
    members: dict[int, list[int]] = {card: [card] for card in range(n_cards)}
    for step, (one, other) in enumerate(tree.merges[: n_cards - n_groups].tolist()):
        members[n_cards + step] = members.pop(one) + members.pop(other)
    place = np.empty(n_cards, dtype=np.int64)
    place[tree.leaf_order] = np.arange(n_cards)
    groups = np.empty(n_cards, dtype=np.int64)
    in_order = sorted(members.values(), key=lambda cards: int(place[cards].min()))
    for group, cards in enumerate(in_order):
        groups[cards] = group
    return groups


def usual_number_of_piles(sorts: Sorts) -> int:
    """Return the (lower) median number of piles of those who sorted anything; 0 without any."""
    counts = np.sort(sorts.n_piles[sorts.active])
    return int(counts[(counts.size - 1) // 2]) if counts.size else 0


def propose_groups(sorts: Sorts, groups: IntArray, names: Sequence[Sequence[str]]) -> Grouping:
    """Return the piles that belong to each group of cards.

    Cards come first: a pile belongs where more than half of its cards are. Only a pile without
    such a group is placed by its name, with the piles whose name is most like it.

    Parameters
    ----------
    sorts : Sorts
        The sorts.
    groups : ndarray of int, shape (n_cards,)
        Group of each card, such as `cut_tree` gives; -1 = none.
    names : sequence of sequences of str
        Names of each participant's piles.

    Raises
    ------
    ValueError
        If groups or names do not fit the sorts.

    Examples
    --------
    >>> sorts = Sorts([[0, 0], [0, 0], [1, 0]], ("ant", "bee", "cow"), ("Ada", "Ben"))
    >>> found = propose_groups(sorts, np.array([0, 0, 1]), [["Insects", "Cattle"], ["Animals"]])
    >>> [(group.name, group.score) for group in found.groups]
    [('Insects', 0.8), ('Cattle', 1.0)]
    """
    wanted = [len(own) for own in names]
    if groups.shape != (sorts.n_cards,) or wanted != sorts.n_piles.tolist():
        raise ValueError("There is a group for each card and a name for each pile.")
    n_groups = int(groups.max(initial=-1)) + 1
    members: list[list[GroupedPile]] = [[] for _ in range(n_groups)]
    apart = []
    for group, pile in _placed_by_cards(sorts, groups):
        if group is None:
            apart.append(pile)
        else:
            members[group].append(pile)
    by_name = list(_placed_by_names(sorts, groups, apart, members, names))
    for group, pile in by_name:
        members[group].append(pile)
    known = {(pile.participant, pile.pile) for _, pile in by_name}
    return Grouping(
        tuple(_group(groups, number, piles, names) for number, piles in enumerate(members)),
        tuple(pile for pile in apart if (pile.participant, pile.pile) not in known),
    )


def _placed_by_cards(sorts: Sorts, groups: IntArray) -> Iterator[tuple[int | None, GroupedPile]]:
    for participant, n_piles in enumerate(sorts.n_piles.tolist()):
        for number in range(n_piles):
            found = groups[sorts.piles[:, participant] == number]
            inside = np.bincount(found[found >= 0], minlength=1)
            group, n_inside = int(inside.argmax()), int(inside.max())
            if 2 * n_inside > found.size:
                pile = GroupedPile(participant, number, n_inside, found.size, Basis.OVERLAP)
                yield group, pile
            else:
                yield None, GroupedPile(participant, number, 0, found.size, Basis.NOTHING)


def _placed_by_names(
    sorts: Sorts,
    groups: IntArray,
    apart: Sequence[GroupedPile],
    members: Sequence[Sequence[GroupedPile]],
    names: Sequence[Sequence[str]],
) -> Iterator[tuple[int, GroupedPile]]:
    for pile in apart:
        name = names[pile.participant][pile.pile]
        likeness = [
            max((name_likeness(name, names[p.participant][p.pile]) for p in piles), default=0.0)
            for piles in members
        ]
        best = max(likeness, default=0.0)
        if best >= ALIKE:
            group = likeness.index(best)
            is_own = sorts.piles[:, pile.participant] == pile.pile
            n_inside = int(np.count_nonzero(is_own & (groups == group)))
            yield group, replace(pile, n_inside=n_inside, basis=Basis.NAMES)


def _group(
    groups: IntArray, number: int, piles: Sequence[GroupedPile], names: Sequence[Sequence[str]]
) -> PileGroup:
    ordered = sorted(piles, key=lambda pile: (pile.participant, pile.pile))
    borne = [names[pile.participant][pile.pile] for pile in ordered]
    return PileGroup(
        tuple(np.flatnonzero(groups == number).tolist()), tuple(ordered), _most_common(borne)
    )


def _most_common(names: Sequence[str]) -> str:
    """Return the name most piles bear, whatever its case; the first of several."""
    folded = Counter(name.strip().casefold() for name in names if name.strip())
    if not folded:
        return ""
    ((wanted, _),) = folded.most_common(1)
    return next(name.strip() for name in names if name.strip().casefold() == wanted)
