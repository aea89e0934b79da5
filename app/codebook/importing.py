"""Uploaded codebooks: kept for a preview, then taken into the draft completely or not at all."""

import uuid
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from app.activity.service import record
from app.codebook.files import CodebookFile, read_codebook
from app.codebook.merged_gates import gate_by_ids
from app.codebook.merging import CategoryTarget, FacetTarget, ImportPlan, plan_import
from app.codebook.models import Category, Facet, StagedCodebook
from app.codebook.service import draft, facets_of, id_of
from app.db import now
from app.errors import Invalid, NotFound
from app.text import comparable, shown_file_name

DAYS_KEPT = 2


def stage(
    session: Session, study_id: int, *, by: int, file_name: str, content: bytes
) -> StagedCodebook:
    """Keep an upload for its preview; raises `Invalid` when it cannot be read at all.

    Uploads nobody came back to are dropped.
    """
    read_codebook(content, file_name=file_name)
    long_ago = now() - timedelta(days=DAYS_KEPT)
    session.exec(
        delete(StagedCodebook).where(
            col(StagedCodebook.study_id) == study_id, col(StagedCodebook.created_at) < long_ago
        )
    )
    row = StagedCodebook(
        id=str(uuid.uuid4()),
        study_id=study_id,
        account_id=by,
        file_name=shown_file_name(file_name),
        content=content,
        created_at=now(),
    )
    session.add(row)
    return row


def staged(session: Session, study_id: int, staged_id: str, *, by: int) -> StagedCodebook:
    """Return an upload of this account; raises `NotFound`."""
    statement = select(StagedCodebook).where(
        StagedCodebook.id == staged_id,
        StagedCodebook.study_id == study_id,
        StagedCodebook.account_id == by,
    )
    row = session.exec(statement).first()
    if row is None:
        raise NotFound("This upload was imported or dropped already. Upload the file again.")
    return row


def plan(session: Session, study_id: int, file: CodebookFile) -> ImportPlan:
    """Return what the file would do to the draft as it is now."""
    return plan_import(draft(session, study_id), file)


def import_codebook(
    session: Session, study_id: int, file: CodebookFile, *, by: int | None
) -> ImportPlan:
    """Change the draft as the file says; raises `Invalid`, nothing changed, if a row is wrong."""
    intended = plan(session, study_id, file)
    if intended.problems:
        raise Invalid(
            "The codebook has problems. Nothing was imported.",
            field="file",
            problems=intended.problems,
        )
    if intended.does_nothing:
        return intended
    facets = _write_facets(session, study_id, intended)
    _write_categories(session, study_id, intended, facets)
    _write_gates(session, study_id, intended, facets)
    detail = {
        "facets added": len(intended.new_facets),
        "categories added": len(intended.added),
        "categories changed": len(intended.changed),
    }
    record(session, study_id, account_id=by, kind="codebook imported", detail=detail)
    return intended


def _write_facets(session: Session, study_id: int, intended: ImportPlan) -> dict[str, Facet]:
    place = 1 + max(
        session.exec(select(Facet.position).where(Facet.study_id == study_id)), default=0
    )
    for i, target in enumerate(intended.facets):
        if target.id is None:
            session.add(_new_facet(study_id, target, place + i))
        elif target.is_changed:
            _overwrite(session.get_one(Facet, target.id), asdict(target.fields))
    session.flush()  # the categories need the ids
    return {comparable(row.name): row for row in facets_of(session, study_id)}


def _write_gates(
    session: Session, study_id: int, intended: ImportPlan, facets: dict[str, Facet]
) -> None:
    declared = [target for target in intended.facets if target.gate is not None]
    codebook = draft(session, study_id) if declared else None
    for target in declared:
        if target.gate is not None and codebook is not None:
            row = facets[comparable(target.fields.name)]
            row.gate = asdict(gate_by_ids(target.gate, codebook))
            session.add(row)
    session.flush()  # the draft is read again in this transaction


def _new_facet(study_id: int, target: FacetTarget, place: int) -> Facet:
    name_key = comparable(target.fields.name)
    return Facet(study_id=study_id, **asdict(target.fields), name_key=name_key, position=place)


def _overwrite(row: Facet | Category, values: dict[str, Any]) -> None:
    for field, value in values.items():
        setattr(row, field, value)
    row.name_key = comparable(row.name)
    row.revision += 1


def _write_categories(
    session: Session, study_id: int, intended: ImportPlan, facets: dict[str, Facet]
) -> None:
    rows: dict[int, Category] = {}
    for target in intended.changed:
        rows[target.row_number] = session.get_one(Category, target.id)
        rows[target.row_number].name_key = None
    session.flush()  # all old names are free before any new one is taken
    places = session.exec(select(Category.position).where(Category.study_id == study_id))
    place = 1 + max(places, default=0)
    for target in intended.added:
        facet = facets[comparable(target.facet)]
        row = _new_category(facet, target, place)
        place += 1
        session.add(row)
        rows[target.row_number] = row
    for target in intended.changed:
        _overwrite(rows[target.row_number], _values(target))
    session.flush()  # parents are known by their ids
    _tie_to_parents(session, study_id, intended, rows)


def _values(target: CategoryTarget) -> dict[str, Any]:
    values = asdict(target.fields)
    del values["parent_id"]
    return {**values, "external_id": target.external_id}


def _new_category(facet: Facet, target: CategoryTarget, place: int) -> Category:
    return Category(
        study_id=facet.study_id,
        facet_id=id_of(facet),
        **_values(target),
        name_key=comparable(target.fields.name),
        position=place,
    )


def _tie_to_parents(
    session: Session, study_id: int, intended: ImportPlan, rows: dict[int, Category]
) -> None:
    ids = {
        (row.facet_id, row.name_key): row.id
        for row in session.exec(select(Category).where(Category.study_id == study_id))
        if row.retired_at is None
    }
    for target in intended.categories:
        row = rows.get(target.row_number)
        if row is not None:
            row.parent_id = ids[row.facet_id, target.parent] if target.parent else None
    session.flush()
