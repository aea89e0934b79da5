"""What goes into a file of placements or labels, and who may have it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.codebook.content import FacetContent
from app.coding.assistance import Assistance
from app.coding.counted import placements_seen
from app.coding.measuring import coders_of_round, facets_of_round
from app.coding.models import Assignment, Placement, Round
from app.coding.pile_rules import described, names_of
from app.coding.rounds import (
    has_figures,
    protocol_of,
    rounds_of,
    waits_for_alignment,
)
from app.coding.rules import (
    Sort,
    Value,
)
from app.coding.seals import check_positions_open
from app.coding.seen_piles import piles_seen
from app.coding.seen_suggestions import suggestions_seen
from app.coding.suggestion_models import Suggestion
from app.coding.visibility import Viewer
from app.corpus.models import Card
from app.errors import Conflict
from app.exports.tables import LabelRow, PlacementRow
from app.negotiation.rules import Outcome
from app.resolution.labels import FinalLabel, final_labels
from app.resolution.study_labels import (
    StudyLabel,
    labels_of_study,
    version_numbers,
    with_later_names,
)
from app.studies.service import members


@dataclass(frozen=True, slots=True)
class PlacementsFile:
    """The rows of a file of placements, and whether they are one coder's own only."""

    rows: tuple[PlacementRow, ...]
    is_own_only: bool
    has_piles: bool = False
    is_aligned: bool = False
    has_suggestions: bool = False


def newest_closed_round(session: Session, study_id: int) -> Round:
    """Return the round that closed last, an unaligned one only where there is no other.

    Refuses while none has.
    """
    rounds = [one for one in rounds_of(session, study_id) if one.closed_at is not None]
    closed = [one for one in rounds if has_figures(one)] or rounds
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
    if not is_open:
        check_positions_open(session, round_)
    found = placements_seen(session, viewer, round_)
    cards = _cards(session, round_)
    facets = {facet.id: facet for facet in facets_of_round(session, round_)}
    labels = {coder.id: coder.label for coder in coders}
    places = {coder.id: place for place, coder in enumerate(coders)}
    piles = piles_seen(session, viewer, round_)
    is_aligned = round_.aligned_at is not None
    shown = suggestions_seen(session, viewer, round_)
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
            categories=(
                *_names(facets[one.facet_id], one.value, one.category_ids),
                *(() if is_aligned else names_of(piles.get(one.coder_id, ()), one.pile_numbers)),
            ),
            memo=one.memo,
            confidence=one.confidence,
            round=round_.name,
            piles=described(piles.get(one.coder_id, ()), one.pile_numbers),
            pile_names=tuple(names_of(piles.get(one.coder_id, ()), one.pile_numbers)),
            suggested=_suggested(facets[one.facet_id], shown, one),
        )
        for one in ordered
    )
    return PlacementsFile(
        rows,
        is_own_only=is_open,
        has_piles=round_.sort != Sort.CLOSED,
        is_aligned=is_aligned,
        has_suggestions=Assistance.SUGGESTED_CATEGORY in protocol_of(round_).assistance,
    )


def labels_of(session: Session, round_: Round) -> tuple[LabelRow, ...]:
    """Return the final labels of a closed round, facet by facet, in the order of the cards."""
    if round_.closed_at is None:
        raise Conflict(f"{round_.name} has not closed. There are no final labels before that.")
    if reason := waits_for_alignment(round_):
        raise Conflict(reason)
    check_positions_open(session, round_)
    cards = _cards(session, round_)
    people = _People(session, round_)
    version = version_numbers(session, round_.study_id).get(round_.codebook_version_id, 0)
    rows = []
    for facet in facets_of_round(session, round_):
        labels = final_labels(session, round_, facet)
        named = with_later_names(session, facet, labels)
        for label in sorted(labels, key=lambda one: cards[one.card_id].position):
            found = StudyLabel(label, named, round_, version)
            rows.append(_label_row(found, cards[label.card_id], people))
    return tuple(rows)


def labels_of_whole_study(session: Session, study_id: int) -> tuple[LabelRow, ...]:
    """Return what each card counts as in the end, whichever round came to it."""
    found = labels_of_study(session, study_id)
    people = {one.round.id: _People(session, one.round) for one in found}
    cards: dict[int, Card] = {}
    for one in {one.round.id: one.round for one in found}.values():
        cards |= _cards(session, one)
    return tuple(_label_row(one, cards[one.label.card_id], people[one.round.id]) for one in found)


class _People:
    """Names people as the negotiation of a round does: coders by label, others by role."""

    def __init__(self, session: Session, round_: Round) -> None:
        everybody = members(session, round_.study_id)
        self._roles = {member.id: member.role.title() for member in everybody}
        self._coders = {one.id: one.label for one in coders_of_round(session, round_)}

    def decider(self, label: FinalLabel) -> str:
        """Return who decided; an arbiter by role alone."""
        member_id = label.decided_by or 0
        role = self._roles.get(member_id, "")
        if label.outcome is Outcome.ARBITRATED:
            return role
        return self._coders.get(member_id, role)

    def dissents(self, label: FinalLabel) -> str:
        return "\n".join(
            f"{self._coders.get(one.member_id, 'A coder')}: {one.text}" for one in label.dissents
        )


def _cards(session: Session, round_: Round) -> dict[int, Card]:
    assigned = select(Assignment.card_id).where(Assignment.round_id == round_.id)
    statement = select(Card).where(col(Card.id).in_(assigned))
    return {card.id: card for card in session.exec(statement) if card.id is not None}


def _suggested(
    facet: FacetContent, shown: Mapping[tuple[int, int, int, int], Suggestion], one: Placement
) -> tuple[str, float] | None:
    """Return the category that was in view when a coder judged; not when one was taken back."""
    found = shown.get((one.coder_id, one.card_id, one.facet_id, one.turn))
    if found is None or one.undoes is not None:
        return None
    return _names(facet, Value.CATEGORIES, (found.category_id,))[0], found.confidence


def _names(facet: FacetContent, value: str, category_ids: Iterable[int]) -> tuple[str, ...]:
    if value != Value.CATEGORIES:
        return (value,)
    wanted = set(category_ids)
    return tuple(category.name for category in facet.categories if category.id in wanted)


def _label_row(found: StudyLabel, card: Card, people: _People) -> LabelRow:
    label, facet = found.label, found.facet
    current = label.current
    value = current if current and not label.category_ids else Value.CATEGORIES
    was = label.migrated.from_ids if label.migrated else ()
    return LabelRow(
        card_id=card.key,
        title=card.title,
        facet=facet.name,
        categories=_names(facet, value, label.category_ids),
        provenance=label.provenance.value,
        n_coders=label.n_coders,
        rationale=label.rationale,
        round=found.round.name,
        outcome=label.outcome or "",
        cause=label.cause or "",
        decided_by=people.decider(label),
        decided_at=label.decided_at.isoformat(timespec="seconds") if label.decided_at else "",
        dissent=people.dissents(label),
        migrated_from=_names(facet, Value.CATEGORIES, was),
        codebook_version=str(found.version or ""),
        stale_since="" if label.stale_since is None else str(label.stale_since),
    )
