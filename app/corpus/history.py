"""What the audit trail says of cards."""

from collections.abc import Mapping
from typing import Any

from app.studies.activity_words import declare_activity
from app.web.render import plural


def _imported(subject: str, detail: Mapping[str, Any]) -> str:
    words = f"imported {plural(detail.get('created', 0), 'card')}"
    if detail.get("updated"):
        words += f" and renewed {detail['updated']}"
    return f"{words} from {subject}." if subject else f"{words}."


declare_activity("cards imported", _imported)


def _set_aside(subject: str, detail: Mapping[str, Any]) -> str:
    return f"set card {subject} aside: {detail.get('reason', '')}"


declare_activity("card set aside", _set_aside)
declare_activity("card taken back", "took card {subject} back for rounds to come.")
