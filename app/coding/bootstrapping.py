"""Bootstrap intervals: drawn once a round has closed, stored beside its Snapshots for good."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
from sqlmodel import Session, col, select

from app.agreement import (
    ALGORITHM_VERSION,
    FacetIntervals,
    Ratings,
    SetRatings,
    Unit,
    bootstrap,
    describe,
    intervals_as_dict,
)
from app.coding.measuring import (
    GATE,
    RoundRatings,
    Taken,
    facets_of_round,
    ratings_for,
    snapshots,
)
from app.coding.models import Assignment, Bootstrap, Round, Snapshot
from app.coding.rounds import find_round, round_id_of
from app.corpus.models import Card
from app.db import Database, now
from app.jobs.models import Job, JobState
from app.jobs.service import enqueue
from app.sources.passages import sources_of_cards
from app.studies.models import Membership
from app.studies.rules import Role

BOOTSTRAP = "bootstrap"
RESAMPLES = 2000
FEWEST_DOCUMENTS = 10
SHORT_WORK = 20_000  # as `_effort` counts: up to here, closing waits for about a third of a second
SECONDS_BETWEEN_WORDS = 1.0

Share = Callable[[float], None]
Tell = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class BootstrapState:
    """Whether intervals are still to come, how far their job is (0 to 1), and why it failed."""

    is_waiting: bool
    progress: float
    error: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn: each card's document by number, or cards, and why if documents repeat."""

    seed: int
    clusters: tuple[int, ...] | None
    note: str | None


def bootstrap_round(
    session: Session, round_: Round, taken: Sequence[Taken], *, by: int | None
) -> None:
    """Draw the intervals of a round that has just closed; if that takes long, in a job."""
    account_id = by or _lead_of(session, round_.study_id)
    if account_id is None or sum(_effort(found) for _, found in taken) <= SHORT_WORK:
        for snapshot, found in taken:
            take_bootstrap(session, round_, snapshot, found)
        return
    params = {"study_id": round_.study_id, "round_id": round_id_of(round_)}
    enqueue(session, study_id=round_.study_id, account_id=account_id, kind=BOOTSTRAP, params=params)


def _lead_of(session: Session, study_id: int) -> int | None:
    """Return the account of a lead: a job is somebody's, and commands act for nobody."""
    statement = select(Membership.account_id).where(
        Membership.study_id == study_id,
        Membership.role == Role.LEAD,
        col(Membership.account_id).is_not(None),
    )
    return session.exec(statement.order_by(col(Membership.id))).first()


def _effort(found: RoundRatings) -> int:
    """Return a number that grows with the time drawing takes, as measured.

    Each two coders' judgements of each card are compared, sets on every category; and each
    resample has a table of each two coders, which costs as much as ten cards for every answer.
    """
    n_cards, n_answers = len(found.card_ids), len(found.answers)
    of_cards = n_cards * n_answers if isinstance(found.ratings, SetRatings) else n_cards
    of_gate = 0 if found.gate is None else n_cards + 10 * len(GATE)
    return comb(len(found.coders), 2) * (of_cards + 10 * n_answers + of_gate)


def take_bootstrap(
    session: Session,
    round_: Round,
    snapshot: Snapshot,
    found: RoundRatings,
    progress: Share | None = None,
) -> Bootstrap:
    """Draw and store the intervals of a Snapshot; what is stored already is given back."""
    return _of_this_version(session, snapshot) or _store(
        session, snapshot, draw_intervals(found, _drawing(session, round_, found), progress)
    )


def _drawing(session: Session, round_: Round, found: RoundRatings) -> Drawing:
    """Return what to draw: documents, if cards share them and there are enough of them."""
    documents = documents_of(session, round_, found)
    n_documents = len(set(documents))
    if n_documents == len(documents):
        return Drawing(round_.seed, None, None)
    if n_documents < FEWEST_DOCUMENTS:
        words = "1 document" if n_documents == 1 else f"{n_documents} documents"
        note = f"the cards come from only {words}, too few to draw documents"
        return Drawing(round_.seed, None, note)
    return Drawing(round_.seed, documents, None)


def documents_of(session: Session, round_: Round, found: RoundRatings) -> tuple[int, ...]:
    """Return the number of each card's document; cards of one source or one address share it."""
    statement = (
        select(Card.id, Card.source_url)
        .join(Assignment, col(Assignment.card_id) == col(Card.id))
        .where(Assignment.round_id == round_.id)
        .distinct()
    )
    sources = {card_id: url.partition("#")[0].strip() for card_id, url in session.exec(statement)}
    cut_from = sources_of_cards(session, round_.study_id)
    # A card without a source is a document of its own.
    documents = [sources[one] or cut_from.get(one) or one for one in found.card_ids]
    numbers = {document: number for number, document in enumerate(dict.fromkeys(documents))}
    return tuple(numbers[document] for document in documents)


def draw_intervals(
    found: RoundRatings, drawing: Drawing, progress: Share | None = None
) -> dict[str, Any]:
    """Return what a Bootstrap stores: the intervals as JSON, with three keys of its own.

    `note` says why cards were drawn although they share documents; `reason` why nothing was drawn,
    and then no figure has an interval. `gate` has the same of the gate, None without one.
    """
    gate = None if found.gate is None else _draw(found.gate, drawing, None)
    return {**_draw(found.ratings, drawing, progress), "gate": gate}


