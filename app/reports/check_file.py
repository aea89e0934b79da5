"""PURE: the judgements of a round beside its stored figures, to be checked by another program.

The figures stand under the keys of `concord agreement --json`; none is computed here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from app.agreement import Measure, Ratings, Reason, SetRatings
from app.agreement.calculation import OF_LABELS, keys_of_pairs
from app.agreement.figures import NORMAL_95
from app.coding.frozen import protocol_hash
from app.coding.measuring import RoundRatings
from app.coding.rounds import protocol_of
from app.reports.service import FacetPart, RoundReport
from app.reports.stored import Stored, StoredFacet
from app.reports.wording import is_by_documents

Plain = dict[str, Any]

_WITH_ERROR = (
    *(Measure.FLEISS, Measure.CONGER, Measure.ALPHA_NOMINAL, Measure.AC1),
    *(Measure.AC2_LINEAR, Measure.AC2_QUADRATIC, Measure.AC2_ORDINAL, Measure.BRENNAN_PREDIGER),
)
_KAPPAS = (Measure.COHEN, Measure.COHEN_LINEAR, Measure.COHEN_QUADRATIC)


def check_file(
    report: RoundReport,
    judgements: Mapping[int, RoundRatings],
    keys: Mapping[int, str],
    documents: Mapping[int, int],
) -> Plain:
    """Return judgements and figures of each facet, with what identifies and reproduces them.

    `judgements` come by facet; `keys` has the key of each card by its id, and `documents` the
    number of its source document.
    """
    return {
        "study": report.study.name,
        "round": report.round.name,
        "assistance": list(protocol_of(report.round).assistance),
        "protocol_hash": protocol_hash(report.round, report.design.version_hash),
        "closed_at": None if report.round.closed_at is None else report.round.closed_at.isoformat(),
        **({"not_reliability": report.not_reliability} if report.round.aligned_at else {}),
        "facets": [
            _facet(part, judgements[part.report.facet.id], keys, documents)
            for part in report.facets
        ],
    }


def _facet(
    part: FacetPart,
    judged: RoundRatings,
    keys: Mapping[int, str],
    documents: Mapping[int, int],
) -> Plain:
    stored = part.report.stored
    found = {
        "facet": stored.name,
        **_matrix(judged.ratings),
        "cards": [keys[card_id] for card_id in judged.card_ids],
        "input_hash": part.input_hash,
        "algorithm_version": part.algorithm_version,
    }
    if stored.agreement is not None:
        found["figures"] = figures_of(stored, stored.agreement)
        found["bootstrap"] = stored.intervals
        found["remarks"] = [f"{one.title} {one.sentence}" for one in part.report.remarks]
        if is_by_documents(stored.intervals):
            found["documents"] = [documents[card_id] for card_id in judged.card_ids]
    gate = part.report.gate
    if judged.gate is not None and gate is not None and gate.stored.agreement is not None:
        figures = figures_of(gate.stored, gate.stored.agreement)
        found["gate"] = {**_matrix(judged.gate), "figures": figures}
    return found


def _matrix(ratings: Ratings | SetRatings) -> Plain:
    """Return the table of judgements; null is not judged, [] a judged card with no category."""
    is_of_sets = isinstance(ratings, SetRatings)
    rows = _sets(ratings) if isinstance(ratings, SetRatings) else _labels(ratings)
    return {
        "choice": "multiple" if is_of_sets else "single",
        "scale": None if isinstance(ratings, SetRatings) else ratings.scale.value,
        "categories": list(ratings.categories),
        "coders": list(ratings.coders),
        "judgements": list(rows),
    }


def _labels(ratings: Ratings) -> Iterator[list[str | None]]:
    names: Sequence[str | None] = (*ratings.categories, None)  # code -1 is the last one
    for codes in ratings.codes.tolist():
        yield [names[code] for code in codes]


def _sets(ratings: SetRatings) -> Iterator[list[list[str] | None]]:
    for members, judged in zip(ratings.members, ratings.judged.tolist(), strict=True):
        yield [
            [ratings.categories[place] for place in np.flatnonzero(own)] if is_judged else None
            for own, is_judged in zip(members, judged, strict=True)
        ]


def figures_of(stored: StoredFacet, agreement: Stored) -> Plain:
    """Return the stored figures of a facet under the keys of the command's JSON."""
    found = {
        "n_units": agreement["n_units"],
        "n_coders": len(agreement["margins"]),
        "n_categories": len(agreement["categories_declared"]),
        "n_pairable_units": agreement["n_pairable"],
        "n_labels": agreement["n_labels"],
        **_values(agreement["figures"]),
    }
    pairs, categories = agreement["pairs"], agreement["categories"]
    if len(pairs) > 1:
        found |= _by_pair(pairs)
    if stored.is_multiple:
        return {**found, "per_label": {one["category"]: _label(one) for one in categories}}
    found |= _of_coders(agreement)
    found |= _by_category(categories, (Measure.SPECIFIC, Measure.CATEGORY_FLEISS))
    if len(categories) == 2:
        for key, one in zip(("positive_agreement", "negative_agreement"), categories, strict=True):
            found[key] = _value(one["figures"][Measure.SPECIFIC])
    if len(pairs) == 1:
        found |= _of_two(pairs[0]["figures"])
        found |= _by_category(categories, (Measure.CATEGORY_COHEN,))
    return found


