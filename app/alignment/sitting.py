"""Taking the map of a round to act on it, and the rows that an act adds."""

from dataclasses import dataclass

from sqlmodel import Session

from app.alignment.models import AlignmentAct, MappedTurn, SharedTurn
from app.alignment.reading import facet_in_draft, map_of
from app.alignment.rules import ActKind, AlignmentMap, Mapped, PileKey, Shared
from app.codebook.content import FacetContent
from app.coding.measuring import coders_of_round
from app.coding.models import Round
from app.coding.partitions import piles_of_round
from app.coding.rounds import coder_ids_of, round_id_of
from app.coding.rules import Phase
from app.coding.visibility import NOBODY
from app.db import now
from app.errors import Conflict, Forbidden, NotFound
from app.studies.models import Membership
from app.studies.rules import Action, Role, may


class StaleMap(Conflict):
    """Somebody else matched the pile or changed the category since the page was drawn."""


@dataclass(slots=True)
class Table:
    """A round that is being aligned, by one member, on one facet; its row is locked."""

    session: Session
    round_: Round
    facet: FacetContent
    by: Membership
    map: AlignmentMap

    @property
    def number(self) -> int:
        return self.map.last_act + 1


def sit_at(session: Session, round_: Round, facet_id: int, by: Membership) -> Table:
    """Let somebody act on the map; of two who do at once the second sees what the first did."""
    session.refresh(round_, with_for_update=True)
    if round_.phase != Phase.ALIGNING:
        raise Conflict("The piles of this round are not to be matched (any more).")
    if not may_match(session, round_, by):
        raise Forbidden("Leads and the coders of the round match its piles. Nothing was changed.")
    facet = facet_in_draft(session, round_, facet_id)
    return Table(session, round_, facet, by, map_of(session, round_))


def may_match(session: Session, round_: Round, by: Membership) -> bool:
    """Whether somebody is of those who match: a lead, or a coder of this very round."""
    role = Role(by.role)
    is_of_round = role is Role.LEAD or by.id in coder_ids_of(session, round_)
    return may(role, Action.ALIGN) and is_of_round


def living_piles(session: Session, round_: Round, facet: FacetContent) -> set[PileKey]:
    """Return every own pile of a facet."""
    return {
        (one.coder.id, heap.number)
        for one in piles_of_round(session, NOBODY, round_, facet)
        for heap in one.heaps
        if heap.number is not None
    }


def coder_at(session: Session, round_: Round, place: int) -> int:
    """Return the coder at a place of the round: forms hold places, as pages hold letters."""
    coders = coders_of_round(session, round_)
    if not 0 <= place < len(coders):
        raise NotFound
    return coders[place].id


def note_act(table: Table, kind: ActKind, reason: str, *, undoes: int | None = None) -> None:
    table.session.add(
        AlignmentAct(
            round_id=round_id_of(table.round_),
            number=table.number,
            study_id=table.round_.study_id,
            facet_id=table.facet.id,
            member_id=table.by.id or 0,
            kind=kind.value,
            reason=reason.strip(),
            undoes=undoes,
            at=now(),
        )
    )
    table.session.flush()  # what the act says refers to it


def say_shared(table: Table, said: Shared) -> None:
    table.session.add(
        SharedTurn(
            round_id=round_id_of(table.round_),
            number=said.number,
            act=table.number,
            facet_id=said.facet_id,
            name=said.name,
            definition=said.definition,
            is_gone=said.is_gone,
        )
    )


def say_mapped(table: Table, pile: PileKey, to: Mapped) -> None:
    coder_id, number = pile
    table.session.add(
        MappedTurn(
            round_id=round_id_of(table.round_),
            coder_id=coder_id,
            pile=number,
            act=table.number,
            value=to.verdict.value,
            targets=list(to.targets),
        )
    )
