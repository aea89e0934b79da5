"""Asking for a suggested category, where the round declares it."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData

from app.coding import desks
from app.coding.assistance import Assistance
from app.coding.like_it import NOT_DECLARED
from app.coding.own_desk import AtWork, SortRoute
from app.coding.rounds import protocol_of
from app.coding.sort_answers import onwards
from app.coding.sort_frame import places_of
from app.coding.sorting import own_assignment, take_seat
from app.coding.suggesting import note_shown, suggest
from app.errors import Conflict
from app.web.forms import Count, Id, PathId, Write
from app.web.transaction import database

router = APIRouter(prefix="/studies/{study_id}/rounds/{round_id}", route_class=SortRoute)


class SuggestionForm(Write):
    card_id: Id
    facet_id: Id
    seen_turn: Count


@router.post("/suggestions", name="suggest_category")
def suggest_category(
    request: Request, here: AtWork, round_id: PathId, form: Annotated[SuggestionForm, FormData()]
) -> Response:
    # Learning may take a second: it is done before the transaction, which holds up every writer.
    with database(request).reading() as look:
        seat = take_seat(look, here.study_id, round_id, here.member_id)
        if Assistance.SUGGESTED_CATEGORY not in protocol_of(seat.round_).assistance:
            raise Conflict(NOT_DECLARED)
        own_assignment(look, seat, form.card_id)
        facet = seat.facet(form.facet_id)
        found = suggest(look, seat, facet, form.card_id)

    def act() -> str:
        hand = desks.take_card(tx, desks.sit_down(tx, round_id, here.member_id), form.card_id)
        note_shown(tx, hand, form.facet_id, form.seen_turn, found)
        return places_of(here, round_id).focus_on(form.card_id, form.facet_id)

    with database(request).transaction() as tx:
        done = here.once(tx, form, f"suggest category in {round_id}", act)
    return onwards(request, here, round_id, done.result)
