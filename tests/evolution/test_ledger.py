"""The ledger: each rule leads back to the decisions it came from, and the other way round."""

from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.coding.models import Round, Seal
from app.coding.rules import Value
from app.negotiation.clauses import ClauseDraft, ClauseKind
from app.negotiation.models import Disagreement
from app.negotiation.proposals import ProposalDraft, confirm, propose
from app.negotiation.rules import Cause, Outcome
from app.negotiation.settling import Settlement
from app.studies.models import Membership
from tests.codebook.browsing import seen
from tests.evolution.grown import Grown, make_grown
from tests.factories import sign_in


@dataclass(slots=True)
class Talks:
    """Three disagreements of a closed round, settled by Ben's proposals and Cleo's consent."""

    grown: Grown
    round: Round

    def settle(
        self, card: str, *clauses: ClauseDraft, cause: Cause = Cause.AMBIGUOUS, batch: str = ""
    ) -> None:
        session, members = self.grown.session, self.grown.team.members
        found = session.exec(
            select(Disagreement).where(Disagreement.card_id == self.grown.cards[card])
        ).one()
        settlement = Settlement(
            Value.CATEGORIES,
            (self.grown.id_of("A"),),
            Outcome.PERSUADED,
            cause,
            "So it is.",
        )
        draft = ProposalDraft(settlement, found.revision, clauses, batch)
        row = propose(session, found, draft, by=session.get_one(Membership, members["Ben"]))
        session.flush()
        cleo = session.get_one(Membership, members["Cleo"])
        confirm(session, found, row.id, by=cleo)
        session.commit()


@pytest.fixture
def talks(session: Session) -> Talks:
    grown = make_grown(session)
    said = dict.fromkeys(("c1", "c2", "c3", "c4"), ("A", "B"))
    return Talks(grown, grown.close(said))


def rule(talks: Talks, text: str = "Only when it is broken.") -> ClauseDraft:
    return ClauseDraft(ClauseKind.RULE, talks.grown.id_of("A"), text=text)


def test_a_rule_of_two_decisions_names_both_cards_and_the_version(
    talks: Talks, client: TestClient
) -> None:
    talks.settle("c1", rule(talks), batch="one act")
    talks.settle("c2", rule(talks), batch="one act")
    ada = sign_in(client, "Ada")
    url = f"{talks.grown.team.url}/codebook"
    page = seen(ada.get(f"{url}/ledger"))
    assert "Because of c1, c2 in Round 1; proposed by Coder A, decided" in page
    assert "in the draft, not published yet." in page
    talks.grown.publish()
    assert "version 2." in seen(ada.get(f"{url}/ledger"))
    assert "Ben" not in seen(ada.get(f"{url}/ledger"))


def test_a_category_says_which_decisions_its_rules_came_from(
    talks: Talks, client: TestClient
) -> None:
    talks.settle("c1", rule(talks))
    version = talks.grown.publish()
    url = f"{talks.grown.team.url}/codebook"
    cleo = sign_in(client, "Cleo")
    page = cleo.get(url)
    assert "Rule added because of c1; decided" in seen(page)
    assert "version 2" in seen(page)
    assert f"/rounds/{talks.round.id}/disagreements/" in page.text
    older = cleo.get(f"{url}/versions/{talks.grown.book.version_id}")
    assert "because of" not in seen(older)
    assert version.number == 2


def test_decisions_without_a_rule_stand_in_the_order_of_what_calls_for_one(
    talks: Talks, client: TestClient
) -> None:
    talks.settle("c1", cause=Cause.SLIP)
    talks.settle("c2", cause=Cause.MISSING_CODE)
    talks.settle("c3", rule(talks), cause=Cause.UNCLEAR_DEFINITION)
    talks.settle("c4", cause=Cause.UNCLEAR_DEFINITION)
    page = seen(sign_in(client, "Ben").get(f"{talks.grown.team.url}/codebook/ledger"))
    without = page.split("Decisions that led to no rule")[1]
    places = [without.index(one) for one in ("Unclear definition", "Missing category", "A slip")]
    assert places == sorted(places)
    assert "c3" not in without


def test_nothing_of_a_round_that_is_sealed_or_open_is_told(
    talks: Talks, client: TestClient
) -> None:
    talks.settle("c1", rule(talks))
    card_id = talks.grown.cards["c2"]
    talks.grown.session.add(
        Seal(round_id=talks.round.id, facet_id=talks.grown.facet_id, card_id=card_id)
    )
    talks.grown.session.commit()
    page = seen(sign_in(client, "Ada").get(f"{talks.grown.team.url}/codebook/ledger"))
    assert "Left out until all statements are in: Round 1." in page
    assert "c1" not in page
