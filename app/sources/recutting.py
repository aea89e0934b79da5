"""Cutting cards anew: a card split into several, several merged into one.

The old cards are set aside, so that rounds to come take the new ones; a round that has an old one
keeps it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from string import ascii_lowercase

from sqlmodel import Session, col, select

from app.activity.service import record
from app.corpus.drafts import CardDraft, text_hash
from app.corpus.models import Card
from app.corpus.service import add_cards, known_cards
from app.corpus.setting_aside import check_in_use, set_aside
from app.db import now
from app.errors import Invalid
from app.sources.lineage import LineageKind
from app.sources.models import CardLineage, Excerpt
from app.sources.outline import Stretch, trimmed
from app.sources.passages import keep_excerpts
from app.sources.service import text_between
from app.text import comparable, is_blank

CUT_MARK = "|||"
OTHER_CUT_MARK = "¦¦¦"
JOINT = "\n\n[…]\n\n"
MOST_MERGED = 20


@dataclass(frozen=True, slots=True)
class From:
    """Where a stretch of a card's text comes from: `source` in a source, `at` in the card."""

    source_id: int
    source: Stretch
    at: int


@dataclass(frozen=True, slots=True)
class Merged:
    """What merging cards gives: the text, and the passages it consists of."""

    text: str
    passages: tuple[tuple[int, Stretch], ...]


def cut_mark(text: str) -> str:
    """Return the mark that is written where a card is cut; no mark is part of the text."""
    return OTHER_CUT_MARK if CUT_MARK in text else CUT_MARK


def cuts_of(text: str, marked: str) -> list[Stretch]:
    """Return the pieces of a text in which marks were written, without white space at their ends.

    Raises `Invalid` when anything else was changed, or when a piece holds no words.
    """
    written = marked.split(cut_mark(text))
    if "".join("".join(written).split()) != "".join(text.split()):
        raise Invalid(
            "Something else than the marks was changed. The words of a card stay as they are; "
            "nothing was changed.",
            field="text",
        )
    if len(written) < 2:
        raise Invalid(
            f"Write {cut_mark(text)} where the card is to be cut. Nothing was changed.",
            field="text",
        )
    found: list[Stretch] = []
    start = 0
    for piece in written:
        stop = _after_letters(text, start, sum(not letter.isspace() for letter in piece))
        found.append(trimmed(text, Stretch(start, stop)))
        start = stop
    if any(is_blank(text[one.start : one.stop]) for one in found):
        raise Invalid("A piece would hold no words. Nothing was changed.", field="text")
    return found


def _after_letters(text: str, start: int, n_letters: int) -> int:
    """Return the place after so many characters that are no white space."""
    place = start
    while n_letters:
        n_letters -= not text[place].isspace()
        place += 1
    return place


def split_card(
    session: Session, card: Card, pieces: Sequence[Stretch], *, reason: str, by: int
) -> list[int]:
    """Make a card of each piece of a card's text, and set the card aside."""
    check_in_use([card])
    keys = _keys_of_pieces(session, card, len(pieces))
    drafts = [
        _draft(card, key, card.text[piece.start : piece.stop])
        for key, piece in zip(keys, pieces, strict=False)
    ]
    origins = _origins(session, card)
    new_ids = add_cards(session, card.study_id, drafts)
    for new_id, piece in zip(new_ids, pieces, strict=True):
        passages = [one for origin in origins for one in _shared(origin, piece)]
        _keep(session, card.study_id, new_id, passages)
    _replace(session, [card], new_ids, LineageKind.SPLIT, reason, by)
    into = [draft.id for draft in drafts]
    _record(session, card, "card split", card.key, {"into": into, "reason": reason}, by)
    return new_ids


def _keys_of_pieces(session: Session, card: Card, n: int) -> list[str]:
    taken = known_cards(session, card.study_id).ids
    endings = (*ascii_lowercase, *(f"-{number}" for number in range(27, n + 200)))
    free = (f"{card.key}{one}" for one in endings if comparable(card.key + one) not in taken)
    return [key for key, _ in zip(free, range(n), strict=False)]


def merge_text(session: Session, cards: Sequence[Card]) -> Merged:
    """Return what merging these cards gives, in their order.

    Cards whose passages follow each other in one source, with white space between them or words
    in common, become one passage of it. Others stand one below the other with a mark between.
    """
    origins = [_origins(session, card) for card in cards]
    whole = [_single(card, found) for card, found in zip(cards, origins, strict=True)]
    joined = _as_one(session, whole)
    if joined is not None:
        source_id, stretch = joined
        return Merged(text_between(session, source_id, stretch.start, stretch.stop), (joined,))
    passages = tuple((one.source_id, one.source) for found in origins for one in found)
    return Merged(JOINT.join(card.text for card in cards), passages)


