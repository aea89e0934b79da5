"""The board: its page, the next cards of a pile, and how a coder arranges its columns."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from pydantic import StringConstraints

from app.codebook.content import FacetContent
from app.coding.arranging import FIRST, Change, arrange, arrangement_of
from app.coding.board_page import Asked, board_page, more_page, reading_page
from app.coding.own_desk import AtWork, SortRoute
from app.coding.piles import READ_AT_ONCE, named_piles
from app.coding.placing_together import MOST_AT_ONCE
from app.coding.sort_answers import is_script
from app.coding.sort_frame import Frame, frame_of, fresh_id, places_of
from app.coding.sorting import take_seat
from app.web.forms import Form, Line, MaybeId, PathId, Write
from app.web.render import go, respond
from app.web.transaction import Look, Tx

router = APIRouter(prefix="/studies/{study_id}/rounds/{round_id}/board", route_class=SortRoute)

Key = Annotated[str, StringConstraints(max_length=20)]
Position = Annotated[int, Query(ge=-1, le=10**9)]
MOST_LOADED = 2_000


class CardsQuery(Form):
    facet: MaybeId = None
    pile: Key = ""
    search: Line = ""
    after: Position = -1


class BoardQuery(CardsQuery):
    """`loaded` says how many cards of which pile a script had loaded: "12.90,p3.60"."""

    card: MaybeId = None
    beside: Key = ""
    loaded: Annotated[str, StringConstraints(max_length=2_000)] = ""

    @property
    def asked(self) -> Asked:
        return Asked(
            self.facet,
            self.card,
            self.pile,
            self.beside,
            self.after,
            self.search,
            _lengths(self.loaded),
        )


def _lengths(loaded: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in loaded.split(","):
        key, _, n = part.partition(".")
        if n.isascii() and n.isdigit() and len(n) < 5:
            found[key] = min(int(n), MOST_LOADED - sum(found.values()))
    return found


class MoreQuery(CardsQuery):
    whole: bool = False
    n: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = READ_AT_ONCE


class ColumnsQuery(Form):
    facet: MaybeId = None
    moved: Key = ""
    by: Literal["", "fold", "open", "earlier", "later"] = ""


class ArrangeForm(Write):
    facet_id: MaybeId = None
    change: Change
    pile: Key = ""
    before: Key = ""
    view: Literal["columns", "board"] = "columns"


@dataclass(frozen=True, slots=True)
class Column:
    """A pile in the list of columns; `is_fixed` for the one that always stands first."""

    key: str
    name: str
    is_folded: bool
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class ColumnsPage:
    """The columns of a board in order; `moved` and `by` name the button that was pressed last."""

    frame: Frame
    facet: FacetContent
    columns: tuple[Column, ...]
    moved: str
    by: str
    board_url: str
    operation_id: str


@router.get("", name="board")
def board(
    request: Request,
    here: AtWork,
    look: Look,
    round_id: PathId,
    query: Annotated[BoardQuery, Query()],
) -> Response:
    seat = take_seat(look, here.study_id, round_id, here.member_id)
    draw = reading_page if query.pile else board_page
    page = draw(look, here, seat, query.asked)
    return respond(request, "coding/board.html", page, here.shell)


@router.get("/cards", name="board_cards")
def board_cards(
    request: Request,
    here: AtWork,
    look: Look,
    round_id: PathId,
    query: Annotated[MoreQuery, Query()],
) -> Response:
    """Return the next cards of a pile alone: a script asks for them as the pile is scrolled."""
    seat = take_seat(look, here.study_id, round_id, here.member_id)
    asked = Asked(
        facet_id=query.facet, pile=query.pile or FIRST, search=query.search, after=query.after
    )
    page = more_page(look, here, seat, asked, n=query.n, is_whole=query.whole)
    return respond(request, "coding/_more.html", page, here.shell)


@router.get("/columns", name="columns")
def columns(
    request: Request,
    here: AtWork,
    look: Look,
    round_id: PathId,
    query: Annotated[ColumnsQuery, Query()],
) -> Response:
    seat = take_seat(look, here.study_id, round_id, here.member_id)
    facet = seat.facet(query.facet) if query.facet else seat.facets[0]
    names, now = named_piles(seat, facet), arrangement_of(look, seat, facet.id)
    frame = frame_of(look, here, seat)
    page = ColumnsPage(
        frame=frame,
        facet=facet,
        columns=tuple(
            Column(key, names[key], key in now.folded, key == FIRST)
            for key in now.ordered(list(names))
        ),
        moved=query.moved,
        by=query.by,
        board_url=frame.places.board_of(facet.id),
        operation_id=fresh_id(),
    )
    return respond(request, "coding/columns.html", page, here.shell)


@router.post("/columns", name="arrange_columns")
def arrange_columns(
    request: Request,
    here: AtWork,
    tx: Tx,
    round_id: PathId,
    form: Annotated[ArrangeForm, FormData()],
) -> Response:
    def act() -> str:
        seat = take_seat(tx, here.study_id, round_id, here.member_id)
        facet = seat.facet(form.facet_id) if form.facet_id else seat.facets[0]
        keys = list(named_piles(seat, facet))
        arrange(tx, seat, facet.id, keys, form.change, key=form.pile, before=form.before)
        places = places_of(here, round_id)
        if form.view == "board":
            return places.board_of(facet.id)
        pressed = f"&moved={form.pile}&by={form.change}" if form.change in _BY else ""
        return places.columns(facet.id) + pressed

    done = here.once(tx, form, f"arrange columns in {round_id}", act)
    return Response(status_code=204) if is_script(request) else go(done.result)


_BY = {"fold", "open", "earlier", "later"}
