"""PURE: what the final label of one facet means for a facet whose gate asks for it.

A rule that is applied when labels are read, as merges are: whatever is decided anew on the one
facet holds for the other, and no record can go stale.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.codebook.content import FacetContent
from app.coding.gating import kept_out
from app.coding.rules import WORDS_FOR_VALUE, Value
from app.negotiation.rules import Answer, Provenance

if TYPE_CHECKING:
    from app.resolution.labels import FinalLabel


@dataclass(frozen=True, slots=True)
class Settled:
    """An answer as a gate reads it."""

    value: str
    category_ids: tuple[int, ...] = ()


def settled(answer: Answer) -> Settled:
    """Return the answer, taken apart."""
    if answer[0].isdigit():
        return Settled(Value.CATEGORIES, tuple(map(int, answer.split("+"))))
    return Settled(answer)


def words_of(facet: FacetContent, answer: Answer) -> str:
    """Return the name of an answer on a facet."""
    found = settled(answer)
    names = [one.name for one in facet.categories if one.id in found.category_ids]
    return ", ".join(names) or WORDS_FOR_VALUE[Value(found.value)]


def through_gate(
    facet: FacetContent,
    label: "FinalLabel",
    asked: FacetContent,
    above: "FinalLabel",
    *,
    was_asked: bool,
) -> "FinalLabel":
    """Return a label as the one `above` it, on the facet that the gate asks for, leaves it.

    Where that one closes the gate, the facet does not apply, whatever single coders said of it.
    Where it opens a gate that had kept every coder out, nobody judged the facet yet: it is open.
    """
    if facet.gate is None or above.answer is None:
        return label
    closed = kept_out(facet.gate, settled(above.answer))
    because = f"{asked.name} counts as “{words_of(asked, above.answer)}”"
    if closed is Value.NOT_APPLICABLE and label.answer != Value.NOT_APPLICABLE:
        return replace(
            label,
            answer=Value.NOT_APPLICABLE.value,
            provenance=Provenance.BY_GATE,
            rationale=f"{because}, so {facet.name} does not apply.",
            outcome=None,
            cause=None,
            decided_by=above.decided_by,
            decided_at=above.decided_at,
        )
    if closed is None and label.answer == Value.NOT_APPLICABLE and not was_asked:
        return replace(
            label,
            answer=None,
            provenance=Provenance.UNRESOLVED,
            rationale=f"{because}, so {facet.name} applies, and nobody has judged it yet.",
        )
    return label