def _value(figure: Stored) -> Any:
    return _undefined(figure) if figure["value"] is None else figure["value"]


def _undefined(figure: Stored) -> Plain:
    reason = figure["reason"]
    return {"undefined": Reason(reason).name.lower() if reason else "not_defined"}


def _values(figures: Stored) -> Plain:
    return {key: _value(figure) for key, figure in figures.items()}


def _by_pair(pairs: Sequence[Stored]) -> Plain:
    names = keys_of_pairs([(pair["first"], pair["second"]) for pair in pairs])
    return {
        f"{key}_pairs": {
            name: _value(pair["figures"][key]) for name, pair in zip(names, pairs, strict=True)
        }
        for key in pairs[0]["figures"]
    }


def _by_category(categories: Sequence[Stored], measures: Iterable[Measure]) -> Plain:
    return {
        measure.value: {one["category"]: _value(one["figures"][measure]) for one in categories}
        for measure in measures
        if all(measure in one["figures"] for one in categories)
    }


def _of_coders(agreement: Stored) -> Plain:
    figures = agreement["figures"]
    kappas = [pair["figures"][Measure.COHEN]["value"] for pair in agreement["pairs"]]
    found: Plain = {
        "light_pairs_defined": sum(value is not None for value in kappas),
        "light_pairs_total": len(kappas),
    }
    for measure in _WITH_ERROR:
        error = figures.get(measure, {}).get("standard_error")
        if error is not None:
            found[f"{measure.value}_se_gwet"] = error
    fleiss = figures[Measure.FLEISS]
    if fleiss["value"] is None:
        found["fleiss_kappa_se0"] = _undefined(fleiss)
    elif fleiss.get("null_error") is not None:
        found["fleiss_kappa_se0"] = fleiss["null_error"]
    return found


def _of_two(figures: Stored) -> Plain:
    found = _values(figures)
    for measure in _KAPPAS:
        if measure in figures:
            found[f"{measure.value}_se"] = _number(figures[measure], "standard_error")
    kappa = figures[Measure.COHEN]
    found["cohen_kappa_se0"] = _number(kappa, "null_error")
    if kappa["value"] is None or kappa["standard_error"] is None:
        found["cohen_kappa_ci95"] = _undefined(kappa)
    else:
        reach = NORMAL_95 * kappa["standard_error"]
        found["cohen_kappa_ci95"] = [kappa["value"] - reach, kappa["value"] + reach]
    return found


def _number(figure: Stored, key: str) -> Any:
    return _undefined(figure) if figure.get(key) is None else figure[key]


def _label(found: Stored) -> Plain:
    figures = found["figures"]
    share = found["prevalence"]
    nothing_judged = {"undefined": Reason.NO_JUDGEMENTS.name.lower()}
    return {
        **{
            key: _value(figures[measure])
            for key, measure in OF_LABELS.items()
            if measure in figures
        },
        "share": nothing_judged if share is None else share,
    }
