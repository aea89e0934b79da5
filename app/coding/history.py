"""What the audit trail says about rounds."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from app.activity.models import Activity
from app.coding.assistance import assistance_words
from app.coding.models import Round
from app.coding.round_facts import protocol_words
from app.coding.rules import WORDS_FOR_HEADLINE, WORDS_FOR_SORT, Headline, Sort, protocol_from
from app.studies.activity_words import declare_activity
from app.web.render import plural

_KINDS = (
    "round drafted",
    "round changed",
    "round opened",
    "round closed",
    "piles aligned",
    "round done",
    "round voided",
    "past work imported",
)


def trail_of(session: Session, round_: Round) -> Sequence[Activity]:
    """Return the lines of the audit trail about this round, newest first."""
    statement = select(Activity).where(
        Activity.study_id == round_.study_id,
        Activity.subject == round_.name[:200],
        col(Activity.kind).in_(_KINDS),
    )
    return session.exec(statement.order_by(col(Activity.seq).desc())).all()


def _opened(subject: str, detail: Mapping[str, Any]) -> str:
    cards, coders = plural(detail.get("cards", 0), "card"), plural(detail.get("coders", 0), "coder")
    words = f"opened {subject}: {cards}, {coders}, seed {detail.get('seed')}."
    if detail.get("sort"):
        words += f" {WORDS_FOR_SORT[Sort(detail['sort'])].capitalize()}."
    if detail.get("threshold") is not None:
        headline = WORDS_FOR_HEADLINE[Headline(detail.get("headline", ""))]
        words += f" Headline: {headline}. Threshold: {detail['threshold']:g}."
    protocol = protocol_from(detail.get("protocol", {}))
    if protocol.assistance:
        words += f" Help while sorting: {assistance_words(protocol.assistance)}."
    return " ".join([words, *protocol_words(protocol)])


def _closed(subject: str, detail: Mapping[str, Any]) -> str:
    words = f"closed {subject}; {plural(detail.get('flagged') or 0, 'disagreement')} to talk about."
    if "flagged" in detail and detail["flagged"] is None:
        words = f"closed {subject}; the team aligns the coders' own piles."
    unfinished = detail.get("unfinished", [])
    if unfinished:
        words += f" Not handed in: {', '.join(unfinished)}."
    return f"{words} {detail['reason']}" if detail.get("reason") else words


def _voided(subject: str, detail: Mapping[str, Any]) -> str:
    return f"declared {subject} void. {detail.get('reason', '')}".rstrip()


def _brought(subject: str, detail: Mapping[str, Any]) -> str:
    source = f" from {detail['file']}" if detail.get("file") else ""
    count = plural(detail.get("placements", 0), "placement")
    return f"brought in {count} of past work{source} as {subject}."


declare_activity("round drafted", "drafted {subject}.")
declare_activity("round changed", "changed the draft of {subject}.")
declare_activity("round opened", _opened)
declare_activity("round closed", _closed)
declare_activity("round done", "finished {subject}: every disagreement is decided or deferred.")
declare_activity("round voided", _voided)
declare_activity("past work imported", _brought)
