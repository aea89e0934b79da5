"""The pages of a coder's own piles: all of a facet, and one with what can be done to it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.lying import Lying, own_on_facet
from app.coding.pile_rules import OwnPile, on_facet, refuse_parent
from app.coding.piles import Excerpt, excerpts
from app.coding.rules import Sort
from app.coding.seen_piles import earlier_names
from app.coding.sort_frame import Frame, frame_of, fresh_id
from app.coding.sorting import Seat
from app.errors import NotFound
from app.studies.deps import Here

LONGEST_LINE = 160
MOST_TO_SPLIT = 200

Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """Which form of the page was not taken, why, and what had been typed into it."""

    form: str
    words: str
    name: str = ""
    description: str = ""
    card_ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class PileRow:
    """A pile in the list."""

    pile: OwnPile
    n: int
    url: str
    read_url: str


@dataclass(frozen=True, slots=True)
class GoneRow:
    """A pile that is gone, and what became of it."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class PilesPage:
    """All own piles on a facet."""

    frame: Frame
    facet: FacetContent
    facets: tuple[tuple[str, str, bool], ...]
    rows: tuple[PileRow, ...]
    gone: tuple[GoneRow, ...]
    parents: tuple[Option, ...]
    board_url: str
    refused: Refused | None
    make_id: str = field(default_factory=fresh_id)


@dataclass(frozen=True, slots=True)
class SplitCard:
    """A card that can go to a new pile."""

    card_id: int
    excerpt: Excerpt
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class PilePage:
    """One own pile. `others` it can be merged into, `parents` it can lie under."""

    frame: Frame
    facet: FacetContent
    pile: OwnPile
    n: int
    earlier: tuple[str, ...]
    others: tuple[Option, ...]
    parents: tuple[Option, ...]
    cards: tuple[SplitCard, ...]
    piles_url: str
    read_url: str
    refused: Refused | None
    name_id: str = field(default_factory=fresh_id)
    nest_id: str = field(default_factory=fresh_id)
    merge_id: str = field(default_factory=fresh_id)
    split_id: str = field(default_factory=fresh_id)
    away_id: str = field(default_factory=fresh_id)

    def error(self, form: str) -> str:
        """Return why this form was refused."""
        return self.refused.words if self.refused and self.refused.form == form else ""


def piles_page(
    session: Session, here: Here, seat: Seat, facet_id: int | None, refused: Refused | None = None
) -> PilesPage:
    """Return the list of a facet's piles; 404 in a closed sort, which has none."""
    if seat.round_.sort == Sort.CLOSED or not seat.facets:
        raise NotFound
    facet = seat.facet(facet_id) if facet_id else seat.facets[0]
    frame, living = frame_of(session, here, seat), on_facet(seat.piles, facet.id)
    lying = own_on_facet(session, seat.round_, seat.coder_id, facet.id)
    counts = Counter(number for card in lying for number in card.pile_numbers)
    return PilesPage(
        frame=frame,
        facet=facet,
        facets=tuple(
            (one.name, f"{frame.places.piles}?facet={one.id}", one is facet) for one in seat.facets
        ),
        rows=tuple(
            PileRow(
                one,
                counts[one.number],
                frame.places.pile(one.number),
                frame.places.board_of(facet.id, one.key),
            )
            for one in living
        ),
        gone=_gone(seat.piles, facet.id),
        parents=tuple((str(one.number), one.name) for one in living if one.parent is None),
        board_url=frame.places.board_of(facet.id),
        refused=refused,
    )


def _gone(piles: Sequence[OwnPile], facet_id: int) -> tuple[GoneRow, ...]:
    names = {one.number: one.name for one in piles}
    return tuple(
        GoneRow(
            one.name,
            f"merged into {names[one.merged_into]}" if one.merged_into else "put away",
        )
        for one in piles
        if one.is_gone and one.facet_id == facet_id
    )


def pile_page(
    session: Session, here: Here, seat: Seat, number: int, refused: Refused | None = None
) -> PilePage:
    """Return one pile that there is; 404 for any other number."""
    pile = next((one for one in seat.piles if one.number == number and not one.is_gone), None)
    if pile is None:
        raise NotFound("You have no such pile. It may have been merged into another one.")
    facet, living = seat.facet(pile.facet_id), on_facet(seat.piles, pile.facet_id)
    lying = [
        card
        for card in own_on_facet(session, seat.round_, seat.coder_id, facet.id)
        if number in card.pile_numbers
    ]
    frame = frame_of(session, here, seat)
    return PilePage(
        frame=frame,
        facet=facet,
        pile=pile,
        n=len(lying),
        earlier=tuple(earlier_names(session, seat.round_, seat.coder_id, number)),
        others=tuple((str(one.number), one.name) for one in living if one.number != number),
        parents=tuple(
            (str(one.number), one.name)
            for one in living
            if refuse_parent(pile, one, living) is None
        ),
        cards=_cards(session, lying, refused),
        piles_url=f"{frame.places.piles}?facet={facet.id}",
        read_url=frame.places.board_of(facet.id, pile.key),
        refused=refused,
    )


def _cards(
    session: Session, lying: Sequence[Lying], refused: Refused | None
) -> tuple[SplitCard, ...]:
    ids = [card.card_id for card in lying[:MOST_TO_SPLIT]]
    texts = excerpts(session, ids, longest=LONGEST_LINE)
    chosen = set(refused.card_ids) if refused else set()
    return tuple(SplitCard(one, texts[one], one in chosen) for one in ids)
