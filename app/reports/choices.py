"""The ways to go from the agreement page: other rounds, facets, pairs of coders."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.coding.measuring import snapshots
from app.coding.models import Round
from app.coding.rounds import round_id_of
from app.coding.rules import Kind, Phase
from app.reports import service
from app.reports.facet_report import FacetReport
from app.reports.facts import KIND_WORDS
from app.reports.headline import headline_of
from app.reports.stored import StoredFacet
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


def facet_tabs(
    session: Session, here: Here, round_: Round, facet_id: int | None
) -> tuple[FacetTab, ...]:
    """Return the facets of a round, each with its headline."""
    return tuple(
        FacetTab(
            url=f"{round_url(here, round_)}/agreement?facet={one.facet_id}",
            name=one.figures["facet"],
            words=_words(StoredFacet(service.frozen_figures(here.study, one)), round_.headline),
            is_current=one.facet_id == facet_id or (facet_id is None and place == 0),
        )
        for place, one in enumerate(snapshots(session, round_))
    )


def _words(stored: StoredFacet, chosen: str) -> str:
    headline = headline_of(stored, chosen)
    return "" if headline is None else headline.short


def matrix_choices(report: FacetReport, pair: int) -> tuple[MatrixChoice, ...]:
    """Return each two coders whose confusion matrix can be seen."""
    coders = report.stored.coders
    return tuple(
        MatrixChoice(place, f"{coders[one.first]} and {coders[one.second]}", place == pair)
        for place, one in enumerate(report.matrices)
    )
