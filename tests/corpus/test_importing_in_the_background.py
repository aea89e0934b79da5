"""Large files are imported by the job runner; a page tells how far it is."""

import time

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from app.corpus import staging
from app.corpus.models import StagedImport
from tests.corpus.uploads import Upload, cards_in, put_into_round, texts_in
from tests.factories import Team, make_cards

THREE = "id,text\n1,First\n2,Second\n3,Third\n"


def wait_for(upload: Upload, words: str) -> None:
    """Look at the upload's page until it says so."""
    deadline = time.monotonic() + 10
    while words not in (said := upload.look()):
        assert "The cards are being imported" in said
        assert time.monotonic() < deadline, said
        time.sleep(0.02)


def test_a_large_file_is_imported_in_the_background(
    upload: Upload,
    session: Session,
    team: Team,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staging, "ROWS_DONE_AT_ONCE", 2)
    upload.send(THREE)
    upload.decide()
    wait_for(upload, "3 cards are new in the study")
    assert len(cards_in(session, team.study_id)) == 3
    over = upload.client.get(f"{upload.url}/progress")
    assert over.headers["hx-redirect"] == upload.url


def test_a_job_that_is_run_again_imports_nothing_twice(
    upload: Upload, session: Session, app: FastAPI, team: Team
) -> None:
    upload.send(THREE)
    upload.decide()
    staged = session.exec(select(StagedImport)).one()
    params = {"import_id": staged.id, "study_id": team.study_id, "by": staged.account_id}
    session.commit()
    again = staging.import_in_background(app.state.database, params, lambda *_: None)
    assert again["created"] == 3
    assert len(cards_in(session, team.study_id)) == 3


def test_an_import_that_fails_in_the_background_says_why_and_can_be_decided_anew(
    upload: Upload,
    session: Session,
    team: Team,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staging, "ROWS_DONE_AT_ONCE", 1)
    first, *_ = make_cards(session, team.study_id, "1,old")
    put_into_round(session, team, first, phase="open")
    upload.send(THREE)
    upload.decide(on_known="replace")
    wait_for(upload, "What coders have seen stays as it was")
    assert texts_in(session, team.study_id) == {"1": "old"}
    upload.decide(on_known="skip")
    wait_for(upload, "2 cards are new")
    assert texts_in(session, team.study_id) == {"1": "old", "2": "Second", "3": "Third"}
