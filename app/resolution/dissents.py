"""The dissents of a round as they are printed: never without the card and the label."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.codebook.content import FacetContent
from app.coding.measuring import coders_of_round
from app.coding.models import Round
from app.coding.rules import WORDS_FOR_VALUE, Value
from app.corpus.models import Card
from app.negotiation.models import Decision
from app.resolution.labels import dissents_in, newest_on_cards, newest_on_reviews


@dataclass(frozen=True, slots=True)
class PrintedDissent:
    """What a coder keeps to say against the label of a card."""

    card: str
    label: str
    coder: str
    text: str


def printed_dissents(
    session: Session, round_: Round, facet: FacetContent
) -> tuple[PrintedDissent, ...]:
    """Return the dissents from the decisions that count, in the order of the cards."""
    kept = dissents_in(session, round_, facet.id)
    if not kept:
        return ()
    letters = {one.id: one.label for one in coders_of_round(session, round_)}
    newest = newest_on_cards(session, round_, facet.id)
    newest |= newest_on_reviews(session, round_, facet.id)
    standing = {
        card_id: one for card_id, one in newest.items() if one is not None and one.id in kept
    }
    cards = session.exec(
        select(Card.id, Card.key).where(col(Card.id).in_(standing)).order_by(col(Card.position))
    ).all()
    return tuple(
        PrintedDissent(
            card=key,
            label=_words(facet, standing[card_id]),
            coder=letters.get(said.member_id, "A coder"),
            text=said.text,
        )
        for card_id, key in cards
        if card_id is not None
        for said in kept[standing[card_id].id or 0]
    )


def _words(facet: FacetContent, decision: Decision) -> str:
    if decision.value != Value.CATEGORIES:
        return WORDS_FOR_VALUE[Value(decision.value)]
    found = (facet.category(category_id) for category_id in decision.category_ids)
    return " + ".join(category.name for category in found if category)
