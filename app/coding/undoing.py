"""Taking a coder's acts back and redoing them: always by further rows, never by altering one."""

from dataclasses import dataclass

from sqlmodel import Session

from app.coding.act_groups import group_with, note_as_one
from app.coding.desks import (
    Desk,
    Hand,
    Judgement,
    add_placement,
    assignment_at,
    count_act,
    sit_down,
    take_card,
)
from app.coding.gate_rows import follow_gates
from app.coding.models import Parking, Placement, Round
from app.coding.own_piles import turned_back
from app.coding.placing import add_parking, note_whether_done
from app.coding.rules import Sort, Value
from app.coding.seen_piles import PileAct, own_piles, pile_act_to_undo, turns_before
from app.coding.visibility import (
    Act,
    Viewer,
    acts_between,
    last_act_to_undo,
    last_undoing_to_redo,
    visible_history,
)


@dataclass(frozen=True, slots=True)
class Undone:
    """Which card an undoing led back to, and the facet if it was a judgement.

    No card where the act was on a pile, or moved more cards than one.
    """

    card_id: int | None
    facet_id: int | None


def undo(session: Session, round_id: int, coder_id: int) -> Undone | None:
    """Sit down and take the coder's last act back; None when there is nothing to take back."""
    return undo_at(session, sit_down(session, round_id, coder_id))


def undo_at(session: Session, desk: Desk) -> Undone | None:
    """Take the last act back, by new rows; None when there is nothing to take back.

    The table is then as it was before that act, a card that it took out of the parked ones too.
    """
    coder_id = desk.coder.coder_id
    act = last_act_to_undo(session, desk.round_, coder_id)
    if desk.round_.sort != Sort.CLOSED:
        on_piles = pile_act_to_undo(session, desk.round_, coder_id)
        if on_piles is not None and (act is None or on_piles.last_act >= act.number):
            return _undo_on_piles(session, desk, on_piles)
    return _take_back_as_one(session, desk, act) if act is not None else None


def redo(session: Session, round_id: int, coder_id: int) -> Undone | None:
    """Sit down and redo what was undone last; None when there is nothing to redo."""
    return redo_at(session, sit_down(session, round_id, coder_id))


def redo_at(session: Session, desk: Desk) -> Undone | None:
    """Take the last undoing back, by new rows; None once another act came after it.

    Not among own piles: there an act may have moved many cards, which nothing puts back as one.
    """
    if desk.round_.sort != Sort.CLOSED:
        return None
    undoing = last_undoing_to_redo(session, desk.round_, desk.coder.coder_id)
    return _take_back_as_one(session, desk, undoing) if undoing else None


def _take_back_as_one(session: Session, desk: Desk, act: Act) -> Undone:
    """Take an act back with all that were done with it; what does so is one act again."""
    group = group_with(session, desk, act.number)
    if group is None:
        return _take_back(session, desk, act)[1]
    coder_id, first = desk.coder.coder_id, desk.coder.n_acts + 1
    acts = acts_between(session, desk.round_, coder_id, group.first_act, group.last_act)
    undone = [_take_back(session, desk, one)[1] for one in acts]
    note_as_one(session, desk, first)
    return Undone(None, undone[0].facet_id)


def _take_back(session: Session, desk: Desk, act: Act) -> tuple[int, Undone]:
    """Take one act on a card back; return the number under which that is done."""
    if act.placement is not None:
        number = _undo_placement(session, desk, act.placement)
        undone = Undone(act.placement.card_id, act.placement.facet_id)
    else:
        number, undone = count_act(desk), Undone(act.card_id, None)
    if act.parking is not None:
        _undo_parking(session, desk, act.parking, number=number)
    return number, undone


def _undo_on_piles(session: Session, desk: Desk, on_piles: PileAct) -> Undone:
    """Take back what became of piles, and with it every move of a card that it took in."""
    coder_id = desk.coder.coder_id
    before = turns_before(session, desk.round_, on_piles.turns)
    acts = acts_between(session, desk.round_, coder_id, on_piles.act, on_piles.last_act)
    done = [_take_back(session, desk, act) for act in acts]
    number = done[0][0] if done else count_act(desk)
    newest = {one.number: one.turn for one in own_piles(session, desk.round_, coder_id)}
    for turn in on_piles.turns:
        was, last = before[turn.number], newest[turn.number]
        session.add(turned_back(turn, was, newest=last, act=number, undoes=on_piles.act))
    facet_id = acts[0].placement.facet_id if acts and acts[0].placement else None
    return done[0][1] if len(done) == 1 else Undone(None, facet_id)


def _undo_placement(session: Session, desk: Desk, act: Placement) -> int:
    hand = take_card(session, desk, act.card_id)
    before = _turn_before(session, desk.round_, act)
    said = Judgement(
        card_id=act.card_id,
        facet_id=act.facet_id,
        value=Value(before.value) if before else Value.NOT_JUDGED,
        category_ids=tuple(before.category_ids) if before else (),
        pile_numbers=tuple(before.pile_numbers) if before else (),
        confidence=before.confidence if before else None,
        memo=before.memo if before else "",
    )
    turn = hand.saved[act.facet_id].turn + 1
    is_gated = before is not None and before.is_gated
    placement = add_placement(session, desk, said, turn=turn, undoes=act.act, is_gated=is_gated)
    saved = hand.saved | {act.facet_id: placement}
    hand = follow_gates(session, Hand(desk, hand.assignment, saved), placement.act)
    note_whether_done(session, hand)
    return placement.act


def _undo_parking(session: Session, desk: Desk, act: Parking, *, number: int) -> None:
    # The row is added even where it changes nothing: without it the act would stay the last one.
    add_parking(
        session,
        desk,
        assignment_at(session, desk, act.card_id),
        is_parked=not act.is_parked,
        act=number,
        undoes=act.act,
    )


def _turn_before(session: Session, round_: Round, placement: Placement) -> Placement | None:
    """Return the placement that this one replaced."""
    statement = visible_history(Viewer(placement.coder_id), round_).where(
        Placement.coder_id == placement.coder_id,
        Placement.card_id == placement.card_id,
        Placement.facet_id == placement.facet_id,
        Placement.turn == placement.turn - 1,
    )
    return session.exec(statement).first()
