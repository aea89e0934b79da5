"""Splitting and merging cards, each with what it would give before anything is written."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi import Form as FormData
from pydantic import AfterValidator, Field
from sqlmodel import Session, col, select

from app.corpus.drafts import LONGEST_TITLE
from app.corpus.models import Card
from app.corpus.service import card as card_of
from app.corpus.service import frozen_card_ids
from app.corpus.setting_aside import locked_cards
from app.errors import ConcordError, Invalid
from app.sources.pages import cards_shell
from app.sources.recutting import (
    cut_mark,
    cuts_of,
    free_merged_key,
    in_reading_order,
    merge_cards,
    merge_text,
    split_card,
)
from app.studies.deps import Here, require
from app.studies.rules import Action
from app.text import comparable
from app.web.forms import TYPED, Form, Line, LongText, Name, PathId, Write
from app.web.render import declare_notice, go, respond
from app.web.transaction import Look, Tx, database

router = APIRouter()

Lead = Annotated[Here, require(Action.KEEP_SOURCES)]
Typed = Annotated[Line, TYPED]
Title = Annotated[str, Field(max_length=LONGEST_TITLE), AfterValidator(str.strip), TYPED]

SPLIT = declare_notice(
    "card-split", "good", "The card is split. It is set aside; its pieces are cards of their own."
)
MERGED = declare_notice(
    "cards-merged", "good", "The cards are merged into this one. They are set aside."
)


class RecutQuery(Form):
    """`others` are keys of cards to merge with, separated by commas."""

    others: Line = ""


class SplitForm(Write):
    text: LongText
    reason: Name


class MergeForm(Write):
    others: Typed
    key: Annotated[str, Field(max_length=200), AfterValidator(str.strip), TYPED] = ""
    title: Title = ""
    reason: Name


@dataclass(frozen=True, slots=True)
class MergePreview:
    """The card that merging would give."""

    keys: tuple[str, ...]
    text: str
    key: str
    title: str
    is_one_passage: bool


@dataclass(frozen=True, slots=True)
class RecutPage:
    """A card to be cut anew, with what the last try was refused for."""

    key: str
    url: str
    card_url: str
    marked: str
    mark: str
    reason: str
    is_frozen: bool
    others: str
    merge: MergePreview | None
    error: str


@router.get("/studies/{study_id}/cards/{card_id}/recut", name="recut_card")
def recut(
    request: Request,
    here: Lead,
    look: Look,
    card_id: PathId,
    query: Annotated[RecutQuery, Query()],
) -> Response:
    card = card_of(look, here.study_id, card_id)
    try:
        merge = _preview(look, card, query.others)
    except ConcordError as refusal:
        return _page(request, look, here, card, others=query.others, refusal=refusal)
    return _page(request, look, here, card, others=query.others, merge=merge)


def _page(
    request: Request,
    session: Session,
    here: Here,
    card: Card,
    *,
    marked: str | None = None,
    reason: str = "",
    others: str = "",
    merge: MergePreview | None = None,
    refusal: ConcordError | None = None,
) -> Response:
    url = here.url("cards", card.id, "recut")
    page = RecutPage(
        key=card.key,
        url=url,
        card_url=here.url("cards", card.id),
        marked=card.text if marked is None else marked,
        mark=cut_mark(card.text),
        reason=reason,
        is_frozen=card.id in frozen_card_ids(session, here.study_id),
        others=others,
        merge=merge,
        error=refusal.message if refusal else "",
    )
    status = refusal.status if refusal else 200
    return respond(request, "sources/recut.html", page, cards_shell(here), status=status)


def _preview(session: Session, card: Card, others: str) -> MergePreview | None:
    if not others:
        return None
    cards = in_reading_order(session, [card, *_named(session, card, others)])
    merged = merge_text(session, cards)
    return MergePreview(
        keys=tuple(one.key for one in cards),
        text=merged.text,
        key=free_merged_key(session, cards),
        title=cards[0].title,
        is_one_passage=len(merged.passages) == 1,
    )


def _named(session: Session, card: Card, others: str) -> list[Card]:
    """Return the other cards that are named by their keys."""
    keys = list(dict.fromkeys(key.strip() for key in re.split(r"[,;\n]", others) if key.strip()))
    folded = {comparable(key): key for key in keys if comparable(key) != card.key_folded}
    statement = select(Card).where(
        Card.study_id == card.study_id, col(Card.key_folded).in_(list(folded))
    )
    found = {one.key_folded: one for one in session.exec(statement)}
    missing = [key for fold, key in folded.items() if fold not in found]
    if missing:
        raise Invalid(f"There is no card {', '.join(missing[:10])}. Nothing was changed.")
    if not found:
        raise Invalid("Name at least one other card. Nothing was changed.")
    aside = [one.key for one in found.values() if one.set_aside_at is not None]
    if aside:
        raise Invalid(f"Card {aside[0]} is set aside. Nothing was changed.")
    return list(found.values())


@router.post("/studies/{study_id}/cards/{card_id}/split", name="split_card")
def split(
    request: Request,
    here: Lead,
    look: Look,
    card_id: PathId,
    form: Annotated[SplitForm, FormData()],
) -> Response:
    card = card_of(look, here.study_id, card_id)
    look.expunge(card)

    def act() -> str:
        (locked,) = locked_cards(session, here.study_id, [card_id])
        pieces = cuts_of(locked.text, form.text)
        split_card(session, locked, pieces, reason=form.reason, by=here.account_id)
        return here.url("cards", card_id)

    try:
        with database(request).transaction() as session:
            done = here.once(session, form, f"split card {card_id}", act)
    except Invalid as refusal:
        return _page(
            request, look, here, card, marked=form.text, reason=form.reason, refusal=refusal
        )
    return go(done.result, notice=SPLIT)


@router.post("/studies/{study_id}/cards/{card_id}/merge", name="merge_cards")
def merge(
    here: Lead, session: Tx, card_id: PathId, form: Annotated[MergeForm, FormData()]
) -> Response:
    def act() -> str:
        card = card_of(session, here.study_id, card_id)
        ids = [one.id or 0 for one in (card, *_named(session, card, form.others))]
        new_id = merge_cards(
            session,
            locked_cards(session, here.study_id, ids),
            key=form.key,
            title=form.title,
            reason=form.reason,
            by=here.account_id,
        )
        return here.url("cards", new_id)

    return go(here.once(session, form, f"merge card {card_id}", act).result, notice=MERGED)
