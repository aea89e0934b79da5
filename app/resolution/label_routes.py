"""What cards count as in the end, and which cards stand behind a cell of a confusion matrix."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.models import Round
from app.corpus.pages import CardView
from app.errors import NotFound
from app.negotiation.naming import (
    agenda_url,
    cards_by_id,
    check_no_arbiter,
    facet_of,
    named_answer,
    negotiation_shell,
    opened_round,
    speakers_of,
    urls_by_card,
)
from app.negotiation.positions import positions_of
from app.negotiation.rules import Answer
from app.negotiation.service import disagreements
from app.resolution.label_pages import asked_for, labels_page, study_labels_page
from app.resolution.pages import CellsPage
from app.studies.deps import Here, InStudy
from app.web.forms import Count, Id, PathId
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter()


@router.get("/studies/{study_id}/rounds/{round_id}/labels", name="labels")
def labels(
    request: Request,
    here: InStudy,
    look: Look,
    round_id: PathId,
    facet: Annotated[Id | None, Query()] = None,
    provenance: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[Id, Query()] = 1,
) -> Response:
    """Show the final label of each card with its provenance."""
    round_ = opened_round(look, here, round_id)
    of = facet_of(look, round_, facet)
    shown = labels_page(look, here, round_, of, asked_for(provenance, page))
    return respond(request, "resolution/labels.html", shown, negotiation_shell(here))


@router.get("/studies/{study_id}/labels", name="study_labels")
def study_labels(
    request: Request,
    here: InStudy,
    look: Look,
    facet: Annotated[Id | None, Query()] = None,
    provenance: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[Id, Query()] = 1,
) -> Response:
    """Show what each card counts as in the end, with the round and version it comes from."""
    shown = study_labels_page(look, here, facet, asked_for(provenance, page))
    return respond(request, "resolution/study_labels.html", shown, negotiation_shell(here))


@router.get("/studies/{study_id}/rounds/{round_id}/cards", name="cells")
def cells(
    request: Request,
    here: InStudy,
    look: Look,
    round_id: PathId,
    facet: Annotated[Id | None, Query()] = None,
    first: Annotated[Count, Query()] = 0,
    second: Annotated[Count, Query()] = 0,
    row: Annotated[str, Query(max_length=500)] = "",
    column: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Show the cards to which one coder gave one answer and another coder another."""
    round_ = opened_round(look, here, round_id)
    check_no_arbiter(here, round_)
    of = facet_of(look, round_, facet)
    speakers = speakers_of(look, round_, here.member_id)
    one, other = speakers.get(first), speakers.get(second)
    named_row, named_column = named_answer(of, row), named_answer(of, column)
    if one is None or other is None or not (one.voice and other.voice):
        raise NotFound
    if not named_row or not named_column:
        raise NotFound
    said = {first: row, second: column}
    page = CellsPage(
        round_name=round_.name,
        facet_name=of.name,
        first=one,
        second=other,
        row=named_row,
        column=named_column,
        cards=_cards_where(look, here, round_, of, said),
        agenda_url=f"{agenda_url(here, round_)}?facet={of.id}",
        agreement_url=here.url("rounds", round_.id, "agreement"),
    )
    return respond(request, "resolution/cells.html", page, here.shell)


def _cards_where(
    session: Session, here: Here, round_: Round, facet: FacetContent, said: dict[int, Answer]
) -> tuple[tuple[CardView, str], ...]:
    card_ids = [
        card_id
        for card_id, positions in positions_of(session, round_, facet.id).items()
        if said.items() <= {one.coder_id: one.answer for one in positions}.items()
    ]
    cards = cards_by_id(session, here, sorted(card_ids))
    urls = urls_by_card(here, round_, disagreements(session, round_, facet_id=facet.id))
    return tuple((cards[card_id], urls.get(card_id, "")) for card_id in sorted(card_ids))
