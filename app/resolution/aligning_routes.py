"""What coders made of an open or hybrid sort, to be looked at by the team once it has closed."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.resolution.aligning_page import aligning_page
from app.resolution.ways_to_look import round_with_piles
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
    page = aligning_page(look, here, round_with_piles(look, here, round_id), facet)
    return respond(request, "resolution/aligning.html", page, here.shell)
