"""The forms of a facet, and its gate as a form sends it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from app.codebook.content import Choice, FacetContent, FacetScale, Gate, GateNeed
from app.codebook.rules import FacetFields
from app.web.forms import Count, Id, Line, LongText, Write

ALWAYS = ""
_WORDS = {
    GateNeed.ANSWER: "has an answer, “none of these applies” too",
    GateNeed.NOT_NONE: "has a category",
    GateNeed.CATEGORIES: "has one of these categories:",
}


class NewFacetForm(Write):
    name: Line = ""
    choice: Choice = Choice.SINGLE


class FacetForm(Write):
    """`gate` is empty, or the facet it asks for and what of it, as "7-answer".

    Categories ticked under another facet than the chosen one are passed over: without a script
    they cannot untick themselves.
    """

    revision: Count
    name: Line = ""
    description: LongText = ""
    choice: Choice
    scale: FacetScale
    gate: str = Field(default=ALWAYS, pattern=r"^$|^[1-9][0-9]{0,17}-(answer|not_none|categories)$")
    gate_categories: list[Id] = Field(default_factory=list, max_length=2_000)

    def fields(self, earlier: Sequence[FacetContent]) -> FacetFields:
        """Return what the form says; `earlier` are the facets that stand before this one."""
        return FacetFields(
            self.name, self.description, self.choice, self.scale, self._gate(earlier)
        )

    def _gate(self, earlier: Sequence[FacetContent]) -> Gate | None:
        if self.gate == ALWAYS:
            return None
        number, _, needs = self.gate.partition("-")
        asked = next((one for one in earlier if one.id == int(number)), None)
        elsewhere = {
            category.id for one in earlier if one is not asked for category in one.categories
        }
        chosen = sorted(set(self.gate_categories) - elsewhere)
        need = GateNeed(needs)
        return Gate(int(number), need, tuple(chosen) if need is GateNeed.CATEGORIES else ())


@dataclass(frozen=True, slots=True)
class GateOption:
    """A condition that can be chosen; `categories` are (id, name, is ticked) under it."""

    value: str
    words: str
    is_chosen: bool
    categories: tuple[tuple[int, str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class GateChoices:
    """The conditions that one earlier facet allows."""

    facet: str
    options: tuple[GateOption, ...]


def gate_choices(earlier: Sequence[FacetContent], gate: Gate | None) -> tuple[GateChoices, ...]:
    """Return what a facet can be made to depend on, the present gate marked."""
    return tuple(
        GateChoices(facet.name, tuple(_option(facet, need, gate) for need in _needs(facet)))
        for facet in earlier
    )


def _needs(facet: FacetContent) -> Sequence[GateNeed]:
    return [one for one in GateNeed if facet.categories or one is not GateNeed.CATEGORIES]


def _option(facet: FacetContent, need: GateNeed, gate: Gate | None) -> GateOption:
    is_chosen = gate is not None and (gate.facet_id, gate.needs) == (facet.id, need)
    ticked = gate.category_ids if gate is not None and is_chosen else ()
    asks = facet.categories if need is GateNeed.CATEGORIES else ()
    return GateOption(
        f"{facet.id}-{need}",
        _WORDS[need],
        is_chosen,
        tuple((one.id, one.name, one.id in ticked) for one in asks),
    )
