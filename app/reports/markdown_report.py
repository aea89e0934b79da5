"""The report as Markdown: for a paper's appendix or a wiki."""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.reports.facet_report import FacetReport
from app.reports.facts import facts, recomputing
from app.reports.figure import Figure
from app.reports.headline import Headline
from app.reports.negotiated import process_lines
from app.reports.reported_course import course_lines, reported_courses
from app.reports.service import FacetPart, RoundReport
from app.reports.wording import NOT_COMPUTED, counted, share
from app.resolution.outcomes import OutcomeRow, OutcomeTable
from app.resolution.tally import Tally
from app.resolution.yields import Yields

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def markdown_report(report: RoundReport) -> bytes:
    """Return the report of a round with its tables."""
    lines = [
        f"# Agreement in {_plain(report.round.name)}",
        "",
        *(f"- {_plain(term)}: {_plain(answer)}" for term, answer in facts(report)),
        "",
    ]
    if report.not_reliability:
        lines += [f"> {report.not_reliability}", ""]
    for part in report.facets:
        lines += _facet(part)
    lines += ["## How the round was run", ""]
    lines += [f"- {_plain(term)}: {_plain(told)}" for term, told in process_lines(report.process)]
    lines += ["", *_yields(report.yields), *_course(report)]
    lines += [
        "## How to recompute",
        "",
        *(f"1. {_plain(step)}" for step in recomputing(report)),
        "",
    ]
    return "\n".join(lines).encode()


def _course(report: RoundReport) -> Iterator[str]:
    courses = reported_courses(report)
    if courses:
        yield from ("## The study over its rounds", "")
        yield from (f"- {_plain(line)}" for line in course_lines(report))
        yield ""
    for one in courses:
        yield from (f"### {_plain(one.name)}", "")
        yield from _table(one.table.head, one.table.rows)
        yield from (_plain(f"{one.saturation} {one.since}"), "")


