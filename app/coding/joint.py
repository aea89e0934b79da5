"""A joint sort: named people sort together, and one hand is coded for all of them."""

from sqlmodel import Session

from app.coding.models import Round
from app.coding.rules import Plan
from app.studies.models import Study
from app.studies.rules import Stance
from app.text import is_blank


def is_joint(session: Session, round_: Round) -> bool:
    """Whether the study sorts together: one shared result, and nothing to compare it with."""
    return session.get_one(Study, round_.study_id).stance == Stance.JOINT_SORT


def missing_for_joint_sort(
    session: Session, round_: Round, plan: Plan, *, n_coders: int
) -> list[str]:
    """Return what keeps a joint sort from opening, as sentences; nothing for any other round."""
    if not is_joint(session, round_):
        return []
    missing = []
    if n_coders > 1:
        missing.append("A joint sort has one result: choose the one coder who types it for all.")
    if is_blank(plan.participants):
        missing.append("Name who sorts together.")
    return missing
