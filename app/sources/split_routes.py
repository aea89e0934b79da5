"""Splitting a document into cards: a preview of the pieces, then one act."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from pydantic import Field
from sqlmodel import Session

from app.corpus.drafts import LONGEST_TEXT
from app.corpus.pages import pages_worth_a_link
from app.errors import Invalid
from app.sources.extraction.extracted import headings_of
from app.sources.models import Source
from app.sources.outline import CutBy, Piece, Stretch, pieces
from app.sources.pages import cards_shell
from app.sources.passages import Marked, Passage, cut_cards, marked_between, overlapped
from app.sources.service import find_source, text_of
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.web.forms import Count, Form, PathId, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()

Lead = Annotated[Here, require(Action.KEEP_SOURCES)]
Deepest = Annotated[int, Field(ge=1, le=6)]
Least = Annotated[int, Field(ge=1, le=LONGEST_TEXT)]
Range = Annotated[str, Field(pattern=r"^[0-9]{1,9}-[0-9]{1,9}$")]

PIECES_ON_A_PAGE = 200
MOST_CARDS_AT_ONCE = 10_000
SHOWN = 320
USUAL_LEAST = 20

CUT = declare_notice("pieces-are-cards", "good", "The pieces are cards now.")

CUTS = (
    (CutBy.HEADING.value, "At headings", "Each section is a card, its heading the title."),
    (CutBy.PARAGRAPH.value, "At empty lines", "Each paragraph is a card."),
    (CutBy.LINE.value, "At line ends", "Each line is a card: for lists and transcripts."),
)


class SplitQuery(Form):
    by: CutBy | None = None
    deepest: Deepest = 6
    least: Least = USUAL_LEAST
    page: Count = 1


class SplitForm(Write):
    """Which pieces become cards: those that were ticked, or all that can."""

    act: Literal["chosen", "all"]
    by: CutBy
    deepest: Deepest = 6
    least: Least = USUAL_LEAST
    pieces: list[Range] = []  # noqa: RUF012  (pydantic copies it)


@dataclass(frozen=True, slots=True)
class PieceRow:
    """A piece as the preview shows it; `why_not` says why it cannot become a card."""

    value: str
    title: str
    beginning: str
    n_characters: int
    overlaps: str
    why_not: str


@dataclass(frozen=True, slots=True)
class SplitPage:
    """The pieces of a document before anything is written."""

    name: str
    url: str
    source_url: str
    cuts: tuple[tuple[str, str, str], ...]
    by: str
    deepest: int
    least: int
    has_headings: bool
    rows: tuple[PieceRow, ...]
    n_pieces: int
    n_ready: int
    n_short: int
    page_no: int
    n_pages: int
    urls: dict[int, str]


@router.get("/studies/{study_id}/sources/{source_id}/split", name="split_source")
def preview(
    request: Request,
    here: Lead,
    look: Look,
    source_id: PathId,
    query: Annotated[SplitQuery, Query()],
) -> Response:
    source = find_source(look, here.study_id, source_id)
    page = _split_page(look, here, source, query)
    return respond(request, "sources/split.html", page, cards_shell(here))


def _split_page(session: Session, here: Here, source: Source, query: SplitQuery) -> SplitPage:
    headings = headings_of(source.outline)
    by = query.by or (CutBy.HEADING if headings else CutBy.PARAGRAPH)
    text = text_of(session, source)
    every = pieces(text, headings, by, deepest=query.deepest)
    found = [piece for piece in every if piece.stop - piece.start >= query.least]
    marked = marked_between(session, source, 0, source.n_characters)
    key_of = _keys(marked)
    n_pages = max(1, -(-len(found) // PIECES_ON_A_PAGE))
    page_no = min(max(query.page, 1), n_pages)
    first = (page_no - 1) * PIECES_ON_A_PAGE
    url = here.url("sources", source.id, "split")
    asked = f"{url}?by={by}&deepest={query.deepest}&least={query.least}"
    return SplitPage(
        name=source.name,
        url=url,
        source_url=here.url("sources", source.id),
        cuts=CUTS if headings else CUTS[1:],
        by=by.value,
        deepest=query.deepest,
        least=query.least,
        has_headings=bool(headings),
        rows=tuple(
            _row(text, piece, marked, key_of) for piece in found[first : first + PIECES_ON_A_PAGE]
        ),
        n_pieces=len(found),
        n_ready=sum(not _why_not(piece, key_of) for piece in found),
        n_short=len(every) - len(found),
        page_no=page_no,
        n_pages=n_pages,
        urls={n: f"{asked}&page={n}" for n in pages_worth_a_link(page_no, n_pages)},
    )


def _row(text: str, piece: Piece, marked: list[Marked], key_of: Mapping[Stretch, str]) -> PieceRow:
    words = " ".join(text[piece.start : min(piece.stop, piece.start + 2 * SHOWN)].split())
    length = piece.stop - piece.start
    return PieceRow(
        value=f"{piece.start}-{piece.stop}",
        title=piece.title,
        beginning=words if len(words) <= SHOWN else f"{words[:SHOWN]}…",
        n_characters=length,
        overlaps=", ".join(overlapped(marked, Stretch(piece.start, piece.stop))[:3]),
        why_not=_why_not(piece, key_of),
    )


def _keys(marked: list[Marked]) -> dict[Stretch, str]:
    """Return the keys of the cards in use by exactly where their passages lie."""
    return {Stretch(one.start, one.stop): one.key for one in marked if not one.is_set_aside}


def _why_not(piece: Piece, key_of: Mapping[Stretch, str]) -> str:
    if piece.stop - piece.start > LONGEST_TEXT:
        return f"longer than {LONGEST_TEXT:,} characters"
    same = key_of.get(Stretch(piece.start, piece.stop))
    return f"is card {same}" if same else ""


@router.post("/studies/{study_id}/sources/{source_id}/split", name="cut_source")
def cut(
    here: Lead, session: Tx, source_id: PathId, form: Annotated[SplitForm, FormData()]
) -> Response:
    def act() -> str:
        source = find_source(session, here.study_id, source_id, is_locked=True)
        cut_cards(session, source, _chosen(session, source, form), by=here.account_id)
        return here.url("sources", source_id)

    return go(here.once(session, form, f"split {source_id}", act).result, notice=CUT)


def _chosen(session: Session, source: Source, form: SplitForm) -> list[Passage]:
    headings = headings_of(source.outline)
    found = pieces(
        text_of(session, source), headings, form.by, deepest=form.deepest, least=form.least
    )
    if form.act == "all":
        marked = marked_between(session, source, 0, source.n_characters)
        key_of = _keys(marked)
        found = [piece for piece in found if not _why_not(piece, key_of)]
    else:
        found = [piece for piece in found if f"{piece.start}-{piece.stop}" in form.pieces]
        if len(found) < len(set(form.pieces)):
            raise Invalid("These are not the pieces of the preview. Nothing was changed.")
    if not found:
        raise Invalid("Choose at least one piece. Nothing was changed.")
    if len(found) > MOST_CARDS_AT_ONCE:
        raise Invalid(
            f"These are {len(found):,} pieces; at most {MOST_CARDS_AT_ONCE:,} become cards at "
            "once. Ask for longer ones. Nothing was changed."
        )
    return [Passage(piece.start, piece.stop, piece.title) for piece in found]
