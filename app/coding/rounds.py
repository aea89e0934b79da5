"""A round from draft to its end: what it takes in, when it opens, how far it is."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, insert, or_
from sqlmodel import Session, col, select

from app.activity.bell import ring_after_commit
from app.activity.service import record
from app.codebook.models import CodebookVersion
from app.codebook.published import codebook_of_version
from app.coding.assistance import Assistance
from app.coding.exposing import exposed_card_ids
from app.coding.frozen import protocol_hash
from app.coding.joint import missing_for_joint_sort
from app.coding.models import Assignment, Round, RoundCoder
from app.coding.ordering import along_likeness, missing_for_order
from app.coding.own_tabs import phase_topic
from app.coding.rules import (
    CardChoice,
    Phase,
    Plan,
    Protocol,
    Sort,
    measures_reliability,
    protocol_from,
    refuse_phase_change,
)
from app.coding.sorted_facets import facets_at
from app.coding.taking_in import Deal, chosen_card_ids, deal_cards, missing_for_recoding
from app.db import now
from app.errors import Conflict, Invalid, NotFound
from app.studies.models import Study
from app.text import comparable, is_blank


def has_figures(round_: Round) -> bool:
    """Whether the round has closed and what coders said can be compared.

    Piles of coders' own mean nothing to each other before the team has aligned them.
    """
    is_comparable = round_.sort == Sort.CLOSED or round_.aligned_at is not None
    return round_.closed_at is not None and is_comparable


def waits_for_alignment(round_: Round) -> str:
    """Say why there is nothing to compare in a round that has closed, or nothing."""
    if round_.closed_at is None or has_figures(round_):
        return ""
    if round_.phase == Phase.VOID:
        return f"{round_.name} was declared void before the piles of its coders were aligned."
    return (
        f"The coders of {round_.name} sorted into piles of their own. Figures, disagreements and "
        "labels come when the team has matched the piles; the page of the round shows them."
    )


def with_figures() -> ColumnElement[bool]:
    """Return `has_figures` as a condition on the table of rounds."""
    is_comparable = or_(col(Round.sort) == Sort.CLOSED, col(Round.aligned_at).is_not(None))
    return and_(col(Round.closed_at).is_not(None), is_comparable)


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


def protocol_of(round_: Round) -> Protocol:
    """Return the rules of a round; one of an earlier release has none."""
    return protocol_from(round_.protocol)


def coder_ids_of(session: Session, round_: Round) -> list[int]:
    statement = (
        select(RoundCoder.coder_id)
        .where(RoundCoder.round_id == round_.id)
        .order_by(col(RoundCoder.place))
    )
    return list(session.exec(statement).all())


def planned_card_ids(session: Session, round_: Round) -> list[int]:
    """Return the cards that the plan takes in as things stand."""
    return chosen_card_ids(session, round_, plan_of(round_))


def what_is_missing(session: Session, round_: Round) -> list[str]:
    """Return what a draft still needs before it can open, as sentences."""
    coder_ids = coder_ids_of(session, round_)
    return missing_from(session, round_, deal_cards(session, round_, plan_of(round_), coder_ids))


def missing_from(session: Session, round_: Round, deal: Deal) -> list[str]:
    """Return what a draft that would deal these cards still needs before it can open."""
    n_coders = len(deal.hands) + len(deal.left_out)
    missing = missing_parts(round_, n_coders=n_coders, n_cards=len(deal.card_ids))
    plan = plan_of(round_)
    missing += missing_categories(session, round_)
    missing += missing_for_order(round_, n_cards=len(deal.card_ids))
    missing += missing_for_joint_sort(session, round_, plan, n_coders=n_coders)
    return missing + missing_for_recoding(session, round_, plan)


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


def missing_categories(session: Session, round_: Round) -> list[str]:
    """Return which facets a closed sort cannot take, as a sentence; others need no category."""
    if round_.sort != Sort.CLOSED or round_.codebook_version_id is None:
        return []
    codebook = codebook_of_version(session, round_.codebook_version_id)
    bare = [one.name for one in facets_at(round_, codebook) if not one.categories]
    if not bare:
        return []
    names = ", ".join(f"“{name}”" for name in bare)
    return [f"There is no category to sort into by {names}: sort openly, or publish categories."]


def open_round(session: Session, round_: Round, *, by: int | None) -> None:
    """Freeze cards, coders, order, codebook version and threshold; let the coders begin."""
    move_to(session, round_, Phase.OPEN)
    deal = deal_cards(session, round_, plan_of(round_), coder_ids_of(session, round_))
    missing = missing_from(session, round_, deal)
    if missing:
        raise Conflict("This round cannot open yet. " + " ".join(missing))
    _leave_out(session, round_, deal.left_out)
    hands = deal.hands
    if Assistance.BY_SIMILARITY in protocol_of(round_).assistance:
        hands = along_likeness(session, round_, hands)
    exposed = exposed_card_ids(session, round_.study_id)
    rows = [
        {
            "round_id": round_.id,
            "coder_id": coder_id,
            "position": position,
            "card_id": card_id,
            "is_done": False,
            "is_parked": False,
            "is_exposed": card_id in exposed,
        }
        for coder_id, hand in hands.items()
        for position, card_id in enumerate(hand)
    ]
    session.flush()  # the bulk insert below bypasses the session
    session.connection().execute(insert(Assignment), rows)
    study = session.get_one(Study, round_.study_id)
    begin(round_, study)
    version = session.get_one(CodebookVersion, round_.codebook_version_id)
    detail: dict[str, object] = {
        "cards": len(deal.card_ids),
        "coders": len(hands),
        "seed": round_.seed,
        "protocol_hash": protocol_hash(round_, version.content_hash),
    }
    if protocol_of(round_) != Protocol():
        detail["protocol"] = round_.protocol
    if round_.sort != Sort.CLOSED:
        detail["sort"] = round_.sort
    if measures_reliability(study.stance, round_.kind, round_.sort):
        detail |= {"headline": round_.headline, "threshold": round_.threshold}
    record(
        session,
        round_.study_id,
        account_id=by,
        kind="round opened",
        subject=round_.name,
        detail=detail,
    )


def _leave_out(session: Session, round_: Round, coder_ids: Sequence[int]) -> None:
    """Take coders for whom there is no card out of the draft that opens."""
    for coder_id in coder_ids:
        session.delete(session.get_one(RoundCoder, (round_id_of(round_), coder_id)))
    session.flush()  # the places of the others are counted anew
    if coder_ids:
        staying = select(RoundCoder).where(RoundCoder.round_id == round_.id)
        for place, coder in enumerate(session.exec(staying.order_by(col(RoundCoder.place)))):
            coder.place = place


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
    ring_after_commit(session, phase_topic(round_id_of(round_)))


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
