"""The own sealed cards one after another: each statement is written before the others are seen."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.coding.models import Round
from app.coding.visibility import own_on_card
from app.negotiation.item.pages import StatementsPage, Typed
from app.negotiation.item.reading import disagreement_page
from app.negotiation.models import Disagreement, Statement
from app.negotiation.naming import agenda_url
from app.negotiation.statements import waiting_for
from app.studies.deps import Here
from app.text import is_blank


def statements_url(here: Here, round_: Round, *, after: int | None = None) -> str:
    """Return the address of the run, at the card after one that was passed over."""
    url = here.url("rounds", round_.id, "statements")
    return f"{url}?after={after}" if after is not None else url


def statements_page(
    session: Session,
    here: Here,
    round_: Round,
    *,
    after: int | None = None,
    typed: Typed | None = None,
) -> StatementsPage:
    """Return the next own sealed card; passing over the last one leads to the first again."""
    waiting = waiting_for(session, round_, here.member_id)
    place = _place_after(waiting, after)
    found = waiting[place] if waiting else None
    n_stated = _n_stated(session, round_, here.member_id)
    skips = found is not None and len(waiting) > 1
    return StatementsPage(
        round_name=round_.name,
        agenda_url=agenda_url(here, round_),
        url=statements_url(here, round_),
        item=disagreement_page(session, here, round_, found, typed) if found else None,
        number=n_stated + place + 1,
        total=n_stated + len(waiting),
        skip_url=statements_url(here, round_, after=found.id) if found and skips else "",
        n_without_memo=_n_without_memo(session, here, round_, waiting),
        n_waiting=len(waiting),
        typed=typed or Typed(),
    )


def _place_after(waiting: Sequence[Disagreement], after: int | None) -> int:
    ids = [one.id for one in waiting]
    place = ids.index(after) + 1 if after in ids else 0
    return place if place < len(ids) else 0


def _n_stated(session: Session, round_: Round, member_id: int) -> int:
    statement = (
        select(func.count())
        .select_from(Statement)
        .join(Disagreement, col(Disagreement.id) == col(Statement.disagreement_id))
        .where(Disagreement.round_id == round_.id, Statement.member_id == member_id)
    )
    return session.exec(statement).one()


def _n_without_memo(
    session: Session, here: Here, round_: Round, waiting: Sequence[Disagreement]
) -> int:
    """Return how many statements would be empty if the memos were sealed as they are."""
    memos = (
        own_on_card(session, round_, here.member_id, one.card_id).get(one.facet_id)
        for one in waiting
    )
    return sum(one is None or is_blank(one.memo) for one in memos)
