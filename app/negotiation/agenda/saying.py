"""What a row of the agenda says to the person who reads it: what is theirs to do, and what not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from sqlmodel import Session

from app.coding.measuring import coders_of_round
from app.coding.models import Round
from app.db import now
from app.negotiation.agenda.details import Details
from app.negotiation.agenda.listing import Entry
from app.negotiation.agenda.reading import Standing
from app.negotiation.agenda.words import are_missing, day_and_month
from app.negotiation.naming import SINGLES
from app.negotiation.rules import WORDS_FOR_FLAG, WORDS_FOR_OUTCOME, Flag, Outcome, Stage
from app.studies.deps import Here
from app.studies.rules import Action, Role
from app.studies.service import member_names


def is_mine(here: Here, standing: Standing, entry: Entry) -> bool:
    """Whether a card waits for this person."""
    is_for_arbiter = here.role is Role.ARBITER and entry.stage == Stage.ESCALATED
    return standing.is_waiting(entry) or is_for_arbiter


@dataclass(frozen=True, slots=True)
class Saying:
    """The words for each row."""

    here: Here
    standing: Standing
    details: Details
    labels: Mapping[int, str]
    names: Mapping[int, str]

    @classmethod
    def of(
        cls, session: Session, here: Here, round_: Round, standing: Standing, details: Details
    ) -> Self:
        return cls(
            here,
            standing,
            details,
            labels={one.id: one.label for one in coders_of_round(session, round_)},
            names=member_names(session, here.study_id),
        )

    def state(self, entry: Entry) -> str:
        """Return how a row is drawn; of "yours" and "proposed" it is this person who has to act."""
        if entry.stage == Stage.SEALED:
            return "yours" if entry.id in self.standing.to_state else "theirs"
        if entry.stage == Stage.PROPOSED:
            return "proposed" if entry.id in self.standing.to_answer else "others"
        if entry.stage == Stage.ESCALATED:
            return "yours" if self.here.role is Role.ARBITER else "arbiter"
        return "closed" if entry.state == "decided" else entry.state

    def words(self, entry: Entry) -> str:
        if entry.stage == Stage.SEALED:
            return self._sealed(entry)
        if entry.stage == Stage.PROPOSED:
            return self._proposed(entry)
        if entry.stage == Stage.ESCALATED:
            is_arbiter = self.here.role is Role.ARBITER
            return "Waits for your decision" if is_arbiter else "With the arbiter"
        return self._ended(entry) or self._talk(entry)

    def _sealed(self, entry: Entry) -> str:
        if entry.id in self.standing.to_state:
            return "Your statement is missing"
        missing = self.details.missing(entry)
        if entry.id in self.details.own:
            return f"Yours is sealed, {are_missing(len(missing))}"
        if self.here.may(Action.MANAGE_ROUNDS):
            return f"Waiting for {' and '.join(self.labels[one] for one in missing)}"
        return "Waiting for statements"

    def _proposed(self, entry: Entry) -> str:
        if entry.id in self.standing.to_answer:
            return "Proposal waits for you"
        missing = are_missing(len(self.details.missing(entry)))
        is_party = entry.id in self.details.own
        return f"You confirmed, {missing}" if is_party else f"Proposed, {missing}"

    def _ended(self, entry: Entry) -> str:
        ended = self.details.ended.get(entry.id)
        if ended is None:
            return ""
        outcome = Outcome(ended.outcome)
        if outcome is not Outcome.DEFERRED or ended.due_on is None:
            return WORDS_FOR_OUTCOME[outcome]
        due = day_and_month(ended.due_on, now().date())
        owner = self.names.get(ended.owner_id or 0, "")
        return f"Deferred to {due}, {owner}" if owner else f"Deferred to {due}"

    def _talk(self, entry: Entry) -> str:
        n_comments = self.details.comments.get(entry.id, 0)
        if n_comments:
            return f"In discussion, {n_comments} comment{'' if n_comments == 1 else 's'}"
        if entry.key == SINGLES or entry.flag >= Flag.FRAGILE_AGREEMENT:
            words = WORDS_FOR_FLAG[Flag(entry.flag)]
            return words[0].upper() + words[1:]
        return "Not begun"
