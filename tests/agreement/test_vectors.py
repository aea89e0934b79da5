"""Every figure of the collected reference cases, or the reason why it is not computed yet."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.agreement import Estimate, Measure, Ratings, Scale, SetRatings, Weighting, assess, describe
from app.agreement.coefficients import (
    brennan_prediger,
    fleiss_kappa,
    fleiss_null_standard_error,
    gwet_ac,
)
from app.agreement.counts import collapse, count
from app.agreement.distances import agreement_weights
from app.agreement.kappa import cohen_kappa, largest_kappa

VECTORS = Path(__file__).parents[2].parent / "shared" / "agreement" / "vectors.json"
CASES = json.loads(VECTORS.read_text("utf-8"))["cases"] if VECTORS.exists() else []

OUT_OF_SCOPE_CASES = {
    "pub-benchmark-altman": "verbal scales come with the report",
    "pub-yeung-ruzzo": "comparison of free sorts comes with the analysis pages",
    "pub-sort-small": "comparison of free sorts comes with the analysis pages",
}
OUT_OF_SCOPE_FIGURES = {
    "krippendorff_alpha_interval": "no facet has an interval scale",
    "krippendorff_alpha_ratio": "no facet has a ratio scale",
    "gwet_ac1_se_gwet": "intervals over all coders come with resampling",
    "fleiss_kappa_se_gwet": "intervals over all coders come with resampling",
    "conger_kappa_se_gwet": "intervals over all coders come with resampling",
    "brennan_prediger_se_gwet": "intervals over all coders come with resampling",
    "krippendorff_alpha_nominal_se_gwet": "intervals over all coders come with resampling",
}
MEASURES = {
    "percent_agreement": Measure.PERCENT,
    "percent_agreement_pooled": Measure.PERCENT_OF_PAIRS,
    "percent_unanimous": Measure.UNANIMOUS,
    "krippendorff_alpha_nominal": Measure.KRIPPENDORFF_ALPHA_NOMINAL,
    "krippendorff_alpha_ordinal": Measure.KRIPPENDORFF_ALPHA,
    "fleiss_kappa": Measure.FLEISS_KAPPA,
    "conger_kappa": Measure.CONGER_KAPPA,
    "light_kappa": Measure.LIGHT_KAPPA,
    "gwet_ac1": Measure.GWET_AC1,
    "brennan_prediger": Measure.BRENNAN_PREDIGER,
    "cohen_kappa": Measure.COHEN_KAPPA,
    "cohen_kappa_linear": Measure.COHEN_KAPPA_LINEAR,
    "cohen_kappa_quadratic": Measure.COHEN_KAPPA_QUADRATIC,
    "scott_pi": Measure.SCOTT_PI,
    "pabak": Measure.PABAK,
    "prevalence_index": Measure.PREVALENCE_INDEX,
    "bias_index": Measure.BIAS_INDEX,
    "krippendorff_alpha_masi": Measure.KRIPPENDORFF_ALPHA,
    "krippendorff_alpha_jaccard": Measure.KRIPPENDORFF_ALPHA_JACCARD,
    "krippendorff_alpha_exact_set": Measure.KRIPPENDORFF_ALPHA_EXACT,
    "percent_agreement_exact_set": Measure.PERCENT,
    "mean_jaccard_similarity": Measure.MEAN_JACCARD,
    "mean_masi_similarity": Measure.MEAN_MASI,
}


def read_case(case) -> Ratings | SetRatings:
    names = case["options"]["categories"]
    rows = np.repeat(
        np.arange(len(case["data"]["rows"])),
        case["data"].get("repeat", [1] * len(case["data"]["rows"])),
    )
    coders = tuple(case["data"]["coders"])
    labels = [case["data"]["rows"][row] for row in rows]
    categories = tuple(str(name) for name in names)
    if case["kind"] == "multilabel":
        judged = [[cell is not None for cell in row] for row in labels]
        members = [[[name in (cell or ()) for name in names] for cell in row] for row in labels]
        return SetRatings(members, judged, categories, coders=coders)
    position = {name: index for index, name in enumerate(names)} | {None: -1}
    codes = [[position[label] for label in row] for row in labels]
    scale = Scale.ORDINAL if case["options"].get("ordered") else Scale.NOMINAL
    return Ratings(codes, categories, scale=scale, coders=coders)


def weights_of(ratings, name):
    return agreement_weights(len(ratings.categories), Weighting(name))


def pair_names(facet):
    return [f"{pair.first}|{pair.second}" for pair in facet.pairs]


def compute_by_category(ratings, figure):
    facet, names = describe(ratings), ratings.categories
    if figure == "per_category_fleiss_kappa":
        collapsed = collapse(count(ratings))
        return dict(zip(names, fleiss_kappa(collapsed).tolist(), strict=True))
    if figure == "specific_agreement":
        return {entry.category: entry.positive for entry in facet.categories}
    return {entry.category: entry.pairs[0].kappa for entry in facet.categories}


def compute_of_pair(ratings, figure):
    tables = count(ratings).pair_tables[0]
    for name in ("linear", "quadratic"):
        if figure == f"cohen_kappa_{name}_se":
            return cohen_kappa(tables, Weighting(name)).standard_error
    figures = cohen_kappa(tables)
    reach = 1.959963984540054 * figures.standard_error
    return {
        "cohen_kappa_se": figures.standard_error,
        "cohen_kappa_se0": figures.null_standard_error,
        "cohen_kappa_ci95": [figures.value - reach, figures.value + reach],
        "kappa_max": largest_kappa(tables),
    }[figure]


def compute_counted(ratings, figure):
    counts, facet = count(ratings), describe(ratings)
    pairs = [pair.kappa for pair in facet.pairs]
    return {
        "n_units": facet.n_units,
        "n_coders": facet.n_coders,
        "n_categories": len(facet.categories),
        "n_pairable_units": facet.n_pairable,
        "n_labels": facet.n_labels,
        "light_pairs_defined": sum(kappa.is_defined for kappa in pairs),
        "light_pairs_total": len(pairs),
        "fleiss_kappa_se0": fleiss_null_standard_error(counts),
        "positive_agreement": facet.categories[0].positive,
        "negative_agreement": facet.categories[0].negative,
        "cohen_kappa_pairs": dict(zip(pair_names(facet), pairs, strict=True)),
    }[figure]


def compute_label_sets(ratings):
    found = {}
    for entry in describe(ratings).categories:
        found[entry.category] = {
            "krippendorff_alpha_nominal": entry.alpha,
            "percent_agreement": entry.percent,
            "gwet_ac1": entry.ac1,
            "positive_agreement": entry.positive,
            "share": entry.prevalence,
            "cohen_kappa": entry.pairs[0].kappa,
        }
    return found


def compute(ratings, figure):
    if figure in MEASURES:
        return assess(ratings, MEASURES[figure])
    if figure == "per_label":
        return compute_label_sets(ratings)
    if figure in ("n_units", "n_coders") and isinstance(ratings, SetRatings):
        return getattr(describe(ratings), figure)
    if figure.startswith("gwet_ac2_"):
        return gwet_ac(count(ratings), weights_of(ratings, figure.removeprefix("gwet_ac2_")))
    if figure == "fleiss_kappa_listwise":
        complete = ratings.codes[ratings.judged.all(axis=1)]
        return assess(Ratings(complete, ratings.categories), Measure.FLEISS_KAPPA)
    if figure in (
        "per_category_fleiss_kappa",
        "specific_agreement",
        "per_category_cohen_kappa",
    ):
        return compute_by_category(ratings, figure)
    if figure in ("cohen_kappa_se", "cohen_kappa_se0", "cohen_kappa_ci95", "kappa_max") or (
        figure.endswith("_se")
    ):
        return compute_of_pair(ratings, figure)
    return compute_counted(ratings, figure)


def tolerance_of(case, figure):
    given = case["tolerance"]
    if figure in given:
        return given[figure]
    return given["cohen_kappa*_se*"] if "_se" in figure else given["default"]


def compare(found, expected, tolerance):
    if isinstance(expected, dict) and "undefined" in expected:
        if isinstance(found, Estimate):
            assert found.value is None
            assert found.reason.name.lower() == expected["undefined"]
        else:
            assert np.isnan(found)
    elif isinstance(expected, dict):
        assert list(found) == list(expected)
        for key, value in expected.items():
            compare(found[key], value, tolerance)
    else:
        value = found.value if isinstance(found, Estimate) else found
        assert np.asarray(value).tolist() == pytest.approx(expected, abs=tolerance)


@pytest.mark.skipif(not CASES, reason="the reference cases are not at hand")
def test_everything_left_out_is_in_the_reference_cases():
    assert OUT_OF_SCOPE_CASES.keys() <= {case["id"] for case in CASES}
    figures = {figure for case in CASES for figure in case["expected"]}
    assert OUT_OF_SCOPE_FIGURES.keys() <= figures


@pytest.mark.parametrize(
    ("case", "figure"),
    [
        pytest.param(case, figure, id=f"{case['id']}-{figure}")
        for case in CASES
        for figure in case["expected"]
        if case["id"] not in OUT_OF_SCOPE_CASES and figure not in OUT_OF_SCOPE_FIGURES
    ],
)
def test_a_figure_equals_the_reference(case, figure):
    found = compute(read_case(case), figure)
    compare(found, case["expected"][figure], tolerance_of(case, figure))


def test_brennan_prediger_takes_weights():
    ratings = Ratings([[0, 1], [1, 1], [2, 0]], ("low", "mid", "high"), scale=Scale.ORDINAL)
    weights = weights_of(ratings, "linear")
    expected = weights.sum() / 9
    observed = (0.5 + 1 + 0) / 3
    value = float(brennan_prediger(count(ratings), weights))
    assert value == pytest.approx((observed - expected) / (1 - expected))
