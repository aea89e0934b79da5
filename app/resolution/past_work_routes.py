"""Past work through the browser: a file of placements becomes a closed round."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response, UploadFile
from fastapi import Form as FormData
from pydantic import ConfigDict

from app.codebook.service import content_of, draft, latest_version
from app.corpus.service import n_cards
from app.errors import ConcordError, Invalid
from app.resolution.past_work import PastWork, PastWorkResult, import_placements, read_past_work
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.tables.readers import read_table
from app.tables.table import Table
from app.text import shown_file_name
from app.web.forms import Line, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, database

router = APIRouter()

Lead = Annotated[Here, require(Action.MANAGE_ROUNDS)]

BROUGHT = declare_notice(
    "past-work-brought", "good", "The past work is here as a closed round. Its figures are frozen."
)


class PastWorkForm(Write):
    """A file of placements, and whether to look at it only."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    file: UploadFile
    round_name: Line = ""
    act: Literal["look", "import"] = "look"

    def content(self) -> dict[str, Any]:
        digest = hashlib.sha256(self.bytes()).hexdigest()
        return {"sha256": digest, "round": self.round_name, "act": self.act}

    def bytes(self) -> bytes:
        self.file.file.seek(0)
        return self.file.file.read()

    def table(self) -> Table:
        if not self.file.filename:
            raise Invalid("Choose a file first. Nothing was imported.", field="file")
        return read_table(self.bytes(), file_name=self.file.filename)


@dataclass(frozen=True, slots=True)
class RoundToBe:
    """What the file would become."""

    name: str
    n_cards: int
    coders: Sequence[str]
    n_judgements: int


@dataclass(frozen=True, slots=True)
class PastWorkPage:
    """The upload, and what is wrong with a file or what it would become."""

    url: str
    rounds_url: str
    codebook_url: str
    megabytes: int
    version: str
    facets: Sequence[str]
    n_cards: int
    round_name: str = ""
    file_name: str = ""
    error: str = ""
    problems: Sequence[str] = ()
    warnings: Sequence[str] = ()
    rounds: Sequence[RoundToBe] = ()


@router.get("/studies/{study_id}/rounds/past-work", name="past_work")
def past_work_page(request: Request, here: Lead, look: Look) -> Response:
    return respond(request, "coding/past_work.html", _page(request, here, look), here.shell)


@router.post("/studies/{study_id}/rounds/past-work", name="bring_past_work")
def bring_past_work(
    request: Request, here: Lead, form: Annotated[PastWorkForm, FormData()]
) -> Response:
    try:
        if form.act == "look":
            with database(request).reading() as look:
                work = read_past_work(look, here.study_id, form.table(), form.round_name)
            return _answer(request, here, form, work=work)
        return _bring(request, here, form)
    except ConcordError as error:
        return _answer(request, here, form, error=error)


def _bring(request: Request, here: Here, form: PastWorkForm) -> Response:
    table = form.table()
    kept: list[PastWorkResult] = []

    def act() -> str:
        result = import_placements(
            session,
            here.study_id,
            table,
            form.round_name,
            by=here.account_id,
            file_name=shown_file_name(form.file.filename or ""),
        )
        kept.append(result)
        return _landing(here, result)

    with database(request).transaction() as session:
        done = here.once(session, form, "bring past work", act)
    if kept and not kept[0].created:
        return _answer(request, here, form, result=kept[0])
    return go(done.result, notice=BROUGHT)


def _landing(here: Here, result: PastWorkResult) -> str:
    is_one = len(result.round_ids) == 1
    return here.url("rounds", result.round_ids[0]) if is_one else here.url("rounds")


def _answer(
    request: Request,
    here: Here,
    form: PastWorkForm,
    *,
    work: PastWork | None = None,
    error: ConcordError | None = None,
    result: PastWorkResult | None = None,
) -> Response:
    with database(request).reading() as look:
        page = _page(request, here, look, form=form, work=work, error=error, result=result)
    status = error.status if error else 409 if result else 200
    return respond(request, "coding/past_work.html", page, here.shell, status=status)


def _page(
    request: Request,
    here: Here,
    look: Look,
    *,
    form: PastWorkForm | None = None,
    work: PastWork | None = None,
    error: ConcordError | None = None,
    result: PastWorkResult | None = None,
) -> PastWorkPage:
    version = latest_version(look, here.study_id)
    codebook = content_of(version) if version else draft(look, here.study_id)
    refusal = error.message if error else ""
    return PastWorkPage(
        url=here.url("rounds", "past-work"),
        rounds_url=here.url("rounds"),
        codebook_url=here.url("codebook"),
        megabytes=request.app.state.settings.upload_megabytes,
        version=f"version {version.number}" if version else "the draft",
        facets=[facet.name for facet in codebook.facets],
        n_cards=n_cards(look, here.study_id),
        round_name=form.round_name if form else "",
        file_name=shown_file_name(form.file.filename or "") if form else "",
        error="Nothing was imported: it is all here already." if result else refusal,
        problems=error.problems
        if isinstance(error, Invalid)
        else result.warnings
        if result
        else (),
        warnings=work.warnings if work else (),
        rounds=[
            RoundToBe(past.name, past.n_cards, past.coders, len(past.judgements))
            for past in (work.rounds if work else ())
        ],
    )
