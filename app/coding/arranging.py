"""How a coder arranges the columns of a board: folded ones, and an order of one's own.

Kept on the server, so that it is there in another browser and without scripts. It is nobody
else's: only the coder's own board is drawn from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session, select

from app.coding.board_models import BoardArrangement
from app.coding.models import RoundCoder
from app.coding.rules import Value
from app.coding.sorting import Seat
from app.errors import Conflict

Change = Literal["fold", "open", "earlier", "later", "before", "open_all", "usual"]
# The cards still to be sorted stand first: everything else is moved past them.
FIRST = Value.NOT_JUDGED.value


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The keys of columns: the order they were put in, and those that are folded."""

    order: tuple[str, ...] = ()
    folded: frozenset[str] = frozenset()

    def ordered(self, keys: Sequence[str]) -> list[str]:
        """Return the columns there are in the coder's order; a new one follows its neighbour."""
        known = set(keys)
        found = [key for key in self.order if key in known and key != FIRST]
        placed, before = set(found), ""
        for key in keys:
            if key not in placed and key != FIRST:
                found.insert(found.index(before) + 1 if before else 0, key)
            before = key if key != FIRST else before
        return [*(key for key in keys if key == FIRST), *found]


def arrangement_of(session: Session, seat: Seat, facet_id: int) -> Arrangement:
    """Return how the coder has arranged a facet's board."""
    found = session.get(BoardArrangement, (seat.round_id, seat.coder_id, facet_id))
    return Arrangement(tuple(found.pile_order), frozenset(found.folded)) if found else Arrangement()


def arrange(
    session: Session,
    seat: Seat,
    facet_id: int,
    keys: Sequence[str],
    change: Change,
    *,
    key: str = "",
    before: str = "",
) -> None:
    """Change how the columns with these keys stand; raises Conflict for one that is not there."""
    _wait_for_other_tabs(session, seat)
    now = arrangement_of(session, seat, facet_id)
    if key not in keys and change not in {"open_all", "usual"}:
        raise Conflict("This pile is gone by now. Look at the board again.")
    order, folded = now.ordered(keys), set(now.folded)
    match change:
        case "fold":
            folded.add(key)
        case "open":
            folded.discard(key)
        case "open_all":
            folded.clear()
        case "usual":
            order = []
        case _:
            order = _moved(order, key, change, before)
    row = session.get(BoardArrangement, (seat.round_id, seat.coder_id, facet_id))
    row = row or BoardArrangement(round_id=seat.round_id, coder_id=seat.coder_id, facet_id=facet_id)
    row.pile_order = [] if order == list(Arrangement().ordered(keys)) else order
    row.folded = sorted(folded.intersection(keys))
    session.add(row)


def _wait_for_other_tabs(session: Session, seat: Seat) -> None:
    # Two of the coder's tabs must not both add the first row.
    statement = select(RoundCoder).where(
        RoundCoder.round_id == seat.round_id, RoundCoder.coder_id == seat.coder_id
    )
    session.exec(statement.with_for_update()).one()


def _moved(order: list[str], key: str, change: Change, before: str) -> list[str]:
    if key == FIRST:
        return order
    place, rest = order.index(key), [one for one in order if one != key]
    least = 1 if FIRST in order else 0
    if change == "before":
        target = rest.index(before) if before in rest else len(rest)
    else:
        target = place + (1 if change == "later" else -1)
    target = max(least, target)
    return [*rest[:target], key, *rest[target:]]
