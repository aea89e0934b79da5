"""PURE: the intervals that come with the figures themselves, from large-sample formulas."""

from collections.abc import Mapping
from typing import Any

from app.agreement.calculation import Calculation, pair_keys
from app.agreement.undefined import Estimate

BY_CATEGORY = ("specific_agreement", "per_category_fleiss_kappa", "per_category_cohen_kappa")
OF_PAIRS = "_pairs"


def estimates_of(calculation: Calculation) -> dict[str, Estimate]:
    """Return the overall figures by key, those of the only pair of coders among them."""
    facet = calculation.facet
    alone = facet.pairs[0].figures if len(facet.pairs) == 1 else {}
    return {measure.value: found for measure, found in {**alone, **facet.figures}.items()}


def formula_intervals(calculation: Calculation) -> dict[str, Any]:
    """Return [low, high] or None under the keys of the figures, nested as the figures are."""
    facet = calculation.facet
    found: dict[str, Any] = {
        key: _limits(estimate) for key, estimate in estimates_of(calculation).items()
    }
    for key, pair in zip(pair_keys(facet.pairs), facet.pairs, strict=True):
        for measure, estimate in pair.figures.items():
            found.setdefault(f"{measure.value}{OF_PAIRS}", {})[key] = _limits(estimate)
    found |= {key: {} for key in BY_CATEGORY}
    for entry in facet.categories:
        for measure, estimate in entry.figures.items():
            if measure.value in BY_CATEGORY:
                found[measure.value][entry.category] = _limits(estimate)
    return found


def intervals_of(calculation: Calculation) -> Mapping[str, Any]:
    """Return the intervals that were drawn; without any, those of the formulas."""
    return calculation.intervals or formula_intervals(calculation)


def _limits(estimate: Estimate) -> list[float] | None:
    if estimate.low is None or estimate.high is None:
        return None
    return [estimate.low, estimate.high]
