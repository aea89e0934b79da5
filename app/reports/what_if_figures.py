"""PURE: what was measured beside what would have been, figure by figure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.agreement import CategoryAgreement, Estimate, FacetAgreement, Measure, Reason
from app.agreement.names import NAMES
from app.reports import wording
from app.reports.figure import Figure

_OF_TWO_CATEGORIES = frozenset({Measure.PABAK, Measure.PREVALENCE_INDEX, Measure.BIAS_INDEX})
_OF_TWO_CODERS = frozenset({Measure.COHEN, Measure.SCOTT, Measure.KAPPA_MAX})
_SAME_AS_FLEISS = "no judgement is missing, so it would be Fleiss' kappa itself"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure twice; a side that has no such category or pair is None."""

    measured: Figure | None
    supposed: Figure | None

    @property
    def figure(self) -> Figure:
        """Either side, for the name of the figure."""
        found = self.measured or self.supposed
        if found is None:
            raise RuntimeError("a comparison has a side")
        return found

    @property
    def difference(self) -> str:
        """Supposed less measured, with its sign; shares in points. Empty without both values."""
        sides = [side.estimate.value if side else None for side in (self.measured, self.supposed)]
        if sides[0] is None or sides[1] is None:
            return ""
        apart = sides[1] - sides[0]
        shown = f"{100 * apart:.1f}" if self.figure.is_share else wording.number(apart)
        shown = shown.replace("-", "−")
        if not shown.strip("−0."):
            shown = shown.strip("−")
        elif apart > 0:
            shown = f"+{shown}"
        return shown


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category against all others; `merged_into` names what it would have become part of."""

    name: str
    n_labels: int
    specific: Comparison
    coefficient: Comparison
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class PairLine:
    """Two coders, and their figure."""

    first: str
    second: str
    coefficient: Comparison


def compare(
    measured: FacetAgreement, supposed: FacetAgreement, headline: Measure
) -> tuple[Comparison, ...]:
    """Return every figure of all coders, or of the only two: percent first, then the headline."""
    sides = [_figures(measured), _figures(supposed)]
    given = [measure for measure in NAMES if any(measure in side for side in sides)]
    first = list(dict.fromkeys([_percent_of(measured), headline]))
    ordered = [*first, *(Measure(one) for one in given if one not in first)]
    return tuple(
        Comparison(_figure(measured, measure), _figure(supposed, measure)) for measure in ordered
    )


def _percent_of(facet: FacetAgreement) -> Measure:
    return Measure.PERCENT_EXACT_SET if facet.is_of_sets else Measure.PERCENT


def _figures(facet: FacetAgreement) -> dict[Measure, Estimate]:
    of_pair = facet.pairs[0].figures if len(facet.pairs) == 1 else {}
    return {**of_pair, **facet.figures}


def _figure(facet: FacetAgreement, measure: Measure) -> Figure:
    found = _figures(facet).get(measure)
    return Figure(measure, found or Estimate(None, reason=_why_absent(facet, measure)))


def _why_absent(facet: FacetAgreement, measure: Measure) -> str:
    """Return why the design has no such figure at all."""
    if measure is Measure.FLEISS_LISTWISE:
        return _SAME_AS_FLEISS
    if len(facet.pairs) != 1 and measure in _OF_TWO_CODERS | _OF_TWO_CATEGORIES:
        return Reason.NOT_TWO_CODERS
    if measure in _OF_TWO_CATEGORIES:
        return Reason.NOT_TWO_CATEGORIES
    is_ordered = facet.scale is not None and facet.scale.is_ordered
    return Reason.NOT_TWO_CODERS if is_ordered else Reason.NOT_ORDERED


def compare_categories(
    measured: FacetAgreement, supposed: FacetAgreement, places: Sequence[int]
) -> tuple[CategoryLine, ...]:
    """Return each supposed category, below a merged one those that it was made of.

    `places` says for each measured category where it stands among the supposed ones. The figure
    is Cohen's kappa where both sides compare two coders, and alpha otherwise.
    """
    return tuple(
        _category_lines(measured, supposed, places, measure_of_categories(measured, supposed))
    )


def measure_of_categories(measured: FacetAgreement, supposed: FacetAgreement) -> Measure:
    """Return the coefficient by which categories are compared."""
    is_of_two = len(measured.pairs) == 1 and len(supposed.pairs) == 1
    return Measure.CATEGORY_COHEN if is_of_two else Measure.ALPHA_NOMINAL


def _category_lines(
    measured: FacetAgreement, supposed: FacetAgreement, places: Sequence[int], measure: Measure
) -> Iterator[CategoryLine]:
    for place, after in enumerate(supposed.categories):
        members = [
            before for before, at in zip(measured.categories, places, strict=True) if at == place
        ]
        if len(members) == 1:
            yield _line(members[0], after, measure)
            continue
        yield _line(None, after, measure)
        for before in members:
            yield _line(before, None, measure, merged_into=after.category)


def _line(
    before: CategoryAgreement | None,
    after: CategoryAgreement | None,
    measure: Measure,
    *,
    merged_into: str = "",
) -> CategoryLine:
    named = after or before
    if named is None:
        raise RuntimeError("a line has a category")
    specific, coefficient = (
        Comparison(
            Figure(one, before.figures[one]) if before else None,
            Figure(one, after.figures[one]) if after else None,
        )
        for one in (Measure.SPECIFIC, measure)
    )
    return CategoryLine(named.category, named.n_labels, specific, coefficient, merged_into)


def compare_pairs(measured: FacetAgreement, supposed: FacetAgreement) -> tuple[PairLine, ...]:
    """Return each two coders measured; none for a single pair, whose figures stand overall."""
    if len(measured.pairs) < 2:
        return ()
    measure = Measure.MEAN_JACCARD if measured.is_of_sets else Measure.COHEN
    after = {(pair.first, pair.second): pair for pair in supposed.pairs}
    lines = []
    for pair in measured.pairs:
        then = after.get((pair.first, pair.second))
        supposed_figure = Figure(measure, then.figures[measure]) if then else None
        comparison = Comparison(Figure(measure, pair.figures[measure]), supposed_figure)
        lines.append(PairLine(pair.first, pair.second, comparison))
    return tuple(lines)
