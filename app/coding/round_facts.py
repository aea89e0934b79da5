"""What is known of a round to everybody in the study: how it was set up, never who did what."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import distinct, func
from sqlmodel import Session, col, select

from app.codebook.models import CodebookVersion
from app.coding.assistance import assistance_words
from app.coding.measuring import facets_of_round
from app.coding.models import Assignment, Round, RoundCoder
from app.coding.rounds import coder_ids_of, plan_of, protocol_of, round_id_of, rounds_of
from app.coding.rules import (
    WORDS_FOR_HEADLINE,
    WORDS_FOR_SORT,
    CardChoice,
    Headline,
    Kind,
    Phase,
    Plan,
    Protocol,
    Sort,
    measures_reliability,
)
from app.studies.deps import Here
from app.studies.service import member_names
from app.web.render import plural

WORDS_FOR_KIND = {
    Kind.INDEPENDENT: "independent",
    Kind.CALIBRATION: "calibration",
    Kind.RECODE: "recoding",
    Kind.DRIFT_CHECK: "drift check",
}
WORDS_FOR_PHASE = {
    Phase.DRAFT: "in preparation",
    Phase.OPEN: "open",
    Phase.ALIGNING: "aligning",
    Phase.NEGOTIATING: "negotiating",
    Phase.DONE: "done",
    Phase.VOID: "void",
}


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round in the list of rounds."""

    name: str
    url: str
    kind: str
    phase: Phase
    phase_words: str
    version: str
    n_cards: int
    n_coders: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """How a round was set up; frozen when it opened.

    `headline` and `threshold` are empty where no coefficient is held against a threshold.
    """

    sort: str
    kind: str
    version: str
    version_url: str
    facets: tuple[str, ...]
    n_cards: int
    n_shared: int
    chosen: str
    share: int
    coders: tuple[str, ...]
    participants: str
    seed: int
    headline: str
    threshold: str
    assistance: str
    talk: tuple[str, ...]
    opened_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    ended_at: datetime | None
    end_reason: str


def round_rows(session: Session, here: Here) -> tuple[RoundRow, ...]:
    """Return the study's rounds, newest first."""
    rounds = rounds_of(session, here.study_id)
    ids = [round_.id for round_ in rounds]
    cards = _counts(session, ids)
    coders = dict(
        session.exec(
            select(RoundCoder.round_id, func.count())
            .where(col(RoundCoder.round_id).in_(ids))
            .group_by(col(RoundCoder.round_id))
        ).all()
    )
    numbers = _version_numbers(session, here.study_id)
    return tuple(
        RoundRow(
            name=round_.name,
            url=here.url("rounds", round_.id),
            kind=WORDS_FOR_KIND[Kind(round_.kind)],
            phase=Phase(round_.phase),
            phase_words=WORDS_FOR_PHASE[Phase(round_.phase)],
            version=_version_words(numbers, round_),
            n_cards=cards.get(round_id_of(round_), 0),
            n_coders=coders.get(round_id_of(round_), 0),
            since=round_.ended_at or round_.closed_at or round_.opened_at or round_.created_at,
        )
        for round_ in rounds
    )


def _counts(session: Session, round_ids: list[int | None]) -> dict[int, int]:
    statement = (
        select(Assignment.round_id, func.count(distinct(col(Assignment.card_id))))
        .where(col(Assignment.round_id).in_(round_ids))
        .group_by(col(Assignment.round_id))
    )
    return dict(session.exec(statement).all())


def _version_numbers(session: Session, study_id: int) -> dict[int | None, int]:
    statement = select(CodebookVersion.id, CodebookVersion.number).where(
        CodebookVersion.study_id == study_id
    )
    return dict(session.exec(statement).all())


def _version_words(numbers: dict[int | None, int], round_: Round) -> str:
    number = numbers.get(round_.codebook_version_id)
    return f"version {number}" if number else "none yet"


def facts_of(session: Session, here: Here, round_: Round) -> Facts:
    """Return how the round was set up."""
    plan = plan_of(round_)
    n_coders_of_card = (
        select(func.count().label("n"))
        .where(Assignment.round_id == round_.id)
        .group_by(col(Assignment.card_id))
        .subquery()
    )
    counts = session.exec(select(n_coders_of_card.c.n)).all()
    coder_ids = coder_ids_of(session, round_)
    names = member_names(session, here.study_id)
    numbers = _version_numbers(session, here.study_id)
    is_measured = measures_reliability(here.study.stance, round_.kind, round_.sort)
    threshold = here.study.threshold if round_.threshold is None else round_.threshold
    return Facts(
        sort="" if round_.sort == Sort.CLOSED else WORDS_FOR_SORT[Sort(round_.sort)],
        kind=WORDS_FOR_KIND[Kind(round_.kind)],
        version=_version_words(numbers, round_),
        version_url=here.url("codebook", "versions", round_.codebook_version_id),
        facets=tuple(facet.name for facet in facets_of_round(session, round_)),
        n_cards=len(counts),
        n_shared=sum(n > 1 and n == len(coder_ids) for n in counts),
        chosen=_affected_words(numbers, plan) if plan.affected_by else chosen_words(plan),
        share=plan.share,
        # By name, not by place: the place makes the letter of "Coder A".
        coders=tuple(sorted(names[coder_id] for coder_id in coder_ids)),
        participants=plan.participants,
        seed=round_.seed,
        headline=WORDS_FOR_HEADLINE[Headline(round_.headline)] if is_measured else "",
        threshold=f"{threshold:g}" if is_measured else "",
        assistance=assistance_words(protocol_of(round_).assistance),
        talk=protocol_words(protocol_of(round_)),
        opened_at=round_.opened_at,
        closed_at=round_.closed_at,
        close_reason=round_.close_reason,
        ended_at=round_.ended_at,
        end_reason=round_.end_reason,
    )


def chosen_words(plan: Plan) -> str:
    """Return how the cards of a round were chosen."""
    fresh = " that were in no earlier round" if plan.is_fresh else ""
    fresh = fresh or (" that nobody had talked about" if plan.is_undiscussed else "")
    if plan.cards is CardChoice.GIVEN:
        return "Those that were coded before."
    if plan.cards is CardChoice.SAMPLE:
        return f"A random sample of {plural(plan.sample_size, 'card')}{fresh}."
    if plan.cards is CardChoice.ALL:
        return f"All cards{fresh}."
    parts = [f"with “{plan.search}”" if plan.search else ""]
    if plan.attribute:
        parts.append(f"whose {plan.attribute} is “{plan.attribute_value}”")
    return f"The cards {' and '.join(part for part in parts if part)}{fresh}."


def _affected_words(numbers: dict[int | None, int], plan: Plan) -> str:
    version = f"version {numbers[plan.affected_by]}" if plan.affected_by in numbers else "a version"
    return f"Those that {version} of the codebook puts in question, to each coder the own ones."


def protocol_words(protocol: Protocol) -> tuple[str, ...]:
    """Return the rules of the talk after closing; empty where there are none."""
    words = []
    if protocol.has_statements:
        words.append("Each coder writes reasons before seeing the others'; all open at once.")
    if protocol.owner_last:
        words.append("The study's owner speaks last.")
    return tuple(words)
