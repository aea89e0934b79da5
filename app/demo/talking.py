"""What the coders of the demo said to each other, act by act, and what came of it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from app.codebook.content import FacetContent
from app.coding.models import Round
from app.coding.rules import Value
from app.corpus.models import Card
from app.db import now
from app.demo.study import Filling
from app.negotiation.arbitrating import Award, arbitrate, escalate
from app.negotiation.clauses import ClauseDraft, ClauseKind
from app.negotiation.comments import add_comment
from app.negotiation.deferring import DeferralDraft, defer
from app.negotiation.models import Disagreement, Proposal
from app.negotiation.on_the_table import open_proposal
from app.negotiation.proposals import ProposalDraft, confirm, dissent, propose
from app.negotiation.rules import Cause, Outcome
from app.negotiation.service import disagreements
from app.negotiation.settling import Settlement
from app.negotiation.statements import StatementDraft, seal_statement, seal_the_rest
from app.studies.models import Membership
from app.text import comparable

Script = Mapping[str, Any]


class Talk:
    """The disagreements of a round, each under its card and facet, and how people act on them."""

    def __init__(self, session: Session, filling: Filling, round_: Round) -> None:
        self._session, self._filling, self._round = session, filling, round_
        self._found = {(one.facet_id, one.card_id): one for one in disagreements(session, round_)}

    def hold(self, script: Script, coders: Iterable[str]) -> None:
        """Let everybody seal statements and then say and do what the script tells."""
        for said in script["statements"]:
            self._state(said)
        for email in coders:
            seal_the_rest(self._session, self._round, by=self._member(email))
        for act in script["acts"]:
            kind = next(key for key in ACTS if key in act)
            ACTS[kind](self, self._on(act), act, self._member(act["by"]))

    def _member(self, email: str) -> Membership:
        return self._filling.members[email]

    def _on(self, said: Script) -> Disagreement:
        facet = self._filling.facet(said["facet"])
        return self._found[facet.id, self._filling.cards[comparable(said["card"])]]

    def _state(self, said: Script) -> None:
        found = self._on(said)
        text = self._session.get_one(Card, found.card_id).text
        first = text.index(said["quote"])
        evidence = ((first, first + len(said["quote"])),)
        draft = StatementDraft(said["text"], evidence)
        seal_statement(self._session, found, draft, by=self._member(said["by"]))

    def say(self, found: Disagreement, act: Script, by: Membership) -> None:
        add_comment(self._session, found, by.id or 0, act["say"])

    def propose(self, found: Disagreement, act: Script, by: Membership) -> None:
        facet = self._filling.facet(act["facet"])
        clauses = (_clause(facet, act["clause"]),) if "clause" in act else ()
        settlement = self._settlement(facet, act["propose"], act)
        draft = ProposalDraft(settlement, found.revision, clauses)
        propose(self._session, found, draft, by=by)

    def confirm(self, found: Disagreement, _act: Script, by: Membership) -> None:
        confirm(self._session, found, self._open(found).id or 0, by=by)

    def dissent(self, found: Disagreement, act: Script, by: Membership) -> None:
        dissent(self._session, found, self._open(found).id or 0, act["dissent"], by=by)

    def escalate(self, found: Disagreement, act: Script, by: Membership) -> None:
        escalate(self._session, found, act["escalate"], revision=found.revision, by=by)

    def arbitrate(self, found: Disagreement, act: Script, by: Membership) -> None:
        facet = self._filling.facet(act["facet"])
        settlement = self._settlement(facet, act["arbitrate"], {"outcome": "arbitrated", **act})
        arbitrate(self._session, found, Award(settlement, found.revision), by=by)

    def defer(self, found: Disagreement, act: Script, by: Membership) -> None:
        until = (now() + timedelta(days=act["days"])).date()
        owner_id = self._filling.member_id(act["owner"])
        defer(
            self._session,
            found,
            DeferralDraft(act["defer"], owner_id, until, found.revision),
            by=by,
        )

    def _open(self, found: Disagreement) -> Proposal:
        proposal = open_proposal(self._session, found)
        if proposal is None:
            raise ValueError("the script answers a proposal that nobody made")
        return proposal

    def _settlement(self, facet: FacetContent, categories: str, act: Script) -> Settlement:
        answer = self._filling.answer(facet, categories)
        return Settlement(
            value=Value(answer.value),
            category_ids=answer.category_ids,
            outcome=Outcome(act["outcome"]),
            cause=Cause(act["cause"]),
            rationale=act["why"],
        )


ACTS: Mapping[str, Callable[[Talk, Disagreement, Script, Membership], None]] = {
    "say": Talk.say,
    "propose": Talk.propose,
    "confirm": Talk.confirm,
    "dissent": Talk.dissent,
    "escalate": Talk.escalate,
    "arbitrate": Talk.arbitrate,
    "defer": Talk.defer,
}


def _clause(facet: FacetContent, said: Script) -> ClauseDraft:
    ids = {category.name: category.id for category in facet.categories}
    return ClauseDraft(
        kind=ClauseKind(said["kind"]),
        category_id=ids[said["category"]],
        into_id=ids[said["into"]] if "into" in said else None,
        text=said.get("text", ""),
    )
