"""A coder's acts on own piles: make, name, describe, nest, merge, split, put away.

Each is one act, however many cards it moves: undoing takes back all of it. Rows are only added.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.desks import Desk, Hand, Judgement, count_act, take_card
from app.coding.pile_models import Pile, PileTurn
from app.coding.pile_moves import lay_all, lying_in, pour, shift
from app.coding.pile_rules import MOST_PILES, OwnPile, look_of, on_facet, refuse_name, refuse_parent
from app.coding.placing import lay_down
from app.coding.rules import Sort
from app.coding.seen_piles import last_number, own_piles
from app.coding.sorted_facets import facet_at
from app.db import now
from app.errors import Conflict, Invalid, NotFound

CLOSED_SORT = "This round sorts into the categories of its codebook; it has no piles of your own."


@dataclass(frozen=True, slots=True)
class NewPile:
    """What a coder says of a pile that is to be made."""

    facet_id: int
    name: str
    description: str = ""
    parent: int | None = None
    split_from: int | None = None


class StalePile(Conflict):
    """The coder changed the pile elsewhere meanwhile, in another tab for example."""


def make_pile(session: Session, desk: Desk, new: NewPile, card_ids: Sequence[int] = ()) -> OwnPile:
    """Make a pile and lay cards into it, each out of the own pile or category it lies in."""
    return _make(session, desk, new, lambda made: lay_all(session, desk, made, card_ids))


def make_for_judgement(session: Session, desk: Desk, new: NewPile, said: Judgement) -> Hand:
    """Make a pile and judge a card into it, in one act; return the hand with the judgement.

    Refused like any other judgement, and then no pile is made.
    """
    hands: list[Hand] = []

    def lay(made: OwnPile) -> None:
        hand = take_card(session, desk, said.card_id)
        piles = (*said.pile_numbers, made.number)
        hands.append(lay_down(session, hand, replace(said, pile_numbers=piles)))

    _make(session, desk, new, lay)
    return hands[0]


def _make(session: Session, desk: Desk, new: NewPile, lay: Callable[[OwnPile], None]) -> OwnPile:
    piles, facet = _all(session, desk), facet_at(desk.round_, desk.codebook, new.facet_id)
    living = on_facet(piles, facet.id)
    _check_name(new.name, facet, living)
    if len(piles) >= MOST_PILES:
        raise Conflict(f"You have made {MOST_PILES} piles in this round. Use those there are.")
    number = last_number(session, desk.round_, desk.coder.coder_id) + 1
    tone, letter = look_of(number, new.name, facet, living)
    made = OwnPile(number, facet.id, 0, new.name.strip(), new.description, tone, letter, new.parent)
    if new.parent is not None:
        _check_parent(made, _living(living, new.parent), living)
    session.add(
        Pile(
            round_id=desk.round_id,
            coder_id=desk.coder.coder_id,
            number=number,
            study_id=desk.round_.study_id,
            facet_id=facet.id,
            tone=tone,
            letter=letter,
            split_from=new.split_from,
            at=now(),
        )
    )
    session.flush()  # the turn refers to it
    act = desk.coder.n_acts + 1
    turn = _turn(desk, made, act=act)
    session.add(turn)
    session.flush()  # a judgement asks whether the pile is there
    lay(made)
    _seal_act(session, desk, [turn])
    return replace(made, turn=1)


def _seal_act(session: Session, desk: Desk, turns: Sequence[PileTurn]) -> None:
    """Note which judgements belong to an act that began with these turns; without any, count it."""
    if desk.coder.n_acts < turns[0].act:
        count_act(desk)
    for turn in turns:
        turn.last_act = desk.coder.n_acts
        session.add(turn)
    session.add(desk.coder)
    session.flush()  # the same request may read them


def change_pile(
    session: Session, desk: Desk, number: int, *, name: str, description: str, seen_turn: int
) -> None:
    """Give a pile another name or description; the earlier ones are kept."""
    piles = _all(session, desk)
    pile = _seen(piles, number, seen_turn)
    facet = facet_at(desk.round_, desk.codebook, pile.facet_id)
    _check_name(name, facet, on_facet(piles, facet.id), own=number)
    changed = replace(pile, name=name.strip(), description=description)
    if changed != pile:
        _carry_out(session, desk, [changed])


def nest_pile(
    session: Session, desk: Desk, number: int, *, parent: int | None, seen_turn: int
) -> None:
    """Lay a pile under another one, or beside the others again."""
    piles = _all(session, desk)
    pile = _seen(piles, number, seen_turn)
    living = on_facet(piles, pile.facet_id)
    if parent is not None:
        _check_parent(pile, _living(living, parent), living)
    if parent != pile.parent:
        _carry_out(session, desk, [replace(pile, parent=parent)])


def merge_piles(session: Session, desk: Desk, number: int, *, into: int, seen_turn: int) -> None:
    """Lay all cards of a pile into another one; what lay under it follows, and it is gone."""
    piles = _all(session, desk)
    pile = _seen(piles, number, seen_turn)
    living = on_facet(piles, pile.facet_id)
    target = _living(living, into)
    if into == number:
        raise Invalid("Choose another pile to merge this one into.", field="into")
    below = [one for one in living if one.parent == number and one.number != into]
    top = into if target.parent in {None, number} else target.parent
    changes = [replace(pile, is_gone=True, merged_into=into)]
    changes += [replace(one, parent=top) for one in below]
    if target.parent == number:  # it lay under the pile that goes
        changes.append(replace(target, parent=None))
    _carry_out(session, desk, changes, lambda: pour(session, desk, pile, into))


def split_pile(
    session: Session,
    desk: Desk,
    number: int,
    *,
    name: str,
    description: str,
    card_ids: Sequence[int],
) -> OwnPile:
    """Lay some cards of a pile into a new one beside it."""
    pile = next((one for one in _all(session, desk) if one.number == number), None)
    if pile is None:
        raise NotFound
    if pile.is_gone:
        raise StalePile("This pile is gone by now. Nothing was changed.")
    lying = {one.card_id: one for one in lying_in(session, desk, pile)}
    if not card_ids or not lying.keys() >= set(card_ids):
        sentence = "Choose cards that lie in this pile: they go to the new one."
        raise Invalid(sentence, field="card_ids")
    new = NewPile(pile.facet_id, name, description, pile.parent, split_from=number)
    chosen = [lying[card_id] for card_id in dict.fromkeys(card_ids)]
    return _make(session, desk, new, lambda made: shift(session, desk, chosen, number, made.number))


def put_away(session: Session, desk: Desk, number: int, *, seen_turn: int) -> None:
    """Take away a pile in which no card lies; what lay under it lies beside the others again."""
    piles = _all(session, desk)
    pile = _seen(piles, number, seen_turn)
    if lying_in(session, desk, pile):
        raise Conflict(f"Cards lie in {pile.name}. Merge it into another pile, or move them first.")
    below = [one for one in on_facet(piles, pile.facet_id) if one.parent == number]
    changes = [replace(pile, is_gone=True), *(replace(one, parent=None) for one in below)]
    _carry_out(session, desk, changes)


def _all(session: Session, desk: Desk) -> tuple[OwnPile, ...]:
    if desk.round_.sort == Sort.CLOSED:
        raise Conflict(CLOSED_SORT)
    return own_piles(session, desk.round_, desk.coder.coder_id)


def _seen(piles: Sequence[OwnPile], number: int, seen_turn: int) -> OwnPile:
    pile = next((one for one in piles if one.number == number), None)
    if pile is None:
        raise NotFound
    if pile.is_gone or pile.turn != seen_turn:
        state = "is gone by now" if pile.is_gone else f"is called {pile.name} by now"
        raise StalePile(
            f"You changed this pile in another tab since this page was opened: it {state}. "
            "Nothing was changed; look at it again."
        )
    return pile


def _living(living: Sequence[OwnPile], number: int) -> OwnPile:
    pile = next((one for one in living if one.number == number), None)
    if pile is None:
        raise Conflict("The pile you chose is gone by now. Nothing was changed; choose another.")
    return pile


def _check_name(
    name: str, facet: FacetContent, living: Sequence[OwnPile], own: int | None = None
) -> None:
    reason = refuse_name(name, facet, living, own=own)
    if reason is not None:
        raise Invalid(reason, field="name")


def _check_parent(pile: OwnPile, parent: OwnPile, living: Sequence[OwnPile]) -> None:
    reason = refuse_parent(pile, parent, living)
    if reason is not None:
        raise Invalid(reason, field="parent")


def _carry_out(
    session: Session,
    desk: Desk,
    changes: Sequence[OwnPile],
    move: Callable[[], None] = lambda: None,
) -> None:
    turns = [_turn(desk, one, act=desk.coder.n_acts + 1) for one in changes]
    move()
    _seal_act(session, desk, turns)


def _turn(desk: Desk, pile: OwnPile, *, act: int) -> PileTurn:
    return PileTurn(
        round_id=desk.round_id,
        coder_id=desk.coder.coder_id,
        number=pile.number,
        turn=pile.turn + 1,
        act=act,
        last_act=act,
        name=pile.name,
        description=pile.description,
        parent=pile.parent,
        is_gone=pile.is_gone,
        merged_into=pile.merged_into,
        at=now(),
    )


def turned_back(
    turn: PileTurn, before: PileTurn | None, *, newest: int, act: int, undoes: int
) -> PileTurn:
    """Return the turn that says of a pile what was so before; a pile just made is gone.

    `newest` is the number of its last turn: those that were taken back already have come after.
    """
    said = before or turn.model_copy(update={"is_gone": True})
    return PileTurn(
        **said.model_dump(exclude={"turn", "act", "last_act", "undoes", "at"}),
        turn=newest + 1,
        act=act,
        last_act=act,
        undoes=undoes,
        at=now(),
    )
