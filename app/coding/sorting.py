"""What a coder at work is shown: the own cards in the own order, and where to go next.

Everything here is read from the coder's own rows and from what is public in the study.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.codebook.content import FacetContent
from app.coding.desks import NOT_A_CODER, Desk, Hand
from app.coding.models import Assignment, Placement, Round, RoundCoder
from app.coding.pile_rules import OwnPile
from app.coding.rounds import find_round, round_id_of
from app.coding.rules import Phase, Value, is_judged, refuse_work
from app.coding.seen_piles import own_piles
from app.coding.sorted_facets import facets_at, facets_before_aligning
from app.coding.visibility import own_on_card
from app.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Seat:
    """A coder's part in a round, as read; `stopped` says why nothing can be changed, or is empty.

    Unlike `placing.Desk` it locks nothing and may be of a closed round. `piles` are the own ones.
    """

    round_: Round
    coder: RoundCoder
    facets: tuple[FacetContent, ...]
    stopped: str
    piles: tuple[OwnPile, ...] = ()

    @property
    def round_id(self) -> int:
        return round_id_of(self.round_)

    @property
    def coder_id(self) -> int:
        return self.coder.coder_id

    @property
    def has_submitted(self) -> bool:
        return self.coder.submitted_at is not None

    @property
    def is_open(self) -> bool:
        return self.round_.phase == Phase.OPEN

    def facet(self, facet_id: int) -> FacetContent:
        for facet in self.facets:
            if facet.id == facet_id:
                return facet
        raise NotFound


@dataclass(frozen=True, slots=True)
class Tally:
    """How far the coder is. A parked card waits to be looked at again, judged or not."""

    n_cards: int
    n_done: int
    n_parked: int

    @property
    def n_left(self) -> int:
        return self.n_cards - self.n_done


@dataclass(frozen=True, slots=True)
class Stop:
    """A card and the facet to judge it on."""

    card_id: int
    facet_id: int


@dataclass(frozen=True, slots=True)
class Beside:
    """The cards before and after one in the coder's order."""

    previous_id: int | None
    next_id: int | None


def take_seat(session: Session, study_id: int, round_id: int, coder_id: int) -> Seat:
    """Return the coder's part in a round of this study; 404 with words for anybody else."""
    round_ = find_round(session, study_id, round_id)
    coder = session.get(RoundCoder, (round_id, coder_id))
    if coder is None:
        raise NotFound(NOT_A_CODER)
    if round_.phase == Phase.DRAFT:
        raise Conflict("This round is not open yet. Its cards come when the lead opens it.")
    facets, piles = facets_before_aligning(session, round_), own_piles(session, round_, coder_id)
    return Seat(round_, coder, facets, _stopped(round_, coder), piles)


def seat_at(desk: Desk) -> Seat:
    """Return the seat of a coder at work, of which everything is known already."""
    return Seat(desk.round_, desk.coder, facets_at(desk.round_, desk.codebook), stopped="")


def _stopped(round_: Round, coder: RoundCoder) -> str:
    reason = refuse_work(
        Phase(round_.phase), closed="", has_submitted=coder.submitted_at is not None
    )
    if reason is None:
        return ""
    if round_.phase == Phase.OPEN:
        return "You have handed this round in, so nothing here can be changed now."
    return "This round is closed. Your judgements stay as they are."


@dataclass(frozen=True, slots=True)
class Held:
    """What is said of a card on a facet: as saved, or as typed into a form that was refused."""

    value: Value
    category_ids: tuple[int, ...]
    confidence: int | None
    memo: str
    turn: int
    pile_numbers: tuple[int, ...] = ()
    is_gated: bool = False


NOTHING_SAID = Held(Value.NOT_JUDGED, (), None, "", 0)


def held(found: Placement) -> Held:
    return Held(
        Value(found.value),
        tuple(found.category_ids),
        found.confidence,
        found.memo,
        found.turn,
        tuple(found.pile_numbers),
        found.is_gated,
    )


def held_on_card(session: Session, seat: Seat, card_id: int) -> dict[int, Held]:
    """Return what the coder says of a card, by facet."""
    saved = own_on_card(session, seat.round_, seat.coder_id, card_id)
    return {facet_id: held(found) for facet_id, found in saved.items()}


# Built once, as what follows: every page asks for them, and building costs more than asking.
_IS_OWN = (
    col(Assignment.round_id) == bindparam("round_id"),
    col(Assignment.coder_id) == bindparam("coder_id"),
)
_OWN_CARD = select(Assignment).where(*_IS_OWN, col(Assignment.card_id) == bindparam("card_id"))
_TALLY = (
    select_columns(col(Assignment.is_done), col(Assignment.is_parked), func.count())
    .where(*_IS_OWN)
    .group_by(col(Assignment.is_done), col(Assignment.is_parked))
)
_BESIDE = select_columns(col(Assignment.position), col(Assignment.card_id)).where(
    *_IS_OWN, col(Assignment.position).in_([bindparam("before"), bindparam("behind")])
)


