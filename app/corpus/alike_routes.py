"""Cards that are nearly alike, side by side: in an import before it, and in a study."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from pydantic import AfterValidator, Field
from sqlmodel import Session

from app.corpus import staging
from app.corpus.alike import (
    PAIRS_ON_A_PAGE,
    Coming,
    Pair,
    Verdict,
    alike_rows,
    decide_pair,
    find_alike,
    keep_alike,
    looked,
    open_pairs,
)
from app.corpus.import_paths import ImportId
from app.corpus.imports import Settings
from app.corpus.likeness import Words, marked_differences
from app.corpus.pages import pages_worth_a_link
from app.errors import ConcordError
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import TYPED, Count, Form, Id, Write
from app.web.render import declare_notice, draw, go, respond
from app.web.transaction import Look, Tx, database

router = APIRouter()

Lead = Annotated[Here, require(Action.IMPORT_CARDS)]
Reason = Annotated[str, Field(max_length=200), AfterValidator(str.strip), TYPED]

N_SHOWN = 50

STAY = declare_notice("alike-stay", "good", "Both cards stay.")
ASIDE = declare_notice("alike-aside", "good", "The card is set aside. Rounds that have it keep it.")


class PageQuery(Form):
    page: Count = 1


class LookForm(Write):
    """Nothing but the wish."""


class DecideForm(Write):
    first_id: Id
    second_id: Id
    verdict: Verdict
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class PairView:
    """Two texts side by side with their differences; without ids they are of an import."""

    first_key: str
    second_key: str
    first: tuple[Words, ...]
    second: tuple[Words, ...]
    percent: int
    first_id: int = 0
    second_id: int = 0
    first_url: str = ""
    second_url: str = ""


@dataclass(frozen=True, slots=True)
class AlikePage:
    """The pairs of a study that wait for a decision."""

    url: str
    cards_url: str
    looked_at: datetime | None
    n_compared: int
    n_new: int
    pairs: tuple[PairView, ...]
    total: int
    page_no: int
    n_pages: int
    urls: dict[int, str]


@dataclass(frozen=True, slots=True)
class AlikeRowsPage:
    """The rows of an import that are nearly like others; `error` says why none were looked for."""

    url: str
    import_url: str
    file_name: str
    total: int
    pairs: tuple[PairView, ...]
    error: str


@router.get("/studies/{study_id}/cards/alike", name="alike_cards")
def alike_cards(
    request: Request, here: Lead, look: Look, query: Annotated[PageQuery, Query()]
) -> Response:
    found, total = open_pairs(look, here.study_id, query.page)
    n_pages = max(1, -(-total // PAIRS_ON_A_PAGE))
    url = here.url("cards", "alike")
    state = looked(look, here.study_id)
    page = AlikePage(
        url=url,
        cards_url=here.url("cards"),
        looked_at=state.at,
        n_compared=state.n_cards,
        n_new=state.n_new,
        pairs=tuple(_pair_view(here, pair) for pair in found),
        total=total,
        page_no=min(query.page, n_pages),
        n_pages=n_pages,
        urls={n: f"{url}?page={n}" for n in pages_worth_a_link(query.page, n_pages)},
    )
    return respond(request, "corpus/alike.html", page, here.shell)


def _pair_view(here: Here, pair: Pair) -> PairView:
    first, second = marked_differences(pair.first.text, pair.second.text)
    return PairView(
        first_key=pair.first.key,
        second_key=pair.second.key,
        first=first,
        second=second,
        percent=_percent(pair.likeness),
        first_id=pair.first.id or 0,
        second_id=pair.second.id or 0,
        first_url=here.url("cards", pair.first.id),
        second_url=here.url("cards", pair.second.id),
    )


def _percent(likeness: float) -> int:
    """Return whole percent; 100 is kept for texts that are the same."""
    return 100 if likeness >= 1 else min(99, round(100 * likeness))


@router.post("/studies/{study_id}/cards/alike", name="look_for_alike")
def look_for_alike(
    request: Request, here: Lead, look: Look, form: Annotated[LookForm, FormData()]
) -> Response:
    found = find_alike(look, here.study_id)  # before the database is locked for writing

    def act() -> str:
        keep_alike(session, here.study_id, found)
        return here.url("cards", "alike")

    with database(request).transaction() as session:
        done = here.once(session, form, "look for alike", act)
    return go(done.result)


@router.post("/studies/{study_id}/cards/alike/decide", name="decide_alike")
def decide(here: Lead, session: Tx, form: Annotated[DecideForm, FormData()]) -> Response:
    def act() -> str:
        decide_pair(
            session,
            here.study_id,
            (form.first_id, form.second_id),
            form.verdict,
            reason=form.reason,
            by=here.account_id,
        )
        return here.url("cards", "alike")

    done = here.once(session, form, "decide alike", act)
    return go(done.result, notice=STAY if form.verdict is Verdict.STAY else ASIDE)


@router.get("/studies/{study_id}/cards/import/{import_id}/alike", name="alike_rows")
def alike_in_import(request: Request, here: Lead, look: Look, import_id: ImportId) -> Response:
    page = _rows_page(look, here, import_id)
    return respond(request, "corpus/alike_rows.html", page, here.shell)


@router.get("/studies/{study_id}/cards/import/{import_id}/alike/line", name="alike_line")
def alike_line(request: Request, here: Lead, look: Look, import_id: ImportId) -> Response:
    page = _rows_page(look, here, import_id)
    html = draw(request, "corpus/_alike_line.html", page, here.shell)
    return Response(html, media_type="text/html")


def _rows_page(session: Session, here: Here, import_id: str) -> AlikeRowsPage:
    staged = staging.staged_import(session, here.study_id, here.account_id, import_id)
    url = here.url("cards", "import", import_id)
    found: list[Coming] = []
    error = "The file was imported already." if staged.finished_at is not None else ""
    if not error:
        try:
            settings = Settings.from_json(staged.mapping)
            prepared = staging.prepare_staged(session, staged, settings)
            found = alike_rows(session, here.study_id, prepared)
        except ConcordError as refusal:
            error = refusal.message
    return AlikeRowsPage(
        url=f"{url}/alike",
        import_url=url,
        file_name=staged.file_name,
        total=len({one.key for one in found}),
        pairs=tuple(map(_row_view, found[:N_SHOWN])),
        error=error,
    )


def _row_view(coming: Coming) -> PairView:
    first, second = marked_differences(coming.like_text, coming.text)
    where = "in this file" if coming.is_in_file else "here already"
    return PairView(
        first_key=f"{coming.like_key} ({where})",
        second_key=coming.key,
        first=first,
        second=second,
        percent=_percent(coming.likeness),
    )
