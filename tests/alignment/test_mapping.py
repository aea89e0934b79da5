"""Rules of the map: what an act may say, what is stale, what can be undone."""

import pytest
from sqlmodel import Session, select

from app.alignment.mapping import Target, add_shared, change_shared, match_piles, remove_shared
from app.alignment.models import AlignmentAct
from app.alignment.rules import Verdict
from app.alignment.sitting import StaleMap
from app.alignment.undoing import undo_act
from app.errors import Conflict, Forbidden, Invalid
from tests.alignment.maps import Aligning, match

FIRST = [("Ben", "Dead ends"), ("Cleo", "Dead end")]


def test_piles_go_to_a_new_category_with_who_and_why(session: Session, at: Aligning) -> None:
    match(session, at, FIRST, new_name="Blind alley", reason="The same cards.", by="Ben")
    found = at.map(session)
    assert [one.name for one in found.on_facet(at.facet_id)] == ["Blind alley"]
    assert [found.of(at.piles[one]).targets for one in FIRST] == [("s1",), ("s1",)]
    (act,) = session.exec(select(AlignmentAct)).all()
    assert (act.member_id, act.reason) == (at.team.members["Ben"], "The same cards.")


def test_two_piles_of_one_coder_may_go_to_one_category(session: Session, at: Aligning) -> None:
    match(session, at, [("Ben", "Dead ends"), ("Ben", "Misc")], new_name="Blind alley")
    assert at.map(session).of(at.piles["Ben", "Misc"]).targets == ("s1",)


def test_a_pile_goes_to_one_category_where_a_card_has_one(session: Session, at: Aligning) -> None:
    match(session, at, FIRST, new_name="Blind alley")
    with pytest.raises(Invalid, match="has one category"):
        match(session, at, [("Ben", "Misc")], "s1", new_name="Another")


def test_a_pile_is_left_out_with_a_reason_only(session: Session, at: Aligning) -> None:
    with pytest.raises(Invalid, match="Say why"):
        match(session, at, [("Ben", "Misc")], verdict=Verdict.CANNOT_JUDGE, reason=" ")


def test_names_are_taken_once(session: Session, at: Aligning) -> None:
    match(session, at, FIRST, new_name="Blind alley")
    for name in ("blind  ALLEY", "Missing", "cannot judge"):
        with pytest.raises(Invalid):
            add_shared(at.table(session), name, "", "")
        session.rollback()


def test_whoever_acts_on_what_somebody_changed_is_told(session: Session, at: Aligning) -> None:
    match(session, at, FIRST, new_name="Blind alley", by="Cleo")
    stale = {at.piles["Ben", "Dead ends"]: 0}
    with pytest.raises(StaleMap, match="Somebody matched a pile"):
        match_piles(at.table(session), stale, Target(Verdict.CATEGORIES, (), "Mine"), "")
    session.rollback()
    change_shared(
        at.table(session), 1, seen_act=1, name="Dead end", definition="It stops.", reason=""
    )
    session.commit()
    with pytest.raises(StaleMap, match="was changed"):
        change_shared(at.table(session), 1, seen_act=1, name="X", definition="", reason="")


def test_a_category_with_piles_is_not_taken_back(session: Session, at: Aligning) -> None:
    match(session, at, FIRST, new_name="Blind alley")
    with pytest.raises(Conflict, match="Piles go to Blind alley"):
        remove_shared(at.table(session), 1, seen_act=1, reason="")


def test_an_act_is_undone_with_the_category_it_made_and_redone(
    session: Session, at: Aligning
) -> None:
    match(session, at, FIRST, new_name="Blind alley")
    undo_act(at.table(session, "Ben"), 1)
    session.commit()
    found = at.map(session)
    assert found.on_facet(at.facet_id) == []
    assert found.of(at.piles[FIRST[0]]).verdict is Verdict.OPEN
    undo_act(at.table(session), 2)
    session.commit()
    found = at.map(session)
    assert [one.name for one in found.on_facet(at.facet_id)] == ["Blind alley"]
    assert found.of(at.piles[FIRST[0]]).targets == ("s1",)
    assert len(session.exec(select(AlignmentAct)).all()) == 3


def test_an_act_on_which_a_newer_one_stands_is_not_undone(session: Session, at: Aligning) -> None:
    match(session, at, FIRST, new_name="Blind alley")
    match(session, at, [("Ada", "Broken links")], "s1")
    with pytest.raises(StaleMap, match="Other piles go to that category"):
        undo_act(at.table(session), 1)
    session.rollback()
    match(session, at, FIRST[:1], new_name="Another")
    with pytest.raises(StaleMap, match="Undo the newer step first"):
        undo_act(at.table(session), 1)


@pytest.mark.parametrize("name", ["Odo", "Ida", "Dora"])
def test_leads_and_coders_of_the_round_match(session: Session, at: Aligning, name: str) -> None:
    with pytest.raises(Forbidden):
        at.table(session, name)
