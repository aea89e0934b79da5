"""What the audit trail says of negotiation."""

from collections.abc import Mapping
from typing import Any

from app.resolution.rules import WORDS_FOR_OUTCOME, Outcome
from app.studies.activity_words import declare_activity


def _decided(_subject: str, detail: Mapping[str, Any]) -> str:
    outcome = WORDS_FOR_OUTCOME[Outcome(detail["outcome"])]
    return f"recorded a decision on a disagreement: {outcome[0].lower()}{outcome[1:]}."


declare_activity("disagreement decided", _decided)
