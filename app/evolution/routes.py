"""Publishing the draft with its impact list, and what comes after: recode rounds, the ledger."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from pydantic import Field

from app.codebook import service
from app.coding.rules import Phase
from app.errors import Conflict, Invalid
from app.evolution.ledger import ledger
from app.evolution.pages import LedgerPage, affected_page, publish_page
from app.evolution.publishing import Publication, draft_recode_rounds, publish_version
from app.evolution.service import Choices
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.web.forms import Form, Line, PathId, Text, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()

PUBLISHED = declare_notice(
    "codebook-published", "good", "The version is published. Rounds can sort by it from now on."
)
RECODE_DRAFTED = declare_notice(
    "recode-drafted", "good", "The recode round is drafted. Look it over, then open it."
)
RECODES_DRAFTED = declare_notice(
    "recodes-drafted",
    "good",
    "Each facet in question has a recode round of its own now, “Recode after version …: facet”. "
    "Look each draft over, then open it.",
)

Editing = Annotated[Here, require(Action.EDIT_CODEBOOK)]
Leading = Annotated[Here, require(Action.MANAGE_ROUNDS)]
Keys = Annotated[list[Line], Field(max_length=5_000)]
Note = Annotated[Text, Field(max_length=2_000)]


class ShownForm(Form):
    """What the page asks for when the lead wants to see the impact of other choices."""

    shown: bool = False
    only_wording: Keys = []  # noqa: RUF012  (pydantic copies it)
    neighbour: Keys = []  # noqa: RUF012
    note: Note = ""
    # The button sends the whole form, of which these say nothing here.
    operation_id: Line = ""
    draft_hash: Line = ""
    impact_hash: Line = ""

    def choices(self) -> Choices:
        return _choices(self.shown, self.only_wording, self.neighbour)


class PublishForm(Write):
    draft_hash: Line
    impact_hash: Line = ""
    shown: bool = False
    only_wording: Keys = []  # noqa: RUF012
    neighbour: Keys = []  # noqa: RUF012
    note: Note = ""

    def choices(self) -> Choices:
        return _choices(self.shown, self.only_wording, self.neighbour)


class RecodeForm(Write):
    pass


def _choices(shown: bool, only_wording: list[str], neighbour: list[str]) -> Choices:
    # A page that did not show them could not offer their boxes either.
    return Choices(frozenset(only_wording), frozenset(neighbour) if shown else None)


@router.get("/studies/{study_id}/codebook/publish", name="publish_codebook_page")
def look_at_impact(
    request: Request, here: Editing, look: Look, asked: Annotated[ShownForm, Query()]
) -> Response:
    page = publish_page(look, here, asked.choices(), note=asked.note)
    return respond(request, "evolution/publish.html", page, here.shell)


@router.post("/studies/{study_id}/codebook/publish", name="publish_codebook")
def publish(
    request: Request, here: Editing, tx: Tx, form: Annotated[PublishForm, FormData()]
) -> Response:
    def act() -> str:
        wanted = Publication(form.draft_hash, form.impact_hash, form.note, form.choices())
        row = publish_version(tx, here.study, wanted, by=here.account_id)
        version = here.url("codebook", "versions", row.id)
        return f"{version}/affected" if form.impact_hash else version

    try:
        done = here.once(tx, form, "publish codebook", act)
    except (Conflict, Invalid) as refusal:
        tx.rollback()
        page = publish_page(tx, here, form.choices(), note=form.note, refusal=refusal)
        return respond(request, "evolution/publish.html", page, here.shell, status=refusal.status)
    return go(done.result, notice=PUBLISHED)


@router.get("/studies/{study_id}/codebook/versions/{version_id}/affected", name="affected_cards")
def affected_cards(request: Request, here: Editing, look: Look, version_id: PathId) -> Response:
    page = affected_page(look, here, service.version(look, here.study_id, version_id))
    return respond(request, "evolution/affected.html", page, here.shell)


@router.post("/studies/{study_id}/codebook/versions/{version_id}/recode", name="draft_recode_round")
def recode(
    here: Leading, tx: Tx, version_id: PathId, form: Annotated[RecodeForm, FormData()]
) -> Response:
    def act() -> str:
        version = service.version(tx, here.study_id, version_id)
        rounds = draft_recode_rounds(tx, here.study_id, version, by=here.account_id)
        if len(rounds) > 1:
            return here.url("rounds")
        (only,) = rounds
        return here.url("rounds", only.id, *(["draft"] if only.phase == Phase.DRAFT else []))

    url = here.once(tx, form, f"recode {version_id}", act).result
    if url == here.url("rounds"):
        return go(url, notice=RECODES_DRAFTED)
    return go(url, notice=RECODE_DRAFTED if url.endswith("/draft") else None)


@router.get("/studies/{study_id}/codebook/ledger", name="codebook_ledger")
def show_ledger(request: Request, here: InStudy, look: Look) -> Response:
    page = LedgerPage(
        here.url("codebook"), ledger(look, here), may_edit=here.may(Action.EDIT_CODEBOOK)
    )
    return respond(request, "evolution/ledger.html", page, here.shell)
