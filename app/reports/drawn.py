"""PURE: the tables and charts of one facet, drawn on a common scale."""

from dataclasses import dataclass

from app.reports import drawing
from app.reports.drawing import Scale, Whisker, WhiskerScale
from app.reports.facet_report import CategoryRow, FacetReport
from app.reports.pairs import PairRow


@dataclass(frozen=True, slots=True)
class PairLine:
    row: PairRow
    whisker: Whisker | None


@dataclass(frozen=True, slots=True)
class CategoryLine:
    row: CategoryRow
    whisker: Whisker | None


@dataclass(frozen=True, slots=True)
class DrawnFacet:
    """The charts of a facet; `pair_scale` is the head of the table of pairs."""

    scale: Scale | None
    whisker_scale: WhiskerScale
    pair_scale: WhiskerScale
    pairs: tuple[PairLine, ...]
    categories: tuple[CategoryLine, ...]


def drawn_facet(report: FacetReport, threshold: float | None) -> DrawnFacet:
    """Return the charts of a facet; without a threshold none is drawn."""
    # Two coders' sets are compared by a similarity, which no threshold of a coefficient judges.
    of_pairs = None if report.stored.is_multiple else threshold
    low = _lowest_drawn(report)
    headline = report.headline
    return DrawnFacet(
        scale=None if headline is None else drawing.scale(headline.figure.estimate, threshold),
        whisker_scale=drawing.whisker_scale(low=low, threshold=threshold),
        pair_scale=drawing.whisker_scale(low=low, threshold=of_pairs),
        pairs=tuple(
            PairLine(row, drawing.whisker(row.figures[0].estimate, low=low, threshold=of_pairs))
            for row in report.pairs
        ),
        categories=tuple(
            CategoryLine(row, drawing.whisker(row.kappa.estimate, low=low, threshold=threshold))
            for row in report.categories
        ),
    )


def _lowest_drawn(report: FacetReport) -> float:
    """Return where the scale of the tables begins: 0, or lower if something to read lies below.

    The intervals of rows with few judgements reach far and would leave the others no room.
    """
    solid = [row.kappa.estimate for row in report.categories if not row.is_thin]
    solid += [row.figures[0].estimate for row in report.pairs]
    values = [row.kappa.estimate.value for row in report.categories]
    values += [value for one in solid for value in (one.value, one.low)]
    return drawing.lowest(values, above=0.0)
