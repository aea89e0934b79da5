"""Merging and splitting a category of the draft."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Form as FormData
from sqlmodel import Session

from app.codebook import lineage, service
from app.codebook.lineage import Move
from app.codebook.pages import category_editor
from app.errors import ConcordError, Conflict, Invalid
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import Count, LongText, MaybeId, PathId, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()

MERGED = declare_notice(
    "category-merged", "good", "It is merged. You find the old category under Retired."
)
SPLIT = declare_notice(
    "category-split",
    "good",
    "It is split. Say what the new categories mean; the old one is under Retired.",
)

Editing = Annotated[Here, require(Action.EDIT_CODEBOOK)]


class MergeForm(Write):
    revision: Count
    into_id: MaybeId = None
    takes_examples: bool = False


class SplitForm(Write):
    revision: Count
    names: LongText = ""


@dataclass(frozen=True, slots=True)
class LeavingPage:
    """A category that is about to be merged or split, and what that touches."""

    base: str
    id: int
    name: str
    revision: int
    others: tuple[tuple[str, str], ...]
    stays_in: tuple[str, ...]
    moves_up: tuple[Move, ...]
    into_id: int | None
    takes_examples: bool
    names: str
    sentence: str
    field: str


@router.get("/studies/{study_id}/codebook/categories/{category_id}/leaving", name="leaving_page")
def leaving_page(request: Request, here: Editing, look: Look, category_id: PathId) -> Response:
    return _draw(request, here, look, category_id)


@router.post("/studies/{study_id}/codebook/categories/{category_id}/merge", name="merge_category")
def merge_category(
    request: Request,
    here: Editing,
    tx: Tx,
    category_id: PathId,
    form: Annotated[MergeForm, FormData()],
) -> Response:
    def act() -> str:
        row = service.category_row(tx, here.study_id, category_id)
        if form.into_id is None:
            raise Invalid("Choose the category it goes into.", field="into_id")
        into = service.category_row(tx, here.study_id, form.into_id)
        lineage.merge(
            tx,
            row,
            into,
            revision=form.revision,
            by=here.account_id,
            takes_examples=form.takes_examples,
        )
        return f"{here.url('codebook')}?category={into.id}"

    try:
        done = here.once(tx, form, f"merge category {category_id}", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        return _draw(request, here, tx, category_id, form=form, refusal=refusal)
    return go(done.result, notice=MERGED)


@router.post("/studies/{study_id}/codebook/categories/{category_id}/split", name="split_category")
def split_category(
    request: Request,
    here: Editing,
    tx: Tx,
    category_id: PathId,
    form: Annotated[SplitForm, FormData()],
) -> Response:
    def act() -> str:
        row = service.category_row(tx, here.study_id, category_id)
        names = [name for name in map(str.strip, form.names.splitlines()) if name]
        made = lineage.split(tx, row, names, revision=form.revision, by=here.account_id)
        return f"{here.url('codebook')}?category={made[0].id}"

    try:
        done = here.once(tx, form, f"split category {category_id}", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        return _draw(request, here, tx, category_id, form=form, refusal=refusal)
    return go(done.result, notice=SPLIT)


def _draw(
    request: Request,
    here: Here,
    session: Session,
    category_id: int,
    *,
    form: MergeForm | SplitForm | None = None,
    refusal: ConcordError | None = None,
) -> Response:
    row = service.category_row(session, here.study_id, category_id)
    editor = category_editor(session, here, row)
    siblings = service.categories_of(session, here.study_id).get(row.facet_id, [])
    page = LeavingPage(
        base=here.url("codebook"),
        id=category_id,
        name=row.name,
        revision=row.revision,
        others=tuple((str(one.id), one.name) for one in siblings if one.id != row.id),
        stays_in=editor.stays_in,
        moves_up=editor.moves_up,
        into_id=form.into_id if isinstance(form, MergeForm) else None,
        takes_examples=isinstance(form, MergeForm) and form.takes_examples,
        names=form.names if isinstance(form, SplitForm) else "",
        sentence=refusal.message if refusal else "",
        field=(refusal.field or "") if isinstance(refusal, Invalid) else "",
    )
    status = refusal.status if refusal else 200
    return respond(request, "codebook/leaving.html", page, here.shell, status=status)
