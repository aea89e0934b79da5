"""The team's own order of the agenda, facet by facet."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from app.coding.models import Round
from app.coding.rules import Phase
from app.errors import Conflict, NotFound
from app.negotiation.agenda.arranging import Placed, Way, card_moved, cluster_moved
from app.negotiation.agenda.flags import Finding, in_order
from app.negotiation.agenda.listing import entries
from app.negotiation.agenda.ordering import with_duplicates_together
from app.negotiation.differing import IS_DISAGREEMENT
from app.negotiation.events import note_event
from app.negotiation.models import Disagreement
from app.negotiation.naming import facet_of, texts_of
from app.negotiation.rules import Flag


def move_cluster(
    session: Session, round_: Round, facet_id: int, key: str, way: Way, *, by: int
) -> None:
    """Put a cluster before or after its neighbour, or before all others of the facet."""
    order = _order(session, round_, facet_id)
    if key not in {one.key for one in order}:
        raise Conflict("This pair is not on the agenda any more. The order was not changed.")
    _write(session, [one.id for one in order], cluster_moved(order, key, way))
    _note(session, round_, facet_id, by, {"what": "pair", "way": way})


def move_card(
    session: Session, round_: Round, facet_id: int, card: int, way: Way, *, by: int
) -> None:
    """Put a disagreement before or after its neighbour, or at the top of its cluster."""
    order = _order(session, round_, facet_id)
    if card not in {one.id for one in order}:
        raise NotFound
    _write(session, [one.id for one in order], card_moved(order, card, way))
    _note(session, round_, facet_id, by, {"what": "card", "way": way})


def restore_order(session: Session, round_: Round, facet_id: int, *, by: int) -> None:
    """Go back to the order that Concord suggested when the round closed."""
    order = [one.id for one in _order(session, round_, facet_id)]
    found = _findings(session, round_, facet_id)
    texts = texts_of(session, [one.card_id for one in found.values()])
    by_card = {one.card_id: id_ for id_, one in found.items()}
    suggested = with_duplicates_together(in_order(found.values()), texts)
    _write(session, order, [by_card[one.card_id] for one in suggested])
    _note(session, round_, facet_id, by, {"what": "all", "way": "suggested"})


def _order(session: Session, round_: Round, facet_id: int) -> list[Placed]:
    """Return the order as it is, held until the end of the transaction."""
    facet_of(session, round_, facet_id)
    session.refresh(round_, with_for_update=True)  # two who move at once take turns
    if round_.phase != Phase.NEGOTIATING:
        raise Conflict(f"This round is {round_.phase}; its agenda changes no more.")
    found = entries(session, round_.id or 0, facet_id)
    if found.sealed:
        raise Conflict(
            "Statements are still missing on this facet. The order can be changed when all cards "
            "are open; nothing was changed."
        )
    return [Placed(one.id, one.key) for one in found.talked]


def _write(session: Session, before: Sequence[int], after: Sequence[int]) -> None:
    moved = [
        {"moved_id": now, "to": place}
        for place, (was, now) in enumerate(zip(before, after, strict=True))
        if was != now
    ]
    if not moved:
        return
    statement = (
        update(Disagreement)
        .where(col(Disagreement.id) == bindparam("moved_id"))
        .values(place=bindparam("to"))
    )
    session.connection().execute(statement, moved)


def _findings(session: Session, round_: Round, facet_id: int) -> dict[int, Finding]:
    statement = select(
        col(Disagreement.id),
        col(Disagreement.card_id),
        col(Disagreement.flag),
        col(Disagreement.cluster),
        col(Disagreement.cluster_size),
        col(Disagreement.flags),
        col(Disagreement.divergence),
    ).where(
        col(Disagreement.round_id) == round_.id,
        col(Disagreement.facet_id) == facet_id,
        IS_DISAGREEMENT,
    )
    return {
        row[0] or 0: Finding(row[1], Flag(row[2]), row[3], row[4], row[5], row[6])
        for row in session.connection().execute(statement)
    }


def _note(
    session: Session, round_: Round, facet_id: int, by: int, detail: dict[str, object]
) -> None:
    facet = facet_of(session, round_, facet_id)
    note_event(session, round_, None, "reordered", by=by, detail={"facet": facet.name, **detail})
