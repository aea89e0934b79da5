"""The page of a card's whole life."""

from fastapi import APIRouter, Request, Response

from app.resolution.life import life_page
from app.studies.deps import InStudy
from app.web.forms import PathId
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter()


@router.get("/studies/{study_id}/cards/{card_id}/life", name="card_life")
def life(request: Request, here: InStudy, look: Look, card_id: PathId) -> Response:
    """Show a card from its import to what it counts as now."""
    page = life_page(look, here, card_id)
    return respond(request, "resolution/life.html", page, here.shell)
