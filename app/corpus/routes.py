"""The cards of a study: the list with its search, and one card."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData

from app.corpus import service
from app.corpus.alike_routes import router as alike_pages
from app.corpus.beside import panels_beside
from app.corpus.import_routes import router as import_pages
from app.corpus.pages import (
    CardPage,
    CardsPage,
    pages_worth_a_link,
    query_of,
    view_of,
)
from app.corpus.search import CardFilter
from app.corpus.setting_aside import locked_cards, set_card_aside, take_card_back
from app.errors import Invalid
from app.studies.deps import Here, InStudy, require
from app.studies.rules import Action
from app.web.forms import Count, Form, Name, PathId, Text, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx

router = APIRouter()
router.include_router(alike_pages)
router.include_router(import_pages)  # first: its addresses lie below those of the cards

Lead = Annotated[Here, require(Action.IMPORT_CARDS)]

ASIDE = declare_notice(
    "card-aside",
    "good",
    "The card is set aside: no round to come takes it in. Rounds that have it keep it.",
)
BACK = declare_notice("card-back", "good", "The card is back: rounds to come can take it in.")


class CardsQuery(Form):
    """What is asked of the list; the search itself says when it is too long."""

    search: str = ""
    attribute: Text = ""
    source: Literal["", "with", "without"] = ""
    aside: Literal["", "only", "all"] = ""
    page: Count = 1

    def wanted(self) -> CardFilter:
        name, _, value = self.attribute.partition("=")
        has_source = {"": None, "with": True, "without": False}[self.source]
        is_set_aside = {"": False, "only": True, "all": None}[self.aside]
        return CardFilter(self.search.strip(), name, value, has_source, is_set_aside)


class AsideForm(Write):
    reason: Name


class BackForm(Write):
    """Nothing but the wish."""


@router.get("/studies/{study_id}/cards", name="cards")
def cards(
    request: Request, here: InStudy, look: Look, query: Annotated[CardsQuery, Query()]
) -> Response:
    wanted, error = query.wanted(), ""
    try:
        found = service.cards(look, here.study_id, wanted, query.page)
    except Invalid as refusal:
        error = refusal.message
        found = service.CardPage((), 0, 1, 1)
    page = _cards_page(look, here, found, wanted, error)
    return respond(request, "corpus/cards.html", page, here.shell, status=422 if error else 200)


def _cards_page(
    look: Look, here: Here, found: service.CardPage, wanted: CardFilter, error: str
) -> CardsPage:
    url, query = here.url("cards"), query_of(wanted)
    n_in_study = found.total if wanted.is_empty else service.n_cards(look, here.study_id)
    n_aside = service.n_cards(look, here.study_id, CardFilter(is_set_aside=True))
    values = service.attribute_values(look, here.study_id) if n_in_study else {}
    return CardsPage(
        cards=tuple(view_of(card, f"{url}/{card.id}{query}") for card in found.cards),
        total=found.total,
        n_in_study=n_in_study,
        page_no=found.page_no,
        n_pages=found.n_pages,
        urls={
            number: url + query_of(wanted, number)
            for number in pages_worth_a_link(found.page_no, found.n_pages)
        },
        wanted=wanted,
        chosen_attribute=f"{wanted.attribute}={wanted.value}" if wanted.attribute else "",
        attributes={
            name: [(f"{name}={value}", f"{name}: {value} ({n:,})") for value, n in counted]
            for name, counted in values.items()
            if "=" not in name
        },
        url=url,
        import_url=here.url("cards", "import"),
        sources_url=here.url("sources"),
        alike_url=here.url("cards", "alike"),
        n_aside=n_aside,
        may_import=here.may(Action.IMPORT_CARDS),
        error=error,
    )


@router.get("/studies/{study_id}/cards/{card_id}", name="card")
def card(
    request: Request,
    here: InStudy,
    look: Look,
    card_id: PathId,
    query: Annotated[CardsQuery, Query()],
) -> Response:
    found = service.card(look, here.study_id, card_id)
    wanted = query.wanted()
    beside = service.neighbours(look, found, wanted)
    url, asked = here.url("cards"), query_of(wanted)
    page = CardPage(
        card=view_of(found, f"{url}/{card_id}"),
        previous_url=f"{url}/{beside.previous_id}{asked}" if beside.previous_id else "",
        next_url=f"{url}/{beside.next_id}{asked}" if beside.next_id else "",
        list_url=url + asked,
        life_url=f"{url}/{card_id}/life",
        url=f"{url}/{card_id}",
        aside_at=found.set_aside_at,
        aside=found.set_aside_reason,
        may_set_aside=here.may(Action.IMPORT_CARDS),
        panels=panels_beside(request, look, here, found),
    )
    return respond(request, "corpus/card.html", page, here.shell)


@router.post("/studies/{study_id}/cards/{card_id}/aside", name="set_card_aside")
def set_aside(
    here: Lead, session: Tx, card_id: PathId, form: Annotated[AsideForm, FormData()]
) -> Response:
    def act() -> str:
        (found,) = locked_cards(session, here.study_id, [card_id])
        set_card_aside(session, found, form.reason, by=here.account_id)
        return here.url("cards", card_id)

    return go(here.once(session, form, f"aside card {card_id}", act).result, notice=ASIDE)


@router.post("/studies/{study_id}/cards/{card_id}/back", name="take_card_back")
def take_back(
    here: Lead, session: Tx, card_id: PathId, form: Annotated[BackForm, FormData()]
) -> Response:
    def act() -> str:
        (found,) = locked_cards(session, here.study_id, [card_id])
        take_card_back(session, found, by=here.account_id)
        return here.url("cards", card_id)

    return go(here.once(session, form, f"card back {card_id}", act).result, notice=BACK)
