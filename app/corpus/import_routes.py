"""Importing cards: upload, preview with its choices, progress, result."""

import hashlib
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response, UploadFile
from fastapi import Form as FormData
from pydantic import ConfigDict
from sqlmodel import Session

from app.corpus import staging
from app.corpus.import_pages import (
    PreviewPage,
    ProgressPage,
    Refusal,
    ResultPage,
    UploadPage,
    encoding_options,
    preview_page,
)
from app.corpus.import_paths import ImportId
from app.corpus.imports import (
    Choices,
    ColumnUse,
    OnKnown,
    OnRepeat,
    Reading,
    Settings,
    fingerprint,
    sheet_names,
    uses_of,
)
from app.corpus.models import StagedImport
from app.corpus.service import frozen_card_ids
from app.errors import ConcordError, Invalid
from app.jobs.models import JobState
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.tables.separated import NAMES_OF_DELIMITERS
from app.web.forms import Line, Text, Write
from app.web.render import declare_notice, draw, go, respond
from app.web.transaction import Look, database

router = APIRouter()

Lead = Annotated[Here, require(Action.IMPORT_CARDS)]

LOOK_AGAIN = declare_notice(
    "look-at-import-again",
    "warn",
    "The preview follows what you changed. Nothing is imported yet: look at it, then import.",
)
NO_FILE = "Choose a file first. Nothing was imported."

_DELIMITERS = {name: delimiter for delimiter, name in NAMES_OF_DELIMITERS.items()}


