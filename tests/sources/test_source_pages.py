"""The pages about documents: adding, reading, making cards, splitting, setting aside; who may."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.corpus.models import Card
from app.db import Database
from app.sources.models import Source
from app.studies.rules import Role
from tests.corpus.uploads import words_of
from tests.factories import Team, browser_of, fresh_id, make_study, sign_in
from tests.rows import contents
from tests.sources.files import GUIDE, docx, pdf, zipped


@pytest.fixture
def ada(client: TestClient, team: Team) -> TestClient:
    return sign_in(client)


def send(client: TestClient, url: str, *files: tuple[str, bytes], **fields: str) -> object:
    parts = [("file", (name, content)) for name, content in files]
    return client.post(url, files=parts, data={"operation_id": fresh_id(), **fields})


def post(client: TestClient, url: str, **fields: object) -> object:
    return client.post(url, data={"operation_id": fresh_id(), **fields})


def card_texts(session: Session) -> list[str]:
    texts = list(session.exec(select(Card.text).order_by(Card.position)))  # type: ignore[arg-type]
    session.commit()
    return texts


def url_of(team: Team, guide: Source) -> str:
    return f"{team.url}/sources/{guide.id}"


def test_a_pasted_text_becomes_a_document(ada: TestClient, team: Team, session: Session) -> None:
    answer = post(ada, f"{team.url}/sources/paste", name="Guide", kind="markdown", text=GUIDE)
    assert answer.status_code == 303
    said = words_of(ada.get(answer.headers["location"]))
    assert "S1 Guide" in said
    assert "Without logs the entry stays off." in said


def test_files_of_all_kinds_come_in_together(ada: TestClient, team: Team) -> None:
    folder = zipped({"a.md": b"One", "b/c.html": b"<p>Two</p>"})
    files = [("f.zip", folder), ("d.docx", docx(("Normal", "Three"))), ("e.pdf", pdf(("Four",)))]
    answer = send(ada, f"{team.url}/sources/add", *files)
    assert answer.status_code == 303
    said = words_of(ada.get(answer.headers["location"]))
    assert "4 documents were added." in said
    for name in ("a.md", "c.html", "d.docx", "e.pdf"):
        assert name in said


def test_with_a_file_that_is_none_nothing_comes_in_unless_it_is_left_out(
    ada: TestClient, team: Team, database: Database
) -> None:
    files = (("a.md", b"One"), ("b.pdf", b"%PDF-1.4 broken"))
    before = contents(database)
    refused = send(ada, f"{team.url}/sources/add", *files)
    assert refused.status_code == 422
    assert "b.pdf: It is damaged or cut off" in words_of(refused)
    assert contents(database) == before
    taken = send(ada, f"{team.url}/sources/add", *files, leave_out="true")
    said = words_of(ada.get(taken.headers["location"]))
    assert "1 document was added." in said
    assert "1 file was left out" in said


def test_B11_an_upload_sent_twice_comes_in_once(
    ada: TestClient, team: Team, session: Session
) -> None:
    operation = fresh_id()
    for _ in range(2):
        answer = send(ada, f"{team.url}/sources/add", ("a.md", b"One"), operation_id=operation)
        assert answer.headers["location"] == f"{team.url}/sources/1"
    again = send(ada, f"{team.url}/sources/add", ("copy.md", b"One"))
    assert "1 file was here already." in words_of(ada.get(again.headers["location"]))
    assert len(session.exec(select(Source)).all()) == 1


def test_a_document_with_markup_is_shown_as_text_and_given_back_as_a_file(
    ada: TestClient, team: Team
) -> None:
    bad = b"<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>"
    url = send(ada, f"{team.url}/sources/add", ("<b>.md", bad)).headers["location"]
    page = ada.get(url).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img" not in page
    file = ada.get(f"{url}/original")
    assert file.content == bad
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment")


def test_a_passage_is_made_a_card_and_marked(
    ada: TestClient, team: Team, guide: Source, session: Session
) -> None:
    start = GUIDE.index("We rank")
    answer = post(ada, f"{url_of(team, guide)}/cards", start=start, stop=start + 22, title="How")
    assert answer.headers["location"].endswith("#passage-1")
    assert card_texts(session) == ["We rank models by scor"]
    page = ada.get(answer.headers["location"]).text
    assert '<mark class="passage">We rank models by scor</mark>' in page
    assert f'href="{team.url}/cards/1"' in page
    card = words_of(ada.get(f"{team.url}/cards/1"))
    assert "What stands around it in guide.md" in card
    assert "Open a pull request." in card


def test_paragraphs_can_be_narrowed_by_their_words(
    ada: TestClient, team: Team, guide: Source, session: Session
) -> None:
    start, stop = GUIDE.index("Welcome"), GUIDE.index("\n\n## Submitting")
    narrowed = {"start": start, "stop": stop, "begins": "the  board", "ends": "by score"}
    assert post(ada, f"{url_of(team, guide)}/cards", **narrowed).status_code == 303
    assert card_texts(session) == ["the board 😀. We rank models by score"]
    refused = post(ada, f"{url_of(team, guide)}/cards", start=start, stop=stop, begins="nowhere")
    assert refused.status_code == 422
    assert "“nowhere” does not stand in these paragraphs" in words_of(refused)


def test_an_overlap_is_allowed_and_said(ada: TestClient, team: Team, guide: Source) -> None:
    url = f"{url_of(team, guide)}/cards"
    post(ada, url, start=19, stop=40)
    answer = post(ada, url, start=30, stop=50)
    assert "It shares words with the passage of another card" in words_of(
        ada.get(answer.headers["location"])
    )


def test_a_split_is_shown_first_and_cut_in_one_act(
    ada: TestClient, team: Team, guide: Source, session: Session
) -> None:
    url = f"{url_of(team, guide)}/split"
    page = ada.get(f"{url}?by=paragraph&least=1")
    assert "4 pieces" in words_of(page)
    assert card_texts(session) == []
    values = re.findall(r'name="pieces" value="([0-9-]+)"', page.text)
    cut = post(ada, url, act="chosen", by="paragraph", least=1, pieces=values[1:3])
    assert cut.status_code == 303
    assert card_texts(session) == ["Open a pull request.", "Without logs the entry stays off."]
    again = words_of(ada.get(f"{url}?by=paragraph&least=1"))
    assert "is card S1-1" in again
    post(ada, url, act="all", by="paragraph", least=1)
    assert len(card_texts(session)) == 4


def test_pieces_that_the_preview_does_not_have_are_refused(
    ada: TestClient, team: Team, guide: Source, session: Session
) -> None:
    url = f"{url_of(team, guide)}/split"
    assert post(ada, url, act="chosen", by="heading", pieces=["1-5"]).status_code == 422
    assert card_texts(session) == []


def test_a_document_of_many_parts_is_read_part_by_part(ada: TestClient, team: Team) -> None:
    text = "\n\n".join(f"## Number {number}\n\n{'words ' * 40}" for number in range(300))
    url = send(ada, f"{team.url}/sources/add", ("long.md", text.encode())).headers["location"]
    assert "part 1 of" in words_of(ada.get(url))
    last = ada.get(f"{url}?part=2147483647")
    assert "Number 299" in words_of(last)
    assert len(ada.get(url).content) < 200_000


def test_a_document_is_set_aside_with_a_reason_and_taken_back(
    ada: TestClient, team: Team, guide: Source
) -> None:
    url = url_of(team, guide)
    post(ada, f"{url}/aside", reason="A newer one came.")
    assert "A newer one came." in words_of(ada.get(f"{team.url}/sources"))
    assert "Make it a card" not in words_of(ada.get(url))
    assert post(ada, f"{url}/cards", start=0, stop=5).status_code == 409
    post(ada, f"{url}/back")
    assert "Make it a card" in words_of(ada.get(url))


def test_a_card_is_split_and_merged_on_its_page(
    ada: TestClient, team: Team, guide: Source, session: Session
) -> None:
    post(ada, f"{url_of(team, guide)}/split", act="all", by="paragraph", least=1)
    refused = post(ada, f"{team.url}/cards/2/split", text="Shut ||| a door.", reason="Why not.")
    assert refused.status_code == 422
    assert "Shut ||| a door." in refused.text
    post(ada, f"{team.url}/cards/2/split", text="Open ||| a pull request.", reason="Two.")
    assert "Split into S1-2a : Two." in words_of(ada.get(f"{team.url}/cards/2"))
    shown = words_of(ada.get(f"{team.url}/cards/5/recut?others=s1-2B"))
    assert "S1-2a, S1-2b as one card" in shown
    merged = post(ada, f"{team.url}/cards/5/merge", others="S1-2b", reason="One.")
    assert "Merged from S1-2a" in words_of(ada.get(merged.headers["location"]))
    assert card_texts(session)[-1] == "Open a pull request."


def test_cards_set_aside_are_listed_only_when_asked_for(
    ada: TestClient, team: Team, guide: Source
) -> None:
    post(ada, f"{url_of(team, guide)}/split", act="all", by="paragraph", least=1)
    post(ada, f"{team.url}/cards/1/aside", reason="Says nothing.")
    assert "3 cards" in words_of(ada.get(f"{team.url}/cards"))
    assert "1 of 3 cards" in words_of(ada.get(f"{team.url}/cards?aside=only"))
    assert "Says nothing." in words_of(ada.get(f"{team.url}/cards/1"))


def test_everybody_reads_and_only_leads_cut(app: FastAPI, session: Session) -> None:
    team = make_study(session, "Other", others={"Odo": Role.OBSERVER, "Ida": Role.ARBITER})
    ada = browser_of(app, "Ada")
    url = post(ada, f"{team.url}/sources/paste", name="Guide", text=GUIDE).headers["location"]
    for name in ("Ben", "Odo", "Ida"):
        browser = browser_of(app, name)
        said = words_of(browser.get(url))
        assert "Without logs" in said
        assert "Make it a card" not in said
        assert browser.get(f"{team.url}/sources").status_code == 200
        for act in ("cards", "split", "aside", "back"):
            fields = {"start": 0, "stop": 9, "act": "all", "by": "line", "reason": "x"}
            answer = post(browser, f"{url}/{act}", **fields)
            assert answer.status_code in {403, 422}
            assert "Your role in this study" in words_of(answer)
