"""Merging and splitting categories of the draft, and what each act touches.

Ids never change. A row of `Lineage` without a version counts while its category is out of the
draft since the very act that wrote it: restoring the category takes the act back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from app.codebook import editing
from app.codebook.models import Category, Facet, Lineage
from app.codebook.rules import CategoryFields, check_is_no_answer, check_name, tidy_category
from app.codebook.service import id_of, parents_of
from app.codebook.steps import lineage_of_draft
from app.db import now
from app.errors import Invalid


@dataclass(frozen=True, slots=True)
class Move:
    """A category that was part of one that leaves; `to` is what it is part of then, if anything."""

    name: str
    to: str


def parts_that_move_up(session: Session, row: Category) -> tuple[Move, ...]:
    """Return what becomes of the categories that are part of this one when it leaves the draft."""
    facet = session.get_one(Facet, row.facet_id)
    parents = parents_of(session, facet)
    names = {id_of(one): one.name for one in editing.siblings_of(session, facet)}
    above = parents.get(id_of(row))
    to = names.get(above, "") if above is not None else ""
    return tuple(Move(names[one], to) for one, parent in parents.items() if parent == row.id)


def merge(
    session: Session,
    row: Category,
    into: Category,
    *,
    revision: int,
    by: int | None,
    takes_examples: bool = False,
) -> None:
    """Let a category go into another one of its facet, which may take over its examples."""
    editing.check_revision(row, revision)
    if into.facet_id != row.facet_id or into.retired_at is not None:
        raise Invalid("Choose a category of the same facet that is in the draft.", field="into_id")
    if into.id == row.id:
        raise Invalid("A category goes into another one, not into itself.", field="into_id")
    editing.check_is_in_draft(row)
    if takes_examples:
        _take_over(session, row, into, by=by)
    at = _leave(session, row, "category merged", by=by, detail={"into": into.name})
    _note(session, row, [into], "merged", at)


def _take_over(session: Session, row: Category, into: Category, *, by: int | None) -> None:
    said = {
        field: "\n".join(filter(None, (getattr(into, field), getattr(row, field))))
        for field in ("examples", "near_misses")
    }
    fields = editing.with_fields(session, into, said)
    editing.change_category(session, into, fields, revision=into.revision, by=by)


def split(
    session: Session, row: Category, names: Sequence[str], *, revision: int, by: int | None
) -> list[Category]:
    """Let a category come apart into new ones of these names, which stand where it stood."""
    editing.check_revision(row, revision)
    editing.check_is_in_draft(row)
    facet = session.get_one(Facet, row.facet_id)
    parts = _parts(session, facet, row, names)
    at = _leave(session, row, "category split", by=by, detail={"into": ", ".join(names)})
    made = []
    for part in parts:
        tone = editing.free_tone(session, row.study_id)
        made.append(editing.add_category(session, facet, replace(part, tone=tone), by=by))
    _note(session, row, made, "split", at)
    return made


def _parts(
    session: Session, facet: Facet, row: Category, names: Sequence[str]
) -> list[CategoryFields]:
    """Return the new categories; raises before anything is written, so that all or none come."""
    if len(names) < 2:
        raise Invalid("Name two categories or more, each on a line of its own.", field="names")
    above = parents_of(session, facet).get(id_of(row))
    others = [one.name for one in editing.siblings_of(session, facet) if one.id != row.id]
    parts = []
    for name in names:
        part = tidy_category(CategoryFields(name, parent_id=above))
        check_is_no_answer(part.name)
        check_name(part.name, others)
        others.append(part.name)
        parts.append(part)
    return parts


def _leave(
    session: Session, row: Category, kind: str, *, by: int | None, detail: Mapping[str, object]
) -> datetime:
    at = now()
    row.retired_at, row.name_key = at, None
    editing.save(session, row, kind, by, detail)
    return at


def _note(
    session: Session, row: Category, into: Sequence[Category], kind: str, at: datetime
) -> None:
    for one in into:
        session.add(
            Lineage(study_id=row.study_id, kind=kind, from_id=id_of(row), to_id=id_of(one), at=at)
        )


def went_into(session: Session, row: Category) -> set[int]:
    """Return the ids of what a category of the draft was merged or split into."""
    found = lineage_of_draft(session, row.study_id)
    return {one.to_id for one in found if one.from_id == row.id}


def names_of(session: Session, study_id: int, ids: Collection[int]) -> dict[int, str]:
    """Return the names of categories, retired ones too, by their ids."""
    statement = select(Category.id, Category.name).where(
        Category.study_id == study_id, col(Category.id).in_(ids)
    )
    return {category_id: name for category_id, name in session.exec(statement) if category_id}
