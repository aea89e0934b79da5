"""What the page of a study's course is drawn from."""

from dataclasses import dataclass

from sqlmodel import Session

from app.errors import NotFound
from app.reports import service
from app.reports.choices import FacetTab
from app.reports.course_words import (
    CourseTable,
    course_drawing,
    course_table,
    saturation_words,
    since_words,
)
from app.reports.curve import Curve, curve
from app.reports.pictures import Picture, picture_of
from app.reports.plots import Course
from app.reports.stop_rule import StopVerdict
from app.reports.trajectory import FacetCourse, StudyCourse, first_facet, study_course
from app.reports.wording import Standing
from app.studies.deps import Here
from app.studies.rules import Action


@dataclass(frozen=True, slots=True)
class CoursePage:
    """How one facet of a study went over the rounds, and where the study stands."""

    has_coefficients: bool
    tabs: tuple[FacetTab, ...]
    facet_name: str
    measure_name: str
    table: CourseTable
    since: str
    picture: Picture | None
    curve: Curve | None
    saturation: str
    rule: str
    standing: Standing
    stops: tuple[StopVerdict, ...]
    rule_changes: tuple[str, ...]
    settings_url: str
    rounds_url: str
    may_manage: bool


def course_page(session: Session, here: Here, facet_id: int | None) -> CoursePage:
    """Return the page of a facet, the first if none is asked for; 404 for a foreign one."""
    course, shown = _shown(session, here, facet_id)
    drawing = _drawing(here, shown)
    address = here.url("agreement", "course")
    return CoursePage(
        has_coefficients=service.has_coefficients(here.study),
        tabs=tuple(
            FacetTab(f"{address}?facet={one.facet_id}", one.name, "", one is shown)
            for one in course.facets
        ),
        facet_name=shown.name,
        measure_name=shown.measure_name,
        table=course_table(shown, has_coefficients=service.has_coefficients(here.study)),
        since=since_words(shown.since),
        picture=picture_of(
            "course",
            drawing,
            here.url("agreement"),
            {"facet": shown.facet_id},
            f"{here.study.name}, {shown.name}",
        ),
        curve=curve(shown.saturation),
        saturation=saturation_words(shown.saturation),
        rule=course.rule,
        standing=course.standing,
        stops=tuple(one.stop for one in course.facets if one.stop.parts and one.is_asked),
        rule_changes=course.rule_changes,
        settings_url=here.url("settings"),
        rounds_url=here.url("rounds"),
        may_manage=here.may(Action.MANAGE_STUDY),
    )


def course_figure(session: Session, here: Here, facet_id: int | None) -> Course:
    """Return the figure of the page; 404 where there is nothing to draw."""
    if not service.has_coefficients(here.study):
        raise NotFound("This study has no coefficient, so there is no figure of one.")
    drawing = _drawing(here, _shown(session, here, facet_id)[1])
    if drawing is None:
        raise NotFound("There is nothing to draw: a course needs two closed rounds with a value.")
    return drawing


def _shown(session: Session, here: Here, facet_id: int | None) -> tuple[StudyCourse, FacetCourse]:
    shown_id = first_facet(session, here.study) if facet_id is None else facet_id
    course = study_course(session, here.study, shown=[shown_id])
    for one in course.facets:
        if one.facet_id == shown_id:
            return course, one
    raise NotFound


def _drawing(here: Here, shown: FacetCourse) -> Course | None:
    return course_drawing(shown, shown.threshold) if service.has_coefficients(here.study) else None
