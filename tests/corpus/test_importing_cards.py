"""How cards get into a study: upload, preview, decision; all rows or none."""

import unicodedata
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.activity.models import Activity
from app.coding.models import Assignment, Round, RoundCoder
from app.corpus import staging
from app.corpus.models import StagedImport
from app.db import now
from tests.corpus.uploads import Upload, cards_in, texts_in, words_of, workbook
from tests.factories import Team, browser_of, fresh_id, make_cards, make_study, sign_in

SHARED = Path(__file__).parents[3] / "shared"
THREE = "id,title,text,url,kind\n1,One,First,https://example.org/1,a\n2,,Second,,b\n3,,Third,,a\n"


def test_a_file_is_uploaded_looked_at_and_imported(
    upload: Upload, session: Session, team: Team
) -> None:
    assert upload.send(THREE).status_code == 303
    assert "3 cards are ready" in upload.words()
    assert "From cards.csv : 3 rows, CSV, comma separated, UTF-8." in upload.words()
    assert cards_in(session, team.study_id) == []

    assert upload.decide().headers["location"] == upload.url
    assert "3 cards are new in the study" in upload.look()
    first, second, _ = cards_in(session, team.study_id)
    assert (first.key, first.title, first.text) == ("1", "One", "First")
    assert (first.source_url, first.attributes) == ("https://example.org/1", {"kind": "a"})
    assert (second.source_url, second.attributes) == ("", {"kind": "b"})


def test_importing_leaves_a_line_in_the_audit_trail(
    upload: Upload, session: Session, team: Team
) -> None:
    upload.send(THREE)
    upload.decide()
    line = session.exec(select(Activity).where(Activity.kind == "cards imported")).one()
    assert line.subject == "cards.csv"
    assert line.detail == {"created": 3, "updated": 0, "skipped": 0}


def test_the_preview_shows_the_cards_as_they_will_look(upload: Upload) -> None:
    upload.send("id,text\n1,some **strong** words <script>alert(1)</script>\n")
    assert upload.preview is not None
    assert "<strong>strong</strong>" in upload.preview.text
    assert "<script>alert" not in upload.preview.text


def test_the_uses_of_columns_can_be_changed(upload: Upload, session: Session, team: Team) -> None:
    upload.send("id,text,note,secret\n1,short,the real text,x\n")
    changed = ["id", "attribute", "text", "leave_out"]
    answer = upload.decide("look", uses=changed)
    assert answer.headers["location"] == upload.url
    upload.look()
    upload.decide()
    (card,) = cards_in(session, team.study_id)
    assert (card.text, card.attributes) == ("the real text", {"text": "short"})


def test_nothing_is_imported_that_was_not_shown(
    upload: Upload, session: Session, team: Team
) -> None:
    upload.send("id,text,note\n1,a,b\n")
    upload.decide("import", uses=["id", "attribute", "text"])
    assert cards_in(session, team.study_id) == []
    assert "The preview follows what you changed" in upload.look()
    upload.decide()
    assert texts_in(session, team.study_id) == {"1": "b"}


@pytest.mark.parametrize(
    ("uses", "said"),
    [
        (["text", "text"], "Two columns are chosen as text: id and text."),
        (["id", "attribute"], "Choose the column that holds the text of the cards."),
        (["text"], "The columns of the file have changed."),
    ],
)
def test_a_choice_of_columns_that_cannot_be_is_refused_in_words(
    upload: Upload, session: Session, team: Team, uses: list[str], said: str
) -> None:
    upload.send("id,text\n1,a\n")
    answer = upload.decide(uses=uses)
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert cards_in(session, team.study_id) == []


def test_another_encoding_brings_other_letters(
    upload: Upload, session: Session, team: Team
) -> None:
    upload.send("id,text\n1,Äpfel\n".encode("cp1252"))
    assert "Äpfel" in upload.words()
    upload.decide("look", encoding="utf-16-le")
    upload.look()
    upload.decide("look", encoding="latin-1")
    assert "LATIN-1" in upload.look()
    upload.decide()
    assert texts_in(session, team.study_id) == {"1": "Äpfel"}


