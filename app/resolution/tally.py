"""How many cards agreed before the talk and after it: proportions only, never a coefficient."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.codebook.content import FacetContent
from app.coding.measuring import snapshots
from app.coding.models import Round
from app.negotiation.agenda.flags import Cocoded, cocoded
from app.negotiation.differing import IS_DISAGREEMENT, IS_REVIEW
from app.negotiation.models import Decision, Disagreement
from app.negotiation.positions import positions_of
from app.negotiation.rules import SETTLED_BY_CODERS, Outcome

_LEFT_OPEN = (None, Outcome.UNRESOLVED, Outcome.DEFERRED)
_REVOKED = (Outcome.UNRESOLVED, Outcome.DROPPED, Outcome.SPLIT)


@dataclass(frozen=True, slots=True)
class Tally:
    """Agreement before and after negotiation: proportions only, never a coefficient.

    `n_cocoded` cards were judged by two coders or more; `n_agreed` of them alike, before any
    talk. Settled, arbitrated, dropped, split and unsettled cards partition the rest.
    `n_only_unsure` of the rest differ only in that somebody could not judge; coefficients leave
    such answers out. Of the agreed cards that the team looked at again, `n_revoked` lost their
    label and `n_overruled` got it from an arbiter: agreed before, and not after.
    """

    n_cocoded: int
    n_agreed: int
    n_settled: int
    n_arbitrated: int
    n_dropped: int
    n_unsettled: int
    n_only_unsure: int = 0
    n_split: int = 0
    n_revoked: int = 0
    n_overruled: int = 0

    @property
    def n_flagged(self) -> int:
        return self.n_cocoded - self.n_agreed

    @property
    def n_agreed_after(self) -> int:
        """Count the cards on which the coders themselves agree in the end."""
        return self.n_agreed - self.n_revoked - self.n_overruled + self.n_settled

    @property
    def n_gone(self) -> int:
        """Count the flagged cards that left the study: dropped, or split into others."""
        return self.n_dropped + self.n_split

    @property
    def before(self) -> float | None:
        """Share agreed when the round closed; None without co-coded cards."""
        return self.n_agreed / self.n_cocoded if self.n_cocoded else None

    @property
    def after(self) -> float | None:
        """Share agreed by the coders themselves in the end; arbitrated cards stay outside."""
        return self.n_agreed_after / self.n_cocoded if self.n_cocoded else None

    @property
    def after_without_dropped(self) -> float | None:
        """Share agreed in the end, of the cards that were neither dropped nor split."""
        kept = self.n_cocoded - self.n_gone
        return self.n_agreed_after / kept if kept else None

    @property
    def resolution_rate(self) -> float | None:
        """Share of the flagged cards that the coders settled themselves."""
        return self.n_settled / self.n_flagged if self.n_flagged else None

    @property
    def remark(self) -> str:
        """Say why fewer agree here than in the coefficients; empty where that cannot be."""
        if not self.n_only_unsure:
            return ""
        differ = "differs" if self.n_only_unsure == 1 else "differ"
        return (
            "A card that somebody could not judge is talked about too: "
            f"{self.n_only_unsure:,} of the {self.n_flagged:,} {differ} in nothing else."
        )

    @property
    def gone_words(self) -> str:
        """Name the cards that the second figure leaves out; empty where there are none."""
        counted = (("dropped", self.n_dropped), ("split", self.n_split))
        return " and ".join(f"{n:,} {what}" for what, n in counted if n)

    @property
    def n_labels(self) -> int:
        return self.n_agreed - self.n_revoked + self.n_settled + self.n_arbitrated


def tally(
    n_cocoded: int,
    n_agreed: int,
    outcomes: Sequence[Outcome | None],
    *,
    n_only_unsure: int = 0,
    reviews: Iterable[Outcome | None] = (),
) -> Tally:
    """Return the tally; `outcomes` has an entry for each flagged card, None while it is open.

    `reviews` are what came of the agreed cards that the team looked at again.
    """
    counts, again = Counter(outcomes), Counter(reviews)
    return Tally(
        n_cocoded=n_cocoded,
        n_agreed=n_agreed,
        n_settled=sum(counts[outcome] for outcome in SETTLED_BY_CODERS),
        n_arbitrated=counts[Outcome.ARBITRATED],
        n_dropped=counts[Outcome.DROPPED],
        n_split=counts[Outcome.SPLIT],
        n_unsettled=sum(counts[outcome] for outcome in _LEFT_OPEN),
        n_only_unsure=n_only_unsure,
        n_revoked=sum(again[outcome] for outcome in _REVOKED),
        n_overruled=again[Outcome.ARBITRATED],
    )


def tally_of(session: Session, round_: Round, facet: FacetContent) -> Tally:
    """Return the tally of a closed round on one facet."""
    counted = _counted_at_closing(session, round_, facet.id)
    if counted is None:  # closed by a version that did not count
        counted = cocoded(positions_of(session, round_, facet.id))
    outcomes = outcomes_of(session, round_, facet.id)
    return tally(
        counted.n_cards,
        counted.n_cards - len(outcomes),
        outcomes,
        n_only_unsure=counted.n_only_unsure,
        reviews=outcomes_of(session, round_, facet.id, of_reviews=True),
    )


def _counted_at_closing(session: Session, round_: Round, facet_id: int) -> Cocoded | None:
    taken = {one.facet_id: one.figures for one in snapshots(session, round_)}
    found = taken.get(facet_id, {}).get("cocoded")
    return None if found is None else Cocoded(**found)


def outcomes_of(
    session: Session, round_: Round, facet_id: int, *, of_reviews: bool = False
) -> list[Outcome | None]:
    """Return what came of each flagged card, None while it is open; the newest decision counts.

    Agreed cards that the team looks at again are no disagreements: they come by themselves, with
    `of_reviews`.
    """
    every = aliased(Decision)
    newest = select(func.max(every.revision)).where(
        col(every.disagreement_id) == col(Disagreement.id)
    )
    decided = (col(Decision.disagreement_id) == col(Disagreement.id)) & (
        col(Decision.revision) == newest.scalar_subquery()
    )
    decided &= col(Disagreement.state) != "open"  # what was taken up again is undecided
    statement = (
        select(Decision.outcome, func.count())
        .select_from(Disagreement)
        .outerjoin(Decision, decided)
        .where(
            col(Disagreement.round_id) == round_.id,
            col(Disagreement.facet_id) == facet_id,
            IS_REVIEW if of_reviews else IS_DISAGREEMENT,
        )
        .group_by(Decision.outcome)
    )
    return [
        None if outcome is None else Outcome(outcome)
        for outcome, n_cards in session.exec(statement).all()
        for _ in range(n_cards)
    ]
