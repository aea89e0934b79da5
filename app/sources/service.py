"""The documents of a study: adding, finding, reading, setting aside."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from app.activity.service import record
from app.corpus.models import Card
from app.db import now
from app.errors import Conflict, NotFound
from app.sources.documents import Document
from app.sources.models import Excerpt, Source, SourceFile, SourcePart
from app.sources.outline import parts_of


@dataclass(frozen=True, slots=True)
class Added:
    """What adding documents did: their ids, and the names of those that were here already."""

    source_ids: tuple[int, ...]
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A document with the number of cards in use that were cut from it."""

    source: Source
    n_cards: int


def source_id_of(source: Source) -> int:
    if source.id is None:
        raise RuntimeError("the source was not saved")
    return source.id


def add_documents(
    session: Session,
    study_id: int,
    documents: Sequence[Document],
    *,
    by: int | None,
    left_out: Sequence[str] = (),
) -> Added:
    """Store documents with their bytes and text; the same bytes come in once."""
    added: list[int] = []
    known: list[str] = []
    number = _highest_number(session, study_id)
    for document in documents:
        if _is_known(session, study_id, document):
            known.append(document.name)
            continue
        number += 1
        added.append(_add(session, study_id, number, document, by))
    if added or left_out:
        record(
            session,
            study_id,
            account_id=by,
            kind="sources added",
            subject=documents[0].name if len(documents) == 1 else "",
            detail={"added": len(added), "known": known[:20], "left_out": list(left_out[:20])},
        )
    return Added(tuple(added), tuple(known))


def _highest_number(session: Session, study_id: int) -> int:
    highest = select(func.max(Source.number)).where(Source.study_id == study_id)
    return session.exec(highest).one() or 0


def _is_known(session: Session, study_id: int, document: Document) -> bool:
    same = select(Source.id).where(
        Source.study_id == study_id, Source.sha256 == document.sha256, Source.kind == document.kind
    )
    return session.exec(same).first() is not None


def _add(session: Session, study_id: int, number: int, document: Document, by: int | None) -> int:
    extracted = document.extracted
    source = Source(
        study_id=study_id,
        number=number,
        name=document.name,
        kind=document.kind.value,
        url=document.url,
        sha256=document.sha256,
        n_bytes=len(document.content),
        n_characters=len(extracted.text),
        outline=extracted.outline,
        notices=list(extracted.notices),
        added_by=by,
        added_at=now(),
    )
    session.add(source)
    session.flush()  # the rows below need its id
    source_id = source_id_of(source)
    session.add(SourceFile(source_id=source_id, content=document.content))
    rows = [
        {"source_id": source_id, "place": place, "start": start, "text": text}
        for place, (start, text) in enumerate(parts_of(extracted.text))
    ]
    session.connection().execute(insert(SourcePart), rows)
    session.flush()  # the next document asks which are here
    return source_id


def sources_of(session: Session, study_id: int) -> list[Listed]:
    """Return the documents of a study, those set aside last."""
    n_cards = (
        select(func.count(col(Excerpt.card_id).distinct()))
        .join(Card, col(Card.id) == col(Excerpt.card_id))
        .where(Excerpt.source_id == col(Source.id), col(Card.set_aside_at).is_(None))
        .correlate(Source)
        .scalar_subquery()
    )
    statement = (
        select(Source, n_cards)
        .where(Source.study_id == study_id)
        .order_by(col(Source.set_aside_at).is_not(None), col(Source.number))
    )
    return [Listed(source, n) for source, n in session.exec(statement)]


def find_source(
    session: Session, study_id: int, source_id: int, *, is_locked: bool = False
) -> Source:
    """Return a document of this study; one of another study is as good as none."""
    statement = select(Source).where(Source.id == source_id, Source.study_id == study_id)
    found = session.exec(statement.with_for_update() if is_locked else statement).first()
    if found is None:
        raise NotFound
    return found


def original(session: Session, source: Source) -> bytes:
    """Return the bytes of a document as they came."""
    return session.get_one(SourceFile, source_id_of(source)).content


def starts_of_parts(session: Session, source: Source) -> list[int]:
    """Return where the parts of the text begin, in their order."""
    statement = (
        select(SourcePart.start)
        .where(SourcePart.source_id == source.id)
        .order_by(col(SourcePart.place))
    )
    return list(session.exec(statement))


def part(session: Session, source: Source, place: int) -> SourcePart:
    """Return one part of the text, the nearest to the place asked for."""
    last = max(0, len(starts_of_parts(session, source)) - 1)
    return session.get_one(SourcePart, (source_id_of(source), min(max(place, 0), last)))


def part_with(session: Session, source_id: int, start: int) -> int:
    """Return which part a place of the text lies in."""
    statement = select(func.max(SourcePart.place)).where(
        SourcePart.source_id == source_id, SourcePart.start <= start
    )
    return session.exec(statement).one() or 0


def text_of(session: Session, source: Source) -> str:
    """Return the whole text."""
    statement = (
        select(SourcePart.text)
        .where(SourcePart.source_id == source.id)
        .order_by(col(SourcePart.place))
    )
    return "".join(session.exec(statement))


def text_between(session: Session, source_id: int, start: int, stop: int) -> str:
    """Return characters `start` to `stop` of a text, read from the parts they lie in."""
    start = max(0, start)
    first = part_with(session, source_id, start)
    statement = (
        select(SourcePart)
        .where(
            SourcePart.source_id == source_id, SourcePart.place >= first, SourcePart.start < stop
        )
        .order_by(col(SourcePart.place))
    )
    parts = session.exec(statement).all()
    if not parts:
        return ""
    offset = parts[0].start
    return "".join(one.text for one in parts)[start - offset : max(start, stop) - offset]


def set_source_aside(session: Session, source: Source, reason: str, *, by: int) -> None:
    """Take a document out of what is worked on; its cards and its text stay."""
    if source.set_aside_at is not None:
        raise Conflict(f"{source.name} is set aside already.")
    source.set_aside_at, source.set_aside_reason = now(), reason
    session.add(source)
    record(
        session,
        source.study_id,
        account_id=by,
        kind="source set aside",
        subject=source.name,
        detail={"reason": reason},
    )


def take_source_back(session: Session, source: Source, *, by: int) -> None:
    if source.set_aside_at is None:
        raise Conflict(f"{source.name} is not set aside.")
    source.set_aside_at, source.set_aside_reason = None, ""
    session.add(source)
    record(session, source.study_id, account_id=by, kind="source taken back", subject=source.name)
