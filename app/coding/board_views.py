"""What a board is drawn of: cards as they lie in piles, and piles with the first of their cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.codebook.content import CategoryContent, FacetContent
from app.coding.lying import Lying
from app.coding.pile_rules import OwnPile, key_of, names_of
from app.coding.piles import LONGEST_EXCERPT, Excerpt, Pile, excerpts, keys_of, plain
from app.coding.sort_frame import Frame
from app.coding.sorting import NOTHING_SAID, Seat, held_on_card, own_assignment


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
    leaves: str
    also: tuple[str, ...]
    is_parked: bool
    has_memo: bool
    position: int
    move_url: str
    focus_url: str

    @property
    def plain(self) -> str:
        return plain(self.text)

    @property
    def picked(self) -> str:
        """Return what a form sends of the card when it is picked."""
        return f"{self.card_id}.{self.turn}" + (f".{self.leaves}" if self.leaves else "")


@dataclass(frozen=True, slots=True)
class PileView:
    """A pile with some of its cards: `n_found` fit a search, all without one.

    `more_url` leads to a page with the next ones and `next_url` to the bare cards, for scripts;
    both are empty when all are there.
    """

    pile: Pile
    cards: tuple[MiniView, ...]
    n_found: int
    read_url: str
    more_url: str
    next_url: str
    category: CategoryContent | None
    is_folded: bool = False
    is_defined_so: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Makes views of piles; a card's text is looked up, never asked for one by one."""

    frame: Frame
    facet: FacetContent
    own: Sequence[OwnPile]
    texts: Mapping[int, Excerpt]
    search: str = ""
    is_whole: bool = False
    beside: str = ""

    def pile(
        self,
        pile: Pile,
        shown: Sequence[Lying],
        *,
        n_found: int | None = None,
        is_more: bool = False,
        is_folded: bool = False,
        is_defined_so: bool = False,
    ) -> PileView:
        places, last = self.frame.places, shown[-1].position if shown else -1
        read_url = places.board_of(self.facet.id, pile.key, search=self.search)
        page_url = places.board_of(
            self.facet.id, pile.key, search=self.search, beside=self.beside, after=last
        )
        cards_url = places.cards_of(
            self.facet.id, pile.key, search=self.search, after=last, is_whole=self.is_whole
        )
        return PileView(
            pile=pile,
            cards=tuple(self.mini(pile.key, card) for card in shown),
            n_found=pile.n if n_found is None else n_found,
            read_url=read_url,
            more_url=page_url if is_more else "",
            next_url=cards_url if is_more else "",
            category=next((one for one in self.facet.categories if str(one.id) == pile.key), None),
            is_folded=is_folded,
            is_defined_so=is_defined_so,
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
            leaves=pile_key,
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
    return Drawing(frame, facet, seat.piles, texts).mini("", lying)
