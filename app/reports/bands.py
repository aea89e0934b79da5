"""PURE: how values of a coefficient are often called, as context and never as a verdict."""

from dataclasses import dataclass

from app.agreement import Measure
from app.agreement.benchmark import KRIPPENDORFF, LANDIS_KOCH, VerbalScale, benchmark
from app.reports.figure import Figure
from app.reports.wording import number


@dataclass(frozen=True, slots=True)
class Band:
    """A level of a scale; `reached` is how probable this level or a better one is."""

    name: str
    range: str
    reached: str


@dataclass(frozen=True, slots=True)
class Bands:
    """What one scale calls a value, without and with regard to chance."""

    scale: str
    source: str
    bare: str
    supported: str
    bands: tuple[Band, ...]
    reason: str


def bands_of(figure: Figure, *, is_by_documents: bool = False) -> tuple[Bands, ...]:
    """Return the usual words for a coefficient; none for a share or an undefined one.

    Where cards share documents no level has a probability: the standard error that it would follow
    from takes cards for independent.
    """
    if figure.is_share or figure.estimate.value is None:
        return ()
    scales = [LANDIS_KOCH]
    if figure.measure in _ALPHAS:
        scales.append(KRIPPENDORFF)
    error = None if is_by_documents else figure.estimate.standard_error
    why = _SHARED if is_by_documents else ""
    return tuple(_bands(figure, scale, error, why) for scale in scales)


_SHARED = "cards share documents, and the standard error takes them for independent"
_ALPHAS = frozenset(measure for measure in Measure if measure.startswith("krippendorff_alpha"))


def _bands(figure: Figure, scale: VerbalScale, error: float | None, why: str) -> Bands:
    value = figure.estimate.value or 0.0
    found = benchmark(value, error, scale)
    reached = found.cumulative or ()
    words = [f"{100 * share:.0f} %" for share in reached] or [""] * len(scale.levels)
    return Bands(
        scale=scale.name,
        source=scale.source,
        bare=found.level_naive,
        supported=found.level_95 or "",
        bands=tuple(
            Band(level.name, f"{number(level.low)} to {number(level.high)}", word)
            for level, word in zip(scale.levels, words, strict=True)
        ),
        reason=why or found.reason or "",
    )
