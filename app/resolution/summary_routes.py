"""The page that sums up the talk about a round."""

from fastapi import APIRouter, Request, Response

from app.coding.seals import check_figures_open
from app.negotiation.naming import closed_round, negotiation_shell
from app.resolution.summary import summary_page
from app.studies.deps import InStudy
from app.studies.rules import Role
from app.web.forms import PathId
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter()


@router.get("/studies/{study_id}/rounds/{round_id}/negotiation/summary", name="negotiation_summary")
def summary(request: Request, here: InStudy, look: Look, round_id: PathId) -> Response:
    """Show what came of the talk about a round, and how it went."""
    round_ = closed_round(look, here, round_id)
    is_lead = here.role is Role.LEAD
    check_figures_open(look, round_, member_id=here.member_id, is_lead=is_lead)
    shown = summary_page(look, here, round_)
    return respond(request, "resolution/summary.html", shown, negotiation_shell(here))
