"""What the pages show that only read a codebook: one version, the draft, the list of versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.codebook import service
from app.codebook.content import Codebook
from app.codebook.models import CodebookVersion
from app.codebook.service import VersionUse
from app.studies.deps import Here
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


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """All versions, newest first, and a form that compares two of them."""

    base: str
    uses: Sequence[VersionUse]
    names: Mapping[int, str]
    has_draft: bool


def names_by_account(session: Session, here: Here) -> dict[int, str]:
    """Return the members' names by the id of their account."""
    return {one.account_id: one.name for one in members(session, here.study_id) if one.account_id}


def read_page(
    session: Session, here: Here, version: CodebookVersion | None, names: Mapping[int, str]
) -> ReadPage:
    """Return a published version to read, or the draft."""
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
    )
