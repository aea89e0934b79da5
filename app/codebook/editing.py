"""Changes to the draft, each on the revision its author saw."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Literal, TypeVar

from sqlalchemy.orm import object_session
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.activity.service import record
from app.codebook.gates import before, check_gate
from app.codebook.models import Category, Facet
from app.codebook.rules import (
    MOST_CATEGORIES,
    CategoryFields,
    FacetFields,
    check_is_no_answer,
    check_name,
    check_parent,
    tidy_category,
    tidy_facet,
)
from app.codebook.service import draft, facet_row, facets_of, id_of, parents_of
from app.codebook.tones import TONES
from app.db import now
from app.errors import Conflict
from app.text import comparable

Direction = Literal["up", "down"]
Row = TypeVar("Row", Facet, Category)


class Stale(Conflict):
    """Somebody else changed the thing since the page was opened."""


def check_revision(row: Facet | Category, revision: int) -> None:
    """Raise `Stale` unless the row still is what the page showed; from here on it is ours."""
    session = object_session(row)
    if session is not None:
        # Of two who save the same revision at once the second has to see the first.
        session.refresh(row, with_for_update=True)
    if row.revision != revision:
        raise Stale(
            f"“{row.name}” was changed since you opened this page. Nothing of yours was saved yet."
        )


def check_is_in_draft(row: Facet | Category) -> None:
    """Raise `Conflict` for a row that is out of the draft."""
    if row.retired_at is not None:
        raise Conflict(f"“{row.name}” was retired. Restore it first. Nothing was saved.")


def add_facet(session: Session, study_id: int, given: FacetFields, *, by: int | None) -> Facet:
    """Add a facet at the end of the draft."""
    new = tidy_facet(given)
    facets = facets_of(session, study_id)
    check_name(new.name, (facet.name for facet in facets))
    row = Facet(
        study_id=study_id,
        **asdict(new),
        name_key=comparable(new.name),
        position=_next_place(session, select(Facet.position).where(Facet.study_id == study_id)),
    )
    save(session, row, "facet added", by)
    return row


def change_facet(
    session: Session, row: Facet, given: FacetFields, *, revision: int, by: int | None
) -> None:
    """Change what is said about a facet."""
    new = tidy_facet(given)
    check_is_in_draft(row)
    check_revision(row, revision)
    others = (one.name for one in facets_of(session, row.study_id) if one.id != row.id)
    check_name(new.name, others)
    if new.gate is not None:
        check_gate(new.gate, before(draft(session, row.study_id).facets, id_of(row)))
    for field, value in asdict(new).items():
        setattr(row, field, value)
    row.name_key = comparable(new.name)
    save(session, row, "facet changed", by)


def add_category(
    session: Session, facet: Facet, given: CategoryFields, *, by: int | None, external_id: str = ""
) -> Category:
    """Add a category at the end of its facet."""
    new = tidy_category(given)
    check_is_no_answer(new.name)
    check_is_in_draft(facet)
    siblings = siblings_of(session, facet)
    check_name(new.name, (one.name for one in siblings))
    check_parent(None, new.parent_id, parents_of(session, facet))
    if len(siblings) >= MOST_CATEGORIES:
        raise Conflict(f"A facet can hold {MOST_CATEGORIES:,} categories.")
    row = Category(
        study_id=facet.study_id,
        facet_id=id_of(facet),
        external_id=external_id,
        **asdict(new),
        name_key=comparable(new.name),
        position=_next_place(
            session, select(Category.position).where(Category.facet_id == facet.id)
        ),
    )
    save(session, row, "category added", by)
    return row


def change_category(
    session: Session, row: Category, given: CategoryFields, *, revision: int, by: int | None
) -> None:
    """Change what is said about a category."""
    new = tidy_category(given)
    check_is_no_answer(new.name, row.name)
    facet = facet_row(session, row.study_id, row.facet_id)
    check_is_in_draft(facet)
    check_is_in_draft(row)
    check_revision(row, revision)
    siblings = siblings_of(session, facet)
    check_name(new.name, (one.name for one in siblings if one.id != row.id))
    check_parent(row.id, new.parent_id, parents_of(session, facet))
    for field, value in asdict(new).items():
        setattr(row, field, value)
    row.name_key = comparable(new.name)
    save(session, row, "category changed", by)


def with_fields(session: Session, row: Category, said: Mapping[str, str]) -> CategoryFields:
    """Return what the draft says about a category, with some of it said anew."""
    facet = facet_row(session, row.study_id, row.facet_id)
    names = [field.name for field in fields(CategoryFields)]
    now_said = {name: getattr(row, name) for name in names}
    now_said["parent_id"] = parents_of(session, facet).get(id_of(row))
    return CategoryFields(**{**now_said, **said})


def move_facet(
    session: Session, row: Facet, direction: Direction, *, revision: int, by: int | None
) -> None:
    """Swap a facet with its neighbour; at the edge nothing happens."""
    check_revision(row, revision)
    _swap(session, row, facets_of(session, row.study_id), direction)
    save(session, row, "facet moved", by)


def move_category(
    session: Session, row: Category, direction: Direction, *, revision: int, by: int | None
) -> None:
    """Swap a category with its neighbour on the same level; at the edge nothing happens."""
    check_revision(row, revision)
    facet = facet_row(session, row.study_id, row.facet_id)
    check_is_in_draft(row)
    above = parents_of(session, facet)
    level = above[id_of(row)]
    every = [one for one in siblings_of(session, facet) if above[id_of(one)] == level]
    _swap(session, row, every, direction)
    save(session, row, "category moved", by)


def retire(session: Session, row: Facet | Category, *, revision: int, by: int | None) -> None:
    """Take a facet or category out of the draft; its name is free again."""
    check_revision(row, revision)
    check_is_in_draft(row)
    row.retired_at = now()
    row.name_key = None
    save(session, row, f"{_word(row)} retired", by)


def restore(session: Session, row: Facet | Category, *, revision: int, by: int | None) -> None:
    """Take a facet or category back into the draft, at its old place."""
    check_revision(row, revision)
    if row.retired_at is None:
        raise Conflict(f"“{row.name}” is in the draft already.")
    if isinstance(row, Facet):
        others = [one.name for one in facets_of(session, row.study_id)]
    else:
        facet = facet_row(session, row.study_id, row.facet_id)
        check_is_in_draft(facet)
        others = [one.name for one in siblings_of(session, facet)]
    check_name(row.name, others)
    row.retired_at = None
    row.name_key = comparable(row.name)
    save(session, row, f"{_word(row)} restored", by)


def siblings_of(session: Session, facet: Facet) -> Sequence[Category]:
    """Return the categories of a facet that are in the draft, by position."""
    statement = (
        select(Category)
        .where(Category.facet_id == facet.id, col(Category.retired_at).is_(None))
        .order_by(col(Category.position), col(Category.id))
    )
    return session.exec(statement).all()


def free_tone(session: Session, study_id: int) -> int:
    """Return the tone that the fewest categories of the draft have."""
    statement = select(Category.tone).where(
        Category.study_id == study_id, col(Category.retired_at).is_(None)
    )
    used = list(session.exec(statement))
    return min(range(1, len(TONES) + 1), key=used.count)


def _next_place(session: Session, places: SelectOfScalar[int]) -> int:
    """Return the place behind all rows, retired ones too: they may come back to theirs."""
    return 1 + max(session.exec(places), default=0)


def _swap(session: Session, row: Row, ordered: Sequence[Row], direction: Direction) -> None:
    check_is_in_draft(row)
    here = ordered.index(row)
    there = here + (1 if direction == "down" else -1)
    if not 0 <= there < len(ordered):
        return
    other = ordered[there]
    row.position, other.position = other.position, row.position
    session.add(other)


def _word(row: Facet | Category) -> str:
    return "facet" if isinstance(row, Facet) else "category"


def save(
    session: Session,
    row: Facet | Category,
    kind: str,
    by: int | None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Store the row as its next revision, with a line in the trail."""
    is_new = row.id is None
    row.revision = 1 if is_new else row.revision + 1
    session.add(row)
    session.flush()  # the trail and the caller need the id
    said = {"name": row.name, "revision": row.revision, **(detail or {})}
    record(session, row.study_id, account_id=by, kind=kind, subject=str(row.id), detail=said)
