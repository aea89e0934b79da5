"""What a closed round can tell: its frozen figures, its design, and what came of the talk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from app.codebook.content import Codebook, FacetContent
from app.codebook.models import CodebookVersion
from app.codebook.published import codebook_of_version
from app.coding.bootstrapping import documents_of, intervals_of_all
from app.coding.measuring import (
    RoundRatings,
    coders_of_round,
    facets_of_round,
    ratings_for,
    snapshots,
)
from app.coding.models import Assignment, Round, Snapshot
from app.coding.progress import progress_of_all
from app.coding.rounds import (
    has_figures,
    plan_of,
    round_id_of,
    rounds_of,
    waits_for_alignment,
)
from app.coding.rules import Phase, Plan
from app.coding.seals import check_figures_open, check_positions_open
from app.corpus.models import Card
from app.db import now
from app.errors import Conflict, NotFound
from app.reports.facet_report import FacetReport, facet_report
from app.reports.newer_versions import newer_version_of
from app.reports.stored import Stored, StoredFacet
from app.reports.uptake import helped_on
from app.reports.wording import before_any_figure, not_reliability
from app.resolution.dissents import PrintedDissent, printed_dissents
from app.resolution.outcomes import OutcomeTable, outcome_table_of
from app.resolution.tally import Tally, tally_of
from app.resolution.traces import Process, process_of
from app.resolution.yields import Yields, yields_of
from app.studies.models import Study
from app.studies.rules import Stance

if TYPE_CHECKING:
    from app.reports.trajectory import StudyCourse


@dataclass(frozen=True, slots=True)
class Design:
    """How a round was set up and how it ended."""

    n_cards: int
    n_judgements_asked: int
    coders: tuple[str, ...]
    unfinished: tuple[str, ...]
    plan: Plan
    seed: int
    version_number: int
    version_hash: str
    codebook: Codebook


@dataclass(frozen=True, slots=True)
class FacetPart:
    """The report of one facet, with the proportions of the talk that followed."""

    report: FacetReport
    tally: Tally
    outcomes: OutcomeTable
    dissents: tuple[PrintedDissent, ...]
    input_hash: str
    algorithm_version: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class RoundReport:
    """Everything a reviewer needs of one closed round.

    `yields` says whose label stood; it is there only where somebody asked for it. `course` is that
    of the whole study (see `reports.trajectory`).
    """

    study: Study
    round: Round
    stance: Stance
    threshold: float | None
    not_reliability: str
    design: Design
    facets: tuple[FacetPart, ...]
    snapshots: tuple[Snapshot, ...]
    process: Process
    made_at: datetime
    yields: Yields | None = None
    course: "StudyCourse | None" = None


def has_coefficients(study: Study) -> bool:
    """Whether this study speaks of coefficients at all; otherwise there is none anywhere."""
    return study.stance == Stance.RELIABILITY


def closed_rounds(session: Session, study_id: int) -> Sequence[Round]:
    """Return the rounds that have figures, newest first."""
    return [one for one in rounds_of(session, study_id) if has_figures(one)]


def newest_closed(session: Session, study_id: int) -> Round | None:
    """Return the newest round with figures; a void one only where there is no other."""
    closed = closed_rounds(session, study_id)
    valid = [one for one in closed if one.phase != Phase.VOID]
    return next(iter([*valid, *closed]), None)


def waiting_words(session: Session, study_id: int) -> str:
    """Say when this study's next figures appear: a function of public study data alone."""
    rounds = rounds_of(session, study_id)
    waiting = next((one for one in rounds if one.phase == Phase.ALIGNING), None)
    if waiting is not None:
        return waits_for_alignment(waiting)
    return before_any_figure(one.name for one in rounds if one.phase == Phase.OPEN)


def refuse_while_open(round_: Round) -> None:
    """Stop here, with the same words for everybody, unless the round has figures."""
    if not has_figures(round_):
        raise Conflict(f"There is no report of {round_.name} yet. {no_figures_words(round_)}")


def check_report_open(
    session: Session, round_: Round, *, member_id: int | None, is_lead: bool = False
) -> None:
    """Stop here while the round is open, or its figures would tell this reader what is sealed.

    Without a reader a command asks, and a command is nobody in particular.
    """
    refuse_while_open(round_)
    if member_id is None:
        check_positions_open(session, round_)
    else:
        check_figures_open(session, round_, member_id=member_id, is_lead=is_lead)


def no_figures_words(round_: Round) -> str:
    """Say why a round has no figures."""
    if reason := waits_for_alignment(round_):
        return reason
    if round_.phase == Phase.VOID:
        return "It was declared void before it closed, so no figure was ever made."
    if round_.closed_at is not None:
        return (
            "Its figures are frozen and sealed: they are shown when every coder has written their "
            "statements. Negotiation shows what is missing."
        )
    return before_any_figure([round_.name])


def threshold_of(study: Study, round_: Round) -> float | None:
    """Return what coefficients are held against; None where no verdict may be given."""
    is_judged = has_coefficients(study) and not not_reliability(round_.kind, round_.sort)
    return threshold_set(study, round_) if is_judged else None


