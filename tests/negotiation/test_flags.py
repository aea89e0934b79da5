"""The nine rules that put a card on the agenda, and the order of what they find."""

import pytest

from app.codebook.content import CategoryContent, Choice, FacetContent
from app.negotiation.agenda.flags import (
    Finding,
    divergence_of,
    find_disagreements,
    find_reviews,
    shown_flag,
)
from app.negotiation.agenda.ordering import agenda_of, other_ids, with_duplicates_together
from app.negotiation.rules import Flag, Position

Said = tuple[str, int | None]
SURE, UNSURE = 3, 1


def card(*said: Said | str) -> list[Position]:
    """What coders say of a card; an answer alone comes without confidence."""
    pairs = [one if isinstance(one, tuple) else (one, None) for one in said]
    return [Position(coder, answer, sure) for coder, (answer, sure) in enumerate(pairs)]


def rules(*said: Said | str, is_multiple: bool = False) -> list[Flag]:
    """The rules that hold for one card by itself."""
    (found,) = find_disagreements({1: card(*said)}, is_multiple=is_multiple)
    assert found.flag == min(flags_of(found))
    return flags_of(found)


def flags_of(found: Finding) -> list[Flag]:
    return [flag for flag in Flag if flag.bit & found.flags]


def facet(*names: str, choice: Choice = Choice.SINGLE) -> FacetContent:
    categories = tuple(CategoryContent(number, name) for number, name in enumerate(names, 1))
    return FacetContent(7, "Smell", choice=choice, categories=categories)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("1", "none_applies"), Flag.SCOPE_CONFLICT),
        (("not_applicable", "none_applies"), Flag.SCOPE_CONFLICT),
        ((("1", SURE), ("2", SURE)), Flag.CONFIDENT_CONFLICT),
        (("1", "2", "3"), Flag.ALL_DIFFER),
        (("1", "1", "2"), Flag.LONE_DISSENT),
        ((("1", UNSURE), ("2", SURE)), Flag.UNSURE_CONFLICT),
        (("1", "cannot_judge"), Flag.UNSURE_CONFLICT),
        (("none_applies", "cannot_judge"), Flag.UNSURE_CONFLICT),
        (("1", "2"), Flag.UNSURE_CONFLICT),
    ],
)
def test_each_rule_alone(said: tuple[Said | str, ...], expected: Flag) -> None:
    assert rules(*said) == [expected]


def test_a_pair_confused_three_times_is_systematic_and_two_times_is_not() -> None:
    twice = {n: card("1", "2") for n in range(2)}
    assert {one.flag for one in find_disagreements(twice, is_multiple=False)} == {
        Flag.UNSURE_CONFLICT
    }
    thrice = {**twice, 2: card("2", "1")}
    assert {one.flag for one in find_disagreements(thrice, is_multiple=False)} == {
        Flag.SYSTEMATIC_CONFUSION
    }


def test_in_or_out_is_no_confusion_of_two_categories_however_often() -> None:
    found = find_disagreements({n: card("1", "none_applies") for n in range(5)}, is_multiple=False)
    assert {one.flag for one in found} == {Flag.SCOPE_CONFLICT}


def test_a_card_keeps_every_rule_that_holds_and_is_ranked_by_the_first() -> None:
    assert rules(("1", SURE), ("2", SURE), ("3", SURE)) == [
        Flag.CONFIDENT_CONFLICT,
        Flag.ALL_DIFFER,
    ]
    assert rules(("1", UNSURE), ("1", SURE), ("none_applies", SURE)) == [
        Flag.SCOPE_CONFLICT,
        Flag.LONE_DISSENT,
        Flag.UNSURE_CONFLICT,
    ]


def test_sets_overlap_when_they_share_a_category() -> None:
    assert rules("1+2", "2", is_multiple=True) == [Flag.SET_OVERLAP]
    assert rules("1+2", "2+3", is_multiple=True) == [Flag.SET_OVERLAP]
    assert rules("1", "2", is_multiple=True) == [Flag.UNSURE_CONFLICT]


def test_who_cannot_judge_stands_against_nobody() -> None:
    assert rules("1", "1", "cannot_judge") == [Flag.UNSURE_CONFLICT]
    assert not find_disagreements({1: card("cannot_judge", "cannot_judge")}, is_multiple=False)


def test_divergence_is_the_share_of_pairs_that_differ() -> None:
    assert divergence_of(card("1", "2"), is_multiple=False) == 1
    assert divergence_of(card("1", "1", "2"), is_multiple=False) == pytest.approx(2 / 3)
    assert divergence_of(card("1", "2", "3"), is_multiple=False) == 1


def test_divergence_of_sets_is_their_mean_jaccard_distance() -> None:
    assert divergence_of(card("1+2", "2"), is_multiple=True) == 0.5
    assert divergence_of(card("1+2", "2+3"), is_multiple=True) == pytest.approx(2 / 3)
    assert divergence_of(card("1", "none_applies"), is_multiple=True) == 1


def test_an_agreement_is_fragile_when_somebody_was_unsure_or_it_says_other() -> None:
    positions = {
        1: card(("1", SURE), ("1", UNSURE)),
        2: card(("9", SURE), ("9", SURE)),
        3: card(("1", SURE), ("1", SURE)),
    }
    found = find_reviews(positions, other_ids={9}, seed=1, share=0)
    assert [(one.card_id, one.flag) for one in found] == [
        (1, Flag.FRAGILE_AGREEMENT),
        (2, Flag.FRAGILE_AGREEMENT),
    ]
    assert {(one.cluster, one.cluster_size) for one in found} == {("", 0)}


