"""What-if: a question to a closed round, answered from its judgements and kept nowhere."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.coding.rounds import (
    find_round,
    has_figures,
)
from app.reports.frame import under_agreement
from app.reports.pages import is_sealed_from, no_figures_page
from app.reports.supposing import Choices
from app.reports.what_if import what_if_page
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import MaybeId, PathId
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter()


@router.get("/studies/{study_id}/rounds/{round_id}/agreement/what-if", name="what_if")
def show_what_if(
    request: Request,
    here: Annotated[Here, require(Action.READ)],
    look: Look,
    round_id: PathId,
    facet: Annotated[MaybeId, Query()] = None,
    merge: Annotated[tuple[str, ...], Query()] = (),
    without: Annotated[str, Query()] = "",
    against: Annotated[str, Query()] = "",
    parents: Annotated[str, Query()] = "",
) -> Response:
    """Show every figure of a facet as measured and as it would have been."""
    # Choices that do not exist are told on the page itself, so they are taken as they come.
    choices = Choices(merge, without, against, by_parent=bool(parents))
    round_ = find_round(look, here.study_id, round_id)
    shell = under_agreement(here)
    if not has_figures(round_) or is_sealed_from(look, here, round_):
        none = no_figures_page(look, here, round_)
        return respond(request, "reports/no_figures.html", none, shell)
    page = what_if_page(look, here, round_, facet_id=facet, choices=choices)
    status = 422 if page.error else 200
    return respond(request, "reports/what_if.html", page, shell, status=status)
