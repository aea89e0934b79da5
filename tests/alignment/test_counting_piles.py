"""What a judgement in piles counts as, and where a pile can go on a facet of several categories."""

import pytest
from sqlmodel import Session

from app.alignment.rules import Verdict
from app.coding.aligned import Counted, counted_as
from app.coding.judged import judged
from app.coding.measuring import facets_of_round
from app.coding.visibility import NOBODY
from tests.alignment.maps import KEYS, confirm, make_aligning, match
from tests.coding.factories import make_book, make_numbered_cards
from tests.factories import Team

CATEGORIES, NONE, CANNOT = "categories", "none_applies", "cannot_judge"
ANSWERS = {
    (1, 1): (CATEGORIES, (7,)),
    (1, 2): (CATEGORIES, (7, 9)),
    (1, 3): (NONE, ()),
    (1, 4): (CANNOT, ()),
}


@pytest.mark.parametrize(
    ("category_ids", "piles", "counted"),
    [
        ((), (1,), (CATEGORIES, (7,))),
        ((), (1, 2), (CATEGORIES, (7, 9))),
        ((5,), (1,), (CATEGORIES, (5, 7))),
        ((), (3, 1), (CATEGORIES, (7,))),
        ((), (4, 3), (NONE, ())),
        ((), (4,), (CANNOT, ())),
        ((5,), (), (CATEGORIES, (5,))),
    ],
)
def test_categories_of_all_piles_count_and_else_what_they_say_without(
    category_ids: tuple[int, ...], piles: tuple[int, ...], counted: Counted
) -> None:
    assert counted_as(ANSWERS, 1, CATEGORIES, category_ids, piles) == counted


def test_without_a_map_a_judgement_is_what_it_was() -> None:
    assert counted_as({}, 1, CATEGORIES, (), (1,)) == (CATEGORIES, ())


def test_a_pile_goes_to_several_categories_where_a_card_may_have_several(
    session: Session, team: Team
) -> None:
    book = make_book(session, team, {"Smell": ("multiple", ("Missing", "Stale"))})
    cards = list(make_numbered_cards(session, team, KEYS).values())
    at = make_aligning(session, team, book, cards)
    ids = [book.category("Smell", name) for name in ("Missing", "Stale")]
    match(session, at, [("Ben", "Dead ends")], *(f"c{one}" for one in ids), new_name="Lost")
    rest = [pile for pile in at.piles if pile != ("Ben", "Dead ends")]
    match(session, at, rest, verdict=Verdict.NONE_APPLIES, reason="Only to see the one.")
    confirm(session, at)
    (facet,) = facets_of_round(session, at.round)
    lost = next(one.id for one in facet.categories if one.name == "Lost")
    said = {(one.card_id, one.coder_id): one for one in judged(session, NOBODY, at.round, facet.id)}
    found = said[cards[0], team.members["Ben"]].category_ids
    assert found == tuple(sorted([*ids, lost]))
