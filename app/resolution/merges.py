"""What published merges of categories make of labels that were given before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.codebook.models import CodebookVersion, Lineage
from app.coding.models import Round


@dataclass(frozen=True, slots=True)
class Merge:
    """A codebook version in which categories went into others."""

    version: int
    version_id: int
    into: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Migrated:
    """A label that a merge of categories mapped to another; what it was stays known."""

    version: int
    version_id: int
    from_ids: tuple[int, ...]
    to_ids: tuple[int, ...]


def merges_after(session: Session, round_: Round) -> tuple[Merge, ...]:
    """Return the merges published since the version that the round was sorted by, in order."""
    sorted_by = session.get(CodebookVersion, round_.codebook_version_id or 0)
    rows = session.exec(
        select(CodebookVersion.number, Lineage)
        .join(Lineage, col(Lineage.version_id) == col(CodebookVersion.id))
        .where(
            Lineage.study_id == round_.study_id,
            Lineage.kind == "merged",
            CodebookVersion.number > (sorted_by.number if sorted_by else 0),
        )
        .order_by(col(CodebookVersion.number))
    ).all()
    found: dict[int, tuple[int, dict[int, int]]] = {}
    for number, one in rows:
        found.setdefault(number, (one.version_id or 0, {}))[1][one.from_id] = one.to_id
    return tuple(Merge(number, id_, into) for number, (id_, into) in found.items())


def migrate(category_ids: Sequence[int], merges: Sequence[Merge]) -> Migrated | None:
    """Return what the label counts as by now, nothing if it is what it was.

    The rule is applied when a label is read, so it holds for what is decided after a merge was
    published as well; what publishing itself mapped is on record as `LabelMigration`.
    """
    was = now = tuple(sorted(category_ids))
    migrated = None
    for merge in merges:
        mapped = tuple(sorted({merge.into.get(one, one) for one in now}))
        if mapped != now:
            now = mapped
            migrated = Migrated(merge.version, merge.version_id, was, now)
    return migrated
