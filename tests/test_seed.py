"""The demo study is whole, and its figures are those of other people's software."""

import re

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from tests.seed import (
    CARD_IDS,
    CARDS,
    CATEGORIES,
    CAUSES,
    CODEBOOK,
    CODERS,
    EXPECTED,
    FACETS,
    MAIN,
    MULTIPLE,
    OUTCOMES,
    PAIRS,
    PILOT,
    PLACEMENTS,
    SINGLE,
    SPECIAL,
    STUDY,
    TALK,
    UNITS,
    judged,
)


def columns_of(table, pair):
    both = [unit for unit in UNITS if all((unit, coder) in table for coder in pair)]
    return [[table[unit, coder] for unit in both] for coder in pair]


def as_numbers(values):
    order = sorted(set(values), key=sorted)
    return {value: number for number, value in enumerate(order)}


def kappa_of(first, second):
    numbers = as_numbers([*first, *second])
    if len(numbers) < 2:
        return None
    return cohen_kappa_score([numbers[v] for v in first], [numbers[v] for v in second])


def share_alike(first, second):
    return np.mean([a == b for a, b in zip(first, second, strict=True)])


def jaccard(first, second):
    return len(first & second) / len(first | second) if first | second else 1.0


def masi(first, second):
    if first == second:
        return 1.0
    return jaccard(first, second) * (2 / 3 if first <= second or second <= first else 1 / 3)


def alpha_of(table, likeness=None):
    numbers = as_numbers(table.values())
    sets = list(numbers)
    data = [[numbers.get(table.get((u, c)), np.nan) for u in UNITS] for c in CODERS]

    def distance(first, second, *_, **__):
        apart = np.vectorize(lambda a, b: 1 - likeness(sets[int(a)], sets[int(b)]), otypes=[float])
        return apart(first, second)

    return krippendorff.alpha(
        reliability_data=np.array(data, dtype=float),
        level_of_measurement=distance if likeness else "nominal",
        value_domain=list(range(len(numbers))),
    )


def exactly(value):
    return pytest.approx(value, abs=1e-9)


def test_every_card_has_an_id_of_its_own():
    assert len(set(CARD_IDS)) == len(CARD_IDS)
    assert all(re.fullmatch(r"D-\d{3}", card_id) for card_id in CARD_IDS)


def test_there_are_cards_enough_to_sort_for_an_hour():
    assert len(CARDS) >= 60
    assert len(MAIN["cards"]) >= 30


@pytest.mark.parametrize("card", CARDS, ids=CARD_IDS)
def test_a_card_is_an_excerpt_and_not_a_heading(card):
    sentences = re.findall(r"[.!?。！？؟](?=\s|[*)」”]|$)|[。！？]", card["text"])
    assert len(sentences) >= 2 or len(card["text"]) >= 80
    assert card["title"].strip()
    assert card["organisation"].strip()


def test_no_text_stands_twice():
    assert len({card["text"] for card in CARDS}) == len(CARDS)


@pytest.mark.parametrize(
    ("script", "letters"),
    [
        ("Chinese", "[\u4e00-\u9fff]"),
        ("Japanese", "[\u3040-\u30ff]"),
        ("Korean", "[\uac00-\ud7a3]"),
        ("Arabic", "[\u0600-\u06ff]"),
        ("emoji", "[\U0001f300-\U0001faff]"),
        ("Markdown code", "`[^`]+`"),
    ],
)
def test_the_cards_are_written_as_the_world_writes(script, letters):
    assert any(re.search(letters, card["text"]) for card in CARDS), script


def test_sources_lie_on_a_host_nobody_owns():
    assert all(card["source_url"].startswith("https://example.org/") for card in CARDS)
    assert len({card["source_url"] for card in CARDS}) == len(CARDS)


def test_the_codebook_has_five_patterns_eight_smells_and_nine_entities():
    sizes = {facet: len(names) for facet, names in CATEGORIES.items()}
    assert sizes == {"Workflow pattern": 5, "Smell": 8, "Entity": 9}
    assert MULTIPLE == ["Smell"]


@pytest.mark.parametrize("category", CODEBOOK, ids=[row["name"] for row in CODEBOOK])
def test_a_category_says_when_to_use_it_and_when_not(category):
    for column in ("description", "definition", "inclusion", "exclusion", "examples", "id"):
        assert category[column].strip(), column
    assert 1 <= int(category["color"]) <= 24


def test_categories_differ_in_id_name_and_colour():
    for column in ("id", "name", "color"):
        assert len({row[column] for row in CODEBOOK}) == len(CODEBOOK), column


def test_members_are_plainly_invented_and_the_lead_does_not_code():
    roles = {member["email"]: member["role"] for member in STUDY["members"]}
    assert all(email.endswith("@demo.invalid") for email in roles)
    assert sorted(roles.values()) == ["arbiter", "coder", "coder", "coder", "lead"]
    for round_ in STUDY["rounds"]:
        assert {roles[email] for email in round_["coders"]} == {"coder"}


def test_a_card_is_in_one_round_only():
    assert len(PILOT["cards"]) == 24
    assert sorted(PILOT["cards"] + MAIN["cards"]) == CARD_IDS


def test_every_placement_names_a_card_a_coder_a_facet_and_categories_that_exist():
    for row in PLACEMENTS:
        assert row["card_id"] in PILOT["cards"]
        assert row["coder"] in PILOT["coders"]
        assert row["round"] == PILOT["name"]
        assert row["confidence"] in {"", "1", "2", "3"}
        names = row["category"].split("|")
        assert row["category"] in SPECIAL or set(names) <= set(CATEGORIES[row["facet"]])
        assert len(set(names)) == len(names)
        assert len(names) == 1 or FACETS[row["facet"]] == "multiple"


