"""Focus: one card, large, with its facets beside it."""

from dataclasses import dataclass

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.gate_rows import last_own_answer, why_closed
from app.coding.guessing import confidence_words
from app.coding.piles import is_multiple
from app.coding.seen_suggestions import own_suggestion
from app.coding.sort_frame import (
    ChoiceView,
    Frame,
    category_choices,
    frame_of,
    fresh_id,
    other_choices,
    pile_choices,
    words_of,
)
from app.coding.sorting import (
    NOTHING_SAID,
    Held,
    Seat,
    beside,
    first_open,
    held,
    held_on_card,
    own_assignment,
    stop_after,
)
from app.corpus.models import Card
from app.corpus.pages import CardView, view_of
from app.errors import NotFound
from app.sources.beside import Context, context_of
from app.studies.deps import Here


@dataclass(frozen=True, slots=True)
class StepView:
    """One facet of the card: `state` is done, now or todo."""

    name: str
    words: str
    state: str
    is_done: bool
    url: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a judgement was not saved, and what it was, so that nothing typed is lost."""

    words: str
    typed: Held
    is_stale: bool = False
    new_pile: str = ""
    new_description: str = ""


@dataclass(frozen=True, slots=True)
class RefusalView:
    """A refusal in words; `saved` and `typed` only where two judgements stand side by side."""

    words: str
    is_stale: bool
    saved: str
    saved_memo: str
    typed: str
    typed_memo: str
    resend_id: str


@dataclass(frozen=True, slots=True)
class ClosedGate:
    """Why the facet is not asked of this card, the way to what closed it, and what was said before.

    `before` is the coder's own earlier judgement, kept in case the gate opens again.
    """

    words: str
    facet: str
    url: str
    before: str


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A category that the coder asked for; the model guessed `n_right` of `n_learnt` unseen."""

    name: str
    words: str
    percent: int
    n_right: int
    n_learnt: int


@dataclass(frozen=True, slots=True)
class FocusPage:
    """One card to judge on one facet; `said` is what the form holds."""

    frame: Frame
    card: CardView
    context: Context | None
    card_id: int
    number: int
    is_parked: bool
    is_done: bool
    facet: FacetContent
    is_multiple: bool
    gate: ClosedGate | None
    steps: tuple[StepView, ...]
    previous_facet_url: str
    next_facet_url: str
    said: Held
    typed: Held
    saved_turn: int
    choices: tuple[ChoiceView, ...]
    piles: tuple[ChoiceView, ...]
    others: tuple[ChoiceView, ...]
    new_pile: str
    new_description: str
    previous_url: str
    next_url: str
    ahead_url: str
    suggestion: SuggestionView | None
    suggest_id: str
    refusal: RefusalView | None
    place_id: str
    park_id: str
    board_url: str


@dataclass(frozen=True, slots=True)
class HandInPage:
    """The end of a coder's work in a round: what was done, what is left, handing in."""

    frame: Frame
    operation_id: str
    refusal: str


