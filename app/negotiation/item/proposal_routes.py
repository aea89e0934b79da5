"""Proposing, confirming, dissenting, withdrawing: on one card, or on a cluster in one act."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData

from app.coding.models import Round
from app.errors import Conflict, Invalid
from app.negotiation.batches import confirm_all, propose_for_all
from app.negotiation.item.acts import OnItem, typed_in
from app.negotiation.item.cluster import cluster_of, cluster_page
from app.negotiation.item.forms import (
    CLAUSE_FIELDS,
    AnsweredForm,
    BatchForm,
    ClusterForm,
    DissentForm,
    ProposalForm,
    cards_of_form,
    clauses_of_form,
    settlement_of_form,
)
from app.negotiation.models import Disagreement
from app.negotiation.naming import agenda_url, closed_round, negotiation_shell
from app.negotiation.proposals import (
    ProposalDraft,
    confirm,
    dissent,
    propose,
    settle_without_left,
    withdraw,
)
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.web.forms import Id, Line, PathId
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()

PROPOSED = declare_notice(
    "proposal-made", "good", "Your proposal is saved. It counts once everybody has confirmed it."
)
CONFIRMED = declare_notice(
    "proposal-confirmed", "good", "Your confirmation is saved. Others are still waited for."
)
DISSENTED = declare_notice(
    "proposal-dissented", "good", "Your dissent is saved and kept with the proposal."
)
WITHDRAWN = declare_notice("proposal-withdrawn", "good", "Your proposal is withdrawn.")
WAITING = declare_notice("proposal-waits", "info", "Somebody is still waited for.")
ALL_PROPOSED = declare_notice(
    "cluster-proposed", "good", "The proposal is saved for every card you chose."
)
SOME_PROPOSED = declare_notice(
    "cluster-partly-proposed",
    "warn",
    "The proposal is saved, but not for all cards you chose: some had changed or cannot take it.",
)
ALL_CONFIRMED = declare_notice("cluster-confirmed", "good", "Your confirmations are saved.")

_ROUND = "/studies/{study_id}/rounds/{round_id}"
_ITEM = f"{_ROUND}/disagreements/{{disagreement_id}}"
Deciding = Annotated[Here, require(Action.DECIDE)]


@router.post(f"{_ITEM}/proposals", name="propose")
def make_proposal(
    here: Deciding, item: OnItem, form: Annotated[ProposalForm, FormData()]
) -> Response:
    """Put a proposal on the table, in place of an open one."""

    def act(round_: Round, found: Disagreement) -> str:
        settlement = settlement_of_form(form, form.outcome)
        draft = ProposalDraft(settlement, form.revision, clauses_of_form(form))
        row = propose(item.session, found, draft, by=here.membership)
        if row.status == "accepted":
            return item.onward(round_, found)
        return item.back(PROPOSED, part="decision")

    return item.once(form, "proposal", act, fields=CLAUSE_FIELDS)


@router.post(f"{_ITEM}/confirmations", name="confirm_proposal")
def confirm_proposal(item: OnItem, form: Annotated[AnsweredForm, FormData()]) -> Response:
    """Confirm the open proposal; the last voice settles the card."""

    def act(round_: Round, found: Disagreement) -> str:
        if confirm(item.session, found, form.proposal_id, by=item.here.membership):
            return item.onward(round_, found)
        return item.back(CONFIRMED, part="decision")

    return item.once(form, "confirm", act)


@router.post(f"{_ITEM}/dissents", name="dissent")
def accept_with_dissent(item: OnItem, form: Annotated[DissentForm, FormData()]) -> Response:
    """Accept the open proposal and keep a dissent."""

    def act(round_: Round, found: Disagreement) -> str:
        by = item.here.membership
        if dissent(item.session, found, form.proposal_id, form.dissent, by=by):
            return item.onward(round_, found)
        return item.back(DISSENTED, part="decision")

    return item.once(form, "dissent", act)


@router.post(f"{_ITEM}/withdrawals", name="withdraw_proposal")
def take_back(item: OnItem, form: Annotated[AnsweredForm, FormData()]) -> Response:
    """Take back one's own proposal."""

    def act(_round: Round, found: Disagreement) -> str:
        withdraw(item.session, found, form.proposal_id, by=item.here.membership)
        return item.back(WITHDRAWN, part="decision")

    return item.once(form, "withdraw", act)


@router.post(f"{_ITEM}/settlement", name="settle_without_left")
def settle_it(item: OnItem, form: Annotated[AnsweredForm, FormData()]) -> Response:
    """Settle a proposal that only waits for somebody who has left."""

    def act(round_: Round, found: Disagreement) -> str:
        by = item.here.membership
        if settle_without_left(item.session, found, form.proposal_id, by=by):
            return item.onward(round_, found)
        return item.back(WAITING, part="decision")

    return item.once(form, "settle", act)


@router.get(f"{_ROUND}/clusters", name="cluster")
def cluster(
    request: Request,
    here: InStudy,
    look: Look,
    round_id: PathId,
    facet: Annotated[Id | None, Query()] = None,
    pair: Annotated[Line, Query()] = "",
) -> Response:
    """Show which cards one proposal can cover."""
    round_ = closed_round(look, here, round_id)
    page = cluster_page(look, here, round_, (facet, pair))
    return respond(request, "negotiation/cluster.html", page, negotiation_shell(here))


@router.post(f"{_ROUND}/clusters", name="propose_for_cluster")
def propose_for_cluster(
    request: Request,
    here: Deciding,
    tx: Tx,
    round_id: PathId,
    form: Annotated[ClusterForm, FormData()],
) -> Response:
    """Propose the same for several cards, with one rationale."""
    round_ = closed_round(tx, here, round_id)

    def act() -> str:
        settlement = settlement_of_form(form, form.outcome)
        seen = cards_of_form(form)
        every = [one for one in cluster_of(tx, round_, form.facet, form.pair) if one.id in seen]
        clauses = clauses_of_form(form)
        done = propose_for_all(
            tx, every, settlement, by=here.membership, seen=seen, clauses=clauses
        )
        notice = ALL_PROPOSED if len(done.proposals) == len(seen) else SOME_PROPOSED
        first = done.proposals[0].disagreement_id
        return f"{notice} {agenda_url(here, round_)}/{first}#decision"

    try:
        answer = here.once(tx, form, f"cluster {round_id}", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        round_ = closed_round(tx, here, round_id)
        typed = typed_in(form, "cluster", refusal, CLAUSE_FIELDS)
        page = cluster_page(tx, here, round_, (form.facet, form.pair), typed)
        shell = negotiation_shell(here)
        return respond(request, "negotiation/cluster.html", page, shell, status=refusal.status)
    notice, _, url = answer.result.partition(" ")
    return go(url, notice=notice)


@router.post(f"{_ITEM}/batch", name="confirm_batch")
def confirm_batch(item: OnItem, form: Annotated[BatchForm, FormData()]) -> Response:
    """Confirm everything that was proposed in the same act as on this card."""

    def act(round_: Round, found: Disagreement) -> str:
        settled = confirm_all(item.session, round_, form.batch, by=item.here.membership)
        if settled:
            return item.onward(round_, found)
        return item.back(ALL_CONFIRMED, part="decision")

    return item.once(form, "batch", act)
