"""Importing a codebook from a file: upload, preview, decision."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response, UploadFile
from fastapi import Form as FormData
from sqlmodel import Session

from app.codebook import importing, service
from app.codebook.content import content_hash
from app.codebook.files import COLUMNS, read_codebook
from app.codebook.merging import ImportPlan
from app.codebook.models import StagedCodebook
from app.errors import ConcordError, Conflict, Invalid, WrongType
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import Line, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()

IMPORTED = declare_notice("codebook-imported", "good", "The codebook is in the draft.")
DRAFT_MOVED = (
    "The draft was changed since the preview. Nothing was imported yet; look at the preview again."
)

StagedId = Annotated[str, Path(pattern="^[0-9a-f-]{36}$")]
Editing = Annotated[Here, require(Action.EDIT_CODEBOOK)]


class UploadForm(Write):
    file: UploadFile

    def content(self) -> dict[str, Any]:
        self.file.file.seek(0)
        digest = hashlib.sha256(self.file.file.read()).hexdigest()
        return {"sha256": digest, "name": self.file.filename}


class TakeOverForm(Write):
    draft_hash: Line


@dataclass(frozen=True, slots=True)
class UploadPage:
    base: str
    columns: tuple[str, ...]
    sentence: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewPage:
    base: str
    address: str
    file_name: str
    plan: ImportPlan
    draft_hash: str
    sentence: str


@router.get("/studies/{study_id}/codebook/import", name="import_codebook_page")
def upload_page(request: Request, here: Editing) -> Response:
    page = UploadPage(here.url("codebook"), COLUMNS)
    return respond(request, "codebook/import.html", page, here.shell)


@router.post("/studies/{study_id}/codebook/import", name="upload_codebook")
def upload(
    request: Request, here: Editing, tx: Tx, form: Annotated[UploadForm, FormData()]
) -> Response:
    content = form.file.file.read()
    name = form.file.filename or ""

    def act() -> str:
        row = importing.stage(
            tx, here.study_id, by=here.account_id, file_name=name, content=content
        )
        return here.url("codebook", "import", row.id)

    try:
        done = here.once(tx, form, "upload codebook", act)
    except (Invalid, WrongType) as refusal:
        tx.rollback()
        problems = refusal.problems if isinstance(refusal, Invalid) else ()
        page = UploadPage(here.url("codebook"), COLUMNS, refusal.message, problems)
        return respond(request, "codebook/import.html", page, here.shell, status=refusal.status)
    return go(done.result)


@router.get("/studies/{study_id}/codebook/import/{staged_id}", name="codebook_import_preview")
def preview(request: Request, here: Editing, look: Look, staged_id: StagedId) -> Response:
    row = importing.staged(look, here.study_id, staged_id, by=here.account_id)
    return _draw(request, here, look, row)


@router.post("/studies/{study_id}/codebook/import/{staged_id}", name="import_codebook")
def take_over(
    request: Request,
    here: Editing,
    tx: Tx,
    staged_id: StagedId,
    form: Annotated[TakeOverForm, FormData()],
) -> Response:
    def act() -> str:
        row = importing.staged(tx, here.study_id, staged_id, by=here.account_id)
        if content_hash(service.draft(tx, here.study_id)) != form.draft_hash:
            raise Conflict(DRAFT_MOVED)
        file = read_codebook(row.content, file_name=row.file_name)
        importing.import_codebook(tx, here.study_id, file, by=here.account_id)
        tx.delete(row)
        return here.url("codebook")

    try:
        done = here.once(tx, form, f"import codebook {staged_id}", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        row = importing.staged(tx, here.study_id, staged_id, by=here.account_id)
        return _draw(request, here, tx, row, refusal)
    return go(done.result, notice=IMPORTED)


def _draw(
    request: Request,
    here: Here,
    session: Session,
    row: StagedCodebook,
    refusal: ConcordError | None = None,
) -> Response:
    file = read_codebook(row.content, file_name=row.file_name)
    page = PreviewPage(
        base=here.url("codebook"),
        address=here.url("codebook", "import", row.id),
        file_name=row.file_name,
        plan=importing.plan(session, here.study_id, file),
        draft_hash=content_hash(service.draft(session, here.study_id)),
        sentence=refusal.message if refusal else "",
    )
    status = refusal.status if refusal else 200
    return respond(request, "codebook/import_preview.html", page, here.shell, status=status)