def test_an_encoding_the_file_is_not_in_is_refused_and_the_preview_stays(upload: Upload) -> None:
    upload.send("id,text\n1,Äpfel\n".encode("cp1252"))
    answer = upload.decide("look", encoding="utf-8")
    assert answer.status_code == 422
    assert "Line 2 is not in the encoding UTF-8" in words_of(answer)
    assert "Äpfel" in upload.look()


def test_another_sheet_of_a_workbook_can_be_chosen(
    upload: Upload, session: Session, team: Team
) -> None:
    upload.send(workbook(first=["id", "text", "1", "a"], second=["id", "text", "2", "b"]), "c.xlsx")
    assert "sheet “first”" in upload.words()
    upload.decide("look", sheet="second")
    assert "sheet “second”" in upload.look()
    upload.decide()
    assert texts_in(session, team.study_id) == {"2": "b"}


def test_B11_the_same_upload_twice_gives_the_result_of_the_first(
    upload: Upload, session: Session
) -> None:
    twice = {"operation_id": fresh_id()}
    first = upload.send(THREE, **twice)
    assert upload.send(THREE, **twice).headers["location"] == first.headers["location"]
    assert len(session.exec(select(StagedImport.id)).all()) == 1
    session.commit()
    assert upload.send("id,text\n9,other\n", **twice).status_code == 409


def test_B11_the_same_decision_twice_imports_once(
    upload: Upload, session: Session, team: Team
) -> None:
    upload.send(THREE)
    twice = fresh_id()
    for _ in range(2):
        assert upload.decide(operation_id=twice).headers["location"] == upload.url
    upload.decide()
    assert len(cards_in(session, team.study_id)) == 3


def test_an_upload_that_was_imported_lets_go_of_the_file(upload: Upload, session: Session) -> None:
    upload.send(THREE)
    upload.decide()
    assert session.exec(select(StagedImport.content)).one() == b""


# --- Rows that are not simply new cards ---


def test_B22_ids_already_in_the_study_are_listed_before_anything_is_written(
    upload: Upload, session: Session, team: Team
) -> None:
    make_cards(session, team.study_id, "c1,old", "c2,kept")
    upload.send("id,text\nC1,new\nc3,third\n")
    assert "Row 2: the study has a card C1." in upload.words()
    assert texts_in(session, team.study_id) == {"c1": "old", "c2": "kept"}

    answer = upload.decide(on_known="ask")
    assert answer.status_code == 422
    assert "Some ids are taken" in words_of(answer)
    assert texts_in(session, team.study_id) == {"c1": "old", "c2": "kept"}


def test_B22_known_ids_are_skipped_on_request(upload: Upload, session: Session, team: Team) -> None:
    make_cards(session, team.study_id, "c1,old")
    upload.send("id,text\nc1,new\nc3,third\n")
    upload.decide(on_known="skip")
    assert texts_in(session, team.study_id) == {"c1": "old", "c3": "third"}
    assert "1 row was skipped" in upload.look()


def test_B22_known_ids_are_replaced_on_request(
    upload: Upload, session: Session, team: Team
) -> None:
    ids = make_cards(session, team.study_id, "c1,old", "c2,kept")
    upload.send("id,text\nc1,new\nc2,kept\nc3,third\n")
    upload.decide(on_known="replace")
    assert texts_in(session, team.study_id) == {"c1": "new", "c2": "kept", "c3": "third"}
    assert [card.id for card in cards_in(session, team.study_id)][:2] == ids
    assert "1 card was replaced; 1 row was skipped" in upload.look()


