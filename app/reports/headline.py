"""PURE: a figure ready to be told, and the one that the design of a round calls for."""

from dataclasses import dataclass

from app.agreement import Estimate
from app.reports import wording
from app.reports.stored import StoredFacet, estimate_of


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its name, ready to be told; a share is shown in percent."""

    name: str
    estimate: Estimate
    is_share: bool = False
    topic: str = ""
    detail: str = ""

    @property
    def shown(self) -> str:
        value = self.estimate.value
        if value is None:
            return ""
        return wording.share(value) if self.is_share else wording.number(value)

    @property
    def interval(self) -> str:
        return wording.interval(self.estimate)

    @property
    def basis(self) -> str:
        return wording.basis(self.estimate)

    @property
    def undefined(self) -> str:
        return wording.undefined(self.estimate.reason)


def headline_of(stored: StoredFacet) -> Figure | None:
    """Return the coefficient of the design, whatever came out of it; None without coefficients.

    Krippendorff's alpha for sets and from three coders on, Cohen's kappa for two, weighted where
    the categories are ordered.
    """
    agreement = stored.agreement
    if agreement is None:
        return None
    alpha = estimate_of(agreement["alpha"])
    if stored.is_multiple:
        return Figure("Krippendorff's alpha, sets (MASI)", alpha, topic="sets")
    if len(stored.coders) > 2:
        name = "Krippendorff's alpha" + (", ordinal" if stored.is_ordinal else "")
        return Figure(name, alpha, topic="krippendorffs-alpha")
    name = "Cohen's kappa" + (", quadratic weights" if stored.is_ordinal else "")
    key = "kappa_quadratic" if stored.is_ordinal else "kappa"
    pairs = stored.pairs()
    # Without two coders who judged there is no pair; Light's kappa then has the reason.
    kappa = estimate_of(pairs[0].figures[key] if pairs else agreement["light"])
    return Figure(name, kappa, topic="cohens-kappa")
