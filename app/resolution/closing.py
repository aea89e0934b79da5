"""Closing a round and finishing it: one transaction each."""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert
from sqlmodel import Session, select

from app.activity.service import record
from app.codebook.content import FacetContent
from app.codebook.gates import gate_in_words
from app.coding.bootstrapping import bootstrap_round
from app.coding.exposing import expose_cards
from app.coding.measuring import take_snapshots
from app.coding.models import Assignment, Round
from app.coding.progress import progress_of_all
from app.coding.rounds import end_round, move_to, protocol_of, round_id_of
from app.coding.rules import Kind, Phase, Sort
from app.coding.seals import seal
from app.db import now
from app.errors import Conflict
from app.negotiation.agenda.flags import Finding, cocoded
from app.negotiation.agenda.ordering import agenda_of
from app.negotiation.models import Disagreement
from app.negotiation.naming import texts_of
from app.negotiation.parties import living_coders
from app.negotiation.positions import positions_of
from app.negotiation.rules import Position, Stage
from app.negotiation.service import counts_by_state, n_proposed_anew
from app.studies.models import Study
from app.studies.rules import Stance
from app.studies.service import member_names
from app.text import is_blank
from app.web.render import plural


def close_round(
    session: Session, round_: Round, *, reason: str, is_forced: bool, by: int | None
) -> None:
    """End the open phase: freeze the figures and flag what coders disagree on, all at once.

    Raises Conflict when a coder has not handed in and the lead did not say to close anyway, and
    when somebody else closed the round a moment before.
    """
    has_own_piles = round_.sort != Sort.CLOSED
    move_to(session, round_, Phase.ALIGNING if has_own_piles else Phase.NEGOTIATING)
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
    # Piles of coders' own have no figure: their names mean nothing to each other until aligned.
    n_flagged = None if has_own_piles else measure_round(session, round_, by=by)
    # Coders talk openly in a calibration, and everybody sees everybody's piles.
    if round_.kind == Kind.CALIBRATION or has_own_piles:
        expose_cards(session, round_, _cards_of(session, round_))
    record(
        session,
        round_.study_id,
        account_id=by,
        kind="round closed",
        subject=round_.name,
        detail={"reason": round_.close_reason, "unfinished": unfinished, "flagged": n_flagged},
    )


def measure_round(session: Session, round_: Round, *, by: int | None) -> int:
    """Freeze the figures and fill the agenda; return on how many cards coders differ.

    A round does so once, as soon as what its coders said can be compared.
    """
    study = session.get_one(Study, round_.study_id)
    has_coefficients = study.stance == Stance.RELIABILITY
    taken = take_snapshots(session, round_, has_coefficients=has_coefficients)
    if has_coefficients:
        bootstrap_round(session, round_, taken, by=by)
    n_flagged = 0
    living = set(living_coders(session, round_))
    facets = [found.facet for _, found in taken]
    for snapshot, found in taken:
        positions = positions_of(session, round_, found.facet.id)
        n_flagged += _flag(session, round_, found.facet, positions, living)
        # Counted once: nobody judges a card of this round again, and there may be 500,000.
        snapshot.figures = {**snapshot.figures, "cocoded": cocoded(positions)._asdict()}
        if words := gate_in_words(found.facet.gate, facets):
            snapshot.figures["asked_if"] = words
    return n_flagged


def _cards_of(session: Session, round_: Round) -> Sequence[int]:
    statement = select(Assignment.card_id).where(Assignment.round_id == round_.id).distinct()
    return session.exec(statement).all()


def _unfinished(session: Session, round_: Round) -> list[str]:
    names = member_names(session, round_.study_id)
    everybody = progress_of_all(session, round_id_of(round_))
    return [names[found.coder_id] for found in everybody if not found.has_submitted]


def _flag(
    session: Session,
    round_: Round,
    facet: FacetContent,
    positions: Mapping[int, Sequence[Position]],
    living: set[int],
) -> int:
    """Put the cards to talk about on the agenda; return on how many of them coders differ."""
    findings = agenda_of(
        positions, facet=facet, texts=lambda ids: texts_of(session, ids), seed=round_.seed
    )
    # Whoever matched the piles has seen everybody's: nothing is left to seal.
    asks = protocol_of(round_).has_statements and round_.sort == Sort.CLOSED
    stages = [
        _first_stage(found, positions[found.card_id], living if asks else set())
        for found in findings
    ]
    if findings:
        rows = [
            _row(round_, facet, place, found, stage)
            for place, (found, stage) in sorted(
                enumerate(zip(findings, stages, strict=True)),
                # By card: ids would tell which sealed cards belong to the same confusion.
                key=lambda one: one[1][0].card_id,
            )
        ]
        session.connection().execute(insert(Disagreement), rows)
    paired = list(zip(findings, stages, strict=True))
    is_sealed = [found.card_id for found, stage in paired if stage is Stage.SEALED]
    seal(session, round_, ((facet.id, card_id) for card_id in is_sealed))
    differing = [found.card_id for found in findings if found.flag.is_disagreement]
    expose_cards(session, round_, set(differing) - set(is_sealed))
    return len(differing)


def _first_stage(found: Finding, said: Sequence[Position], stating: set[int]) -> Stage:
    """Return how the talk begins: with statements where two who differ can write them."""
    n_stating = sum(one.coder_id in stating for one in said)
    return Stage.SEALED if found.flag.is_disagreement and n_stating > 1 else Stage.OPENED


def _row(
    round_: Round, facet: FacetContent, place: int, finding: Finding, stage: Stage
) -> dict[str, object]:
    return {
        "study_id": round_.study_id,
        "round_id": round_.id,
        "facet_id": facet.id,
        "card_id": finding.card_id,
        "flag": int(finding.flag),
        "flags": finding.flags,
        "divergence": finding.divergence,
        "place": place,
        "cluster": finding.cluster[:500],
        "cluster_size": finding.cluster_size,
        "state": "open",
        "stage": stage.value,
        "revision": 1,
    }


def finish_round(session: Session, round_: Round, *, by: int | None) -> None:
    """Declare a round done; 409 while a disagreement is open."""
    session.refresh(round_, with_for_update=True)  # whoever decides meanwhile comes too late
    n_open = counts_by_state(session, round_)["open"]
    if n_open:
        waiting = "1 disagreement is" if n_open == 1 else f"{n_open} disagreements are"
        raise Conflict(f"{waiting} still open. Decide or defer each, then finish the round.")
    if n_pending := n_proposed_anew(session, round_):
        raise Conflict(
            f"A new proposal waits for an answer on {plural(n_pending, 'decided card')}. Confirm "
            "or withdraw it, then finish the round."
        )
    end_round(session, round_, Phase.DONE, reason="", by=by)
