"""Moving many cards of a board at once: asked about first, refused as a whole, done as one act."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData
from pydantic import Field, StringConstraints
from sqlmodel import Session

from app.coding import desks
from app.coding.own_desk import AtWork, SortRoute
from app.coding.pile_rules import number_of
from app.coding.piles import excerpts, named_piles
from app.coding.placing_together import (
    ASK_BEYOND,
    MOST_AT_ONCE,
    Goal,
    Lot,
    StaleCards,
    place_together,
)
from app.coding.rules import Value
from app.coding.sort_answers import is_script
from app.coding.sort_frame import Frame, frame_of, fresh_id, places_of
from app.coding.sorting import take_seat
from app.errors import ConcordError, Conflict, Invalid
from app.studies.deps import Here
from app.web.forms import Id, Line, PathId, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import database

router = APIRouter(prefix="/studies/{study_id}/rounds/{round_id}", route_class=SortRoute)

MOVED = declare_notice(
    "moved together", "good", "The cards were moved. Undo takes all of them back at once."
)
_NUMBER = "[1-9][0-9]{0,8}"
# The card, the turn that the page showed, and the pile it leaves.
PickedCard = Annotated[
    str, StringConstraints(pattern=rf"^{_NUMBER}\.[0-9]{{1,9}}(\.[a-z0-9_]{{1,20}})?$")
]
GoalKey = Annotated[str, StringConstraints(pattern=rf"^(p?{_NUMBER}|[a-z_]{{1,20}})$")]


class TogetherForm(Write):
    """Cards that were picked, and where they go: keys of piles, or one way to have none."""

    facet_id: Id
    cards: list[PickedCard] = Field(default_factory=list, max_length=2_000)
    to: list[GoalKey] = Field(default_factory=list, max_length=500)
    is_confirmed: bool = False
    pile: Annotated[str, StringConstraints(max_length=20)] = ""
    beside: Annotated[str, StringConstraints(max_length=20)] = ""
    search: Line = ""

    @property
    def lots(self) -> list[Lot]:
        parts = [card.split(".") for card in self.cards]
        return [Lot(int(one), int(turn), *leaves) for one, turn, *leaves in parts]

    @property
    def goal(self) -> Goal:
        categories = tuple(int(key) for key in self.to if key.isdigit())
        piles = tuple(
            number_of(key) for key in self.to if key.startswith("p") and key[1:].isdigit()
        )
        if categories or piles:
            return Goal(Value.CATEGORIES, categories, piles)
        ways = [value for value in Value if value in self.to and value is not Value.CATEGORIES]
        if len(ways) != 1:
            raise Invalid("Choose the pile the cards go to.", field="to")
        return Goal(ways[0])


@dataclass(frozen=True, slots=True)
class TogetherPage:
    """A question before many cards move, or why none did: `stale` cards are named, the rest can go.

    `cards` are those that a press of the button would move.
    """

    frame: Frame
    facet_id: int
    goal_names: tuple[str, ...]
    refusal: str
    stale: tuple[str, ...]
    cards: tuple[str, ...]
    to: tuple[str, ...]
    back_url: str
    operation_id: str


@dataclass(frozen=True, slots=True)
class MovedTogetherPage:
    """How far the coder is after a script moved cards."""

    frame: Frame


@router.post("/placements/together", name="place_cards_together")
def place_cards_together(
    request: Request, here: AtWork, round_id: PathId, form: Annotated[TogetherForm, FormData()]
) -> Response:
    places = places_of(here, round_id)
    back = places.board_of(form.facet_id, form.pile, search=form.search, beside=form.beside)

    def act() -> str:
        desk = desks.sit_down(tx, round_id, here.member_id)
        place_together(tx, desk, form.facet_id, form.lots, form.goal)
        return back

    if ASK_BEYOND < len(form.cards) <= MOST_AT_ONCE and not form.is_confirmed:
        with database(request).reading() as look:
            return _ask(request, here, look, round_id, form, back)
    try:
        with database(request).transaction() as tx:
            done = here.once(tx, form, f"place together in {round_id}", act)
    except (Conflict, Invalid) as refusal:
        with database(request).reading() as look:
            return _ask(request, here, look, round_id, form, back, refusal)
    if is_script(request):
        with database(request).reading() as look:
            seat = take_seat(look, here.study_id, round_id, here.member_id)
            page = MovedTogetherPage(frame_of(look, here, seat))
        return respond(request, "coding/_moved_together.html", page, here.shell)
    return go(done.result, notice=MOVED)


def _ask(
    request: Request,
    here: Here,
    look: Session,
    round_id: int,
    form: TogetherForm,
    back_url: str,
    refusal: ConcordError | None = None,
) -> Response:
    """Return the page that asks whether to move the cards, or says why they were not moved."""
    seat = take_seat(look, here.study_id, round_id, here.member_id)
    names = named_piles(seat, seat.facet(form.facet_id))
    stale = refusal.card_ids if isinstance(refusal, StaleCards) else ()
    rest = [
        card for card, lot in zip(form.cards, form.lots, strict=True) if lot.card_id not in stale
    ]
    can_go = refusal is None or bool(stale)
    keys = excerpts(look, list(stale), longest=1)
    page = TogetherPage(
        frame=frame_of(look, here, seat),
        facet_id=form.facet_id,
        goal_names=tuple(names[key] for key in form.to if key in names),
        refusal=refusal.message if refusal else "",
        stale=tuple(keys[one].key for one in stale),
        cards=tuple(rest) if can_go else (),
        to=tuple(form.to),
        back_url=back_url,
        operation_id=fresh_id(),
    )
    status = refusal.status if refusal else 200
    return respond(request, "coding/together.html", page, here.shell, status=status)
