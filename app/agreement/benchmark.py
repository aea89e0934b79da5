"""Words for a coefficient: verbal scales, and the level that the cards support.

A bare value ignores chance: .67 from 20 cards is hardly more "good" than "moderate". Gwet asks
instead how probable each level is, given the standard error, and takes the best level that the
true value reaches with a probability of .95. The scales themselves are customs, not laws.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise

CERTAINTY = 0.95  # what the cumulative probability of a level has to reach
_DECIMALS = 12  # beyond, only the noise of arithmetic keeps a value from a border
_LOWEST, _HIGHEST = -1.0, 1.0


class NoMembership(StrEnum):
    """Why levels have no probabilities; the member's text is the sentence shown to people."""

    NO_STANDARD_ERROR = "there is no standard error, so no level has a probability"
    NO_SPREAD = "the standard error is 0, so the cards do not tell how far off the value may be"
    OUT_OF_RANGE = "the value lies too far below -1 for any level to have a probability"


@dataclass(frozen=True, slots=True)
class Level:
    """A band of values and the word for it.

    Parameters
    ----------
    name : str
        The word of the source.
    low, high : float
        Limits of the band, in units of the coefficient.
    takes_low : bool
        Whether a value exactly on the lower limit belongs to this level, not to the next worse.
    """

    name: str
    low: float
    high: float
    takes_low: bool = True


