"""What stands beside the codebook: decisions that wait for the lead, and where rules came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.codebook.lineage import names_of
from app.evolution.ledger import Entry, Source, ledger
from app.negotiation.clause_states import waiting_clauses
from app.negotiation.clauses import WORDS_FOR_CLAUSE, ClauseKind
from app.studies.deps import Here
from app.studies.progress import Panel
from app.studies.rules import Action

_WHAT_HAPPENED: Mapping[ClauseKind, str] = {
    ClauseKind.RULE: "Rule added",
    ClauseKind.EXCLUSION: "Exclusion added",
    ClauseKind.EXAMPLE: "Example added",
    ClauseKind.NEAR_MISS: "Near miss added",
    ClauseKind.REDEFINE: "Definition written anew",
    ClauseKind.ADD: "Category added",
    ClauseKind.MERGE: "Another category merged into it",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that did not fit into the draft."""

    words: str
    subject: str
    text: str
    reason: str
    url: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What the team decided and the lead has to look at."""

    items: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """Why a rule stands in the codebook; `version` is None until it is published."""

    words: str
    sources: tuple[Source, ...]
    at: datetime
    version: int | None


def decided_panel(session: Session, here: Here) -> Panel | None:
    """Return the list of decisions that wait for the lead, if there are any."""
    clauses = waiting_clauses(session, here.study_id) if here.may(Action.EDIT_CODEBOOK) else ()
    if not clauses:
        return None
    names = names_of(session, here.study_id, {one.category_id or 0 for one in clauses})
    items = tuple(
        Waiting(
            words=WORDS_FOR_CLAUSE[ClauseKind(one.kind)],
            subject=names.get(one.category_id or 0, ", ".join(one.name.splitlines())),
            text=one.text,
            reason=one.reason,
            url=here.url("codebook", "clauses", one.id),
        )
        for one in clauses
    )
    return Panel("evolution/_decided.html", Decided(items))


def rules_behind(session: Session, here: Here, number: int | None) -> dict[int, Panel]:
    """Return under each category which decisions its rules came from, up to a version."""
    found: dict[int, list[Behind]] = {}
    for entry in ledger(session, here).entries:
        category_id = entry.into_id or entry.category_id
        if category_id is not None and _stands_in(entry, number):
            behind = Behind(
                _WHAT_HAPPENED[entry.kind], entry.sources, entry.sources[0].at, entry.version
            )
            found.setdefault(category_id, []).append(behind)
    return {one: Panel("evolution/_behind.html", tuple(notes)) for one, notes in found.items()}


def _stands_in(entry: Entry, number: int | None) -> bool:
    if entry.kind not in _WHAT_HAPPENED:
        return False
    if entry.version is None:
        return number is None and entry.state == "in_draft"
    return number is None or entry.version <= number
