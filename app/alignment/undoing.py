"""Taking an act on the map back, whoever did it, as long as nothing newer stands on it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.alignment.models import MappedTurn, SharedTurn
from app.alignment.reading import map_of, turns_of
from app.alignment.rules import ActKind, AlignmentMap, PileKey, in_use
from app.alignment.sitting import StaleMap, Table, note_act, say_mapped, say_shared
from app.text import comparable


def undo_act(table: Table, number: int) -> None:
    """Take back what an act said, as long as no later act is about the same."""
    shared, mapped = turns_of(table.session, table.round_, number)
    if not shared and not mapped:
        raise StaleMap("There is no such step on this map. Nothing was changed.")
    if not _is_newest(table.map, shared, mapped):
        raise StaleMap(
            "Somebody changed the same piles or categories after that. Undo the newer step first."
        )
    before = map_of(table.session, table.round_, but_act=number)
    _check_names(table, before, shared, _piles(mapped))
    note_act(table, ActKind.UNDONE, "", undoes=number)
    for turn in shared:
        was = before.shared.get(turn.number)
        now_is = table.map.shared[turn.number]
        say_shared(table, replace(now_is, is_gone=True) if was is None else was)
    for key in _piles(mapped):
        say_mapped(table, key, before.of(key))


def _check_names(
    table: Table, before: AlignmentMap, shared: Sequence[SharedTurn], piles: Sequence[PileKey]
) -> None:
    """Raise unless the categories could be what they were, beside all that came since."""
    about = {one.number for one in shared}
    living = {one.number for one in before.on_facet(table.facet.id)} & about
    left = in_use(was for key, was in table.map.mapped.items() if key not in set(piles))
    if left & {f"s{number}" for number in about - living}:
        raise StaleMap("Other piles go to that category by now. Let them go elsewhere first.")
    others = [one for one in table.map.on_facet(table.facet.id) if one.number not in about]
    taken = {comparable(one.name) for one in others}
    taken |= {comparable(one.name) for one in table.facet.categories}
    if any(comparable(before.shared[one].name) in taken for one in living):
        raise StaleMap("Another category has that name by now. Nothing was changed.")


def can_undo(
    found: AlignmentMap, shared: Iterable[SharedTurn], mapped: Iterable[MappedTurn]
) -> bool:
    """Whether no later act is about what an act said."""
    return _is_newest(found, list(shared), list(mapped))


def _is_newest(
    found: AlignmentMap, shared: Sequence[SharedTurn], mapped: Sequence[MappedTurn]
) -> bool:
    return all(found.shared[one.number].act == one.act for one in shared) and all(
        found.of((one.coder_id, one.pile)).act == one.act for one in mapped
    )


def _piles(turns: Iterable[MappedTurn]) -> list[PileKey]:
    return [(one.coder_id, one.pile) for one in turns]
