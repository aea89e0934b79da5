"""The same figure in every closed round of a study."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.agreement import Measure
from app.codebook.models import CodebookVersion
from app.coding.models import Round, Snapshot
from app.coding.rules import Kind, Phase
from app.reports.facts import KIND_WORDS
from app.reports.figure import Figure
from app.reports.headline import figure_of
from app.reports.plots import Course, CoursePoint
from app.reports.service import stored_facets
from app.studies.models import Study


@dataclass(frozen=True, slots=True)
class RoundFigure:
    """The figure of one round, with what was different about the round."""

    name: str
    kind: str
    version: int | None
    is_new_version: bool
    figure: Figure
    is_now: bool


def over_rounds(
    session: Session, study: Study, round_: Round, facet_id: int, measure: Measure
) -> tuple[RoundFigure, ...]:
    """Return the figure in every valid closed round that has it, oldest first."""
    statement = (
        select(Round, Snapshot, CodebookVersion.number)
        .join(Snapshot, col(Snapshot.round_id) == col(Round.id))
        .outerjoin(CodebookVersion, col(CodebookVersion.id) == col(Round.codebook_version_id))
        .where(
            Round.study_id == study.id,
            Snapshot.facet_id == facet_id,
            Round.sort == round_.sort,
            (col(Round.phase) != Phase.VOID) | (col(Round.id) == round_.id),
        )
        .order_by(col(Round.number))
    )
    rows = session.exec(statement).all()
    stored = stored_facets(session, study, [snapshot for _, snapshot, _ in rows])
    found: list[RoundFigure] = []
    for (one, _, version), own in zip(rows, stored, strict=True):
        figure = figure_of(own, measure)
        if figure is not None:
            before = found[-1].version if found else version
            found.append(
                RoundFigure(
                    name=one.name,
                    kind=KIND_WORDS[Kind(one.kind)],
                    version=version,
                    is_new_version=version != before,
                    figure=figure,
                    is_now=one.id == round_.id,
                )
            )
    return tuple(found)


def course_of(title: str, rounds: Sequence[RoundFigure], threshold: float | None) -> Course | None:
    """Return the figure to draw; None for fewer than two rounds with a value."""
    if sum(one.figure.estimate.value is not None for one in rounds) < 2:
        return None
    return Course(title, tuple(map(_point, rounds)), threshold)


def _point(one: RoundFigure) -> CoursePoint:
    estimate = one.figure.estimate
    marks = [one.kind] if one.kind != KIND_WORDS[Kind.INDEPENDENT] else []
    marks += [f"codebook {one.version}"] if one.is_new_version else []
    return CoursePoint(
        one.name, estimate.value, estimate.low, estimate.high, estimate.n_units, ", ".join(marks)
    )
