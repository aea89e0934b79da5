"""Reading versions, and comparing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.codebook import service
from app.codebook.beside import notes_under
from app.codebook.content import Codebook
from app.codebook.diff import Comparison, compare
from app.codebook.models import CodebookVersion
from app.codebook.reading import names_by_account, read_page, versions_page
from app.errors import NotFound
from app.studies.deps import Here, InStudy
from app.web.forms import PathId
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter()

DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Two states of the codebook and what lies between them."""

    base: str
    comparison: Comparison
    older: str
    newer: str
    older_name: str
    newer_name: str
    options: Sequence[tuple[str, str]]


@router.get("/studies/{study_id}/codebook/versions", name="codebook_versions")
def versions(request: Request, here: InStudy, look: Look) -> Response:
    return respond(request, "codebook/versions.html", versions_page(look, here), here.shell)


@router.get("/studies/{study_id}/codebook/versions/{version_id}", name="codebook_version")
def version(request: Request, here: InStudy, look: Look, version_id: PathId) -> Response:
    row = service.version(look, here.study_id, version_id)
    notes = notes_under(request, look, here, row.number)
    page = read_page(look, here, row, names_by_account(look, here), notes)
    return respond(request, "codebook/read.html", page, here.shell)


@router.get("/studies/{study_id}/codebook/draft", name="codebook_draft")
def read_draft(request: Request, here: InStudy, look: Look) -> Response:
    page = read_page(look, here, None, {}, notes_under(request, look, here, None))
    return respond(request, "codebook/read.html", page, here.shell)


@router.get("/studies/{study_id}/codebook/compare", name="compare_codebooks")
def compare_versions(
    request: Request,
    here: InStudy,
    look: Look,
    older: Annotated[str, Query(max_length=20)] = "",
    newer: Annotated[str, Query(max_length=20)] = DRAFT,
) -> Response:
    """Compare two versions by their numbers, or one with the draft; by default the last one."""
    known = service.published(look, here.study_id)
    if not known:
        raise NotFound("Nothing is published yet, so there is nothing to compare with.")
    older = older or str(known[0].number)
    old, old_name = _state(look, here, known, older)
    new, new_name = _state(look, here, known, newer)
    options = [(DRAFT, "the draft"), *((str(v.number), f"version {v.number}") for v in known)]
    page = ComparePage(
        base=here.url("codebook"),
        comparison=compare(old, new),
        older=older,
        newer=newer,
        older_name=old_name,
        newer_name=new_name,
        options=options,
    )
    return respond(request, "codebook/compare.html", page, here.shell)


def _state(
    session: Session, here: Here, known: Sequence[CodebookVersion], wanted: str
) -> tuple[Codebook, str]:
    if wanted == DRAFT:
        return service.draft(session, here.study_id), "the draft"
    found = next((one for one in known if str(one.number) == wanted), None)
    if found is None:
        raise NotFound
    return service.content_of(found), f"version {found.number}"
