"""A category suggested to a coder who asks, from that coder's own judgements in the round alone.

It is shown on demand only and no key accepts it: the coder presses the category's own key, as
for any judgement, so that a tired coder's easiest key is not the model's answer.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Text, cast
from sqlmodel import Session, col

from app.codebook.content import FacetContent
from app.coding.desks import Hand
from app.coding.guessing import FEWEST_CARDS, MOST_CARDS, Model, guess, learn
from app.coding.judged import listed
from app.coding.models import Placement
from app.coding.piles import is_multiple
from app.coding.round_texts import round_texts
from app.coding.rules import Value
from app.coding.seen_suggestions import own_suggestion
from app.coding.sorting import Seat
from app.coding.suggestion_models import Suggestion
from app.coding.visibility import Viewer, visible_history
from app.db import now
from app.errors import Conflict

LEARNS_EVERY = 10  # of the coder's own acts
_MOST_KEPT = 32


@dataclass(frozen=True, slots=True)
class Suggested:
    """A category for a card, its calibrated confidence, and what the model is worth so far."""

    category_id: int
    confidence: float
    n_learnt: int
    n_right: int
    learnt_act: int


_Key = tuple[int, int, int, int]
# By the engine, for a number means another round in another database.
_kept: MutableMapping[Engine | Connection, dict[_Key, Model | None]] = WeakKeyDictionary()


def suggest(session: Session, seat: Seat, facet: FacetContent, card_id: int) -> Suggested:
    """Return a category for a card that was given to this coder; Conflict while there is none.

    The model is a function of the coder's own acts up to the last full ten, the words of the
    round's cards and the round's seed.
    """
    if is_multiple(facet):
        raise Conflict("A category is suggested only where a facet takes one.")
    act = seat.coder.n_acts // LEARNS_EVERY * LEARNS_EVERY
    key = (seat.round_id, seat.coder_id, facet.id, act)
    known = _kept.setdefault(session.get_bind(), {})
    if key not in known:
        while len(known) >= _MOST_KEPT:
            known.pop(next(iter(known)))
        known[key] = _learn(session, seat, facet, act)
    model = known[key]
    if model is None:
        raise Conflict(
            f"There is nothing to learn from yet: it takes {FEWEST_CARDS} of your own cards, in "
            "two categories or more with three cards each, and learns after every ten of your acts."
        )
    texts = round_texts(session, seat.round_)
    found = guess(model, texts.vectors[texts.rows[card_id]])
    return Suggested(found.category_id, found.confidence, model.n_learnt, model.n_right, act)


def _learn(session: Session, seat: Seat, facet: FacetContent, act: int) -> Model | None:
    statement = (
        visible_history(Viewer(seat.coder_id), seat.round_)
        .where(
            Placement.coder_id == seat.coder_id,
            Placement.facet_id == facet.id,
            Placement.act <= act,
        )
        .with_only_columns(
            col(Placement.card_id), col(Placement.value), cast(col(Placement.category_ids), Text)
        )
        .order_by(col(Placement.act))
    )
    said: dict[int, tuple[int, ...]] = {}
    for card_id, value, category_ids in session.connection().execute(statement):
        said.pop(card_id, None)  # what was said last stands last
        said[card_id] = listed(category_ids) if value == Value.CATEGORIES else ()
    known = {one.id for one in facet.categories}
    told = [(card_id, ids[0]) for card_id, ids in said.items() if len(ids) == 1 and ids[0] in known]
    told = sorted(told[-MOST_CARDS:])
    texts = round_texts(session, seat.round_)
    if not told or texts.vectors is None:
        return None
    rows = [texts.rows[card_id] for card_id, _ in told]
    return learn(texts.vectors[rows], [one for _, one in told], seed=seat.round_.seed)


def note_shown(session: Session, hand: Hand, facet_id: int, seen_turn: int, one: Suggested) -> None:
    """Record that this was shown; Conflict if the card was judged since the page was drawn."""
    newest = hand.saved.get(facet_id)
    if seen_turn != (newest.turn if newest else 0):
        raise Conflict("You judged this card since this page was opened. Open the card again.")
    desk, card_id = hand.desk, hand.assignment.card_id
    coder_id = desk.coder.coder_id
    was_shown = own_suggestion(
        session, desk.round_, coder_id, card_id=card_id, facet_id=facet_id, turn=seen_turn
    )
    if was_shown is not None:
        return
    session.add(
        Suggestion(
            round_id=desk.round_id,
            coder_id=coder_id,
            card_id=card_id,
            facet_id=facet_id,
            seen_turn=seen_turn,
            study_id=desk.round_.study_id,
            category_id=one.category_id,
            confidence=one.confidence,
            n_learnt=one.n_learnt,
            n_right=one.n_right,
            learnt_act=one.learnt_act,
            at=now(),
        )
    )
