"""PURE: the figures that stand beside the headline."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.agreement import Estimate, Measure
from app.reports.figure import Figure
from app.reports.headline import figures_of_two
from app.reports.stored import StoredFacet

_GROUPS: Mapping[str, tuple[Measure, ...]] = {
    "Agreement observed": (
        Measure.PERCENT,
        Measure.PERCENT_EXACT_SET,
        Measure.PERCENT_POOLED,
        Measure.UNANIMOUS,
    ),
    "Two coders": (
        Measure.COHEN,
        Measure.SCOTT,
        Measure.KAPPA_MAX,
        Measure.PABAK,
        Measure.PREVALENCE_INDEX,
        Measure.BIAS_INDEX,
    ),
    "Any number of coders": (
        Measure.ALPHA_NOMINAL,
        Measure.FLEISS,
        Measure.FLEISS_LISTWISE,
        Measure.CONGER,
        Measure.LIGHT,
        Measure.AC1,
        Measure.BRENNAN_PREDIGER,
    ),
    "Ordered scale": (
        Measure.COHEN_LINEAR,
        Measure.COHEN_QUADRATIC,
        Measure.ALPHA_ORDINAL,
        Measure.ALPHA_INTERVAL,
        Measure.ALPHA_RATIO,
        Measure.AC2_LINEAR,
        Measure.AC2_QUADRATIC,
        Measure.AC2_ORDINAL,
    ),
    "Sets": (
        Measure.ALPHA_MASI,
        Measure.ALPHA_JACCARD,
        Measure.ALPHA_EXACT_SET,
        Measure.MEAN_JACCARD,
        Measure.MEAN_MASI,
    ),
}
_FIRST_OF_TWO = (Measure.PERCENT, Measure.ALPHA_NOMINAL, Measure.AC1)
_FIRST_OF_SEVERAL = (
    *(Measure.PERCENT, Measure.UNANIMOUS),
    *(Measure.FLEISS, Measure.LIGHT, Measure.AC1),
)
_FIRST_OF_SETS = (
    *(Measure.PERCENT_EXACT_SET, Measure.UNANIMOUS),
    *(Measure.MEAN_JACCARD, Measure.ALPHA_JACCARD),
)
_FIRST_OF_ORDERED_TWO = (
    *(Measure.PERCENT, Measure.COHEN_LINEAR, Measure.COHEN),
    *(Measure.ALPHA_ORDINAL, Measure.AC2_QUADRATIC),
)
_FIRST_OF_ORDERED_SEVERAL = (
    *(Measure.PERCENT, Measure.UNANIMOUS),
    *(Measure.ALPHA_NOMINAL, Measure.AC2_QUADRATIC, Measure.LIGHT),
)
# Two coders give each card one pair, so these say what percent agreement and kappa say already.
_SAME_FOR_TWO = frozenset({Measure.PERCENT_POOLED, Measure.UNANIMOUS, Measure.LIGHT})


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Companions:
    """The figures beside the headline: a few to be seen at once, and all others in groups."""

    first: tuple[Figure, ...]
    rest: tuple[Group, ...]

    def all(self) -> tuple[Figure, ...]:
        return (*self.first, *(figure for group in self.rest for figure in group.figures))


def companions(stored: StoredFacet, headline: Measure) -> Companions:
    """Return the other figures of a facet, the same ones whatever came out."""
    found = {figure.measure: figure for figure in figures_of_two(stored)}
    found |= {measure: _told(measure, one) for measure, one in stored.over_all().items()}
    dropped = {headline} | (_SAME_FOR_TWO if len(stored.coders) <= 2 else frozenset())
    kept = {measure: one for measure, one in found.items() if measure not in dropped}
    first = [measure for measure in _first(stored) if measure in kept]
    groups = (
        Group(title, tuple(kept[one] for one in measures if one in kept and one not in first))
        for title, measures in _GROUPS.items()
    )
    return Companions(
        first=tuple(kept[measure] for measure in first),
        rest=tuple(group for group in groups if group.figures),
    )


def _first(stored: StoredFacet) -> tuple[Measure, ...]:
    if stored.is_multiple:
        return _FIRST_OF_SETS
    if len(stored.coders) <= 2:
        return _FIRST_OF_ORDERED_TWO if stored.is_ordinal else _FIRST_OF_TWO
    return _FIRST_OF_ORDERED_SEVERAL if stored.is_ordinal else _FIRST_OF_SEVERAL


def _told(measure: Measure, estimate: Estimate) -> Figure:
    detail = ""
    if measure is Measure.UNANIMOUS and estimate.value is not None:
        detail = f"{round(estimate.value * estimate.n_units)} alike"
    if measure is Measure.LIGHT:
        detail = estimate.note or ""
    return Figure(measure, estimate, detail)
