"""The agreement of a closed round, facet by facet."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.coding.rounds import find_round, round_id_of
from app.reports import service
from app.reports.pages import agreement_page, no_figures_page
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import Count, MaybeId, PathId
from app.web.render import Shell, go, respond
from app.web.transaction import Look

router = APIRouter()

Reader = Annotated[Here, require(Action.READ)]


def _under_agreement(here: Here) -> Shell:
    """Return the frame of the page with Agreement as the current section."""
    address = here.url("agreement")
    nav = tuple(replace(link, current=link.url == address) for link in here.shell.nav)
    return replace(here.shell, nav=nav)


@router.get("/studies/{study_id}/agreement", name="agreement_of_study")
def newest_agreement(request: Request, here: Reader, look: Look) -> Response:
    """Lead to the newest closed round, or say when the first figures appear."""
    newest = service.newest_closed(look, here.study_id)
    if newest is not None:
        return go(f"{here.url('rounds', round_id_of(newest))}/agreement")
    page = no_figures_page(look, here, None)
    return respond(request, "reports/no_figures.html", page, _under_agreement(here))


@router.get("/studies/{study_id}/rounds/{round_id}/agreement", name="agreement")
def show_agreement(
    request: Request,
    here: Reader,
    look: Look,
    round_id: PathId,
    facet: Annotated[MaybeId, Query()] = None,
    pair: Annotated[Count, Query()] = 0,
) -> Response:
    """Show the frozen figures of a round; while there are none, a page that says so."""
    round_ = find_round(look, here.study_id, round_id)
    shell = _under_agreement(here)
    if round_.closed_at is None:
        page = no_figures_page(look, here, round_)
        return respond(request, "reports/no_figures.html", page, shell)
    found = agreement_page(look, here, round_, facet_id=facet, pair=pair)
    return respond(request, "reports/agreement.html", found, shell)
