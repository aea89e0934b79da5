"""The order in which coders meet their cards, where a round declares that it follows likeness."""

from collections.abc import Mapping, Sequence
from itertools import chain

from sqlmodel import Session, col, select

from app.coding.allocation import begin_elsewhere
from app.coding.assistance import Assistance
from app.coding.models import Round
from app.coding.rules import protocol_from
from app.corpus.models import Card
from app.corpus.nearness import path_through

# Opening holds the lock of every writer, so that what it does there must take a second or two.
MOST_IN_ORDER = 5_000


def missing_for_order(round_: Round, *, n_cards: int) -> list[str]:
    """Return what keeps a draft with this order from opening, as sentences."""
    chosen = protocol_from(round_.protocol).assistance
    if Assistance.BY_SIMILARITY not in chosen or n_cards <= MOST_IN_ORDER:
        return []
    return [f"At most {MOST_IN_ORDER:,} cards can come in an order of similarity."]


def along_likeness(
    session: Session, round_: Round, hands: Mapping[int, Sequence[int]]
) -> dict[int, list[int]]:
    """Return each hand along one path of similar cards, each coder beginning elsewhere on it.

    It follows from the texts and the seed alone, so it tells nothing of what anybody did.
    """
    wanted = set(chain.from_iterable(hands.values()))
    statement = (
        select(Card.id, Card.text)
        .where(Card.study_id == round_.study_id)
        .order_by(col(Card.position), col(Card.id))
    )
    cards = [(card_id or 0, text) for card_id, text in session.exec(statement) if card_id in wanted]
    texts = [text for _, text in cards]
    path = [cards[place][0] for place in path_through(texts, seed=round_.seed)]
    ordered = {}
    for place, (coder_id, hand) in enumerate(hands.items()):
        own = set(hand)
        mine = [card_id for card_id in path if card_id in own]
        ordered[coder_id] = begin_elsewhere(mine, place, seed=round_.seed)
    return ordered
