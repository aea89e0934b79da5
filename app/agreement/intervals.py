"""Bootstrap intervals of all figures of a facet, and how they join what was stored."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.agreement.counting import count
from app.agreement.facet import ALGORITHM_VERSION, FacetAgreement, Figures
from app.agreement.figures import MINIMUM_FOR_INTERVAL, NO_WIDTH, withheld_interval
from app.agreement.grouping import Unit
from app.agreement.measures import Measure
from app.agreement.ratings import FloatArray, IntArray, Ratings, SetRatings
from app.agreement.resampling import Progress, Resamples, resample
from app.agreement.set_resampling import resample_sets
from app.agreement.undefined import Estimate, Note


@dataclass(frozen=True, slots=True)
class Interval:
    """The interval of one figure, or why it has none.

    Parameters
    ----------
    low, high : float or None
        2.5 % and 97.5 % points of the resampled values; `None` if none can be relied on.
    n_undefined : int
        Resamples in which the figure has no value; they are left out.
    note : str or None
        Why there is no interval.
    """

    low: float | None
    high: float | None
    n_undefined: int = 0
    note: str | None = None


Intervals = Mapping[Measure, Interval]


@dataclass(frozen=True, slots=True)
class FacetIntervals:
    """Bootstrap intervals of the figures of a facet.

    Parameters
    ----------
    algorithm_version : int
        Of the program that drew the resamples.
    seed, n_resamples : int
        With them anybody draws the same resamples again.
    unit : Unit
        What was drawn.
    n_drawn : int
        How many of them make up a resample.
    figures : mapping of Measure to Interval
        Of all coders together.
    pairs, categories : tuple of mappings of Measure to Interval
        Of each two coders and each category, in the order of the facet's.
    """

    algorithm_version: int
    seed: int
    n_resamples: int
    unit: Unit
    n_drawn: int
    figures: Intervals
    pairs: tuple[Intervals, ...]
    categories: tuple[Intervals, ...]


def percentile_interval(values: FloatArray, found: Estimate) -> Interval:
    """Return the 95 % percentile interval of a figure.

    Parameters
    ----------
    values : ndarray of float, shape (n_resamples,)
        The figure in each resample, NaN where it has no value.
    found : Estimate
        The figure itself. Below 10 cards and with perfect agreement it has no interval.

    Returns
    -------
    Interval
        In units of the figure; `None` and a note if it cannot be relied on: as `found` says, if
        more than half of the resamples have no value, or if all have the same.

    References
    ----------
    Efron, B. & Tibshirani, R. J. (1993). An Introduction to the Bootstrap, ch. 13.
    doi:10.1007/978-1-4899-4541-9

    Examples
    --------
    >>> spread = percentile_interval(np.linspace(0, 1, 1001), Estimate(0.5, n_units=40))
    >>> round(spread.low, 3), round(spread.high, 3)
    (0.025, 0.975)
    """
    defined = values[~np.isnan(values)]
    n_undefined = values.size - defined.size
    if found.value is None:
        return Interval(None, None, n_undefined)
    note = withheld_interval(found.value, found.n_units)
    if note is None and defined.size < values.size / 2:
        note = Note.RARELY_DEFINED
    if note is not None:
        return Interval(None, None, n_undefined, note)
    low, high = np.quantile(defined, [0.025, 0.975]).tolist()
    if high - low < NO_WIDTH:
        return Interval(None, None, n_undefined, Note.NO_SPREAD)
    return Interval(low, high, n_undefined)


def bootstrap(
    ratings: Ratings | SetRatings,
    facet: FacetAgreement,
    *,
    n_resamples: int,
    seed: int,
    clusters: IntArray | None = None,
    progress: Progress | None = None,
) -> FacetIntervals:
    """Return the bootstrap intervals of everything `describe` says of these judgements.

    Parameters
    ----------
    ratings : Ratings or SetRatings
        The judgements.
    facet : FacetAgreement
        Their description.
    n_resamples, seed : int
        How many resamples; the same seed gives the same ones.
    clusters : ndarray of int, shape (n_units,), optional
        For each card, the number of its source document; documents are then drawn.
    progress : callable, optional
        Told the share of resamples done.

    Examples
    --------
    >>> from app.agreement.description import describe
    >>> ratings = Ratings([[0, 0]] * 20 + [[0, 1]] * 5 + [[1, 0]] * 10 + [[1, 1]] * 15, ("y", "n"))
    >>> found = bootstrap(ratings, describe(ratings), n_resamples=500, seed=7)
    >>> kappa = found.pairs[0][Measure.COHEN]
    >>> 0.1 < kappa.low < 0.2, 0.6 < kappa.high < 0.7
    (True, True)
    """
    if facet.n_pairable < MINIMUM_FOR_INTERVAL:  # nothing could be shown of what was drawn
        if progress is not None:
            progress(1.0)
        unit = Unit.CARDS if clusters is None else Unit.CLUSTERS
        return _without_drawing(facet, unit, n_resamples=n_resamples, seed=seed)
    draw = {"n_resamples": n_resamples, "seed": seed}
    if isinstance(ratings, Ratings):
        counts = count(ratings)
        drawn = resample(ratings, counts, **draw, clusters=clusters, progress=progress)
    else:
        drawn = resample_sets(ratings, **draw, clusters=clusters, progress=progress)
    return _intervals(drawn, facet)


def _without_drawing(
    facet: FacetAgreement, unit: Unit, *, n_resamples: int, seed: int
) -> FacetIntervals:
    nothing = np.zeros(0)

    def withheld(figures: Figures) -> Intervals:
        return {measure: percentile_interval(nothing, found) for measure, found in figures.items()}

    return FacetIntervals(
        algorithm_version=ALGORITHM_VERSION,
        seed=seed,
        n_resamples=n_resamples,
        unit=unit,
        n_drawn=0,
        figures=withheld(facet.figures),
        pairs=tuple(withheld(pair.figures) for pair in facet.pairs),
        categories=tuple(withheld(category.figures) for category in facet.categories),
    )


def _intervals(drawn: Resamples, facet: FacetAgreement) -> FacetIntervals:
    values = drawn.values
    return FacetIntervals(
        algorithm_version=ALGORITHM_VERSION,
        seed=drawn.seed,
        n_resamples=drawn.n_resamples,
        unit=drawn.unit,
        n_drawn=drawn.n_drawn,
        figures=_of(values.over_all, facet.figures),
        pairs=tuple(
            _of(_at(values.of_pairs, place), pair.figures) for place, pair in enumerate(facet.pairs)
        ),
        categories=tuple(
            _of(_at(values.of_categories, place), category.figures)
            for place, category in enumerate(facet.categories)
        ),
    )


def _at(values: Mapping[Measure, FloatArray], place: int) -> dict[Measure, FloatArray]:
    return {measure: found[:, place] for measure, found in values.items()}


def _of(values: Mapping[Measure, FloatArray], figures: Figures) -> Intervals:
    return {
        measure: percentile_interval(found, figures[measure])
        for measure, found in values.items()
        if measure in figures
    }