def focus_page(
    session: Session,
    here: Here,
    seat: Seat,
    card_id: int,
    facet_id: int | None,
    refusal: Refusal | None = None,
) -> FocusPage:
    """Return the page of a card that was given to this coder."""
    assignment = own_assignment(session, seat, card_id)
    card = session.get(Card, card_id)
    if card is None or not seat.facets:
        raise NotFound
    saved = held_on_card(session, seat, card_id)
    facet = seat.facet(facet_id or first_open(seat, saved))
    frame = frame_of(session, here, seat)
    newest = saved.get(facet.id, NOTHING_SAID)
    said = refusal.typed if refusal and not refusal.is_stale else newest
    around = beside(session, seat, assignment.position)
    urls = [frame.places.focus_on(card_id, one.id) for one in seat.facets]
    place = seat.facets.index(facet)
    ahead = None if seat.stopped else stop_after(session, seat, assignment, facet.id, saved)
    return FocusPage(
        frame=frame,
        card=view_of(card, ""),
        context=context_of(session, here, card_id),
        card_id=card_id,
        number=assignment.position + 1,
        is_parked=assignment.is_parked,
        is_done=assignment.is_done,
        facet=facet,
        is_multiple=is_multiple(facet),
        gate=_closed_gate(session, seat, card_id, facet, saved, urls),
        steps=_steps(seat, facet, saved, urls),
        previous_facet_url=urls[place - 1] if place else "",
        next_facet_url=urls[place + 1] if place + 1 < len(urls) else "",
        said=said,
        typed=refusal.typed if refusal else said,
        saved_turn=newest.turn,
        choices=category_choices(facet, said),
        piles=pile_choices(seat, facet, said),
        new_pile=refusal.new_pile if refusal else "",
        new_description=refusal.new_description if refusal else "",
        others=other_choices(said, with_unsorted=False),
        previous_url=frame.places.focus_on(around.previous_id) if around.previous_id else "",
        next_url=frame.places.focus_on(around.next_id) if around.next_id else frame.places.focus,
        ahead_url=frame.places.focus_on(ahead.card_id, ahead.facet_id) if ahead else "",
        refusal=_refusal_view(seat, facet, newest, refusal) if refusal else None,
        suggestion=_suggestion(session, seat, card_id, facet, newest.turn, frame),
        suggest_id=fresh_id(),
        place_id=fresh_id(),
        park_id=fresh_id(),
        board_url=frame.places.board_of(facet.id),
    )


def _suggestion(
    session: Session, seat: Seat, card_id: int, facet: FacetContent, turn: int, frame: Frame
) -> SuggestionView | None:
    if not frame.suggests:
        return None
    found = own_suggestion(
        session, seat.round_, seat.coder_id, card_id=card_id, facet_id=facet.id, turn=turn
    )
    names = {one.id: one.name for one in facet.categories}
    if found is None or found.category_id not in names:
        return None
    return SuggestionView(
        name=names[found.category_id],
        words=confidence_words(found.confidence),
        percent=round(100 * found.confidence),
        n_right=found.n_right,
        n_learnt=found.n_learnt,
    )


def _steps(
    seat: Seat, now: FacetContent, saved: dict[int, Held], urls: list[str]
) -> tuple[StepView, ...]:
    steps = []
    for facet, url in zip(seat.facets, urls, strict=True):
        words = why_closed(facet, seat.facets, saved)
        words = words or words_of(facet, saved.get(facet.id), seat.piles)
        state = "now" if facet is now else "done" if words else "todo"
        asks = "choose any" if is_multiple(facet) else "choose one"
        steps.append(StepView(facet.name, words or asks, state, bool(words), url))
    return tuple(steps)


def _closed_gate(
    session: Session,
    seat: Seat,
    card_id: int,
    facet: FacetContent,
    saved: dict[int, Held],
    urls: list[str],
) -> ClosedGate | None:
    words = why_closed(facet, seat.facets, saved)
    if facet.gate is None or not words:
        return None
    asked = seat.facet(facet.gate.facet_id)
    own = last_own_answer(session, seat.round_, seat.coder_id, card_id, facet.id)
    before = words_of(facet, held(own)) if own is not None else ""
    return ClosedGate(words, asked.name, urls[seat.facets.index(asked)], before)


def _refusal_view(seat: Seat, facet: FacetContent, held: Held, refusal: Refusal) -> RefusalView:
    nothing = "Nothing is chosen"
    made = f"New pile “{refusal.new_pile}”" if refusal.new_pile else ""
    return RefusalView(
        words=refusal.words,
        is_stale=refusal.is_stale,
        saved=words_of(facet, held, seat.piles) or nothing,
        saved_memo=held.memo,
        typed=made or words_of(facet, refusal.typed, seat.piles) or nothing,
        typed_memo=refusal.typed.memo,
        resend_id=fresh_id(),
    )
