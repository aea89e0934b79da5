"""What the page of a card's whole life shows."""

from dataclasses import dataclass
from datetime import datetime

from app.corpus.pages import CardView
from app.negotiation.naming import Named, Speaker


@dataclass(frozen=True, slots=True)
class PlacementView:
    """What a coder said alone, before anybody saw it."""

    speaker: Speaker
    answer: tuple[Named, ...]
    confidence: str
    memo: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TalkLine:
    """One act of the talk: who did what, when, in which words."""

    speaker: Speaker
    what: str
    at: datetime
    answer: tuple[Named, ...] = ()
    text: str = ""
    is_decision: bool = False


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """What the talk wrote into the codebook, and what became of it."""

    words: str
    category: str
    text: str
    state: str


@dataclass(frozen=True, slots=True)
class MigrationLine:
    """A merge of categories that took the label along."""

    version: int
    was: tuple[Named, ...]
    became: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class FacetLife:
    """What happened to a card on a facet in a round; `sealed_words` says what is hidden and why."""

    name: str
    placements: tuple[PlacementView, ...]
    sealed_words: str = ""
    talk_url: str = ""
    lines: tuple[TalkLine, ...] = ()
    clauses: tuple[ClauseLine, ...] = ()
    migrations: tuple[MigrationLine, ...] = ()
    label: tuple[Named, ...] = ()
    provenance: str = ""


@dataclass(frozen=True, slots=True)
class RoundLife:
    """What happened to a card in a round."""

    name: str
    url: str
    kind: str
    version: int
    is_open: bool
    is_void: bool
    since: datetime
    facets: tuple[FacetLife, ...]


@dataclass(frozen=True, slots=True)
class NowLine:
    """What the card counts as on a facet now."""

    facet: str
    answer: tuple[Named, ...]
    provenance: str
    round_name: str
    round_url: str
    version: int
    was: tuple[Named, ...]
    migrated_in: int | None
    stale_since: int | None


@dataclass(frozen=True, slots=True)
class LifePage:
    """One card from its import to what it counts as now."""

    card: CardView
    imported_from: str
    imported_at: datetime
    now: tuple[NowLine, ...]
    rounds: tuple[RoundLife, ...]
    cards_url: str
