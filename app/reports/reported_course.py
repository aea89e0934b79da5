"""The course of a study in the report of one of its rounds, as it stands when the file is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.reports.course_words import (
    CourseTable,
    course_table,
    rule_lines,
    saturation_words,
    since_words,
    stored_course,
)
from app.reports.service import RoundReport, has_coefficients
from app.reports.trajectory import FacetCourse


@dataclass(frozen=True, slots=True)
class ReportedCourse:
    """The course of one facet."""

    name: str
    table: CourseTable
    saturation: str
    since: str


def course_lines(report: RoundReport) -> Iterator[str]:
    """Give the stop rule and where the study stands by it."""
    if report.course is not None:
        yield from rule_lines(report.course, _asked(report))


def _asked(report: RoundReport) -> tuple[FacetCourse, ...]:
    facets = () if report.course is None else report.course.facets
    return tuple(one for one in facets if one.is_asked)


def reported_courses(report: RoundReport) -> tuple[ReportedCourse, ...]:
    """Return the course of each facet of the round."""
    if report.course is None:
        return ()
    own = set(report.round.facet_ids)
    return tuple(
        ReportedCourse(
            one.name,
            course_table(one, has_coefficients=has_coefficients(report.study)),
            saturation_words(one.saturation),
            since_words(one.since),
        )
        for one in report.course.facets
        if one.facet_id in own
    )


def stored_course_of(report: RoundReport) -> dict[str, Any] | None:
    """Return the course as it goes into the file with the stored figures."""
    if report.course is None:
        return None
    return stored_course(report.course, has_coefficients=has_coefficients(report.study))