def own_assignment(session: Session, seat: Seat, card_id: int) -> Assignment:
    """Return the coder's row for a card; 404 for a card that was not given to this coder."""
    found = session.exec(_OWN_CARD, params={**_own(seat), "card_id": card_id}).first()
    if found is None:
        raise NotFound
    return found


def _own(seat: Seat) -> dict[str, int]:
    return {"round_id": seat.round_id, "coder_id": seat.coder_id}


def tally(session: Session, seat: Seat) -> Tally:
    """Return how far the coder is, from one index."""
    rows = session.execute(_TALLY, _own(seat)).all()
    return Tally(
        n_cards=sum(row[2] for row in rows),
        n_done=sum(row[2] for row in rows if row[0]),
        n_parked=sum(row[2] for row in rows if row[1]),
    )


def beside(session: Session, seat: Seat, position: int) -> Beside:
    """Return the neighbours of a place in the coder's order."""
    known = {**_own(seat), "before": position - 1, "behind": position + 1}
    found = {row[0]: row[1] for row in session.execute(_BESIDE, known).all()}
    return Beside(found.get(position - 1), found.get(position + 1))


_WAITING = (
    select(Assignment.card_id)
    .where(*_IS_OWN, col(Assignment.is_done).is_(False))
    .order_by(col(Assignment.position))
    .limit(1)
)
_FRESH = _WAITING.where(col(Assignment.is_parked).is_(False))
_PARKED = _WAITING.where(col(Assignment.is_parked).is_(True))
_LATER = col(Assignment.position) > bindparam("after")
_CANDIDATES = (_FRESH.where(_LATER), _FRESH, _PARKED.where(_LATER), _PARKED)


def next_card_id(session: Session, seat: Seat, *, after: int = -1) -> int | None:
    """Return the next card to judge: after a place, else from the start, else a parked one."""
    known = {**_own(seat), "after": after}
    for candidates in _CANDIDATES:
        found = session.exec(candidates, params=known).first()
        if found is not None:
            return found
    return None


def next_stop(session: Session, hand: Hand, facet_id: int) -> Stop | None:
    """Return where a coder goes on after judging a card on a facet; None when all is done.

    First the facets of the same card that are still open, then the next card.
    """
    seat = seat_at(hand.desk)
    facet_ids = [facet.id for facet in seat.facets]
    place = facet_ids.index(facet_id) + 1 if facet_id in facet_ids else 0
    saved = {facet: held(found) for facet, found in hand.saved.items()}
    same = _first_open(facet_ids[place:] + facet_ids[:place], saved)
    if same is not None:
        return Stop(hand.assignment.card_id, same)
    return next_card(session, seat, after=hand.assignment.position)


def stop_after(
    session: Session, seat: Seat, assignment: Assignment, facet_id: int, saved: Mapping[int, Held]
) -> Stop | None:
    """Return where a coder goes on once this facet of a card is judged: a page fetches it ahead.

    Nothing where the answer itself decides whether the next facet is asked.
    """
    facet_ids = [facet.id for facet in seat.facets]
    place = facet_ids.index(facet_id)
    same = _first_open(facet_ids[place + 1 :] + facet_ids[:place], saved)
    if same is not None:
        gate = seat.facet(same).gate
        return None if gate and gate.facet_id == facet_id else Stop(assignment.card_id, same)
    found = next_card(session, seat, after=assignment.position)
    return found if found and found.card_id != assignment.card_id else None


def next_card(session: Session, seat: Seat, *, after: int = -1) -> Stop | None:
    """Return the next card that waits and the facet to begin with; None when none waits."""
    card_id = next_card_id(session, seat, after=after)
    if card_id is None or not seat.facets:
        return None
    return Stop(card_id, first_open(seat, held_on_card(session, seat, card_id)))


def parked_card(session: Session, seat: Seat) -> Stop | None:
    """Return the first card put aside, those not judged yet before others; else the next card.

    A judged card that was parked waits for a second look, and counts as parked in the tally.
    """
    statement = (
        select(Assignment.card_id)
        .where(
            Assignment.round_id == seat.round_id,
            Assignment.coder_id == seat.coder_id,
            col(Assignment.is_parked).is_(True),
        )
        .order_by(col(Assignment.is_done), col(Assignment.position))
        .limit(1)
    )
    card_id = session.exec(statement).first()
    if card_id is None or not seat.facets:
        return next_card(session, seat)
    return Stop(card_id, first_open(seat, held_on_card(session, seat, card_id)))


def first_open(seat: Seat, saved: Mapping[int, Held]) -> int:
    """Return the first facet on which a card is not judged yet, else the first of all."""
    facet_ids = [facet.id for facet in seat.facets]
    return _first_open(facet_ids, saved) or facet_ids[0]


def _first_open(facet_ids: Sequence[int], saved: Mapping[int, Held]) -> int | None:
    return next(
        (one for one in facet_ids if one not in saved or not is_judged(saved[one].value)), None
    )
