"""The log of a map: who did what and why, and what can be undone."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, select

from app.alignment.models import AlignmentAct, MappedTurn, SharedTurn
from app.alignment.pages import LogLine
from app.alignment.rules import ActKind, AlignmentMap
from app.alignment.undoing import can_undo
from app.coding.models import Round
from app.negotiation.naming import speakers_of
from app.studies.deps import Here
from app.web.render import plural


def log_lines(
    session: Session,
    here: Here,
    round_: Round,
    facet_id: int,
    acts: Sequence[AlignmentAct],
    found: AlignmentMap,
    *,
    may_undo: bool,
) -> tuple[LogLine, ...]:
    """Return the acts on a facet, the newest first, as sentences."""
    speakers = speakers_of(session, round_, here.member_id)
    shared: dict[int, list[SharedTurn]] = {}
    for one in session.exec(select(SharedTurn).where(SharedTurn.round_id == round_.id)):
        shared.setdefault(one.act, []).append(one)
    mapped: dict[int, list[MappedTurn]] = {}
    for turn in session.exec(select(MappedTurn).where(MappedTurn.round_id == round_.id)):
        mapped.setdefault(turn.act, []).append(turn)
    words = {one.number: _words(one, shared, mapped, found) for one in acts}
    return tuple(
        LogLine(
            who=speakers[one.member_id].name,
            words=words[one.number] + (f": {words[one.undoes]}" if one.undoes in words else ""),
            reason=one.reason,
            at=one.at,
            number=one.number
            if may_undo and can_undo(found, shared.get(one.number, []), mapped.get(one.number, []))
            else None,
        )
        for one in acts
        if one.facet_id == facet_id
    )


def _words(
    act: AlignmentAct,
    shared: Mapping[int, Sequence[SharedTurn]],
    mapped: Mapping[int, Sequence[MappedTurn]],
    found: AlignmentMap,
) -> str:
    names = ", ".join(f"“{one.name}”" for one in shared.get(act.number, ()))
    piles = plural(len(mapped.get(act.number, ())), "pile")
    keys = {key for one in mapped.get(act.number, ()) for key in one.targets}
    known = {one.key: one.name for one in found.shared.values()}
    to = names or ", ".join(f"“{known[key]}”" for key in sorted(keys) if key in known)
    return {
        ActKind.MATCHED: f"matched {piles}{f' with {to}' if to else ''}",
        ActKind.DROPPED: f"left {piles} without a category",
        ActKind.UNMATCHED: f"took {piles} out of the map",
        ActKind.PROPOSED: f"took over proposals for {piles}{f': {to}' if to else ''}",
        ActKind.ADDED: f"added {names}",
        ActKind.CHANGED: f"changed {names}",
        ActKind.REMOVED: f"took back {names}",
        ActKind.UNDONE: "undid a step",
    }[ActKind(act.kind)]
