"""Who may see which pile: the only module that reads the tables of coders' own piles.

Like `visibility`, for a pile's name, its number and even that it is there tell what its coder does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.coding.models import Round
from app.coding.pile_models import Pile, PileTurn
from app.coding.pile_rules import OwnPile
from app.coding.rules import Sort, sees_others
from app.coding.visibility import Viewer
from app.errors import Conflict


def piles_seen(session: Session, viewer: Viewer, round_: Round) -> dict[int, list[OwnPile]]:
    """Return the piles that the viewer may see, by coder; those that are gone, too.

    While the round is open these are the viewer's own, and a command sees none.
    """
    if round_.sort == Sort.CLOSED:
        return {}
    statement = (
        select(Pile, PileTurn)
        .join(
            PileTurn,
            (col(PileTurn.round_id) == col(Pile.round_id))
            & (col(PileTurn.coder_id) == col(Pile.coder_id))
            & (col(PileTurn.number) == col(Pile.number)),
        )
        .where(Pile.round_id == round_.id)
        .order_by(col(Pile.coder_id), col(Pile.number), col(PileTurn.turn))
    )
    if not sees_others(is_closed=round_.closed_at is not None):
        if viewer.member_id is None:
            return {}
        statement = statement.where(Pile.coder_id == viewer.member_id)
    newest: dict[int, dict[int, OwnPile]] = {}
    for pile, turn in session.exec(statement):  # the last turn of each pile wins
        newest.setdefault(pile.coder_id, {})[pile.number] = _as_value(pile, turn)
    return {coder_id: list(piles.values()) for coder_id, piles in newest.items()}


def own_piles(session: Session, round_: Round, coder_id: int) -> tuple[OwnPile, ...]:
    """Return a coder's own piles in the order they were made in; those that are gone, too."""
    return tuple(piles_seen(session, Viewer(coder_id), round_).get(coder_id, ()))


def check_own_piles(
    session: Session, round_: Round, coder_id: int, facet_id: int, numbers: Iterable[int]
) -> None:
    """Raise Conflict unless there are such piles of the coder's own on the facet."""
    own = own_piles(session, round_, coder_id)
    living = {one.number for one in own if one.facet_id == facet_id and not one.is_gone}
    if not living.issuperset(numbers):
        raise Conflict("A pile you chose is gone by now. Choose another.")


def _as_value(pile: Pile, turn: PileTurn) -> OwnPile:
    return OwnPile(
        number=pile.number,
        facet_id=pile.facet_id,
        turn=turn.turn,
        name=turn.name,
        description=turn.description,
        tone=pile.tone,
        letter=pile.letter,
        parent=turn.parent,
        is_gone=turn.is_gone,
        merged_into=turn.merged_into,
        split_from=pile.split_from,
    )


def earlier_names(session: Session, round_: Round, coder_id: int, number: int) -> list[str]:
    """Return what a coder called an own pile before, the first name first."""
    statement = (
        select(PileTurn.name)
        .where(
            PileTurn.round_id == round_.id,
            PileTurn.coder_id == coder_id,
            PileTurn.number == number,
        )
        .order_by(col(PileTurn.turn))
    )
    names = list(dict.fromkeys(session.exec(statement)))
    return names[:-1]


def last_number(session: Session, round_: Round, coder_id: int) -> int:
    """Return the number of the coder's newest pile; 0 before there is one."""
    statement = select(func.coalesce(func.max(Pile.number), 0)).where(
        Pile.round_id == round_.id, Pile.coder_id == coder_id
    )
    return int(session.exec(statement).one())


@dataclass(frozen=True, slots=True)
class PileAct:
    """An act on own piles: its turns, and the numbers of the judgements that belong to it."""

    act: int
    last_act: int
    turns: tuple[PileTurn, ...]


def pile_act_to_undo(session: Session, round_: Round, coder_id: int) -> PileAct | None:
    """Return the coder's newest act on piles that is neither an undoing nor undone."""
    own = (PileTurn.round_id == round_.id, PileTurn.coder_id == coder_id)
    undone = select(PileTurn.undoes).where(*own, col(PileTurn.undoes).is_not(None))
    newest = (
        select(func.max(PileTurn.act))
        .where(*own, col(PileTurn.undoes).is_(None))
        .where(col(PileTurn.act).not_in(undone))
    )
    act = session.exec(newest).one()
    if act is None:
        return None
    turns = session.exec(select(PileTurn).where(*own, PileTurn.act == act)).all()
    return PileAct(act, turns[0].last_act, tuple(turns))


def turns_before(
    session: Session, round_: Round, turns: Iterable[PileTurn]
) -> dict[int, PileTurn | None]:
    """Return, by the number of the pile, what each of these turns of one coder replaced."""
    ids = [(round_.id, one.coder_id, one.number, one.turn - 1) for one in turns]
    return {
        number: session.get(PileTurn, (at, coder, number, turn)) for at, coder, number, turn in ids
    }
