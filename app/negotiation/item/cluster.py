"""A proposal for a whole cluster: which cards it covers, and why some cannot take it."""

from collections.abc import Sequence
from urllib.parse import urlencode

from sqlmodel import Session, col, select

from app.coding.models import Round
from app.coding.rules import Phase
from app.negotiation.agenda.listing import REVIEWS, SEALED, TALKED_ABOUT, listed
from app.negotiation.agenda.page import pair_url
from app.negotiation.item.choices import proposal_choices
from app.negotiation.item.pages import ClusterPage, ClusterRow, Typed
from app.negotiation.models import Disagreement
from app.negotiation.naming import SINGLES, agenda_url, cards_by_id, facet_of, named_pair
from app.negotiation.rules import Stage
from app.studies.deps import Here
from app.studies.rules import Action, Role, refuse

MOST_CARDS = 200

_WORDS = {
    Stage.OPENED: "Open",
    Stage.PROPOSED: "A proposal is open; this one takes its place",
    Stage.ESCALATED: "With the arbiter",
    Stage.CLOSED: "Decided",
}


def cluster_url(here: Here, round_: Round, facet_id: int, pair: str) -> str:
    """Return the address at which one proposal is made for a whole pair of answers."""
    query = urlencode({"facet": facet_id, "pair": pair})
    return f"{here.url('rounds', round_.id, 'clusters')}?{query}"


def cluster_of(session: Session, round_: Round, facet_id: int, pair: str) -> Sequence[Disagreement]:
    """Return the open cards of a pair in the order of the agenda, without sealed ones."""
    if pair in {SINGLES, SEALED, REVIEWS, ""}:
        return []
    numbered = listed(session, round_.id or 0, facet_id, TALKED_ABOUT)
    order = select(numbered.c.id, numbered.c.number).where(numbered.c.key == pair).subquery()
    statement = (
        select(Disagreement)
        .join(order, col(Disagreement.id) == order.c.id)
        .where(Disagreement.stage != Stage.CLOSED)
        .order_by(order.c.number)
    )
    return session.exec(statement).all()


def cluster_page(
    session: Session,
    here: Here,
    round_: Round,
    wanted: tuple[int | None, str],
    typed: Typed | None = None,
) -> ClusterPage:
    """Return the cards that one proposal can cover; `wanted` is a facet and a pair of answers."""
    facet = facet_of(session, round_, wanted[0])
    pair = wanted[1]
    found = cluster_of(session, round_, facet.id, pair)[:MOST_CARDS]
    return ClusterPage(
        url=here.url("rounds", round_.id, "clusters"),
        agenda_url=f"{agenda_url(here, round_)}?facet={facet.id}",
        back_url=pair_url(here, round_, facet.id, pair),
        round_name=round_.name,
        facet_id=facet.id,
        facet_name=facet.name,
        pair=named_pair(facet, pair),
        pair_key=pair,
        rows=_rows(session, here, round_, found, typed or Typed()),
        choices=proposal_choices(facet),
        why_not=_why_not(here, round_),
        typed=typed or Typed(),
    )


def _why_not(here: Here, round_: Round) -> str:
    if round_.phase != Phase.NEGOTIATING:
        return "The negotiation of this round is over."
    if here.role is Role.ARBITER:
        return "An arbiter decides what coders hand over, and proposes nothing before."
    return refuse(here.role, Action.DECIDE) or ""


def _rows(
    session: Session, here: Here, round_: Round, found: Sequence[Disagreement], typed: Typed
) -> tuple[ClusterRow, ...]:
    cards = cards_by_id(session, here, [one.card_id for one in found])
    chosen = {value.partition(":")[0] for value in typed.values("cluster", "cards")}
    return tuple(
        ClusterRow(
            value=f"{one.id}:{one.revision}",
            card=cards[one.card_id],
            url=f"{agenda_url(here, round_)}/{one.id}",
            words=_WORDS[Stage(one.stage)],
            # Open ones are ticked at first: the page was asked for to settle them together.
            is_chosen=str(one.id) in chosen if typed.sentence else one.stage == Stage.OPENED,
            can_take=one.stage in {Stage.OPENED, Stage.PROPOSED},
        )
        for one in found
    )