def threshold_set(study: Study, round_: Round) -> float:
    """Return the threshold that the round froze when it opened, or that of the study."""
    return study.threshold if round_.threshold is None else round_.threshold


def frozen_figures(study: Study, snapshot: Snapshot) -> Stored:
    """Return the figures of a Snapshot, without coefficients where the study has none."""
    figures: Stored = snapshot.figures
    return figures if has_coefficients(study) else {**figures, "agreement": None, "gate": None}


def stored_facets(
    session: Session, study: Study, taken: Sequence[Snapshot]
) -> tuple[StoredFacet, ...]:
    """Return the figures of Snapshots with the intervals drawn since, in their order.

    Where no coefficient is shown, there are no intervals either.
    """
    drawn = intervals_of_all(session, taken) if has_coefficients(study) else {}
    return tuple(StoredFacet(frozen_figures(study, one), drawn.get(one.id or 0)) for one in taken)


def facet_of_round(
    session: Session, study: Study, round_: Round, facet_id: int
) -> tuple[Snapshot, FacetReport]:
    """Return a Snapshot and its report; 404 for a facet that is not of this round."""
    taken = {one.facet_id: one for one in snapshots(session, round_)}
    facets = {facet.id: facet for facet in facets_of_round(session, round_)}
    if facet_id not in taken or facet_id not in facets:
        raise NotFound
    return taken[facet_id], _report(session, study, round_, taken[facet_id], facets[facet_id])


def _report(
    session: Session, study: Study, round_: Round, snapshot: Snapshot, facet: FacetContent
) -> FacetReport:
    (stored,) = stored_facets(session, study, [snapshot])
    return facet_report(
        stored,
        facet,
        threshold_of(study, round_),
        chosen=round_.headline,
        newer=newer_version_of(session, round_, facet),
        helped=helped_on(session, round_, facet),
    )


def _part(
    session: Session, study: Study, round_: Round, snapshot: Snapshot, facet: FacetContent
) -> FacetPart:
    return FacetPart(
        report=_report(session, study, round_, snapshot, facet),
        tally=tally_of(session, round_, facet),
        outcomes=outcome_table_of(session, round_, facet),
        dissents=printed_dissents(session, round_, facet),
        input_hash=snapshot.input_hash,
        algorithm_version=snapshot.algorithm_version,
        taken_at=snapshot.taken_at,
    )


def round_report(session: Session, study: Study, round_: Round) -> RoundReport:
    """Return the whole report of a closed round; 409 before it closes."""
    refuse_while_open(round_)
    taken = tuple(snapshots(session, round_))
    facets = {facet.id: facet for facet in facets_of_round(session, round_)}
    return RoundReport(
        study=study,
        round=round_,
        stance=Stance(study.stance),
        threshold=threshold_set(study, round_) if has_coefficients(study) else None,
        not_reliability=not_reliability(round_.kind, round_.sort),
        design=_design(session, round_, taken),
        facets=tuple(_part(session, study, round_, one, facets[one.facet_id]) for one in taken),
        snapshots=taken,
        process=process_of(session, round_),
        made_at=now(),
    )


def with_yields(session: Session, report: RoundReport) -> RoundReport:
    """Return the report with the table of whose label stood."""
    return replace(report, yields=yields_of(session, report.round))


def _design(session: Session, round_: Round, taken: Sequence[Snapshot]) -> Design:
    version = session.get_one(CodebookVersion, round_.codebook_version_id)
    coders = coders_of_round(session, round_)
    done = {
        one.coder_id: one.has_submitted for one in progress_of_all(session, round_id_of(round_))
    }
    figures = taken[0].figures if taken else {"n_cards": 0, "n_assigned": 0}
    return Design(
        n_cards=figures["n_cards"],
        n_judgements_asked=figures["n_assigned"],
        coders=tuple(coder.label for coder in coders),
        unfinished=tuple(coder.label for coder in coders if not done.get(coder.id, False)),
        plan=plan_of(round_),
        seed=round_.seed,
        version_number=version.number,
        version_hash=version.content_hash,
        codebook=codebook_of_version(session, version.id or 0),
    )


def documents_by_card(
    session: Session, round_: Round, judgements: Mapping[int, RoundRatings]
) -> Mapping[int, int]:
    """Return the number of the source document of each card under the card's id."""
    judged = next(iter(judgements.values()), None)
    if judged is None:
        return {}
    return dict(zip(judged.card_ids, documents_of(session, round_, judged), strict=True))


def judgements_of(session: Session, round_: Round) -> Mapping[int, RoundRatings]:
    """Return the judgements of a closed round by facet, as they went into its Snapshots."""
    refuse_while_open(round_)
    check_positions_open(session, round_)
    facets = facets_of_round(session, round_)
    return {facet.id: ratings_for(session, round_, facet) for facet in facets}


def card_keys(session: Session, round_: Round) -> Mapping[int, str]:
    """Return the key of each card of a round under its id."""
    statement = (
        select(Card.id, Card.key)
        .join(Assignment, col(Assignment.card_id) == col(Card.id))
        .where(Assignment.round_id == round_.id)
        .distinct()
    )
    return {card_id: key for card_id, key in session.exec(statement) if card_id is not None}