def in_reading_order(session: Session, cards: Sequence[Card]) -> list[Card]:
    """Return the cards as they follow each other: in their source, else in the list of cards."""
    starts = {}
    for card in cards:
        found = _single(card, _origins(session, card))
        starts[card.id] = (found.source_id, found.source.start) if found else None
    sources = {start[0] if start else None for start in starts.values()}
    if len(sources) == 1 and None not in sources:
        return sorted(cards, key=lambda card: starts[card.id] or (0, 0))
    return sorted(cards, key=lambda card: card.position)


def _as_one(session: Session, whole: Sequence[From | None]) -> tuple[int, Stretch] | None:
    passages = [one for one in whole if one is not None]
    if len(passages) < len(whole) or len({one.source_id for one in passages}) > 1:
        return None
    source_id = passages[0].source_id
    stop = passages[0].source.stop
    for before, after in pairwise(passages):
        stop = max(stop, before.source.stop)
        if text_between(session, source_id, stop, after.source.start).strip():
            return None
    stop = max(one.source.stop for one in passages)
    return source_id, Stretch(passages[0].source.start, stop)


def merge_cards(
    session: Session, cards: Sequence[Card], *, key: str, title: str, reason: str, by: int
) -> int:
    """Make one card of several, in their reading order, and set them aside."""
    if not 2 <= len(cards) <= MOST_MERGED:
        raise Invalid(f"Between 2 and {MOST_MERGED} cards become one. Nothing was changed.")
    check_in_use(cards)
    ordered = in_reading_order(session, cards)
    merged = merge_text(session, ordered)
    first = ordered[0]
    key = key or free_merged_key(session, ordered)
    draft = _draft(first, key, merged.text)
    shared = {
        name: value
        for name, value in first.attributes.items()
        if all(card.attributes.get(name) == value for card in ordered)
    }
    same_url = all(card.source_url == first.source_url for card in ordered)
    (new_id,) = add_cards(
        session,
        first.study_id,
        [
            CardDraft(
                row_number=0,
                id=draft.id,
                id_key=draft.id_key,
                title=title or first.title,
                text=draft.text,
                text_hash=draft.text_hash,
                source_url=draft.source_url if same_url else None,
                attributes=shared,
            )
        ],
    )
    _keep(session, first.study_id, new_id, merged.passages)
    _replace(session, ordered, [new_id], LineageKind.MERGED, reason, by)
    named = {"cards": [card.key for card in ordered], "reason": reason}
    _record(session, first, "cards merged", key, named, by)
    return new_id


def free_merged_key(session: Session, ordered: Sequence[Card]) -> str:
    """Return a key for a merged card: that of the first with the number of the others."""
    taken = known_cards(session, ordered[0].study_id).ids
    base = f"{ordered[0].key}+{len(ordered) - 1}"
    keys = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(key for key in keys if comparable(key) not in taken)


def _draft(card: Card, key: str, text: str) -> CardDraft:
    return CardDraft(
        row_number=0,
        id=key,
        id_key=comparable(key),
        title=card.title,
        text=text,
        text_hash=text_hash(text),
        source_url=card.source_url or None,
        attributes=dict(card.attributes),
    )


def _origins(session: Session, card: Card) -> list[From]:
    """Return where the stretches of a card's text come from, in the order of the text."""
    statement = select(Excerpt).where(Excerpt.card_id == card.id).order_by(col(Excerpt.place))
    found, at = [], 0
    for one in session.exec(statement):
        found.append(From(one.source_id, Stretch(one.start, one.stop), at))
        at += one.stop - one.start + len(JOINT)
    return found


def _single(card: Card, origins: Sequence[From]) -> From | None:
    """Return the passage that a card is, whole; None for a card that is none or several."""
    if len(origins) != 1:
        return None
    length = origins[0].source.stop - origins[0].source.start
    return origins[0] if length == len(card.text) else None


def _shared(origin: From, piece: Stretch) -> Iterator[tuple[int, Stretch]]:
    length = origin.source.stop - origin.source.start
    first, last = max(piece.start, origin.at), min(piece.stop, origin.at + length)
    if first < last:
        offset = origin.source.start - origin.at
        yield origin.source_id, Stretch(first + offset, last + offset)


def _keep(
    session: Session, study_id: int, card_id: int, passages: Sequence[tuple[int, Stretch]]
) -> None:
    rows = [(card_id, place, source_id, one) for place, (source_id, one) in enumerate(passages)]
    keep_excerpts(session, study_id, rows)


def _replace(
    session: Session,
    old: Sequence[Card],
    new_ids: Sequence[int],
    kind: LineageKind,
    reason: str,
    by: int,
) -> None:
    set_aside(session, old, "split" if kind is LineageKind.SPLIT else "merged")
    session.add_all(
        CardLineage(
            from_id=card.id or 0,
            to_id=new_id,
            study_id=card.study_id,
            kind=kind.value,
            reason=reason,
            by_id=by,
            at=now(),
        )
        for card in old
        for new_id in new_ids
    )


def _record(
    session: Session, card: Card, kind: str, subject: str, detail: Mapping[str, object], by: int
) -> None:
    record(session, card.study_id, account_id=by, kind=kind, subject=subject, detail=detail)
