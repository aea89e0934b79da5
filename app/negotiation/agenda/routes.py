"""The agenda of a round: reading it, changing its order, looking at agreements again."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from pydantic import BaseModel, Field

from app.coding.models import Round
from app.errors import Invalid
from app.negotiation.agenda.arranging import Way
from app.negotiation.agenda.filtering import Wanted, url_of
from app.negotiation.agenda.page import agenda_page, asked_for, chooser_page, newest_in_negotiation
from app.negotiation.agenda.reordering import move_card, move_cluster, restore_order
from app.negotiation.agenda.reviewing import uphold_agreement
from app.negotiation.naming import agenda_url, check_no_arbiter, closed_round, negotiation_shell
from app.negotiation.service import find_disagreement
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.web.forms import GREATEST_ID, Id, PathId, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()

MOVED = declare_notice("agenda-reordered", "good", "The order is saved, for everybody.")
RESTORED = declare_notice("agenda-restored", "good", "The agenda is in the suggested order again.")
UPHELD = declare_notice("agreement-upheld", "good", "Noted: the agreement stays as it is.")

_BASE = "/studies/{study_id}/rounds/{round_id}/disagreements"


class Asked(BaseModel):
    """What of the agenda is asked for."""

    facet: Id | None = None
    state: str = Field("", max_length=20)
    pair: str = Field("", max_length=500)
    flag: str = Field("", max_length=2)
    coder: str = Field("", max_length=200)
    category: str = Field("", max_length=20)
    page: int = Field(1, ge=1, le=GREATEST_ID)
    arrange: bool = False

    def wanted(self) -> Wanted:
        """Return it; what no filter knows counts as not asked for."""
        flag, category = _number(self.flag), _number(self.category)
        return asked_for(
            self.facet,
            self.state,
            self.pair,
            flag=flag if flag <= 7 else 0,
            category=category,
            coder=self.coder,
            page=self.page,
            arrange=self.arrange,
        )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


class MoveForm(Write):
    """What moves where: "up card 12", "top pair 3 | 5"."""

    facet: Id
    move: Annotated[str, Field(max_length=600)]


class FacetForm(Write):
    facet: Id


class UpholdForm(Write):
    """One click says it all."""


@router.get("/studies/{study_id}/negotiation", name="negotiation")
def negotiation(
    request: Request,
    here: InStudy,
    look: Look,
    every: Annotated[bool, Query(alias="all")] = False,
) -> Response:
    """Lead to the round that is being negotiated; else show the closed rounds."""
    current = None if every else newest_in_negotiation(look, here)
    if current is not None:
        return go(agenda_url(here, current))
    return respond(request, "negotiation/rounds.html", chooser_page(look, here), here.shell)


@router.get(_BASE, name="disagreements")
def agenda(
    request: Request,
    here: InStudy,
    look: Look,
    round_id: PathId,
    asked: Annotated[Asked, Query()],
) -> Response:
    """Show what the coders of a closed round disagree on in a facet."""
    round_ = closed_round(look, here, round_id)
    page = agenda_page(look, here, round_, asked.wanted())
    return respond(request, "negotiation/agenda.html", page, negotiation_shell(here))


@router.post(f"{_BASE}/order", name="reorder_agenda")
def reorder(
    here: Annotated[Here, require(Action.DECIDE)],
    tx: Tx,
    round_id: PathId,
    form: Annotated[MoveForm, FormData()],
) -> Response:
    """Move a cluster or a card of a facet."""
    round_ = closed_round(tx, here, round_id)
    check_no_arbiter(here, round_)
    move = _move(form)

    def act() -> str:
        move(tx, round_, here.member_id)
        return url_of(here, round_, Wanted(form.facet, arrange=True))

    done = here.once(tx, form, f"reorder round {round_id}", act)
    return go(done.result, notice=MOVED)


def _move(form: MoveForm) -> "Callable[[Tx, Round, int], None]":
    way, _, rest = form.move.partition(" ")
    kind, _, which = rest.partition(" ")
    if way not in set(Way) or kind not in {"card", "pair"}:
        raise Invalid("Choose what to move, and where to.", field="move")
    if kind == "pair":
        return lambda tx, round_, by: move_cluster(tx, round_, form.facet, which, Way(way), by=by)
    card = _number(which[:20])
    return lambda tx, round_, by: move_card(tx, round_, form.facet, card, Way(way), by=by)


@router.post(f"{_BASE}/order/suggested", name="restore_order")
def restore(
    here: Annotated[Here, require(Action.DECIDE)],
    tx: Tx,
    round_id: PathId,
    form: Annotated[FacetForm, FormData()],
) -> Response:
    """Go back to the suggested order."""
    round_ = closed_round(tx, here, round_id)
    check_no_arbiter(here, round_)

    def act() -> str:
        restore_order(tx, round_, form.facet, by=here.member_id)
        return url_of(here, round_, Wanted(form.facet))

    done = here.once(tx, form, f"restore the order of round {round_id}", act)
    return go(done.result, notice=RESTORED)


@router.post(f"{_BASE}/{{disagreement_id}}/uphold", name="uphold_agreement")
def uphold(
    here: Annotated[Here, require(Action.DECIDE)],
    tx: Tx,
    round_id: PathId,
    disagreement_id: PathId,
    form: Annotated[UpholdForm, FormData()],
) -> Response:
    """Note that an agreement was right."""
    round_ = closed_round(tx, here, round_id)
    found = find_disagreement(tx, round_, disagreement_id)

    def act() -> str:
        uphold_agreement(tx, found, by=here.membership)
        return f"{url_of(here, round_, Wanted(found.facet_id))}#reviews"

    done = here.once(tx, form, f"uphold {disagreement_id}", act)
    return go(done.result, notice=UPHELD)
