"""Talking about what coders disagree on, and deciding it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from pydantic import Field
from sqlmodel import Session

from app.coding.models import Round
from app.coding.rules import Value
from app.errors import ConcordError, Conflict, Forbidden, Invalid
from app.negotiation.agenda import agenda_page, asked_for, chooser_page, newest_in_negotiation
from app.negotiation.comments import add_comment
from app.negotiation.models import Disagreement
from app.negotiation.naming import agenda_url, closed_round, negotiation_shell
from app.negotiation.pages import Typed
from app.negotiation.reading import SPECIAL_ANSWERS, disagreement_page, next_open
from app.negotiation.rules import Cause, Outcome
from app.negotiation.service import (
    DecisionDraft,
    StaleDecision,
    find_disagreement,
    record_decision,
)
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.web.forms import GREATEST_ID, Count, Id, Line, PathId, Text, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()

SAID = declare_notice("comment-added", "good", "Your comment is saved.")
DECIDED = declare_notice(
    "disagreement-decided", "good", "The decision is saved. This is the next open card."
)
ALL_DECIDED = declare_notice(
    "disagreements-decided", "good", "The decision is saved. Nothing is open in this facet."
)
_NOTICES = {"next": DECIDED, "done": ALL_DECIDED}

_BASE = "/studies/{study_id}/rounds/{round_id}/disagreements"


class CommentForm(Write):
    text: Text


class DecisionForm(Write):
    revision: Count
    answers: list[Line] = Field(default_factory=list)
    outcome: Line = ""
    cause: Line = ""
    rationale: Text = ""


@router.get("/studies/{study_id}/negotiation", name="negotiation")
def negotiation(
    request: Request,
    here: InStudy,
    look: Look,
    every: Annotated[bool, Query(alias="all")] = False,
) -> Response:
    """Lead to the round that is being negotiated; else show the closed rounds."""
    current = None if every else newest_in_negotiation(look, here)
    if current is not None:
        return go(agenda_url(here, current))
    return respond(request, "negotiation/rounds.html", chooser_page(look, here), here.shell)


@router.get(_BASE, name="disagreements")
def agenda(
    request: Request,
    here: InStudy,
    look: Look,
    round_id: PathId,
    facet: Annotated[Id | None, Query()] = None,
    state: Annotated[str, Query(max_length=20)] = "",
    pair: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Show what the coders of a closed round disagree on in a facet."""
    round_ = closed_round(look, here, round_id)
    page = agenda_page(look, here, round_, asked_for(facet, state, pair))
    return respond(request, "negotiation/agenda.html", page, negotiation_shell(here))


@router.get(f"{_BASE}/{{disagreement_id}}", name="disagreement")
def disagreement(
    request: Request, here: InStudy, look: Look, round_id: PathId, disagreement_id: PathId
) -> Response:
    """Show one disagreement."""
    round_ = closed_round(look, here, round_id)
    found = find_disagreement(look, round_, disagreement_id)
    return _draw(request, here, look, round_, found)


def _draw(
    request: Request,
    here: Here,
    session: Session,
    round_: Round,
    found: Disagreement,
    typed: Typed | None = None,
    *,
    status: int = 200,
) -> Response:
    page = disagreement_page(session, here, round_, found, typed)
    shell = negotiation_shell(here)
    return respond(request, "negotiation/disagreement.html", page, shell, status=status)


@router.post(f"{_BASE}/{{disagreement_id}}/comments", name="add_comment")
def comment(
    request: Request,
    here: Annotated[Here, require(Action.COMMENT)],
    tx: Tx,
    round_id: PathId,
    disagreement_id: PathId,
    form: Annotated[CommentForm, FormData()],
) -> Response:
    """Add to the talk."""
    round_ = closed_round(tx, here, round_id)
    found = find_disagreement(tx, round_, disagreement_id)
    url = f"{agenda_url(here, round_)}/{found.id}"

    def act() -> str:
        add_comment(tx, found, here.member_id, form.text)
        return f"{url}#talk"

    try:
        done = here.once(tx, form, f"comment on {disagreement_id}", act)
    except (Conflict, Invalid) as refusal:
        typed = Typed(comment=form.text, sentence=refusal.message, field="text")
        return _refused(request, here, tx, (round_id, disagreement_id), typed, refusal)
    return go(done.result, notice=SAID)


