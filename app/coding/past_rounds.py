"""Writing a round that was coded before: its cards, coders and judgements all at once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import Session

from app.coding.drafts import RoundDraft, create_round
from app.coding.models import Assignment, Placement, Round, RoundCoder
from app.coding.rounds import begin, move_to, round_id_of
from app.coding.rules import Phase, Value
from app.db import now
from app.studies.models import Study

ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class PastPlacement:
    """What a coder said of a card on a facet."""

    coder_id: int
    card_id: int
    facet_id: int
    value: Value
    category_ids: tuple[int, ...] = ()
    confidence: int | None = None
    memo: str = ""
    is_gated: bool = False


def write_past_round(
    session: Session,
    study_id: int,
    draft: RoundDraft,
    hands: Mapping[int, Sequence[int]],
    placements: Sequence[PastPlacement],
    *,
    by: int | None,
) -> Round:
    """Return an open round that holds these judgements; the caller closes it.

    `hands` are each coder's cards in their order. A coder who judged all of them on every facet
    counts as having handed in.
    """
    round_ = create_round(session, study_id, draft, by=by)
    move_to(session, round_, Phase.OPEN)
    begin(round_, session.get_one(Study, study_id))
    session.flush()  # the bulk inserts below bypass the session
    done = _done(draft, placements)
    _insert(session, Assignment, _assignments(round_id_of(round_), hands, done))
    _insert(session, Placement, _placements(round_, placements))
    _count_anew(session)
    acts = Counter(placement.coder_id for placement in placements)
    for coder_id, hand in hands.items():
        coder = session.get_one(RoundCoder, (round_id_of(round_), coder_id))
        coder.n_acts = acts[coder_id]
        coder.submitted_at = now() if done.issuperset((coder_id, card) for card in hand) else None
        session.add(coder)
    return round_


def _count_anew(session: Session) -> None:
    """Tell PostgreSQL how many rows there are now: closing asks at once, and would wait long."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("ANALYZE assignment, placement"))


def _done(draft: RoundDraft, placements: Sequence[PastPlacement]) -> set[tuple[int, int]]:
    """Return coder and card of what was judged on every facet."""
    judged = Counter((placement.coder_id, placement.card_id) for placement in placements)
    return {place for place, count in judged.items() if count == len(draft.facet_ids)}


def _assignments(
    round_id: int, hands: Mapping[int, Sequence[int]], done: set[tuple[int, int]]
) -> Iterator[dict[str, Any]]:
    for coder_id, hand in hands.items():
        for position, card_id in enumerate(hand):
            yield {
                "round_id": round_id,
                "coder_id": coder_id,
                "position": position,
                "card_id": card_id,
                "is_done": (coder_id, card_id) in done,
                "is_parked": False,
            }


def _placements(round_: Round, placements: Sequence[PastPlacement]) -> Iterator[dict[str, Any]]:
    acts: Counter[int] = Counter()
    head = {"study_id": round_.study_id, "round_id": round_.id, "turn": 1, "at": now()}
    for placement in placements:
        acts[placement.coder_id] += 1
        yield {
            **head,
            "coder_id": placement.coder_id,
            "card_id": placement.card_id,
            "facet_id": placement.facet_id,
            "act": acts[placement.coder_id],
            "value": placement.value,
            "category_ids": sorted(placement.category_ids),
            "confidence": placement.confidence,
            "memo": placement.memo,
            "is_gated": placement.is_gated,
        }


def _insert(
    session: Session, table: type[Assignment | Placement], rows: Iterator[dict[str, Any]]
) -> None:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        session.connection().execute(insert(table), some)
