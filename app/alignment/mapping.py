"""The acts of a team that matches piles: each with who, why and what it saw. Rows are only added.

Several people may be at it: an act takes the round, and compares what its page showed of the piles
and categories it is about with what they are by now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.alignment.rules import (
    ActKind,
    Mapped,
    PileKey,
    Shared,
    Verdict,
    codebook_key,
    in_use,
    refuse_name,
    refuse_targets,
)
from app.alignment.sitting import StaleMap, Table, living_piles, note_act, say_mapped, say_shared
from app.errors import Conflict, Invalid, NotFound
from app.text import is_blank

MOST_SHARED = 500


@dataclass(frozen=True, slots=True)
class Target:
    """Where piles are to go; with `new_name` to a shared category that is made for them."""

    verdict: Verdict
    keys: tuple[str, ...] = ()
    new_name: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Piles that become one category: a proposal, as the team takes it over."""

    target: Target
    definition: str
    piles: Mapping[PileKey, int]


def match_piles(table: Table, piles: Mapping[PileKey, int], target: Target, reason: str) -> None:
    """Let piles go to a category, or to none with a reason. `piles` has the act each showed."""
    if not piles:
        raise Invalid("Choose the piles first.", field="piles")
    is_dropped = target.verdict in {Verdict.NONE_APPLIES, Verdict.CANNOT_JUDGE}
    if is_dropped and is_blank(reason):
        raise Invalid("Say why these piles are no shared category.", field="reason")
    kinds = {Verdict.CATEGORIES: ActKind.MATCHED, Verdict.OPEN: ActKind.UNMATCHED}
    note_act(table, kinds.get(target.verdict, ActKind.DROPPED), reason)
    _send(table, piles, target)


def accept_groups(table: Table, groups: Sequence[Group], reason: str) -> None:
    """Take over proposals in one act, and so undo them in one."""
    if not groups:
        raise Conflict("Every proposal was taken over or changed meanwhile. Nothing was changed.")
    note_act(table, ActKind.PROPOSED, reason)
    for one in groups:
        _send(table, one.piles, one.target, one.definition)


def add_shared(table: Table, name: str, definition: str, reason: str) -> None:
    """Make a shared category to which no pile goes yet."""
    note_act(table, ActKind.ADDED, reason)
    _make(table, name, definition)


def change_shared(
    table: Table, number: int, *, seen_act: int, name: str, definition: str, reason: str
) -> None:
    """Name or define a shared category anew."""
    was = _shared(table, number, seen_act)
    others = table.map.on_facet(table.facet.id)
    if objection := refuse_name(name, table.facet, others, own=number):
        raise Invalid(objection, field="name")
    note_act(table, ActKind.CHANGED, reason)
    say_shared(table, replace(was, name=name.strip(), definition=definition.strip()))


def remove_shared(table: Table, number: int, *, seen_act: int, reason: str) -> None:
    """Take back a shared category that no pile goes to."""
    was = _shared(table, number, seen_act)
    if was.key in in_use(table.map.mapped.values()):
        raise Conflict(f"Piles go to {was.name}. Let them go elsewhere first. Nothing was changed.")
    note_act(table, ActKind.REMOVED, reason)
    say_shared(table, replace(was, is_gone=True))


def _send(table: Table, piles: Mapping[PileKey, int], target: Target, definition: str = "") -> None:
    _check_piles(table, piles)
    keys = target.keys
    if target.new_name:
        keys = (*keys, _make(table, target.new_name, definition).key)
    known = {one.key for one in table.map.on_facet(table.facet.id)}
    known |= {codebook_key(one.id) for one in table.facet.categories}
    reason = refuse_targets(target.verdict, keys, known, table.facet.choice)
    if reason is not None:
        raise Invalid(reason, field="target")
    for key in piles:
        say_mapped(table, key, Mapped(target.verdict, keys))


def _check_piles(table: Table, piles: Mapping[PileKey, int]) -> None:
    """Raise unless these are piles of the facet, and as the page showed them."""
    known = living_piles(table.session, table.round_, table.facet)
    if not known.issuperset(piles):
        raise NotFound
    changed = [key for key, seen in piles.items() if table.map.of(key).act != seen]
    if changed:
        which = "a pile you chose" if len(changed) == 1 else f"{len(changed)} piles you chose"
        raise StaleMap(
            f"Somebody matched {which} since you opened this page. Nothing of yours was saved "
            "yet: look at the map as it is, then decide again."
        )


def _make(table: Table, name: str, definition: str) -> Shared:
    living = table.map.on_facet(table.facet.id)
    if objection := refuse_name(name, table.facet, living):
        raise Invalid(objection, field="new_name")
    if len(living) >= MOST_SHARED:
        raise Conflict(f"A facet takes {MOST_SHARED} shared categories. Nothing was changed.")
    number = max(table.map.shared, default=0) + 1
    made = Shared(number, table.facet.id, name.strip(), definition.strip(), table.number)
    say_shared(table, made)
    table.map = replace(table.map, shared={**table.map.shared, number: made})
    return made


def _shared(table: Table, number: int, seen_act: int) -> Shared:
    found = table.map.shared.get(number)
    if found is None or found.facet_id != table.facet.id:
        raise StaleMap("There is no such shared category. Nothing was saved yet.")
    if found.act != seen_act or found.is_gone:
        raise StaleMap(
            f"“{found.name}” was changed since you opened this page. Nothing was saved yet."
        )
    return found
