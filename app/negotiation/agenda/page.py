"""The agenda of a negotiation: what coders disagree on, confused pairs first."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.coding.rounds import (
    has_figures,
    rounds_of,
)
from app.coding.rules import Phase
from app.negotiation.agenda.choosing import ROWS_OF_A_PAGE, Chosen, choose
from app.negotiation.agenda.details import read_details
from app.negotiation.agenda.filtering import STATES, Wanted, asked_for, filter_of, matching_cards
from app.negotiation.agenda.filtering import url_of as _url
from app.negotiation.agenda.listing import REVIEWS, SEALED, Entry
from app.negotiation.agenda.pages import AgendaPage, Arranging, ChooserPage, RoundRow, Step
from app.negotiation.agenda.reading import (
    Standing,
    counts_by_facet,
    decision_times,
    read_standing,
    sees_everything,
)
from app.negotiation.agenda.resuming import next_entry, where_stopped
from app.negotiation.agenda.rows import Drawing, agreed_on
from app.negotiation.agenda.saying import Saying
from app.negotiation.agenda.words import estimate
from app.negotiation.hearing import live_page
from app.negotiation.naming import Named, agenda_url, cards_by_id, facet_of, named_pair
from app.negotiation.pages import Tab
from app.negotiation.rules import WORDS_FOR_OUTCOME
from app.negotiation.service import counts_by_state
from app.studies.deps import Here
from app.studies.rules import Action

__all__ = ["Wanted", "agenda_page", "asked_for", "chooser_page", "pair_url"]


def chooser_page(session: Session, here: Here) -> ChooserPage:
    """Return the rounds of the study that can be talked about, newest first."""
    closed = [one for one in rounds_of(session, here.study_id) if has_figures(one)]
    return ChooserPage(
        tuple(_round_row(session, here, round_) for round_ in closed), here.url("rounds")
    )


def _round_row(session: Session, here: Here, round_: Round) -> RoundRow:
    if sees_everything(session, here, round_):
        counts = counts_by_state(session, round_)
        n_open, n_all = counts["open"], sum(counts.values())
    else:
        every, waiting = counts_by_facet(session, round_, sees_all=False)
        n_open, n_all = waiting.total(), every.total()
    return RoundRow(
        name=round_.name,
        url=agenda_url(here, round_),
        labels_url=here.url("rounds", round_.id, "labels"),
        is_done=round_.phase != Phase.NEGOTIATING,
        n_open=n_open,
        n_all=n_all,
    )


def newest_in_negotiation(session: Session, here: Here) -> Round | None:
    """Return the round whose disagreements are being talked about, the newest if several."""
    found = (one for one in rounds_of(session, here.study_id) if one.phase == Phase.NEGOTIATING)
    return next(found, None)


def pair_url(here: Here, round_: Round, facet_id: int, pair: str) -> str:
    """Return the address of the agenda of one pair."""
    return _url(here, round_, Wanted(facet_id, pair=pair))


def agenda_page(session: Session, here: Here, round_: Round, wanted: Wanted) -> AgendaPage:
    """Return the agenda of one facet of a closed round."""
    facet = facet_of(session, round_, wanted.facet_id)
    wanted = replace(wanted, facet_id=facet.id)
    standing = read_standing(session, here, round_, facet)
    cards = matching_cards(session, here, round_, facet.id, wanted)
    chosen = choose(standing, wanted, cards)
    is_over = round_.phase != Phase.NEGOTIATING
    stopped = where_stopped(session, here, round_)
    following = None if is_over else next_entry(standing, stopped)
    lists = _drawing(session, here, round_, facet, standing, wanted, chosen, following)
    step = _step(lists, following) if following else None
    n_open = sum(one.state == "open" for one in standing.every)
    counted, waiting = counts_by_facet(session, round_, sees_all=standing.sees_all)
    facets = _tabs(session, here, round_, facet, counted)
    elsewhere = () if is_over else _open_elsewhere(facets, waiting)
    return AgendaPage(
        round_name=round_.name,
        round_url=here.url("rounds", round_.id),
        facet_name=facet.name,
        is_over=is_over,
        sees_all=standing.sees_all,
        facets=tuple(facets.values()),
        states=_state_tabs(here, round_, standing, wanted),
        filter=filter_of(session, here, round_, facet, wanted),
        arranging=_arranging(here, round_, standing, wanted),
        clusters=lists.clusters(),
        chosen_pair=_chosen_pair(facet, wanted.pair),
        older=_turn(here, round_, wanted, chosen, 1),
        newer=_turn(here, round_, wanted, chosen, -1),
        sealed=lists.aside(SEALED),
        reviews=lists.aside(REVIEWS),
        n_all=len(standing.every),
        n_decided=sum(one.state == "decided" for one in standing.every),
        statements=None if is_over else _statements(here, round_, standing),
        next=step if following and _goes_on(standing, following) else None,
        later=step if following and not _goes_on(standing, following) else None,
        pace="" if is_over else estimate(decision_times(session, round_), n_open),
        stopped=None if is_over or stopped is None else stopped.step,
        outcomes=tuple((WORDS_FOR_OUTCOME[one], n) for one, n in standing.outcomes),
        elsewhere=elsewhere,
        may_finish=not (is_over or n_open or elsewhere) and here.may(Action.MANAGE_ROUNDS),
        review_operation=str(uuid.uuid4()),
        all_url=_url(here, round_, Wanted(facet.id)),
        labels_url=f"{here.url('rounds', round_.id, 'labels')}?facet={facet.id}",
        chooser_url=f"{here.url('negotiation')}?all=1",
        live=live_page(session, here, round_),
    )


def _drawing(
    session: Session,
    here: Here,
    round_: Round,
    facet: FacetContent,
    standing: Standing,
    wanted: Wanted,
    chosen: Chosen,
    following: Entry | None,
) -> Drawing:
    """Return the rows with their words; only of what is shown more is read."""
    shown = [*chosen.shown, *([following] if following else [])]
    details = read_details(session, here.member_id, round_, facet, shown)
    return Drawing(
        here,
        round_,
        facet,
        wanted,
        chosen,
        Saying.of(session, here, round_, standing, details),
        cards_by_id(session, here, [one.card_id for one in shown]),
        agreed_on(session, here, round_, facet, chosen),
    )


def _step(drawing: Drawing, entry: Entry) -> Step:
    """Return the way to a card, named by its key."""
    base = agenda_url(drawing.here, drawing.round)
    return Step(drawing.cards[entry.card_id].key, f"{base}/{entry.id}")


def _goes_on(standing: Standing, entry: Entry) -> bool:
    """Whether something is to be done with a card now; a deferred one can wait."""
    return entry.state == "open" or standing.is_waiting(entry)


def _chosen_pair(facet: FacetContent, pair: str) -> tuple[tuple[Named, ...], ...] | None:
    if not pair:
        return None
    return named_pair(facet, pair) if " | " in pair else ()


def _statements(here: Here, round_: Round, standing: Standing) -> Step | None:
    n_missing = len(standing.to_state)
    if not n_missing:
        return None
    words = "Write your statement" if n_missing == 1 else f"Write your {n_missing:,} statements"
    return Step(words, here.url("rounds", round_.id, "statements"))


def _arranging(here: Here, round_: Round, standing: Standing, wanted: Wanted) -> Arranging | None:
    """Return how to change the order; nobody does while sealed cards have no place in it."""
    is_open = round_.phase == Phase.NEGOTIATING and not standing.sealed
    if not (is_open and standing.sees_all and standing.talked and here.may(Action.DECIDE)):
        return None
    base = agenda_url(here, round_)
    return Arranging(
        is_on=wanted.arrange,
        toggle_url=_url(here, round_, replace(wanted, arrange=not wanted.arrange)),
        move_url=f"{base}/order",
        reset_url=f"{base}/order/suggested",
        operation_id=str(uuid.uuid4()),
        facet_id=wanted.facet_id or 0,
    )


def _turn(here: Here, round_: Round, wanted: Wanted, chosen: Chosen, step: int) -> Step | None:
    """Return the way to another page of one long list."""
    page = wanted.page + step
    if not wanted.pair or page < 1 or (page - 1) * ROWS_OF_A_PAGE >= chosen.longest:
        return None
    words = "Later cards" if step > 0 else "Earlier cards"
    return Step(words, _url(here, round_, replace(wanted, page=page)))


def _tabs(
    session: Session, here: Here, round_: Round, current: FacetContent, counts: Counter[int]
) -> dict[int, Tab]:
    """Return the facets of the round, each with its number of disagreements."""
    return {
        one.id: Tab(
            one.name, _url(here, round_, Wanted(one.id)), one.id == current.id, counts[one.id]
        )
        for one in facets_of_round(session, round_)
    }


def _open_elsewhere(facets: Mapping[int, Tab], waiting: Counter[int]) -> tuple[Tab, ...]:
    """Return the other facets on which something is open, with how much."""
    return tuple(
        replace(tab, count=waiting[facet_id])
        for facet_id, tab in facets.items()
        if waiting[facet_id] and not tab.is_current
    )


def _state_tabs(here: Here, round_: Round, standing: Standing, wanted: Wanted) -> tuple[Tab, ...]:
    """Return the states that can be chosen; without counts where something else narrows, too."""
    counts = Counter(one.state for one in standing.every)
    counts[""] = len(standing.every)
    counts["mine"] = len(standing.to_state) + len(standing.to_answer)
    is_whole = not (wanted.pair or wanted.narrows)
    return tuple(
        Tab(
            words,
            _url(here, round_, replace(wanted, state=state, page=1)),
            state == wanted.state,
            counts[state] if is_whole else None,
        )
        for state, words in STATES.items()
        if state != "mine" or counts["mine"] or wanted.state == "mine"
    )