class UploadForm(Write):
    """A file, and what is known of it beforehand."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    file: UploadFile
    encoding: Line = ""
    sheet: Text = ""

    def content(self) -> dict[str, Any]:
        digest = hashlib.sha256(self.file.file.read()).hexdigest()
        self.file.file.seek(0)
        return {"sha256": digest, "name": self.file.filename, **self.reading()}

    def reading(self) -> dict[str, str | None]:
        return {"encoding": self.encoding or None, "sheet": self.sheet or None}


class DecisionForm(Write):
    """What is to become of an upload. `shown` tells which preview was looked at."""

    act: Literal["look", "import"]
    shown: Line
    encoding: Line = ""
    delimiter: Line = ""
    sheet: Text = ""
    uses: list[ColumnUse] = []  # noqa: RUF012  (pydantic copies it)
    on_known: OnKnown = OnKnown.ASK
    on_repeat: OnRepeat = OnRepeat.SKIP
    leave_out_bad_rows: bool = False

    def reading(self) -> Reading:
        delimiter = _DELIMITERS.get(self.delimiter)
        return Reading(self.encoding or None, delimiter, self.sheet or None)

    def choices(self) -> Choices:
        return Choices(self.on_known, self.on_repeat, self.leave_out_bad_rows)


@router.get("/studies/{study_id}/cards/import", name="import_cards")
def upload_page(request: Request, here: Lead) -> Response:
    return _upload_page(request, here, None, None)


@router.post("/studies/{study_id}/cards/import", name="upload_cards")
def upload(request: Request, here: Lead, form: Annotated[UploadForm, FormData()]) -> Response:
    name = form.file.filename or ""
    content = form.file.file.read()
    form.file.file.seek(0)
    try:
        if not name:
            raise Invalid(NO_FILE, field="file")
        settings = staging.first_settings(content, name, Reading(**form.reading()))
    except ConcordError as refusal:
        return _upload_page(request, here, refusal, form)

    def act() -> str:
        staged = staging.stage(
            session,
            here.study_id,
            here.account_id,
            file_name=name,
            content=content,
            settings=settings,
        )
        return here.url("cards", "import", staged.id)

    with database(request).transaction() as session:
        done = here.once(session, form, "upload cards", act)
    return go(done.result)


def _upload_page(
    request: Request, here: Here, refusal: ConcordError | None, form: UploadForm | None
) -> Response:
    page = UploadPage(
        url=here.url("cards", "import"),
        cards_url=here.url("cards"),
        megabytes=request.app.state.settings.upload_megabytes,
        encodings=encoding_options(),
        encoding=form.encoding if form else "",
        sheet=form.sheet if form else "",
        error=refusal.message if refusal else "",
        problems=refusal.problems if isinstance(refusal, Invalid) else (),
    )
    status = refusal.status if refusal else 200
    return respond(request, "corpus/upload.html", page, here.shell, status=status)


@router.get("/studies/{study_id}/cards/import/{import_id}", name="staged_import")
def staged(request: Request, here: Lead, look: Look, import_id: ImportId) -> Response:
    found = staging.staged_import(look, here.study_id, here.account_id, import_id)
    job = staging.job_of(look, found)
    if found.finished_at is not None:
        page = ResultPage(
            found.file_name,
            staging.result_of(found),
            here.url("cards"),
            here.url("cards", "import"),
        )
        return respond(request, "corpus/imported.html", page, here.shell)
    if staging.is_under_way(found, job):
        progress = _progress(here, look, found)
        return respond(request, "corpus/importing.html", progress, here.shell)
    failed = Refusal(job.error, ()) if job is not None else None
    preview = _preview(look, here, found, Settings.from_json(found.mapping), failed)
    return respond(request, "corpus/preview.html", preview, here.shell)


@router.get("/studies/{study_id}/cards/import/{import_id}/progress", name="import_progress")
def progress(request: Request, here: Lead, look: Look, import_id: ImportId) -> Response:
    found = staging.staged_import(look, here.study_id, here.account_id, import_id)
    page = _progress(here, look, found)
    response = Response(
        draw(request, "corpus/_progress.html", page, here.shell), media_type="text/html"
    )
    if page.is_over:
        response.headers["HX-Redirect"] = page.url
    return response


def _progress(here: Here, look: Session, found: StagedImport) -> ProgressPage:
    job = staging.job_of(look, found)
    return ProgressPage(
        url=here.url("cards", "import", found.id),
        file_name=found.file_name,
        progress=job.progress if job else 1.0,
        step=(job.step if job else "") or "Waiting for its turn",
        is_over=found.finished_at is not None or job is None or job.state == JobState.FAILED,
    )


@router.post("/studies/{study_id}/cards/import/{import_id}", name="decide_import")
def decide(
    request: Request,
    here: Lead,
    look: Look,
    import_id: ImportId,
    form: Annotated[DecisionForm, FormData()],
) -> Response:
    found = staging.staged_import(look, here.study_id, here.account_id, import_id)
    url = here.url("cards", "import", import_id)
    if found.finished_at is not None or staging.is_under_way(found, staging.job_of(look, found)):
        return go(url)
    kept = Settings.from_json(found.mapping)
    try:
        settings = _chosen(found, kept, form)
        if form.act == "look" or fingerprint(settings) != form.shown:
            _keep(request, here, import_id, settings)
            return go(url, notice=None if form.act == "look" else LOOK_AGAIN)
        _import(request, here, look, found, settings, form)
    except ConcordError as refusal:
        problems = refusal.problems if isinstance(refusal, Invalid) else ()
        shown = replace(kept, choices=form.choices())
        page = _preview(look, here, found, shown, Refusal(refusal.message, problems))
        if len(form.uses) == len(page.columns):
            names = (name for name, _ in page.columns)
            page = replace(page, columns=tuple(zip(names, form.uses, strict=True)))
        return respond(request, "corpus/preview.html", page, here.shell, status=refusal.status)
    return go(url)


def _chosen(found: StagedImport, kept: Settings, form: DecisionForm) -> Settings:
    """Return what the form asks for; another reading of the file brings other columns."""
    changed = replace(kept, reading=form.reading(), choices=form.choices())
    table, settings = staging.reread(found, changed)
    if settings.uses != kept.uses or list(kept.uses) != list(table.columns):
        return settings
    return replace(settings, uses=uses_of(table, form.uses))


def _keep(request: Request, here: Here, import_id: str, settings: Settings) -> None:
    with database(request).transaction() as session:
        staged = staging.staged_import(
            session, here.study_id, here.account_id, import_id, lock=True
        )
        staging.keep_settings(session, staged, settings)


def _import(
    request: Request,
    here: Here,
    look: Session,
    found: StagedImport,
    settings: Settings,
    form: DecisionForm,
) -> None:
    """Import small uploads at once, and leave large ones to the job runner."""
    prepared = staging.prepare_staged(look, found, settings)
    is_large = len(prepared.table.rows) > staging.ROWS_DONE_AT_ONCE

    def act() -> str:
        staged = staging.staged_import(
            session, here.study_id, here.account_id, import_id, lock=True
        )
        staging.keep_settings(session, staged, settings)
        if is_large:
            staging.import_later(session, staged, prepared)
        else:
            staging.finish_import(session, staged, prepared, settings.choices)
        return here.url("cards", "import", import_id)

    import_id = found.id
    with database(request).transaction() as session:
        here.once(session, form, f"import cards {import_id}", act)
    if is_large:
        request.app.state.jobs.wake()


def _preview(
    look: Session, here: Here, found: StagedImport, settings: Settings, error: Refusal | None
) -> PreviewPage:
    table, settings = staging.reread(found, settings)
    prepared = staging.prepare_staged(look, found, settings)
    known = prepared.known.ids
    in_file = {draft.id_key for draft in prepared.report.drafts}
    frozen = frozen_card_ids(look, here.study_id) if in_file & known.keys() else set()
    return preview_page(
        table,
        settings,
        prepared,
        url=here.url("cards", "import", found.id),
        upload_url=here.url("cards", "import"),
        file_name=found.file_name,
        sheets=sheet_names(found.content, table),
        n_frozen=sum(known[key] in frozen for key in in_file & known.keys()),
        error=error,
    )
