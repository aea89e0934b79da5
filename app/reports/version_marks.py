"""Which versions of the codebook came into use with which round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlmodel import Session, col, select

from app.codebook.models import CodebookVersion
from app.coding.models import Round
from app.coding.staleness import class_of_change


@dataclass(frozen=True, slots=True)
class VersionMark:
    """A version of the codebook, and of which class its change of the facet was; "" for none."""

    number: int
    change: str

    @property
    def words(self) -> str:
        return f"version {self.number}, {self.change or 'this facet unchanged'}"


Marks = tuple[VersionMark, ...]


def version_marks(
    session: Session, study_id: int, facet_id: int, rounds: Sequence[Round]
) -> tuple[list[Marks], Marks]:
    """Return the versions that came into use with each round, and those published since.

    The first version of all begins the codebook, which is no change.
    """
    versions = session.exec(
        select(CodebookVersion)
        .where(CodebookVersion.study_id == study_id)
        .order_by(col(CodebookVersion.number))
    ).all()
    changes = {
        version.number: class_of_change(session, before, version, facet_id)
        for before, version in pairwise(versions)
    }
    numbers = {version.id: version.number for version in versions}
    known, found = 0, []
    for round_ in rounds:
        own = numbers.get(round_.codebook_version_id, 0)
        found.append(_between(changes, known, own))
        known = max(known, own)
    return found, _between(changes, known, max(numbers.values(), default=0))


def _between(changes: Mapping[int, object], known: int, newest: int) -> Marks:
    """Return the versions after a known one up to the newest; nothing before the first round."""
    if not known:
        return ()
    return tuple(
        VersionMark(number, str(change or ""))
        for number, change in changes.items()
        if known < number <= newest
    )
