"""Looking at an agreement again: one click says that it was right."""

from sqlmodel import Session

from app.coding.rules import Value
from app.coding.seals import check_positions_open
from app.errors import Conflict, Forbidden
from app.negotiation.models import Decision, Disagreement
from app.negotiation.naming import category_ids_of
from app.negotiation.parties import parties_of
from app.negotiation.positions import positions_on_card
from app.negotiation.rules import SPECIAL, Answer, Flag, Outcome, Stage
from app.negotiation.service import check_negotiating
from app.negotiation.settling import Ending, Settlement, settle
from app.studies.models import Membership
from app.studies.rules import Role


def uphold_agreement(session: Session, found: Disagreement, *, by: Membership) -> Decision:
    """Decide that what coders agreed on stays, which a party or a lead can say."""
    if found.flag < Flag.FRAGILE_AGREEMENT:
        raise Conflict("Coders differ on this card, so there is no agreement to uphold.")
    round_ = check_negotiating(session, found)
    check_positions_open(session, round_)
    session.refresh(found, with_for_update=True)  # of two who look at once one decides
    if by.role != Role.LEAD and by.id not in parties_of(session, round_, found):
        raise Forbidden("Only who coded this card, or a lead, looks at its agreement again.")
    if found.stage in {Stage.PROPOSED, Stage.ESCALATED}:
        raise Conflict("Something else is proposed for this card; answer that first.")
    if found.state != "open":
        raise Conflict("Somebody looked at this card a moment ago. Nothing was changed.")
    answer = positions_on_card(session, round_, found)[0].answer
    settlement = Settlement(
        value=_value(answer),
        category_ids=category_ids_of(answer),
        outcome=Outcome.UPHELD,
        cause="",
        rationale="",
    )
    return settle(session, round_, found, settlement, Ending("upheld"), by=by)


def _value(answer: Answer) -> Value:
    return Value(answer) if answer in SPECIAL else Value.CATEGORIES
