"""Board: the coder's piles as columns, and piles that are read side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.arranging import Arrangement, arrangement_of
from app.coding.board_views import Drawing, MiniView, PileView
from app.coding.lying import Lying
from app.coding.piles import (
    LONGEST_EXCERPT,
    READ_AT_ONCE,
    WHOLE_TEXT,
    Pile,
    excerpts,
    is_multiple,
    n_shown,
    piles_of,
)
from app.coding.placing_together import ASK_BEYOND, MOST_AT_ONCE
from app.coding.rules import Value
from app.coding.searching import fitting_cards, is_defined_so
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of a board: a facet, a card to move, piles to read, words to find.

    `lengths` has, by key, how many cards of a pile had been loaded before it is drawn anew.
    """

    facet_id: int | None = None
    card_id: int | None = None
    pile: str = ""
    beside: str = ""
    after: int = -1
    search: str = ""
    lengths: Mapping[str, int] | None = None


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
    """All piles of a facet, or one or two of them to read; `n_found` cards fit the search."""

    frame: Frame
    facet: FacetContent
    is_multiple: bool
    facets: tuple[tuple[str, str, bool], ...]
    piles: tuple[PileView, ...]
    reading: tuple[PileView, ...]
    asked: Asked
    n_found: int
    n_folded: int
    mover: Mover
    focus_url: str
    board_url: str
    park_id: str
    together_id: str
    most_at_once: int = MOST_AT_ONCE
    ask_beyond: int = ASK_BEYOND


@dataclass(frozen=True, slots=True)
class MorePage:
    """The next cards of a pile, for a script to put in place."""

    frame: Frame
    cards: tuple[MiniView, ...]
    next_url: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class _Board:
    """The coder's piles in the coder's order, and which cards fit the search."""

    facet: FacetContent
    piles: list[Pile]
    fitting: frozenset[int] | None
    arrangement: Arrangement

    def found(self, pile: Pile, after: int = -1) -> Sequence[Lying]:
        if self.fitting is None and after < 0:
            return pile.cards
        return [
            card
            for card in pile.cards
            if card.position > after and (self.fitting is None or card.card_id in self.fitting)
        ]

    def pile(self, key: str) -> Pile:
        found = next((one for one in self.piles if one.key == key), None)
        if found is None:
            raise NotFound
        return found


def _board(session: Session, here: Here, seat: Seat, asked: Asked) -> _Board:
    if not seat.facets:
        raise NotFound
    facet = seat.facet(asked.facet_id) if asked.facet_id else seat.facets[0]
    piles = {pile.key: pile for pile in piles_of(session, seat, facet)}
    arrangement = arrangement_of(session, seat, facet.id)
    ordered = [piles[key] for key in arrangement.ordered(list(piles))]
    fitting = fitting_cards(session, here.study_id, asked.search) if asked.search else None
    return _Board(facet, ordered, fitting, arrangement)


def board_page(session: Session, here: Here, seat: Seat, asked: Asked) -> BoardPage:
    """Return the board of a facet, with the mover open for a card that was picked."""
    board, lengths = _board(session, here, seat, asked), asked.lengths or {}
    found = {pile.key: board.found(pile) for pile in board.piles}
    defined = {one.key for one in board.piles if is_defined_so(board.facet, one, asked.search)}
    folded = (
        board.arrangement.folded
        if not asked.search
        else {one.key for one in board.piles if not found[one.key] and one.key not in defined}
    )
    least = n_shown(len(board.piles) - len(folded))
    shown = {
        key: cards[: max(least, lengths.get(key, 0)) if key not in folded else 0]
        for key, cards in found.items()
    }
    ids = sorted({card.card_id for cards in shown.values() for card in cards})
    texts = excerpts(session, ids, longest=LONGEST_EXCERPT)
    drawing = Drawing(
        frame_of(session, here, seat), board.facet, seat.piles, texts, search=asked.search
    )
    views = tuple(
        drawing.pile(
            pile,
            shown[pile.key],
            n_found=len(found[pile.key]),
            is_more=len(shown[pile.key]) < len(found[pile.key]),
            is_folded=pile.key in folded,
            is_defined_so=pile.key in defined,
        )
        for pile in board.piles
    )
    n_found = len({card.card_id for cards in found.values() for card in cards})
    return _page(session, seat, asked, drawing, views, (), n_found)


def reading_page(session: Session, here: Here, seat: Seat, asked: Asked) -> BoardPage:
    """Return a pile with whole texts, from a place in the coder's order on, and one beside it."""
    board = _board(session, here, seat, asked)
    chosen = [(board.pile(asked.pile), asked.after)]
    if asked.beside and asked.beside != asked.pile:
        chosen.append((board.pile(asked.beside), -1))
    rest = [board.found(pile, after) for pile, after in chosen]
    shown = [cards[:READ_AT_ONCE] for cards in rest]
    ids = sorted({card.card_id for cards in shown for card in cards})
    drawing = Drawing(
        frame_of(session, here, seat),
        board.facet,
        seat.piles,
        excerpts(session, ids, longest=WHOLE_TEXT),
        search=asked.search,
        is_whole=True,
        beside=asked.beside,
    )
    views = tuple(
        drawing.pile(pile, cards, n_found=len(left), is_more=len(cards) < len(left))
        for (pile, _), cards, left in zip(chosen, shown, rest, strict=True)
    )
    others = tuple(drawing.pile(other, ()) for other in board.piles)
    return _page(session, seat, asked, drawing, others, views, 0)


def more_page(
    session: Session, here: Here, seat: Seat, asked: Asked, *, n: int, is_whole: bool
) -> MorePage:
    """Return the next cards of a pile, as many as are asked for."""
    board = _board(session, here, seat, asked)
    pile = board.pile(asked.pile)
    rest = board.found(pile, asked.after)
    shown = rest[: min(n, MOST_AT_ONCE)]
    longest = WHOLE_TEXT if is_whole else LONGEST_EXCERPT
    texts = excerpts(session, [card.card_id for card in shown], longest=longest)
    frame = frame_of(session, here, seat)
    drawing = Drawing(frame, board.facet, seat.piles, texts, asked.search, is_whole)
    view = drawing.pile(pile, shown, is_more=len(shown) < len(rest))
    return MorePage(frame, view.cards, view.next_url, is_whole)


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
    session: Session,
    seat: Seat,
    asked: Asked,
    drawing: Drawing,
    piles: tuple[PileView, ...],
    reading: tuple[PileView, ...],
    n_found: int,
) -> BoardPage:
    frame, facet = drawing.frame, drawing.facet
    return BoardPage(
        frame=frame,
        facet=facet,
        is_multiple=is_multiple(facet),
        facets=tuple(
            (one.name, frame.places.board_of(one.id), one is facet) for one in seat.facets
        ),
        piles=piles,
        reading=reading,
        asked=asked,
        n_found=n_found,
        n_folded=sum(view.is_folded for view in piles),
        mover=_mover(session, seat, facet, None if reading else asked.card_id),
        focus_url=frame.places.focus,
        board_url=frame.places.board_of(facet.id),
        park_id=fresh_id(),
        together_id=fresh_id(),
    )
