"""What the upload page answers to bad files; B numbers name the bad inputs.

A refusal tells what is wrong and where, keeps the form open, and stores nothing.
"""

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, select

from app.corpus.models import StagedImport
from tests.corpus.uploads import Upload, cards_in, texts_in, words_of, workbook
from tests.factories import Team, fresh_id

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def refused(session: Session, answer: Response, status: int, *said: str) -> None:
    """The answer is this refusal, in these words, and nothing is kept of the file."""
    assert answer.status_code == status
    words = words_of(answer)
    for part in said:
        assert part in words
    assert session.exec(select(StagedImport.id)).all() == []
    session.commit()


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("B01.csv", b"", 422, "The file is empty"),
        ("B02.csv", b"id,text\n", 422, "The file has no rows"),
        ("B05.csv", b"id,text\n1,a\0b\n", 422, "Row 2, column text: invalid character U+0000"),
        ("B06.csv", workbook(first=["id", "text"]), 415, "The file looks like XLSX, not CSV."),
        ("B07.json", PNG, 415, "The file looks like PNG, not JSON."),
        ("B14.csv", "id,text\n1,ä\n".encode() + b"2,\xe4\n", 422, "Line 3 is not in the encoding"),
        ("B15.csv", b"id,text\n1," + b"x" * 140_000, 422, "Row 2, column text: over 100,000"),
        ("B16.csv", b'id,text\n1,"open\n2,b\n', 422, "The quote opened on line 2 is never closed"),
        ("B17.csv", b"id,text\n1,a,b\n2\n", 422, "Row 2 has 3 cells, the header has 2."),
        ("B18.csv", b"id,text,text,\n1,a,b,c\n", 422, "The column name “text” stands 2 times."),
        ("B19.csv", b"id,text\n" + b"1,a\n" * 100_001, 422, "The limit is 100,000 rows"),
        ("B20.csv", b",".join(b"c%d" % i for i in range(20_000)), 422, "200 columns"),
        ("B30.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), 415, "save it as XLSX"),
        ("B33.json", b'[{"text": NaN}]', 422, "NaN is not a value JSON knows"),
        ("B33.jsonl", b'{"text": 1e999}\n', 422, "the number 1e999 is too large"),
        ("B34.json", rb'[{"text": "\ud800"}]', 422, "invalid character U+D800"),
        ("B36.json", b'[{"text": ' + b"9" * 5_000 + b"}]", 422, "a number of 5,000 digits"),
        ("B37.json", b"[" * 100_000, 422, "nested too deeply"),
        ("B38.json", b'[{"text": "a", "text": "b"}]', 422, "“text” stands more than once"),
        ("B39.json", b'"text"', 422, "list of objects"),
        ("B40.jsonl", b'{"text": "a"}\n' * 9 + b"{oops\n", 422, "Line 10 is not sound JSON"),
        ("cards.exe", b"id,text\n1,a\n", 415, "is not a table Concord reads"),
    ],
    ids=lambda value: value.split(".")[0] if isinstance(value, str) and "." in value else "",
)
def test_a_bad_file_is_refused_in_words(
    upload: Upload, session: Session, name: str, content: bytes, status: int, said: str
) -> None:
    refused(session, upload.send(content, name), status, said, "Import cards")


def test_B03_a_file_over_the_limit_is_refused_by_its_length(
    upload: Upload, session: Session
) -> None:
    answer = upload.send(b"x" * (20 * 1024 * 1024 + 1))
    refused(session, answer, 413, "the limit is 20 MB")


