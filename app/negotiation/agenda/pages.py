"""What the agenda of a negotiation shows."""

from dataclasses import dataclass

from app.corpus.pages import CardView
from app.negotiation.hearing import Live
from app.negotiation.naming import Named
from app.negotiation.pages import Tab


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A closed round among those to choose from."""

    name: str
    url: str
    labels_url: str
    is_done: bool
    n_open: int
    n_all: int


@dataclass(frozen=True, slots=True)
class ChooserPage:
    """The closed rounds of the study, newest first."""

    rounds: tuple[RoundRow, ...]
    rounds_url: str


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """A disagreement on the agenda; `state` is what it is for the person who reads."""

    id: int
    url: str
    card: CardView
    state: str
    words: str
    pair: tuple[tuple[Named, ...], ...] = ()
    may_uphold: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """Disagreements over the same pair of answers; without a pair, those that stand alone.

    `marks` holds one word for each card, unless there are too many to draw.
    """

    key: str
    pair: tuple[tuple[Named, ...], ...]
    url: str
    n_all: int
    n_closed: int
    marks: tuple[str, ...]
    rows: tuple[AgendaRow, ...]
    note: str = ""

    @property
    def n_hidden(self) -> int:
        return self.n_all - len(self.rows)


@dataclass(frozen=True, slots=True)
class Aside:
    """A list beside the clusters: sealed cards, or agreements to look at again."""

    rows: tuple[AgendaRow, ...]
    n_all: int
    n_closed: int
    url: str

    @property
    def n_hidden(self) -> int:
        return self.n_all - len(self.rows)


@dataclass(frozen=True, slots=True)
class Step:
    """Where to go on, and the words on the way there."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of the filter with what can be chosen."""

    name: str
    label: str
    every: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which part of the agenda is shown, and the form that asks for another."""

    url: str
    kept: tuple[tuple[str, str], ...]
    choices: tuple[Choice, ...]

    @property
    def is_on(self) -> bool:
        return any(choice.chosen for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Arranging:
    """How the team changes the order; while `is_on` each list has its buttons."""

    is_on: bool
    toggle_url: str
    move_url: str
    reset_url: str
    operation_id: str
    facet_id: int


@dataclass(frozen=True, slots=True)
class AgendaPage:
    """What the coders of a round disagree on in one facet, confused pairs first."""

    round_name: str
    round_url: str
    facet_name: str
    is_over: bool
    sees_all: bool
    facets: tuple[Tab, ...]
    states: tuple[Tab, ...]
    filter: Filter
    arranging: Arranging | None
    clusters: tuple[Cluster, ...]
    chosen_pair: tuple[tuple[Named, ...], ...] | None
    older: Step | None
    newer: Step | None
    sealed: Aside | None
    reviews: Aside | None
    n_all: int
    n_decided: int
    statements: Step | None
    next: Step | None
    later: Step | None
    pace: str
    stopped: Step | None
    outcomes: tuple[tuple[str, int], ...]
    elsewhere: tuple[Tab, ...]
    may_finish: bool
    review_operation: str
    all_url: str
    labels_url: str
    chooser_url: str
    live: Live
