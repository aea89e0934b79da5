"""What gates write: rows that close and open the facets of a card with a coder's own answers."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col

from app.codebook.content import FacetContent
from app.coding.desks import Hand, Judgement, add_placement
from app.coding.gating import Said, because, kept_out
from app.coding.models import Placement, Round
from app.coding.rules import WORDS_FOR_VALUE, Value
from app.coding.sorted_facets import facet_at, facets_at
from app.coding.visibility import NOBODY, Viewer, visible_history, visible_placements
from app.errors import Conflict


def why_closed(
    facet: FacetContent, facets: Sequence[FacetContent], said: Mapping[int, Said]
) -> str:
    """Return why a facet is not asked of a card; nothing where it is."""
    asked = said.get(facet.gate.facet_id) if facet.gate else None
    closed = kept_out(facet.gate, asked) if facet.gate else None
    if asked is None or closed is None or facet.gate is None:
        return ""
    other = next(one for one in facets if one.id == facet.gate.facet_id)
    names = [one.name for one in other.categories if one.id in asked.category_ids]
    return because(closed, other.name, ", ".join(names) or WORDS_FOR_VALUE[Value(asked.value)])


def is_kept_out(hand: Hand, said: Judgement) -> bool:
    """Whether the facet's gate is closed; raises Conflict for another answer than that."""
    facet = facet_at(hand.desk.round_, hand.desk.codebook, said.facet_id)
    asked = hand.saved.get(facet.gate.facet_id) if facet.gate else None
    closed = kept_out(facet.gate, asked) if facet.gate else None
    if asked is None or closed is None:
        return False
    if said.value is not closed:
        facets = facets_at(hand.desk.round_, hand.desk.codebook)
        raise Conflict(
            f"{facet.name}: {why_closed(facet, facets, hand.saved)}. "
            "Change that answer first. Nothing was saved."
        )
    return True


def follow_gates(session: Session, hand: Hand, act: int) -> Hand:
    """Close and open the gates of a card as its judgements now say, by rows that follow an act.

    A facet that is closed keeps what was judged before underneath; opened again, the newest
    judgement that the coder made stands again, or none.
    """
    saved = dict(hand.saved)
    for facet in facets_at(hand.desk.round_, hand.desk.codebook):
        newest = saved.get(facet.id)
        if facet.gate is None:
            continue
        closed = kept_out(facet.gate, saved.get(facet.gate.facet_id))
        is_as_it_should = newest is None or not newest.is_gated
        if closed is not None:
            is_as_it_should = newest is not None and newest.value == closed
        if is_as_it_should:
            continue
        said = _own_again(session, hand, facet.id) if closed is None else None
        judgement = Judgement(
            card_id=hand.assignment.card_id,
            facet_id=facet.id,
            value=Value(said.value) if said else closed or Value.NOT_JUDGED,
            category_ids=tuple(said.category_ids) if said else (),
            confidence=said.confidence if said else None,
            memo=newest.memo if newest else "",
        )
        saved[facet.id] = add_placement(
            session,
            hand.desk,
            judgement,
            turn=newest.turn + 1 if newest else 1,
            follows=act,
            is_gated=closed is not None,
        )
    return Hand(hand.desk, hand.assignment, saved)


def _own_again(session: Session, hand: Hand, facet_id: int) -> Placement | None:
    coder_id, card_id = hand.desk.coder.coder_id, hand.assignment.card_id
    return last_own_answer(session, hand.desk.round_, coder_id, card_id, facet_id)


def cards_never_asked(session: Session, round_: Round, facet_id: int) -> set[int]:
    """Return the cards of a closed round from which a gate kept every one of their coders."""
    statement = (
        visible_placements(NOBODY, round_)
        .where(Placement.facet_id == facet_id, Placement.value != Value.NOT_JUDGED)
        .with_only_columns(col(Placement.card_id), col(Placement.is_gated))
        .distinct()
    )
    asked: dict[int, set[bool]] = {}
    for card_id, is_gated in session.connection().execute(statement):
        asked.setdefault(card_id, set()).add(bool(is_gated))
    return {card_id for card_id, ways in asked.items() if ways == {True}}


def last_own_answer(
    session: Session, round_: Round, coder_id: int, card_id: int, facet_id: int
) -> Placement | None:
    """Return what the coder last said of a card on a facet, whatever a gate said since."""
    statement = (
        visible_history(Viewer(coder_id), round_)
        .where(
            Placement.coder_id == coder_id,
            Placement.card_id == card_id,
            Placement.facet_id == facet_id,
            col(Placement.is_gated).is_(False),
        )
        .order_by(col(Placement.turn).desc())
        .limit(1)
    )
    return session.exec(statement).first()
