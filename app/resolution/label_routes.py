"""What cards count as in the end, and which cards stand behind a cell of a confusion matrix."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.corpus.pages import CardView, pages_worth_a_link
from app.errors import NotFound
from app.negotiation.naming import (
    agenda_url,
    cards_by_id,
    closed_round,
    facet_of,
    named_answer,
    negotiation_shell,
    speakers_of,
    urls_by_card,
)
from app.negotiation.pages import Tab
from app.negotiation.positions import positions_of
from app.negotiation.rules import Answer, Provenance
from app.negotiation.service import disagreements
from app.resolution.labels import FinalLabel, final_labels, tally_of
from app.resolution.pages import CellsPage, LabelRow, LabelsPage
from app.studies.deps import Here, InStudy
from app.web.forms import Count, Id, PathId
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter()

LABELS_ON_A_PAGE = 100


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
    round_ = closed_round(look, here, round_id)
    of = facet_of(look, round_, facet)
    wanted = provenance if provenance in set(Provenance) else ""
    shown = labels_page(look, here, round_, of, wanted, page_no=page)
    return respond(request, "resolution/labels.html", shown, negotiation_shell(here))


def labels_page(
    session: Session,
    here: Here,
    round_: Round,
    facet: FacetContent,
    provenance: str,
    *,
    page_no: int,
) -> LabelsPage:
    """Return one page of the final labels."""
    every = final_labels(session, round_, facet)
    meant = [one for one in every if provenance in {"", one.provenance}]
    n_pages = max(1, -(-len(meant) // LABELS_ON_A_PAGE))
    page_no = min(page_no, n_pages)
    first = (page_no - 1) * LABELS_ON_A_PAGE
    base = here.url("rounds", round_.id, "labels")
    return LabelsPage(
        round_name=round_.name,
        round_url=here.url("rounds", round_.id),
        facet_name=facet.name,
        facets=tuple(
            Tab(one.name, _query(base, one.id), one.id == facet.id)
            for one in facets_of_round(session, round_)
        ),
        provenances=_provenance_tabs(base, facet, every, provenance),
        tally=tally_of(session, round_, facet),
        n_cards=len(every),
        rows=_rows(session, here, round_, facet, meant[first : first + LABELS_ON_A_PAGE]),
        total=len(meant),
        page_no=page_no,
        n_pages=n_pages,
        page_urls={
            number: _query(base, facet.id, provenance, number)
            for number in pages_worth_a_link(page_no, n_pages)
        },
        agenda_url=f"{agenda_url(here, round_)}?facet={facet.id}",
        csv_url=here.url("rounds", round_.id, "labels.csv"),
    )


def _provenance_tabs(
    base: str, facet: FacetContent, every: list[FinalLabel], chosen: str
) -> tuple[Tab, ...]:
    tabs = [Tab("All", _query(base, facet.id), chosen == "", len(every))]
    for one in Provenance:
        n_cards = sum(label.provenance is one for label in every)
        if n_cards or one == chosen:
            words = one.value.capitalize()
            tabs.append(Tab(words, _query(base, facet.id, one.value), one == chosen, n_cards))
    return tuple(tabs)


def _query(base: str, facet_id: int, provenance: str = "", page_no: int = 1) -> str:
    asked = {"facet": facet_id, "provenance": provenance, "page": page_no if page_no > 1 else ""}
    return f"{base}?{urlencode({name: value for name, value in asked.items() if value})}"


def _rows(
    session: Session, here: Here, round_: Round, facet: FacetContent, some: list[FinalLabel]
) -> tuple[LabelRow, ...]:
    cards = cards_by_id(session, here, (one.card_id for one in some))
    urls = urls_by_card(here, round_, disagreements(session, round_, facet_id=facet.id))
    return tuple(
        LabelRow(
            card=cards[one.card_id],
            answer=named_answer(facet, one.answer) if one.answer else (),
            provenance=one.provenance.value,
            n_coders=one.n_coders,
            rationale=one.rationale,
            url=urls.get(one.card_id, ""),
        )
        for one in some
    )


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
    round_ = closed_round(look, here, round_id)
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
