"""Adding documents: files, folders as zip, or a text that is pasted."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response, UploadFile
from fastapi import Form as FormData
from pydantic import ConfigDict

from app.corpus.drafts import is_web_address
from app.errors import ConcordError, Invalid
from app.sources.documents import ACCEPTED, WORDS_FOR_KIND, Kind, pasted
from app.sources.extraction.contained import Readers
from app.sources.folders import ReadFiles, Upload, read_files
from app.sources.pages import cards_shell, source_url
from app.sources.service import add_documents
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import TYPED, Line, LongText, Name, Write
from app.web.render import go, respond
from app.web.transaction import database

router = APIRouter()

Lead = Annotated[Here, require(Action.KEEP_SOURCES)]

MOST_FILES = 200
N_LISTED = 50
LONGEST_PASTED = 100_000


@dataclass(frozen=True, slots=True)
class AddPage:
    """The two ways to add documents, and why the last try was refused."""

    upload_url: str
    paste_url: str
    list_url: str
    accepted: str
    megabytes: int
    kinds: tuple[tuple[str, str], ...]
    error: str
    problems: tuple[str, ...]
    is_paste: bool
    name: str
    kind: str
    web_address: str
    text: str


class FilesForm(Write):
    """Files; without consent, all of them come in or none."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    file: list[UploadFile]
    leave_out: bool = False

    def content(self) -> dict[str, Any]:
        digests = []
        for one in self.file:
            digests.append([one.filename, hashlib.sha256(one.file.read()).hexdigest()])
            one.file.seek(0)
        return {"files": digests, "leave_out": self.leave_out}


class PasteForm(Write):
    name: Name
    kind: Kind = Kind.MARKDOWN
    web_address: Annotated[Line, TYPED] = ""
    text: LongText


@router.get("/studies/{study_id}/sources/add", name="add_sources")
def add_page(request: Request, here: Lead) -> Response:
    return _page(request, here, None)


@router.post("/studies/{study_id}/sources/add", name="upload_sources")
def upload(request: Request, here: Lead, form: Annotated[FilesForm, FormData()]) -> Response:
    try:
        found = _read(form)
        if found.left_out and not (form.leave_out and found.documents):
            named = [str(one) for one in found.left_out]
            hidden = len(named) - N_LISTED
            more = [f"… and {hidden:,} more."] if hidden > 0 else []
            raise Invalid(
                "Some of these files cannot be documents, so nothing was added. You can leave "
                "them out: choose the files again and tick the box.",
                problems=[*named[:N_LISTED], *more],
            )
    except ConcordError as refusal:
        return _page(request, here, refusal)
    return _add(request, here, form, found)


def _read(form: FilesForm) -> ReadFiles:
    files = [one for one in form.file if one.filename]
    if not files:
        raise Invalid("Choose a file first. Nothing was added.", field="file")
    if len(files) > MOST_FILES:
        raise Invalid(
            f"These are {len(files):,} files; {MOST_FILES} can be sent at once. Pack the folder "
            "as a zip. Nothing was added."
        )
    return read_files([Upload(one.filename or "", one.file.read()) for one in files])


@router.post("/studies/{study_id}/sources/paste", name="paste_source")
def paste(request: Request, here: Lead, form: Annotated[PasteForm, FormData()]) -> Response:
    try:
        if form.web_address and not is_web_address(form.web_address):
            raise Invalid("The address does not start with http:// or https://.")
        document = pasted(form.name, form.text, form.kind, form.web_address, Readers())
    except ConcordError as refusal:
        return _page(request, here, refusal, form)
    return _add(request, here, form, ReadFiles((document,), ()))


def _add(request: Request, here: Here, form: Write, found: ReadFiles) -> Response:
    def act() -> str:
        left_out = [str(one) for one in found.left_out]
        added = add_documents(
            session, here.study_id, found.documents, by=here.account_id, left_out=left_out
        )
        if len(added.source_ids) == 1 and not (added.known or left_out):
            return source_url(here, added.source_ids[0])
        counts = {
            "added": len(added.source_ids),
            "known": len(added.known),
            "left_out": len(left_out),
        }
        query = urlencode({name: n for name, n in counts.items() if n})
        return f"{here.url('sources')}?{query}"

    with database(request).transaction() as session:
        done = here.once(session, form, "add sources", act)
    return go(done.result)


def _page(
    request: Request, here: Here, refusal: ConcordError | None, form: PasteForm | None = None
) -> Response:
    page = AddPage(
        upload_url=here.url("sources", "add"),
        paste_url=here.url("sources", "paste"),
        list_url=here.url("sources"),
        accepted=ACCEPTED,
        megabytes=request.app.state.settings.upload_megabytes,
        kinds=tuple(
            (
                kind.value,
                WORDS_FOR_KIND[kind].capitalize() if kind is Kind.TEXT else WORDS_FOR_KIND[kind],
            )
            for kind in (Kind.MARKDOWN, Kind.TEXT, Kind.HTML)
        ),
        error=refusal.message if refusal else "",
        problems=refusal.problems if isinstance(refusal, Invalid) else (),
        is_paste=form is not None,
        name=form.name if form else "",
        kind=form.kind.value if form else Kind.MARKDOWN.value,
        web_address=form.web_address if form else "",
        text=form.text if form else "",
    )
    status = refusal.status if refusal else 200
    return respond(request, "sources/add.html", page, cards_shell(here), status=status)
