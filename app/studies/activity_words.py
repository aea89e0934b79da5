"""What the audit trail says in words; a feature declares the words of its own kinds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.activity.models import Activity
from app.web.render import plural

Locator = Callable[[str, Mapping[str, Any]], str]
Sayer = Callable[[str, Mapping[str, Any]], str]

_WORDS: dict[str, str | Sayer] = {
    "study created": "started the study.",
    "member invited": "made an invitation link for the role {role}.",
    "invitation revoked": "took back an invitation link.",
    "member joined": "joined the study as {role}.",
    "member removed": "ended the membership of {name}.",
    "member left": "left the study.",
    "role changed": "changed the role of {name} from {before} to {after}.",
}

_PLACES: dict[str, Locator] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trail: who, what, when. `who` stands before `words`; `url` may lead there."""

    who: str
    words: str
    at: datetime
    url: str = ""


def declare_activity(kind: str, words: str | Sayer) -> None:
    """Set the words of a kind of activity: what comes after the name of the person.

    Either text with the names of `subject` and of entries of the detail in braces, or a function
    of both. Nothing about the placements of an open round may ever be said here.
    """
    _WORDS[kind] = words


def declare_place(kind: str, locator: Locator) -> None:
    """Set where a kind of activity leads to: a path below the study from subject and detail.

    The path is empty where there is nothing to show.
    """
    _PLACES[kind] = locator


def lines(trail: Sequence[Activity], names: Mapping[int, str], *, reader: int) -> tuple[Line, ...]:
    """Return the trail as sentences; `names` are those of the accounts, `reader` is "You"."""
    return tuple(
        Line(
            who="You" if entry.account_id == reader else _who(entry, names),
            words=_say(entry),
            at=entry.at,
            url=_url(entry),
        )
        for entry in trail
    )


def _who(entry: Activity, names: Mapping[int, str]) -> str:
    if entry.account_id is None:
        return "Concord"
    return names.get(entry.account_id, "Somebody")


def _url(entry: Activity) -> str:
    locator = _PLACES.get(entry.kind)
    path = locator(entry.subject, entry.detail) if locator else ""
    return f"/studies/{entry.study_id}/{path}" if path else ""


def _say(entry: Activity) -> str:
    words = _WORDS.get(entry.kind)
    if words is None:
        return f"{entry.kind}."
    if callable(words):
        return words(entry.subject, entry.detail)
    return words.format_map(_Known(entry.detail, subject=entry.subject))


class _Known(dict[str, Any]):
    """What a line knows; a name it lacks is left out rather than a page refused."""

    def __missing__(self, key: str) -> str:
        return "…"


def _study_changed(_subject: str, detail: Mapping[str, Any]) -> str:
    before, after = detail.get("before", {}), detail.get("after", {})
    changes = [
        f"{name} from “{before.get(name)}” to “{value}”"
        for name, value in after.items()
        if before.get(name) != value
    ]
    return f"changed {', '.join(changes)}." if changes else "changed the description."


declare_activity("study changed", _study_changed)


def stop_rule_words(bound: float | None, quiet_cards: int | None) -> str:
    """Return a stop rule in a few words; "none" where nothing is asked."""
    words = [] if bound is None else [f"lower bound at least {bound:g}"]
    if quiet_cards is not None:
        words.append(f"{plural(quiet_cards, 'card')} in a row without a new category")
    return " and ".join(words) or "none"


def _stop_rule_changed(_subject: str, detail: Mapping[str, Any]) -> str:
    before, after = (stop_rule_words(**detail[when]) for when in ("before", "after"))
    return f"changed the stop rule from “{before}” to “{after}”."


declare_activity("stop rule changed", _stop_rule_changed)
