"""A round from draft to its end: what it takes in, when it opens, how far it is."""

from collections.abc import Sequence

from sqlalchemy import insert
from sqlmodel import Session, col, select

from app.activity.service import record
from app.coding.allocation import allocate, draw_sample
from app.coding.models import Assignment, Round, RoundCoder
from app.coding.rules import (
    CardChoice,
    Phase,
    Plan,
    measures_reliability,
    refuse_phase_change,
)
from app.corpus.search import CardFilter
from app.corpus.service import matching_card_ids
from app.db import now
from app.errors import Conflict, Invalid, NotFound
from app.studies.models import Study
from app.text import comparable, is_blank


def round_id_of(round_: Round) -> int:
    if round_.id is None:
        raise RuntimeError("the round was not saved")
    return round_.id


def rounds_of(session: Session, study_id: int) -> Sequence[Round]:
    """Return the study's rounds, newest first."""
    statement = select(Round).where(Round.study_id == study_id).order_by(col(Round.number).desc())
    return session.exec(statement).all()


def find_round(session: Session, study_id: int, round_id: int) -> Round:
    """Return a round of this study; 404 for any other."""
    found = session.get(Round, round_id)
    if found is None or found.study_id != study_id:
        raise NotFound
    return found


def round_named(session: Session, study_id: int, name: str) -> Round:
    """Return the round of this name; the commands use it."""
    statement = select(Round).where(Round.study_id == study_id, Round.name_key == comparable(name))
    found = session.exec(statement).first()
    if found is None:
        raise NotFound(f"This study has no round called {name}.")
    return found


def plan_of(round_: Round) -> Plan:
    stored = dict(round_.plan)
    stored["cards"] = CardChoice(stored.get("cards", CardChoice.ALL))
    return Plan(**stored)


def coder_ids_of(session: Session, round_: Round) -> list[int]:
    statement = (
        select(RoundCoder.coder_id)
        .where(RoundCoder.round_id == round_.id)
        .order_by(col(RoundCoder.place))
    )
    return list(session.exec(statement).all())


def planned_card_ids(session: Session, round_: Round) -> list[int]:
    """Return the cards that the plan takes in as things stand."""
    plan = plan_of(round_)
    wanted = CardFilter(
        search=plan.search if plan.cards is CardChoice.FILTER else "",
        attribute=plan.attribute if plan.cards is CardChoice.FILTER else "",
        value=plan.attribute_value if plan.cards is CardChoice.FILTER else "",
    )
    card_ids = matching_card_ids(session, round_.study_id, wanted)
    if plan.is_fresh:
        seen = _cards_of_earlier_rounds(session, round_.study_id)
        card_ids = [card_id for card_id in card_ids if card_id not in seen]
    if plan.cards is CardChoice.SAMPLE:
        return draw_sample(card_ids, plan.sample_size, seed=round_.seed)
    return card_ids


def _cards_of_earlier_rounds(session: Session, study_id: int) -> set[int]:
    statement = (
        select(Assignment.card_id)
        .join(Round, col(Round.id) == col(Assignment.round_id))
        .where(Round.study_id == study_id, Round.phase != Phase.VOID)
        .distinct()
    )
    return set(session.exec(statement).all())


def what_is_missing(session: Session, round_: Round) -> list[str]:
    """Return what a draft still needs before it can open, as sentences."""
    n_coders, n_cards = len(coder_ids_of(session, round_)), len(planned_card_ids(session, round_))
    return missing_parts(round_, n_coders=n_coders, n_cards=n_cards)


def missing_parts(round_: Round, *, n_coders: int, n_cards: int) -> list[str]:
    missing = []
    if round_.codebook_version_id is None:
        missing.append("Publish the codebook and choose its version.")
    elif not round_.facet_ids:
        missing.append("Choose at least one facet.")
    if not n_coders:
        missing.append("Choose at least one coder; agreement needs two.")
    if not n_cards:
        missing.append("No card is taken in. Import cards or change which ones the round takes.")
    return missing


def open_round(session: Session, round_: Round, *, by: int | None) -> None:
    """Freeze cards, coders, order, codebook version and threshold; let the coders begin."""
    move_to(session, round_, Phase.OPEN)
    missing = what_is_missing(session, round_)
    if missing:
        raise Conflict("This round cannot open yet. " + " ".join(missing))
    card_ids = planned_card_ids(session, round_)
    coder_ids = coder_ids_of(session, round_)
    hands = allocate(card_ids, coder_ids, share=plan_of(round_).share, seed=round_.seed)
    rows = [
        {
            "round_id": round_.id,
            "coder_id": coder_id,
            "position": position,
            "card_id": card_id,
            "is_done": False,
            "is_parked": False,
        }
        for coder_id, hand in hands.items()
        for position, card_id in enumerate(hand)
    ]
    session.flush()  # the bulk insert below bypasses the session
    session.connection().execute(insert(Assignment), rows)
    study = session.get_one(Study, round_.study_id)
    begin(round_, study)
    detail: dict[str, object] = {
        "cards": len(card_ids),
        "coders": len(coder_ids),
        "seed": round_.seed,
    }
    if measures_reliability(study.stance, round_.kind):
        detail |= {"headline": round_.headline, "threshold": round_.threshold}
    record(
        session,
        round_.study_id,
        account_id=by,
        kind="round opened",
        subject=round_.name,
        detail=detail,
    )


def begin(round_: Round, study: Study) -> None:
    """Note that the round is open, and fix the threshold: the study's may change later."""
    round_.opened_at = now()
    if round_.threshold is None:
        round_.threshold = study.threshold


def move_to(session: Session, round_: Round, phase: Phase) -> None:
    """Change the phase under a lock; of two who try at once the second gets 409."""
    session.refresh(round_, with_for_update=True)
    reason = refuse_phase_change(Phase(round_.phase), phase)
    if reason is not None:
        raise Conflict(f"{reason} Nothing was changed.")
    round_.phase = phase
    session.add(round_)


def end_round(
    session: Session, round_: Round, phase: Phase, *, reason: str, by: int | None
) -> None:
    """Declare a round done or void; both keep everything, a void round says why."""
    if phase is Phase.VOID and is_blank(reason):
        raise Invalid("Say why this round is void.", field="reason")
    move_to(session, round_, phase)
    round_.ended_at = now()
    round_.end_reason = reason
    kind = "round voided" if phase is Phase.VOID else "round done"
    record(
        session,
        round_.study_id,
        account_id=by,
        kind=kind,
        subject=round_.name,
        detail={"reason": reason},
    )
