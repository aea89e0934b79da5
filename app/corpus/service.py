"""The cards of a study: importing, finding and reading them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import column, distinct, func, insert, table, true, update
from sqlmodel import Session, col, select

from app.activity.service import record
from app.corpus.columns import Mapped
from app.corpus.drafts import CardDraft, drafts, objections
from app.corpus.findings import NOTHING, check_settled, warnings_of
from app.corpus.imports import Choices, ImportResult, Known, Prepared, Settled, settle
from app.corpus.models import Card
from app.corpus.search import EVERY_CARD, CardFilter, conditions, pairs_of, search_text
from app.db import now
from app.errors import Conflict, Invalid, NotFound
from app.tables.table import Table

CARDS_ON_A_PAGE = 50
CARDS_AT_ONCE = 1_000
COMPARED = ("title", "text", "source_url", "attributes")
MOST_VALUES_TO_CHOOSE_FROM = 20

# Rounds belong to a feature further up; only the frozen state of a card is asked of them.
_assignment = table("assignment", column("card_id"), column("round_id"))
_round = table("round", column("id"), column("study_id"), column("phase"))
_study = table("study", column("id"), column("seq"))


Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class CardPage:
    """One page of the cards that were asked for."""

    cards: Sequence[Card]
    total: int
    page_no: int
    n_pages: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A card's place among the cards that were asked for."""

    previous_id: int | None
    next_id: int | None


def n_cards(session: Session, study_id: int, wanted: CardFilter = EVERY_CARD) -> int:
    """Return how many cards of the study are meant."""
    statement = select(func.count()).select_from(Card)
    return session.exec(statement.where(*conditions(session, study_id, wanted))).one()


