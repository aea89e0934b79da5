"""The codebook as a file: the draft, or a published version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.codebook import service
from app.codebook.content import Codebook
from app.errors import NotFound
from app.exports.codebook import codebook_csv, codebook_markdown
from app.exports.refi import codebook_qdc
from app.studies.deps import Here, require
from app.studies.models import Study
from app.studies.rules import Action
from app.web.downloads import download, file_name
from app.web.forms import Id
from app.web.render import concord_version
from app.web.transaction import Look

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file and how a codebook becomes one."""

    media_type: str
    write: Callable[[Codebook, Study], bytes]


def study_key(study: Study) -> str:
    """Return what tells the study from every other one, on this server or another."""
    return f"{study.id}@{study.created_at.isoformat()}"


FORMATS: Mapping[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", lambda codebook, _study: codebook_csv(codebook)),
    "md": Format(
        "text/markdown; charset=utf-8",
        lambda codebook, study: codebook_markdown(codebook, study.name),
    ),
    "qdc": Format(
        "application/xml",
        lambda codebook, study: codebook_qdc(
            codebook, study_key=study_key(study), version=concord_version()
        ),
    ),
}


@router.get("/studies/{study_id}/codebook/export/{format}", name="export_codebook")
def export_codebook(
    here: Annotated[Here, require(Action.EXPORT)],
    look: Look,
    format: str,
    version: Annotated[Id | None, Query()] = None,
) -> Response:
    """Give the draft, or the published version asked for, as a file."""
    kind = FORMATS.get(format)
    if kind is None:
        raise NotFound
    if version is None:
        codebook, what = service.draft(look, here.study_id), "codebook draft"
    else:
        row = service.version(look, here.study_id, version)
        codebook, what = service.content_of(row), f"codebook {row.number}"
    name = file_name(here.study.name, what, format)
    return download(kind.write(codebook, here.study), name=name, media_type=kind.media_type)
