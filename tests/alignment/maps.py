"""An open sort of three coders that waits for its alignment, and acts on its map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.alignment.confirming import Confirmation, confirm_map
from app.alignment.mapping import Target, match_piles
from app.alignment.reading import last_act, map_of
from app.alignment.rules import AlignmentMap, PileKey, Verdict
from app.alignment.sitting import Table, sit_at
from app.codebook.content import content_hash
from app.codebook.models import CodebookVersion
from app.codebook.service import draft
from app.coding.desks import sit_down
from app.coding.drafts import RoundDraft, create_round
from app.coding.models import Round
from app.coding.own_piles import NewPile, make_pile
from app.coding.rounds import open_round, round_id_of
from app.coding.rules import Plan, Protocol, Sort
from app.resolution.closing import close_round
from app.studies.models import Membership
from tests.coding.factories import PublishedBook
from tests.factories import Team

KEYS = [f"M-{number}" for number in range(6)]
# Ben and Cleo agree but for M-2; Ada is coarser and keeps one card apart.
PILES: Mapping[str, Mapping[str, Sequence[int]]] = {
    "Ben": {"Dead ends": (0, 1, 2), "Old news": (3, 4), "Misc": (5,)},
    "Cleo": {"Dead end": (0, 1), "Outdated": (2, 3, 4), "Unsure": (5,)},
    "Ada": {"Broken links": (0, 1), "Stale pages": (2, 3, 4), "Other": (5,)},
}


@dataclass(frozen=True, slots=True)
class Aligning:
    """A round whose coders have made their piles, with these by coder and name."""

    team: Team
    round: Round
    facet_id: int
    cards: list[int]
    piles: Mapping[tuple[str, str], PileKey]

    def table(self, session: Session, name: str = "Ada") -> Table:
        member = session.get_one(Membership, self.team.members[name])
        return sit_at(session, self.round, self.facet_id, member)

    def map(self, session: Session) -> AlignmentMap:
        return map_of(session, self.round)


def make_aligning(
    session: Session,
    team: Team,
    book: PublishedBook,
    cards: list[int],
    *,
    sort: Sort = Sort.OPEN,
    has_statements: bool = False,
) -> Aligning:
    facet_id = next(iter(book.facets.values())).id
    round_ = create_round(
        session,
        team.study_id,
        RoundDraft(
            name="Round 1",
            plan=Plan(),
            coder_ids=tuple(team.members[name] for name in PILES),
            facet_ids=(facet_id,),
            codebook_version_id=book.version_id,
            seed=7,
            sort=sort,
            protocol=Protocol(has_statements=has_statements),
        ),
        by=None,
    )
    open_round(session, round_, by=None)
    found = {}
    for name, piles in PILES.items():
        for pile, places in piles.items():
            desk = sit_down(session, round_id_of(round_), team.members[name])
            new = NewPile(facet_id, pile, f"What {pile} means.")
            made = make_pile(session, desk, new, [cards[one] for one in places])
            found[name, pile] = (team.members[name], made.number)
    close_round(session, round_, reason="Enough.", is_forced=True, by=None)
    session.commit()
    return Aligning(team, round_, facet_id, cards, found)


def match(
    session: Session,
    at: Aligning,
    piles: Sequence[tuple[str, str]],
    *keys: str,
    new_name: str = "",
    verdict: Verdict = Verdict.CATEGORIES,
    reason: str = "They mean the same.",
    by: str = "Ada",
) -> None:
    table = at.table(session, by)
    seen = {at.piles[one]: table.map.of(at.piles[one]).act for one in piles}
    match_piles(table, seen, Target(verdict, keys, new_name), reason)
    session.commit()


def match_everything(session: Session, at: Aligning) -> None:
    """Two categories; what is left is none of them."""
    first = [("Ben", "Dead ends"), ("Cleo", "Dead end"), ("Ada", "Broken links")]
    second = [("Ben", "Old news"), ("Cleo", "Outdated"), ("Ada", "Stale pages")]
    match(session, at, first, new_name="Blind alley")
    match(session, at, second, new_name="Out of date")
    match(session, at, [("Ben", "Misc")], verdict=Verdict.NONE_APPLIES, reason="A rest.")
    rest = [("Cleo", "Unsure"), ("Ada", "Other")]
    match(session, at, rest, verdict=Verdict.CANNOT_JUDGE, reason="Nobody knew.")


def confirm(session: Session, at: Aligning, note: str = "From the piles.") -> CodebookVersion:
    wanted = Confirmation(
        last_act(session, at.round), content_hash(draft(session, at.team.study_id)), note
    )
    version = confirm_map(session, at.team.study, at.round, wanted, by=None)
    session.commit()
    return version
