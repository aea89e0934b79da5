"""Passages of a document that become cards, and what stands around a card in its document."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.activity.service import record
from app.corpus.drafts import CardDraft, text_hash
from app.corpus.models import Card
from app.corpus.service import add_cards
from app.errors import Conflict, Invalid
from app.sources.extraction.extracted import headings_of
from app.sources.models import Excerpt, Source
from app.sources.outline import Stretch, heading_above, heading_words, page_at, trimmed
from app.sources.service import source_id_of, text_between, text_of
from app.text import comparable, is_blank

AROUND = 600


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document that becomes a card; without a key it gets the next of its own."""

    start: int
    stop: int
    title: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """A passage that is a card already."""

    start: int
    stop: int
    card_id: int
    key: str
    is_set_aside: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What stands before and after a card in its document; cut off where `is_cut_*`."""

    source_id: int
    source_name: str
    start: int
    before: str
    after: str
    is_cut_before: bool
    is_cut_after: bool


def cut_cards(
    session: Session, source: Source, passages: Sequence[Passage], *, by: int | None
) -> list[int]:
    """Make a card of each passage, all of them or none, and return their ids in that order."""
    if source.set_aside_at is not None:
        raise Conflict(f"{source.name} is set aside. Take it back before you make cards of it.")
    keys = iter(_free_keys(session, source, len(passages)))
    drafts: list[CardDraft] = []
    stretches: list[Stretch] = []
    text = text_of(session, source)
    for passage in passages:
        stretch = _stretch(text, passage)
        key = passage.key.strip() or next(keys)
        drafts.append(_draft(source, text, stretch, key, passage.title))
        stretches.append(stretch)
    card_ids = add_cards(session, source.study_id, drafts)
    keep_excerpts(
        session,
        source.study_id,
        [
            (card_id, 0, source_id_of(source), stretch)
            for card_id, stretch in zip(card_ids, stretches, strict=True)
        ],
    )
    record(
        session,
        source.study_id,
        account_id=by,
        kind="cards cut",
        subject=source.name,
        detail={"created": len(card_ids)},
    )
    return card_ids


def keep_excerpts(
    session: Session, study_id: int, rows: Iterable[tuple[int, int, int, Stretch]]
) -> None:
    """Note for cards, by place, which stretch of which source each came from."""
    session.add_all(
        Excerpt(
            study_id=study_id,
            card_id=card_id,
            place=place,
            source_id=source_id,
            start=stretch.start,
            stop=stretch.stop,
        )
        for card_id, place, source_id, stretch in rows
    )


def _stretch(text: str, passage: Passage) -> Stretch:
    """Return where the words of the passage begin and end."""
    if not 0 <= passage.start < passage.stop <= len(text):
        raise Invalid("This passage does not lie in the document. Nothing was changed.")
    found = trimmed(text, Stretch(passage.start, passage.stop))
    if is_blank(text[found.start : found.stop]):
        raise Invalid("There are no words in this passage. Nothing was changed.")
    return found


def _draft(source: Source, text: str, stretch: Stretch, key: str, title: str) -> CardDraft:
    words = text[stretch.start : stretch.stop]
    return CardDraft(
        row_number=0,
        id=key,
        id_key=comparable(key),
        title=title.strip(),
        text=words,
        text_hash=text_hash(words),
        source_url=source.url or None,
        attributes=_where(source, text, stretch.start),
    )


def _where(source: Source, text: str, start: int) -> dict[str, str]:
    """Return the attributes that say where a passage stands: document, section and page."""
    found = {"document": source.name}
    heading = heading_above(headings_of(source.outline), start)
    if heading is not None:
        found["section"] = heading_words(text, heading)
    page = page_at(source.outline.get("pages", ()), start)
    return found | ({"page": str(page)} if page else {})


def next_key(session: Session, source: Source) -> str:
    """Return the key that the next card of a document gets by itself."""
    return _free_keys(session, source, 1)[0]


def _free_keys(session: Session, source: Source, n: int) -> list[str]:
    pattern = re.compile(rf"s{source.number}-(\d{{1,9}})")
    statement = select(Card.key_folded).where(
        Card.study_id == source.study_id,
        col(Card.key_folded).startswith(f"s{source.number}-", autoescape=True),
    )
    matches = (pattern.fullmatch(key) for key in session.exec(statement))
    highest = max((int(match[1]) for match in matches if match), default=0)
    return [f"S{source.number}-{number}" for number in range(highest + 1, highest + n + 1)]


def marked_between(session: Session, source: Source, start: int, stop: int) -> list[Marked]:
    """Return the passages that touch a stretch of the document, in its order."""
    statement = (
        select(Excerpt, Card.key, Card.set_aside_at)
        .join(Card, col(Card.id) == col(Excerpt.card_id))
        .where(Excerpt.source_id == source.id, Excerpt.start < stop, Excerpt.stop > start)
        .order_by(col(Excerpt.start), col(Excerpt.stop).desc(), col(Excerpt.id))
    )
    return [
        Marked(found.start, found.stop, found.card_id, key, aside is not None)
        for found, key, aside in session.exec(statement)
    ]


def sources_of_cards(session: Session, study_id: int) -> dict[int, str]:
    """Return a name for the source of each card that was cut from one: the first it came from."""
    statement = select(Excerpt.card_id, Excerpt.source_id).where(
        Excerpt.study_id == study_id, Excerpt.place == 0
    )
    return {card_id: f"source {source_id}" for card_id, source_id in session.exec(statement)}


def overlapped(marked: Sequence[Marked], stretch: Stretch) -> list[str]:
    """Return the keys of the cards in use whose passages share characters with a stretch."""
    return [
        one.key
        for one in marked[: bisect_left(marked, stretch.stop, key=lambda found: found.start)]
        if one.stop > stretch.start and not one.is_set_aside
    ]


def around_card(session: Session, card_id: int) -> Around | None:
    """Return what stands around a card in its document, for cards that were cut from one."""
    statement = (
        select(Excerpt, Source.name, Source.n_characters)
        .join(Source, col(Source.id) == col(Excerpt.source_id))
        .where(Excerpt.card_id == card_id)
        .order_by(col(Excerpt.place))
    )
    rows = session.exec(statement).all()
    if not rows:
        return None
    first, name, _ = rows[0]
    last, _, length = rows[-1]
    before = text_between(session, first.source_id, first.start - AROUND, first.start)
    after = text_between(session, last.source_id, last.stop, last.stop + AROUND)
    return Around(
        source_id=first.source_id,
        source_name=name,
        start=first.start,
        before=before.strip("\n"),
        after=after.strip("\n"),
        is_cut_before=first.start > AROUND,
        is_cut_after=last.stop + AROUND < length,
    )
