"""What goes into a file of placements or labels, and who may have it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.codebook.content import FacetContent
from app.coding.measuring import coders_of_round, facets_of_round
from app.coding.models import Assignment, Placement, Round
from app.coding.rounds import rounds_of
from app.coding.rules import Value
from app.coding.visibility import Viewer, visible_placements
from app.corpus.models import Card
from app.errors import Conflict
from app.exports.tables import LabelRow, PlacementRow
from app.resolution.labels import FinalLabel, final_labels
from app.studies.service import members


@dataclass(frozen=True, slots=True)
class PlacementsFile:
    """The rows of a file of placements, and whether they are one coder's own only."""

    rows: tuple[PlacementRow, ...]
    is_own_only: bool


def newest_closed_round(session: Session, study_id: int) -> Round:
    """Return the round that closed last; refuses while none has."""
    closed = [one for one in rounds_of(session, study_id) if one.closed_at is not None]
    if not closed:
        raise Conflict("No round of this study has closed yet, so there is nothing to export.")
    return max(closed, key=lambda one: (one.closed_at, one.number))


def placements_of(session: Session, viewer: Viewer, round_: Round) -> PlacementsFile:
    """Return the placements of a round as this viewer may have them.

    While the round is open a coder gets their own and everybody else is refused.
    """
    coders = coders_of_round(session, round_)
    is_open = round_.closed_at is None
    if is_open and viewer.member_id not in {coder.id for coder in coders}:
        raise Conflict(f"{round_.name} has not closed. Its placements can be exported when it has.")
    statement = visible_placements(viewer, round_).where(Placement.value != Value.NOT_JUDGED)
    found = session.exec(statement).all()
    cards = _cards(session, round_)
    facets = {facet.id: facet for facet in facets_of_round(session, round_)}
    labels = {coder.id: coder.label for coder in coders}
    places = {coder.id: place for place, coder in enumerate(coders)}
    orders = {facet_id: place for place, facet_id in enumerate(facets)}
    ordered = sorted(
        found,
        key=lambda one: (
            cards[one.card_id].position,
            places[one.coder_id],
            orders[one.facet_id],
        ),
    )
    rows = tuple(
        PlacementRow(
            card_id=cards[one.card_id].key,
            coder=labels[one.coder_id],
            facet=facets[one.facet_id].name,
            categories=_names(facets[one.facet_id], one.value, one.category_ids),
            memo=one.memo,
            confidence=one.confidence,
            round=round_.name,
        )
        for one in ordered
    )
    return PlacementsFile(rows, is_own_only=is_open)


def labels_of(session: Session, round_: Round) -> tuple[LabelRow, ...]:
    """Return the final labels of a closed round, facet by facet, in the order of the cards."""
    if round_.closed_at is None:
        raise Conflict(f"{round_.name} has not closed. There are no final labels before that.")
    cards = _cards(session, round_)
    # As the negotiation names them: coders by label, others by role.
    names = {member.id: member.role.title() for member in members(session, round_.study_id)}
    names |= {coder.id: coder.label for coder in coders_of_round(session, round_)}
    return tuple(
        _label_row(round_, facet, cards[label.card_id], label, names)
        for facet in facets_of_round(session, round_)
        for label in sorted(
            final_labels(session, round_, facet), key=lambda one: cards[one.card_id].position
        )
    )


def _cards(session: Session, round_: Round) -> dict[int, Card]:
    assigned = select(Assignment.card_id).where(Assignment.round_id == round_.id)
    statement = select(Card).where(col(Card.id).in_(assigned))
    return {card.id: card for card in session.exec(statement) if card.id is not None}


def _names(facet: FacetContent, value: str, category_ids: Iterable[int]) -> tuple[str, ...]:
    if value != Value.CATEGORIES:
        return (value,)
    wanted = set(category_ids)
    return tuple(category.name for category in facet.categories if category.id in wanted)


def _label_row(
    round_: Round,
    facet: FacetContent,
    card: Card,
    label: FinalLabel,
    names: Mapping[int, str],
) -> LabelRow:
    value = label.answer if label.answer and not label.category_ids else Value.CATEGORIES
    return LabelRow(
        card_id=card.key,
        title=card.title,
        facet=facet.name,
        categories=_names(facet, value, label.category_ids),
        provenance=label.provenance.value,
        n_coders=label.n_coders,
        rationale=label.rationale,
        round=round_.name,
        outcome=label.outcome or "",
        cause=label.cause or "",
        decided_by=names.get(label.decided_by or 0, ""),
        decided_at=label.decided_at.isoformat(timespec="seconds") if label.decided_at else "",
    )
