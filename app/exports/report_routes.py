"""The report of a closed round as a file."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from app.coding.rounds import find_round
from app.errors import NotFound
from app.reports.files import FORMATS, FORMATS_WITH_YIELDS
from app.reports.service import check_report_open
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.downloads import download, file_name
from app.web.forms import PathId
from app.web.transaction import Look

router = APIRouter()


@router.get("/studies/{study_id}/rounds/{round_id}/report.{format}", name="report_file")
def report_file(
    here: Annotated[Here, require(Action.EXPORT)],
    look: Look,
    round_id: PathId,
    format: str,
    yields: Annotated[Literal["", "yes"], Query()] = "",
) -> Response:
    """Give the report; while the round is open there is none, for anybody.

    Whose label stood in one-sided outcomes is in it only where somebody asks for it.
    """
    kind = (FORMATS_WITH_YIELDS if yields else FORMATS).get(format)
    if kind is None:
        raise NotFound
    round_ = find_round(look, here.study_id, round_id)
    check_report_open(
        look, round_, member_id=here.member_id, is_lead=here.may(Action.MANAGE_ROUNDS)
    )
    content = kind.write(look, here.study, round_)
    name = file_name(here.study.name, f"{round_.name}, agreement{kind.addition}", kind.ending)
    return download(content, name=name, media_type=kind.media_type)
