"""The report of a round as a file, in every format there is."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from app.reports.html_report import html_report
from app.reports.long_table import lines_of, long_csv
from app.reports.markdown_report import markdown_report
from app.reports.service import RoundReport, frozen_figures


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file and how a report becomes one."""

    media_type: str
    write: Callable[[RoundReport], bytes]


def stored_report(report: RoundReport) -> dict[str, Any]:
    """Return the Snapshots of a round as they were frozen, with what identifies them.

    `input_hash` has the hash of each facet's judgements under the name of the facet.
    """
    closed_at = report.round.closed_at
    return {
        "study": report.study.name,
        "round": report.round.name,
        "stance": report.stance.value,
        "threshold": report.threshold,
        "closed_at": None if closed_at is None else closed_at.isoformat(),
        "facets": [frozen_figures(report.study, one) for one in report.snapshots],
        "input_hash": {one.figures["facet"]: one.input_hash for one in report.snapshots},
        "algorithm_version": next((one.algorithm_version for one in report.snapshots), None),
    }


def json_report(report: RoundReport) -> bytes:
    text = json.dumps(stored_report(report), ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode()


def csv_report(report: RoundReport) -> bytes:
    """Return every figure as one row: facet, measure, category, coders, value, interval, n."""
    parts = (lines_of(part.report.stored, part.tally) for part in report.facets)
    return long_csv(chain.from_iterable(parts))


FORMATS: Mapping[str, Format] = {
    "html": Format("text/html; charset=utf-8", html_report),
    "json": Format("application/json", json_report),
    "csv": Format("text/csv; charset=utf-8", csv_report),
    "md": Format("text/markdown; charset=utf-8", markdown_report),
}
