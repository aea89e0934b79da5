"""One disagreement: its page, and what it shows to whom."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.negotiation.item.reading import disagreement_page
from app.negotiation.naming import closed_round, negotiation_shell
from app.negotiation.service import find_disagreement
from app.studies.deps import InStudy
from app.web.forms import PathId
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter()


@router.get(
    "/studies/{study_id}/rounds/{round_id}/disagreements/{disagreement_id}", name="disagreement"
)
def disagreement(
    request: Request,
    here: InStudy,
    look: Look,
    round_id: PathId,
    disagreement_id: PathId,
    outcome: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show one disagreement; with an outcome the form to propose it is open."""
    round_ = closed_round(look, here, round_id)
    found = find_disagreement(look, round_, disagreement_id)
    page = disagreement_page(look, here, round_, found, wanted=outcome)
    return respond(request, "negotiation/disagreement.html", page, negotiation_shell(here))
