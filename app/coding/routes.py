"""The rounds of a study, and the draft of the next one."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from sqlmodel import Session

from app.codebook.service import latest_version
from app.coding.draft_form import DraftFields, DraftForm, DraftQuery, fields_of
from app.coding.draft_page import Refused, draft_page
from app.coding.drafts import RoundDraft, StaleDraft, change_draft, create_round
from app.coding.models import Round
from app.coding.prepared import coders_of_study, fresh_check, next_draft
from app.coding.round_facts import RoundRow, round_rows
from app.coding.rounds import (
    coder_ids_of,
    end_round,
    find_round,
    open_round,
)
from app.coding.rules import Phase
from app.corpus.service import n_cards
from app.errors import Conflict, Invalid
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.web.errors import problem
from app.web.forms import PathId, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()


def _fresh_id() -> str:
    return str(uuid.uuid4())


Lead = Annotated[Here, require(Action.MANAGE_ROUNDS)]

SAVED = declare_notice("draft-saved", "good", "The draft is saved. Nobody can sort yet.")
OPENED = declare_notice(
    "round-opened", "good", "The round is open. Cards, order and codebook are frozen now."
)
DISCARDED = declare_notice("draft-discarded", "good", "The draft is discarded.")
NO_REVISION = (
    "The form came without the version of the draft it was made from. Open the page again and "
    "repeat your change. Nothing was changed."
)


@dataclass(frozen=True, slots=True)
class Need:
    """What a first round needs, and whether it is there."""

    words: str
    is_met: bool
    url: str


@dataclass(frozen=True, slots=True)
class RoundsPage:
    rounds: tuple[RoundRow, ...]
    needs: tuple[Need, ...]
    new_url: str
    fresh_check_url: str
    past_work_url: str
    may_manage: bool
    fresh_check_id: str = field(default_factory=_fresh_id)


@router.get("/studies/{study_id}/rounds", name="rounds")
def rounds(request: Request, here: InStudy, look: Look) -> Response:
    page = RoundsPage(
        rounds=round_rows(look, here),
        needs=_needs(look, here),
        new_url=here.url("rounds", "new"),
        fresh_check_url=here.url("rounds", "fresh-check"),
        past_work_url=here.url("rounds", "past-work"),
        may_manage=here.may(Action.MANAGE_ROUNDS),
    )
    return respond(request, "coding/rounds.html", page, here.shell)


def _needs(look: Session, here: Here) -> tuple[Need, ...]:
    n_coders = len(coders_of_study(look, here.study_id))
    has_version = latest_version(look, here.study_id) is not None
    has_cards = n_cards(look, here.study_id) > 0
    return (
        Need("Cards to sort", has_cards, here.url("cards")),
        Need("A published codebook", has_version, here.url("codebook")),
        Need("Two coders, for agreement", n_coders >= 2, here.url("members")),
    )


@router.post("/studies/{study_id}/rounds/new", name="new_round")
def new_round(here: Lead, tx: Tx, form: Annotated[Write, FormData()]) -> Response:
    return _drafted(here, tx, form, "new round", lambda: next_draft(tx, here.study))


@router.post("/studies/{study_id}/rounds/fresh-check", name="new_fresh_check")
def new_fresh_check(here: Lead, tx: Tx, form: Annotated[Write, FormData()]) -> Response:
    """Draft a check of the newest codebook on fresh cards."""
    return _drafted(here, tx, form, "new fresh check", lambda: fresh_check(tx, here.study))


def _drafted(
    here: Here, tx: Session, form: Write, what: str, prepare: Callable[[], RoundDraft]
) -> Response:
    """Add a prepared draft once and lead to its page."""

    def act() -> str:
        round_ = create_round(tx, here.study_id, prepare(), by=here.account_id)
        return here.url("rounds", round_.id, "draft")

    return go(here.once(tx, form, what, act).result)


@router.get("/studies/{study_id}/rounds/{round_id}/draft", name="round_draft")
def round_draft(
    request: Request,
    here: Lead,
    look: Look,
    round_id: PathId,
    query: Annotated[DraftQuery, Query()],
) -> Response:
    round_ = find_round(look, here.study_id, round_id)
    if round_.phase != Phase.DRAFT:
        return go(here.url("rounds", round_id))
    saved = _saved(look, round_)
    page = draft_page(look, here, round_, query if request.query_params else saved, saved)
    return respond(request, "coding/draft.html", page, here.shell)


def _saved(session: Session, round_: Round) -> DraftFields:
    return fields_of(round_, coder_ids_of(session, round_))


@router.post("/studies/{study_id}/rounds/{round_id}/draft", name="change_draft")
def save_draft(
    request: Request,
    here: Lead,
    tx: Tx,
    round_id: PathId,
    form: Annotated[DraftForm, FormData()],
) -> Response:
    if form.revision is None:
        return problem(request, 428, NO_REVISION)
    revision = form.revision

    def act() -> str:
        round_ = find_round(tx, here.study_id, round_id)
        change_draft(tx, round_, form.draft(), revision=revision, by=here.account_id)
        if form.act == "open":
            open_round(tx, round_, by=here.account_id)
            return here.url("rounds", round_id)
        return here.url("rounds", round_id, "draft")

    try:
        done = here.once(tx, form, f"change draft {round_id}", act)
    except (Conflict, Invalid) as error:
        tx.rollback()
        return _again(request, here, tx, round_id, form, error)
    return go(done.result, notice=OPENED if form.act == "open" else SAVED)


def _again(
    request: Request,
    here: Here,
    session: Session,
    round_id: int,
    form: DraftForm,
    error: Conflict | Invalid,
) -> Response:
    """Show the form with what was typed and why it was not taken."""
    round_ = find_round(session, here.study_id, round_id)
    if round_.phase != Phase.DRAFT:
        return problem(request, error.status, error.message)
    field = error.field or "" if isinstance(error, Invalid) else ""
    refused = Refused(error.message, field, is_stale=isinstance(error, StaleDraft))
    page = draft_page(session, here, round_, form, _saved(session, round_), refused)
    return respond(request, "coding/draft.html", page, here.shell, status=error.status)


@router.post("/studies/{study_id}/rounds/{round_id}/discard", name="discard_draft")
def discard_draft(
    here: Lead, tx: Tx, round_id: PathId, form: Annotated[Write, FormData()]
) -> Response:
    def act() -> str:
        round_ = find_round(tx, here.study_id, round_id)
        if round_.phase != Phase.DRAFT:
            raise Conflict("This round was opened meanwhile. Nothing was changed.")
        reason = "Discarded before it opened."
        end_round(tx, round_, Phase.VOID, reason=reason, by=here.account_id)
        return here.url("rounds")

    return go(here.once(tx, form, f"discard draft {round_id}", act).result, notice=DISCARDED)
