"""Sealing first statements: on one card, along all own cards, or the rest at once."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData

from app.coding.models import Round
from app.corpus.models import Card
from app.errors import Conflict, Invalid
from app.negotiation.item.acts import OnItem, typed_in
from app.negotiation.item.forms import ReasonForm, StatementForm, statement_draft
from app.negotiation.item.run import statements_page, statements_url
from app.negotiation.item.slips import text_of
from app.negotiation.models import Disagreement
from app.negotiation.naming import closed_round, negotiation_shell
from app.negotiation.statements import (
    open_without_everybody,
    seal_statement,
    seal_the_rest,
    waiting_for,
)
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.web.forms import GREATEST_ID, PathId, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()

SEALED = declare_notice(
    "statement-sealed", "good", "Your statement is sealed. It opens when every coder has one."
)
OPENED = declare_notice(
    "statements-open", "good", "Your statement was the last one: all are open now."
)
FORCED = declare_notice("statements-forced", "good", "The card is open. Your reason is on record.")
REST_SEALED = declare_notice("statements-rest", "good", "Your statements are sealed.")
NOTHING_LEFT = declare_notice("statements-none", "info", "No statement of yours was missing.")

_ROUND = "/studies/{study_id}/rounds/{round_id}"
_ITEM = f"{_ROUND}/disagreements/{{disagreement_id}}"


@router.get(f"{_ROUND}/statements", name="statements")
def statements(
    request: Request,
    here: InStudy,
    look: Look,
    round_id: PathId,
    after: Annotated[int | None, Query(ge=1, le=GREATEST_ID)] = None,
) -> Response:
    """Show the next card on which one's own statement is missing."""
    round_ = closed_round(look, here, round_id)
    page = statements_page(look, here, round_, after=after)
    return respond(request, "negotiation/statements.html", page, negotiation_shell(here))


@router.post(f"{_ITEM}/statements", name="seal_statement")
def seal_one(item: OnItem, form: Annotated[StatementForm, FormData()]) -> Response:
    """Seal one's statement; the last one opens all."""

    def act(round_: Round, found: Disagreement) -> str:
        # Where it stood in the run is asked before it is sealed: after that it is not in it.
        following = _following(item.session, round_, found, item.here) if form.is_run else None
        card = item.session.get_one(Card, found.card_id)
        draft = statement_draft(form, text_of(card))
        is_last = seal_statement(item.session, found, draft, by=item.here.membership)
        notice = OPENED if is_last else SEALED
        if form.is_run:
            return f"{notice} {statements_url(item.here, round_, after=following)}"
        return item.back(notice, part="positions" if is_last else "")

    return item.once(form, "statement", act)


def _following(session: Tx, round_: Round, found: Disagreement, here: Here) -> int | None:
    """Return the card before this one in the run, after which it goes on."""
    ids = [one.id for one in waiting_for(session, round_, here.member_id)]
    place = ids.index(found.id) if found.id in ids else 0
    return ids[place - 1] if place else None


@router.post(f"{_ROUND}/statements/rest", name="seal_the_rest")
def seal_rest(
    request: Request,
    here: InStudy,
    tx: Tx,
    round_id: PathId,
    form: Annotated[Write, FormData()],
) -> Response:
    """Seal every statement that is missing with the memo as it is."""
    round_ = closed_round(tx, here, round_id)

    def act() -> str:
        n_sealed = seal_the_rest(tx, round_, by=here.membership)
        notice = REST_SEALED if n_sealed else NOTHING_LEFT
        return f"{notice} {here.url('rounds', round_id, 'disagreements')}"

    try:
        done = here.once(tx, form, f"seal the rest of {round_id}", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        round_ = closed_round(tx, here, round_id)
        page = statements_page(tx, here, round_, typed=typed_in(form, "rest", refusal, {}))
        shell = negotiation_shell(here)
        return respond(request, "negotiation/statements.html", page, shell, status=refusal.status)
    notice, _, url = done.result.partition(" ")
    return go(url, notice=notice)


@router.post(f"{_ITEM}/opening", name="open_statements")
def open_early(
    here: Annotated[Here, require(Action.MANAGE_ROUNDS)],
    item: OnItem,
    form: Annotated[ReasonForm, FormData()],
) -> Response:
    """Open a card although statements are missing; who did it and why is kept."""

    def act(_round: Round, found: Disagreement) -> str:
        open_without_everybody(item.session, found, form.reason, by=here.membership)
        return item.back(FORCED, part="positions")

    return item.once(form, "open", act)
