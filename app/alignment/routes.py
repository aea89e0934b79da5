"""The map from coders' own piles to shared categories: looking, matching, undoing, confirming."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from sqlmodel import Session

from app.alignment import mapping
from app.alignment.confirm_page import confirm_page
from app.alignment.confirming import Confirmation, confirm_map
from app.alignment.forms import (
    AddForm,
    ChangeForm,
    ConfirmForm,
    MatchForm,
    ProposalsForm,
    RemoveForm,
    UndoForm,
)
from app.alignment.map_file import map_csv
from app.alignment.map_page import map_page
from app.alignment.pages import NOTHING_TYPED, Typed
from app.alignment.rules import PileKey, Verdict
from app.alignment.sitting import Table, coder_at, sit_at
from app.alignment.taking_over import take_over
from app.alignment.undoing import undo_act
from app.coding.models import Round
from app.coding.rounds import find_round
from app.coding.rules import Phase, Sort
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.negotiation.naming import check_no_arbiter
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import MaybeId, PathId, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter(prefix="/studies/{study_id}/rounds/{round_id}/piles")

CONFIRMED = declare_notice(
    "map-confirmed",
    "good",
    "The map is confirmed. The round has its categories, its figures and its agenda.",
)
Reading = Annotated[Here, require(Action.READ)]
Matching = Annotated[Here, require(Action.ALIGN)]
Leading = Annotated[Here, require(Action.MANAGE_ROUNDS)]


def _closed(session: Session, here: Here, round_id: int) -> Round:
    """Return a closed round with own piles; there is no map of any other."""
    round_ = find_round(session, here.study_id, round_id)
    if round_.sort == Sort.CLOSED or round_.closed_at is None:
        raise NotFound
    check_no_arbiter(here, round_)
    return round_


@router.get("/map", name="alignment_map")
def look_at_map(
    request: Request,
    here: Reading,
    look: Look,
    round_id: PathId,
    facet: Annotated[MaybeId, Query()] = None,
) -> Response:
    page = map_page(look, here, _closed(look, here, round_id), facet)
    return respond(request, "alignment/map.html", page, here.shell)


@router.get("/map.csv", name="alignment_map_file")
def take_map(here: Reading, look: Look, round_id: PathId) -> Response:
    round_ = _closed(look, here, round_id)
    headers = {"Content-Disposition": f'attachment; filename="map-round-{round_.number}.csv"'}
    return Response(map_csv(look, here, round_), media_type="text/csv", headers=headers)


@router.post("/map", name="match_piles")
def match_piles(
    request: Request,
    here: Matching,
    tx: Tx,
    round_id: PathId,
    form: Annotated[MatchForm, FormData()],
) -> Response:
    def act(table: Table) -> None:
        piles = _piles(tx, table.round_, form.piles)
        mapping.match_piles(table, piles, _target(form), form.reason)

    typed = Typed(
        form="match",
        piles=frozenset(one.rpartition(".")[0] for one in form.piles),
        targets=tuple(form.target),
        name=form.new_name,
        reason=form.reason,
    )
    return _carry_out(request, here, tx, round_id, form, form.facet_id, act, typed)


def _piles(session: Session, round_: Round, values: list[str]) -> dict[PileKey, int]:
    found = {}
    for value in values:
        place, number, seen = map(int, value.split("."))
        found[coder_at(session, round_, place), number] = seen
    return found


def _target(form: MatchForm) -> mapping.Target:
    """Return where the piles go; a name of a new category and a chosen one exclude each other."""
    chosen = [one for one in form.target if one]
    verdicts = [Verdict(one) for one in chosen if one in set(Verdict)]
    if len(verdicts) > 1 or (verdicts and (len(chosen) > 1 or form.new_name)):
        raise Invalid("A category and “no category” exclude each other.", field="target")
    if verdicts:
        return mapping.Target(verdicts[0])
    return mapping.Target(Verdict.CATEGORIES, tuple(chosen), form.new_name)


@router.post("/map/proposals", name="accept_proposals")
def accept_proposals(
    request: Request,
    here: Matching,
    tx: Tx,
    round_id: PathId,
    form: Annotated[ProposalsForm, FormData()],
) -> Response:
    def act(table: Table) -> None:
        take_over(table, form.wanted(), form.reason)

    return _carry_out(
        request, here, tx, round_id, form, form.facet_id, act, Typed(reason=form.reason)
    )


@router.post("/map/categories", name="add_shared_category")
def add_category(
    request: Request,
    here: Matching,
    tx: Tx,
    round_id: PathId,
    form: Annotated[AddForm, FormData()],
) -> Response:
    def act(table: Table) -> None:
        mapping.add_shared(table, form.name, form.definition, form.reason)

    typed = Typed("", "add", name=form.name, definition=form.definition, reason=form.reason)
    return _carry_out(request, here, tx, round_id, form, form.facet_id, act, typed)


@router.post("/map/categories/change", name="change_shared_category")
def change_category(
    request: Request,
    here: Matching,
    tx: Tx,
    round_id: PathId,
    form: Annotated[ChangeForm, FormData()],
) -> Response:
    def act(table: Table) -> None:
        mapping.change_shared(
            table,
            form.number,
            seen_act=form.seen_act,
            name=form.name,
            definition=form.definition,
            reason=form.reason,
        )

    typed = Typed(
        "", f"s{form.number}", name=form.name, definition=form.definition, reason=form.reason
    )
    return _carry_out(request, here, tx, round_id, form, form.facet_id, act, typed)


@router.post("/map/categories/remove", name="remove_shared_category")
def remove_category(
    request: Request,
    here: Matching,
    tx: Tx,
    round_id: PathId,
    form: Annotated[RemoveForm, FormData()],
) -> Response:
    def act(table: Table) -> None:
        mapping.remove_shared(table, form.number, seen_act=form.seen_act, reason="")

    return _carry_out(request, here, tx, round_id, form, form.facet_id, act, NOTHING_TYPED)


@router.post("/map/undo", name="undo_alignment_act")
def undo(
    request: Request,
    here: Matching,
    tx: Tx,
    round_id: PathId,
    form: Annotated[UndoForm, FormData()],
) -> Response:
    def act(table: Table) -> None:
        undo_act(table, form.act)

    return _carry_out(request, here, tx, round_id, form, form.facet_id, act, NOTHING_TYPED)


def _carry_out(
    request: Request,
    here: Here,
    tx: Session,
    round_id: int,
    form: Write,
    facet_id: int,
    change: Callable[[Table], None],
    typed: Typed,
) -> Response:
    """Act on the map once; refused, show it as it is now with what was typed."""
    round_ = _closed(tx, here, round_id)

    def act() -> str:
        change(sit_at(tx, round_, facet_id, here.membership))
        return here.url("rounds", round_id, f"piles/map?facet={facet_id}")

    try:
        done = here.once(tx, form, f"{request.url.path.rpartition('/')[2]} {round_id}", act)
    except Forbidden:
        raise
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        page = map_page(tx, here, round_, facet_id, typed.refused(refusal.message))
        return respond(request, "alignment/map.html", page, here.shell, status=refusal.status)
    return go(done.result)


@router.get("/map/confirm", name="confirm_map_page")
def look_at_confirming(request: Request, here: Leading, look: Look, round_id: PathId) -> Response:
    round_ = _closed(look, here, round_id)
    if round_.phase != Phase.ALIGNING:
        return go(here.url("rounds", round_id, "piles", "map"))
    return respond(request, "alignment/confirm.html", confirm_page(look, here, round_), here.shell)


@router.post("/map/confirm", name="confirm_map")
def confirm(
    request: Request,
    here: Leading,
    tx: Tx,
    round_id: PathId,
    form: Annotated[ConfirmForm, FormData()],
) -> Response:
    round_ = _closed(tx, here, round_id)

    def act() -> str:
        wanted = Confirmation(form.last_act, form.draft_hash, form.note)
        confirm_map(tx, here.study, round_, wanted, by=here.account_id)
        return here.url("rounds", round_id)

    try:
        done = here.once(tx, form, f"confirm map {round_id}", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        page = confirm_page(tx, here, round_, note=form.note, error=refusal.message)
        return respond(request, "alignment/confirm.html", page, here.shell, status=refusal.status)
    return go(done.result, notice=CONFIRMED)
