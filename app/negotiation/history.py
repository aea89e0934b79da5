"""What the audit trail says of negotiation. Only closed rounds have decisions to speak of."""

from collections.abc import Mapping
from typing import Any

from app.negotiation.rules import WORDS_FOR_OUTCOME, Outcome
from app.studies.activity_words import declare_activity, declare_place


def _decided(_subject: str, detail: Mapping[str, Any]) -> str:
    outcome = WORDS_FOR_OUTCOME[Outcome(detail["outcome"])]
    what = "a disagreement"
    if "card" in detail:  # a line of an earlier release names no card
        what = f"{detail['card']} on {detail['facet']}"
    return f"recorded a decision on {what}: {outcome[0].lower()}{outcome[1:]}."


def _place(subject: str, detail: Mapping[str, Any]) -> str:
    round_id = detail.get("round_id")
    return f"rounds/{round_id}/disagreements/{subject}" if round_id else ""


declare_activity("disagreement decided", _decided)
declare_place("disagreement decided", _place)


def _opened_early(_subject: str, detail: Mapping[str, Any]) -> str:
    n = detail["missing"]
    missing = "1 statement was" if n == 1 else f"{n} statements were"
    return f"opened {detail['card']} although {missing} missing: {detail['reason']}"


declare_activity("statements opened early", _opened_early)
declare_place("statements opened early", _place)
