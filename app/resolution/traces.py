"""What a reader should know of how a round was run: who used power, when and why.

Nobody is named: people are letters where they coded, and roles.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.activity.models import Activity
from app.coding.measuring import coders_of_round
from app.coding.models import Round
from app.coding.progress import progress_of_all
from app.coding.rounds import protocol_of, round_id_of
from app.db import now
from app.negotiation.differing import IS_REVIEW
from app.negotiation.models import Decision, Disagreement, TalkEvent, Voice
from app.negotiation.rules import Flag, Outcome
from app.resolution.yields import n_changed
from app.studies.models import Membership
from app.studies.rules import Role

_ENDINGS = ("round closed", "round voided")
_OF_PEOPLE = ("role changed", "member joined", "member left", "member removed")


@dataclass(frozen=True, slots=True)
class Trace:
    """One act that a reader should know of: what, by whom, when, and the reason given."""

    what: str
    by: str
    at: datetime | None
    reason: str = ""

    @property
    def words(self) -> str:
        """Return what happened as a sentence without its reason."""
        told = f"{self.what}, by {self.by}" if self.by else self.what
        return f"{told[0].upper()}{told[1:]}."


@dataclass(frozen=True, slots=True)
class Reviews:
    """The agreed cards that the team looked at again, and what became of them."""

    n_fragile: int
    n_audited: int
    n_upheld: int
    n_changed: int

    @property
    def n(self) -> int:
        return self.n_fragile + self.n_audited

    @property
    def n_open(self) -> int:
        return self.n - self.n_upheld - self.n_changed


@dataclass(frozen=True, slots=True)
class Process:
    """How a round was run and talked about."""

    has_statements: bool
    owner_last: bool
    closed_early: Trace | None
    unfinished: tuple[str, ...]
    voided: tuple[Trace, ...]
    opened_early: tuple[Trace, ...]
    arbitrated: tuple[Trace, ...]
    people: tuple[Trace, ...]
    n_revised: int
    n_dissents: int
    n_deferred: int
    reviews: Reviews

    @property
    def statement_words(self) -> str:
        """Say by which rules the team talked."""
        if not self.has_statements:
            return "no: what each coder had said was open from the start of the talk"
        last = "; the owner of the study was to speak last" if self.owner_last else ""
        return f"each coder wrote reasons before seeing what others had said{last}"

    @property
    def review_words(self) -> str:
        """Say how many agreed cards were looked at again, and what came of it."""
        found = self.reviews
        if not found.n:
            return "no agreed card"
        return (
            f"{_counted(found.n, 'agreed card')} ({found.n_fragile:,} where somebody was unsure, "
            f"{found.n_audited:,} drawn at random): {found.n_changed:,} changed, "
            f"{found.n_upheld:,} upheld, {found.n_open:,} not decided"
        )


class People:
    """Says who somebody is without a name: the role of that moment, and the letter of a coder."""

    def __init__(self, session: Session, round_: Round, trail: Sequence[Activity]) -> None:
        rows = session.exec(select(Membership).where(Membership.study_id == round_.study_id)).all()
        self._members = {one.id or 0: one for one in rows}
        self._by_account = {one.account_id: one.id or 0 for one in rows if one.account_id}
        self._letters = {one.id: one.label for one in coders_of_round(session, round_)}
        self._changes = [one for one in trail if one.kind == "role changed"]

    def member(self, member_id: int | None, at: datetime) -> str:
        """Return "the lead who is Coder A" as it was at that moment."""
        found = self._members.get(member_id or 0)
        if found is None:
            return "nobody in the study"
        later = (
            one.detail["before"]
            for one in self._changes
            if one.subject == str(member_id) and one.at > at
        )
        role = next(later, found.role)
        letter = self._letters.get(found.id or 0)
        return f"{_with_article(role)} who is {letter}" if letter else _with_article(role)

    def account(self, account_id: int | None, at: datetime) -> str:
        """Return the same of an account; what nobody signed in for came from the command line."""
        if account_id is None:
            return "a command on the server"
        return self.member(self._by_account.get(account_id), at)

    def letter(self, member_id: int) -> str:
        return self._letters.get(member_id, "somebody who does not code here")

    def is_same(self, account_id: int | None, member_id: int) -> bool:
        return account_id is not None and self._by_account.get(account_id) == member_id


def _counted(n: int, one: str) -> str:
    return f"{n:,} {one}{'' if n == 1 else 's'}"


def _with_article(role: str) -> str:
    return f"an {role}" if role[0] in "aeiou" else f"a {role}"


def process_of(session: Session, round_: Round) -> Process:
    """Return how a closed round was run, for the report and the page of the negotiation."""
    trail = session.exec(
        select(Activity)
        .where(
            Activity.study_id == round_.study_id,
            col(Activity.kind).in_((*_ENDINGS, *_OF_PEOPLE)),
        )
        .order_by(col(Activity.seq))
    ).all()
    people = People(session, round_, trail)
    decided = _decided(session, round_)
    unfinished = {
        one.coder_id for one in progress_of_all(session, round_id_of(round_))
        if not one.has_submitted
    }  # fmt: skip
    protocol = protocol_of(round_)
    return Process(
        has_statements=protocol.has_statements,
        owner_last=protocol.owner_last,
        closed_early=_closed_early(round_, trail, people),
        unfinished=tuple(
            one.label for one in coders_of_round(session, round_) if one.id in unfinished
        ),
        voided=tuple(_voided(trail, people)),
        opened_early=tuple(_opened_early(session, round_, people)),
        arbitrated=tuple(_arbitrated(decided, people)),
        people=(*_people(round_, trail, people), *_settled_without(session, round_)),
        n_revised=n_changed((one.disagreement_id, Outcome(one.outcome)) for _, one in decided),
        n_dissents=_n_dissents(session, newest_of(decided)),
        n_deferred=sum(one.outcome == Outcome.DEFERRED for _, one in decided),
        reviews=_reviews(session, round_),
    )


Decided = Sequence[tuple[int, Decision]]


def _decided(session: Session, round_: Round) -> Decided:
    """Return every decision on a disagreement with its flag, the earlier ones first."""
    statement = (
        select(Disagreement.flag, Decision)
        .join(Decision, col(Decision.disagreement_id) == col(Disagreement.id))
        .where(Disagreement.round_id == round_.id)
        .order_by(col(Decision.revision), col(Decision.id))
    )
    return [(flag, one) for flag, one in session.exec(statement)]


def newest_of(decided: Decided) -> Mapping[int, Decision]:
    """Return the decision that counts on each disagreement."""
    return {one.disagreement_id: one for _, one in decided}


def _n_dissents(session: Session, newest: Mapping[int, Decision]) -> int:
    proposals = {one.proposal_id for one in newest.values() if one.proposal_id}
    dissents = session.exec(select(Voice.proposal_id).where(Voice.kind == "dissent")).all()
    return sum(one in proposals for one in dissents)


def _closed_early(round_: Round, trail: Sequence[Activity], people: People) -> Trace | None:
    closed = [
        one for one in trail if one.kind == "round closed" and one.subject == round_.name[:200]
    ]
    if not closed or not round_.close_reason:
        return None
    act = closed[-1]
    by = people.account(act.account_id, act.at)
    return Trace("closed before everybody had handed in", by, act.at, round_.close_reason)


def _voided(trail: Sequence[Activity], people: People) -> Iterable[Trace]:
    """Give every void round of the study: one that vanished would be worth more than its reason."""
    for one in trail:
        if one.kind == "round voided":
            by = people.account(one.account_id, one.at)
            yield Trace(f"{one.subject} declared void", by, one.at, one.detail.get("reason", ""))


def _opened_early(session: Session, round_: Round, people: People) -> Iterable[Trace]:
    events = session.exec(
        select(TalkEvent)
        .where(TalkEvent.round_id == round_.id, TalkEvent.kind == "opened")
        .order_by(col(TalkEvent.id))
    ).all()
    for one in events:
        if one.detail.get("reason"):
            n = one.detail.get("missing", 0)
            what = f"a card opened with {_counted(n, 'statement')} missing"
            yield Trace(what, people.member(one.member_id, one.at), one.at, one.detail["reason"])


def _settled_without(session: Session, round_: Round) -> Iterable[Trace]:
    """Say how many cards were settled without a coder who had judged them and has left."""
    events = session.exec(
        select(TalkEvent)
        .where(TalkEvent.round_id == round_.id, TalkEvent.kind == "decided")
        .order_by(col(TalkEvent.id))
    ).all()
    without = [one for one in events if one.detail.get("n_absent")]
    if without:
        n = len({one.disagreement_id for one in without})
        what = f"{_counted(n, 'card')} settled without somebody who had judged them and left"
        yield Trace(what, "the coders who stayed", without[-1].at, "")


def _arbitrated(decided: Decided, people: People) -> Iterable[Trace]:
    for one in newest_of(decided).values():
        if one.outcome == Outcome.ARBITRATED:
            yield Trace(
                "a card decided by arbitration", people.member(one.decided_by, one.at), one.at
            )


def _people(round_: Round, trail: Sequence[Activity], people: People) -> Iterable[Trace]:
    """Give who came, went or changed the role between the opening and the end of a round."""
    if round_.opened_at is None:
        return
    end = round_.ended_at or now()
    for one in trail:
        if one.kind not in _OF_PEOPLE or not round_.opened_at <= one.at <= end:
            continue
        by = people.account(one.account_id, one.at)
        if one.kind == "member joined":
            yield Trace(f"somebody joined as {one.detail.get('role', Role.CODER)}", "", one.at)
            continue
        who = people.letter(int(one.subject))
        if one.kind == "role changed":
            by = "themself" if people.is_same(one.account_id, int(one.subject)) else by
            roles = f"from {one.detail['before']} to {one.detail['after']}"
            yield Trace(f"the role of {who} changed {roles}", by, one.at)
        else:
            yield Trace(f"the membership of {who} ended", by, one.at)


def _reviews(session: Session, round_: Round) -> Reviews:
    rows = session.exec(
        select(Disagreement.id, Disagreement.flag, Decision.outcome)
        .join(Decision, col(Decision.disagreement_id) == col(Disagreement.id), isouter=True)
        .where(Disagreement.round_id == round_.id, IS_REVIEW)
        .order_by(col(Decision.revision))
    ).all()
    newest = {review_id: (flag, outcome) for review_id, flag, outcome in rows}.values()
    n_upheld = sum(outcome == Outcome.UPHELD for _, outcome in newest)
    waiting = (None, Outcome.DEFERRED, Outcome.UPHELD)
    return Reviews(
        n_fragile=sum(flag == Flag.FRAGILE_AGREEMENT for flag, _ in newest),
        n_audited=sum(flag == Flag.AUDIT for flag, _ in newest),
        n_upheld=n_upheld,
        n_changed=sum(outcome not in waiting for _, outcome in newest),
    )