@pytest.mark.parametrize(("on_known", "text"), [("skip", "first"), ("replace", "last")])
def test_B22_of_rows_with_one_id_the_first_stays_or_the_last_replaces(
    upload: Upload, session: Session, team: Team, on_known: str, text: str
) -> None:
    upload.send("id,text\n1,first\n2,other\n1,last\n")
    assert "Rows 2 and 4 have one id: 1." in upload.words()
    assert upload.decide(on_known="ask").status_code == 422
    upload.decide(on_known=on_known)
    assert texts_in(session, team.study_id) == {"1": text, "2": "other"}


@pytest.mark.parametrize(("on_repeat", "n_cards"), [("skip", 2), ("keep", 4)])
def test_texts_that_repeat_are_skipped_or_kept(
    upload: Upload, session: Session, team: Team, on_repeat: str, n_cards: int
) -> None:
    make_cards(session, team.study_id, "c1,Same words")
    upload.send("id,text\nc2,same  WORDS\nc3,other\nc4,Other\n")
    assert "Row 2 (c2) says the same as c1." in upload.words()
    assert "Rows 3 and 4 have one text." in upload.words()
    upload.decide(on_repeat=on_repeat)
    assert len(cards_in(session, team.study_id)) == n_cards


def test_bad_rows_are_named_and_keep_all_others_out_until_they_are_left_out(
    upload: Upload, session: Session, team: Team
) -> None:
    upload.send("id,text\n1,good\n2,\n3,also good\n")
    assert "1 row cannot become a card. Row 3: The text is empty." in upload.words()
    answer = upload.decide()
    assert answer.status_code == 422
    assert "Row 3: The text is empty." in words_of(answer)
    assert cards_in(session, team.study_id) == []
    upload.decide(leave_out_bad_rows="true")
    assert texts_in(session, team.study_id) == {"1": "good", "3": "also good"}


def put_into_round(session: Session, team: Team, card_id: int, *, phase: str) -> None:
    round_ = Round(
        study_id=team.study_id, number=1, name="R", name_key="r", phase=phase, created_at=now()
    )
    session.add(round_)
    session.flush()
    assert round_.id is not None
    coder_id = team.members["Ben"]
    session.add(RoundCoder(round_id=round_.id, coder_id=coder_id))
    session.flush()
    session.add(Assignment(round_id=round_.id, coder_id=coder_id, position=1, card_id=card_id))
    session.commit()


def test_a_card_that_coders_have_seen_is_not_replaced(
    upload: Upload, session: Session, team: Team
) -> None:
    first, *_ = make_cards(session, team.study_id, "c1,old", "c2,old too")
    put_into_round(session, team, first, phase="open")
    upload.send("id,text\nc1,new\nc2,new too\n")
    assert "1 of them is in a round that was opened" in upload.words()
    answer = upload.decide(on_known="replace")
    assert answer.status_code == 409
    assert "1 of the cards to replace lie in a round that was opened" in words_of(answer)
    assert texts_in(session, team.study_id) == {"c1": "old", "c2": "old too"}


def test_a_row_that_says_nothing_new_may_name_a_frozen_card(
    upload: Upload, session: Session, team: Team
) -> None:
    first, *_ = make_cards(session, team.study_id, "c1,old", "c2,old too")
    put_into_round(session, team, first, phase="open")
    upload.send("id,text\nc1,old\nc2,new\n")
    upload.decide(on_known="replace")
    assert texts_in(session, team.study_id) == {"c1": "old", "c2": "new"}


def test_a_card_of_a_round_that_was_not_opened_may_be_replaced(
    upload: Upload, session: Session, team: Team
) -> None:
    (first,) = make_cards(session, team.study_id, "c1,old")
    put_into_round(session, team, first, phase="draft")
    upload.send("id,text\nc1,new\n")
    upload.decide(on_known="replace")
    assert texts_in(session, team.study_id) == {"c1": "new"}


