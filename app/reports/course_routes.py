"""The course of a study: its rounds one after another, and where its own stop rule stands."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from app.reports import service
from app.reports.course_page import course_figure, course_page
from app.reports.figure_files import figure_file
from app.reports.frame import under_agreement
from app.reports.pages import no_figures_page
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import MaybeId
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter()

Reader = Annotated[Here, require(Action.READ)]
Facet = Annotated[MaybeId, Query()]


@router.get("/studies/{study_id}/agreement/course", name="course")
def show_course(request: Request, here: Reader, look: Look, facet: Facet = None) -> Response:
    """Show how the study went; before a round has closed, a page that says so."""
    if not service.closed_rounds(look, here.study_id):
        page = no_figures_page(look, here, None)
        return respond(request, "reports/no_figures.html", page, under_agreement(here))
    found = course_page(look, here, facet)
    return respond(request, "reports/course.html", found, under_agreement(here))


@router.get("/studies/{study_id}/agreement/course.{kind}", name="course_figure")
def show_course_figure(
    request: Request,
    here: Reader,
    look: Look,
    kind: str,
    facet: Facet = None,
    theme: Annotated[Literal["light", "dark", "print"], Query()] = "light",
) -> Response:
    """Give the figure of the page, for the page, for print or for slides."""
    return figure_file(request, course_figure(look, here, facet), kind=kind, theme=theme)