def test_what_one_coder_judged_or_nobody_could_judge_is_no_agreement() -> None:
    positions = {1: card("1"), 2: card("cannot_judge", "cannot_judge"), 3: card("1", "2")}
    assert find_reviews(positions, other_ids=(), seed=1, share=1) == []


@pytest.mark.parametrize(("n_agreed", "n_drawn"), [(0, 0), (1, 1), (20, 1), (21, 2), (100, 5)])
def test_a_twentieth_of_the_firm_agreements_is_audited_rounded_up(
    n_agreed: int, n_drawn: int
) -> None:
    positions = {n: card("1", "1") for n in range(n_agreed)}
    found = find_reviews(positions, other_ids=(), seed=1)
    assert [one.flag for one in found] == [Flag.AUDIT] * n_drawn


def test_the_audit_is_drawn_by_the_seed_whatever_the_order() -> None:
    positions = {n: card("1", "1") for n in range(200)}
    backwards = dict(reversed(positions.items()))
    drawn = find_reviews(positions, other_ids=(), seed=5)
    assert find_reviews(backwards, other_ids=(), seed=5) == drawn
    assert find_reviews(positions, other_ids=(), seed=6) != drawn


def test_other_is_known_by_the_first_word_of_a_name() -> None:
    named = facet("Stale", "Other", "MISC.", "Other things", "Another", "Sonstiges", "Rest")
    assert other_ids(named) == {2, 3, 4, 6, 7}


def test_clusters_come_by_count_then_rank_then_divergence_then_card() -> None:
    positions = {
        1: card("1", "3"),
        2: card(("2", SURE), ("3", SURE)),
        3: card("1", "2"),
        4: card("1", "2"),
        5: card("1", "1", "4"),
        6: card("4", "1", "5"),
    }
    found = find_disagreements(positions, is_multiple=False)
    assert [one.card_id for one in found] == [6, 5, 3, 4, 2, 1]
    assert [one.cluster for one in found] == ["1 | 4"] * 2 + ["1 | 2"] * 2 + ["2 | 3", "1 | 3"]


def test_near_duplicates_follow_each_other_within_their_cluster() -> None:
    found = [Finding(n, Flag.SYSTEMATIC_CONFUSION, "1 | 2", 4) for n in range(1, 5)]
    texts = {
        1: "The guide allows three submissions in each week of the season.",
        2: "Download the file again.",
        3: "The GUIDE allows three submissions in each week, of the season!",
        4: "the guide allows four entries a month",
    }
    assert [one.card_id for one in with_duplicates_together(found, texts)] == [1, 3, 2, 4]


def test_near_duplicates_of_different_clusters_stay_apart() -> None:
    found = [Finding(1, Flag.LONE_DISSENT, "1 | 2", 2), Finding(2, Flag.LONE_DISSENT, "1 | 2", 2)]
    found += [Finding(3, Flag.LONE_DISSENT, "3 | 4", 2), Finding(4, Flag.LONE_DISSENT, "3 | 4", 2)]
    texts = {1: "one and the same", 2: "another", 3: "something else", 4: "one and the same"}
    assert [one.card_id for one in with_duplicates_together(found, texts)] == [1, 2, 3, 4]


def test_two_thousand_cards_of_the_same_words_are_ordered_at_once() -> None:
    found = [Finding(n, Flag.UNSURE_CONFLICT, "1 | 2", 2_000) for n in range(2_000)]
    alike = {n: f"The same words again and again, but for number {n}." for n in range(2_000)}
    assert with_duplicates_together(found, alike) == found


def test_agreements_to_look_at_again_come_last() -> None:
    positions = {1: card(("1", UNSURE), "1"), 2: card("1", "1"), 3: card("1", "2")}
    found = agenda_of(positions, facet=facet("A", "B"), texts=lambda _: {}, seed=1)
    assert [(one.card_id, one.flag) for one in found] == [
        (3, Flag.UNSURE_CONFLICT),
        (1, Flag.FRAGILE_AGREEMENT),
        (2, Flag.AUDIT),
    ]


def test_texts_are_asked_for_only_where_coders_differ() -> None:
    asked: list[int] = []
    positions = {n: card("1", "2" if n < 4 else "1") for n in range(100)}

    def texts(ids: object) -> dict[int, str]:
        asked.extend(ids)  # type: ignore[arg-type]
        return {}

    agenda_of(positions, facet=facet("A", "B"), texts=texts, seed=1)
    assert asked == [0, 1, 2, 3]


def test_the_pair_of_a_card_depends_on_its_own_answers_alone() -> None:
    several = card("1", "2", "3", "3")
    for pair in (("1", "2"), ("2", "3")):
        others = {n: card(*pair) for n in range(2, 9)}
        found = find_disagreements({1: several, **others}, is_multiple=False)
        assert next(one.cluster for one in found if one.card_id == 1) == "1 | 3"


def test_how_often_a_pair_is_confused_is_not_shown_while_cards_are_sealed() -> None:
    again, lone = Flag.SYSTEMATIC_CONFUSION, Flag.LONE_DISSENT
    both = again.bit | lone.bit
    assert shown_flag(again, both, is_blind=False) == (again, both)
    assert shown_flag(again, both, is_blind=True) == (lone, lone.bit)
    fallback = Flag.UNSURE_CONFLICT
    assert shown_flag(again, again.bit, is_blind=True) == (fallback, fallback.bit)
