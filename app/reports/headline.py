"""PURE: the coefficient of a facet that was chosen beforehand, or that the design calls for."""

from dataclasses import dataclass

from app.agreement import MINIMUM_FOR_INTERVAL, Estimate, Measure
from app.agreement.names import NAMES
from app.reports.figure import Figure
from app.reports.stored import StoredFacet, estimates_of

_SHORT = {
    Measure.PERCENT: "percent",
    Measure.SCOTT: "pi",
    Measure.AC1: "AC1",
    Measure.AC2_LINEAR: "AC2",
    Measure.AC2_QUADRATIC: "AC2",
    Measure.AC2_ORDINAL: "AC2",
    Measure.BRENNAN_PREDIGER: "Brennan-Prediger",
    Measure.ALPHA_MASI: "alpha, sets",
}


@dataclass(frozen=True, slots=True)
class Headline:
    """The figure that counts; `instead_of` names the one chosen that this facet does not have."""

    figure: Figure
    instead_of: str = ""

    @property
    def is_impression(self) -> bool:
        """Whether so few cards bear the figure that the page shows it only when asked."""
        return 0 < self.figure.estimate.n_units < MINIMUM_FOR_INTERVAL

    @property
    def short(self) -> str:
        """The figure in a word and a number, for a narrow place."""
        if not self.figure.shown:
            return "not defined"
        if self.is_impression:
            return "few cards"
        measure = self.figure.measure
        word = "kappa" if "kappa" in measure else "alpha"
        short = _SHORT.get(measure, word)
        name, _, addition = short.partition(", ")
        return f"{name} {self.figure.shown}" + (f", {addition}" if addition else "")


def headline_of(stored: StoredFacet, chosen: str = "") -> Headline | None:
    """Return the coefficient chosen beforehand, whatever came out; None without coefficients.

    Without a choice, or where the facet has no such figure, it is that of the design:
    Krippendorff's alpha for sets and from three coders on, Cohen's kappa for two coders, weighted
    where the categories are ordered.
    """
    if stored.agreement is None:
        return None
    if chosen:
        found = figure_of(stored, _fitting(stored, Measure(chosen)))
        if found is not None:
            return Headline(found)
    measure = measure_of_design(stored)
    found = figure_of(stored, measure)
    if found is None:
        raise ValueError(f"{stored.name} has no {NAMES[measure]}")
    return Headline(found, NAMES[chosen] if chosen else "")


def _fitting(stored: StoredFacet, chosen: Measure) -> Measure:
    """Return the form of the chosen coefficient that fits the coders and the answers.

    Who chose kappa gets Cohen's for two coders and Light's for more; who chose Krippendorff's
    alpha gets the distance that fits.
    """
    if chosen is Measure.LIGHT and len(stored.coders) <= 2 and not stored.is_multiple:
        return Measure.COHEN_QUADRATIC if stored.is_ordinal else Measure.COHEN
    if chosen is Measure.ALPHA_NOMINAL and stored.is_multiple:
        return Measure.ALPHA_MASI
    if chosen is Measure.ALPHA_NOMINAL and stored.is_ordinal:
        return Measure.ALPHA_ORDINAL
    return chosen


def measure_of_design(stored: StoredFacet) -> Measure:
    """Return the measure that the number of coders and the kind of answers call for."""
    if stored.is_multiple:
        return Measure.ALPHA_MASI
    if len(stored.coders) > 2:
        return Measure.ALPHA_ORDINAL if stored.is_ordinal else Measure.ALPHA_NOMINAL
    return Measure.COHEN_QUADRATIC if stored.is_ordinal else Measure.COHEN


def figure_of(stored: StoredFacet, measure: Measure) -> Figure | None:
    """Return a figure of all coders, or of the only two; None if there is no such figure."""
    over_all = stored.over_all()
    if measure in over_all:
        return Figure(measure, over_all[measure])
    return next((one for one in figures_of_two(stored) if one.measure is measure), None)


def figures_of_two(stored: StoredFacet) -> tuple[Figure, ...]:
    """Return what compares exactly two coders, where a round has two."""
    if len(stored.coders) > 2 or stored.agreement is None:
        return ()
    pairs = stored.pairs()
    if pairs:
        found = estimates_of(pairs[0].figures)
        return tuple(Figure(measure, estimate) for measure, estimate in found.items())
    if stored.is_multiple:
        return ()
    # Without two coders who judged there is no pair; Light's kappa then has the reason.
    why = stored.over_all()[Measure.LIGHT].reason
    kappas = [Measure.COHEN]
    kappas += [Measure.COHEN_LINEAR, Measure.COHEN_QUADRATIC] if stored.is_ordinal else []
    return tuple(Figure(measure, Estimate(None, reason=why)) for measure in kappas)
