"""Documents of every kind, made here: sound ones, broken ones, and ones made to do harm."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping

from docx import Document as WordDocument
from sqlmodel import Session

from app.corpus.alike import find_alike, keep_alike
from app.corpus.models import Card
from app.db import now
from app.sources.documents import Document, read_document
from app.sources.extraction.contained import Readers
from app.sources.passages import Passage, cut_cards
from app.sources.recutting import cuts_of, split_card
from app.sources.service import add_documents, find_source
from tests.factories import Team, fresh_id

GUIDE = """# Leaderboard guide

Welcome to the board 😀. We rank models by score.

## Submitting

Open a pull request.

Without logs the entry stays off.

## Scores

The mean comes first.
"""


def docx(*paragraphs: tuple[str, str]) -> bytes:
    """A word processor's document of paragraphs with their styles."""
    document = WordDocument()
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def pdf(*pages: tuple[str, ...]) -> bytes:
    """A PDF whose pages hold these lines; a page without lines is a picture."""
    return pdf_of(_drawing(lines) for lines in pages)


def pdf_bomb(n_bytes: int) -> bytes:
    """A small PDF with one page that unpacks to this many bytes."""
    drawing = b"BT (a) Tj ET "
    packed = zlib.compress(drawing * (n_bytes // len(drawing)), 9)
    return pdf_of([b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b" % (len(packed), packed)])


def _drawing(lines: tuple[str, ...]) -> bytes:
    drawn = " T* ".join(f"({line}) Tj" for line in lines)
    stream = f"BT /F1 12 Tf 14 TL 50 700 Td {drawn} ET" if lines else ""
    return f"<< /Length {len(stream)} >>\nstream\n{stream}".encode()


def pdf_of(streams: Iterable[bytes]) -> bytes:
    """A PDF with a page for each of these streams, which tell what is drawn."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    for stream in streams:
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F1 %b >> >> >>" % (len(objects) + 2, font)
        )
        objects.append(stream + b"\nendstream")
    named = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (named, len(kids))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start, size = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, start)


def zipped(files: dict[str, bytes]) -> bytes:
    """A folder of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in files.items():
            folder.writestr(name, content)
    return file.getvalue()


def read(name: str, content: bytes | str) -> Document:
    data = content.encode() if isinstance(content, str) else content
    return read_document(name, data, Readers())


def added_source(session: Session, team: Team, made: Mapping[str, object]) -> int:
    """A document of two paragraphs in a study; set aside where an address takes it back."""
    study_id = team.study_id
    name = fresh_id()
    text = f"The table cannot be sorted.\n\nNobody says when it was made: {name}."
    (source_id,) = add_documents(session, study_id, [read(f"{name}.md", text)], by=None).source_ids
    source = find_source(session, study_id, source_id)
    source.set_aside_at = now() if str(made["path"]).endswith("/back") else None
    session.add(source)
    session.flush()
    return source_id


def cut_up_source(session: Session, study_id: int, *, by: int) -> None:
    """A document with passages that overlap, a card cut anew, and cards that are nearly alike."""
    document = read("guide.md", GUIDE)
    (source_id,) = add_documents(session, study_id, [document], by=by).source_ids
    source = find_source(session, study_id, source_id)
    places = [Passage(place, place + 35) for place in (19, 22, 40, 90)]
    cards = [session.get_one(Card, one) for one in cut_cards(session, source, places, by=by)]
    pieces = cuts_of(cards[0].text, cards[0].text.replace(" ", "|||", 1))
    split_card(session, cards[0], pieces, reason="Two thoughts.", by=by)
    keep_alike(session, study_id, find_alike(session, study_id))
