"""The card with its evidence, the positions, and what is seen while statements are missing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import select

from app.coding.models import Assignment, Placement, Seal
from app.corpus.models import Card
from app.corpus.pages import view_of
from app.negotiation.item.evidence import ShownText, Stretch, marked, shown_text
from app.negotiation.item.pages import Typed, View
from app.negotiation.item.parts import ItemCard, Marked, SealedPart, Slip, StatementView
from app.negotiation.item.scene import Scene
from app.negotiation.models import Statement
from app.negotiation.naming import Speaker, named_answer
from app.negotiation.positions import answer_of
from app.negotiation.statements import missing_statements, statements_on
from app.sources.beside import context_of
from app.studies.rules import Action
from app.web import markdown

CONFIDENCE = {None: "", 1: "unsure", 2: "fairly sure", 3: "sure"}


def text_of(card: Card) -> ShownText:
    """Return a card's text as its page shows it."""
    return shown_text(card.text, str(markdown.to_html(card.text)))


def visible_statements(scene: Scene) -> dict[int, Statement]:
    """Return the statements this person may read, by who wrote them; sealed ones their own only."""
    if scene.view is View.HIDDEN:
        return {}
    every = statements_on(scene.session, scene.found)
    if scene.view is View.SEALED:
        every = [one for one in every if one.member_id == scene.here.member_id]
    return {one.member_id: one for one in every}


def item_card(
    scene: Scene, card: Card, text: ShownText, statements: Mapping[int, Statement]
) -> ItemCard:
    """Return the card, with what coders rest on marked in its text."""
    # In the order of the slips: that of the statements would tell an arbiter who was quicker.
    order = [one.coder_id for one in scene.said]
    authors = sorted(
        statements, key=lambda one: (one not in order, order.index(one) if one in order else 0)
    )
    stretches = []
    by: list[Speaker] = []
    for member_id in authors:
        speaker = scene.speaker(member_id)
        ranges = statements[member_id].evidence
        stretches += [
            Stretch(first, last, speaker.voice or "c", speaker.name) for first, last in ranges
        ]
        by += [speaker] if ranges else []
    return ItemCard(
        view=view_of(card, scene.here.url("cards", card.id)),
        text=marked(text, stretches),
        marked_by=tuple(by),
        context=context_of(scene.session, scene.here, card.id or 0),
    )


def slips(scene: Scene, text: ShownText, statements: Mapping[int, Statement]) -> tuple[Slip, ...]:
    """Return the positions side by side, each with its statement."""
    opened_at = _opened_at(scene)
    return tuple(_slip(scene, one, text, statements, opened_at) for one in scene.said)


def _slip(
    scene: Scene,
    said: Placement,
    text: ShownText,
    statements: Mapping[int, Statement],
    opened_at: datetime | None,
) -> Slip:
    stated = statements.get(said.coder_id)
    return Slip(
        speaker=scene.speaker(said.coder_id),
        answer=named_answer(scene.facet, answer_of(said)),
        confidence=CONFIDENCE[said.confidence],
        memo=said.memo,
        statement=_statement(stated, text, opened_at) if stated else None,
        has_left=said.coder_id not in scene.parties,
    )


def _statement(row: Statement, text: ShownText, opened_at: datetime | None) -> StatementView:
    return StatementView(
        text=row.text,
        quotes=tuple(text.quote((first, last)) for first, last in row.evidence),
        sealed_at=row.sealed_at,
        opened_at=opened_at,
    )


def _opened_at(scene: Scene) -> datetime | None:
    found = scene.found
    seal = scene.session.get(Seal, (found.round_id, found.facet_id, found.card_id))
    return seal.opened_at if seal else None


def sealed_part(scene: Scene, own: Sequence[Slip], text: ShownText, typed: Typed) -> SealedPart:
    """Return what is seen of a sealed card; whose statement is missing after one's own only."""
    missing = missing_statements(scene.session, scene.round_, scene.found)
    owes = scene.here.member_id in missing
    tells = scene.is_lead or scene.is_party
    own_slip = own[0] if own else None
    return SealedPart(
        own=own_slip,
        may_state=owes and not scene.is_over,
        missing=tuple(scene.speaker(one).name for one in missing) if tells and not owes else (),
        n_missing=len(missing),
        may_open=scene.here.may(Action.MANAGE_ROUNDS) and not owes and not scene.is_over,
        prefilled=own_slip.memo if own_slip else "",
        marked=_marked(text, typed.values("statement", "evidence")),
    )


def _marked(text: ShownText, values: Sequence[str]) -> tuple[Marked, ...]:
    found = []
    for value in values:
        first, _, last = value.partition("-")
        if first.isdecimal() and last.isdecimal():
            found.append(Marked(value, text.shown[int(first) : int(last)]))
    return tuple(found)


def silent_coders(scene: Scene) -> tuple[str, ...]:
    """Return the coders who were to judge the card and did not."""
    if scene.view is not View.OPEN:
        return ()
    statement = select(Assignment.coder_id).where(
        Assignment.round_id == scene.round_.id, Assignment.card_id == scene.found.card_id
    )
    spoke = {one.coder_id for one in scene.said}
    missing = [one for one in scene.session.exec(statement).all() if one not in spoke]
    return tuple(sorted(scene.speaker(one).name for one in missing))
