"""Every figure of a table of judgements under the keys that commands and check files use."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.agreement.description import describe
from app.agreement.facet import ALGORITHM_VERSION, FacetAgreement, Figures, PairAgreement
from app.agreement.figures import NORMAL_95
from app.agreement.intervals import FacetIntervals, Interval, bootstrap
from app.agreement.measures import Measure
from app.agreement.notices import Notice
from app.agreement.ratings import IntArray, Ratings, SetRatings
from app.agreement.record import Plain
from app.agreement.resampling import Progress
from app.agreement.undefined import Estimate, Reason

_LINEARISED = (
    Measure.FLEISS,
    Measure.CONGER,
    Measure.ALPHA_NOMINAL,
    Measure.AC1,
    Measure.AC2_LINEAR,
    Measure.AC2_QUADRATIC,
    Measure.AC2_ORDINAL,
    Measure.BRENNAN_PREDIGER,
)
OF_LABELS = {
    "krippendorff_alpha_nominal": Measure.ALPHA_NOMINAL,
    "percent_agreement": Measure.PERCENT,
    "gwet_ac1": Measure.AC1,
    "positive_agreement": Measure.SPECIFIC,
    "negative_agreement": Measure.NEGATIVE,
    "fleiss_kappa": Measure.CATEGORY_FLEISS,
    "cohen_kappa": Measure.CATEGORY_COHEN,
}


@dataclass(frozen=True, slots=True)
class Calculation:
    """All figures of one table of judgements.

    Parameters
    ----------
    figures : dict
        From the key of a figure to a number, to figures by category or by two coders
        ("first|second"), or to {"undefined": why}; counts under "n_units" and its kin; with
        resamples also "…_boot95", the limits of the bootstrap interval, where there is one.
    intervals : dict
        Bootstrap intervals under the same keys, each {"low", "high", "n_undefined"} or
        {"undefined": why, "n_undefined"}; empty without resamples.
    notices : tuple of Notice
        What to keep in mind, in plain words.
    algorithm_version : int
        Of the program that computed them.
    facet : FacetAgreement
        The same figures as values.
    drawn : FacetIntervals or None
        The bootstrap, with what was drawn, how often and under which seed.
    """

    figures: dict[str, Plain]
    intervals: dict[str, Plain]
    notices: tuple[Notice, ...]
    algorithm_version: int
    facet: FacetAgreement
    drawn: FacetIntervals | None


def calculate(
    ratings: Ratings | SetRatings,
    *,
    n_resamples: int = 0,
    seed: int = 0,
    clusters: IntArray | None = None,
    progress: Progress | None = None,
) -> Calculation:
    """Return every figure that the scale and kind of the judgements call for.

    Parameters
    ----------
    ratings : Ratings or SetRatings
        The judgements.
    n_resamples, seed : int
        Of the bootstrap; none if 0.
    clusters : ndarray of int, shape (n_units,), optional
        For each card, the number of its source document; documents are then drawn.
    progress : callable, optional
        Told the share of resamples done.

    Examples
    --------
    >>> ratings = Ratings([[0, 0]] * 20 + [[0, 1]] * 5 + [[1, 0]] * 10 + [[1, 1]] * 15, ("y", "n"))
    >>> found = calculate(ratings).figures
    >>> round(found["cohen_kappa"], 3), round(found["gwet_ac1"], 3)
    (0.4, 0.406)
    >>> calculate(Ratings([[0], [1]], ("y", "n"))).figures["fleiss_kappa"]
    {'undefined': 'fewer_than_two_coders'}
    """
    facet = describe(ratings)
    drawn = None
    if n_resamples:
        drawn = bootstrap(
            ratings, facet, n_resamples=n_resamples, seed=seed, clusters=clusters, progress=progress
        )
    figures = _figures_of_sets(facet) if facet.is_of_sets else _figures(facet)
    intervals = {} if drawn is None else _intervals(facet, drawn)
    figures |= {f"{key}_boot95": limits for key, limits in _limits(intervals)}
    return Calculation(figures, intervals, facet.notices, ALGORITHM_VERSION, facet, drawn)


def _undefined(reason: str | None) -> Plain:
    return {"undefined": Reason(reason).name.lower() if reason else "not_defined"}


def _value(found: Estimate) -> Plain:
    return _undefined(found.reason) if found.value is None else found.value


def _counts(facet: FacetAgreement) -> dict[str, Plain]:
    return {
        "n_units": facet.n_units,
        "n_coders": len(facet.margins),
        "n_categories": len(facet.categories_declared),
        "n_pairable_units": facet.n_pairable,
        "n_labels": facet.n_labels,
    }


def _by_category(facet: FacetAgreement, measure: Measure) -> Plain:
    return {entry.category: _value(entry.figures[measure]) for entry in facet.categories}


def _figures(facet: FacetAgreement) -> dict[str, Plain]:
    found = _counts(facet)
    found |= {measure.value: _value(one) for measure, one in facet.figures.items()}
    kappas = [pair.figures[Measure.COHEN] for pair in facet.pairs]
    found["light_pairs_defined"] = sum(kappa.is_defined for kappa in kappas)
    found["light_pairs_total"] = len(kappas)
    found |= _errors(facet.figures)
    found[Measure.SPECIFIC] = _by_category(facet, Measure.SPECIFIC)
    found[Measure.CATEGORY_FLEISS] = _by_category(facet, Measure.CATEGORY_FLEISS)
    if len(facet.categories) == 2:
        positive, negative = (entry.figures[Measure.SPECIFIC] for entry in facet.categories)
        found |= {"positive_agreement": _value(positive), "negative_agreement": _value(negative)}
    if len(facet.pairs) == 1:
        found |= _of_two_coders(facet, facet.pairs[0])
    elif facet.pairs:
        for measure in facet.pairs[0].figures:
            found[f"{measure}_pairs"] = _by_pair(facet.pairs, measure)
    return found


def keys_of_pairs(names: Sequence[tuple[str, str]]) -> list[str]:
    """Return "first|second" for each two coders, with quoted names if two pairs would read alike.

    Examples
    --------
    >>> keys_of_pairs([("a", "b|c"), ("a|b", "c")])
    ["'a'|'b|c'", "'a|b'|'c'"]
    """
    keys = [f"{first}|{second}" for first, second in names]
    if len(set(keys)) < len(keys):
        return [f"{first!r}|{second!r}" for first, second in names]
    return keys


def pair_keys(pairs: Sequence[PairAgreement]) -> list[str]:
    """Return the key of each pair in files."""
    return keys_of_pairs([(pair.first, pair.second) for pair in pairs])


def _by_pair(pairs: Sequence[PairAgreement], measure: Measure) -> Plain:
    values = (_value(pair.figures[measure]) for pair in pairs)
    return dict(zip(pair_keys(pairs), values, strict=True))


def _errors(figures: Figures) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for measure in _LINEARISED:
        if measure in figures and figures[measure].standard_error is not None:
            found[f"{measure}_se_gwet"] = figures[measure].standard_error
    fleiss = figures[Measure.FLEISS]
    if fleiss.value is None:
        found["fleiss_kappa_se0"] = _undefined(fleiss.reason)
    elif fleiss.null_error is not None:
        found["fleiss_kappa_se0"] = fleiss.null_error
    return found


def _of_two_coders(facet: FacetAgreement, pair: PairAgreement) -> dict[str, Plain]:
    found = {measure.value: _value(one) for measure, one in pair.figures.items()}
    found[Measure.PERCENT] = _value(facet.figures[Measure.PERCENT])
    kappa = pair.figures[Measure.COHEN]
    for measure in (Measure.COHEN, Measure.COHEN_LINEAR, Measure.COHEN_QUADRATIC):
        if measure in pair.figures:
            found[f"{measure}_se"] = _error(pair.figures[measure])
    found["cohen_kappa_se0"] = (
        _undefined(kappa.reason) if kappa.null_error is None else kappa.null_error
    )
    found["cohen_kappa_ci95"] = _symmetric(kappa)
    found[Measure.CATEGORY_COHEN] = _by_category(facet, Measure.CATEGORY_COHEN)
    return found


def _error(found: Estimate) -> Plain:
    return _undefined(found.reason) if found.standard_error is None else found.standard_error


def _symmetric(found: Estimate) -> Plain:
    """Return kappa ± 1.96 standard errors, also where a page would rather show none."""
    if found.value is None or found.standard_error is None:
        return _undefined(found.reason)
    reach = NORMAL_95 * found.standard_error
    return [found.value - reach, found.value + reach]


def _figures_of_sets(facet: FacetAgreement) -> dict[str, Plain]:
    found = _counts(facet)
    found |= {measure.value: _value(one) for measure, one in facet.figures.items()}
    if len(facet.pairs) > 1:
        for measure in facet.pairs[0].figures:
            found[f"{measure}_pairs"] = _by_pair(facet.pairs, measure)
    found["per_label"] = {
        entry.category: {
            "share": _undefined(Reason.NO_JUDGEMENTS)
            if entry.prevalence is None
            else entry.prevalence,
            **{
                key: _value(entry.figures[measure])
                for key, measure in OF_LABELS.items()
                if measure in entry.figures
            },
        }
        for entry in facet.categories
    }
    return found


def _intervals(facet: FacetAgreement, drawn: FacetIntervals) -> dict[str, Plain]:
    found: dict[str, Plain] = {key.value: _interval(one) for key, one in drawn.figures.items()}
    if len(facet.pairs) == 1:
        found |= {key.value: _interval(one) for key, one in drawn.pairs[0].items()}
    for measure in drawn.pairs[0] if len(facet.pairs) > 1 else ():
        found[f"{measure}_pairs"] = {
            key: _interval(own[measure])
            for key, own in zip(pair_keys(facet.pairs), drawn.pairs, strict=True)
        }
    return found | _intervals_by_category(facet, drawn)


def _intervals_by_category(facet: FacetAgreement, drawn: FacetIntervals) -> dict[str, Plain]:
    by_category = list(zip(facet.categories, drawn.categories, strict=True))
    if facet.is_of_sets:
        return {
            "per_label": {
                entry.category: {
                    key: _interval(own[measure])
                    for key, measure in OF_LABELS.items()
                    if measure in own
                }
                for entry, own in by_category
            }
        }
    return {
        measure.value: {entry.category: _interval(own[measure]) for entry, own in by_category}
        for measure in (Measure.SPECIFIC, Measure.CATEGORY_FLEISS, Measure.CATEGORY_COHEN)
        if by_category and measure in by_category[0][1]
    }


def _limits(intervals: dict[str, Plain]) -> Iterator[tuple[str, Plain]]:
    for key, found in intervals.items():
        if isinstance(found, dict) and "low" in found:
            yield key, [found["low"], found["high"]]


def _interval(found: Interval) -> Plain:
    if found.low is None or found.high is None:
        why = found.note or "the figure is not defined"
        return {"undefined": why, "n_undefined": found.n_undefined}
    return {"low": found.low, "high": found.high, "n_undefined": found.n_undefined}
