"""PURE: the course of a facet in words: a table of its rounds, saturation, the stop rule."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.reports.plots import Course, CoursePoint
from app.reports.saturation import Saturation
from app.reports.trajectory import CourseRound, FacetCourse, StudyCourse
from app.reports.version_marks import VersionMark
from app.reports.wording import Standing, counted

NOTHING = "–"
_STANDINGS = {
    Standing.MET: "Met: by the team's own rule it may stop.",
    Standing.NOT_MET: "Not met: by the team's own rule it goes on.",
    Standing.UNDECIDED: "Undecided: the figures cannot tell yet.",
    Standing.NOT_ASKED: "Nothing is asked of any facet.",
}


@dataclass(frozen=True, slots=True)
class CourseTable:
    """The rounds of a facet as a table of words; a row begins with the name of the round."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def course_table(course: FacetCourse, *, has_coefficients: bool) -> CourseTable:
    """Return the table; without coefficients it has causes and times only."""
    figures = (course.measure_name or "Coefficient", "95% interval", "Cards")
    head = (
        "Round",
        "Codebook",
        *(figures if has_coefficients else ()),
        "Disagreements by cause",
        "Seconds a judgement",
        "Seconds a decision",
    )
    rows = tuple(_row(one, has_coefficients=has_coefficients) for one in course.rounds)
    return CourseTable(head, rows)


def _row(one: CourseRound, *, has_coefficients: bool) -> tuple[str, ...]:
    return (
        f"{one.name}, {one.kind}",
        _codebook(one),
        *(_figures(one) if has_coefficients else ()),
        _causes(one),
        _seconds(one.pace.judgement),
        _seconds(one.pace.decision),
    )


def _codebook(one: CourseRound) -> str:
    if one.marks:
        return "new: " + "; ".join(mark.words for mark in one.marks)
    return NOTHING if one.version is None else f"version {one.version}"


def _figures(one: CourseRound) -> tuple[str, str, str]:
    if one.left_out:
        return f"left out: {one.left_out}", NOTHING, NOTHING
    settled = f"settled for this round: {_told(one)}" if one.settled is not None else ""
    if one.figure is None:
        return settled or NOTHING, NOTHING, NOTHING
    value = one.figure.shown or one.figure.undefined
    value += f" ({settled})" if settled else ""
    interval = one.figure.interval.replace(" ", "\u00a0") if one.figure.shown else NOTHING
    return value, interval, f"{one.figure.estimate.n_units:,}"


def _told(one: CourseRound) -> str:
    if one.settled is None:
        return ""
    return f"{one.settled.name} {one.settled.shown or one.settled.undefined}"


def _causes(one: CourseRound) -> str:
    if one.causes is None:
        return f"left out: {one.left_out}"
    told = [f"{cause} {n:,}" for cause, n in one.causes.counts]
    told += [f"still open {one.causes.n_open:,}"] if one.causes.n_open else []
    return ", ".join(told) or "none"


def _seconds(seconds: float | None) -> str:
    return NOTHING if seconds is None else f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"


def saturation_words(found: Saturation) -> str:
    """Say how many categories came into use over the cards, and since when no new one did."""
    if not found.n_cards:
        return "No card was coded in a round that has closed and may be told."
    last = (
        "The last card brought a new one."
        if not found.run
        else f"The last {counted(found.run, 'card')} brought no new one."
    )
    categories = counted(found.n_categories, "category", "categories")
    cards = counted(found.n_cards, "card")
    return f"{categories} came into use over {cards}, in the order they were coded. {last}"


def since_words(marks: tuple[VersionMark, ...]) -> str:
    """Say which versions no closed round has used yet; empty without any."""
    if not marks:
        return ""
    listed = "; ".join(mark.words for mark in marks)
    return f"Published since, and used by no closed round: {listed}."


def rule_lines(course: StudyCourse, facets: tuple[FacetCourse, ...]) -> Iterator[str]:
    """Give the stop rule, where the study and the facets stand, and whether the rule changed."""
    if not course.rule:
        yield "No stop rule was set."
    else:
        yield f"Stop rule, of every facet: {course.rule}."
        yield _STANDINGS[course.standing]
        for facet in facets:
            for part in facet.stop.parts:
                yield f"{facet.name}: {part.standing.value.lower()}. {part.sentence}"
    yield from course.rule_changes


def course_drawing(course: FacetCourse, threshold: float | None) -> Course | None:
    """Return the figure of the rounds that count; None for fewer than two with a value."""
    points: list[CoursePoint] = []
    marks: list[str] = []
    for one in course.rounds:
        marks += [mark.words for mark in one.marks]
        if one.left_out or one.figure is None:
            continue
        estimate = one.figure.estimate
        points.append(
            CoursePoint(
                one.name,
                estimate.value,
                estimate.low,
                estimate.high,
                estimate.n_units,
                mark="" if one.kind == "independent" else one.kind,
                before="; ".join(marks) if points else "",
            )
        )
        marks = []
    if sum(point.value is not None for point in points) < 2:
        return None
    return Course(f"{course.name}: {course.measure_name} over the rounds", tuple(points), threshold)


def stored_course(course: StudyCourse, *, has_coefficients: bool) -> dict[str, object]:
    """Return the course as it goes into the file with the stored figures."""
    return {
        "stop_rule": {
            "rule": course.rule or None,
            "standing": course.standing.value,
            "changes": list(course.rule_changes),
            "facets": {
                one.name: [
                    {"standing": part.standing.value, "why": part.sentence}
                    for part in one.stop.parts
                ]
                for one in course.facets
            },
        },
        "facets": {
            one.name: {
                "rounds": [
                    _stored_round(found, has_coefficients=has_coefficients) for found in one.rounds
                ],
                "versions_since": [_stored_mark(mark) for mark in one.since],
                "saturation": {
                    "steps": [list(step) for step in one.saturation.steps],
                    "cards_without_a_new_category": one.saturation.run,
                },
            }
            for one in course.facets
            if one.rounds
        },
    }


def _stored_mark(mark: VersionMark) -> dict[str, object]:
    return {"version": mark.number, "change": mark.change or None}


def _stored_round(one: CourseRound, *, has_coefficients: bool) -> dict[str, object]:
    stored: dict[str, object] = {
        "round": one.name,
        "kind": one.kind,
        "left_out": one.left_out or None,
        "codebook_version": one.version,
        "new_versions": [_stored_mark(mark) for mark in one.marks],
        "causes": None if one.causes is None else dict(one.causes.counts),
        "open": None if one.causes is None else one.causes.n_open,
        "seconds_a_judgement": one.pace.judgement,
        "seconds_a_decision": one.pace.decision,
    }
    if has_coefficients:
        figure = one.figure
        stored["figure"] = (
            None
            if figure is None
            else {
                "measure": figure.measure.value,
                "value": figure.estimate.value,
                "low": figure.estimate.low,
                "high": figure.estimate.high,
                "n_units": figure.estimate.n_units,
                "reason": figure.estimate.reason,
            }
        )
    return stored
