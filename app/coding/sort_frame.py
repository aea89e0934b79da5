"""What Focus and Board have in common: the coder's place in the round, its addresses, choices."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from sqlmodel import Session

from app.accounts.keyboard import KeyMap
from app.accounts.preferences import from_stored
from app.codebook.content import CategoryContent, FacetContent
from app.coding.assistance import Assistance
from app.coding.own_desk import desk_name
from app.coding.own_pace import last_own_save, own_pace
from app.coding.own_tabs import Standing
from app.coding.pile_rules import OwnPile, names_of, on_facet
from app.coding.piles import KEYS_WITHOUT, UNSORTED
from app.coding.rounds import protocol_of
from app.coding.rules import WORDS_FOR_VALUE, Sort, Value
from app.coding.sorting import Held, Seat, Tally, tally
from app.studies.deps import Here


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses of one round's work."""

    base: str

    @property
    def board(self) -> str:
        return f"{self.base}/board"

    @property
    def focus(self) -> str:
        return f"{self.base}/sort"

    def pile(self, number: int) -> str:
        return f"{self.base}/piles?pile={number}"

    @property
    def piles(self) -> str:
        return f"{self.base}/piles"

    @property
    def hand_in(self) -> str:
        return f"{self.base}/hand-in"

    @property
    def own_cards(self) -> str:
        return f"{self.base}/own-cards"

    def like_it(self, card_id: int, facet_id: int) -> str:
        return f"{self.base}/like-it?card={card_id}&facet={facet_id}"

    def focus_on(self, card_id: int, facet_id: int | None = None) -> str:
        facet = f"&facet={facet_id}" if facet_id else ""
        return f"{self.focus}?card={card_id}{facet}"

    def board_of(
        self,
        facet_id: int,
        pile: str = "",
        card_id: int | None = None,
        *,
        search: str = "",
        beside: str = "",
        after: int = -1,
    ) -> str:
        asked = {
            "facet": facet_id,
            "pile": pile,
            "card": card_id,
            "beside": beside,
            "search": search,
            "after": "" if after < 0 else after,
        }
        return f"{self.board}?{_query(asked)}"

    def cards_of(self, facet_id: int, pile: str, *, search: str, after: int, is_whole: bool) -> str:
        asked = {"facet": facet_id, "pile": pile, "search": search, "after": after}
        return f"{self.board}/cards?{_query(asked | {'whole': int(is_whole) or ''})}"

    def columns(self, facet_id: int) -> str:
        return f"{self.board}/columns?facet={facet_id}"


def _query(asked: Mapping[str, object]) -> str:
    return urlencode({name: value for name, value in asked.items() if value not in {"", None}})


def places_of(here: Here, round_id: int) -> Places:
    return Places(here.url("rounds", round_id))


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds the cards in both views. `desk` names this coder's work in this browser."""

    round_name: str
    places: Places
    sort: Sort
    tally: Tally
    saved_at: datetime | None
    stopped: str
    is_open: bool
    has_submitted: bool
    desk: str
    state: str
    undo_id: str
    redo_id: str
    keys: KeyMap
    has_clock: bool
    minutes_left: int | None
    assistance: tuple[Assistance, ...] = ()

    @property
    def finds_own_like_it(self) -> bool:
        return Assistance.OWN_CARDS_LIKE_IT in self.assistance

    @property
    def suggests(self) -> bool:
        return Assistance.SUGGESTED_CATEGORY in self.assistance

    @property
    def has_own_piles(self) -> bool:
        return self.sort is not Sort.CLOSED


def frame_of(session: Session, here: Here, seat: Seat) -> Frame:
    mine = from_stored(here.account.preferences)
    found = tally(session, seat)
    has_clock = mine.clock == "shown"
    pace = own_pace(session, seat.round_, seat.coder_id) if has_clock and found.n_left else None
    return Frame(
        round_name=seat.round_.name,
        places=places_of(here, seat.round_id),
        sort=Sort(seat.round_.sort),
        tally=found,
        saved_at=last_own_save(session, seat.round_, seat.coder_id),
        stopped=seat.stopped,
        is_open=seat.is_open,
        has_submitted=seat.has_submitted,
        desk=desk_name(here.account_id, seat.round_id),
        state=Standing(seat.coder.n_acts, seat.has_submitted).cursor,
        undo_id=fresh_id(),
        redo_id=fresh_id(),
        keys=mine.keys,
        has_clock=has_clock,
        minutes_left=pace.minutes_for(found.n_left) if pace else None,
        assistance=protocol_of(seat.round_).assistance,
    )


def fresh_id() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """Something a card can be judged to be; `field` and `value` are what the form sends."""

    field: str
    value: str
    name: str
    brief: str
    letter: str
    tone: int | None
    depth: int
    is_chosen: bool


def category_choices(facet: FacetContent, said: Held) -> tuple[ChoiceView, ...]:
    """Return the categories as they are chosen from, in the codebook's order."""
    return tuple(
        ChoiceView(
            field="category_ids",
            value=str(one.id),
            name=one.name,
            brief=one.brief,
            letter=one.letter,
            tone=one.tone,
            depth=min(facet.depth(one), 3) if one.parent_id else 0,
            is_chosen=one.id in said.category_ids,
        )
        for one in facet.categories
    )


def pile_choices(seat: Seat, facet: FacetContent, said: Held) -> tuple[ChoiceView, ...]:
    """Return the coder's own piles as they are chosen from, each before those under it."""
    return tuple(
        ChoiceView(
            field="piles",
            value=one.key,
            name=one.name,
            brief=one.description,
            letter=one.letter,
            tone=one.tone,
            depth=1 if one.parent else 0,
            is_chosen=one.number in said.pile_numbers,
        )
        for one in on_facet(seat.piles, facet.id)
    )


def other_choices(said: Held, *, with_unsorted: bool) -> tuple[ChoiceView, ...]:
    """Return the ways to have no category; the board offers "Not sorted", too."""
    choices = [
        ChoiceView("value", value.value, words_for(value), "", key, None, 0, said.value is value)
        for value, key in KEYS_WITHOUT.items()
    ]
    if with_unsorted:
        is_chosen = said.value is Value.NOT_JUDGED
        choices.append(ChoiceView("value", UNSORTED, "Not sorted", "", "", None, 0, is_chosen))
    return tuple(choices)


def words_for(value: Value) -> str:
    return "I cannot judge this" if value is Value.CANNOT_JUDGE else WORDS_FOR_VALUE[value]


def words_of(facet: FacetContent, said: Held | None, piles: Sequence[OwnPile] = ()) -> str:
    """Return a judgement in words, or nothing when there is none."""
    if said is None or said.value is Value.NOT_JUDGED:
        return ""
    if said.value is Value.CATEGORIES:
        names = [one.name for one in chosen(facet, said.category_ids)]
        return ", ".join([*names, *names_of(piles, said.pile_numbers)])
    return WORDS_FOR_VALUE[said.value]


def chosen(facet: FacetContent, category_ids: Sequence[int]) -> list[CategoryContent]:
    return [one for one in facet.categories if one.id in category_ids]
