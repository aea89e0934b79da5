"""Board: the coder's piles as columns, and one pile to read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.lying import Lying
from app.coding.pile_rules import OwnPile, key_of, names_of
from app.coding.piles import (
    LONGEST_EXCERPT,
    READ_AT_ONCE,
    Excerpt,
    Pile,
    excerpts,
    is_multiple,
    keys_of,
    n_shown,
    piles_of,
    plain,
)
from app.coding.rules import Value
from app.coding.sort_frame import (
    ChoiceView,
    Frame,
    category_choices,
    frame_of,
    fresh_id,
    other_choices,
    pile_choices,
)
from app.coding.sorting import NOTHING_SAID, Held, Seat, held_on_card, own_assignment
from app.corpus.models import Card
from app.errors import NotFound
from app.studies.deps import Here

_WHOLE_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class MiniView:
    """A card as it lies in a pile. `also` names the other piles it lies in."""

    card_id: int
    key: str
    title: str
    text: str
    lang: str | None
    turn: int
    keys: str
    also: tuple[str, ...]
    is_parked: bool
    has_memo: bool
    position: int
    move_url: str
    focus_url: str

    @property
    def plain(self) -> str:
        return plain(self.text)


@dataclass(frozen=True, slots=True)
class PileView:
    """A pile with the first of its cards; `more_url` is empty when all are there."""

    pile: Pile
    cards: tuple[MiniView, ...]
    read_url: str
    more_url: str


@dataclass(frozen=True, slots=True)
class Mover:
    """The form that lays a card into another pile; without a card it waits for a script's."""

    operation_id: str
    card_id: int | None
    card_key: str
    seen_turn: int
    choices: tuple[ChoiceView, ...]
    piles: tuple[ChoiceView, ...]
    others: tuple[ChoiceView, ...]


@dataclass(frozen=True, slots=True)
class BoardPage:
    """All piles of a facet, or one of them to read side by side."""

    frame: Frame
    facet: FacetContent
    is_multiple: bool
    facets: tuple[tuple[str, str, bool], ...]
    piles: tuple[PileView, ...]
    reading: PileView | None
    mover: Mover
    focus_url: str
    board_url: str
    park_id: str


def board_page(
    session: Session, here: Here, seat: Seat, facet_id: int | None, card_id: int | None
) -> BoardPage:
    """Return the board of a facet, with the mover open for a card that was picked."""
    facet = _facet(seat, facet_id)
    piles = piles_of(session, seat, facet)
    length = n_shown(len(piles))
    cut = [pile.cards[:length] for pile in piles]
    texts = excerpts(session, _ids(cut), longest=LONGEST_EXCERPT)
    frame = frame_of(session, here, seat)
    drawing = _Drawing(frame, facet, seat.piles, texts)
    views = tuple(
        drawing.pile(pile, shown, is_rest_elsewhere=len(shown) < pile.n)
        for pile, shown in zip(piles, cut, strict=True)
    )
    mover = _mover(session, seat, facet, card_id)
    return _page(frame, seat, facet, views, None, mover)


def reading_page(
    session: Session, here: Here, seat: Seat, facet_id: int | None, key: str, after: int
) -> BoardPage:
    """Return one pile with whole texts, from a place in the coder's order on."""
    facet = _facet(seat, facet_id)
    piles = piles_of(session, seat, facet)
    pile = next((found for found in piles if found.key == key), None)
    if pile is None:
        raise NotFound
    rest = [card for card in pile.cards if card.position > after]
    shown = rest[:READ_AT_ONCE]
    texts = excerpts(session, [card.card_id for card in shown], longest=_WHOLE_TEXT)
    frame = frame_of(session, here, seat)
    drawing = _Drawing(frame, facet, seat.piles, texts)
    view = drawing.pile(pile, shown, is_rest_elsewhere=len(shown) < len(rest))
    others = tuple(drawing.pile(other, (), is_rest_elsewhere=False) for other in piles)
    return _page(frame, seat, facet, others, view, _mover(session, seat, facet, None))


