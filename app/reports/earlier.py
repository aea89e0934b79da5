"""PURE: agreement stored by earlier versions, in the shape of today.

What a version did not compute is absent; nothing is computed anew.
"""

from collections.abc import Mapping
from typing import Any

from app.agreement import ALGORITHM_VERSION, Measure, Method

Stored = Mapping[str, Any]

_NEW_SHAPE_SINCE = 3
_OF_SETS = {
    "percent": Measure.PERCENT_EXACT_SET,
    "percent_of_pairs": Measure.PERCENT_POOLED,
    "unanimous": Measure.UNANIMOUS,
    "jaccard": Measure.MEAN_JACCARD,
}
_OVER_ALL = {
    "percent": Measure.PERCENT,
    "percent_of_pairs": Measure.PERCENT_POOLED,
    "unanimous": Measure.UNANIMOUS,
    "light": Measure.LIGHT,
    "fleiss": Measure.FLEISS,
    "ac1": Measure.AC1,
}
_ALPHAS = {
    "nominal": Measure.ALPHA_NOMINAL,
    "ordinal": Measure.ALPHA_ORDINAL,
    "MASI": Measure.ALPHA_MASI,
    "Jaccard": Measure.ALPHA_JACCARD,
}
_OF_PAIRS = {
    "percent": Measure.PERCENT,
    "kappa": Measure.COHEN,
    "kappa_linear": Measure.COHEN_LINEAR,
    "kappa_quadratic": Measure.COHEN_QUADRATIC,
}
_OF_PAIRS_OF_SETS = {"percent": Measure.PERCENT_EXACT_SET, "jaccard": Measure.MEAN_JACCARD}
_OF_CATEGORIES = {
    "percent": Measure.PERCENT,
    "light": Measure.LIGHT,
    "alpha": Measure.ALPHA_NOMINAL,
    "ac1": Measure.AC1,
    "positive": Measure.SPECIFIC,
    "negative": Measure.NEGATIVE,
}
_OF_CATEGORY_PAIRS = {
    "percent": Measure.PERCENT,
    "kappa": Measure.COHEN,
    "positive": Measure.SPECIFIC,
    "negative": Measure.NEGATIVE,
}
_INDICES = {"prevalence_index": Measure.PREVALENCE_INDEX, "bias_index": Measure.BIAS_INDEX}
_KAPPAS = {"Cohen": Measure.CATEGORY_COHEN, "Fleiss": Measure.CATEGORY_FLEISS}
_KEPT = (
    *("algorithm_version", "scale", "categories_declared", "n_units", "n_pairable", "n_coders"),
    *("n_labels", "n_missing", "margins", "notices"),
)


def is_earlier(agreement: Stored) -> bool:
    """Whether an earlier version computed these figures, fewer than today's."""
    return int(agreement["algorithm_version"]) < ALGORITHM_VERSION


def in_shape_of_today(agreement: Stored) -> Stored:
    """Return stored agreement in the shape of today; the newer ones as they are."""
    if int(agreement["algorithm_version"]) >= _NEW_SHAPE_SINCE:
        return agreement
    is_of_sets = agreement["scale"] is None
    return {
        **{key: agreement[key] for key in _KEPT},
        "figures": _figures_over_all(agreement, _OF_SETS if is_of_sets else _OVER_ALL),
        "pairs": [_pair(pair, is_of_sets=is_of_sets) for pair in agreement["pairs"]],
        "categories": [_category(found) for found in agreement["categories"]],
    }


def _figures_over_all(agreement: Stored, names: Mapping[str, Measure]) -> Stored:
    found = _renamed(agreement, names)
    for key, distance in (("alpha", "alpha_distance"), ("alpha_companion", "companion_distance")):
        if agreement[key] is not None:
            found[_ALPHAS[agreement[distance]].value] = _estimate(agreement[key])
    return found


def _pair(pair: Stored, *, is_of_sets: bool) -> Stored:
    figures = _renamed(pair, _OF_PAIRS_OF_SETS if is_of_sets else _OF_PAIRS)
    if not is_of_sets:
        figures[Measure.COHEN.value]["null_error"] = pair["kappa_null_error"]
    figures |= _indices(pair, pair["n_units"])
    head = {key: pair[key] for key in ("first", "second", "n_units", "confusion")}
    return {**head, "figures": figures}


def _category(found: Stored) -> Stored:
    kappa = _KAPPAS[found["kappa_definition"]]
    figures = {kappa.value: _estimate(found["kappa"]), **_renamed(found, _OF_CATEGORIES)}
    head = {key: found[key] for key in ("category", "n_labels", "prevalence")}
    return {**head, "figures": figures, "pairs": [_category_pair(pair) for pair in found["pairs"]]}


def _category_pair(pair: Stored) -> Stored:
    figures = _renamed(pair, _OF_CATEGORY_PAIRS) | _indices(pair, pair["percent"]["n_units"])
    return {**{key: pair[key] for key in ("first", "second", "confusion")}, "figures": figures}


def _renamed(stored: Stored, names: Mapping[str, Measure]) -> dict[str, Any]:
    return {
        measure.value: _estimate(stored[key])
        for key, measure in names.items()
        if stored[key] is not None
    }


def _indices(stored: Stored, n_units: int) -> dict[str, Any]:
    return {
        measure.value: {"value": stored[key], "reason": None, "n_units": n_units, "n_coders": 2}
        for key, measure in _INDICES.items()
        if stored[key] is not None
    }


def _estimate(stored: Stored) -> dict[str, Any]:
    """Return an estimate that says how its interval was made: there was one way then."""
    method = None if stored["low"] is None else Method.LARGE_SAMPLE.value
    return {**stored, "method": method}
