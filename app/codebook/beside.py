"""What features further up show beside the codebook.

They give functions of these shapes to `app.main`, which keeps them in `app.state.codebook_panels`
and `app.state.codebook_notes`.
"""

from collections.abc import Callable, Mapping, Sequence

from fastapi import Request
from sqlmodel import Session

from app.studies.deps import Here
from app.studies.progress import Panel, PanelFinder, panels

NoteFinder = Callable[[Session, Here, int | None], Mapping[int, Panel]]
"""Returns what stands under each category of a version by its number, or of the draft."""


def panels_beside(request: Request, session: Session, here: Here) -> tuple[Panel, ...]:
    """Return the parts of the draft's page that others draw."""
    finders: Sequence[PanelFinder] = request.app.state.codebook_panels
    return panels(session, here, finders)


def notes_under(
    request: Request, session: Session, here: Here, number: int | None
) -> dict[int, tuple[Panel, ...]]:
    """Return what others say under each category, by its id."""
    found: dict[int, tuple[Panel, ...]] = {}
    finders: Sequence[NoteFinder] = request.app.state.codebook_notes
    for finder in finders:
        for category_id, note in finder(session, here, number).items():
            found[category_id] = (*found.get(category_id, ()), note)
    return found
