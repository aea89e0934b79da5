"""The export page, and placements and labels as files."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.codebook.service import published
from app.coding.models import Round
from app.coding.rounds import (
    coder_ids_of,
    find_round,
    has_figures,
    rounds_of,
)
from app.coding.rules import Phase
from app.coding.visibility import Viewer
from app.exports.formats import (
    File,
    Wanted,
    write_labels,
    write_placements,
    write_study_labels,
)
from app.negotiation.naming import check_no_arbiter
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.web.downloads import download
from app.web.forms import MaybeId, PathId
from app.web.render import respond
from app.web.transaction import Look

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a select."""

    value: str
    words: str


DRAFT = Choice("draft", "Draft")


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round without figures. Of an open one a coder may have their own placements.

    Of one that waits for alignment everybody may have the piles as they were sorted.
    """

    name: str
    own_url: str
    piles_url: str = ""


@dataclass(frozen=True, slots=True)
class ExportPage:
    """What can be taken away, for whom, in which format."""

    url: str
    versions: tuple[Choice, ...]
    version: str
    codebook_query: str
    codebook_base: str
    has_codebook: bool
    codebook_url: str
    rounds: tuple[Choice, ...]
    round_value: str
    round_url: str
    rounds_url: str
    study_labels_url: str
    open_rounds: tuple[OpenRound, ...]


@router.get("/studies/{study_id}/export", name="export")
def export(
    request: Request,
    here: InStudy,
    look: Look,
    version: Annotated[str, Query(max_length=20)] = "",
    round_id: Annotated[MaybeId, Query(alias="round")] = None,
) -> Response:
    """Show every file of the study and whom it is for."""
    page = export_page(look, here, version, round_id)
    return respond(request, "exports/export.html", page, here.shell)


def export_page(session: Session, here: Here, version: str, round_id: int | None) -> ExportPage:
    """Return the export page; what is not chosen is the newest."""
    versions = published(session, here.study_id)
    rounds = rounds_of(session, here.study_id)
    closed = [one for one in rounds if has_figures(one)]
    chosen = next((one for one in closed if one.id == round_id), closed[0] if closed else None)
    choices = (*(Choice(str(one.id), f"Version {one.number}") for one in versions), DRAFT)
    version = version if version in {one.value for one in choices} else choices[0].value
    return ExportPage(
        url=here.url("export"),
        versions=choices,
        version=version,
        codebook_query="" if version == DRAFT.value else f"?version={version}",
        codebook_base=here.url("codebook", "export"),
        has_codebook=bool(versions),
        codebook_url=here.url("codebook"),
        rounds=tuple(Choice(str(one.id), one.name) for one in closed),
        round_value=str(chosen.id) if chosen else "",
        round_url=here.url("rounds", chosen.id) if chosen else "",
        rounds_url=here.url("rounds"),
        study_labels_url=here.url("labels.csv"),
        open_rounds=tuple(
            _open_round(session, here, one)
            for one in rounds
            if one.phase in {Phase.OPEN, Phase.ALIGNING}
        ),
    )


def _open_round(session: Session, here: Here, round_: Round) -> OpenRound:
    if round_.closed_at is not None:
        return OpenRound(round_.name, "", here.url("rounds", round_.id, "placements.csv"))
    codes_here = here.member_id in coder_ids_of(session, round_)
    own = here.url("rounds", round_.id, "placements.csv") if codes_here else ""
    return OpenRound(round_.name, own)


Exporting = Annotated[Here, require(Action.EXPORT)]


@router.get("/studies/{study_id}/rounds/{round_id}/placements.csv", name="export_placements")
def placements(here: Exporting, look: Look, round_id: PathId) -> Response:
    """Give the placements of a closed round; of an open one a coder's own."""
    return _file(write_placements(look, _wanted(look, here, round_id)))


@router.get("/studies/{study_id}/rounds/{round_id}/labels.csv", name="export_labels")
def labels(here: Exporting, look: Look, round_id: PathId) -> Response:
    """Give the final labels of a closed round."""
    return _file(write_labels(look, _wanted(look, here, round_id)))


@router.get("/studies/{study_id}/labels.csv", name="export_study_labels")
def study_labels(here: Exporting, look: Look) -> Response:
    """Give what each card counts as in the end, whichever round came to it."""
    return _file(write_study_labels(look, Wanted(here.study, None, Viewer(here.member_id))))


def _wanted(session: Session, here: Here, round_id: int) -> Wanted:
    round_ = find_round(session, here.study_id, round_id)
    if round_.closed_at is not None:
        check_no_arbiter(here, round_)
    return Wanted(here.study, round_, Viewer(here.member_id))


def _file(file: File) -> Response:
    return download(file.content, name=file.name, media_type=file.media_type)
