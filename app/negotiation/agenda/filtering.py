"""Which part of an agenda is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from sqlalchemy import select
from sqlmodel import Session, col

from app.codebook.content import FacetContent
from app.coding.judged import judged
from app.coding.measuring import coders_of_round
from app.coding.models import Placement, Round
from app.coding.visibility import Viewer
from app.negotiation.agenda.pages import Choice, Filter
from app.negotiation.differing import IS_DISAGREEMENT
from app.negotiation.models import Disagreement
from app.negotiation.naming import agenda_url
from app.negotiation.rules import WORDS_FOR_FLAG, Flag
from app.studies.deps import Here
from app.text import is_blank

STATES = {
    "": "All",
    "mine": "Waiting for you",
    "open": "Open",
    "decided": "Decided",
    "deferred": "Deferred",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the agenda is asked for; `page` counts from 1 within one list."""

    facet_id: int | None = None
    state: str = ""
    pair: str = ""
    flag: int = 0
    coder: str = ""
    category: int = 0
    page: int = 1
    arrange: bool = False

    @property
    def narrows(self) -> bool:
        """Whether it asks for what answers say; sealed cards never match that."""
        return bool(self.flag or self.coder or self.category)


def asked_for(facet_id: int | None, state: str, pair: str, **more: object) -> Wanted:
    """Return what a query asks for; a state nobody knows counts as none."""
    wanted = Wanted(facet_id, state if state in STATES else "", "" if is_blank(pair) else pair)
    return replace(wanted, **more)  # type: ignore[arg-type]


def url_of(here: Here, round_: Round, wanted: Wanted) -> str:
    """Return the address of a part of the agenda."""
    asked = {
        "facet": wanted.facet_id,
        "state": wanted.state,
        "pair": wanted.pair,
        "flag": wanted.flag,
        "coder": wanted.coder,
        "category": wanted.category,
        "page": wanted.page if wanted.page > 1 else 0,
        "arrange": int(wanted.arrange),
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{agenda_url(here, round_)}?{query}"


def filter_of(
    session: Session, here: Here, round_: Round, facet: FacetContent, wanted: Wanted
) -> Filter:
    """Return the form that narrows the agenda by reason, coder and category."""
    coders = [one.label for one in coders_of_round(session, round_)] if _names(here) else []
    flags = [flag for flag in Flag if flag.is_disagreement]
    kept = {"facet": str(facet.id), "state": wanted.state, "pair": wanted.pair}
    return Filter(
        url=agenda_url(here, round_),
        kept=tuple((name, value) for name, value in kept.items() if value),
        choices=(
            Choice(
                "flag",
                "Reason",
                "Any reason",
                tuple((str(int(one)), _capital(WORDS_FOR_FLAG[one])) for one in flags),
                str(wanted.flag or ""),
            ),
            Choice(
                "category",
                "Category",
                "Any category",
                tuple((str(one.id), one.name) for one in facet.categories),
                str(wanted.category or ""),
            ),
            Choice(
                "coder", "Coder", "Any coder", tuple((one, one) for one in coders), wanted.coder
            ),
        ),
    )


def _names(here: Here) -> bool:
    return here.role.value != "arbiter"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def matching_cards(
    session: Session, here: Here, round_: Round, facet_id: int, wanted: Wanted
) -> set[int] | None:
    """Return the cards on which a coder spoke, or a category was named; None when not asked.

    Only what this person may see is searched, and only cards on which coders differ.
    """
    if not (wanted.coder or wanted.category):
        return None
    differing = select(col(Disagreement.card_id)).where(
        col(Disagreement.round_id) == round_.id,
        col(Disagreement.facet_id) == facet_id,
        IS_DISAGREEMENT,
    )
    conditions = [col(Placement.card_id).in_(differing)]
    if wanted.coder:
        by = _with_label(session, round_, wanted.coder)
        conditions.append(col(Placement.coder_id).in_(by))
    said = judged(session, Viewer(here.member_id), round_, facet_id, *conditions)
    return {
        one.card_id for one in said if not wanted.category or wanted.category in one.category_ids
    }


def _with_label(session: Session, round_: Round, label: str) -> Sequence[int]:
    return [one.id for one in coders_of_round(session, round_) if one.label == label]
