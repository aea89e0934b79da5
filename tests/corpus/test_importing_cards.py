"""How cards get into a study: upload, preview, decision; all rows or none."""

import unicodedata
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.activity.models import Activity
from app.corpus.models import StagedImport
from tests.corpus.uploads import Upload, cards_in, texts_in, words_of, workbook
from tests.factories import Team, browser_of, fresh_id, make_study, sign_in

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
