"""The map of a round as its acts have made it, and the acts themselves."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.alignment.models import AlignmentAct, MappedTurn, SharedTurn
from app.alignment.rules import AlignmentMap, Mapped, PileKey, Shared, Verdict
from app.codebook import service as codebook
from app.codebook.content import FacetContent
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.errors import NotFound
from app.text import comparable


def map_of(session: Session, round_: Round, *, but_act: int | None = None) -> AlignmentMap:
    """Return the map as it is, or as it were without one of its acts."""
    shared_turns = select(SharedTurn).where(
        SharedTurn.round_id == round_.id, SharedTurn.act != (but_act or 0)
    )
    shared = {
        one.number: Shared(one.number, one.facet_id, one.name, one.definition, one.act, one.is_gone)
        for one in session.exec(shared_turns.order_by(col(SharedTurn.act)))
    }
    turns = select(MappedTurn).where(
        MappedTurn.round_id == round_.id, MappedTurn.act != (but_act or 0)
    )
    mapped: dict[PileKey, Mapped] = {
        (one.coder_id, one.pile): Mapped(Verdict(one.value), tuple(one.targets), one.act)
        for one in session.exec(turns.order_by(col(MappedTurn.act)))
    }
    return AlignmentMap(shared, mapped, last_act(session, round_))


def last_act(session: Session, round_: Round) -> int:
    """Return the number of the newest act; 0 before there is one."""
    newest = select(func.coalesce(func.max(AlignmentAct.number), 0))
    return int(session.exec(newest.where(AlignmentAct.round_id == round_.id)).one())


def acts_of(session: Session, round_: Round) -> Sequence[AlignmentAct]:
    """Return the acts, the newest first."""
    statement = select(AlignmentAct).where(AlignmentAct.round_id == round_.id)
    return session.exec(statement.order_by(col(AlignmentAct.number).desc())).all()


def turns_of(
    session: Session, round_: Round, act: int
) -> tuple[list[SharedTurn], list[MappedTurn]]:
    """Return what an act said of shared categories and of piles."""
    shared = select(SharedTurn).where(SharedTurn.round_id == round_.id, SharedTurn.act == act)
    mapped = select(MappedTurn).where(MappedTurn.round_id == round_.id, MappedTurn.act == act)
    return list(session.exec(shared)), list(session.exec(mapped))


def facet_in_draft(session: Session, round_: Round, facet_id: int) -> FacetContent:
    """Return a facet of the round with the categories that the codebook's draft has by now."""
    found = codebook.draft(session, round_.study_id).facet(facet_id)
    if found is None or facet_id not in round_.facet_ids:
        raise NotFound
    return found


def facet_to_map(
    session: Session, round_: Round, facet_id: int, found: AlignmentMap
) -> FacetContent:
    """Return a facet with the categories that were there beside the shared ones."""
    if round_.aligned_at is None:
        return facet_in_draft(session, round_, facet_id)
    facet = next((one for one in facets_of_round(session, round_) if one.id == facet_id), None)
    if facet is None:
        raise NotFound
    made = {comparable(one.name) for one in found.on_facet(facet_id)}
    there = tuple(one for one in facet.categories if comparable(one.name) not in made)
    return replace(facet, categories=there)
