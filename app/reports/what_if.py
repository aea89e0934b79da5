"""What a closed round would have come to with other categories or without one coder.

Worked out anew for every look and kept nowhere: what was measured stands in the Snapshots.
"""

import math
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlmodel import Session

from app.agreement import FacetAgreement, Measure, Ratings, describe
from app.agreement.merges import Merge, confused_merges
from app.coding.measuring import RoundRatings, facets_of_round, ratings_for, snapshots
from app.coding.models import Round
from app.coding.rounds import (
    has_figures,
    round_id_of,
)
from app.coding.rules import Phase
from app.errors import Conflict, Invalid, NotFound
from app.reports import service
from app.reports.headline import headline_of
from app.reports.stored import StoredFacet
from app.reports.supposing import Choices, Offer, offer, suppose
from app.reports.what_if_figures import (
    CategoryLine,
    Comparison,
    PairLine,
    compare,
    compare_categories,
    compare_pairs,
)
from app.studies.deps import Here


@dataclass(frozen=True, slots=True)
class FacetLink:
    url: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class MergeRow:
    """Two categories that were confused, and what merging them would have made of two figures."""

    first: str
    second: str
    url: str
    n_apart: int
    percent: Comparison
    headline: Comparison


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was worked out for one supposition."""

    suppositions: tuple[str, ...]
    figures: tuple[Comparison, ...]
    categories: tuple[CategoryLine, ...]
    pairs: tuple[PairLine, ...]
    notices: tuple[str, ...]
    n_units: int
    n_coders: int

    @property
    def percent(self) -> Comparison:
        return self.figures[0]

    @property
    def headline(self) -> Comparison:
        return self.figures[1]


@dataclass(frozen=True, slots=True)
class WhatIfPage:
    """One facet of a closed round as it might have been."""

    round_name: str
    is_void: bool
    facets: tuple[FacetLink, ...]
    facet_id: int
    offer: Offer
    result: Result | None
    merges: tuple[MergeRow, ...]
    is_of_two: bool
    error: str
    field: str
    url: str
    agreement_url: str


def what_if_page(
    session: Session, here: Here, round_: Round, *, facet_id: int | None, choices: Choices
) -> WhatIfPage:
    """Return the page of one facet, the first if none is asked for.

    404 where no coefficient was ever computed and for a foreign facet; 409 while the round is
    open. A choice that cannot be is told on the page.
    """
    found, headline = _measured(session, here, round_, facet_id)
    url = f"{here.url('rounds', round_id_of(round_))}/agreement"
    measured = describe(found.ratings)
    result, error, field = None, "", ""
    if not choices.is_empty:
        try:
            result = _result(found, measured, choices, headline)
        except Invalid as refusal:
            error, field = refusal.message, refusal.field or ""
    return WhatIfPage(
        round_name=round_.name,
        is_void=round_.phase == Phase.VOID,
        facets=_facet_links(session, round_, f"{url}/what-if", found.facet.id),
        facet_id=found.facet.id,
        offer=offer(found, choices),
        result=result,
        merges=_merge_rows(found, measured, headline, f"{url}/what-if"),
        is_of_two=len(found.coders) == 2,
        error=error,
        field=field,
        url=f"{url}/what-if",
        agreement_url=f"{url}?facet={found.facet.id}",
    )


def _measured(
    session: Session, here: Here, round_: Round, facet_id: int | None
) -> tuple[RoundRatings, Measure]:
    """Return the judgements of a facet whose coefficients the report has, and its headline."""
    if not service.has_coefficients(here.study):
        raise NotFound
    if not has_figures(round_):
        words = service.no_figures_words(round_)
        raise Conflict(f"There is no what-if of {round_.name} yet. {words}")
    facets = {one.id: one for one in facets_of_round(session, round_)}
    for snapshot in snapshots(session, round_):
        headline = headline_of(StoredFacet(snapshot.figures), round_.headline)
        if headline is not None and facet_id in {None, snapshot.facet_id}:
            found = ratings_for(session, round_, facets[snapshot.facet_id])
            return found, headline.figure.measure
    raise NotFound


def _result(
    found: RoundRatings, measured: FacetAgreement, choices: Choices, headline: Measure
) -> Result:
    suppositions, ratings, places = suppose(found, choices)
    supposed = describe(ratings)
    return Result(
        suppositions=suppositions,
        figures=compare(measured, supposed, headline),
        categories=compare_categories(measured, supposed, places),
        pairs=compare_pairs(measured, supposed),
        notices=tuple(notice.sentence for notice in supposed.notices),
        n_units=supposed.n_pairable,
        n_coders=supposed.n_coders,
    )


def _facet_links(session: Session, round_: Round, url: str, shown_id: int) -> tuple[FacetLink, ...]:
    return tuple(
        FacetLink(f"{url}?facet={one.id}", one.name, one.id == shown_id)
        for one in facets_of_round(session, round_)
    )


def _merge_rows(
    found: RoundRatings, measured: FacetAgreement, headline: Measure, url: str
) -> tuple[MergeRow, ...]:
    """Return what merging the most confused categories would do, the greatest headline first.

    None where cards carry sets: there, two categories on one card are no confusion.
    """
    if not isinstance(found.ratings, Ratings):
        return ()
    merges = confused_merges(found.ratings)
    rows = [_merge_row(found, measured, headline, url, merge) for merge in merges]
    return tuple(sorted(rows, key=_by_headline))


def _by_headline(row: MergeRow) -> float:
    value = row.headline.supposed.estimate.value if row.headline.supposed else None
    return math.inf if value is None else -value


def _merge_row(
    found: RoundRatings, measured: FacetAgreement, headline: Measure, url: str, merge: Merge
) -> MergeRow:
    percent, coefficient = compare(measured, merge.supposed, headline)[:2]
    keys = [str(found.answers[place]) for place in (merge.first, merge.second)]
    query = urlencode({"facet": found.facet.id, "merge": keys}, doseq=True)
    first, second = (measured.categories_declared[at] for at in (merge.first, merge.second))
    return MergeRow(first, second, f"{url}?{query}", merge.n_apart, percent, coefficient)
