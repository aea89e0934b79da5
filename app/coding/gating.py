"""PURE: what a codebook's gate does with a coder's own answer on the facet it asks for.

A closed gate is an answer, never a blank: the facet does not apply. Where the coder could not
judge the other facet, nobody can tell whether this one applies, and it cannot be judged either.
"""

from collections.abc import Sequence
from typing import Protocol

from app.codebook.content import Gate, GateNeed
from app.coding.rules import Value


class Said(Protocol):
    """An answer on the facet that a gate asks for."""

    @property
    def value(self) -> str: ...
    @property
    def category_ids(self) -> Sequence[int]: ...


def kept_out(gate: Gate, said: Said | None) -> Value | None:
    """Return what a facet counts as that this answer keeps closed.

    None where the gate is open, and where the other facet has no answer yet.
    """
    match Value(said.value) if said is not None else Value.NOT_JUDGED:
        case Value.NOT_JUDGED:
            return None
        case Value.CANNOT_JUDGE:
            return Value.CANNOT_JUDGE
        case Value.NOT_APPLICABLE:
            return Value.NOT_APPLICABLE
        case Value.NONE_APPLIES:
            return None if gate.needs is GateNeed.ANSWER else Value.NOT_APPLICABLE
        case Value.CATEGORIES:
            chosen = said.category_ids if said is not None else ()
            is_asked = gate.needs is not GateNeed.CATEGORIES or set(gate.category_ids) & set(chosen)
            return None if is_asked else Value.NOT_APPLICABLE


def because(value: Value, facet_name: str, answer: str) -> str:
    """Return why a facet was not asked, from the answer on the facet its gate asks for."""
    if value is Value.CANNOT_JUDGE:
        return f"Cannot be judged, because of {facet_name}: {answer}"
    return f"Does not apply, because of {facet_name}: {answer}"
