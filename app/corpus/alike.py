"""Cards that are nearly alike: found once, decided upon by a lead, and kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.activity.service import record
from app.corpus.imports import Prepared
from app.corpus.likeness import Alike, alike
from app.corpus.models import AlikePair, AlikeSearch, Card
from app.corpus.setting_aside import locked_cards, set_aside
from app.db import insert_new, now
from app.errors import Conflict, Invalid, NotFound

MOST_COMPARED = 20_000
PAIRS_ON_A_PAGE = 20


class Verdict(StrEnum):
    """What a lead made of two cards that are nearly alike."""

    STAY = "stay"
    FIRST_ASIDE = "first"
    SECOND_ASIDE = "second"


@dataclass(frozen=True, slots=True)
class Found:
    """The pairs among the cards that were compared, not stored yet."""

    pairs: Sequence[tuple[int, int, float]]
    last_card_id: int
    n_cards: int


@dataclass(frozen=True, slots=True)
class Looked:
    """When the cards were last compared, and how many came since; never, without `at`."""

    at: datetime | None
    n_cards: int
    n_new: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two cards in use that nobody has decided upon."""

    first: Card
    second: Card
    likeness: float


@dataclass(frozen=True, slots=True)
class Coming:
    """A row of a file and what it is nearly like: a card of the study, or an earlier row."""

    key: str
    text: str
    like_key: str
    like_text: str
    is_in_file: bool
    likeness: float


def find_alike(session: Session, study_id: int) -> Found:
    """Compare the cards in use; a session for reading is enough, and the work takes its time."""
    rows = _in_use(session, study_id)
    check_number(len(rows))
    pairs = [
        (rows[one.first][0], rows[one.second][0], one.likeness)
        for one in alike([text for _, _, text in rows])
    ]
    return Found(pairs, rows[-1][0] if rows else 0, len(rows))


def _in_use(session: Session, study_id: int) -> list[tuple[int, str, str]]:
    statement = (
        select(Card.id, Card.key, Card.text)
        .where(Card.study_id == study_id, col(Card.set_aside_at).is_(None))
        .order_by(col(Card.id))
    )
    return [(card_id or 0, key, text) for card_id, key, text in session.exec(statement)]


def check_number(n_cards: int) -> None:
    if n_cards > MOST_COMPARED:
        raise Invalid(
            f"These are {n_cards:,} cards; at most {MOST_COMPARED:,} can be compared with each "
            "other here. Nothing was changed."
        )


def keep_alike(session: Session, study_id: int, found: Found) -> int:
    """Store the pairs that are new, and return how many were; what was decided stands."""
    at = now()
    n_new = 0
    for first_id, second_id, likeness in found.pairs:
        row = {"first_id": first_id, "second_id": second_id, "study_id": study_id}
        n_new += insert_new(
            session, AlikePair, {**row, "likeness": likeness, "verdict": "", "found_at": at}
        )
    search = session.get(AlikeSearch, study_id)
    if search is None:
        search = AlikeSearch(study_id=study_id, last_card_id=0, n_cards=0, at=at)
    search.last_card_id, search.n_cards, search.at = found.last_card_id, found.n_cards, at
    session.add(search)
    return n_new


def looked(session: Session, study_id: int) -> Looked:
    search = session.get(AlikeSearch, study_id)
    statement = select(func.count()).where(
        Card.study_id == study_id,
        col(Card.set_aside_at).is_(None),
        col(Card.id) > (search.last_card_id if search else 0),
    )
    n_new = session.exec(statement).one()
    return Looked(search.at, search.n_cards, n_new) if search else Looked(None, 0, n_new)


def open_pairs(session: Session, study_id: int, page_no: int) -> tuple[list[Pair], int]:
    """Return a page of the pairs that wait for a decision, the most alike first, and how many."""
    first, second = aliased(Card), aliased(Card)
    waiting = (
        select(first, second, AlikePair.likeness)
        .join(AlikePair, col(AlikePair.first_id) == first.id)
        .join(second, col(AlikePair.second_id) == second.id)
        .where(
            AlikePair.study_id == study_id,
            AlikePair.verdict == "",
            first.set_aside_at.is_(None),  # type: ignore[union-attr]
            second.set_aside_at.is_(None),  # type: ignore[union-attr]
        )
    )
    total = session.exec(select(func.count()).select_from(waiting.subquery())).one()
    ordered = waiting.order_by(
        col(AlikePair.likeness).desc(), col(AlikePair.first_id), col(AlikePair.second_id)
    )
    start = (max(page_no, 1) - 1) * PAIRS_ON_A_PAGE
    rows = session.exec(ordered.offset(start).limit(PAIRS_ON_A_PAGE)).all()
    return [Pair(*row) for row in rows], total


def decide_pair(
    session: Session,
    study_id: int,
    ids: tuple[int, int],
    verdict: Verdict,
    *,
    reason: str,
    by: int,
) -> None:
    """Let both cards stay, or set one of them aside with a reason; said once for each pair."""
    cards = locked_cards(session, study_id, ids)
    pair = session.get(AlikePair, ids)
    if pair is None or pair.study_id != study_id:
        raise NotFound
    if pair.verdict:
        raise Conflict("Somebody has decided upon these two cards already. Nothing was changed.")
    pair.verdict, pair.decided_by, pair.decided_at = verdict.value, by, now()
    session.add(pair)
    if verdict is Verdict.STAY:
        return
    gone, kept = cards if verdict is Verdict.FIRST_ASIDE else reversed(cards)
    reason = reason or f"Nearly the same as {kept.key}."
    set_aside(session, [gone], reason)
    detail = {"reason": reason}
    record(session, study_id, account_id=by, kind="card set aside", subject=gone.key, detail=detail)


def alike_rows(session: Session, study_id: int, prepared: Prepared) -> list[Coming]:
    """Return the rows of an import that are nearly like a card or an earlier row, not the same."""
    known = [(key, text) for _, key, text in _in_use(session, study_id)]
    drafts = [
        (draft.id, draft.text)
        for draft in prepared.report.drafts
        if draft.id_key not in prepared.known.ids
    ]
    every = [*known, *drafts]
    check_number(len(every))
    found: Sequence[Alike] = alike([text for _, text in every], n_known=len(known))
    return [
        Coming(*every[one.second], *every[one.first], one.first >= len(known), one.likeness)
        for one in found
        if one.likeness < 1
    ]
