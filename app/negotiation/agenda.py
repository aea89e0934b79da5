"""The agenda of a negotiation: what coders disagree on, confused pairs first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from sqlmodel import Session, col, func, select

from app.codebook.content import FacetContent
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.coding.rounds import rounds_of
from app.coding.rules import Phase
from app.corpus.pages import CardView
from app.negotiation.comments import comment_counts
from app.negotiation.models import Decision, Disagreement
from app.negotiation.naming import SINGLES, Named, agenda_url, cards_by_id, facet_of, named_pair
from app.negotiation.pages import AgendaPage, AgendaRow, ChooserPage, Cluster, RoundRow, Tab
from app.negotiation.rules import WORDS_FOR_OUTCOME, Flag, Outcome
from app.negotiation.service import counts_by_state, disagreements, id_of
from app.studies.deps import Here
from app.studies.rules import Action
from app.text import is_blank

ROWS_OF_A_CLUSTER = 8
STATES = {"": "All", "open": "Open", "decided": "Decided", "deferred": "Deferred"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the agenda is asked for."""

    facet_id: int | None = None
    state: str = ""
    pair: str = ""


def chooser_page(session: Session, here: Here) -> ChooserPage:
    """Return the closed rounds of the study, newest first."""
    closed = [one for one in rounds_of(session, here.study_id) if one.closed_at is not None]
    rows = []
    for round_ in closed:
        counts = counts_by_state(session, round_)
        rows.append(
            RoundRow(
                name=round_.name,
                url=agenda_url(here, round_),
                labels_url=here.url("rounds", round_.id, "labels"),
                is_done=round_.phase != Phase.NEGOTIATING,
                n_open=counts["open"],
                n_all=sum(counts.values()),
            )
        )
    return ChooserPage(tuple(rows), here.url("rounds"))


def newest_in_negotiation(session: Session, here: Here) -> Round | None:
    """Return the round whose disagreements are being talked about, the newest if several."""
    found = (one for one in rounds_of(session, here.study_id) if one.phase == Phase.NEGOTIATING)
    return next(found, None)


def newest_decisions(session: Session, round_: Round) -> dict[int, Decision]:
    """Return the decision that counts for each disagreement that has one."""
    statement = (
        select(Decision)
        .join(Disagreement, col(Disagreement.id) == col(Decision.disagreement_id))
        .where(Disagreement.round_id == round_.id)
        .order_by(col(Decision.revision))
    )
    return {found.disagreement_id: found for found in session.exec(statement)}


def cluster_key(found: Disagreement) -> str:
    """Return the cluster under which the agenda lists a disagreement."""
    return SINGLES if found.cluster_size == 1 else found.cluster


def agenda_page(session: Session, here: Here, round_: Round, wanted: Wanted) -> AgendaPage:
    """Return the agenda of one facet of a closed round."""
    facet = facet_of(session, round_, wanted.facet_id)
    every = disagreements(session, round_, facet_id=facet.id)
    agenda = _Agenda(session, here, round_, facet, every)
    waiting = [one for one in every if one.state == "open"] or [
        one for one in every if one.state == "deferred"
    ]
    is_over = round_.phase != Phase.NEGOTIATING
    elsewhere = () if is_over else _open_elsewhere(session, here, round_, facet)
    n_open = sum(one.state == "open" for one in every)
    return AgendaPage(
        round_name=round_.name,
        round_url=here.url("rounds", round_.id),
        facet_name=facet.name,
        is_over=is_over,
        facets=_facet_tabs(session, here, round_, facet),
        states=agenda.state_tabs(wanted),
        clusters=agenda.clusters(wanted),
        chosen_pair=_chosen_pair(facet, wanted.pair),
        n_all=len(every),
        n_decided=sum(one.state == "decided" for one in every),
        next=agenda.rows(waiting[:1])[0] if waiting and not is_over else None,
        outcomes=agenda.outcomes(),
        elsewhere=elsewhere,
        may_finish=not (is_over or n_open or elsewhere) and here.may(Action.MANAGE_ROUNDS),
        all_url=_url(here, round_, Wanted(facet.id)),
        labels_url=f"{here.url('rounds', round_.id, 'labels')}?facet={facet.id}",
        chooser_url=f"{here.url('negotiation')}?all=1",
    )


def _chosen_pair(facet: FacetContent, pair: str) -> tuple[tuple[Named, ...], ...] | None:
    if not pair:
        return None
    return () if pair == SINGLES else named_pair(facet, pair)


def _url(here: Here, round_: Round, wanted: Wanted) -> str:
    asked = {"facet": wanted.facet_id, "state": wanted.state, "pair": wanted.pair}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{agenda_url(here, round_)}?{query}"


def pair_url(here: Here, round_: Round, facet_id: int, pair: str) -> str:
    """Return the address of the agenda of one pair."""
    return _url(here, round_, Wanted(facet_id, pair=pair))


def _counts_by_facet(session: Session, round_: Round, state: str | None = None) -> Counter[int]:
    """Return how many disagreements each facet has, counted by the database."""
    statement = (
        select(Disagreement.facet_id, func.count())
        .where(Disagreement.round_id == round_.id)
        .group_by(col(Disagreement.facet_id))
    )
    if state is not None:
        statement = statement.where(Disagreement.state == state)
    return Counter(dict(session.exec(statement).all()))