def test_cards_that_came_in_since_the_preview_are_noticed(
    upload: Upload, session: Session, team: Team
) -> None:
    upload.send("id,text\nc1,mine\n")
    make_cards(session, team.study_id, "c1,theirs")
    answer = upload.decide()
    assert answer.status_code == 422
    assert "the study has a card c1" in words_of(answer)
    assert texts_in(session, team.study_id) == {"c1": "theirs"}


# --- Who may, and whose ---


@pytest.mark.parametrize("who", ["Ben", "Cleo"])
def test_a_coder_may_not_import(client: TestClient, team: Team, session: Session, who: str) -> None:
    upload = Upload(sign_in(client, who), team.url)
    assert client.get(f"{team.url}/cards/import").status_code == 403
    answer = upload.send(THREE)
    assert answer.status_code == 403
    assert "A lead of the study can." in words_of(answer)
    assert session.exec(select(StagedImport.id)).all() == []


def test_an_upload_belongs_to_the_lead_who_sent_it(
    upload: Upload, app: FastAPI, session: Session, team: Team
) -> None:
    upload.send(THREE)
    other = make_study(session, "Another", lead="Dan", coders=())
    dan = browser_of(app, "Dan")
    number = upload.url.rsplit("/", 1)[1]
    assert dan.get(upload.url).status_code == 404
    assert dan.get(f"{other.url}/cards/import/{number}").status_code == 404
    form = {**upload.form(), "act": "import"}
    assert dan.post(f"{other.url}/cards/import/{number}", data=form).status_code == 404
    assert cards_in(session, team.study_id) == []


# --- Large files ---


def test_a_large_file_is_imported_in_the_background(
    upload: Upload,
    session: Session,
    app: FastAPI,
    team: Team,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staging, "ROWS_DONE_AT_ONCE", 2)
    upload.send(THREE)
    upload.decide()
    for _ in range(200):
        said = upload.look()
        if "3 cards are new in the study" in said:
            break
        assert "The cards are being imported" in said
        app.state.jobs.wake()
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
    app: FastAPI,
    team: Team,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staging, "ROWS_DONE_AT_ONCE", 1)
    first, *_ = make_cards(session, team.study_id, "1,old")
    put_into_round(session, team, first, phase="open")
    upload.send(THREE)
    upload.decide(on_known="replace")
    for _ in range(200):
        if "What coders have seen stays as it was" in upload.look():
            break
        app.state.jobs.wake()
    assert texts_in(session, team.study_id) == {"1": "old"}
    upload.decide(on_known="skip")
    for _ in range(200):
        if "2 cards are new" in upload.look():
            break
        app.state.jobs.wake()
    assert texts_in(session, team.study_id) == {"1": "old", "2": "Second", "3": "Third"}


# --- Texts ---


def test_texts_of_every_script_come_in_as_they_are(
    upload: Upload, session: Session, team: Team
) -> None:
    decomposed = unicodedata.normalize("NFD", "Überblick")
    texts = ["排名相同的系统按提交时间排序", "🎉👩‍🔬", "הדירוג מתעדכן", "=1+1", "a\nb", decomposed]
    rows = "".join(f'{i},"{text}"\n' for i, text in enumerate(texts))
    upload.send(f"id,text\n{rows}")
    upload.decide()
    stored = list(texts_in(session, team.study_id).values())
    assert stored == [unicodedata.normalize("NFC", text) for text in texts]


@pytest.mark.parametrize(
    ("name", "n_cards"), [("cards_patterns.csv", 415), ("cards_smells.csv", 71)]
)
def test_the_cards_of_the_model_study_come_in(
    upload: Upload, session: Session, team: Team, name: str, n_cards: int
) -> None:
    path = SHARED / "lbops" / name
    if not path.exists():
        pytest.skip("the files of the model study are not here")
    upload.send(path.read_bytes(), name)
    upload.decide()
    assert len(cards_in(session, team.study_id)) == n_cards
