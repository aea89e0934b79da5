"""The report of a round as a file, in every format there is."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from sqlmodel import Session

from app.coding.frozen import protocol_hash
from app.coding.models import Round
from app.coding.rounds import protocol_of
from app.reports.check_file import check_file
from app.reports.html_report import html_report
from app.reports.long_table import lines_of, long_csv
from app.reports.markdown_report import markdown_report
from app.reports.negotiated import stored_negotiation, stored_process, stored_yields
from app.reports.reported_course import stored_course_of
from app.reports.service import (
    RoundReport,
    card_keys,
    documents_by_card,
    frozen_figures,
    judgements_of,
    round_report,
    with_yields,
)
from app.reports.trajectory import with_course
from app.studies.models import Study


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its media type, how its name ends, and how a round becomes one.

    `addition` goes into the name where two formats end alike.
    """

    media_type: str
    ending: str
    write: Callable[[Session, Study, Round], bytes]
    addition: str = ""


def stored_report(report: RoundReport) -> dict[str, Any]:
    """Return the Snapshots of a round as they were frozen, with what identifies them.

    `input_hash` has the hash of each facet's judgements under the name of the facet; `bootstrap`
    each facet's resampled intervals, None until they are drawn. `assistance` is the help that
    was declared before the round opened. `remarks` are what to mind when
    quoting the figures of a facet, as of now. `negotiation` and `process` say what came of the
    talk and how the round was run, `course` how the whole study went and where it stands by its
    stop rule, also as of now. Where the figures are no reliability, `not_reliability` says why.
    """
    closed_at = report.round.closed_at
    return {
        "study": report.study.name,
        "round": report.round.name,
        "stance": report.stance.value,
        "headline": None if report.threshold is None else report.round.headline,
        "threshold": report.threshold,
        "assistance": list(protocol_of(report.round).assistance),
        "protocol_hash": protocol_hash(report.round, report.design.version_hash),
        "closed_at": None if closed_at is None else closed_at.isoformat(),
        "facets": [frozen_figures(report.study, one) for one in report.snapshots],
        "bootstrap": {
            part.report.stored.name: part.report.stored.intervals for part in report.facets
        },
        "remarks": {
            part.report.stored.name: [f"{one.title} {one.sentence}" for one in part.report.remarks]
            for part in report.facets
        },
        "input_hash": {one.figures["facet"]: one.input_hash for one in report.snapshots},
        "algorithm_version": next((one.algorithm_version for one in report.snapshots), None),
        "negotiation": {
            part.report.stored.name: stored_negotiation(part) for part in report.facets
        },
        "process": stored_process(report.process),
        "course": stored_course_of(report),
        **_descriptive(report),
    } | ({} if report.yields is None else {"one_sided": stored_yields(report.yields)})


def _descriptive(report: RoundReport) -> dict[str, Any]:
    """Return what marks figures that describe and prove nothing; nothing for others."""
    aligned_at = report.round.aligned_at
    marks = {
        "not_reliability": report.not_reliability,
        "aligned_at": aligned_at.isoformat() if aligned_at else "",
    }
    return {key: words for key, words in marks.items() if words}


def json_report(report: RoundReport) -> bytes:
    return _json(stored_report(report))


def csv_report(report: RoundReport) -> bytes:
    """Return every figure as one row: facet, measure, category, coders, value, interval, n."""
    parts = (lines_of(part.report.stored, part.tally) for part in report.facets)
    mark = "descriptive, not reliability" if report.round.aligned_at else ""
    return long_csv(chain.from_iterable(parts), mark)


def check_report(session: Session, study: Study, round_: Round) -> bytes:
    """Return the judgements beside the figures, for a check with another program."""
    report = round_report(session, study, round_)
    judgements, keys = judgements_of(session, round_), card_keys(session, round_)
    documents = documents_by_card(session, round_, judgements)
    return _json(check_file(report, judgements, keys, documents))


def _json(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode()


Write = Callable[[RoundReport], bytes]
WriteRound = Callable[[Session, Study, Round], bytes]


def _reported(write: Write) -> WriteRound:
    """Return a writer of rounds from a writer of reports."""
    return lambda session, study, round_: write(
        with_course(session, round_report(session, study, round_))
    )


def _with_yields(write: Write) -> WriteRound:
    """Return the same with the table of whose label stood."""
    return lambda session, study, round_: write(
        with_course(session, with_yields(session, round_report(session, study, round_)))
    )


FORMATS: Mapping[str, Format] = {
    "html": Format("text/html; charset=utf-8", "html", _reported(html_report)),
    "json": Format("application/json", "json", _reported(json_report)),
    "csv": Format("text/csv; charset=utf-8", "csv", _reported(csv_report)),
    "md": Format("text/markdown; charset=utf-8", "md", _reported(markdown_report)),
    "check": Format("application/json", "json", check_report, ", to check"),
}

# The files that hold, when somebody asks for it, whose label stood in one-sided outcomes.
FORMATS_WITH_YIELDS: Mapping[str, Format] = {
    ending: replace(FORMATS[ending], write=_with_yields(write), addition=", with moves")
    for ending, write in (
        ("html", html_report),
        ("json", json_report),
        ("md", markdown_report),
    )
}
