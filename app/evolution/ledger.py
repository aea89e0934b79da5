"""The ledger: which decision led to which rule of the codebook, and which led to none."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.codebook.lineage import names_of
from app.codebook.models import CodebookVersion, Facet
from app.codebook.service import published
from app.coding.measuring import coders_of_round
from app.coding.models import Round
from app.coding.seals import has_seals
from app.corpus.models import Card
from app.evolution.service import closed_rounds
from app.negotiation.clauses import ClauseKind
from app.negotiation.models import Clause, Decision, Disagreement, Proposal
from app.negotiation.rules import WORDS_FOR_CAUSE, WORDS_FOR_OUTCOME, Cause, Flag, Outcome
from app.studies.deps import Here
from app.studies.models import Membership

CALLS_FOR_A_RULE = (Cause.UNCLEAR_DEFINITION, Cause.OVERLAPPING_CODES, Cause.MISSING_CODE)


@dataclass(frozen=True, slots=True)
class Source:
    """A decision on a card, by which people find it again."""

    card: str
    url: str
    round_name: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule with the decisions it came from; `version` is None until it is published."""

    clause_id: int
    kind: ClauseKind
    facet: str
    category_id: int | None
    category: str
    into_id: int | None
    into: str
    names: tuple[str, ...]
    text: str
    state: str
    reason: str
    version: int | None
    version_id: int | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A decision that led to no rule."""

    source: Source
    facet: str
    cause: Cause
    outcome: Outcome

    @property
    def cause_words(self) -> str:
        return WORDS_FOR_CAUSE[self.cause]

    @property
    def outcome_words(self) -> str:
        return WORDS_FOR_OUTCOME[self.outcome]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Rules with their decisions, decisions without a rule; `left_out` rounds are sealed."""

    entries: tuple[Entry, ...]
    unwritten: tuple[Unwritten, ...]
    left_out: tuple[str, ...]


def ledger(session: Session, here: Here) -> Ledger:
    """Return the ledger of a study: only decisions of closed rounds that nothing seals."""
    closed = closed_rounds(session, here.study_id)
    left_out = [one for one in closed if has_seals(session, one)]
    rounds = {one.id or 0: one for one in closed if one not in left_out}
    namer = _Namer(session, here, rounds)
    entries = _entries(session, here.study_id, namer)
    return Ledger(
        tuple(entries),
        tuple(_unwritten(session, here.study_id, namer)),
        tuple(one.name for one in left_out),
    )


class _Namer:
    """Names what a decision stands for: card, round, and people by the labels of their round."""

    def __init__(self, session: Session, here: Here, rounds: Mapping[int, Round]) -> None:
        self.rounds = rounds
        self._here = here
        self._labels = {
            round_id: {one.id: one.label for one in coders_of_round(session, round_)}
            for round_id, round_ in rounds.items()
        }
        every = session.exec(select(Membership).where(Membership.study_id == here.study_id))
        self._roles = {one.id: one.role for one in every}
        facets = session.exec(select(Facet).where(Facet.study_id == here.study_id))
        self.facets = {one.id: one.name for one in facets}
        keys = (
            select(Card.id, Card.key)
            .join(Disagreement, col(Disagreement.card_id) == col(Card.id))
            .where(Disagreement.study_id == here.study_id)
        )
        self._cards = dict(session.exec(keys).all())

    def source(self, found: Disagreement, decision: Decision) -> Source:
        round_ = self.rounds[found.round_id]
        return Source(
            card=self._cards.get(found.card_id, ""),
            url=self._here.url("rounds", found.round_id, "disagreements", found.id),
            round_name=round_.name,
            who=self._who(found.round_id, decision.decided_by),
            at=decision.at,
        )

    def _who(self, round_id: int, member_id: int | None) -> str:
        label = self._labels[round_id].get(member_id or 0)
        return label or f"the {self._roles.get(member_id, 'team')}"


def _entries(session: Session, study_id: int, namer: _Namer) -> list[Entry]:
    rows = session.exec(
        select(Clause, Proposal, Disagreement, Decision)
        .join(Proposal, col(Proposal.id) == col(Clause.proposal_id))
        .join(Disagreement, col(Disagreement.id) == col(Proposal.disagreement_id))
        .join(Decision, col(Decision.proposal_id) == col(Proposal.id))
        .where(Clause.study_id == study_id, Proposal.status == "accepted")
        .order_by(col(Clause.id))
    ).all()
    grouped: dict[tuple[object, ...], list[tuple[Clause, Source]]] = defaultdict(list)
    for clause, proposal, found, decision in rows:
        if found.round_id in namer.rounds:
            source = namer.source(found, decision)
            grouped[_what_it_says(clause, proposal)].append((clause, source))
    versions = {one.id: one for one in published(session, study_id)}
    names = names_of(session, study_id, _category_ids(clause for clause, *_ in rows))
    return [
        _entry([one for one, _ in group], [source for _, source in group], namer, names, versions)
        for group in grouped.values()
    ]


def _what_it_says(clause: Clause, proposal: Proposal) -> tuple[object, ...]:
    """Return what is the same for clauses that one act of the team made."""
    said = (clause.facet_id, clause.category_id, clause.into_id, clause.name, clause.text)
    return proposal.batch or proposal.id, clause.kind, clause.state, *said


def _category_ids(clauses: Iterable[Clause]) -> set[int]:
    return {one for clause in clauses for one in (clause.category_id, clause.into_id) if one}


def _entry(
    clauses: Sequence[Clause],
    sources: Sequence[Source],
    namer: _Namer,
    names: Mapping[int, str],
    versions: Mapping[int | None, CodebookVersion],
) -> Entry:
    clause = clauses[0]
    version = versions.get(clause.version_id)
    return Entry(
        clause_id=clause.id or 0,
        kind=ClauseKind(clause.kind),
        facet=namer.facets[clause.facet_id],
        category_id=clause.category_id,
        category=names.get(clause.category_id or 0, ""),
        into_id=clause.into_id,
        into=names.get(clause.into_id or 0, ""),
        names=tuple(clause.name.splitlines()),
        text=clause.text,
        state=clause.state,
        reason=clause.reason,
        version=version.number if version else None,
        version_id=version.id if version else None,
        sources=tuple(sources),
    )


def _unwritten(session: Session, study_id: int, namer: _Namer) -> list[Unwritten]:
    """Return the decisions that led to no rule, first those whose cause calls for one."""
    with_rule = (
        select(Proposal.disagreement_id)
        .join(Clause, col(Clause.proposal_id) == col(Proposal.id))
        .where(Clause.study_id == study_id, Proposal.status == "accepted")
    )
    rows = session.exec(
        select(Disagreement, Decision)
        .join(Decision, col(Decision.disagreement_id) == col(Disagreement.id))
        .where(
            Disagreement.study_id == study_id,
            Disagreement.state == "decided",
            Disagreement.flag < Flag.FRAGILE_AGREEMENT,
            col(Disagreement.id).not_in(with_rule),
        )
        .order_by(col(Decision.revision))
    ).all()
    newest = {found.id: (found, decision) for found, decision in rows}
    unwritten = [
        Unwritten(
            namer.source(found, decision),
            namer.facets[found.facet_id],
            Cause(decision.cause),
            Outcome(decision.outcome),
        )
        for found, decision in newest.values()
        if found.round_id in namer.rounds
    ]
    order = [*CALLS_FOR_A_RULE, *(one for one in Cause if one not in CALLS_FOR_A_RULE)]
    return sorted(unwritten, key=lambda one: (order.index(one.cause), one.source.card))
