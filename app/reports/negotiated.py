"""What came of the talk and how the round was run, for every form of the report.

Proportions before and after never share a name: keys begin with `before_` or `after_`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from app.reports.service import FacetPart
from app.reports.shares import shares_of
from app.reports.wording import counted
from app.resolution.traces import Process, Trace
from app.resolution.yields import Yields

Plain = dict[str, Any]


def stored_negotiation(part: FacetPart) -> Plain:
    """Return what came of the talk about a facet, as JSON holds it."""
    tally, table = part.tally, part.outcomes
    return {
        **{key: share for key, _, share, _ in shares_of(tally)},
        "before_n_cocoded": tally.n_cocoded,
        "before_n_agreed": tally.n_agreed,
        "before_n_disagreements": tally.n_flagged,
        "after_n_settled": tally.n_settled,
        "after_n_arbitrated": tally.n_arbitrated,
        "after_n_dropped": tally.n_dropped,
        "after_n_split": tally.n_split,
        "after_n_unsettled": tally.n_unsettled,
        "after_n_labels": tally.n_labels,
        "outcomes": {
            row.words: dict(zip(table.causes, row.counts, strict=True)) for row in table.rows
        },
        "n_open": table.n_open,
        "dissents": [
            {"card_id": one.card, "label": one.label, "coder": one.coder, "text": one.text}
            for one in part.dissents
        ],
    }


def stored_process(process: Process) -> Plain:
    """Return how a round was run, as JSON holds it."""
    return {
        "has_statements": process.has_statements,
        "owner_last": process.owner_last,
        "closed_early": None if process.closed_early is None else _trace(process.closed_early),
        "unfinished": list(process.unfinished),
        "opened_without_everybody": list(map(_trace, process.opened_early)),
        "arbitrated": list(map(_trace, process.arbitrated)),
        "decisions_changed": process.n_revised,
        "dissents": process.n_dissents,
        "deferred": process.n_deferred,
        "people": list(map(_trace, process.people)),
        "voided_rounds": list(map(_trace, process.voided)),
        "looked_at_again": {
            "fragile": process.reviews.n_fragile,
            "audit": process.reviews.n_audited,
            "upheld": process.reviews.n_upheld,
            "changed": process.reviews.n_changed,
            "open": process.reviews.n_open,
        },
    }


def _trace(trace: Trace) -> Plain:
    return {
        "happened": trace.what,
        "by": trace.by,
        "at": None if trace.at is None else trace.at.isoformat(timespec="seconds"),
        "reason": trace.reason,
    }


def stored_yields(yields: Yields) -> Plain:
    """Return whose label stood, as JSON holds it."""
    return {
        "n": yields.n_moves,
        "pairs": [
            {
                "first": one.first,
                "second": one.second,
                "n": one.n,
                "n_first_stood": one.n_first,
                "n_second_stood": one.n_second,
                "p": one.p,
                "notice": one.notice,
            }
            for one in yields.pairs
        ],
        "coders": [
            {"coder": one.name, "n_stood": one.n_held, "n_persuaded": one.n_yielded}
            for one in yields.coders
        ],
    }


def process_lines(process: Process) -> Iterator[tuple[str, str]]:
    """Give how a round was run as pairs of term and answer."""
    early = (process.closed_early,) if process.closed_early else ()
    yield "Statements before the talk", process.statement_words
    yield "Closed early", _told(early) or "no"
    yield "Not handed in at closing", ", ".join(process.unfinished) or "nobody"
    yield "Opened without every statement", _told(process.opened_early) or "no card"
    yield "Arbitrated", _told(process.arbitrated) or "no card"
    yield "Decisions changed later", str(process.n_revised)
    yield "Accepted with dissent", counted(process.n_dissents, "dissent")
    yield "Put off", str(process.n_deferred)
    yield "Agreed cards looked at again", process.review_words
    yield "Roles and people while the round ran", _told(process.people) or "no change"
    yield "Void rounds of the study", _told(process.voided) or "none"


def _told(traces: Iterable[Trace]) -> str:
    return " ".join(
        f"{one.words}{f' Reason: {one.reason}' if one.reason else ''}"
        + (f" ({one.at:%Y-%m-%d %H:%M} UTC)." if one.at else "")
        for one in traces
    )
