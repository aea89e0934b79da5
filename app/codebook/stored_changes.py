"""PURE: what a version keeps of its changes, and merges and splits as sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.codebook.changes import ChangeClass, ChangeKind, CodebookChange


def to_stored(changes: Sequence[CodebookChange]) -> list[dict[str, Any]]:
    """Return the changes as a version keeps them."""
    return [
        {
            "facet_id": one.facet_id,
            "category_id": one.category_id,
            "name": one.name,
            "kind": one.kind.value,
            "class": one.change_class.value,
            "into_ids": list(one.into_ids),
            "from_ids": list(one.from_ids),
            "declared_editorial": one.declared_editorial,
        }
        for one in changes
    ]


def from_stored(stored: Sequence[Mapping[str, Any]]) -> tuple[CodebookChange, ...]:
    """Return the changes that a version keeps."""
    return tuple(
        CodebookChange(
            facet_id=one["facet_id"],
            category_id=one["category_id"],
            name=one["name"],
            kind=ChangeKind(one["kind"]),
            change_class=ChangeClass(one["class"]),
            into_ids=tuple(one["into_ids"]),
            from_ids=tuple(one["from_ids"]),
            declared_editorial=one["declared_editorial"],
        )
        for one in stored
    )


def lineage_in_words(changes: Sequence[CodebookChange], names: Mapping[int, str]) -> list[str]:
    """Return merges and splits as sentences: "C and D became E"."""
    came: dict[tuple[int, ...], list[str]] = {}
    for one in changes:
        if one.into_ids:
            came.setdefault(one.into_ids, []).append(one.name)
    return [
        f"{_listed(sources)} became {_listed([names.get(i, '?') for i in into])}."
        for into, sources in came.items()
    ]


def _listed(names: Sequence[str]) -> str:
    *first, last = [f"“{name}”" for name in names]
    return f"{', '.join(first)} and {last}" if first else last
