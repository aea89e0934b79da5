"""The parts of the page of one disagreement."""

from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from app.corpus.pages import CardView
from app.negotiation.naming import Named, Speaker
from app.sources.beside import Context

Options = tuple[tuple[str, str], ...]
"""Values with their words, as a select takes them."""


@dataclass(frozen=True, slots=True)
class StageView:
    words: str
    state: str


@dataclass(frozen=True, slots=True)
class ItemCard:
    """The card, with what coders rest on marked in its text."""

    view: CardView
    text: Markup
    marked_by: tuple[Speaker, ...]
    context: Context | None


@dataclass(frozen=True, slots=True)
class StatementView:
    """A first statement, and the words of the card it rests on."""

    text: str
    quotes: tuple[str, ...]
    sealed_at: datetime
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Slip:
    """What one coder said, alone, before the round closed, and stated before the talk."""

    speaker: Speaker
    answer: tuple[Named, ...]
    confidence: str
    memo: str
    statement: StatementView | None = None
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of the text that is about to be evidence, as the form holds it."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class SealedPart:
    """What is seen of a sealed card: the own part, and whose is missing."""

    own: Slip | None
    may_state: bool
    missing: tuple[str, ...]
    n_missing: int
    may_open: bool
    prefilled: str
    marked: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class CommentView:
    id: int
    speaker: Speaker
    text: str
    at: datetime
    replies: tuple["CommentView", ...] = ()


@dataclass(frozen=True, slots=True)
class TalkPart:
    """The discussion, and what one may add to it."""

    comments: tuple[CommentView, ...]
    silent: tuple[str, ...]
    passed: tuple[Speaker, ...]
    may_comment: bool
    may_pass: bool
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClauseView:
    """What a proposal writes into the codebook, and what became of it."""

    words: str
    category: Named | None
    into: Named | None
    name: str
    text: str
    state: str


@dataclass(frozen=True, slots=True)
class VoiceView:
    """A party's answer to a proposal; without `at` it is waited for."""

    speaker: Speaker
    at: datetime | None
    dissent: str = ""

    @property
    def is_dissent(self) -> bool:
        return bool(self.dissent)


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another card that one act proposed the same for."""

    key: str
    url: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal in words; without an answer the card gets no label."""

    id: int
    speaker: Speaker
    at: datetime
    answer: tuple[Named, ...]
    outcome: str
    cause: str
    rationale: str
    voices: tuple[VoiceView, ...]
    clauses: tuple[ClauseView, ...]
    status: str
    batch: str = ""
    siblings: tuple[Sibling, ...] = ()
    n_to_confirm: int = 0
    may_answer: bool = False
    may_withdraw: bool = False
    may_settle: bool = False

    @property
    def dissents(self) -> tuple[VoiceView, ...]:
        return tuple(one for one in self.voices if one.is_dissent)

    @property
    def confirm_words(self) -> str:
        """Return what the button to confirm says: the label, or that there is none."""
        return " + ".join(one.name for one in self.answer) if self.answer else "no label"


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision in words; a deferred one says who takes care of it until when."""

    answer: tuple[Named, ...]
    outcome: str
    cause: str
    rationale: str
    by: Speaker | None
    at: datetime
    clauses: tuple[ClauseView, ...] = ()
    dissents: tuple[VoiceView, ...] = ()
    owner: Speaker | None = None
    due_on: date | None = None
    is_deferred: bool = False


@dataclass(frozen=True, slots=True)
class AnswerOption:
    """One answer that may be proposed."""

    value: str
    named: Named
    brief: str


@dataclass(frozen=True, slots=True)
class ProposalChoices:
    """What the form of a proposal, or of an award, offers. Nothing is chosen beforehand."""

    is_multiple: bool
    options: tuple[AnswerOption, ...]
    outcomes: Options
    causes: Options
    clause_kinds: Options
    categories: Options
    wanted_outcome: str = ""


@dataclass(frozen=True, slots=True)
class DecisionPart:
    """What is on the table, what was decided, and what one may do about it."""

    proposal: ProposalView | None
    decision: DecisionView | None
    earlier_decisions: tuple[DecisionView, ...]
    earlier_proposals: tuple[ProposalView, ...]
    escalated: tuple[str, Speaker | None] | None
    choices: ProposalChoices
    may_propose: bool
    may_defer: bool
    may_take_up: bool
    may_escalate: bool
    may_arbitrate: bool
    may_uphold: bool
    waits_for: tuple[str, ...]
    why_not: str
    in_charge: Options
    cluster_url: str = ""

    @property
    def is_deferred(self) -> bool:
        return self.decision is not None and self.decision.is_deferred


@dataclass(frozen=True, slots=True)
class Worded:
    """Words of a definition; `differs` where its neighbour says something else."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class DefinitionField:
    """One part of the definitions, category by category; none where one says nothing."""

    words: str
    texts: tuple[str, ...]
    compared: tuple[tuple[Worded, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Definitions:
    """What the codebook says about some categories, side by side."""

    version: str
    categories: tuple[Named, ...]
    fields: tuple[DefinitionField, ...]

    @property
    def is_pair(self) -> bool:
        return len(self.categories) == 2
