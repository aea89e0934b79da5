"""The lists of an agenda as they are drawn, with a row for each card that is shown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col

from app.codebook.content import FacetContent
from app.coding.judged import judged
from app.coding.models import Placement, Round
from app.coding.rules import Phase
from app.coding.visibility import Viewer
from app.corpus.pages import CardView
from app.negotiation.agenda.choosing import Chosen
from app.negotiation.agenda.filtering import Wanted, url_of
from app.negotiation.agenda.listing import REVIEWS, SEALED, Entry
from app.negotiation.agenda.pages import AgendaRow, Aside, Cluster
from app.negotiation.agenda.saying import Saying, is_mine
from app.negotiation.naming import SINGLES, Named, agenda_url, named_answer, named_pair
from app.negotiation.positions import answer_of
from app.negotiation.rules import Flag
from app.studies.deps import Here
from app.studies.rules import Action

MOST_MARKS = 24

Answers = dict[int, tuple[Named, ...]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the rows need: the words, the cards, and what coders agreed on."""

    here: Here
    round: Round
    facet: FacetContent
    wanted: Wanted
    chosen: Chosen
    saying: Saying
    cards: Mapping[int, CardView]
    agreed: Answers

    def clusters(self) -> tuple[Cluster, ...]:
        return tuple(
            self._cluster(key, entries)
            for key, entries in self.chosen.lists.items()
            if key not in {SEALED, REVIEWS}
        )

    def _cluster(self, key: str, entries: Sequence[Entry]) -> Cluster:
        counts = Counter(one.state for one in entries)
        is_scope = all(one.flag == Flag.SCOPE_CONFLICT for one in entries)
        return Cluster(
            key=key,
            pair=() if key == SINGLES else named_pair(self.facet, key),
            url=url_of(self.here, self.round, replace(self.wanted, pair=key)),
            n_all=len(entries),
            n_closed=counts["decided"],
            marks=self._marks(entries),
            rows=self._rows(key),
            note="These change how many cards the table counts." if is_scope else "",
        )

    def _marks(self, entries: Sequence[Entry]) -> tuple[str, ...]:
        if len(entries) > MOST_MARKS:
            return ()
        order = ("closed", "yours", "deferred", "open")
        return tuple(sorted((self._mark(one) for one in entries), key=order.index))

    def _mark(self, entry: Entry) -> str:
        if is_mine(self.here, self.saying.standing, entry):
            return "yours"
        return "closed" if entry.state == "decided" else entry.state

    def aside(self, key: str) -> Aside | None:
        """Return a list that stands beside the clusters; nothing when it is empty."""
        entries = self.chosen.lists.get(key)
        if not entries:
            return None
        return Aside(
            rows=self._rows(key),
            n_all=len(entries),
            n_closed=sum(one.state != "open" for one in entries),
            url=url_of(self.here, self.round, Wanted(self.facet.id, self.wanted.state, key)),
        )

    def _rows(self, key: str) -> tuple[AgendaRow, ...]:
        base = agenda_url(self.here, self.round)
        return tuple(
            AgendaRow(
                id=one.id,
                url=f"{base}/{one.id}",
                card=self.cards[one.card_id],
                state=self.saying.state(one),
                words=self.saying.words(one),
                pair=self._pair(one),
                may_uphold=self._may_uphold(one),
            )
            for one in self.chosen.rows[key]
        )

    def _pair(self, entry: Entry) -> tuple[tuple[Named, ...], ...]:
        if entry.key == REVIEWS:
            return (self.agreed.get(entry.card_id, ()),)
        return named_pair(self.facet, entry.cluster) if entry.key == SINGLES else ()

    def _may_uphold(self, entry: Entry) -> bool:
        return (
            entry.key == REVIEWS
            and entry.state == "open"
            and self.round.phase == Phase.NEGOTIATING
            and (entry.id in self.saying.details.own or self.here.may(Action.MANAGE_ROUNDS))
        )


def agreed_on(
    session: Session, here: Here, round_: Round, facet: FacetContent, chosen: Chosen
) -> Answers:
    """Return what coders agree on, for the agreements that are shown."""
    reviews = [one.card_id for one in chosen.rows.get(REVIEWS, ())]
    if not reviews:
        return {}
    viewer, on_these = Viewer(here.member_id), col(Placement.card_id).in_(reviews)
    found = judged(session, viewer, round_, facet.id, on_these)
    return {said.card_id: named_answer(facet, answer_of(said)) for said in found}
