"""The documents of a study: the list, reading one, making a card of a passage."""

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from pydantic import AfterValidator, Field
from sqlmodel import Session

from app.corpus.drafts import LONGEST_TITLE
from app.errors import Invalid
from app.sources import service
from app.sources.adding_routes import router as adding
from app.sources.models import Source
from app.sources.outline import Stretch
from app.sources.pages import cards_shell, reading_page, source_url, sources_page
from app.sources.passages import Passage, cut_cards, marked_between, overlapped
from app.sources.split_routes import router as splitting
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.text import is_blank
from app.web.forms import TYPED, Count, Form, Line, Name, PathId, Write
from app.web.render import declare_notice, go, plural, respond
from app.web.transaction import Look, Tx

router = APIRouter()
router.include_router(adding)  # first: its address lies below that of the documents
router.include_router(splitting)

Lead = Annotated[Here, require(Action.KEEP_SOURCES)]
Title = Annotated[str, Field(max_length=LONGEST_TITLE), AfterValidator(str.strip), TYPED]

MADE = declare_notice("passage-is-card", "good", "The passage is a card now.")
MADE_OVERLAPPING = declare_notice(
    "passage-overlaps",
    "info",
    "The passage is a card now. It shares words with the passage of another card; both stay.",
)
ASIDE = declare_notice(
    "source-aside", "good", "The document is set aside. Its text and its cards are all still here."
)
BACK = declare_notice("source-back", "good", "The document is back.")


class ListQuery(Form):
    """What the last upload did, to be said above the list."""

    added: Count = 0
    known: Count = 0
    left_out: Count = 0

    def said(self) -> tuple[str, ...]:
        words = []
        if self.added:
            words.append(f"{plural(self.added, 'document was', 'documents were')} added.")
        if self.known:
            words.append(f"{plural(self.known, 'file was', 'files were')} here already.")
        if self.left_out:
            files = plural(self.left_out, "file was", "files were")
            words.append(f"{files} left out; the activity of the study says which and why.")
        return tuple(words)


class ReadQuery(Form):
    part: Count = 1


class PassageForm(Write):
    """A stretch of the text; words at its beginning and end can make it shorter."""

    start: Count
    stop: Count
    begins: Line = ""
    ends: Line = ""
    key: Annotated[str, Field(max_length=200), AfterValidator(str.strip), TYPED] = ""
    title: Title = ""


class AsideForm(Write):
    reason: Name


class BackForm(Write):
    """Nothing but the wish."""


@router.get("/studies/{study_id}/sources", name="sources")
def sources(
    request: Request, here: InStudy, look: Look, query: Annotated[ListQuery, Query()]
) -> Response:
    page = sources_page(here, service.sources_of(look, here.study_id), query.said())
    return respond(request, "sources/sources.html", page, cards_shell(here))


@router.get("/studies/{study_id}/sources/{source_id}", name="source")
def read(
    request: Request,
    here: InStudy,
    look: Look,
    source_id: PathId,
    query: Annotated[ReadQuery, Query()],
) -> Response:
    source = service.find_source(look, here.study_id, source_id)
    page = reading_page(look, here, source, service.part(look, source, query.part - 1))
    return respond(request, "sources/read.html", page, cards_shell(here))


@router.get("/studies/{study_id}/sources/{source_id}/original", name="source_original")
def original(here: InStudy, look: Look, source_id: PathId) -> Response:
    source = service.find_source(look, here.study_id, source_id)
    # Never shown by the browser as a page of ours, whatever it holds.
    headers = {"Content-Disposition": f'attachment; filename="S{source.number}.{source.kind}"'}
    content = service.original(look, source)
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.post("/studies/{study_id}/sources/{source_id}/cards", name="make_card_of_passage")
def make_card(
    here: Lead, session: Tx, source_id: PathId, form: Annotated[PassageForm, FormData()]
) -> Response:
    notice = MADE

    def act() -> str:
        nonlocal notice
        source = service.find_source(session, here.study_id, source_id, is_locked=True)
        stretch = _narrowed(session, source, form)
        marked = marked_between(session, source, stretch.start, stretch.stop)
        notice = MADE_OVERLAPPING if overlapped(marked, stretch) else MADE
        passage = Passage(stretch.start, stretch.stop, form.title, form.key)
        (card_id,) = cut_cards(session, source, [passage], by=here.account_id)
        place = service.part_with(session, source_id, stretch.start)
        return f"{source_url(here, source_id, place)}#passage-{card_id}"

    done = here.once(session, form, f"make card of {source_id}", act)
    return go(done.result, notice=notice)


def _narrowed(session: Session, source: Source, form: PassageForm) -> Stretch:
    """Return the stretch from the words it begins with to the words it ends with."""
    start, stop = form.start, form.stop
    if stop <= start or stop > source.n_characters:
        raise Invalid("The last paragraph stands before the first. Nothing was changed.")
    text = service.text_between(session, service.source_id_of(source), start, stop)
    first = _found(text, form.begins)[0].start() if form.begins else 0
    last = _found(text, form.ends)[-1].end() if form.ends else len(text)
    if last <= first or is_blank(text[first:last]):
        raise Invalid("The passage would end before it begins. Nothing was changed.")
    return Stretch(start + first, start + last)


def _found(text: str, words: str) -> list[re.Match[str]]:
    """Return where the words stand, however the lines of the text break."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    found = list(re.finditer(pattern, text))
    if not found:
        raise Invalid(f"“{words}” does not stand in these paragraphs. Nothing was changed.")
    return found


@router.post("/studies/{study_id}/sources/{source_id}/aside", name="set_source_aside")
def set_aside(
    here: Lead, session: Tx, source_id: PathId, form: Annotated[AsideForm, FormData()]
) -> Response:
    def act() -> str:
        source = service.find_source(session, here.study_id, source_id, is_locked=True)
        service.set_source_aside(session, source, form.reason, by=here.account_id)
        return here.url("sources")

    return go(here.once(session, form, f"aside {source_id}", act).result, notice=ASIDE)


@router.post("/studies/{study_id}/sources/{source_id}/back", name="take_source_back")
def take_back(
    here: Lead, session: Tx, source_id: PathId, form: Annotated[BackForm, FormData()]
) -> Response:
    def act() -> str:
        source = service.find_source(session, here.study_id, source_id, is_locked=True)
        service.take_source_back(session, source, by=here.account_id)
        return here.url("sources", source_id)

    return go(here.once(session, form, f"back {source_id}", act).result, notice=BACK)
