"""A closed open sort of three coders, made by the services."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from app.alignment.look_piles import Piles, piles_to_look_at
from app.coding.desks import sit_down
from app.coding.drafts import RoundDraft, create_round
from app.coding.measuring import facets_of_round
from app.coding.models import Round
from app.coding.own_piles import NewPile, make_pile
from app.coding.rounds import open_round, round_id_of
from app.coding.rules import Kind, Plan, Sort
from app.coding.visibility import NOBODY
from app.resolution.closing import close_round
from tests.coding.factories import PublishedBook, make_book
from tests.factories import Team

KEYS = tuple(f"L-{number}" for number in range(8))
# By coder: the piles with the numbers of their cards. Cleo joins what Ben keeps apart, Eve leaves
# a card out and has a pile of a single one.
SORTED: Mapping[str, Mapping[str, Sequence[int]]] = {
    "Ben": {"Dead ends": (0, 1, 2), "Drafts": (3, 4), "=Odd, one": (5, 6, 7)},
    "Cleo": {"Old": (0, 1, 2, 3, 4), "Odd one": (5, 6), "Dead end": (7,)},
    "Eve": {"dead ends": (0, 1), "Rest": (2, 3, 4), "Else": (5,), "More": (6,)},
}


def make_sorted(
    session: Session,
    team: Team,
    cards: Sequence[int],
    work: Mapping[str, Mapping[str, Sequence[int]]] = SORTED,
    *,
    choice: str = "single",
    book: PublishedBook | None = None,
    name: str = "Round 1",
    plan: Plan | None = None,
    kind: Kind = Kind.INDEPENDENT,
    is_closed: bool = True,
) -> Round:
    book = book or make_book(session, team, {"Topic": (choice, ("One", "Two"))})
    draft = RoundDraft(
        name=name,
        plan=plan or Plan(),
        coder_ids=tuple(team.members[coder] for coder in work),
        facet_ids=tuple(facet.id for facet in book.facets.values()),
        codebook_version_id=book.version_id,
        seed=7,
        kind=kind,
        sort=Sort.OPEN,
    )
    round_ = create_round(session, team.study_id, draft, by=None)
    open_round(session, round_, by=None)
    for coder, piles in work.items():
        desk = sit_down(session, round_id_of(round_), team.members[coder])
        for pile, places in piles.items():
            new = NewPile(round_.facet_ids[0], pile)
            make_pile(session, desk, new, [cards[place] for place in places])
    if is_closed:
        close_round(session, round_, reason="Enough.", is_forced=True, by=None)
    session.commit()
    return round_


def looked_at(session: Session, round_: Round, *, is_for_figures: bool = False) -> Piles:
    (facet,) = facets_of_round(session, round_)
    return piles_to_look_at(session, NOBODY, round_, facet, is_for_figures=is_for_figures)
