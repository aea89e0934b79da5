"""What help the coders of a round had on a facet, and what they made of it."""

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.models import Round
from app.coding.rounds import protocol_of
from app.coding.seen_suggestions import uptake_of
from app.reports.helped import Helped


def helped_on(session: Session, round_: Round, facet: FacetContent) -> Helped | None:
    """Return it for a closed round; None where no help was declared."""
    assistance = protocol_of(round_).assistance
    if not assistance:
        return None
    uptake = uptake_of(session, round_, facet.id)
    if uptake is None:
        return Helped(assistance)
    return Helped(assistance, uptake.n_shown, uptake.n_judged, uptake.n_followed)
