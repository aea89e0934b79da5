"""Placements with what they count as, for pages and files that show more of them than answers."""

from sqlalchemy import ColumnElement
from sqlmodel import Session

from app.coding.aligned import Answers, answers_of, counted_as
from app.coding.models import Placement, Round
from app.coding.rules import Value
from app.coding.visibility import Viewer, visible_placements


def placements_seen(
    session: Session, viewer: Viewer, round_: Round, *conditions: ColumnElement[bool]
) -> list[Placement]:
    """Return the placements that the viewer may see and that were not taken back, as they count.

    After an alignment they are copies with what their piles count as; no session knows these.
    """
    visible = visible_placements(viewer, round_).where(
        Placement.value != Value.NOT_JUDGED, *conditions
    )
    rows = session.exec(visible).all()
    answers = answers_of(session, round_)
    return [_as_counted(one, answers) for one in rows] if answers else list(rows)


def _as_counted(one: Placement, answers: Answers) -> Placement:
    value, ids = counted_as(answers, one.coder_id, one.value, one.category_ids, one.pile_numbers)
    return Placement(**{**one.model_dump(), "value": value, "category_ids": list(ids)})