def _facet(seat: Seat, facet_id: int | None) -> FacetContent:
    if not seat.facets:
        raise NotFound
    return seat.facet(facet_id) if facet_id else seat.facets[0]


def _ids(piles: Iterable[Sequence[Lying]]) -> list[int]:
    return sorted({card.card_id for pile in piles for card in pile})


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Makes views of piles; a card's text is looked up, never asked for one by one."""

    frame: Frame
    facet: FacetContent
    own: Sequence[OwnPile]
    texts: Mapping[int, Excerpt]

    def pile(self, pile: Pile, shown: Sequence[Lying], *, is_rest_elsewhere: bool) -> PileView:
        read_url = self.frame.places.board_of(self.facet.id, pile.key)
        last = shown[-1].position if shown else -1
        return PileView(
            pile=pile,
            cards=tuple(self.mini(pile.key, card) for card in shown),
            read_url=read_url,
            more_url=f"{read_url}&after={last}" if is_rest_elsewhere else "",
        )

    def mini(self, pile_key: str, card: Lying) -> MiniView:
        text = self.texts[card.card_id]
        also = [one for one in card.category_ids if str(one) != pile_key]
        piles = [one for one in card.pile_numbers if key_of(one) != pile_key]
        return MiniView(
            card_id=card.card_id,
            key=text.key,
            title=text.title,
            text=text.text,
            lang=text.lang,
            turn=card.turn,
            keys=" ".join(keys_of(card)),
            also=(
                *(one.name for one in self.facet.categories if one.id in also),
                *names_of(self.own, piles),
            ),
            is_parked=card.is_parked,
            has_memo=card.has_memo,
            position=card.position,
            move_url=self.frame.places.board_of(self.facet.id, card_id=card.card_id) + "#mover",
            focus_url=self.frame.places.focus_on(card.card_id, self.facet.id),
        )


def moved_card(session: Session, frame: Frame, seat: Seat, card_id: int, facet_id: int) -> MiniView:
    """Return one card as it lies on the board now."""
    facet = seat.facet(facet_id)
    assignment = own_assignment(session, seat, card_id)
    said = held_on_card(session, seat, card_id).get(facet_id, NOTHING_SAID)
    lying = Lying(
        card_id=card_id,
        position=assignment.position,
        is_parked=assignment.is_parked,
        value=said.value.value,
        category_ids=said.category_ids,
        turn=said.turn,
        has_memo=bool(said.memo),
        pile_numbers=said.pile_numbers,
    )
    texts = excerpts(session, [card_id], longest=LONGEST_EXCERPT)
    return _Drawing(frame, facet, seat.piles, texts).mini("", lying)


def _mover(session: Session, seat: Seat, facet: FacetContent, card_id: int | None) -> Mover:
    said, key = NOTHING_SAID, ""
    if card_id is not None:
        own_assignment(session, seat, card_id)
        card = session.get_one(Card, card_id)
        said, key = held_on_card(session, seat, card_id).get(facet.id, NOTHING_SAID), card.key
    return Mover(
        operation_id=fresh_id(),
        card_id=card_id,
        card_key=key,
        seen_turn=said.turn,
        choices=category_choices(facet, said),
        piles=pile_choices(seat, facet, said),
        others=other_choices(said if card_id else _UNKNOWN, with_unsorted=True),
    )


# Before a card is picked no way to have no category is marked.
_UNKNOWN = Held(Value.CATEGORIES, (), None, "", 0)


def _page(
    frame: Frame,
    seat: Seat,
    facet: FacetContent,
    piles: tuple[PileView, ...],
    reading: PileView | None,
    mover: Mover,
) -> BoardPage:
    return BoardPage(
        frame=frame,
        facet=facet,
        is_multiple=is_multiple(facet),
        facets=tuple(
            (one.name, frame.places.board_of(one.id), one is facet) for one in seat.facets
        ),
        piles=piles,
        reading=reading,
        mover=mover,
        focus_url=frame.places.focus,
        board_url=frame.places.board_of(facet.id),
        park_id=fresh_id(),
    )
