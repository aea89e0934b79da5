"""What a proposal writes into the codebook: checked when proposed, carried out when accepted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from app.codebook import editing, lineage
from app.codebook.content import FacetContent
from app.codebook.models import Category, Facet
from app.codebook.rules import (
    LONGEST_NAME,
    LONGEST_TEXT,
    CategoryFields,
    check_is_no_answer,
    one_line,
)
from app.codebook.service import id_of
from app.db import now
from app.errors import ConcordError, Conflict, Invalid
from app.negotiation.models import Clause, Proposal
from app.studies.models import Membership
from app.text import comparable, is_blank


class ClauseKind(StrEnum):
    """What a clause does to the codebook."""

    RULE = "rule"
    EXCLUSION = "exclusion"
    EXAMPLE = "example"
    NEAR_MISS = "near_miss"
    REDEFINE = "redefine"
    ADD = "add"
    MERGE = "merge"
    SPLIT = "split"
    RETIRE = "retire"


WORDS_FOR_CLAUSE: Mapping[ClauseKind, str] = {
    ClauseKind.RULE: "Say when to use it",
    ClauseKind.EXCLUSION: "Say when not to use it",
    ClauseKind.EXAMPLE: "Add an example",
    ClauseKind.NEAR_MISS: "Add a near miss",
    ClauseKind.REDEFINE: "Write the definition anew",
    ClauseKind.ADD: "Add a category",
    ClauseKind.MERGE: "Merge it into another",
    ClauseKind.SPLIT: "Split it",
    ClauseKind.RETIRE: "Retire it",
}
LINE_GOES_TO: Mapping[ClauseKind, str] = {
    ClauseKind.RULE: "inclusion",
    ClauseKind.EXCLUSION: "exclusion",
    ClauseKind.EXAMPLE: "examples",
    ClauseKind.NEAR_MISS: "near_misses",
}
"""The field of a category that such a clause adds a line to."""


@dataclass(frozen=True, slots=True)
class ClauseDraft:
    """What somebody wants to write into the codebook.

    `category_id` is the category it is about, `into_id` where that one goes in a merge. `name` is
    what a new category is called; in a split it holds one name on a line.
    """

    kind: ClauseKind
    category_id: int | None = None
    into_id: int | None = None
    name: str = ""
    text: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the new categories."""
        return tuple(filter(None, map(one_line, self.name.splitlines())))


def check_clause(session: Session, facet: FacetContent, draft: ClauseDraft) -> None:
    """Raise `Invalid`, with the field to mark, unless the clause can be proposed on this facet."""
    _check_category(session, facet, draft)
    _check_names(draft)
    needs_text = draft.kind in LINE_GOES_TO or draft.kind is ClauseKind.REDEFINE
    if needs_text and is_blank(draft.text):
        raise Invalid("Write down the words that go into the codebook.", field="text")
    if len(draft.text) > LONGEST_TEXT:
        raise Invalid(f"At most {LONGEST_TEXT:,} characters fit in here.", field="text")


def _check_category(session: Session, facet: FacetContent, draft: ClauseDraft) -> None:
    if draft.kind is ClauseKind.ADD:
        return
    if not _is_of(session, facet, draft.category_id):
        raise Invalid("Choose the category it is about.", field="category_id")
    if draft.kind is not ClauseKind.MERGE:
        return
    if not _is_of(session, facet, draft.into_id):
        raise Invalid("Choose the category it goes into.", field="into_id")
    if draft.into_id == draft.category_id:
        raise Invalid("A category goes into another one, not into itself.", field="into_id")


def _is_of(session: Session, facet: FacetContent, category_id: int | None) -> bool:
    row = session.get(Category, category_id) if category_id is not None else None
    return row is not None and row.facet_id == facet.id


def _check_names(draft: ClauseDraft) -> None:
    if draft.kind not in {ClauseKind.ADD, ClauseKind.SPLIT}:
        return
    names = draft.names
    if draft.kind is ClauseKind.ADD and len(names) != 1:
        raise Invalid("Give the new category a name, on one line.", field="name")
    if draft.kind is ClauseKind.SPLIT and len(set(map(comparable, names))) < max(len(names), 2):
        raise Invalid("Name two categories or more, each on a line of its own.", field="name")
    if len("\n".join(names)) > LONGEST_NAME:
        raise Invalid(f"Names: at most {LONGEST_NAME} characters together.", field="name")
    for name in names:
        check_is_no_answer(name)


def add_clauses(
    session: Session, proposal: Proposal, facet: FacetContent, drafts: Sequence[ClauseDraft]
) -> list[Clause]:
    """Store what a proposal would write into the codebook; raises `Invalid` for what cannot be."""
    rows = []
    for draft in drafts:
        check_clause(session, facet, draft)
        row = Clause(
            study_id=proposal.study_id,
            proposal_id=_id(proposal),
            kind=draft.kind,
            facet_id=facet.id,
            category_id=None if draft.kind is ClauseKind.ADD else draft.category_id,
            into_id=draft.into_id if draft.kind is ClauseKind.MERGE else None,
            name="\n".join(draft.names),
            text=draft.text.strip(),
            at=now(),
        )
        session.add(row)
        rows.append(row)
    return rows


def clauses_of(session: Session, proposal: Proposal) -> Sequence[Clause]:
    """Return what a proposal writes into the codebook."""
    statement = select(Clause).where(Clause.proposal_id == proposal.id).order_by(col(Clause.id))
    return session.exec(statement).all()


