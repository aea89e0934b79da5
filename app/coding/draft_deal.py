"""Who gets what when a draft opens, in names: who is left out, whose cards go to somebody else."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.codebook.models import CodebookVersion
from app.coding.allocation import HandedOn
from app.coding.models import AffectedCard
from app.coding.planning import Preview
from app.studies.service import Member, members


@dataclass(frozen=True, slots=True)
class HandedRow:
    """The cards of somebody who does not code in the round, and to whom they go.

    The `n_nobody` cards that nobody gets, every coder of the round has already.
    """

    name: str
    has_left: bool
    n_cards: int
    to: tuple[tuple[str, int], ...]
    n_nobody: int


@dataclass(frozen=True, slots=True)
class Takes:
    """What a draft does with people who get no card, and with cards of people it leaves out."""

    left_out: tuple[str, ...]
    handed_on: tuple[HandedRow, ...]


def what_it_takes(session: Session, study_id: int, found: Preview | None) -> Takes | None:
    """Return it by names; None where there is nothing to say."""
    if found is None or not (found.left_out or found.handed_on):
        return None
    people = {member.id: member for member in members(session, study_id)}
    return Takes(
        left_out=tuple(people[coder_id].name for coder_id in found.left_out if coder_id in people),
        handed_on=tuple(_row(one, people) for one in found.handed_on),
    )


def _row(handed: HandedOn, people: dict[int, Member]) -> HandedRow:
    absent = people[handed.coder_id]
    return HandedRow(
        name=absent.name,
        has_left=absent.has_left,
        n_cards=handed.n_cards,
        to=tuple((people[coder_id].name, n) for coder_id, n in handed.to.items()),
        n_nobody=handed.n_cards - sum(handed.to.values()),
    )


def affected_versions(session: Session, study_id: int) -> tuple[tuple[str, str], ...]:
    """Return the versions that put cards in question, newest first, to choose from."""
    rows = session.exec(
        select(CodebookVersion.id, CodebookVersion.number)
        .where(
            CodebookVersion.study_id == study_id,
            col(CodebookVersion.id).in_(
                select(AffectedCard.version_id).where(AffectedCard.study_id == study_id)
            ),
        )
        .order_by(col(CodebookVersion.number).desc())
    )
    return tuple((str(version_id), f"Version {number}") for version_id, number in rows)
