"""How the talk about a round went, in figures for the whole team."""

from dataclasses import dataclass

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.negotiation.naming import agenda_url
from app.resolution.outcomes import OutcomeTable, outcome_table_of, review_table_of
from app.resolution.tally import Tally, tally_of
from app.resolution.traces import Process, process_of
from app.resolution.yields import Pace, Yields, pace_of, yields_of
from app.studies.deps import Here


@dataclass(frozen=True, slots=True)
class FacetSummary:
    """What came of the talk about a facet: proportions, and outcomes by cause."""

    name: str
    url: str
    tally: Tally
    outcomes: OutcomeTable
    reviews: OutcomeTable


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """What came of the talk about a round, how it went and who moved."""

    round_name: str
    round_url: str
    agenda_url: str
    labels_url: str
    report_url: str
    facets: tuple[FacetSummary, ...]
    yields: Yields
    pace: Pace
    pace_words: str
    process: Process


def summary_page(session: Session, here: Here, round_: Round) -> SummaryPage:
    """Return the page of a closed round."""
    pace = pace_of(session, round_)
    return SummaryPage(
        round_name=round_.name,
        round_url=here.url("rounds", round_.id),
        agenda_url=agenda_url(here, round_),
        labels_url=here.url("rounds", round_.id, "labels"),
        report_url=here.url("rounds", round_.id, "report.html?yields=yes"),
        facets=tuple(
            _facet(session, here, round_, facet) for facet in facets_of_round(session, round_)
        ),
        yields=yields_of(session, round_),
        pace=pace,
        pace_words=pace_words(pace.seconds),
        process=process_of(session, round_),
    )


def _facet(session: Session, here: Here, round_: Round, facet: FacetContent) -> FacetSummary:
    return FacetSummary(
        name=facet.name,
        url=f"{agenda_url(here, round_)}?facet={facet.id}",
        tally=tally_of(session, round_, facet),
        outcomes=outcome_table_of(session, round_, facet),
        reviews=review_table_of(session, round_, facet),
    )


def pace_words(seconds: float | None) -> str:
    """Return "45 s" or "3 min 20 s"; empty where nothing was timed."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
