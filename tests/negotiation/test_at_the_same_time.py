"""Two people act on one card at the same moment: one outcome, told to both, in either order."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from app.coding.models import Round, Seal
from app.coding.rules import Protocol, Value
from app.db import Database, now
from app.negotiation.arbitrating import Award, arbitrate, escalate
from app.negotiation.comments import add_comment
from app.negotiation.deferring import DeferralDraft, defer
from app.negotiation.models import Decision, Disagreement, Proposal, TalkEvent
from app.negotiation.proposals import ProposalDraft, confirm, propose, withdraw
from app.negotiation.rules import Cause, Outcome
from app.negotiation.service import disagreements
from app.negotiation.settling import Settlement
from app.negotiation.statements import StatementDraft, seal_statement
from app.studies.models import Membership
from tests.coding.world import World, make_world
from tests.meanwhile import WELL, at_once
from tests.negotiation.negotiations import MISSING, STALE, close, judge

Act = Callable[[Session, Disagreement], object]


class Talk:
    """A card that Ada, Ben and Cleo judged differently, with acts that anybody can take on it."""

    def __init__(self, database: Database, *, protocol: Protocol | None = None) -> None:
        self.database = database
        self.world: World = make_world(database, n_cards=1, protocol=protocol or Protocol())
        with database.transaction() as session:
            for name, answer in (("ada", STALE), ("ben", STALE), ("cleo", MISSING)):
                judge(session, self.world, name, 0, answer)
            close(session, self.world)
            found = disagreements(session, session.get_one(Round, self.world.round_id))[0]
            self.id, self.revision = found.id or 0, found.revision
        self.proposal_id = 0

    def by(self, session: Session, name: str) -> Membership:
        return session.get_one(Membership, self.world.member_ids[name])

    def settlement(self, place: int, outcome: Outcome = Outcome.PERSUADED) -> Settlement:
        label = (self.world.category_ids[self.world.single_id][place],)
        return Settlement(Value.CATEGORIES, label, outcome, Cause.SLIP, "The definition says so.")

    def does(self, act: Act) -> None:
        """Do it alone and note where the talk stands then."""
        with self.database.transaction() as session:
            act(session, session.get_one(Disagreement, self.id))
        with self.database.reading() as session:
            self.revision = session.get_one(Disagreement, self.id).revision
            row = session.exec(select(Proposal).where(Proposal.status == "open")).first()
            self.proposal_id = row.id or 0 if row else 0

    def proposes(self, name: str, place: int = STALE) -> Act:
        def act(session: Session, found: Disagreement) -> object:
            draft = ProposalDraft(self.settlement(place), self.revision)
            return propose(session, found, draft, by=self.by(session, name))

        return act

    def confirms(self, name: str) -> Act:
        return lambda s, found: confirm(s, found, self.proposal_id, by=self.by(s, name))

    def withdraws(self, name: str) -> Act:
        return lambda s, found: withdraw(s, found, self.proposal_id, by=self.by(s, name))

    def seals(self, name: str) -> Act:
        draft = StatementDraft("It is out of date.")
        return lambda s, found: seal_statement(s, found, draft, by=self.by(s, name))

    def puts_off(self, name: str) -> Act:
        def act(session: Session, found: Disagreement) -> object:
            until = (now() + timedelta(days=7)).date()
            member = self.by(session, name)
            return defer(
                session, found, DeferralDraft("Later.", member.id, until, self.revision), by=member
            )

        return act

    def hands_over(self, name: str) -> Act:
        return lambda s, found: escalate(
            s, found, "Decide.", revision=found.revision, by=self.by(s, name)
        )

    def decides(self, name: str, place: int) -> Act:
        def act(session: Session, found: Disagreement) -> object:
            award = Award(self.settlement(place, Outcome.ARBITRATED), self.revision)
            return arbitrate(session, found, award, by=self.by(session, name))

        return act

    def at_once(self, first: Act, second: Act) -> tuple[str, str]:
        """The second begins before the first is committed; returns how each of them went."""

        def on_the_card(act: Act) -> Callable[[Session], object]:
            return lambda session: act(session, session.get_one(Disagreement, self.id))

        return at_once(self.database, on_the_card(first), on_the_card(second))

    def now(self) -> tuple[str, str, int]:
        """State, stage and how many decisions there are."""
        with self.database.reading() as session:
            found = session.get_one(Disagreement, self.id)
            return found.state, found.stage, len(session.exec(select(Decision)).all())

    def statuses(self) -> list[str]:
        with self.database.reading() as session:
            return sorted(session.exec(select(Proposal.status)))


@pytest.fixture
def talk(database: Database) -> Talk:
    return Talk(database)


@pytest.mark.parametrize("confirms_first", [True, False])
def test_a_confirmation_and_a_withdrawal(talk: Talk, confirms_first: bool) -> None:
    talk.does(talk.proposes("ben"))
    talk.does(talk.confirms("ada"))
    acts = [talk.confirms("cleo"), talk.withdraws("ben")]
    went = talk.at_once(*(acts if confirms_first else reversed(acts)))
    assert went[0] == WELL
    if confirms_first:
        assert "was settled while you answered it" in went[1]
        assert (talk.now(), talk.statuses()) == (("decided", "closed", 1), ["accepted"])
    else:
        assert "was withdrawn while you answered it. Nothing was decided." in went[1]
        assert (talk.now(), talk.statuses()) == (("open", "opened", 0), ["withdrawn"])


@pytest.mark.parametrize("order", [("ada", "cleo"), ("cleo", "ada")])
def test_the_last_two_confirmations_decide_once(talk: Talk, order: tuple[str, str]) -> None:
    talk.does(talk.proposes("ben"))
    went = talk.at_once(*map(talk.confirms, order))
    assert went == (WELL, WELL)
    assert (talk.now(), talk.statuses()) == (("decided", "closed", 1), ["accepted"])


def test_one_voice_from_two_windows_counts_once(talk: Talk) -> None:
    talk.does(talk.proposes("ben"))
    first, second = talk.at_once(talk.confirms("cleo"), talk.confirms("cleo"))
    assert first == WELL
    assert "You have answered this proposal already" in second
    assert talk.now() == ("open", "proposed", 0)


@pytest.mark.parametrize("order", [("ben", "cleo"), ("cleo", "ben")])
def test_of_two_proposals_one_is_on_the_table(talk: Talk, order: tuple[str, str]) -> None:
    first, second = talk.at_once(*map(talk.proposes, order))
    assert first == WELL
    assert "Somebody proposed or decided something" in second
    assert (talk.now(), talk.statuses()) == (("open", "proposed", 0), ["open"])


@pytest.mark.parametrize("confirms_first", [True, False])
def test_a_confirmation_and_another_proposal(talk: Talk, confirms_first: bool) -> None:
    talk.does(talk.proposes("ben"))
    talk.does(talk.confirms("ada"))
    acts = [talk.confirms("cleo"), talk.proposes("ada", MISSING)]
    went = talk.at_once(*(acts if confirms_first else reversed(acts)))
    assert went[0] == WELL
    if confirms_first:
        assert "Somebody proposed or decided something" in went[1]
        assert (talk.now(), talk.statuses()) == (("decided", "closed", 1), ["accepted"])
    else:
        assert "was replaced by another while you answered it. Nothing was decided" in went[1]
        assert (talk.now(), talk.statuses()) == (("open", "proposed", 0), ["open", "replaced"])


@pytest.mark.parametrize("confirms_first", [True, False])
def test_a_confirmation_and_putting_it_off(talk: Talk, confirms_first: bool) -> None:
    talk.does(talk.proposes("ben"))
    talk.does(talk.confirms("ada"))
    acts = [talk.confirms("cleo"), talk.puts_off("ben")]
    went = talk.at_once(*(acts if confirms_first else reversed(acts)))
    assert went[0] == WELL
    if confirms_first:
        assert "Somebody proposed or decided something" in went[1]
        assert (talk.now(), talk.statuses()) == (("decided", "closed", 1), ["accepted"])
    else:
        assert "was replaced by another while you answered it. Nothing was decided" in went[1]
        assert (talk.now(), talk.statuses()) == (("deferred", "closed", 1), ["replaced"])


@pytest.mark.parametrize("order", [(STALE, MISSING), (MISSING, STALE)])
def test_of_two_awards_the_first_decides(database: Database, order: tuple[int, int]) -> None:
    talk = Talk(database)
    with database.transaction() as session:
        found = session.get_one(Disagreement, talk.id)
        add_comment(session, found, talk.world.member_ids["ben"], "We do not agree.")
    talk.does(talk.hands_over("ben"))
    first, second = talk.at_once(*(talk.decides("ida", place) for place in order))
    assert first == WELL
    assert "Somebody proposed or decided something" in second
    assert talk.now() == ("decided", "closed", 1)
    with database.reading() as session:
        (decision,) = session.exec(select(Decision)).all()
        assert decision.category_ids == list(talk.settlement(order[0]).category_ids)


@pytest.mark.parametrize("order", [("ada", "cleo"), ("cleo", "ada")])
def test_the_last_two_statements_open_the_card_once(
    database: Database, order: tuple[str, str]
) -> None:
    talk = Talk(database, protocol=Protocol(has_statements=True))
    talk.does(talk.seals("ben"))
    assert talk.at_once(*map(talk.seals, order)) == (WELL, WELL)
    assert talk.now() == ("open", "opened", 0)
    with database.reading() as session:
        events = session.exec(select(TalkEvent.kind)).all()
        assert events.count("opened") == 1
        assert [one.opened_at is not None for one in session.exec(select(Seal))] == [True]
