"""What the agreement page is drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.coding.measuring import coders_of_round, snapshots
from app.coding.models import Round
from app.coding.rounds import round_id_of
from app.coding.rules import Kind, Phase
from app.errors import NotFound
from app.reports import drawing, service
from app.reports.drawing import Trajectory
from app.reports.drawn import DrawnFacet, drawn_facet
from app.reports.facet_report import FacetReport
from app.reports.facts import KIND_WORDS
from app.reports.headline import Figure, headline_of
from app.reports.matrices import Matrix
from app.reports.service import FacetPart
from app.reports.stored import StoredFacet
from app.reports.wording import not_reliability
from app.resolution.labels import Tally
from app.studies.deps import Here


@dataclass(frozen=True, slots=True)
class RoundChoice:
    url: str
    words: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class FacetTab:
    url: str
    name: str
    words: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class MatrixChoice:
    place: int
    words: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """One facet of a closed round."""

    round_name: str
    closed_at: datetime
    is_void: bool
    is_negotiated: bool
    is_without_coefficients: bool
    not_reliability: str
    rounds: tuple[RoundChoice, ...]
    tabs: tuple[FacetTab, ...]
    facet_id: int
    report: FacetReport
    drawn: DrawnFacet
    trajectory: Trajectory | None
    matrix: Matrix | None
    matrices: tuple[MatrixChoice, ...]
    coder_ids: tuple[int, ...]
    tally: Tally
    input_hash: str
    algorithm_version: str
    url: str
    cells_url: str
    disagreements_url: str
    report_url: str


@dataclass(frozen=True, slots=True)
class NoFiguresPage:
    """A study or round whose figures are not there yet: the same page for everybody."""

    title: str
    words: str
    rounds: tuple[RoundChoice, ...]
    rounds_url: str


def round_url(here: Here, round_: Round) -> str:
    return here.url("rounds", round_id_of(round_))


def round_choices(
    here: Here, closed: Sequence[Round], current: Round | None
) -> tuple[RoundChoice, ...]:
    """Return the rounds that have figures, newest first."""
    return tuple(
        RoundChoice(
            f"{round_url(here, one)}/agreement",
            f"{one.name}, {'void' if one.phase == Phase.VOID else KIND_WORDS[Kind(one.kind)]}",
            current is not None and one.id == current.id,
        )
        for one in closed
    )


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


def agreement_page(
    session: Session, here: Here, round_: Round, *, facet_id: int | None, pair: int
) -> AgreementPage:
    """Return the page of one facet, the first if none is asked for; 404 for a foreign facet."""
    tabs = _tabs(session, here, round_, facet_id)
    if round_.closed_at is None or not round_.facet_ids:
        raise NotFound
    shown_id = round_.facet_ids[0] if facet_id is None else facet_id
    part = service.facet_part(session, here.study, round_, shown_id)
    report = part.report
    threshold = service.threshold_of(here.study, round_)
    return AgreementPage(
        round_name=round_.name,
        closed_at=round_.closed_at,
        is_void=round_.phase == Phase.VOID,
        is_negotiated=round_.phase == Phase.DONE,
        is_without_coefficients=not service.has_coefficients(here.study),
        not_reliability=not_reliability(round_.kind, round_.sort),
        rounds=round_choices(here, service.closed_rounds(session, here.study_id), round_),
        tabs=tabs,
        facet_id=shown_id,
        report=report,
        drawn=drawn_facet(report, threshold),
        trajectory=_trajectory(session, here, round_, part, threshold),
        matrix=_matrix(report, pair),
        matrices=_matrix_choices(report, pair),
        coder_ids=tuple(coder.id for coder in coders_of_round(session, round_)),
        tally=part.tally,
        input_hash=part.input_hash,
        algorithm_version=part.algorithm_version,
        **_addresses(here, round_, shown_id),
    )


def _addresses(here: Here, round_: Round, facet_id: int) -> dict[str, str]:
    base = round_url(here, round_)
    return {
        "url": f"{base}/agreement",
        "cells_url": f"{base}/cards?facet={facet_id}",
        "disagreements_url": f"{base}/disagreements",
        "report_url": f"{base}/report",
    }


def _tabs(
    session: Session, here: Here, round_: Round, facet_id: int | None
) -> tuple[FacetTab, ...]:
    taken = snapshots(session, round_)
    return tuple(
        FacetTab(
            url=f"{round_url(here, round_)}/agreement?facet={one.facet_id}",
            name=one.figures["facet"],
            words=_tab_words(headline_of(StoredFacet(service.frozen_figures(here.study, one)))),
            is_current=one.facet_id == facet_id or (facet_id is None and place == 0),
        )
        for place, one in enumerate(taken)
    )


def _tab_words(headline: Figure | None) -> str:
    if headline is None:
        return ""
    if headline.estimate.value is None:
        return "not defined"
    short = "kappa" if "kappa" in headline.name else "alpha"
    return f"{short} {headline.shown}" + (", sets" if "sets" in headline.name else "")


def _trajectory(
    session: Session, here: Here, round_: Round, part: FacetPart, threshold: float | None
) -> Trajectory | None:
    headline = part.report.headline
    if headline is None:
        return None
    rounds = service.headlines_over_rounds(
        session, here.study, round_, part.report.facet.id, headline.name
    )
    return drawing.trajectory(rounds, threshold)


def _matrix(report: FacetReport, pair: int) -> Matrix | None:
    if not report.matrices:
        return None
    if pair >= len(report.matrices):
        raise NotFound
    return report.matrices[pair]


def _matrix_choices(report: FacetReport, pair: int) -> tuple[MatrixChoice, ...]:
    coders = report.stored.coders
    return tuple(
        MatrixChoice(place, f"{coders[one.first]} and {coders[one.second]}", place == pair)
        for place, one in enumerate(report.matrices)
    )
