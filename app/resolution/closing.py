"""Closing a round and finishing it: one transaction each."""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert
from sqlmodel import Session

from app.activity.service import record
from app.codebook.content import Choice, FacetContent
from app.coding.bootstrapping import bootstrap_round
from app.coding.measuring import take_snapshots
from app.coding.models import Round
from app.coding.progress import progress_of_all
from app.coding.rounds import end_round, move_to, round_id_of
from app.coding.rules import Phase
from app.db import now
from app.errors import Conflict
from app.negotiation.flags import Finding, cocoded, find_disagreements
from app.negotiation.models import Disagreement
from app.negotiation.positions import positions_of
from app.negotiation.rules import (
    Position,
)
from app.negotiation.service import counts_by_state
from app.studies.models import Study
from app.studies.rules import Stance
from app.studies.service import member_names
from app.text import is_blank


def close_round(
    session: Session, round_: Round, *, reason: str, is_forced: bool, by: int | None
) -> None:
    """End the open phase: freeze the figures and flag what coders disagree on, all at once.

    Raises Conflict when a coder has not handed in and the lead did not say to close anyway, and
    when somebody else closed the round a moment before.
    """
    move_to(session, round_, Phase.NEGOTIATING)
    unfinished = _unfinished(session, round_)
    if unfinished and not (is_forced and not is_blank(reason)):
        names = ", ".join(unfinished)
        raise Conflict(
            f"{names} {'has' if len(unfinished) == 1 else 'have'} not handed in. To close anyway, "
            "confirm it and say why; what was not judged stays missing. Nothing was changed."
        )
    round_.closed_at = now()
    round_.close_reason = reason.strip()
    session.flush()  # the placements are visible from here on, to this transaction alone
    study = session.get_one(Study, round_.study_id)
    has_coefficients = study.stance == Stance.RELIABILITY
    taken = take_snapshots(session, round_, has_coefficients=has_coefficients)
    if has_coefficients:
        bootstrap_round(session, round_, taken, by=by)
    n_flagged = 0
    for snapshot, found in taken:
        positions = positions_of(session, round_, found.facet.id)
        n_flagged += _flag(session, round_, found.facet, positions)
        # Counted once: nobody judges a card of this round again, and there may be 500,000.
        snapshot.figures = {**snapshot.figures, "cocoded": cocoded(positions)._asdict()}
    record(
        session,
        round_.study_id,
        account_id=by,
        kind="round closed",
        subject=round_.name,
        detail={"reason": round_.close_reason, "unfinished": unfinished, "flagged": n_flagged},
    )


def _unfinished(session: Session, round_: Round) -> list[str]:
    names = member_names(session, round_.study_id)
    everybody = progress_of_all(session, round_id_of(round_))
    return [names[found.coder_id] for found in everybody if not found.has_submitted]


def _flag(
    session: Session,
    round_: Round,
    facet: FacetContent,
    positions: Mapping[int, Sequence[Position]],
) -> int:
    findings = find_disagreements(positions, is_multiple=facet.choice is Choice.MULTIPLE)
    if findings:
        rows = [_row(round_, facet, finding) for finding in findings]
        session.connection().execute(insert(Disagreement), rows)
    return len(findings)


def _row(round_: Round, facet: FacetContent, finding: Finding) -> dict[str, object]:
    return {
        "study_id": round_.study_id,
        "round_id": round_.id,
        "facet_id": facet.id,
        "card_id": finding.card_id,
        "flag": int(finding.flag),
        "cluster": finding.cluster[:500],
        "cluster_size": finding.cluster_size,
        "state": "open",
        "revision": 1,
    }


def finish_round(session: Session, round_: Round, *, by: int | None) -> None:
    """Declare a round done; 409 while a disagreement is open."""
    session.refresh(round_, with_for_update=True)  # whoever decides meanwhile comes too late
    n_open = counts_by_state(session, round_)["open"]
    if n_open:
        waiting = "1 disagreement is" if n_open == 1 else f"{n_open} disagreements are"
        raise Conflict(f"{waiting} still open. Decide or defer each, then finish the round.")
    end_round(session, round_, Phase.DONE, reason="", by=by)
