"""PURE: what a gate says in words, and what speaks against one.

A gate makes a facet depend on one that stands before it in the same codebook, so gates can make
no circle. What the gate does to a card is said in `coding.gating`.
"""

from collections.abc import Iterator, Sequence

from app.codebook.content import Codebook, FacetContent, Gate, GateNeed
from app.errors import Invalid

NO_LONGER_THERE = "a facet that is not in the codebook any more"


def gate_in_words(gate: Gate | None, facets: Sequence[FacetContent]) -> str:
    """Return "Smell is “Stale” or “Silent”"; nothing without a gate."""
    if gate is None:
        return ""
    asked = next((one for one in facets if one.id == gate.facet_id), None)
    name = asked.name if asked else NO_LONGER_THERE
    if gate.needs is GateNeed.ANSWER:
        return f"{name} has an answer"
    if gate.needs is GateNeed.NOT_NONE:
        return f"{name} has a category"
    categories = asked.categories if asked else ()
    names = [f"“{one.name}”" for one in categories if one.id in gate.category_ids]
    *first, last = names or ["a category that is not there any more"]
    return f"{name} is {', '.join(first)} or {last}" if first else f"{name} is {last}"


def gate_by_names(gate: Gate | None, facets: Sequence[FacetContent]) -> dict[str, str]:
    """Return the cells in which files write a gate, the categories one on a line."""
    asked = next((one for one in facets if gate and one.id == gate.facet_id), None)
    if gate is None or asked is None:
        return {"gate_facet": "", "gate_needs": "", "gate_categories": ""}
    names = [one.name for one in asked.categories if one.id in gate.category_ids]
    return {
        "gate_facet": asked.name,
        "gate_needs": gate.needs.value,
        "gate_categories": "\n".join(names),
    }


def before(facets: Sequence[FacetContent], facet_id: int) -> tuple[FacetContent, ...]:
    """Return the facets that stand before one: those its gate may ask for."""
    ids = [one.id for one in facets]
    return tuple(facets[: ids.index(facet_id)]) if facet_id in ids else ()


def check_gate(gate: Gate | None, earlier: Sequence[FacetContent]) -> None:
    """Raise `Invalid` for a gate that is not about a facet standing before this one."""
    if gate is None:
        return
    asked = next((one for one in earlier if one.id == gate.facet_id), None)
    if asked is None:
        raise Invalid("A gate asks for a facet that stands before this one.", field="gate")
    known = {one.id for one in asked.categories}
    if gate.needs is GateNeed.CATEGORIES and not gate.category_ids:
        raise Invalid(f"Choose the categories of {asked.name} that open the gate.", field="gate")
    if not known.issuperset(gate.category_ids):
        raise Invalid(
            f"A category of {asked.name} that was to open the gate is not in the draft any more. "
            "Choose again.",
            field="gate",
        )


def objections_to_gates(codebook: Codebook) -> Iterator[str]:
    """Yield why coders could not be asked by these gates."""
    for facet in codebook.facets:
        try:
            check_gate(facet.gate, before(codebook.facets, facet.id))
        except Invalid:
            words = gate_in_words(facet.gate, codebook.facets)
            yield (
                f"“{facet.name}” is asked only if {words}. A gate needs a facet that stands before "
                "it, and a category there: change the gate or the order."
            )
