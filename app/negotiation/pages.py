"""What the pages of a negotiation show."""

from dataclasses import dataclass, field
from datetime import datetime

from app.codebook.content import CategoryContent
from app.corpus.pages import CardView
from app.negotiation.naming import Named, Speaker


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
class Tab:
    """One choice above a list, with how many it holds."""

    words: str
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """A disagreement on the agenda."""

    url: str
    card: CardView
    state: str
    words: str
    pair: tuple[tuple[Named, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """Disagreements over the same pair of answers; without a pair, those that stand alone."""

    pair: tuple[tuple[Named, ...], ...]
    url: str
    states: tuple[str, ...]
    rows: tuple[AgendaRow, ...]
    note: str = ""

    @property
    def n_closed(self) -> int:
        return self.states.count("decided")

    @property
    def n_hidden(self) -> int:
        return len(self.states) - len(self.rows)


@dataclass(frozen=True, slots=True)
class AgendaPage:
    """What the coders of a round disagree on in one facet, confused pairs first."""

    round_name: str
    round_url: str
    facet_name: str
    is_over: bool
    facets: tuple[Tab, ...]
    states: tuple[Tab, ...]
    clusters: tuple[Cluster, ...]
    chosen_pair: tuple[tuple[Named, ...], ...] | None
    n_all: int
    n_decided: int
    next: AgendaRow | None
    outcomes: tuple[tuple[str, int], ...]
    elsewhere: tuple[Tab, ...]
    may_finish: bool
    all_url: str
    labels_url: str
    chooser_url: str


@dataclass(frozen=True, slots=True)
class PositionView:
    """What one coder said, alone, before the round closed."""

    speaker: Speaker
    answer: tuple[Named, ...]
    confidence: str
    memo: str


@dataclass(frozen=True, slots=True)
class CommentView:
    speaker: Speaker
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision in words; without an answer the card has no label."""

    answer: tuple[Named, ...]
    outcome: str
    cause: str
    rationale: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerOption:
    """One answer that the team may decide on."""

    value: str
    named: Named
    brief: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into the forms of a disagreement, and why it was not saved."""

    answers: tuple[str, ...] = ()
    outcome: str = ""
    cause: str = ""
    rationale: str = ""
    comment: str = ""
    sentence: str = ""
    field: str = ""
    is_stale: bool = False

    def error(self, name: str) -> str | None:
        """Return what is wrong with a field."""
        return self.sentence if self.field == name else None


@dataclass(frozen=True, slots=True)
class DisagreementPage:
    """One disagreement: the card, what everybody said, the talk and what was decided."""

    url: str
    agenda_url: str
    round_name: str
    facet_name: str
    card: CardView
    pair: tuple[tuple[Named, ...], ...]
    cluster_url: str
    place: int
    n_in_cluster: int
    flag: str
    positions: tuple[PositionView, ...]
    silent: tuple[str, ...]
    definitions: tuple[CategoryContent, ...]
    comments: tuple[CommentView, ...]
    decisions: tuple[DecisionView, ...]
    revision: int
    is_multiple: bool
    options: tuple[AnswerOption, ...]
    outcomes: tuple[tuple[str, str], ...]
    causes: tuple[tuple[str, str], ...]
    may_comment: bool
    may_decide: bool
    why_not: str
    previous_url: str
    next_url: str
    comment_operation: str
    decision_operation: str
    typed: Typed = field(default_factory=Typed)

    @property
    def is_form_open(self) -> bool:
        """Whether the form is unfolded: nothing was decided yet, or something was refused."""
        return not self.decisions or bool(self.typed.sentence and not self.typed.comment)
