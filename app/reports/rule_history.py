"""Whether the stop rule was changed when rounds had opened already."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from app.activity.models import Activity
from app.coding.models import Round
from app.studies.activity_words import stop_rule_words
from app.studies.service import STOP_RULE_CHANGED


def rule_changes(session: Session, study_id: int) -> tuple[str, ...]:
    """Return each change of the rule after a round had opened, as a sentence, oldest first."""
    changes = session.exec(
        select(Activity)
        .where(Activity.study_id == study_id, Activity.kind == STOP_RULE_CHANGED)
        .order_by(col(Activity.seq))
    ).all()
    rounds = session.exec(
        select(Round)
        .where(Round.study_id == study_id, col(Round.opened_at).is_not(None))
        .order_by(col(Round.opened_at), col(Round.number))
    ).all()
    found = []
    for change in changes:
        opened = [one for one in rounds if one.opened_at is not None and one.opened_at <= change.at]
        if opened:
            found.append(_sentence(change, opened[-1].name))
    return tuple(found)


def _sentence(change: Activity, round_name: str) -> str:
    before, after = (_words(change.detail[when]) for when in ("before", "after"))
    return (
        f"The stop rule was changed on {change.at:%Y-%m-%d}, after {round_name} had opened: from "
        f"“{before}” to “{after}”."
    )


def _words(rule: Mapping[str, Any]) -> str:
    return stop_rule_words(rule["bound"], rule["quiet_cards"])
