"""How each coder of a round divided the cards of a facet: what alignment is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.codebook.content import FacetContent
from app.coding.judged import placed_in_piles
from app.coding.measuring import CoderOfRound, coders_of_round
from app.coding.models import Assignment, Placement, Round
from app.coding.pile_rules import OwnPile, key_of, on_facet
from app.coding.rules import Value
from app.coding.seen_piles import piles_seen
from app.coding.sorted_facets import facets_before_aligning
from app.coding.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Heap:
    """A pile with its cards: a coder's own, or in a hybrid sort a category.

    `number` is that of the own pile, `category_id` that of the category; the other one is None.
    """

    key: str
    name: str
    description: str
    tone: int
    letter: str
    card_ids: frozenset[int]
    number: int | None = None
    category_id: int | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Partition:
    """What one coder made of the own cards. `without` has the cards in no pile, by the reason.

    Where a card may lie in several piles, the heaps overlap. Cards never judged are in none.
    """

    coder: CoderOfRound
    n_assigned: int
    heaps: tuple[Heap, ...]
    without: Mapping[Value, frozenset[int]] = field(default_factory=dict)


def piles_of_round(
    session: Session, viewer: Viewer, round_: Round, facet: FacetContent
) -> tuple[Partition, ...]:
    """Return the partition of each coder of whom the viewer may see one, in the coders' order.

    `facet` is one of the round's. Piles without a card are in it; those that are gone are not.
    While the round is open these are the viewer's own at most. Shared categories that came of the
    piles later are no piles.
    """
    facet = next(one for one in facets_before_aligning(session, round_) if one.id == facet.id)
    piles = piles_seen(session, viewer, round_)
    said: dict[int, list[Placement]] = {}
    for one in placed_in_piles(session, viewer, round_, facet.id):
        said.setdefault(one.coder_id, []).append(one)
    assigned = _n_assigned(session, round_)
    shown = piles.keys() | said.keys()
    return tuple(
        _partition(coder, facet, piles.get(coder.id, ()), said.get(coder.id, ()), assigned)
        for coder in coders_of_round(session, round_)
        if coder.id in shown or round_.closed_at is not None
    )


def _n_assigned(session: Session, round_: Round) -> dict[int, int]:
    statement = (
        select(Assignment.coder_id, func.count())
        .where(Assignment.round_id == round_.id)
        .group_by(col(Assignment.coder_id))
    )
    return dict(session.exec(statement).all())


def _partition(
    coder: CoderOfRound,
    facet: FacetContent,
    piles: Sequence[OwnPile],
    said: Sequence[Placement],
    assigned: Mapping[int, int],
) -> Partition:
    lying: dict[str, set[int]] = {}
    without: dict[Value, set[int]] = {}
    for one in said:
        keys = [*map(str, one.category_ids), *map(key_of, one.pile_numbers)]
        for key in keys:
            lying.setdefault(key, set()).add(one.card_id)
        if not keys:
            without.setdefault(Value(one.value), set()).add(one.card_id)
    categories = [
        Heap(
            str(one.id), one.name, one.brief or one.definition, one.tone, one.letter,
            frozenset(lying.get(str(one.id), ())), category_id=one.id,
        )
        for one in facet.categories
    ]  # fmt: skip
    own = [
        Heap(
            one.key, one.name, one.description, one.tone, one.letter,
            frozenset(lying.get(one.key, ())), number=one.number, parent=one.parent,
        )
        for one in on_facet(piles, facet.id)
    ]  # fmt: skip
    return Partition(
        coder,
        assigned.get(coder.id, 0),
        (*categories, *own),
        {value: frozenset(cards) for value, cards in without.items()},
    )
