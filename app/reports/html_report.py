"""The report as one HTML file that asks nobody for anything."""

from dataclasses import dataclass

from markupsafe import Markup

from app.reports.drawn import DrawnFacet, drawn_facet
from app.reports.facts import facts, recomputing
from app.reports.negotiated import process_lines
from app.reports.reported_course import ReportedCourse, course_lines, reported_courses
from app.reports.service import FacetPart, RoundReport, threshold_of
from app.web.render import concord_version, environment


@dataclass(frozen=True, slots=True)
class ReportedFacet:
    part: FacetPart
    drawn: DrawnFacet


@dataclass(frozen=True, slots=True)
class ReportFile:
    """What the file is drawn from."""

    style: Markup
    version: str
    report: RoundReport
    facts: tuple[tuple[str, str], ...]
    facets: tuple[ReportedFacet, ...]
    process: tuple[tuple[str, str], ...]
    course_lines: tuple[str, ...]
    courses: tuple[ReportedCourse, ...]
    recomputing: tuple[str, ...]


def html_report(report: RoundReport) -> bytes:
    """Return the whole report: design, codebook, figures, tables and how to recompute them."""
    templates = environment()
    style = templates.get_template("reports/report.css").render()
    threshold = threshold_of(report.study, report.round)
    page = ReportFile(
        style=Markup("<style>\n{}</style>").format(Markup(style)),  # noqa: S704  a file of ours
        version=concord_version(),
        report=report,
        facts=facts(report),
        facets=tuple(
            ReportedFacet(part, drawn_facet(part.report, threshold)) for part in report.facets
        ),
        process=tuple(process_lines(report.process)),
        course_lines=tuple(course_lines(report)),
        courses=reported_courses(report),
        recomputing=recomputing(report),
    )
    return templates.get_template("reports/report.html").render(page=page).encode()
