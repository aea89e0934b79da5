"""What the map of a round shows: piles under the categories they go to, proposals, the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.alignment.rules import Shared
from app.coding.piles import Excerpt
from app.resolution.ways_to_look import Way


@dataclass(frozen=True, slots=True)
class PileRow:
    """A coder's pile. `value` is what a form calls it, the act that the page shows included."""

    value: str
    is_ticked: bool
    coder: str
    name: str
    description: str
    tone: int
    letter: str
    n_cards: int
    cards: tuple[tuple[Excerpt, str], ...]
    n_more: int
    reason: str
    proposal: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where piles go: a category with its piles, or one of the other places."""

    key: str
    name: str
    definition: str
    rows: tuple[PileRow, ...]
    n_cards: int
    shared: Shared | None = None
    is_of_codebook: bool = False


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal: nothing of it counts before somebody takes it over."""

    key: str
    name: str
    is_new: bool
    definition: str
    piles: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class LogLine:
    """One act on the map; `number` is set where it can be undone."""

    who: str
    words: str
    reason: str
    at: datetime
    number: int | None


@dataclass(frozen=True, slots=True)
class Typed:
    """What a refused form held, and why it was refused."""

    error: str = ""
    form: str = ""
    piles: frozenset[str] = frozenset()
    targets: tuple[str, ...] = ()
    name: str = ""
    definition: str = ""
    reason: str = ""

    def refused(self, error: str) -> "Typed":
        return replace(self, error=error)


NOTHING_TYPED = Typed()


@dataclass(frozen=True, slots=True)
class MapPage:
    """The map of one facet of a round."""

    round_name: str
    round_url: str
    url: str
    piles_url: str
    facet_id: int
    facet_name: str
    facet_description: str
    facets: tuple[tuple[str, str, bool], ...]
    ways: tuple[Way, ...]
    is_multiple: bool
    is_aligned: bool
    is_hybrid: bool
    may_match: bool
    may_confirm: bool
    has_no_cards_compared: bool
    n_matched: int
    n_piles: int
    waiting: tuple[PileRow, ...]
    places: tuple[Place, ...]
    proposals: tuple[ProposalView, ...]
    targets: tuple[tuple[str, str], ...]
    log: tuple[LogLine, ...]
    typed: Typed
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FacetSummary:
    """What confirming makes of one facet."""

    name: str
    url: str
    categories: tuple[tuple[str, str, bool, int], ...]
    dropped: tuple[tuple[str, str, int, str, str], ...]
    waiting: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """What the lead reads before the map is confirmed."""

    round_name: str
    round_url: str
    map_url: str
    url: str
    next_version: int
    has_new: bool
    facets: tuple[FacetSummary, ...]
    missing: Sequence[str]
    unused: tuple[str, ...]
    last_act: int
    draft_hash: str
    note: str
    error: str
    has_coefficients: bool
