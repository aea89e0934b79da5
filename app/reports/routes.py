"""The agreement of a closed round, facet by facet, and its figures as files."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from app.coding.models import Round
from app.coding.rounds import (
    find_round,
    has_figures,
    round_id_of,
)
from app.errors import NotFound
from app.reports import service
from app.reports.figure_files import figure_file
from app.reports.frame import under_agreement
from app.reports.pages import (
    agreement_page,
    bootstrap_line,
    is_sealed_from,
    no_figures_page,
    shown_facet,
)
from app.reports.pictures import NAMES
from app.reports.plots import FigureKind
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import Count, MaybeId, PathId
from app.web.render import go, respond
from app.web.transaction import Look

router = APIRouter()

Reader = Annotated[Here, require(Action.READ)]


@router.get("/studies/{study_id}/agreement", name="agreement_of_study")
def newest_agreement(request: Request, here: Reader, look: Look) -> Response:
    """Lead to the newest closed round, or say when the first figures appear."""
    newest = service.newest_closed(look, here.study_id)
    if newest is not None:
        return go(f"{here.url('rounds', round_id_of(newest))}/agreement")
    page = no_figures_page(look, here, None)
    return respond(request, "reports/no_figures.html", page, under_agreement(here))


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
    shell = under_agreement(here)
    if not has_figures(round_) or is_sealed_from(look, here, round_):
        page = no_figures_page(look, here, round_)
        return respond(request, "reports/no_figures.html", page, shell)
    found = agreement_page(look, here, round_, facet_id=facet, pair=pair)
    return respond(request, "reports/agreement.html", found, shell)


@router.get("/studies/{study_id}/rounds/{round_id}/agreement/bootstrap", name="bootstrap")
def show_bootstrap(
    request: Request,
    here: Reader,
    look: Look,
    round_id: PathId,
    facet: Annotated[MaybeId, Query()] = None,
) -> Response:
    """Show how far the intervals of a facet are, as a line of the page."""
    round_ = _closed_round(look, here, round_id)
    line = bootstrap_line(look, here, round_, facet or next(iter(round_.facet_ids), 0))
    shown = replace(line, words=line.words or "The bootstrap intervals are ready.")
    return respond(request, "reports/_bootstrap.html", shown, here.shell)


@router.get(
    "/studies/{study_id}/rounds/{round_id}/agreement/figures/{name}.{kind}",
    name="agreement_figure",
)
def show_figure(
    request: Request,
    here: Reader,
    look: Look,
    round_id: PathId,
    name: str,
    kind: str,
    facet: Annotated[MaybeId, Query()] = None,
    pair: Annotated[Count, Query()] = 0,
    theme: Annotated[Literal["light", "dark", "print"], Query()] = "light",
) -> Response:
    """Give a figure of the page, for the page, for print or for slides."""
    if name not in NAMES or kind not in set(FigureKind):
        raise NotFound
    round_ = _closed_round(look, here, round_id)
    if not service.has_coefficients(here.study):
        raise NotFound("This study has no coefficient, so there is no figure of one.")
    shown = shown_facet(look, here, round_, facet_id=facet, pair=pair)
    if name not in shown.drawings:
        raise NotFound(f"There is nothing to draw: {_WHY_NOT[name]}.")
    return figure_file(request, shown.drawings[name], kind=kind, theme=theme)


_WHY_NOT = {
    "coefficients": "no coefficient was computed when this round closed",
    "categories": "no coefficient was computed when this round closed",
    "pairs": "a figure of each two coders needs three coders or more",
    "confusion": "cards carry several categories, or no two coders judged any",
    "course": "a course needs two closed rounds with a value",
}


def _closed_round(look: Look, here: Here, round_id: int) -> Round:
    round_ = find_round(look, here.study_id, round_id)
    service.check_report_open(
        look, round_, member_id=here.member_id, is_lead=here.may(Action.MANAGE_ROUNDS)
    )
    return round_
