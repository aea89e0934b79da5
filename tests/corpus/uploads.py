"""A lead who imports cards as a browser does: upload, look, decide."""

import html
import io
import re
import zipfile
from dataclasses import dataclass, field

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, col, select

from app.coding.models import Assignment, Round, RoundCoder
from app.corpus.models import Card
from app.db import now
from tests.factories import Team, fresh_id


def words_of(answer: Response) -> str:
    """What the page says, without its markup; white space as one blank."""
    body = re.sub(r"<(?:script|style)\b.*?</(?:script|style)>", " ", answer.text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def cards_in(session: Session, study_id: int) -> list[Card]:
    """The cards that are stored, in their order; the session lets go of the database."""
    cards = session.exec(
        select(Card).where(Card.study_id == study_id).order_by(col(Card.position))
    ).all()
    session.expunge_all()
    session.commit()
    return list(cards)


def texts_in(session: Session, study_id: int) -> dict[str, str]:
    return {card.key: card.text for card in cards_in(session, study_id)}


@dataclass
class Upload:
    """One file on its way in."""

    client: TestClient
    study_url: str
    url: str = ""
    preview: Response | None = field(default=None)

    def send(self, content: str | bytes, name: str = "cards.csv", **others: str) -> Response:
        """Upload the file; after an acceptance `preview` is the page that follows."""
        raw = content.encode() if isinstance(content, str) else content
        answer = self.client.post(
            f"{self.study_url}/cards/import",
            data={"operation_id": fresh_id(), **others},
            files={"file": (name, raw)},
        )
        if answer.status_code == 303:
            self.url = answer.headers["location"]
            self.preview = self.client.get(self.url)
            assert self.preview.status_code == 200, words_of(self.preview)
        return answer

    def decide(self, act: str = "import", **changed: object) -> Response:
        """Send the form of the preview as it stands, but for what is changed."""
        assert self.preview is not None
        return self.client.post(self.url, data={**self.form(), "act": act, **changed})

    def form(self) -> dict[str, object]:
        """What the form of the preview holds."""
        assert self.preview is not None
        page = re.search(r'<form id="import".*?</form>', self.preview.text, re.S)[0]  # type: ignore[index]
        found: dict[str, object] = {"operation_id": fresh_id(), "uses": []}
        found["shown"] = re.search(r'name="shown" value="(\w+)"', page)[1]  # type: ignore[index]
        for name, options in re.findall(
            r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.S
        ):
            chosen = html.unescape(re.search(r'value="([^"]*)" selected', options)[1])  # type: ignore[index]
            if name == "uses":
                found["uses"].append(chosen)  # type: ignore[attr-defined]
            else:
                found[name] = chosen
        for tag in re.findall(r'<input[^>]*type="radio"[^>]*checked[^>]*>', page):
            name, value = (re.search(rf'{part}="(\w+)"', tag)[1] for part in ("name", "value"))  # type: ignore[index]
            found[name] = value
        return found

    def words(self) -> str:
        assert self.preview is not None
        return words_of(self.preview)

    def look(self) -> str:
        """Open the upload's page again and give its words."""
        self.preview = self.client.get(self.url)
        return words_of(self.preview)


def workbook(**sheets: list[str]) -> bytes:
    """A workbook whose sheets have two columns."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006/relationships"
    names = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(sheets, 1)
    )
    targets = "".join(
        f'<Relationship Id="r{i}" Type="t" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>',
        )
        package.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{packages}">{targets}</Relationships>',
        )
        for i, cells in enumerate(sheets.values(), 1):
            rows = "".join(
                f'<row r="{n + 1}">'
                + "".join(
                    f'<c r="{column}{n + 1}" t="inlineStr"><is><t>{cell}</t></is></c>'
                    for column, cell in zip("AB", cells[2 * n : 2 * n + 2], strict=True)
                )
                + "</row>"
                for n in range(len(cells) // 2)
            )
            package.writestr(
                f"xl/worksheets/sheet{i}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
            )
    return content.getvalue()


def put_into_round(session: Session, team: Team, card_id: int, *, phase: str) -> None:
    """Give the card to Ben in a round of this phase."""
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