def test_a_coder_judges_a_card_once_on_each_facet():
    keys = [(row["card_id"], row["coder"], row["facet"]) for row in PLACEMENTS]
    assert len(set(keys)) == len(keys)


def test_the_pilot_shows_what_rounds_are_like():
    said = [row["category"] for row in PLACEMENTS]
    assert said.count("none_applies") > 10
    assert 1 <= said.count("cannot_judge") <= 10
    assert any("|" in category for category in said)
    assert 0 < len(UNITS) * len(CODERS) * len(FACETS) - len(PLACEMENTS) <= 10
    assert sum(bool(row["memo"]) for row in PLACEMENTS) >= 15


@pytest.mark.parametrize(
    ("facet", "one", "other"),
    [
        ("Workflow pattern", "Model Output Evaluation", "Direct Model Evaluation"),
        ("Smell", "Missing Entity", "Inaccessible Entity"),
    ],
)
def test_a_confusion_returns_on_three_cards_or_more(facet, one, other):
    table = judged(facet)
    sets = {u: [table[u, c] for c in CODERS if (u, c) in table] for u in UNITS}
    confused = [
        unit
        for unit, said in sets.items()
        if any(one in a - b and other in b - a for a in said for b in said)
    ]
    assert len(confused) >= 3


@pytest.mark.parametrize("act", TALK["acts"], ids=lambda act: f"{act['card']}, {act['by'][:4]}")
def test_an_act_is_about_a_disagreement_that_there_was(act):
    said = {v for (u, _), v in judged(act["facet"]).items() if u == act["card"]}
    assert len(said) > 1
    label = act.get("propose") or act.get("arbitrate")
    if label:
        assert set(label.split("|")) <= set(CATEGORIES[act["facet"]])
        assert act.get("outcome", "arbitrated") in OUTCOMES
        assert act["cause"] in CAUSES
        assert len(act["why"]) >= 40


@pytest.mark.parametrize("statement", TALK["statements"], ids=lambda one: one["by"][:4])
def test_the_evidence_of_a_statement_stands_in_the_card(statement):
    card = next(card for card in CARDS if card["id"] == statement["card"])
    assert card["text"].count(statement["quote"]) == 1


def test_half_of_the_disagreements_are_left_to_the_visitor():
    open_ones = sum(
        len({v for (u, _), v in judged(facet).items() if u == unit}) > 1
        for facet in FACETS
        for unit in UNITS
    )
    touched = {(act["card"], act["facet"]) for act in TALK["acts"]}
    assert open_ones >= 2 * len(touched)


@pytest.mark.parametrize("facet", FACETS)
def test_expected_alpha_is_that_of_the_krippendorff_package(facet):
    expected, table = EXPECTED["facets"][facet], judged(facet)
    per_unit = [sum((unit, coder) in table for coder in CODERS) for unit in UNITS]
    assert expected["pairable_units"] == sum(count > 1 for count in per_unit)
    assert expected["krippendorff_alpha"] == exactly(alpha_of(table))
    if FACETS[facet] == "multiple":
        assert expected["krippendorff_alpha_jaccard"] == exactly(alpha_of(table, jaccard))
        assert expected["krippendorff_alpha_masi"] == exactly(alpha_of(table, masi))


@pytest.mark.parametrize("facet", SINGLE)
def test_expected_kappa_of_a_single_choice_is_that_of_scikit_learn(facet):
    pairs = EXPECTED["facets"][facet]["pairs"]
    assert [tuple(pair["coders"]) for pair in pairs] == PAIRS
    for pair in pairs:
        first, second = columns_of(judged(facet), pair["coders"])
        assert pair["n"] == len(first)
        assert pair["percent"] == exactly(share_alike(first, second))
        assert pair["cohen_kappa"] == exactly(kappa_of(first, second))


@pytest.mark.parametrize("facet", MULTIPLE)
def test_expected_overlap_of_sets_is_exact_match_and_mean_jaccard(facet):
    pairs = EXPECTED["facets"][facet]["pairs"]
    assert [tuple(pair["coders"]) for pair in pairs] == PAIRS
    for pair in pairs:
        first, second = columns_of(judged(facet), pair["coders"])
        both = list(zip(first, second, strict=True))
        assert pair["n"] == len(both)
        assert pair["exact_set_percent"] == exactly(share_alike(first, second))
        assert pair["mean_jaccard"] == exactly(np.mean([jaccard(a, b) for a, b in both]))


@pytest.mark.parametrize("category", [name for facet in MULTIPLE for name in CATEGORIES[facet]])
def test_expected_kappa_of_one_category_among_several_is_that_of_scikit_learn(category):
    facet = MULTIPLE[0]
    chosen = {key: value & {category} for key, value in judged(facet).items()}
    expected = EXPECTED["facets"][facet]["categories"][category]
    assert expected["krippendorff_alpha"] == exactly(alpha_of(chosen))
    assert [tuple(pair["coders"]) for pair in expected["pairs"]] == PAIRS
    for pair in expected["pairs"]:
        first, second = columns_of(chosen, pair["coders"])
        assert pair["n"] == len(first)
        assert pair["percent"] == exactly(share_alike(first, second))
        assert pair["cohen_kappa"] == exactly(kappa_of(first, second))