def _draw(
    ratings: Ratings | SetRatings, drawing: Drawing, progress: Share | None
) -> dict[str, Any]:
    facet = describe(ratings)
    clusters = None if drawing.clusters is None else np.array(drawing.clusters, dtype=np.int64)
    reason = None if facet.n_pairable else "No card was judged by two coders."
    drawn = FacetIntervals(
        algorithm_version=ALGORITHM_VERSION,
        seed=drawing.seed,
        n_resamples=RESAMPLES,
        unit=Unit.CARDS if clusters is None else Unit.CLUSTERS,
        n_drawn=0,
        figures={},
        pairs=tuple({} for _ in facet.pairs),
        categories=tuple({} for _ in facet.categories),
    )
    try:
        if reason is None:
            drawn = bootstrap(
                ratings,
                facet,
                n_resamples=RESAMPLES,
                seed=drawing.seed,
                clusters=clusters,
                progress=progress,
            )
    except ValueError as error:
        reason = str(error)
    return {**intervals_as_dict(drawn), "note": drawing.note, "reason": reason}


def _store(session: Session, snapshot: Snapshot, intervals: dict[str, Any]) -> Bootstrap:
    """Add the row, unless somebody did a moment ago: the lock lets one look after the other."""
    session.refresh(snapshot, with_for_update=True)
    stored = _of_this_version(session, snapshot)
    if stored is None:
        stored = Bootstrap(
            study_id=snapshot.study_id,
            snapshot_id=_id_of(snapshot),
            seed=intervals["seed"],
            n_resamples=intervals["n_resamples"],
            algorithm_version=str(ALGORITHM_VERSION),
            unit=intervals["unit"],
            intervals=intervals,
            taken_at=now(),
        )
        session.add(stored)
    return stored


def _id_of(snapshot: Snapshot) -> int:
    if snapshot.id is None:
        raise RuntimeError("the snapshot was not saved")
    return snapshot.id


def _of_this_version(session: Session, snapshot: Snapshot) -> Bootstrap | None:
    statement = select(Bootstrap).where(
        Bootstrap.snapshot_id == snapshot.id,
        Bootstrap.algorithm_version == str(ALGORITHM_VERSION),
    )
    return session.exec(statement).first()


def intervals_of(session: Session, snapshot: Snapshot) -> dict[str, Any] | None:
    """Return the newest intervals of a Snapshot as `draw_intervals` made them; None without."""
    statement = select(Bootstrap.intervals).where(Bootstrap.snapshot_id == snapshot.id)
    found = session.exec(statement.order_by(col(Bootstrap.id).desc())).first()
    return None if found is None else dict(found)


def intervals_of_all(session: Session, taken: Sequence[Snapshot]) -> Mapping[int, dict[str, Any]]:
    """Return the newest intervals of several Snapshots by the ids of these, in one query."""
    ids = [_id_of(one) for one in taken]
    statement = select(Bootstrap.snapshot_id, Bootstrap.intervals).where(
        col(Bootstrap.snapshot_id).in_(ids)
    )
    rows = session.exec(statement.order_by(col(Bootstrap.id)))
    return {snapshot_id: dict(found) for snapshot_id, found in rows}


def bootstrap_state(session: Session, snapshot: Snapshot) -> BootstrapState:
    """Return whether the Snapshot's intervals are still to come.

    Rounds that closed before intervals were stored have none and wait for none.
    """
    job = None if intervals_of(session, snapshot) is not None else _job_of(session, snapshot)
    if job is None:
        return BootstrapState(is_waiting=False, progress=0.0, error="")
    is_waiting = job.state in {JobState.WAITING, JobState.RUNNING}
    return BootstrapState(is_waiting, job.progress, job.error)


def _job_of(session: Session, snapshot: Snapshot) -> Job | None:
    statement = select(Job).where(Job.study_id == snapshot.study_id, Job.kind == BOOTSTRAP)
    jobs = session.exec(statement.order_by(col(Job.id).desc()))
    return next((job for job in jobs if job.params["round_id"] == snapshot.round_id), None)


def bootstrap_in_background(
    database: Database, params: dict[str, Any], tell: Tell
) -> Mapping[str, object]:
    """Draw the intervals of a closed round; run again, it goes on where it was interrupted."""
    with database.reading() as look:
        round_ = find_round(look, params["study_id"], params["round_id"])
        waiting = [one.facet_id for one in snapshots(look, round_) if _waits(look, one)]
    for place, facet_id in enumerate(waiting):
        with database.reading() as look:
            round_ = find_round(look, params["study_id"], params["round_id"])
            facets = {facet.id: facet for facet in facets_of_round(look, round_)}
            found = ratings_for(look, round_, facets[facet_id])
            drawing = _drawing(look, round_, found)
        # No session is open while it draws, so nobody's save has to wait.
        intervals = draw_intervals(found, drawing, _teller(tell, place, len(waiting)))
        with database.transaction() as session:
            round_ = find_round(session, params["study_id"], params["round_id"])
            taken = {one.facet_id: one for one in snapshots(session, round_)}
            _store(session, taken[facet_id], intervals)
    return {"facets": len(waiting)}


def _waits(session: Session, snapshot: Snapshot) -> bool:
    """Whether a Snapshot has coefficients of this version, and no intervals yet."""
    is_own = snapshot.algorithm_version == str(ALGORITHM_VERSION)
    has_coefficients = snapshot.figures["agreement"] is not None
    return is_own and has_coefficients and _of_this_version(session, snapshot) is None


def _teller(tell: Tell, place: int, n_facets: int) -> Share:
    """Return what turns the share of one facet into the job's; it speaks once a second."""
    step = f"Drawing resamples of facet {place + 1} of {n_facets}"
    told_at = -SECONDS_BETWEEN_WORDS

    def told(share: float) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= SECONDS_BETWEEN_WORDS:
            tell((place + share) / n_facets, step)
            told_at = time.monotonic()

    return told