def draft_of(clause: Clause) -> ClauseDraft:
    return ClauseDraft(
        ClauseKind(clause.kind), clause.category_id, clause.into_id, clause.name, clause.text
    )


def apply_clauses(session: Session, proposal: Proposal, *, by: Membership | None) -> None:
    """Write the clauses of an accepted proposal into the codebook draft.

    One that does not apply any more waits for the lead with the reason; nothing is raised.
    """
    for clause in clauses_of(session, proposal):
        if clause.state != "proposed":
            continue
        try:
            carry_out(session, clause, draft_of(clause), by=by.account_id if by else None)
        except (Conflict, Invalid) as refusal:
            clause.state, clause.reason = "waiting", _reason(refusal)
            session.add(clause)


def drop_clauses(session: Session, proposal: Proposal, *, reason: str) -> None:
    """Let go of the clauses of a proposal that was withdrawn or replaced."""
    for clause in clauses_of(session, proposal):
        if clause.state == "proposed":
            clause.state, clause.reason = "dropped", reason
            session.add(clause)


def carry_out(session: Session, clause: Clause, wanted: ClauseDraft, *, by: int | None) -> None:
    """Write one clause into the draft, perhaps worded anew; raises where it does not apply.

    What the clause itself says stays as it was proposed.
    """
    facet = session.get_one(Facet, clause.facet_id)
    if facet.retired_at is not None:
        raise Conflict(f"The facet “{facet.name}” was retired.")
    made = _ACTS.get(wanted.kind, _add_line)(session, facet, wanted, by)
    if clause.kind == ClauseKind.ADD:
        clause.category_id = made
    clause.state, clause.reason = "in_draft", ""
    session.add(clause)


def _add_line(session: Session, facet: Facet, wanted: ClauseDraft, by: int | None) -> int:
    row = _category(session, facet, wanted.category_id)
    field = LINE_GOES_TO[wanted.kind]
    if wanted.kind in {ClauseKind.EXAMPLE, ClauseKind.NEAR_MISS}:
        line = one_line(wanted.text)
    else:
        line = wanted.text.strip()
    lines = getattr(row, field)
    if comparable(line) not in map(comparable, lines.split("\n")):
        _change(session, row, {field: f"{lines}\n{line}".strip()}, by)
    return id_of(row)


def _redefine(session: Session, facet: Facet, wanted: ClauseDraft, by: int | None) -> int:
    row = _category(session, facet, wanted.category_id)
    _change(session, row, {"definition": wanted.text}, by)
    return id_of(row)


def _change(session: Session, row: Category, said: Mapping[str, str], by: int | None) -> None:
    fields = editing.with_fields(session, row, said)
    editing.change_category(session, row, fields, revision=row.revision, by=by)


def _add(session: Session, facet: Facet, wanted: ClauseDraft, by: int | None) -> int:
    name = one_line(wanted.name)
    twin = _added_before(session, facet, name)
    if twin is not None:
        return twin
    tone = editing.free_tone(session, facet.study_id)
    fields = CategoryFields(name, definition=wanted.text, tone=tone)
    return id_of(editing.add_category(session, facet, fields, by=by))


def _added_before(session: Session, facet: Facet, name: str) -> int | None:
    """Return the category of the draft that another decision added under this name."""
    statement = (
        select(Category.id)
        .join(Clause, col(Clause.category_id) == col(Category.id))
        .where(
            Clause.kind == ClauseKind.ADD,
            Clause.state == "in_draft",
            Category.facet_id == facet.id,
            Category.name_key == comparable(name),
        )
    )
    return session.exec(statement).first()


def _merge(session: Session, facet: Facet, wanted: ClauseDraft, by: int | None) -> int:
    row = _row(session, facet, wanted.category_id)
    into = _category(session, facet, wanted.into_id)
    if lineage.went_into(session, row) != {id_of(into)}:  # another decision may have said the same
        lineage.merge(session, row, into, revision=row.revision, by=by)
    return id_of(row)


def _split(session: Session, facet: Facet, wanted: ClauseDraft, by: int | None) -> int:
    row = _category(session, facet, wanted.category_id)
    lineage.split(session, row, wanted.names, revision=row.revision, by=by)
    return id_of(row)


def _retire(session: Session, facet: Facet, wanted: ClauseDraft, by: int | None) -> int:
    row = _row(session, facet, wanted.category_id)
    if row.retired_at is None:
        editing.retire(session, row, revision=row.revision, by=by)
    return id_of(row)


_Act = Callable[[Session, Facet, ClauseDraft, int | None], int]
_ACTS: Mapping[ClauseKind, _Act] = {
    ClauseKind.REDEFINE: _redefine,
    ClauseKind.ADD: _add,
    ClauseKind.MERGE: _merge,
    ClauseKind.SPLIT: _split,
    ClauseKind.RETIRE: _retire,
}


def _row(session: Session, facet: Facet, category_id: int | None) -> Category:
    row = session.get(Category, category_id) if category_id is not None else None
    if row is None or row.facet_id != facet.id:
        raise Conflict(f"The facet “{facet.name}” has no such category.")
    return row


def _category(session: Session, facet: Facet, category_id: int | None) -> Category:
    row = _row(session, facet, category_id)
    if row.retired_at is not None:
        raise Conflict(f"“{row.name}” is not in the draft any more.")
    return row


def _reason(refusal: ConcordError) -> str:
    """Return why, without what the pages add about saving."""
    return refusal.message.removesuffix(" Nothing was saved.")


def _id(proposal: Proposal) -> int:
    if proposal.id is None:
        raise RuntimeError("the proposal was not saved")
    return proposal.id