def _facet_tabs(
    session: Session, here: Here, round_: Round, current: FacetContent
) -> tuple[Tab, ...]:
    counts = _counts_by_facet(session, round_)
    return tuple(
        Tab(one.name, _url(here, round_, Wanted(one.id)), one.id == current.id, counts[one.id])
        for one in facets_of_round(session, round_)
    )


def _open_elsewhere(
    session: Session, here: Here, round_: Round, current: FacetContent
) -> tuple[Tab, ...]:
    """Return the other facets on which something is open, with how much."""
    counts = _counts_by_facet(session, round_, "open")
    return tuple(
        Tab(one.name, _url(here, round_, Wanted(one.id)), is_current=False, count=counts[one.id])
        for one in facets_of_round(session, round_)
        if counts[one.id] and one.id != current.id
    )


class _Agenda:
    """The disagreements of one facet with what has become of each."""

    def __init__(
        self,
        session: Session,
        here: Here,
        round_: Round,
        facet: FacetContent,
        every: Sequence[Disagreement],
    ) -> None:
        self._session = session
        self._here = here
        self._round = round_
        self._facet = facet
        self._every = every
        self._decisions = newest_decisions(session, round_)
        self._comments = comment_counts(session, round_)

    def state_tabs(self, wanted: Wanted) -> tuple[Tab, ...]:
        counts = Counter(one.state for one in self._every)
        counts[""] = len(self._every)
        return tuple(
            Tab(
                words,
                _url(self._here, self._round, Wanted(self._facet.id, state, wanted.pair)),
                state == wanted.state,
                counts[state] if not wanted.pair else None,
            )
            for state, words in STATES.items()
        )

    def outcomes(self) -> tuple[tuple[str, int], ...]:
        counts = Counter(
            Outcome(self._decisions[id_of(one)].outcome)
            for one in self._every
            if id_of(one) in self._decisions
        )
        return tuple((WORDS_FOR_OUTCOME[one], counts[one]) for one in Outcome if counts[one])

    def clusters(self, wanted: Wanted) -> tuple[Cluster, ...]:
        grouped = {key: list(found) for key, found in groupby(self._every, key=cluster_key)}
        if wanted.pair:
            grouped = {key: found for key, found in grouped.items() if key == wanted.pair}
        shown = {key: self._shown(found, wanted) for key, found in grouped.items()}
        cards = cards_by_id(
            self._session, self._here, (one.card_id for some in shown.values() for one in some)
        )
        return tuple(
            self._cluster(key, grouped[key], some, cards, wanted)
            for key, some in shown.items()
            if some
        )

    def _shown(self, found: Sequence[Disagreement], wanted: Wanted) -> list[Disagreement]:
        meant = [one for one in found if wanted.state in {"", one.state}]
        if wanted.pair:
            return meant
        # What waits comes first; of what is settled the newest need not be seen each time.
        order = {"open": 0, "deferred": 1, "decided": 2}
        return sorted(meant, key=lambda one: order[one.state])[:ROWS_OF_A_CLUSTER]

    def _cluster(
        self,
        key: str,
        found: Sequence[Disagreement],
        shown: Sequence[Disagreement],
        cards: Mapping[int, CardView],
        wanted: Wanted,
    ) -> Cluster:
        is_scope = all(one.flag == Flag.SCOPE_CONFLICT for one in found)
        meant = [one.state for one in found if wanted.state in {"", one.state}]
        order = ("decided", "deferred", "open")
        return Cluster(
            pair=() if key == SINGLES else named_pair(self._facet, key),
            url=_url(self._here, self._round, Wanted(self._facet.id, wanted.state, key)),
            states=tuple(sorted(meant, key=order.index)),
            rows=self._rows(shown, cards, has_pairs=key == SINGLES),
            note="These change how many cards the table counts." if is_scope else "",
        )

    def rows(self, found: Sequence[Disagreement]) -> tuple[AgendaRow, ...]:
        """Return some disagreements as rows, without their pairs."""
        cards = cards_by_id(self._session, self._here, (one.card_id for one in found))
        return self._rows(found, cards, has_pairs=False)

    def _rows(
        self, found: Sequence[Disagreement], cards: Mapping[int, CardView], *, has_pairs: bool
    ) -> tuple[AgendaRow, ...]:
        base = agenda_url(self._here, self._round)
        return tuple(
            AgendaRow(
                url=f"{base}/{one.id}",
                card=cards[one.card_id],
                state="closed" if one.state == "decided" else one.state,
                words=self._words(one),
                pair=named_pair(self._facet, one.cluster) if has_pairs else (),
            )
            for one in found
        )

    def _words(self, found: Disagreement) -> str:
        decision = self._decisions.get(id_of(found))
        if decision is not None:
            return WORDS_FOR_OUTCOME[Outcome(decision.outcome)]
        n_comments = self._comments.get(id_of(found), 0)
        if n_comments:
            return f"In discussion, {n_comments} comment{'' if n_comments == 1 else 's'}"
        return "Not begun"


def asked_for(facet_id: int | None, state: str, pair: str) -> Wanted:
    """Return what a query asks for; a state nobody knows counts as none."""
    return Wanted(facet_id, state if state in STATES else "", "" if is_blank(pair) else pair)
