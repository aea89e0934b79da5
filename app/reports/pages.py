"""What the agreement page is drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.coding.bootstrapping import bootstrap_state
from app.coding.measuring import coders_of_round, snapshots
from app.coding.models import Round, Snapshot
from app.coding.rounds import has_figures
from app.coding.rules import Phase
from app.coding.seals import StillSealed
from app.errors import NotFound
from app.reports import service
from app.reports.choices import (
    FacetTab,
    MatrixChoice,
    RoundChoice,
    facet_tabs,
    matrix_choices,
    round_choices,
    round_url,
)
from app.reports.drawn import DrawnFacet, drawn_facet
from app.reports.facet_report import FacetReport
from app.reports.matrices import Matrix
from app.reports.over_rounds import RoundFigure, over_rounds
from app.reports.pairs import PairTable, pair_table
from app.reports.pictures import Pictures, drawings_of, pictures_of
from app.reports.plots import Figure as Drawing
from app.reports.wording import not_reliability
from app.resolution.tally import Tally, tally_of
from app.studies.deps import Here
from app.studies.rules import Action


@dataclass(frozen=True, slots=True)
class BootstrapLine:
    """Intervals that are still being drawn, or were drawn a moment ago; empty words: nothing."""

    url: str
    page_url: str
    words: str
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """One facet of a closed round."""

    round_name: str
    closed_at: datetime
    is_aligned: bool
    is_void: bool
    is_negotiated: bool
    is_without_coefficients: bool
    not_reliability: str
    rounds: tuple[RoundChoice, ...]
    tabs: tuple[FacetTab, ...]
    facet_id: int
    bootstrap: BootstrapLine
    report: FacetReport
    drawn: DrawnFacet
    pictures: Pictures
    course: tuple[RoundFigure, ...]
    pair_table: PairTable | None
    matrix: Matrix | None
    matrices: tuple[MatrixChoice, ...]
    coder_ids: tuple[int, ...]
    tally: Tally
    input_hash: str
    algorithm_version: str
    url: str
    cells_url: str
    compare_url: str
    course_url: str
    disagreements_url: str
    report_url: str


@dataclass(frozen=True, slots=True)
class NoFiguresPage:
    """A study or round whose figures are not there yet: the same page for everybody."""

    title: str
    words: str
    rounds: tuple[RoundChoice, ...]
    rounds_url: str


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """One facet of a closed round, read and ready to be drawn."""

    snapshot: Snapshot
    report: FacetReport
    matrix: Matrix | None
    rounds: tuple[RoundFigure, ...]
    drawings: Mapping[str, Drawing]


def is_sealed_from(session: Session, here: Here, round_: Round) -> bool:
    """Whether the figures of a closed round would tell this reader what is still sealed."""
    try:
        service.check_report_open(
            session, round_, member_id=here.member_id, is_lead=here.may(Action.MANAGE_ROUNDS)
        )
    except StillSealed:
        return True
    return False


def no_figures_page(session: Session, here: Here, round_: Round | None) -> NoFiguresPage:
    closed = service.closed_rounds(session, here.study_id)
    words = (
        service.waiting_words(session, here.study_id)
        if round_ is None
        else service.no_figures_words(round_)
    )
    return NoFiguresPage(
        title="Agreement" if round_ is None else f"Agreement in {round_.name}",
        words=words,
        rounds=round_choices(here, closed, None),
        rounds_url=here.url("rounds"),
    )


def shown_facet(
    session: Session, here: Here, round_: Round, *, facet_id: int | None, pair: int
) -> ShownFacet:
    """Return one facet, the first if none is asked for; 404 for a foreign facet or pair."""
    if not has_figures(round_) or not round_.facet_ids:
        raise NotFound
    shown_id = round_.facet_ids[0] if facet_id is None else facet_id
    snapshot, report = service.facet_of_round(session, here.study, round_, shown_id)
    if report.matrices and pair >= len(report.matrices):
        raise NotFound
    matrix = report.matrices[pair] if report.matrices else None
    rounds: tuple[RoundFigure, ...] = ()
    if report.headline is not None:
        measure = report.headline.figure.measure
        rounds = over_rounds(session, here.study, round_, shown_id, measure)
    threshold = service.threshold_of(here.study, round_)
    drawings = drawings_of(report, matrix, rounds, threshold)
    return ShownFacet(snapshot, report, matrix, rounds, drawings)


def agreement_page(
    session: Session, here: Here, round_: Round, *, facet_id: int | None, pair: int
) -> AgreementPage:
    """Return the page of one facet, the first if none is asked for; 404 for a foreign facet."""
    shown = shown_facet(session, here, round_, facet_id=facet_id, pair=pair)
    snapshot, report = shown.snapshot, shown.report
    base = round_url(here, round_)
    return AgreementPage(
        round_name=round_.name,
        closed_at=round_.aligned_at or round_.closed_at or snapshot.taken_at,
        is_aligned=round_.aligned_at is not None,
        is_void=round_.phase == Phase.VOID,
        is_negotiated=round_.phase == Phase.DONE,
        is_without_coefficients=not service.has_coefficients(here.study),
        not_reliability=not_reliability(round_.kind, round_.sort),
        rounds=round_choices(here, service.closed_rounds(session, here.study_id), round_),
        tabs=facet_tabs(session, here, round_, report.facet.id),
        facet_id=report.facet.id,
        bootstrap=bootstrap_line(session, here, round_, report.facet.id),
        report=report,
        drawn=drawn_facet(report, service.threshold_of(here.study, round_)),
        pictures=pictures_of(
            shown.drawings,
            f"{base}/agreement/figures",
            {"facet": report.facet.id, "pair": pair},
            stem=f"{round_.name}, {report.stored.name}",
        ),
        course=shown.rounds,
        pair_table=pair_table(report.stored.coders, report.pairs),
        matrix=shown.matrix,
        matrices=matrix_choices(report, pair),
        coder_ids=tuple(coder.id for coder in coders_of_round(session, round_)),
        tally=tally_of(session, round_, report.facet),
        input_hash=snapshot.input_hash,
        algorithm_version=snapshot.algorithm_version,
        url=f"{base}/agreement",
        cells_url=f"{base}/cards?facet={report.facet.id}",
        compare_url=here.url("codebook", "compare"),
        course_url=here.url("agreement", f"course?facet={report.facet.id}"),
        disagreements_url=f"{base}/disagreements",
        report_url=f"{base}/report",
    )


def bootstrap_line(session: Session, here: Here, round_: Round, facet_id: int) -> BootstrapLine:
    """Return how far the bootstrap of a facet is; 404 for a facet that is not of this round."""
    taken = {one.facet_id: one for one in snapshots(session, round_)}
    if facet_id not in taken:
        raise NotFound
    words, is_waiting = "", False
    if service.has_coefficients(here.study):
        state = bootstrap_state(session, taken[facet_id])
        is_waiting = state.is_waiting
        if state.is_waiting:
            words = f"Bootstrap intervals are being computed ({100 * state.progress:.0f} %)."
        elif state.error:
            words = f"Bootstrap intervals could not be computed: {state.error}"
    base = f"{round_url(here, round_)}/agreement"
    return BootstrapLine(
        url=f"{base}/bootstrap?facet={facet_id}",
        page_url=f"{base}?facet={facet_id}",
        words=words,
        is_waiting=is_waiting,
    )
