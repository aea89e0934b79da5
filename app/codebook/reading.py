"""What the pages show that only read a codebook: one version, the draft, the list of versions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.codebook import service
from app.codebook.changes import ChangeClass, CodebookChange
from app.codebook.content import Codebook
from app.codebook.gates import gate_in_words
from app.codebook.lineage import names_of
from app.codebook.models import CodebookVersion
from app.codebook.service import VersionUse, id_of
from app.codebook.stored_changes import from_stored, lineage_in_words
from app.studies.deps import Here
from app.studies.progress import Panel
from app.studies.rules import Action
from app.studies.service import members


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A codebook to be read and printed: a version, or the draft."""

    base: str
    title: str
    codebook: Codebook
    version: CodebookVersion | None
    publisher: str
    rounds: tuple[str, ...]
    newest: CodebookVersion | None
    may_edit: bool
    notes: Mapping[int, Sequence[Panel]]
    gates: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class VersionChanges:
    """What became of the categories with a version: merges and splits as sentences, and counts."""

    lineage: tuple[str, ...]
    classes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """All versions, newest first, and a form that compares two of them."""

    base: str
    uses: Sequence[VersionUse]
    names: Mapping[int, str]
    has_draft: bool
    changes: Mapping[int, VersionChanges]
    may_edit: bool


def versions_page(session: Session, here: Here) -> VersionsPage:
    """Return all versions with what each of them changed."""
    uses = service.uses(session, here.study_id)
    changes = {id_of(use.version): from_stored(use.version.changes) for use in uses}
    ids = {into for found in changes.values() for one in found for into in one.into_ids}
    names = names_of(session, here.study_id, ids)
    return VersionsPage(
        base=here.url("codebook"),
        uses=uses,
        names=names_by_account(session, here),
        has_draft=bool(service.facets_of(session, here.study_id)),
        changes={one: _in_words(found, names) for one, found in changes.items()},
        may_edit=here.may(Action.EDIT_CODEBOOK),
    )


def _in_words(changes: Sequence[CodebookChange], names: Mapping[int, str]) -> VersionChanges:
    counts = Counter(one.change_class for one in changes)
    classes = tuple((one.value, counts[one]) for one in ChangeClass if counts[one])
    return VersionChanges(tuple(lineage_in_words(changes, names)), classes)


def names_by_account(session: Session, here: Here) -> dict[int, str]:
    """Return the members' names by the id of their account."""
    return {one.account_id: one.name for one in members(session, here.study_id) if one.account_id}


def read_page(
    session: Session,
    here: Here,
    version: CodebookVersion | None,
    names: Mapping[int, str],
    notes: Mapping[int, Sequence[Panel]],
) -> ReadPage:
    """Return a published version to read, or the draft; `notes` stand under its categories."""
    newest = service.latest_version(session, here.study_id)
    rounds = next(
        (
            use.rounds
            for use in service.uses(session, here.study_id)
            if version is not None and use.version.id == version.id
        ),
        (),
    )
    codebook = service.content_of(version) if version else service.draft(session, here.study_id)
    return ReadPage(
        base=here.url("codebook"),
        title=f"Codebook, version {version.number}" if version else "Codebook, draft",
        codebook=codebook,
        version=version,
        publisher=names.get((version.published_by if version else None) or 0, ""),
        rounds=rounds,
        newest=newest,
        may_edit=here.may(Action.EDIT_CODEBOOK),
        notes=notes,
        gates={one.id: gate_in_words(one.gate, codebook.facets) for one in codebook.facets},
    )
