"""PURE: how far the coders agree on whether the facet applies to a card at all."""

from dataclasses import dataclass

from app.agreement import Measure
from app.reports.figure import Figure
from app.reports.headline import figure_of, headline_of
from app.reports.stored import StoredFacet


@dataclass(frozen=True, slots=True)
class Gate:
    """Agreement on "applies" against "does not apply", and the cards on which coders differ.

    `asked_if` is the condition under which the codebook asks the facet, empty where it has none.
    """

    stored: StoredFacet
    n_conflicts: int
    figures: tuple[Figure, ...]
    asked_if: str


def gate_of(stored: StoredFacet) -> Gate | None:
    """Return the gate of a facet; None where nobody said that it does not apply to a card."""
    found = stored.figures.get("gate")
    if found is None or stored.agreement is None:
        return None
    gate = StoredFacet(
        {
            **stored.figures,
            "choice": "single",
            "scale": "nominal",
            "answers": found["agreement"]["categories_declared"],
            "agreement": found["agreement"],
            "gate": None,
        },
        None if stored.intervals is None else stored.intervals.get("gate"),
    )
    headline = headline_of(gate)
    percent = figure_of(gate, Measure.PERCENT)
    figures = [percent, None if headline is None else headline.figure]
    shown = tuple(one for one in figures if one is not None)
    return Gate(gate, found["n_conflicts"], shown, str(stored.figures.get("asked_if", "")))
