"""What coders say of cards, as it is counted: read through `visibility`, as every placement is."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Text, cast
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.coding.aligned import answers_of, counted_as
from app.coding.models import Placement, Round, RoundCoder
from app.coding.rules import Value
from app.coding.visibility import NOBODY, Viewer, visible_placements


@lru_cache(maxsize=4096)
def listed(stored: str | None) -> tuple[int, ...]:
    """Return the numbers of a list that is stored as JSON text."""
    # Few sets of categories occur, thousands of times each.
    return tuple(json.loads(stored)) if stored else ()


class Judged(NamedTuple):
    """What one coder says of one card; a tuple, for a closing reads tens of thousands."""

    card_id: int
    coder_id: int
    value: str
    category_ids: tuple[int, ...]
    confidence: int | None


def judged(
    session: Session,
    viewer: Viewer,
    round_: Round,
    facet_id: int,
    *conditions: ColumnElement[bool],
) -> list[Judged]:
    """Return the judgements on a facet that the viewer may see, without taken-back ones."""
    visible = visible_placements(viewer, round_).where(
        Placement.facet_id == facet_id, Placement.value != Value.NOT_JUDGED, *conditions
    )
    return _read(session, round_, visible)


def judged_on_card(session: Session, round_: Round, facet_id: int, card_id: int) -> list[Judged]:
    """Return all judgements of one card of a closed round; for rules, never to be shown."""
    coders = select(RoundCoder.coder_id).where(RoundCoder.round_id == round_.id)
    on_card = visible_placements(NOBODY, round_).where(
        # By coder as well: the index that keeps turns apart then leads straight to the card.
        col(Placement.coder_id).in_(coders),
        Placement.facet_id == facet_id,
        Placement.card_id == card_id,
        Placement.value != Value.NOT_JUDGED,
    )
    return _read(session, round_, on_card)


def _read(session: Session, round_: Round, visible: SelectOfScalar[Placement]) -> list[Judged]:
    statement = visible.with_only_columns(
        col(Placement.card_id),
        col(Placement.coder_id),
        col(Placement.value),
        cast(col(Placement.category_ids), Text),
        cast(col(Placement.pile_numbers), Text),
        col(Placement.confidence),
    )
    rows = session.connection().execute(statement).all()
    answers = answers_of(session, round_)
    return [
        Judged(
            card, coder, *counted_as(answers, coder, value, listed(ids), listed(piles)), confidence
        )
        for card, coder, value, ids, piles, confidence in rows
    ]


def placed_in_piles(
    session: Session, viewer: Viewer, round_: Round, facet_id: int
) -> Sequence[Placement]:
    """Return what the viewer may see of a facet with own piles: as it was said, in piles."""
    visible = visible_placements(viewer, round_).where(
        Placement.facet_id == facet_id, Placement.value != Value.NOT_JUDGED
    )
    return session.exec(visible).all()
