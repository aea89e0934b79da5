"""What features further up show beside a card: `app.state.card_panels` holds their functions."""

from collections.abc import Callable, Sequence

from fastapi import Request
from sqlmodel import Session

from app.corpus.models import Card
from app.studies.deps import Here
from app.studies.progress import Panel

CardPanelFinder = Callable[[Session, Here, Card], Panel | None]


def panels_beside(request: Request, session: Session, here: Here, card: Card) -> tuple[Panel, ...]:
    """Return the parts of a card's page that others draw."""
    finders: Sequence[CardPanelFinder] = request.app.state.card_panels
    found = (finder(session, here, card) for finder in finders)
    return tuple(panel for panel in found if panel is not None)
