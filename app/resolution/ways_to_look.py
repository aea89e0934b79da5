"""What every page about a closed sort's piles has in common: who may come in, and the way on."""

from dataclasses import dataclass

from sqlmodel import Session

from app.coding.models import Round
from app.coding.rounds import find_round
from app.coding.rules import Sort
from app.errors import NotFound
from app.negotiation.naming import check_no_arbiter
from app.studies.deps import Here
from app.studies.rules import Stance

_WAYS = (
    ("all", "Piles"),
    ("similarity", "Similarity"),
    ("tree", "Tree"),
    ("overlap", "Overlap"),
)
_FIGURES = ("partitions", "Agreement of piles")
_MAP = ("map", "Matching")


@dataclass(frozen=True, slots=True)
class Way:
    """A page about the same piles."""

    words: str
    url: str
    is_current: bool


def round_with_piles(session: Session, here: Here, round_id: int) -> Round:
    """Return an open or hybrid round that has closed; there are no such pages before that.

    Raises Conflict for an arbiter while cards may still be handed over to one.
    """
    round_ = find_round(session, here.study_id, round_id)
    if round_.sort == Sort.CLOSED or round_.closed_at is None:
        raise NotFound
    check_no_arbiter(here, round_)
    return round_


def ways_to_look(here: Here, round_url: str, facet_id: int, current: str) -> tuple[Way, ...]:
    """Return the pages about a facet's piles; coefficients only where the study speaks of them."""
    has_figures = here.study.stance == Stance.RELIABILITY
    ways = (*_WAYS, *((_FIGURES,) if has_figures else ()), _MAP)
    return tuple(
        Way(words, f"{round_url}/piles/{name}?facet={facet_id}", name == current)
        for name, words in ways
    )
