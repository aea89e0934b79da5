"""The same figure in every closed round of a study."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, exists, select

from app.agreement import Measure
from app.codebook.models import CodebookVersion
from app.coding.models import Round, Seal, Snapshot
from app.coding.rules import Kind, Phase
from app.reports.facts import KIND_WORDS
from app.reports.figure import Figure
from app.reports.headline import figure_of
from app.reports.plots import Course, CoursePoint
from app.reports.service import stored_facets
from app.reports.version_marks import VersionMark, version_marks
from app.studies.models import Study


@dataclass(frozen=True, slots=True)
class RoundFigure:
    """The figure of one round, with what was different about the round."""

    name: str
    kind: str
    version: int | None
    marks: tuple[VersionMark, ...]
    figure: Figure
    is_now: bool


def over_rounds(
    session: Session, study: Study, round_: Round, facet_id: int, measure: Measure
) -> tuple[RoundFigure, ...]:
    """Return the figure in every valid closed round that has it, oldest first."""
    has_seal = exists().where(col(Seal.round_id) == col(Round.id), col(Seal.opened_at).is_(None))
    statement = (
        select(Round, Snapshot, CodebookVersion.number)
        .join(Snapshot, col(Snapshot.round_id) == col(Round.id))
        .outerjoin(CodebookVersion, col(CodebookVersion.id) == col(Round.codebook_version_id))
        .where(
            Round.study_id == study.id,
            Snapshot.facet_id == facet_id,
            Round.sort == round_.sort,
            (col(Round.phase) != Phase.VOID) | (col(Round.id) == round_.id),
            # Whoever may read this round's figures need not be allowed to read another's.
            ~has_seal | (col(Round.id) == round_.id),
        )
        .order_by(col(Round.number))
    )
    rows = session.exec(statement).all()
    stored = stored_facets(session, study, [snapshot for _, snapshot, _ in rows])
    figures = [figure_of(own, measure) for own in stored]
    shown = [(*row, one) for row, one in zip(rows, figures, strict=True) if one is not None]
    marks, _ = version_marks(session, study.id or 0, facet_id, [one for one, *_ in shown])
    return tuple(
        RoundFigure(
            name=one.name,
            kind=KIND_WORDS[Kind(one.kind)],
            version=version,
            marks=own_marks,
            figure=figure,
            is_now=one.id == round_.id,
        )
        for (one, _, version, figure), own_marks in zip(shown, marks, strict=True)
    )


def course_of(title: str, rounds: Sequence[RoundFigure], threshold: float | None) -> Course | None:
    """Return the figure to draw; None for fewer than two rounds with a value."""
    if sum(one.figure.estimate.value is not None for one in rounds) < 2:
        return None
    return Course(title, tuple(map(_point, rounds)), threshold)


def _point(one: RoundFigure) -> CoursePoint:
    estimate = one.figure.estimate
    return CoursePoint(
        one.name,
        estimate.value,
        estimate.low,
        estimate.high,
        estimate.n_units,
        mark=one.kind if one.kind != KIND_WORDS[Kind.INDEPENDENT] else "",
        before="; ".join(mark.words for mark in one.marks),
    )
