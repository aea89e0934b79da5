"""The impact list: exactly the cards and coders that a change puts in question."""

import pytest
from sqlmodel import Session

from app.codebook import editing, lineage
from app.codebook.changes import ChangeClass, ChangeKind, CodebookChange
from app.codebook.models import Facet
from app.codebook.rules import CategoryFields
from app.coding.models import Seal
from app.coding.rounds import end_round
from app.coding.rules import Phase
from app.evolution.impact import Judgement, Reason, touched_cards
from app.evolution.service import Choices
from app.studies.models import Membership
from tests.evolution.grown import Grown, make_grown

AGREED = {"c1": ("A", "A"), "c2": ("B", "B"), "c3": ("C", "C"), "c4": ("D", "D"), "c5": ("E", "E")}


@pytest.fixture
def grown(session: Session) -> Grown:
    return make_grown(session)


def test_S9_b_splits_c_and_d_merge_e_retires_exactly_b_e_and_their_neighbours(
    grown: Grown,
) -> None:
    grown.close(
        {
            **AGREED,
            "c6": ("B", "F"),  # confused with B, so F is a neighbour
            "c7": ("F", "F"),
            "c8": ("none_applies", "A"),
            "c9": ("C", "D"),
            "c10": ("E", "A"),
        }
    )
    grown.split("B", "B one", "B two")
    grown.merge("C", "D")
    grown.retire("E")
    assert grown.touched() == {
        "c2": "split",
        "c6": "split",
        "c5": "retired",
        "c10": "retired",
        "c7": "neighbour",
        "c8": "fitted_nowhere",
    }
    coders = {one.coder_id for one in grown.impact().affected}
    assert coders == {grown.team.members["Ben"], grown.team.members["Cleo"]}


def test_a_merge_maps_labels_and_codes_nothing_again(grown: Grown) -> None:
    grown.close({**AGREED, "c6": ("C", "D")})
    grown.merge("C", "D")
    impact = grown.impact()
    assert impact.affected == ()
    moved = {grown.key(one.card_id): (one.from_ids, one.to_ids) for one in impact.mapped}
    assert moved == {"c3": ((grown.id_of("C"),), (grown.id_of("D"),))}


def test_two_merged_into_a_new_one_read_nothing_again(grown: Grown) -> None:
    grown.close({**AGREED, "c6": ("none_applies", "none_applies")})
    facet = grown.session.get_one(Facet, grown.facet_id)
    new = editing.add_category(grown.session, facet, CategoryFields("C or D"), by=None)
    for name in ("C", "D"):
        row = grown.row(name)
        lineage.merge(grown.session, row, new, revision=row.revision, by=None)
    grown.session.commit()
    impact = grown.impact()
    assert impact.affected == ()
    assert {grown.key(one.card_id) for one in impact.mapped} == {"c3", "c4"}


def test_a_clarified_category_asks_again_for_confused_and_unsure_cards_and_a_tenth(
    session: Session,
) -> None:
    grown = make_grown(session, n_cards=26)
    sure = {f"c{i}": ("A", "A") for i in range(1, 21)}
    grown.close({**sure, "c21": ("A", "B"), "c22": (("A", 1), "A"), "c23": ("B", "B")})
    grown.change("A", definition="Only what is broken.")
    touched = grown.touched()
    assert touched.pop("c21") == "confused"
    assert touched.pop("c22") == "unsure"
    assert set(touched.values()) == {"sampled"}
    assert len(touched) == 2
    assert set(touched) < set(sure)
    assert grown.touched() == grown.touched()


def test_what_the_lead_declares_to_be_wording_asks_for_nothing(grown: Grown) -> None:
    grown.close({"c1": ("A", "B")})
    grown.change("A", definition="Nicer words.")
    assert grown.touched() == {"c1": "confused"}
    assert grown.touched(Choices(declared=frozenset({f"c{grown.id_of('A')}"}))) == {}


def test_an_editorial_change_asks_for_nothing(grown: Grown) -> None:
    grown.close({"c1": ("A", "B")})
    grown.change("A", name="Alpha")
    assert grown.touched() == {}


def test_the_lead_chooses_the_neighbours_of_a_new_category(grown: Grown) -> None:
    grown.close(AGREED)
    new = grown.split("B", "B one", "B two")["B one"]
    key = f"c{new}-{grown.id_of('A')}"
    assert grown.touched() == {"c2": "split"}
    ticked = Choices(neighbours=frozenset({key}))
    assert grown.touched(ticked) == {"c1": "neighbour", "c2": "split"}


def test_only_the_newest_closed_round_of_a_card_counts(grown: Grown) -> None:
    grown.close({"c1": ("E", "E"), "c2": ("E", "E")})
    grown.close({"c1": ("A", "A")}, "Round 2")
    grown.retire("E")
    assert set(grown.touched()) == {"c2"}


def test_void_and_open_rounds_do_not_count(grown: Grown) -> None:
    grown.close({"c1": ("A", "A")})
    void = grown.close({"c1": ("E", "E"), "c2": ("E", "E")}, "Round 2")
    end_round(grown.session, void, Phase.VOID, reason="Wrong cards.", by=None)
    grown.say(grown.open("Round 3"), {"c1": ("E", "E"), "c3": ("E", "E")})
    grown.retire("E")
    assert grown.touched() == {}


def test_people_who_left_do_not_code_again_and_the_list_says_so(grown: Grown) -> None:
    grown.close({"c1": ("E", "E"), "c2": ("E",)})
    ben = grown.session.get_one(Membership, grown.team.members["Ben"])
    ben.left_at = ben.joined_at
    grown.session.add(ben)
    grown.session.commit()
    grown.retire("E")
    impact = grown.impact()
    assert {(grown.key(one.card_id), one.coder_id) for one in impact.affected} == {
        ("c1", grown.team.members["Cleo"])
    }
    assert impact.n_without_coder == 1


def test_nothing_is_told_of_a_round_that_is_sealed(grown: Grown) -> None:
    round_ = grown.close({"c1": ("E", "A"), "c2": ("E", "E")})
    card_id = grown.cards["c1"]
    grown.session.add(Seal(round_id=round_.id, facet_id=grown.facet_id, card_id=card_id))
    grown.session.commit()
    grown.retire("E")
    impact = grown.impact()
    assert impact.sealed == ("Round 1",)
    assert (impact.affected, impact.mapped, impact.touched) == ((), (), ())


def test_another_number_of_categories_asks_for_every_card_of_the_facet() -> None:
    change = CodebookChange(7, None, "Smell", ChangeKind.CHOICE, ChangeClass.STRUCTURAL)
    said = {
        7: [Judgement(1, 1, "categories", (3,)), Judgement(2, 1, "none_applies", ())],
        8: [Judgement(3, 1, "categories", (9,))],
    }
    found = touched_cards([change], said, {}, seed=1)
    assert [(one.card_id, one.reason) for one in found] == [
        (1, Reason.CHOICE),
        (2, Reason.CHOICE),
    ]
