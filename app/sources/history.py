"""What the audit trail says of documents, and of cards cut from them or cut anew."""

from collections.abc import Mapping
from typing import Any

from app.studies.activity_words import declare_activity
from app.web.render import plural


def _added(subject: str, detail: Mapping[str, Any]) -> str:
    n_added = detail.get("added", 0)
    words = f"added {subject}" if subject and n_added else f"added {plural(n_added, 'document')}"
    known, left_out = detail.get("known", ()), detail.get("left_out", ())
    if known:
        words += f"; here already: {', '.join(known)}"
    if left_out:
        words += f"; left out: {'; '.join(left_out)}"
    return words if words.endswith(".") else f"{words}."


def _cut(subject: str, detail: Mapping[str, Any]) -> str:
    return f"made {plural(detail.get('created', 0), 'card')} of passages of {subject}."


def _aside(subject: str, detail: Mapping[str, Any]) -> str:
    return f"set {subject} aside: {detail.get('reason', '')}"


def _split(subject: str, detail: Mapping[str, Any]) -> str:
    return f"split card {subject} into {', '.join(detail.get('into', ()))}."


def _merged(subject: str, detail: Mapping[str, Any]) -> str:
    return f"merged {', '.join(detail.get('cards', ()))} into card {subject}."


declare_activity("sources added", _added)
declare_activity("cards cut", _cut)
declare_activity("source set aside", _aside)
declare_activity("source taken back", "took {subject} back among the documents.")
declare_activity("card split", _split)
declare_activity("cards merged", _merged)
