"""A decision that did not fit into the draft: the lead takes it in, worded anew, or leaves it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData
from pydantic import Field
from sqlmodel import Session

from app.activity.service import record
from app.codebook import service
from app.codebook.lineage import names_of
from app.codebook.models import Facet
from app.corpus.models import Card
from app.errors import ConcordError, Conflict, Invalid
from app.negotiation.clause_states import drop_clause, find_clause, take_clause
from app.negotiation.clauses import (
    LINE_GOES_TO,
    WORDS_FOR_CLAUSE,
    ClauseDraft,
    ClauseKind,
    check_clause,
)
from app.negotiation.models import Clause, Disagreement, Proposal
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import LongText, MaybeId, PathId, Text, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()

TAKEN = declare_notice("clause-taken", "good", "It is in the draft.")
DROPPED = declare_notice(
    "clause-dropped", "good", "It is left out; the reason stands in the ledger."
)
_STATES = {
    "in_draft": "It is in the draft.",
    "published": "It was published with a version.",
    "dropped": "It was left out.",
    "waiting": "",
}

Editing = Annotated[Here, require(Action.EDIT_CODEBOOK)]


class TakeForm(Write):
    category_id: MaybeId = None
    into_id: MaybeId = None
    name: Text = ""
    text: LongText = ""


class DropForm(Write):
    reason: Annotated[Text, Field(max_length=2_000)] = ""


@dataclass(frozen=True, slots=True)
class ClausePage:
    """A decided clause, and what the lead can do about it."""

    base: str
    address: str
    words: str
    subject: str
    reason: str
    decision_url: str
    card: str
    waits: bool
    state_words: str
    options: tuple[tuple[str, str], ...]
    needs_category: bool
    needs_into: bool
    needs_name: bool
    needs_text: bool
    category_id: int | None
    into_id: int | None
    name: str
    text: str
    why_not: str
    sentence: str
    field: str

    def error(self, name: str) -> str | None:
        """Return what is wrong with a field."""
        return self.sentence if self.field == name else None


@router.get("/studies/{study_id}/codebook/clauses/{clause_id}", name="decided_clause")
def decided_clause(request: Request, here: Editing, look: Look, clause_id: PathId) -> Response:
    return _draw(request, here, look, clause_id)


@router.post("/studies/{study_id}/codebook/clauses/{clause_id}/take", name="take_clause")
def take(
    request: Request,
    here: Editing,
    tx: Tx,
    clause_id: PathId,
    form: Annotated[TakeForm, FormData()],
) -> Response:
    def act() -> str:
        clause = find_clause(tx, here.study_id, clause_id)
        kind = ClauseKind(clause.kind)
        wanted = ClauseDraft(kind, form.category_id, form.into_id, form.name, form.text)
        facet = service.draft(tx, here.study_id).facet(clause.facet_id)
        if facet is None:
            raise Conflict("Its facet is not in the draft. Restore the facet, or leave this out.")
        check_clause(tx, facet, wanted)
        take_clause(tx, clause, wanted, by=here.account_id)
        _note(tx, here, clause, "clause taken")
        return f"{here.url('codebook')}?category={form.category_id or clause.category_id}"

    try:
        done = here.once(tx, form, f"take clause {clause_id}", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        return _draw(request, here, tx, clause_id, form=form, refusal=refusal)
    return go(done.result, notice=TAKEN)


@router.post("/studies/{study_id}/codebook/clauses/{clause_id}/drop", name="drop_clause")
def drop(
    request: Request,
    here: Editing,
    tx: Tx,
    clause_id: PathId,
    form: Annotated[DropForm, FormData()],
) -> Response:
    def act() -> str:
        clause = find_clause(tx, here.study_id, clause_id)
        drop_clause(tx, clause, reason=form.reason)
        _note(tx, here, clause, "clause dropped")
        return here.url("codebook")

    try:
        done = here.once(tx, form, f"drop clause {clause_id}", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        return _draw(request, here, tx, clause_id, form=form, refusal=refusal)
    return go(done.result, notice=DROPPED)


def _note(session: Session, here: Here, clause: Clause, kind: str) -> None:
    record(
        session,
        here.study_id,
        account_id=here.account_id,
        kind=kind,
        subject=str(clause.id),
        detail={"reason": clause.reason, "clause": clause.kind},
    )


def _draw(
    request: Request,
    here: Here,
    session: Session,
    clause_id: int,
    *,
    form: TakeForm | DropForm | None = None,
    refusal: ConcordError | None = None,
) -> Response:
    clause = find_clause(session, here.study_id, clause_id)
    page = _page(session, here, clause, form, refusal)
    status = refusal.status if refusal else 200
    return respond(request, "evolution/clause.html", page, here.shell, status=status)


def _page(
    session: Session,
    here: Here,
    clause: Clause,
    form: TakeForm | DropForm | None,
    refusal: ConcordError | None,
) -> ClausePage:
    kind = ClauseKind(clause.kind)
    proposal = session.get_one(Proposal, clause.proposal_id)
    found = session.get_one(Disagreement, proposal.disagreement_id)
    facet = session.get_one(Facet, clause.facet_id)
    rows = service.categories_of(session, here.study_id).get(facet.id or 0, [])
    names = names_of(session, here.study_id, {clause.category_id or 0})
    typed = form if isinstance(form, TakeForm) else None
    return ClausePage(
        base=here.url("codebook"),
        address=here.url("codebook", "clauses", clause.id),
        words=WORDS_FOR_CLAUSE[kind],
        subject=names.get(clause.category_id or 0, ""),
        reason=clause.reason,
        decision_url=here.url("rounds", found.round_id, "disagreements", found.id),
        card=session.get_one(Card, found.card_id).key,
        waits=clause.state == "waiting",
        state_words=_STATES[clause.state],
        options=(("", "choose"), *((str(one.id), one.name) for one in rows)),
        needs_category=kind is not ClauseKind.ADD,
        needs_into=kind is ClauseKind.MERGE,
        needs_name=kind in {ClauseKind.ADD, ClauseKind.SPLIT},
        needs_text=kind in LINE_GOES_TO or kind in {ClauseKind.REDEFINE, ClauseKind.ADD},
        category_id=typed.category_id if typed else clause.category_id,
        into_id=typed.into_id if typed else clause.into_id,
        name=typed.name if typed else clause.name,
        text=typed.text if typed else clause.text,
        why_not=form.reason if isinstance(form, DropForm) else "",
        sentence=refusal.message if refusal else "",
        field=(refusal.field or "") if isinstance(refusal, Invalid) else "",
    )
