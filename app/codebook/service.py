"""The draft of a codebook as a value, and its published versions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import column, table
from sqlmodel import Session, col, select

from app.activity.service import record
from app.codebook.changes import CodebookChange, Step, classify
from app.codebook.content import (
    CategoryContent,
    Choice,
    Codebook,
    FacetContent,
    FacetScale,
    content_hash,
    from_json,
    gate_from,
    to_json,
    with_letters,
)
from app.codebook.models import Category, CodebookVersion, Facet
from app.codebook.rules import in_tree_order, objections_to_publishing, parents_in_draft
from app.codebook.steps import gates_followed, lineage_of_draft
from app.codebook.stored_changes import to_stored
from app.db import now
from app.errors import Conflict, NotFound

# Rounds belong to a feature further up; which version they use is no secret to any member.
_round = table(
    "round", column("id"), column("study_id"), column("name"), column("codebook_version_id")
)


@dataclass(frozen=True, slots=True)
class VersionUse:
    """A published version and the names of the rounds that sort by it."""

    version: CodebookVersion
    rounds: tuple[str, ...]


def facets_of(session: Session, study_id: int) -> Sequence[Facet]:
    """Return the facets of the draft in their order."""
    statement = (
        select(Facet)
        .where(Facet.study_id == study_id, col(Facet.retired_at).is_(None))
        .order_by(col(Facet.position), col(Facet.id))
    )
    return session.exec(statement).all()


def categories_of(session: Session, study_id: int) -> dict[int, list[Category]]:
    """Return the draft's categories of each facet in reading order."""
    return {
        facet_id: in_tree_order(rows, parents)
        for facet_id, (rows, parents) in _by_facet(session, study_id).items()
    }


def parents_of(session: Session, facet: Facet) -> dict[int, int | None]:
    """Return the parent of each category of a facet's draft; retired ones are stepped over."""
    found = _by_facet(session, facet.study_id).get(id_of(facet))
    return found[1] if found else {}


def _by_facet(
    session: Session, study_id: int
) -> dict[int, tuple[list[Category], dict[int, int | None]]]:
    """Return the draft's categories of each facet, and what each of them is part of."""
    every = session.exec(select(Category).where(Category.study_id == study_id)).all()
    in_draft: dict[int, list[Category]] = {}
    for row in every:
        if row.retired_at is None:
            in_draft.setdefault(row.facet_id, []).append(row)
    parents = parents_in_draft(
        {id_of(row): row.parent_id for row in every},
        {id_of(row) for rows in in_draft.values() for row in rows},
    )
    return {
        facet_id: (rows, {id_of(row): parents[id_of(row)] for row in rows})
        for facet_id, rows in in_draft.items()
    }


def draft(session: Session, study_id: int) -> Codebook:
    """Return the codebook as it would be published now, key letters included."""
    categories = _by_facet(session, study_id)
    facets = facets_of(session, study_id)
    contents = [_facet(row, *categories.get(id_of(row), ([], {}))) for row in facets]
    plain = Codebook(tuple(gates_followed(session, study_id, contents)))
    last = latest_version(session, study_id)
    return with_letters(plain, content_of(last) if last else Codebook())


def _facet(
    row: Facet, categories: Sequence[Category], parents: Mapping[int, int | None]
) -> FacetContent:
    return FacetContent(
        id=id_of(row),
        name=row.name,
        description=row.description,
        choice=Choice(row.choice),
        scale=FacetScale(row.scale),
        gate=gate_from(row.gate),
        categories=tuple(
            _category(one, parents[id_of(one)]) for one in in_tree_order(categories, parents)
        ),
    )


def _category(row: Category, parent_id: int | None) -> CategoryContent:
    return CategoryContent(
        id=id_of(row),
        name=row.name,
        brief=row.brief,
        definition=row.definition,
        inclusion=row.inclusion,
        exclusion=row.exclusion,
        examples=row.examples,
        near_misses=row.near_misses,
        tone=row.tone,
        parent_id=parent_id,
        external_id=row.external_id,
    )


def id_of(row: Facet | Category | CodebookVersion) -> int:
    if row.id is None:
        raise RuntimeError("the row was not saved")
    return row.id


