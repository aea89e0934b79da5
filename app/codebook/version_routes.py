"""Publishing the draft, reading versions, comparing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from pydantic import Field
from sqlmodel import Session

from app.codebook import service
from app.codebook.content import Codebook, content_hash
from app.codebook.diff import Comparison, compare
from app.codebook.models import CodebookVersion
from app.codebook.reading import VersionsPage, names_by_account, read_page
from app.codebook.rules import objections_to_publishing
from app.errors import Conflict, NotFound
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.web.forms import Line, PathId, Text, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()

PUBLISHED = declare_notice(
    "codebook-published", "good", "The version is published. Rounds can sort by it from now on."
)
DRAFT = "draft"


class PublishForm(Write):
    draft_hash: Line
    note: Annotated[Text, Field(max_length=2_000)] = ""


@dataclass(frozen=True, slots=True)
class PublishPage:
    """What a new version would hold, before it is published."""

    base: str
    number: int
    last: CodebookVersion | None
    comparison: Comparison
    draft: Codebook
    draft_hash: str
    objections: Sequence[str]
    note: str
    sentence: str


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
    page = VersionsPage(
        base=here.url("codebook"),
        uses=service.uses(look, here.study_id),
        names=names_by_account(look, here),
        has_draft=bool(service.facets_of(look, here.study_id)),
    )
    return respond(request, "codebook/versions.html", page, here.shell)


@router.get("/studies/{study_id}/codebook/versions/{version_id}", name="codebook_version")
def version(request: Request, here: InStudy, look: Look, version_id: PathId) -> Response:
    row = service.version(look, here.study_id, version_id)
    page = read_page(look, here, row, names_by_account(look, here))
    return respond(request, "codebook/read.html", page, here.shell)


@router.get("/studies/{study_id}/codebook/draft", name="codebook_draft")
def read_draft(request: Request, here: InStudy, look: Look) -> Response:
    page = read_page(look, here, None, {})
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


@router.get("/studies/{study_id}/codebook/publish", name="publish_codebook_page")
def publish_page(
    request: Request, here: Annotated[Here, require(Action.EDIT_CODEBOOK)], look: Look
) -> Response:
    return _draw(request, here, look)


@router.post("/studies/{study_id}/codebook/publish", name="publish_codebook")
def publish(
    request: Request,
    here: Annotated[Here, require(Action.EDIT_CODEBOOK)],
    tx: Tx,
    form: Annotated[PublishForm, FormData()],
) -> Response:
    def act() -> str:
        if content_hash(service.draft(tx, here.study_id)) != form.draft_hash:
            raise Conflict(
                "The draft was changed since you opened this page. Nothing was published yet; "
                "look at the changes again."
            )
        row = service.publish(tx, here.study_id, form.note, by=here.account_id)
        return here.url("codebook", "versions", row.id)

    try:
        done = here.once(tx, form, "publish codebook", act)
    except Conflict as refusal:
        tx.rollback()
        return _draw(request, here, tx, note=form.note, refusal=refusal)
    return go(done.result, notice=PUBLISHED)


def _draw(
    request: Request,
    here: Here,
    session: Session,
    *,
    note: str = "",
    refusal: Conflict | None = None,
) -> Response:
    draft = service.draft(session, here.study_id)
    last = service.latest_version(session, here.study_id)
    old = service.content_of(last) if last else None
    page = PublishPage(
        base=here.url("codebook"),
        number=last.number + 1 if last else 1,
        last=last,
        comparison=compare(old or Codebook(), draft),
        draft=draft,
        draft_hash=content_hash(draft),
        objections=objections_to_publishing(draft, old),
        note=note,
        sentence=refusal.message if refusal else "",
    )
    status = refusal.status if refusal else 200
    return respond(request, "codebook/publish.html", page, here.shell, status=status)
