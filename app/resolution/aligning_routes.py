"""What coders made of an open or hybrid sort, to be looked at by the team once it has closed."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.coding.rounds import find_round
from app.coding.rules import Sort
from app.errors import NotFound
from app.negotiation.naming import check_no_arbiter
from app.resolution.aligning_page import aligning_page
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import MaybeId, PathId
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter()


@router.get("/studies/{study_id}/rounds/{round_id}/piles/all", name="piles_of_round")
def piles_of_round(
    request: Request,
    here: Annotated[Here, require(Action.READ)],
    look: Look,
    round_id: PathId,
    facet: Annotated[MaybeId, Query()] = None,
) -> Response:
    """Show every coder's piles; there is no such page before the round has closed."""
    round_ = find_round(look, here.study_id, round_id)
    if round_.sort == Sort.CLOSED or round_.closed_at is None:
        raise NotFound
    check_no_arbiter(here, round_)
    page = aligning_page(look, here, round_, facet)
    return respond(request, "resolution/aligning.html", page, here.shell)
