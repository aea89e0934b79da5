"""What the page of one disagreement shows."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.corpus.pages import CardView
from app.negotiation.hearing import Live
from app.negotiation.item.parts import (
    DecisionPart,
    Definitions,
    ItemCard,
    ProposalChoices,
    SealedPart,
    Slip,
    StageView,
    TalkPart,
)
from app.negotiation.naming import Named


class View(StrEnum):
    """What of a disagreement somebody sees."""

    SEALED = "sealed"
    HIDDEN = "hidden"
    OPEN = "open"
    NAMELESS = "nameless"


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into one of the forms, and why it was not saved."""

    form: str = ""
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sentence: str = ""
    field: str = ""
    is_stale: bool = False

    def value(self, form: str, name: str, otherwise: str = "") -> str:
        """Return what was typed into a field, or what else to show there."""
        found = self.texts.get(name, ()) if form == self.form else ()
        return found[0] if found else otherwise

    def values(self, form: str, name: str) -> tuple[str, ...]:
        return self.texts.get(name, ()) if form == self.form else ()

    def error(self, form: str, name: str) -> str | None:
        """Return what is wrong with a field of a form."""
        return self.sentence if (form, name) == (self.form, self.field) else None

    def is_in(self, form: str) -> bool:
        return bool(self.sentence) and form == self.form

    def spoken_by(self, form: str, *names: str) -> bool:
        """Whether a form has to say what is wrong as a whole, none of these fields saying it."""
        return self.is_in(form) and not self.is_stale and self.field not in names

    @property
    def kept(self) -> tuple[str, ...]:
        """Return the texts in people's own words, to show them where their form is gone."""
        names = ("text", "quote", "rationale", "dissent", "reason", "clause_text", "clause_name")
        return tuple(text for name in names for text in self.texts.get(name, ()) if text.strip())


@dataclass(frozen=True, slots=True)
class DisagreementPage:
    """One disagreement: the card, what everybody said, the talk and what was decided."""

    url: str
    revision: int
    view: View
    agenda_url: str
    round_name: str
    facet_name: str
    pair: tuple[tuple[Named, ...], ...]
    group: str
    group_url: str
    place: int
    n_in_group: int
    flag: str
    gate: str
    is_review: bool
    stages: tuple[StageView, ...]
    card: ItemCard
    definitions: Definitions | None
    sealed: SealedPart | None
    slips: tuple[Slip, ...]
    talk: TalkPart
    decision: DecisionPart
    previous_url: str
    next_url: str
    live: Live
    typed: Typed

    @property
    def forms(self) -> frozenset[str]:
        """Return the forms that are drawn, by name: what was typed into another is shown apart."""
        part, proposal = self.decision, self.decision.proposal
        drawn = {
            "statement": self.sealed is not None and self.sealed.may_state,
            "open": self.sealed is not None and self.sealed.may_open,
            "comment": self.talk.may_comment and not self.talk.waits_for,
            "proposal": part.may_propose and not part.waits_for,
            "dissent": proposal is not None and proposal.may_answer,
            "deferral": part.may_defer,
            "escalation": part.may_escalate,
            "award": part.may_arbitrate,
        }
        return frozenset(name for name, is_drawn in drawn.items() if is_drawn)

    @property
    def left_over(self) -> tuple[str, ...]:
        """Return what was typed into a form that is not on the page any more."""
        return () if self.typed.form in self.forms else self.typed.kept

    def operation(self) -> str:
        """Return a fresh operation id: each form of the page has its own."""
        return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class StatementsPage:
    """The own sealed cards one after another; without an item nothing waits."""

    round_name: str
    agenda_url: str
    url: str
    item: DisagreementPage | None
    number: int
    total: int
    skip_url: str
    n_without_memo: int
    n_waiting: int
    typed: Typed

    def operation(self) -> str:
        return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """A card that a proposal for several would cover."""

    value: str
    card: CardView
    url: str
    words: str
    is_chosen: bool
    can_take: bool


@dataclass(frozen=True, slots=True)
class ClusterPage:
    """A proposal for several cards with one rationale."""

    url: str
    agenda_url: str
    back_url: str
    round_name: str
    facet_id: int
    facet_name: str
    pair: tuple[tuple[Named, ...], ...]
    pair_key: str
    rows: tuple[ClusterRow, ...]
    choices: ProposalChoices
    why_not: str
    typed: Typed

    def operation(self) -> str:
        return str(uuid.uuid4())