def cards(
    session: Session, study_id: int, wanted: CardFilter = EVERY_CARD, page_no: int = 1
) -> CardPage:
    """Return one page of the cards that are meant, in the order they were imported."""
    total = n_cards(session, study_id, wanted)
    n_pages = max(1, -(-total // CARDS_ON_A_PAGE))
    page_no = min(max(page_no, 1), n_pages)
    statement = (
        select(Card)
        .where(*conditions(session, study_id, wanted))
        .order_by(col(Card.position), col(Card.id))
        .offset((page_no - 1) * CARDS_ON_A_PAGE)
        .limit(CARDS_ON_A_PAGE)
    )
    return CardPage(session.exec(statement).all(), total, page_no, n_pages)


def matching_card_ids(
    session: Session, study_id: int, wanted: CardFilter = EVERY_CARD
) -> list[int]:
    """Return the ids of the cards that are meant, in the order they were imported."""
    statement = (
        select(col(Card.id))
        .where(*conditions(session, study_id, wanted))
        .order_by(col(Card.position), col(Card.id))
    )
    return [card_id for card_id in session.exec(statement) if card_id is not None]


def card(session: Session, study_id: int, card_id: int) -> Card:
    """Return a card of this study; one of another study is as good as none."""
    found = session.get(Card, card_id)
    if found is None or found.study_id != study_id:
        raise NotFound
    return found


def neighbours(session: Session, of: Card, wanted: CardFilter = EVERY_CARD) -> Neighbours:
    """Return the cards before and after this one among those that are meant."""
    meant = conditions(session, of.study_id, wanted)
    place = col(Card.position)
    ids = select(col(Card.id)).where(*meant)
    before = session.exec(ids.where(place < of.position).order_by(place.desc()).limit(1)).first()
    after = session.exec(ids.where(place > of.position).order_by(place).limit(1)).first()
    return Neighbours(before, after)


def attribute_values(session: Session, study_id: int) -> dict[str, list[tuple[str, int]]]:
    """Return the attributes with few values, and how many cards have each of them."""
    pairs = pairs_of(session)
    n_values = func.count(distinct(pairs.c.value))
    in_study = (
        select(pairs.c.key).select_from(Card).join(pairs, true()).where(Card.study_id == study_id)
    )
    few = in_study.group_by(pairs.c.key).having(n_values.between(2, MOST_VALUES_TO_CHOOSE_FROM))
    names = list(session.exec(few).all())
    counted = (
        select(pairs.c.key, pairs.c.value, func.count())
        .select_from(Card)
        .join(pairs, true())
        .where(Card.study_id == study_id, pairs.c.key.in_(names), pairs.c.value != "")
        .group_by(pairs.c.key, pairs.c.value)
        .order_by(pairs.c.key, func.count().desc(), pairs.c.value)
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for name, value, count in session.exec(counted).all() if names else ():
        found.setdefault(name, []).append((value, count))
    return found


def known_cards(session: Session, study_id: int) -> Known:
    """Return the ids and texts that the study has, in two queries."""
    seq = _seq(session, study_id)
    rows = session.exec(
        select(Card.id, Card.key, Card.key_folded, Card.text_hash)
        .where(Card.study_id == study_id)
        .order_by(col(Card.id).desc())  # of cards with one text the oldest is named
    ).all()
    return Known(
        seq=seq,
        keys=tuple(row[1] for row in rows),
        ids={row[2]: row[0] for row in rows if row[0] is not None},
        key_of_text={row[3]: row[1] for row in rows},
    )


def prepare(session: Session, study_id: int, of: Table, mapping: Mapped) -> Prepared:
    """Return what importing the table would meet; a session for reading is enough."""
    known = known_cards(session, study_id)
    report = drafts(of, mapping, known.keys, known.key_of_text)
    return Prepared(of, mapping, known, report)


def frozen_card_ids(session: Session, study_id: int) -> set[int]:
    """Return the cards that lie in a round which was opened: what coders saw stays as it was."""
    statement = (
        select(_assignment.c.card_id)
        .distinct()
        .select_from(_assignment.join(_round, _round.c.id == _assignment.c.round_id))
        .where(_round.c.study_id == study_id, _round.c.phase != "draft")
    )
    return set(session.connection().execute(statement).scalars())


def import_cards(
    session: Session,
    study_id: int,
    prepared: Prepared,
    choices: Choices,
    *,
    account_id: int | None,
    file_name: str,
    advance: Advance | None = None,
) -> ImportResult:
    """Store the cards of a table, all of them or none.

    Raises `Invalid` while a doubtful row is undecided, and `Conflict` when a card that coders
    have seen would change. `advance` is told how many cards were stored since the last time.
    """
    if _seq(session, study_id) != prepared.known.seq:
        prepared = prepare(session, study_id, prepared.table, prepared.mapping)
    check_settled(prepared.report, choices)
    settled = settle(prepared, choices)
    n_updated = _replace(session, study_id, settled)
    _insert(session, study_id, settled.new, advance)
    result = ImportResult(
        created=len(settled.new),
        updated=n_updated,
        skipped=settled.n_skipped + len(settled.replacing) - n_updated,
        warnings=warnings_of(prepared.report, choices, prepared.table),
    )
    counts = {"created": result.created, "updated": n_updated, "skipped": result.skipped}
    record(
        session,
        study_id,
        account_id=account_id,
        kind="cards imported",
        subject=file_name,
        detail=counts,
    )
    return result


def add_cards(session: Session, study_id: int, new: Sequence[CardDraft]) -> list[int]:
    """Store cards that somebody made, all of them or none, and return their ids in that order."""
    for draft in new:
        for sentence in objections(draft):
            raise Invalid(f"{draft.id}: {sentence} Nothing was changed.")
    known = known_cards(session, study_id)
    seen: set[str] = set()
    for draft in new:
        if draft.id_key in known.ids or draft.id_key in seen:
            raise Conflict(f"You already have a card {draft.id}. Nothing was changed.")
        seen.add(draft.id_key)
    _insert(session, study_id, new, None)
    ids = known_cards(session, study_id).ids
    return [ids[draft.id_key] for draft in new]


def _seq(session: Session, study_id: int) -> int:
    """Return the study's counter of acts: while it stands still, nothing was imported."""
    statement = select(_study.c.seq).where(_study.c.id == study_id)
    return int(session.connection().execute(statement).scalar_one())


def _replace(session: Session, study_id: int, settled: Settled) -> int:
    """Change the cards that differ from their rows and return how many did."""
    if not settled.replacing:
        return 0
    old = _contents(session, study_id)
    changed = [
        {"id": card_id, **_content(draft)}
        for card_id, draft in settled.replacing.items()
        if old[card_id] != tuple(map(_content(draft).get, COMPARED))
    ]
    frozen = frozen_card_ids(session, study_id)
    n_frozen = sum(row["id"] in frozen for row in changed)
    if n_frozen:
        raise Conflict(
            f"{n_frozen:,} of the cards to replace lie in a round that was opened. What coders "
            f"have seen stays as it was: skip these rows. {NOTHING}"
        )
    if changed:
        session.execute(update(Card), changed)
    return len(changed)


def _contents(session: Session, study_id: int) -> dict[int, tuple[Any, ...]]:
    columns = (col(Card.id), *(getattr(Card, name) for name in COMPARED))
    statement = sqlalchemy.select(*columns).where(col(Card.study_id) == study_id)
    return {row[0]: tuple(row[1:]) for row in session.connection().execute(statement)}


def _insert(
    session: Session, study_id: int, new: Sequence[CardDraft], advance: Advance | None
) -> None:
    highest = session.exec(select(func.max(Card.position)).where(Card.study_id == study_id)).one()
    start, created_at = (highest or 0) + 1, now()
    for first in range(0, len(new), CARDS_AT_ONCE):
        rows = [
            {
                "study_id": study_id,
                "key": draft.id,
                "key_folded": draft.id_key,
                "position": start + first + i,
                "created_at": created_at,
                **_content(draft),
            }
            for i, draft in enumerate(new[first : first + CARDS_AT_ONCE])
        ]
        session.connection().execute(insert(Card), rows)
        if advance is not None:
            advance(len(rows))


def _content(draft: CardDraft) -> dict[str, Any]:
    return {
        "title": draft.title,
        "text": draft.text,
        "source_url": draft.source_url or "",
        "attributes": draft.attributes,
        "text_hash": draft.text_hash,
        "search_text": search_text(draft.id, draft.title, draft.text, draft.attributes),
    }