def facet_row(session: Session, study_id: int, facet_id: int) -> Facet:
    """Return a facet of this study, retired or not."""
    row = session.get(Facet, facet_id)
    if row is None or row.study_id != study_id:
        raise NotFound
    return row


def category_row(session: Session, study_id: int, category_id: int) -> Category:
    """Return a category of this study, retired or not."""
    row = session.get(Category, category_id)
    if row is None or row.study_id != study_id:
        raise NotFound
    return row


def retired(session: Session, study_id: int) -> tuple[Sequence[Facet], Sequence[Category]]:
    """Return what was taken out of the draft: facets, and categories of facets still in it."""
    facets = session.exec(
        select(Facet)
        .where(Facet.study_id == study_id, col(Facet.retired_at).is_not(None))
        .order_by(col(Facet.id))
    ).all()
    categories = session.exec(
        select(Category)
        .join(Facet, col(Facet.id) == col(Category.facet_id))
        .where(
            Category.study_id == study_id,
            col(Category.retired_at).is_not(None),
            col(Facet.retired_at).is_(None),
        )
        .order_by(col(Category.id))
    ).all()
    return facets, categories


def published(session: Session, study_id: int) -> Sequence[CodebookVersion]:
    """Return the published versions, newest first."""
    statement = (
        select(CodebookVersion)
        .where(CodebookVersion.study_id == study_id)
        .order_by(col(CodebookVersion.number).desc())
    )
    return session.exec(statement).all()


def latest_version(session: Session, study_id: int) -> CodebookVersion | None:
    """Return the newest published version, if there is one."""
    statement = (
        select(CodebookVersion)
        .where(CodebookVersion.study_id == study_id)
        .order_by(col(CodebookVersion.number).desc())
        .limit(1)
    )
    return session.exec(statement).first()


def version(session: Session, study_id: int, version_id: int) -> CodebookVersion:
    """Return a published version of this study; raises `NotFound`."""
    row = session.get(CodebookVersion, version_id)
    if row is None or row.study_id != study_id:
        raise NotFound
    return row


def content_of(row: CodebookVersion) -> Codebook:
    """Return the codebook that a version holds."""
    return from_json(row.content)


def uses(session: Session, study_id: int) -> list[VersionUse]:
    """Return each published version, newest first, with the rounds that sort by it."""
    statement = (
        select(_round.c.codebook_version_id, _round.c.name)
        .where(_round.c.study_id == study_id)
        .order_by(_round.c.id)
    )
    rounds: dict[int, list[str]] = {}
    for version_id, name in session.connection().execute(statement):
        rounds.setdefault(version_id, []).append(name)
    return [
        VersionUse(row, tuple(rounds.get(id_of(row), ()))) for row in published(session, study_id)
    ]


def draft_changes(
    session: Session, study_id: int, declared: Collection[str] = ()
) -> tuple[CodebookChange, ...]:
    """Return what became of each category since the last version (see `changes.classify`)."""
    last = latest_version(session, study_id)
    steps = [Step(one.kind, one.from_id, one.to_id) for one in lineage_of_draft(session, study_id)]
    if last is None:
        return ()
    return classify(content_of(last), draft(session, study_id), steps, declared)


def publish(
    session: Session,
    study_id: int,
    note: str,
    *,
    by: int | None,
    declared: Collection[str] = (),
) -> CodebookVersion:
    """Store the draft as the next version; raises `Conflict` when it is not worth one.

    `declared` holds the keys of changes of which the lead says that only the wording changed.
    """
    content = draft(session, study_id)
    last = latest_version(session, study_id)
    objections = objections_to_publishing(content, content_of(last) if last else None)
    if objections:
        raise Conflict(f"{objections[0]} Nothing was published.")
    row = CodebookVersion(
        study_id=study_id,
        number=last.number + 1 if last else 1,
        note=note.strip(),
        content=to_json(content),
        content_hash=content_hash(content),
        changes=to_stored(draft_changes(session, study_id, declared)),
        published_by=by,
        published_at=now(),
    )
    session.add(row)
    session.flush()  # the lineage and the caller need the id
    for step in lineage_of_draft(session, study_id):
        step.version_id = id_of(row)
        session.add(step)
    detail = {"number": row.number, "hash": row.content_hash}
    record(
        session,
        study_id,
        account_id=by,
        kind="codebook published",
        subject=str(row.id),
        detail=detail,
    )
    return row
