"""PURE: gates that a file declares by names: what speaks against them, and what they become."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from app.codebook.content import Codebook, Gate, GateNeed
from app.codebook.files import GateRow
from app.codebook.rules import CategoryFields, FacetFields
from app.text import comparable


class _Facet(Protocol):
    @property
    def id(self) -> int | None: ...
    @property
    def fields(self) -> FacetFields: ...
    @property
    def gate(self) -> GateRow | None: ...


class _Category(Protocol):
    @property
    def id(self) -> int | None: ...
    @property
    def facet(self) -> str: ...
    @property
    def fields(self) -> CategoryFields: ...


def gate_problems(
    draft: Codebook, facets: Sequence[_Facet], categories: Sequence[_Category]
) -> Iterator[str]:
    """Yield what speaks against the gates of a file, by the draft as the import leaves it."""
    order = [comparable(one.name) for one in draft.facets]
    order += [key for one in facets if (key := comparable(one.fields.name)) not in order]
    renamed = {one.id for one in categories if one.id is not None}
    names = {
        comparable(one.name): {comparable(c.name) for c in one.categories if c.id not in renamed}
        for one in draft.facets
    }
    for one in categories:
        names.setdefault(comparable(one.facet), set()).add(comparable(one.fields.name))
    for facet in facets:
        if facet.gate is not None:
            place = order.index(comparable(facet.fields.name))
            yield from _problems(facet.fields.name, facet.gate, order[:place], names)


def _problems(
    name: str, gate: GateRow, earlier: Collection[str], names: Mapping[str, Collection[str]]
) -> Iterator[str]:
    if comparable(gate.facet) not in earlier:
        yield f"Facet {name[:60]}: its gate asks for “{gate.facet}”, no facet standing before it."
        return
    if gate.needs is GateNeed.CATEGORIES and not gate.categories:
        yield f"Facet {name[:60]}: its gate names no category of “{gate.facet}”."
    for one in gate.categories:
        if comparable(one) not in names.get(comparable(gate.facet), ()):
            yield f"Facet {name[:60]}: its gate asks for “{one}”, which is not in “{gate.facet}”."


def gate_by_ids(gate: GateRow, codebook: Codebook) -> Gate:
    """Return the gate as the draft keeps it; `codebook` is the draft with all the file brought."""
    asked = next(one for one in codebook.facets if comparable(one.name) == comparable(gate.facet))
    wanted = set(map(comparable, gate.categories))
    ids = sorted(one.id for one in asked.categories if comparable(one.name) in wanted)
    is_of_categories = gate.needs is GateNeed.CATEGORIES
    return Gate(asked.id, gate.needs, tuple(ids) if is_of_categories else ())
