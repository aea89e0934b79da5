"""Which piles may become one category: proposals, from cards first and names second.

They are worked out once for a closed round, whose piles never change, and matched piles drop out.
"""

import hashlib
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Connection, Engine
from sqlmodel import Session

from app.agreement.sorts.dendrogram import build_dendrogram
from app.agreement.sorts.pile_groups import (
    GroupedPile,
    PileGroup,
    cut_tree,
    propose_groups,
    usual_number_of_piles,
)
from app.agreement.sorts.similarity import cooccurrence
from app.agreement.sorts.sorting import Sorts
from app.alignment.rules import AlignmentMap, PileKey, Verdict, codebook_key, refuse_name
from app.codebook.content import FacetContent
from app.codebook.rules import LONGEST_NAME
from app.coding.models import Round
from app.coding.partitions import Heap, Partition
from app.coding.rounds import round_id_of
from app.text import comparable, is_blank

MOST_CARDS = 3_000  # a table of each card with each: beyond, it would take minutes


@dataclass(frozen=True, slots=True)
class ProposedPile:
    """An own pile, and why it belongs to the group."""

    pile: PileKey
    coder: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Piles that may be one category: an existing one (`target`), or a new one of this name."""

    target: str
    name: str
    definition: str
    piles: tuple[ProposedPile, ...]

    @property
    def key(self) -> str:
        """Return what tells this proposal from what it may become when others act."""
        said = repr((self.target, self.name, [one.pile for one in self.piles]))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Found:
    """A group of piles: own ones, and the categories of a hybrid sort among them."""

    names: tuple[str, ...]
    definition: str
    category_ids: tuple[int, ...]
    piles: tuple[ProposedPile, ...]


# By the engine, for a number means another round in another database.
_known: MutableMapping[Engine | Connection, dict[tuple[int, int], tuple[_Found, ...]]] = (
    WeakKeyDictionary()
)


def proposals_for(
    session: Session,
    round_: Round,
    facet: FacetContent,
    partitions: Sequence[Partition],
    found: AlignmentMap,
) -> tuple[Proposal, ...]:
    """Return a proposal for each group of piles of which some are not matched yet."""
    known = _known.setdefault(session.get_bind(), {})
    key = (round_id_of(round_), facet.id)
    groups = known.get(key)
    if groups is None:
        groups = known.setdefault(key, tuple(_groups(partitions)))
    proposals: list[Proposal] = []
    for group in groups:
        one = _proposal(facet, found, group, {comparable(other.name) for other in proposals})
        if one is not None:
            proposals.append(one)
    return tuple(proposals)


def _proposal(
    facet: FacetContent, found: AlignmentMap, group: _Found, taken: set[str]
) -> Proposal | None:
    """Return what becomes of a group: its matched piles lead the others where they went."""
    is_open = [found.of(one.pile).verdict is Verdict.OPEN for one in group.piles]
    piles = tuple(one for one, is_free in zip(group.piles, is_open, strict=True) if is_free)
    if not piles:
        return None
    shared = found.on_facet(facet.id)
    existing = {one.key: one.name for one in shared}
    existing |= {codebook_key(one.id): one.name for one in facet.categories}
    followed = [key for one in group.piles for key in found.of(one.pile).targets]
    followed += [codebook_key(one) for one in group.category_ids]
    keys = {comparable(name): key for key, name in existing.items()}
    followed += [keys[comparable(one)] for one in group.names[:1] if comparable(one) in keys]
    target = next((key for key in followed if key in existing), "")
    if target:
        return Proposal(target, existing[target], "", piles)
    for name in (*group.names, f"{group.names[0][: LONGEST_NAME - 4]} (2)"):
        if comparable(name) not in taken and refuse_name(name, facet, shared) is None:
            return Proposal("", name, group.definition, piles)
    return None


def _groups(partitions: Sequence[Partition]) -> list[_Found]:
    cards = sorted({card for one in partitions for heap in one.heaps for card in heap.card_ids})
    if not cards or len(cards) > MOST_CARDS:
        return []
    heaps = [_heaps_of(one) for one in partitions]
    rows = {card: row for row, card in enumerate(cards)}
    piles = np.full((len(cards), len(partitions)), -1, dtype=np.int64)
    for column, own in enumerate(heaps):
        for number, (_, alone) in enumerate(own):
            piles[[rows[card] for card in alone], column] = number
    labels = tuple(one.coder.label for one in partitions)
    names = tuple(f"{card:010d}" for card in cards)
    sorts = Sorts(piles, names, labels)
    n_groups = min(max(usual_number_of_piles(sorts), 1), len(cards))
    tree = build_dendrogram(np.nan_to_num(cooccurrence(sorts)), names)
    of_heaps = [[heap.name for heap, _ in own] for own in heaps]
    found = propose_groups(sorts, cut_tree(tree, n_groups), of_heaps)
    return [_found(partitions, heaps, group) for group in found.groups if group.piles]


def _heaps_of(one: Partition) -> list[tuple[Heap, frozenset[int]]]:
    """Return the heaps that alone hold a card of their coder, with these cards."""
    heaps = []
    for heap in one.heaps:
        others = (other.card_ids for other in one.heaps if other is not heap)
        alone = heap.card_ids.difference(*others)
        if alone:
            heaps.append((heap, alone))
    return heaps


def _found(
    partitions: Sequence[Partition],
    heaps: Sequence[Sequence[tuple[Heap, frozenset[int]]]],
    group: PileGroup,
) -> _Found:
    members = [(one, heaps[one.participant][one.pile][0]) for one in group.piles]
    bearing = [heap for _, heap in members if comparable(heap.name) == comparable(group.name)]
    rest = [heap for _, heap in members if heap not in bearing]
    said = [one.description for one in (*bearing, *rest) if not is_blank(one.description)]
    return _Found(
        names=tuple(dict.fromkeys([group.name, *(heap.name for heap in (*bearing, *rest))])),
        definition=said[0] if said else "",
        category_ids=tuple(heap.category_id for _, heap in members if heap.category_id),
        piles=tuple(
            ProposedPile(
                (partitions[one.participant].coder.id, heap.number),
                partitions[one.participant].coder.label,
                heap.name,
                _why(one),
            )
            for one, heap in members
            if heap.number is not None
        ),
    )


def _why(one: GroupedPile) -> str:
    share = f"{one.n_inside} of its {one.n_cards} cards lie in the group"
    return share if one.basis.name == "OVERLAP" else f"its name is alike; {share}"