def test_B04_a_file_over_the_limit_is_refused_though_no_length_was_said(
    upload: Upload, session: Session
) -> None:
    def pieces() -> object:
        for _ in range(22):
            yield b"x" * 1024 * 1024

    answer = upload.client.post(
        f"{upload.study_url}/cards/import",
        content=pieces(),  # type: ignore[arg-type]
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code in {400, 413}
    assert session.exec(select(StagedImport.id)).all() == []


def test_without_a_file_the_page_asks_for_one(upload: Upload, session: Session) -> None:
    answer = upload.client.post(
        f"{upload.study_url}/cards/import", data={"operation_id": fresh_id()}
    )
    refused(session, answer, 422, "file")


@pytest.mark.parametrize(
    "name",
    ["../../x.csv", 'a"b\r\nSet-Cookie: x=1.csv', "\u202ecod.csv", "n" * 300 + ".csv"],
)
def test_B08_B09_a_file_name_is_only_shown(
    upload: Upload, session: Session, team: Team, name: str
) -> None:
    upload.send("id,text\n1,a\n", name)
    staged = session.exec(select(StagedImport)).one()
    session.commit()
    assert len(staged.file_name) <= 120
    assert not set(staged.file_name) & set("/\\\r\n\u202e")
    upload.decide()
    assert texts_in(session, team.study_id) == {"1": "a"}


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("cp1252", "WINDOWS-1252"), ("utf-16", "UTF-16"), ("utf-8-sig", "UTF-8-BOM")],
)
def test_B12_B13_the_preview_says_which_encoding_was_found(
    upload: Upload, session: Session, team: Team, encoding: str, shown: str
) -> None:
    upload.send("id,text\n1,Größe\n".encode(encoding))
    assert shown in upload.words()
    assert "Größe" in upload.words()
    upload.decide()
    assert texts_in(session, team.study_id) == {"1": "Größe"}


@pytest.mark.parametrize(("delimiter", "word"), [(";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_B21_the_preview_says_what_separates_the_cells(
    upload: Upload, session: Session, team: Team, delimiter: str, word: str
) -> None:
    upload.send(f"id{delimiter}text\r\n1{delimiter}a, b\n")
    assert f"{word} separated" in upload.words()
    upload.decide()
    assert texts_in(session, team.study_id) == {"1": "a, b"}


def test_B23_cells_that_look_like_formulas_are_stored_unaltered(
    upload: Upload, session: Session, team: Team
) -> None:
    texts = ["=1+1", "+49 30", "-5", "@here", "=HYPERLINK(A1)"]
    upload.send("id,text\n" + "".join(f"{i},{text}\n" for i, text in enumerate(texts)))
    upload.decide()
    assert list(texts_in(session, team.study_id).values()) == texts


def test_B35_a_number_of_more_than_63_bits_is_a_text_in_a_file_and_nothing_in_an_address(
    upload: Upload, session: Session, team: Team
) -> None:
    upload.send(b'[{"id": 9223372036854775808, "text": "a"}]', "cards.json")
    upload.decide()
    assert texts_in(session, team.study_id) == {"9223372036854775808": "a"}
    assert upload.client.get(f"{upload.study_url}/cards/9223372036854775808").status_code == 404


@pytest.mark.parametrize("field", ["is_admin", "account_id", "study_id"])
def test_B41_a_field_the_form_does_not_have_is_refused(
    upload: Upload, session: Session, team: Team, field: str
) -> None:
    answer = upload.send("id,text\n1,a\n", **{field: "1"})
    refused(session, answer, 422, "is not a field of this form")
    upload.send("id,text\n1,a\n")
    assert upload.decide(**{field: "1"}).status_code == 422
    assert cards_in(session, team.study_id) == []


def test_a_decision_needs_an_operation_id(upload: Upload, session: Session, team: Team) -> None:
    upload.send("id,text\n1,a\n")
    form = upload.form()
    del form["operation_id"]
    assert upload.client.post(upload.url, data={**form, "act": "import"}).status_code == 428
    assert cards_in(session, team.study_id) == []


def test_an_upload_that_does_not_exist_is_not_found(client: TestClient, upload: Upload) -> None:
    for number in ("nothing", "00000000-0000-0000-0000-000000000000", "%00"):
        assert client.get(f"{upload.study_url}/cards/import/{number}").status_code == 404
