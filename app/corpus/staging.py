"""Uploads between their preview and the decision to import them."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.corpus.findings import check_settled
from app.corpus.imports import (
    Choices,
    ImportResult,
    Prepared,
    Reading,
    Settings,
    Tell,
    guess_uses,
    mapping_of,
    read,
    used,
)
from app.corpus.models import StagedImport
from app.corpus.service import import_cards, prepare
from app.db import Database, now
from app.errors import NotFound
from app.jobs.models import Job, JobState
from app.jobs.service import enqueue
from app.tables.table import Table
from app.text import shown_file_name

IMPORT_CARDS = "import cards"
ROWS_DONE_AT_ONCE = 2_000
UPLOADS_KEPT = timedelta(days=1)


def stage(
    session: Session,
    study_id: int,
    account_id: int,
    *,
    file_name: str,
    content: bytes,
    settings: Settings,
) -> StagedImport:
    """Keep an upload for its preview; older ones that this person never imported are dropped."""
    session.connection().execute(
        delete(StagedImport).where(
            col(StagedImport.account_id) == account_id,
            col(StagedImport.job_id).is_(None),
            col(StagedImport.finished_at).is_(None),
            col(StagedImport.created_at) < now() - UPLOADS_KEPT,
        )
    )
    staged = StagedImport(
        id=str(uuid.uuid4()),
        study_id=study_id,
        account_id=account_id,
        file_name=shown_file_name(file_name),
        content=content,
        mapping=settings.as_json(),
        created_at=now(),
    )
    session.add(staged)
    session.flush()  # the trail of the caller names it
    return staged


def first_settings(content: bytes, file_name: str, reading: Reading) -> Settings:
    """Read an upload for the first time; raises when it is no table."""
    table = read(content, file_name, reading)
    found = Reading(table.encoding, table.delimiter, table.sheet)
    return Settings(reading=found, uses=guess_uses(table))


def reread(staged: StagedImport, settings: Settings) -> tuple[Table, Settings]:
    """Return the table of an upload; where its columns are others now, their uses are guessed."""
    table = read(staged.content, staged.file_name, settings.reading)
    found = Reading(table.encoding, table.delimiter, table.sheet)
    uses = settings.uses if list(settings.uses) == list(table.columns) else guess_uses(table)
    return table, replace(settings, reading=found, uses=uses)


def staged_import(
    session: Session, study_id: int, account_id: int, import_id: str, *, lock: bool = False
) -> StagedImport:
    """Return an upload of this person in this study."""
    statement = select(StagedImport).where(
        StagedImport.id == import_id,
        StagedImport.study_id == study_id,
        StagedImport.account_id == account_id,
    )
    found = session.exec(statement.with_for_update() if lock else statement).first()
    if found is None:
        raise NotFound
    return found


def job_of(session: Session, staged: StagedImport) -> Job | None:
    return session.get(Job, staged.job_id) if staged.job_id is not None else None


def is_under_way(staged: StagedImport, job: Job | None) -> bool:
    return staged.finished_at is None and job is not None and job.state != JobState.FAILED


def keep_settings(session: Session, staged: StagedImport, settings: Settings) -> None:
    staged.mapping = settings.as_json()
    session.add(staged)


def prepare_staged(session: Session, staged: StagedImport, settings: Settings) -> Prepared:
    """Return what importing the upload would meet."""
    table, settings = reread(staged, settings)
    kept = used(table, settings.uses)
    return prepare(session, staged.study_id, kept, mapping_of(settings.uses))


def finish_import(
    session: Session, staged: StagedImport, prepared: Prepared, choices: Choices
) -> ImportResult:
    """Import the upload unless it was imported already, and let go of the file."""
    if staged.finished_at is not None:
        return result_of(staged)
    result = import_cards(
        session,
        staged.study_id,
        prepared,
        choices,
        account_id=staged.account_id,
        file_name=staged.file_name,
    )
    staged.result = result.as_json()
    staged.finished_at = now()
    staged.content = b""
    session.add(staged)
    return result


def result_of(staged: StagedImport) -> ImportResult:
    stored = staged.result
    return ImportResult(
        stored["created"], stored["updated"], stored["skipped"], tuple(stored["warnings"])
    )


def import_later(session: Session, staged: StagedImport, prepared: Prepared) -> None:
    """Leave the import to the job runner, once every doubtful row has been decided upon."""
    check_settled(prepared.report, Settings.from_json(staged.mapping).choices)
    params = {"import_id": staged.id, "study_id": staged.study_id, "by": staged.account_id}
    job = enqueue(
        session,
        study_id=staged.study_id,
        account_id=staged.account_id,
        kind=IMPORT_CARDS,
        params=params,
    )
    staged.job_id = job.id
    session.add(staged)


def import_in_background(
    database: Database, params: dict[str, Any], tell: Tell
) -> Mapping[str, object]:
    """Carry out the import of a large upload; run again, it gives what the first run gave."""
    key = (params["study_id"], params["by"], params["import_id"])
    with database.reading() as look:
        staged = staged_import(look, *key)
        if staged.finished_at is not None:
            return result_of(staged).as_json()
    tell(0.1, "Reading the file")
    with database.reading() as look:
        staged = staged_import(look, *key)
        settings = Settings.from_json(staged.mapping)
        prepared = prepare_staged(look, staged, settings)
    tell(0.5, f"Storing {len(prepared.report.drafts):,} cards")
    with database.transaction() as session:
        staged = staged_import(session, *key, lock=True)
        return finish_import(session, staged, prepared, settings.choices).as_json()