def _plain(text: str) -> str:
    """Return text on one line in which nothing is markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _facet(part: FacetPart) -> Iterator[str]:
    report = part.report
    yield from (f"## {_plain(report.stored.name)}", "")
    if report.headline is not None:
        yield from _headline(report, report.headline)
        yield from _table(_FIGURE_HEAD, map(_figure_row, report.companions.all()))
        yield from (_plain(report.intervals), "")
        yield from _pairs(report)
        yield from _categories(report)
        yield from _gate(report)
        yield from _matrices(report)
        for remark in report.remarks:
            yield f"- {_plain(remark.title)} {_plain(remark.sentence)}"
        yield ""
    yield from _negotiation(part.tally)
    yield from _outcomes(part.outcomes)
    yield from _table(
        ("Card", "Label", "Who dissents", "Dissent"),
        [(one.card, one.label, one.coder, one.text) for one in part.dissents],
    )
    version = part.algorithm_version
    yield from (f"Input SHA-256 `{part.input_hash}`, algorithm version {version}.", "")


_FIGURE_HEAD = ("Figure", "Value", "95% interval", "How", "Cards", "Coders")


def _headline(report: FacetReport, headline: Headline) -> Iterator[str]:
    figure = headline.figure
    value = f"**{figure.shown}**" if figure.shown else _plain(figure.undefined)
    how = report.how_headline or figure.note
    told = f"95% interval {figure.interval}" + (f" ({how})" if how else "") if figure.shown else ""
    name = f"{figure.name}, with declared help" if report.helped else figure.name
    parts = (f"{_plain(name)}: {value}", told, figure.basis, report.missing)
    yield "; ".join(part for part in parts if part) + "."
    if headline.instead_of:
        yield f"{_plain(headline.instead_of)} was chosen beforehand; this facet has none."
    if report.verdict is not None:
        yield f"{report.verdict.standing.value}: {_plain(report.verdict.sentence)}"
    yield ""


def _figure_row(figure: Figure) -> tuple[str, ...]:
    value = figure.shown or figure.undefined
    name = f"{figure.name} ({figure.detail})" if figure.detail else figure.name
    counts = (str(figure.estimate.n_units), str(figure.estimate.n_coders))
    interval = figure.interval if figure.shown else NOT_COMPUTED
    return (name, value, interval, figure.method or figure.note, *counts)


def _pairs(report: FacetReport) -> Iterator[str]:
    rows = [
        (*row.names, figure.name, *_figure_row(figure)[1:5])
        for row in report.pairs
        for figure in (row.percent, *row.figures)
    ]
    head = ("First", "Second", "Figure", "Value", "95% interval", "How", "Cards")
    yield from _table(head, rows)


def _categories(report: FacetReport) -> Iterator[str]:
    rows = [
        (
            report.faces[row.answer].name,
            str(row.n_labels),
            "" if row.prevalence is None else share(row.prevalence),
            row.positive.shown or row.positive.undefined,
            row.negative.shown or row.negative.undefined,
            row.ac1.shown or row.ac1.undefined,
            row.kappa.shown or row.kappa.undefined,
            row.kappa.interval if row.kappa.shown else NOT_COMPUTED,
            row.kappa.method or row.kappa.note,
            str(row.n_units),
        )
        for row in report.categories
    ]
    head = (
        "Category",
        "Named",
        "Prevalence",
        "Positive agreement",
        "Negative agreement",
        "AC1",
        report.category_kappa_name,
        "95% interval",
        "How",
        "Cards",
    )
    yield from _table(head, rows)


def _gate(report: FacetReport) -> Iterator[str]:
    if report.gate is not None:
        told = "; ".join(
            f"{figure.name} {figure.shown or figure.undefined}"
            + (f" (95% interval {figure.interval}, {figure.basis})" if figure.shown else "")
            for figure in report.gate.figures
        )
        n_conflicts = counted(report.gate.n_conflicts, "card")
        asked = f" Asked only if {_plain(report.gate.asked_if)}." if report.gate.asked_if else ""
        yield f"Whether the facet applies: {_plain(told)}; coders differ on {n_conflicts}.{asked}"
        yield ""


def _matrices(report: FacetReport) -> Iterator[str]:
    names = [face.name for face in report.faces]
    for matrix in report.matrices:
        first, second = report.stored.coders[matrix.first], report.stored.coders[matrix.second]
        rows = [
            (names[row.answer], *(str(cell.n_cards) for cell in row.cells)) for row in matrix.rows
        ]
        yield from _table((f"{first} (rows), {second} (columns)", *names), rows)


def _negotiation(tally: Tally) -> Iterator[str]:
    if tally.before is None or tally.after is None:
        return
    without = ""
    if tally.n_gone and tally.after_without_dropped is not None:
        without = f" Without the {tally.gone_words}: {share(tally.after_without_dropped)}."
    split = f"{tally.n_split} split, " if tally.n_split else ""
    yield (
        f"Agreement after negotiation (proportions, not reliability): {share(tally.before)} of "
        f"{tally.n_cocoded} cards agreed before any talk, {share(tally.after)} agreed or settled "
        f"by the coders; {tally.n_settled} settled, {tally.n_arbitrated} arbitrated, "
        f"{tally.n_dropped} dropped, {split}{tally.n_unsettled} unsettled.{without}"
        + (f" {tally.remark}" if tally.remark else "")
    )
    yield ""


def _yields(found: Yields | None) -> Iterator[str]:
    if found is None:
        return
    yield from ("## Whose label stood", "")
    yield f"One-sided outcomes, in which a coder was persuaded: {found.n_moves}."
    yield ""
    head = ("First", "Second", "One-sided", "First's stood", "Second's stood", "p")
    rows = [
        (one.first, one.second, str(one.n), str(one.n_first), str(one.n_second), one.p_shown)
        for one in found.pairs
    ]
    yield from _table(head, rows)
    for one in found.pairs:
        if one.notice:
            yield from (_plain(one.notice), "")


def _outcomes(table: OutcomeTable) -> Iterator[str]:
    columns = [*table.causes, *(["No cause"] if table.shows_no_cause else [])]
    rows = [(row.words, *_counts(row, table), str(row.total)) for row in table.rows]
    if table.n_open:
        still_open = OutcomeRow("Still open", (0,) * len(table.causes), table.n_open)
        rows.append((still_open.words, *_counts(still_open, table), str(table.n_open)))
    yield from _table(("What came of the talk, by cause", *columns, "Sum"), rows)


def _counts(row: OutcomeRow, table: OutcomeTable) -> Iterator[str]:
    """Give the cells of a row; what has no cause has no zero under causes either."""
    yield from (str(n) if row.has_cause else "–" for n in row.counts)
    if table.shows_no_cause:
        yield str(row.n_without_cause) if row.n_without_cause else "–"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    found = list(rows)
    if not found:
        return
    yield f"| {' | '.join(map(_plain, head))} |"
    yield f"|{' --- |' * len(head)}"
    for row in found:
        yield f"| {' | '.join(map(_plain, row))} |"
    yield ""
