"""Which cards a round takes in, and who gets which, as its plan says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlmodel import Session, col, select

from app.codebook.models import CodebookVersion
from app.coding.allocation import HandedOn, allocate, deal_again, draw_sample
from app.coding.exposing import exposed_card_ids
from app.coding.models import AffectedCard, Assignment, Round
from app.coding.rules import CardChoice, Phase, Plan
from app.corpus.models import Card
from app.corpus.search import CardFilter
from app.corpus.service import matching_card_ids
from app.sources.lineage import with_descendants


@dataclass(frozen=True, slots=True)
class Deal:
    """What opening gives: each coder's cards in the coder's own order.

    `left_out` are coders for whom there is no card, `handed_on` the cards of people who do not
    code in the round.
    """

    card_ids: Sequence[int]
    hands: Mapping[int, Sequence[int]]
    left_out: tuple[int, ...] = ()
    handed_on: tuple[HandedOn, ...] = ()


def deal_cards(session: Session, round_: Round, plan: Plan, coder_ids: Sequence[int]) -> Deal:
    """Return who would get which cards as things stand; nothing is stored."""
    if plan.cards is CardChoice.AFFECTED:
        return _deal_affected(session, round_, plan, coder_ids)
    card_ids = chosen_card_ids(session, round_, plan)
    return Deal(card_ids, allocate(card_ids, coder_ids, share=plan.share, seed=round_.seed))


def _deal_affected(session: Session, round_: Round, plan: Plan, coder_ids: Sequence[int]) -> Deal:
    own = _affected(session, round_, plan)
    hands, handed_on = deal_again(own, coder_ids, seed=round_.seed)
    return Deal(
        card_ids=sorted(set(chain.from_iterable(hands.values()))),
        hands={coder_id: hand for coder_id, hand in hands.items() if hand},
        left_out=tuple(coder_id for coder_id, hand in hands.items() if not hand),
        handed_on=handed_on,
    )


def _affected(session: Session, round_: Round, plan: Plan) -> dict[int, set[int]]:
    """Return the cards that each coder should code again on the round's facets."""
    rows = session.exec(
        select(AffectedCard.coder_id, AffectedCard.card_id)
        .join(Card, col(Card.id) == col(AffectedCard.card_id))
        .where(
            AffectedCard.study_id == round_.study_id,
            AffectedCard.version_id == plan.affected_by,
            col(AffectedCard.facet_id).in_(round_.facet_ids),
            col(Card.set_aside_at).is_(None),
        )
        .distinct()
    )
    own: dict[int, set[int]] = {}
    for coder_id, card_id in rows:
        own.setdefault(coder_id, set()).add(card_id)
    return own


def chosen_card_ids(session: Session, round_: Round, plan: Plan) -> list[int]:
    """Return the cards that the plan takes in as things stand."""
    if plan.cards is CardChoice.AFFECTED:
        return sorted(set(chain.from_iterable(_affected(session, round_, plan).values())))
    is_filter = plan.cards is CardChoice.FILTER
    wanted = CardFilter(
        search=plan.search if is_filter else "",
        attribute=plan.attribute if is_filter else "",
        value=plan.attribute_value if is_filter else "",
    )
    card_ids = matching_card_ids(session, round_.study_id, wanted)
    barred = _barred(session, round_.study_id, plan)
    card_ids = [card_id for card_id in card_ids if card_id not in barred]
    if plan.cards is CardChoice.SAMPLE:
        return draw_sample(card_ids, plan.sample_size, seed=round_.seed)
    return card_ids


def _barred(session: Session, study_id: int, plan: Plan) -> set[int]:
    barred: set[int] = set()
    if plan.is_fresh:
        barred |= cards_of_earlier_rounds(session, study_id)
    if plan.is_fresh or plan.is_undiscussed:
        barred |= exposed_card_ids(session, study_id)
    return barred


def cards_of_earlier_rounds(session: Session, study_id: int) -> set[int]:
    """Return the cards that anybody was given in a round that is not void, and their pieces."""
    statement = (
        select(Assignment.card_id)
        .join(Round, col(Round.id) == col(Assignment.round_id))
        .where(Round.study_id == study_id, Round.phase != Phase.VOID)
        .distinct()
    )
    return with_descendants(session, study_id, session.exec(statement).all())


def missing_for_recoding(session: Session, round_: Round, plan: Plan) -> list[str]:
    """Return what keeps affected cards from being coded again, as sentences."""
    if plan.cards is not CardChoice.AFFECTED or round_.codebook_version_id is None:
        return []
    own = session.get_one(CodebookVersion, round_.codebook_version_id)
    asked = session.get(CodebookVersion, plan.affected_by)
    if asked is None or asked.study_id != round_.study_id:
        return ["Choose the version whose affected cards are coded again."]
    if own.number < asked.number:
        return [
            f"Version {asked.number} puts the cards in question, so they are coded again by that "
            f"version or a newer one, not by version {own.number}."
        ]
    return []
