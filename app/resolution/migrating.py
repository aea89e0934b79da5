"""Final labels that a merge of categories maps to another: new records, the old ones stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.coding.rounds import (
    round_id_of,
    with_figures,
)
from app.coding.rules import Phase
from app.db import now
from app.resolution.labels import final_labels
from app.resolution.models import LabelMigration


@dataclass(frozen=True, slots=True)
class MappedLabel:
    """What a card counts as on a facet, before and after a merge."""

    round_id: int
    facet_id: int
    card_id: int
    from_ids: tuple[int, ...]
    to_ids: tuple[int, ...]


def mapped_labels(
    session: Session, study_id: int, merges: Mapping[int, Mapping[int, int]]
) -> list[MappedLabel]:
    """Return the final labels that merges would move.

    `merges` holds for each facet what each merged category goes into. The newest closed round
    that has a card says what it counts as.
    """
    found: list[MappedLabel] = []
    seen: set[tuple[int, int]] = set()
    closed = select(Round).where(
        Round.study_id == study_id, with_figures(), Round.phase != Phase.VOID
    )
    newest_first = (col(Round.closed_at).desc(), col(Round.number).desc())
    for round_ in session.exec(closed.order_by(*newest_first)).all() if merges else ():
        for facet in facets_of_round(session, round_):
            into = merges.get(facet.id, {})
            for label in final_labels(session, round_, facet) if into else ():
                place = (facet.id, label.card_id)
                if place in seen:
                    continue
                seen.add(place)
                if set(label.category_ids) & set(into):
                    found.append(_mapped(round_, place, label.category_ids, into))
    return found


def _mapped(
    round_: Round, place: tuple[int, int], before: Sequence[int], into: Mapping[int, int]
) -> MappedLabel:
    after = tuple(sorted({into.get(one, one) for one in before}))
    return MappedLabel(round_id_of(round_), *place, tuple(sorted(before)), after)


def migrate_labels(
    session: Session, study_id: int, version_id: int, mapped: Sequence[MappedLabel]
) -> None:
    """Store what the labels count as from this codebook version on."""
    at = now()
    for one in mapped:
        session.add(
            LabelMigration(
                study_id=study_id,
                version_id=version_id,
                round_id=one.round_id,
                facet_id=one.facet_id,
                card_id=one.card_id,
                from_ids=list(one.from_ids),
                to_ids=list(one.to_ids),
                at=at,
            )
        )
