"""What-if: figures as they would have been, marked as such, open to the study, kept nowhere."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sklearn.metrics import cohen_kappa_score
from sqlalchemy import select
from sqlmodel import Session

from app.codebook.models import Category
from app.coding.models import Round
from tests.factories import Team, sign_in
from tests.reports.reading import Page, page_of, says_nan
from tests.reports.rounds import BEN, CLEO, SMELLS, TWO, Coded, Sorted, make_round
from tests.reports.supposed import three, what_if

LEVELS = ("low", "fair", "good", "high")


def shown(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def test_merging_two_categories_gives_the_kappa_that_scikit_learn_computes(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    page = page_of(client, what_if(coded, merge=("stale", "broken")))
    before = cohen_kappa_score(BEN, CLEO)
    merged = [["stale" if a == "broken" else a for a in said] for said in (BEN, CLEO)]
    after = cohen_kappa_score(*merged)
    row = page.row("Cohen's kappa")
    assert row[1:3] == [shown(before), shown(after)]
    assert row[3] == ("+" if after > before else "") + shown(after - before)
    assert page.row("Percent agreement")[1] == "80.0 %"
    assert "stale and broken are one category." in page.text


def test_percent_agreement_comes_first_and_the_headline_next(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = three(session, team)
    page = page_of(client, what_if(coded, merge=("stale", "broken")))
    figures = page.rows[page.rows.index(page.row("Figure")) + 1 :]
    assert [row[0] for row in figures[:2]] == ["Percent agreement", "Krippendorff's alpha, nominal"]
    names = [row[0] for row in figures]
    assert {"Fleiss' kappa", "Gwet's AC1", "Light's kappa"} <= set(names)


def test_the_headline_chosen_for_the_round_is_compared_first(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    session.get_one(Round, coded.round_id).headline = "gwet_ac1"
    session.commit()
    page = page_of(client, what_if(coded, merge=("stale", "broken")))
    assert page.rows[page.rows.index(page.row("Figure")) + 2][0] == "Gwet's AC1"


def test_a_coder_can_be_left_out_of_three(client: TestClient, session: Session, team: Team) -> None:
    coded = three(session, team)
    page = page_of(client, what_if(coded, without=3))
    assert "Coder C is left out." in page.text
    assert page.row("Cohen's kappa")[2] == shown(cohen_kappa_score(BEN, CLEO))
    assert "compares exactly two coders" in page.row("Cohen's kappa")[1]
    assert page.row("Coder A and Coder B")[3] == "0.00"
    assert "not there" in page.row("Coder A and Coder C")[2]


def test_a_category_stands_against_the_rest(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    page = page_of(client, what_if(coded, against="stale"))
    kappa = cohen_kappa_score([a == "stale" for a in BEN], [a == "stale" for a in CLEO])
    assert page.row("Cohen's kappa")[2] == shown(kappa)
    assert "stale stands against all others." in page.text
    assert "exactly two categories" in page.row("Prevalence index")[1]


def test_choices_count_together(client: TestClient, session: Session, team: Team) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    page = page_of(client, what_if(coded, merge=("stale", "broken"), against="broken"))
    among = {"stale", "broken"}
    kappa = cohen_kappa_score([a in among for a in BEN], [a in among for a in CLEO])
    assert page.row("Cohen's kappa")[2] == shown(kappa)


def test_an_answer_without_a_category_can_be_merged_like_one(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    page = page_of(client, what_if(coded, merge=("broken", "none_applies")))
    assert "broken and None of these applies are one category." in page.text


def test_a_facet_collapses_to_the_first_level_of_its_categories(
    client: TestClient, session: Session, team: Team
) -> None:
    make_round(session, team, {"Smell": TWO}, name="Flat")
    for row in session.exec(select(Category).where(Category.name == "broken")).scalars():  # type: ignore[call-overload]
        top = select(Category).where(Category.name == "stale")
        row.parent_id = session.exec(top).scalars().one().id  # type: ignore[call-overload]
    session.commit()
    coded = make_round(session, team, {"Smell": TWO}, name="Deep")
    page = page_of(client, what_if(coded, parents=1))
    merged = [["stale" if a == "broken" else a for a in said] for said in (BEN, CLEO)]
    assert page.row("Cohen's kappa")[2] == shown(cohen_kappa_score(*merged))
    assert "Each category counts as the one at the top of its branch." in page.text


def test_sets_are_merged_member_by_member(client: TestClient, session: Session, team: Team) -> None:
    answers = {"Ben": ("push", "pull|form", "form") * 4, "Cleo": ("pull", "pull|form", "push") * 4}
    patterns = Sorted(("push", "pull", "form"), answers, choice="multiple")
    coded = make_round(session, team, {"Pattern": patterns})
    page = page_of(client, what_if(coded, "Pattern", merge=("push", "pull")))
    assert page.row("Percent agreement on whole sets")[1:3] == ["33.3 %", "66.7 %"]
    assert "Merges to look at first" not in page.text


def test_every_merge_to_look_at_first_leads_to_its_what_if(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    page = page_of(client, what_if(coded))
    assert "Merging never lowers percent agreement" in page.text
    links = [unescape(link) for link in page.links if "&merge=" in unescape(link)]
    assert 1 < len(links) <= 5
    rows = page.rows[page.rows.index(page.row("If these were one")) + 1 :]
    for link, row in zip(links, rows, strict=True):
        then = page_of(client, link)
        assert then.row("Cohen's kappa")[2:4] == row[3:5]


@pytest.fixture
def levels(session: Session, team: Team) -> Coded:
    ben = ("low", "fair", "good", "high", "high") * 6
    cleo = ("fair", "fair", "high", "high", "low") * 6
    facet = Sorted(LEVELS, {"Ben": ben, "Cleo": cleo}, scale="ordinal")
    return make_round(session, team, {"Level": facet})


def test_only_neighbours_of_an_order_are_merged_and_the_choice_is_kept(
    client: TestClient, levels: Coded
) -> None:
    answer = sign_in(client).get(what_if(levels, "Level", merge=("low", "good")))
    assert answer.status_code == 422
    assert "only neighbours can be merged" in Page(answer.text).text
    ticked = re.findall(r'name="merge" type="checkbox" value="(\d+)" checked', answer.text)
    assert [int(one) for one in ticked] == [levels.categories["low"], levels.categories["good"]]
    page = page_of(client, what_if(levels, "Level", merge=("low", "fair")))
    assert "low and fair are one category." in page.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"merge": "stale"}, "Choose two categories or more to merge."),
        ({"merge": ("stale", "stale")}, "Choose two categories or more to merge."),
        ({"merge": ("stale", 987654321)}, "There is no such category in this facet."),
        ({"merge": ("stale", "%00")}, "There is no such category in this facet."),
        ({"against": "not-a-number"}, "There is no such category in this facet."),
        ({"without": 1}, "A coder can be left out of three or more."),
        ({"parents": 1}, "No category of this facet stands below another."),
    ],
)
def test_what_cannot_be_supposed_is_told_on_the_page(
    client: TestClient, session: Session, team: Team, query: dict[str, object], sentence: str
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    answer = sign_in(client).get(what_if(coded, **query))
    assert answer.status_code == 422
    assert sentence in Page(answer.text).text
    assert "Suppose" in Page(answer.text).text


def test_a_coder_that_is_not_in_the_round_cannot_be_left_out(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = three(session, team)
    answer = sign_in(client).get(what_if(coded, without=4))
    assert answer.status_code == 422
    assert "There is no such coder in this round." in Page(answer.text).text


def test_with_everything_merged_the_page_gives_reasons_and_no_number(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    page = page_of(client, what_if(coded, merge=(*SMELLS, "none_applies")))
    assert "only one category is declared" in page.row("Cohen's kappa")[2]
    assert not says_nan(page.text)
    assert page.unclosed == []