def _refused(
    request: Request,
    here: Here,
    tx: Session,
    ids: tuple[int, int],
    typed: Typed,
    refusal: ConcordError,
) -> Response:
    """Show the page as it is now, with what was typed and why it was not saved."""
    tx.rollback()
    round_ = closed_round(tx, here, ids[0])
    found = find_disagreement(tx, round_, ids[1])
    return _draw(request, here, tx, round_, found, typed, status=refusal.status)


@router.post(f"{_BASE}/{{disagreement_id}}/decision", name="decide")
def decide(
    request: Request,
    here: Annotated[Here, require(Action.DECIDE)],
    tx: Tx,
    round_id: PathId,
    disagreement_id: PathId,
    form: Annotated[DecisionForm, FormData()],
) -> Response:
    """Record what the team decided and go on to the next open card."""
    round_ = closed_round(tx, here, round_id)
    found = find_disagreement(tx, round_, disagreement_id)

    def act() -> str:
        record_decision(tx, found, _draft(form), by=here.membership)
        tx.flush()  # what was decided just now is not open any more
        follower = next_open(tx, round_, found)
        if follower is None:
            return f"done {agenda_url(here, round_)}?facet={found.facet_id}"
        return f"next {agenda_url(here, round_)}/{follower.id}"

    try:
        done = here.once(tx, form, f"decide {disagreement_id}", act)
    except (Conflict, Invalid, Forbidden) as refusal:
        typed = _typed(form, refusal)
        return _refused(request, here, tx, (round_id, disagreement_id), typed, refusal)
    notice, _, url = done.result.partition(" ")
    return go(url, notice=_NOTICES[notice])


def _typed(form: DecisionForm, refusal: ConcordError) -> Typed:
    return Typed(
        answers=tuple(form.answers),
        outcome=form.outcome,
        cause=form.cause,
        rationale=form.rationale,
        sentence=refusal.message,
        field=refusal.field or "" if isinstance(refusal, Invalid) else "",
        is_stale=isinstance(refusal, StaleDecision),
    )


def _draft(form: DecisionForm) -> DecisionDraft:
    """Return the form as a decision; `Invalid` names the field that lacks something."""
    value, category_ids = _answer(form.answers)
    if form.outcome not in set(Outcome):
        raise Invalid("Choose what came of the talk.", field="outcome")
    if form.cause not in set(Cause):
        raise Invalid("Choose what the disagreement came from.", field="cause")
    return DecisionDraft(
        value=value,
        category_ids=category_ids,
        outcome=Outcome(form.outcome),
        cause=Cause(form.cause),
        rationale=form.rationale,
        revision=form.revision,
    )


def _answer(answers: list[str]) -> tuple[Value, tuple[int, ...]]:
    """Return the label that was chosen; nothing chosen leaves the card without one."""
    chosen = [answer for answer in answers if answer]
    special = [Value(answer) for answer in chosen if answer in set(SPECIAL_ANSWERS)]
    rest = [answer for answer in chosen if answer not in set(SPECIAL_ANSWERS)]
    category_ids = tuple(int(one) for one in rest if one.isascii() and one.isdigit())
    is_known = len(category_ids) == len(rest) and max(category_ids, default=0) <= GREATEST_ID
    if not is_known or (special and (rest or len(special) > 1)):
        raise Invalid(
            "Choose categories, or one answer without a category; not both.", field="answers"
        )
    if special:
        return special[0], ()
    return (Value.CATEGORIES, category_ids) if category_ids else (Value.NOT_JUDGED, ())