@dataclass(frozen=True, slots=True)
class VerbalScale:
    """Levels from the best to the worst that together cover the values from -1 to 1.

    Parameters
    ----------
    name : str
        What the scale is called.
    levels : tuple of Level
        From the best (up to 1) to the worst (down to -1), each ending where the next better
        one begins.
    source : str
        Where the scale was published.

    Raises
    ------
    ValueError
        If the levels leave a gap, overlap, or do not reach from 1 down to -1.

    Examples
    --------
    >>> [level.name for level in KRIPPENDORFF.levels]
    ['reliable', 'tentative conclusions only', 'not reliable']
    """

    name: str
    levels: tuple[Level, ...]
    source: str

    def __post_init__(self) -> None:
        if (
            not self.levels
            or self.levels[0].high != _HIGHEST
            or self.levels[-1].low != _LOWEST
            or any(better.low != worse.high for better, worse in pairwise(self.levels))
        ):
            raise ValueError(
                "The levels of a scale reach from 1 down to -1 without gap or overlap."
            )
        if any(level.low >= level.high for level in self.levels):
            raise ValueError("The lower limit of a level lies below its upper limit.")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What a verbal scale says about a value, without and with regard to chance.

    Parameters
    ----------
    scale : VerbalScale
        The scale; `cumulative` follows the order of its levels.
    level_naive : str
        The level that the bare value falls in.
    cumulative : tuple of float, or None
        For each level from the best to the worst, the probability that the true value lies in it
        or in a better one: between 0 and 1, never falling, the last one 1.
    level_95 : str or None
        The first level from the best whose cumulative probability reaches .95.
    reason : str or None
        Why there are no probabilities; `None` exactly if there are.

    Raises
    ------
    ValueError
        If probabilities and reason are both present or both absent.
    """

    scale: VerbalScale
    level_naive: str
    cumulative: tuple[float, ...] | None = None
    level_95: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if not (self.cumulative is None) == (self.level_95 is None) == (self.reason is not None):
            raise ValueError("A benchmark has either probabilities or a reason for having none.")


LANDIS_KOCH = VerbalScale(
    name="Landis & Koch",
    levels=(
        Level("almost perfect", 0.8, 1.0, takes_low=False),  # .80 itself is printed as the level
        Level("substantial", 0.6, 0.8, takes_low=False),  # below, and so on down to .20;
        Level("moderate", 0.4, 0.6, takes_low=False),
        Level("fair", 0.2, 0.4, takes_low=False),
        Level("slight", 0.0, 0.2),  # 0 is slight, only less than 0 is poor
        Level("poor", -1.0, 0.0),
    ),
    source="Landis, J. R. & Koch, G. G. (1977). The Measurement of Observer Agreement for "
    "Categorical Data. Biometrics 33(1), 159-174. doi:10.2307/2529310",
)
"""Printed as .81-1, .61-.80, .41-.60, .21-.40, 0-.20: a border belongs to the worse level."""

FLEISS = VerbalScale(
    name="Fleiss",
    levels=(
        Level("excellent", 0.75, 1.0, takes_low=False),
        Level("fair to good", 0.4, 0.75),
        Level("poor", -1.0, 0.4),
    ),
    source="Fleiss, J. L. (1981). Statistical Methods for Rates and Proportions, 2nd ed. Wiley; "
    "3rd ed. 2003, doi:10.1002/0471445428",
)
"""Above .75 excellent, below .40 poor: both borders belong to what lies between."""

ALTMAN = VerbalScale(
    name="Altman",
    levels=(
        Level("very good", 0.8, 1.0, takes_low=False),
        Level("good", 0.6, 0.8, takes_low=False),
        Level("moderate", 0.4, 0.6, takes_low=False),
        Level("fair", 0.2, 0.4),  # only less than .20 is poor
        Level("poor", -1.0, 0.2),
    ),
    source="Altman, D. G. (1991). Practical Statistics for Medical Research. Chapman & Hall. "
    "doi:10.1201/9780429258589",
)
"""Printed as .81-1, .61-.80, .41-.60, .21-.40 and less than .20."""

KRIPPENDORFF = VerbalScale(
    name="Krippendorff",
    levels=(
        Level("reliable", 0.8, 1.0),
        Level("tentative conclusions only", 0.667, 0.8),
        Level("not reliable", -1.0, 0.667),
    ),
    source="Krippendorff, K. (2018). Content Analysis, 4th ed., ch. 12. doi:10.4135/9781071878781",
)
"""At least .800, at least .667: a border belongs to the better level. Meant for alpha."""

VERBAL_SCALES = (LANDIS_KOCH, FLEISS, ALTMAN, KRIPPENDORFF)


def naive_level(value: float, scale: VerbalScale) -> str:
    """Return the level that a bare value falls in.

    A value on a border goes where the source of the scale puts it (`Level.takes_low`). Borders
    are compared after rounding to 12 decimals, so that .8 computed as .7999999999999999 is .8.

    Parameters
    ----------
    value : float
        At most 1; a value below -1, which Fleiss' kappa can take with missing judgements,
        belongs to the worst level.
    scale : VerbalScale
        The levels.

    Raises
    ------
    ValueError
        If the value is not finite or above 1.

    Examples
    --------
    >>> naive_level(0.8, KRIPPENDORFF), naive_level(0.8, LANDIS_KOCH)
    ('reliable', 'substantial')
    """
    rounded = _checked(value)
    for level in scale.levels[:-1]:
        if rounded > level.low or (level.takes_low and rounded == level.low):
            return level.name
    return scale.levels[-1].name


def benchmark(value: float, standard_error: float | None, scale: VerbalScale) -> Benchmark:
    """Return the level of a value, and the level its standard error supports.

    With X normal around the value and truncated to [-1, 1], the cumulative probability of a level
    with lower limit l is P(X >= l) = (F(1) - F(l)) / (F(1) - F(-1)), where F is the distribution
    of the normal. `level_95` is the first level from the best where it reaches .95.

    Parameters
    ----------
    value : float
        The coefficient, at most 1.
    standard_error : float or None
        Its standard error, 0 or more; `None` where none was computed.
    scale : VerbalScale
        The levels.

    Returns
    -------
    Benchmark
        `level_naive` always; no probabilities, and the reason, without a standard error, with
        one of 0, and where next to nothing of the normal lies within [-1, 1].

    Raises
    ------
    ValueError
        If the value is not finite or above 1, or the standard error negative or not finite.

    References
    ----------
    Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th ed., ch. 6. Advanced Analytics,
    ISBN 978-0-9708062-8-4

    Examples
    --------
    >>> found = benchmark(0.67, 0.15, ALTMAN)
    >>> found.level_naive, found.level_95, [round(share, 3) for share in found.cumulative]
    ('good', 'moderate', [0.182, 0.675, 0.964, 0.999, 1.0])
    >>> benchmark(1.0, None, ALTMAN).reason
    <NoMembership.NO_STANDARD_ERROR: 'there is no standard error, so no level has a probability'>
    """
    level = naive_level(value, scale)
    if standard_error is None:
        return Benchmark(scale, level, reason=NoMembership.NO_STANDARD_ERROR)
    if not math.isfinite(standard_error) or standard_error < 0:
        raise ValueError("A standard error is a number, 0 or more.")
    if standard_error == 0:
        return Benchmark(scale, level, reason=NoMembership.NO_SPREAD)
    masses = [
        _normal_mass((one.low - value) / standard_error, (one.high - value) / standard_error)
        for one in scale.levels
    ]
    within = list(accumulate(masses))
    if within[-1] == 0:
        return Benchmark(scale, level, reason=NoMembership.OUT_OF_RANGE)
    cumulative = tuple(mass / within[-1] for mass in within)
    level_95 = next(
        one.name for one, share in zip(scale.levels, cumulative, strict=True) if share >= CERTAINTY
    )
    return Benchmark(scale, level, cumulative, level_95)


def _checked(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("An undefined coefficient has no level.")
    rounded = round(value, _DECIMALS)
    if rounded > _HIGHEST:
        raise ValueError("No coefficient of agreement is above 1.")
    return rounded


def _normal_mass(low: float, high: float) -> float:
    """Return what the standard normal holds between two points, exact in both tails too."""
    if low > 0:  # the lower tail of the mirror image, where nothing is lost next to 1
        low, high = -high, -low
    return (math.erfc(-high / math.sqrt(2)) - math.erfc(-low / math.sqrt(2))) / 2
