"""The codebook's draft: reading it, and changing it facet by facet, category by category."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from sqlmodel import Session

from app.codebook import editing, service
from app.codebook.beside import notes_under, panels_beside
from app.codebook.editing import Direction, Stale
from app.codebook.facet_form import FacetForm, NewFacetForm
from app.codebook.gates import before
from app.codebook.models import Category, Facet
from app.codebook.pages import (
    Editor,
    NewName,
    Typed,
    category_editor,
    editor_page,
    facet_editor,
    first_editor,
)
from app.codebook.reading import names_by_account, read_page
from app.codebook.rules import CategoryFields, FacetFields
from app.errors import ConcordError, Conflict, Invalid
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.web.forms import Count, Id, Line, LongText, MaybeId, PathId, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()

SAVED = declare_notice("codebook-saved", "good", "The draft is saved.")
RETIRED = declare_notice(
    "codebook-retired", "good", "It is out of the draft. You find it again under Retired."
)
RESTORED = declare_notice("codebook-restored", "good", "It is back in the draft.")

Editing = Annotated[Here, require(Action.EDIT_CODEBOOK)]


class NewCategoryForm(Write):
    name: Line = ""


class CategoryForm(Write):
    revision: Count
    name: Line = ""
    brief: LongText = ""
    definition: LongText = ""
    inclusion: LongText = ""
    exclusion: LongText = ""
    examples: LongText = ""
    near_misses: LongText = ""
    tone: Count
    parent_id: MaybeId = None


class MoveForm(Write):
    revision: Count
    direction: Direction


class RevisionForm(Write):
    revision: Count


@router.get("/studies/{study_id}/codebook", name="codebook")
def codebook(
    request: Request,
    here: InStudy,
    look: Look,
    category: Annotated[Id | None, Query()] = None,
    facet: Annotated[Id | None, Query()] = None,
) -> Response:
    """Show leads the draft to edit, everybody else the newest version to read."""
    if not here.may(Action.EDIT_CODEBOOK):
        newest = service.latest_version(look, here.study_id)
        notes = notes_under(request, look, here, newest.number if newest else None)
        page = read_page(look, here, newest, names_by_account(look, here), notes)
        return respond(request, "codebook/read.html", page, here.shell)
    if category is not None:
        row = service.category_row(look, here.study_id, category)
        editor: Editor | None = category_editor(look, here, row)
    elif facet is not None:
        editor = facet_editor(look, here, service.facet_row(look, here.study_id, facet))
    else:
        editor = first_editor(look, here)
    return _draw(request, here, look, editor)


def _draw(
    request: Request,
    here: Here,
    session: Session,
    editor: Editor | None,
    *,
    new_name: NewName | None = None,
    status: int = 200,
) -> Response:
    panels = panels_beside(request, session, here)
    page = editor_page(session, here, editor=editor, new_name=new_name, panels=panels)
    return respond(request, "codebook/codebook.html", page, here.shell, status=status)


@router.post("/studies/{study_id}/codebook/facets", name="add_facet")
def add_facet(
    request: Request, here: Editing, tx: Tx, form: Annotated[NewFacetForm, FormData()]
) -> Response:
    def act() -> str:
        fields = FacetFields(form.name, choice=form.choice)
        row = editing.add_facet(tx, here.study_id, fields, by=here.account_id)
        return _at(here, row)

    try:
        done = here.once(tx, form, "add facet", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        name = NewName(form.name, refusal.message)
        editor = first_editor(tx, here)
        return _draw(request, here, tx, editor, new_name=name, status=refusal.status)
    return go(done.result, notice=SAVED)


@router.post("/studies/{study_id}/codebook/facets/{facet_id}", name="change_facet")
def change_facet(
    request: Request,
    here: Editing,
    tx: Tx,
    facet_id: PathId,
    form: Annotated[FacetForm, FormData()],
) -> Response:
    fields = form.fields(before(service.draft(tx, here.study_id).facets, facet_id))

    def act() -> str:
        row = service.facet_row(tx, here.study_id, facet_id)
        editing.change_facet(tx, row, fields, revision=form.revision, by=here.account_id)
        return _at(here, row)

    try:
        done = here.once(tx, form, f"change facet {facet_id}", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        row = service.facet_row(tx, here.study_id, facet_id)
        editor = facet_editor(tx, here, row, _typed(fields, refusal))
        return _draw(request, here, tx, editor, status=refusal.status)
    return go(done.result, notice=SAVED)


@router.post("/studies/{study_id}/codebook/facets/{facet_id}/categories", name="add_category")
def add_category(
    request: Request,
    here: Editing,
    tx: Tx,
    facet_id: PathId,
    form: Annotated[NewCategoryForm, FormData()],
) -> Response:
    def act() -> str:
        facet = service.facet_row(tx, here.study_id, facet_id)
        fields = CategoryFields(form.name, tone=editing.free_tone(tx, here.study_id))
        return _at(here, editing.add_category(tx, facet, fields, by=here.account_id))

    try:
        done = here.once(tx, form, f"add category to {facet_id}", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        name = NewName(form.name, refusal.message, facet_id)
        editor = facet_editor(tx, here, service.facet_row(tx, here.study_id, facet_id))
        return _draw(request, here, tx, editor, new_name=name, status=refusal.status)
    return go(done.result, notice=SAVED)


@router.post("/studies/{study_id}/codebook/categories/{category_id}", name="change_category")
def change_category(
    request: Request,
    here: Editing,
    tx: Tx,
    category_id: PathId,
    form: Annotated[CategoryForm, FormData()],
) -> Response:
    typed = form.content()
    del typed["revision"]
    fields = CategoryFields(**typed)

    def act() -> str:
        row = service.category_row(tx, here.study_id, category_id)
        editing.change_category(tx, row, fields, revision=form.revision, by=here.account_id)
        return _at(here, row)

    try:
        done = here.once(tx, form, f"change category {category_id}", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        row = service.category_row(tx, here.study_id, category_id)
        editor = category_editor(tx, here, row, _typed(fields, refusal))
        return _draw(request, here, tx, editor, status=refusal.status)
    return go(done.result, notice=SAVED)


@router.post("/studies/{study_id}/codebook/facets/{facet_id}/move", name="move_facet")
def move_facet(
    here: Editing, tx: Tx, facet_id: PathId, form: Annotated[MoveForm, FormData()]
) -> Response:
    def act() -> str:
        row = service.facet_row(tx, here.study_id, facet_id)
        editing.move_facet(tx, row, form.direction, revision=form.revision, by=here.account_id)
        return _at(here, row)

    return go(here.once(tx, form, f"move facet {facet_id}", act).result)


@router.post("/studies/{study_id}/codebook/categories/{category_id}/move", name="move_category")
def move_category(
    here: Editing, tx: Tx, category_id: PathId, form: Annotated[MoveForm, FormData()]
) -> Response:
    def act() -> str:
        row = service.category_row(tx, here.study_id, category_id)
        editing.move_category(tx, row, form.direction, revision=form.revision, by=here.account_id)
        return _at(here, row)

    return go(here.once(tx, form, f"move category {category_id}", act).result)


Found = Callable[[Session, int, int], Facet | Category]


def _retire(here: Here, tx: Session, form: RevisionForm, find: Found, row_id: int) -> Response:
    def act() -> str:
        row = find(tx, here.study_id, row_id)
        editing.retire(tx, row, revision=form.revision, by=here.account_id)
        return here.url("codebook")

    return go(here.once(tx, form, f"retire {find.__name__} {row_id}", act).result, notice=RETIRED)


def _restore(here: Here, tx: Session, form: RevisionForm, find: Found, row_id: int) -> Response:
    def act() -> str:
        row = find(tx, here.study_id, row_id)
        editing.restore(tx, row, revision=form.revision, by=here.account_id)
        return _at(here, row)

    return go(here.once(tx, form, f"restore {find.__name__} {row_id}", act).result, notice=RESTORED)


@router.post("/studies/{study_id}/codebook/facets/{facet_id}/retire", name="retire_facet")
def retire_facet(
    here: Editing, tx: Tx, facet_id: PathId, form: Annotated[RevisionForm, FormData()]
) -> Response:
    return _retire(here, tx, form, service.facet_row, facet_id)


@router.post("/studies/{study_id}/codebook/facets/{facet_id}/restore", name="restore_facet")
def restore_facet(
    here: Editing, tx: Tx, facet_id: PathId, form: Annotated[RevisionForm, FormData()]
) -> Response:
    return _restore(here, tx, form, service.facet_row, facet_id)


@router.post("/studies/{study_id}/codebook/categories/{category_id}/retire", name="retire_category")
def retire_category(
    here: Editing, tx: Tx, category_id: PathId, form: Annotated[RevisionForm, FormData()]
) -> Response:
    return _retire(here, tx, form, service.category_row, category_id)


@router.post(
    "/studies/{study_id}/codebook/categories/{category_id}/restore", name="restore_category"
)
def restore_category(
    here: Editing, tx: Tx, category_id: PathId, form: Annotated[RevisionForm, FormData()]
) -> Response:
    return _restore(here, tx, form, service.category_row, category_id)


def _typed(fields: CategoryFields | FacetFields, refusal: ConcordError) -> Typed:
    is_stale = isinstance(refusal, Stale)
    field = refusal.field if isinstance(refusal, Invalid) else None
    return Typed(fields, refusal.message, field, is_stale)


def _at(here: Here, row: Facet | Category) -> str:
    kind = "facet" if isinstance(row, Facet) else "category"
    return f"{here.url('codebook')}?{kind}={row.id}"
