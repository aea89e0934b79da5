"""The agreement page: frozen figures with what they rest on."""

from itertools import pairwise

from fastapi.testclient import TestClient
from sklearn.metrics import cohen_kappa_score
from sqlmodel import Session

from app.coding.rules import Kind
from app.studies.rules import Stance
from tests.factories import Team, make_study, sign_in
from tests.reports.reading import Page, page_of
from tests.reports.rounds import BEN, CLEO, SMELLS, TWO, Sorted, make_round


def shown(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def test_the_headline_of_two_coders_is_the_kappa_that_scikit_learn_computes(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    page = page_of(client, coded.page("Smell"))
    kappa = cohen_kappa_score(BEN, CLEO)
    assert f"Cohen's kappa , reliability {shown(kappa)} 95% interval" in page.text
    assert "30 cards, 2 coders · nothing missing" in page.text
    assert page.row("Percent agreement")[1] == "80.0 %"


def test_kappa_of_each_category_is_that_of_the_category_against_all_others(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    page = page_of(client, coded.page("Smell"))
    for smell in SMELLS:
        kappa = cohen_kappa_score([a == smell for a in BEN], [a == smell for a in CLEO])
        row = next(r for r in page.rows if len(r) > 7 and r[0].endswith(smell))
        assert row[6:8] == ["30", shown(kappa)]


def test_categories_that_need_work_come_first_and_those_on_few_cards_after_them(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    page = page_of(client, coded.page("Smell"))
    rows = [row for row in page.rows if len(row) == 10 and row[6] == "30"]
    solid = [float(row[7].replace("−", "-")) for row in rows if int(row[1]) >= 12]
    assert len(solid) == 3
    assert all(one <= other for one, other in pairwise(solid))
    assert rows[-1][0].endswith("None of these applies")


def test_the_verdict_goes_by_the_whole_interval(
    client: TestClient, session: Session, team: Team
) -> None:
    alike = ("stale", "unclear", "broken") * 40
    one_off = ("unclear", *alike[1:])
    wild = ("broken", "stale", "unclear") * 40
    facets = {
        "Met": Sorted(("stale", "unclear", "broken"), {"Ben": alike, "Cleo": one_off}),
        "Missed": Sorted(("x", "y", "z"), {}),
    }
    renamed = dict(zip(("stale", "unclear", "broken"), ("x", "y", "z"), strict=True))
    facets["Missed"] = Sorted(
        ("x", "y", "z"),
        {"Ben": [renamed[a] for a in alike], "Cleo": [renamed[a] for a in (*alike[:9], *wild[9:])]},
    )
    coded = make_round(session, team, facets)
    met = page_of(client, coded.page("Met")).text
    assert "Met The whole interval lies at or above the threshold of 0.67" in met
    missed = page_of(client, coded.page("Missed")).text
    assert "Not met The whole interval lies below the threshold of 0.67" in missed


def test_an_interval_across_the_threshold_decides_nothing(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    page = page_of(client, coded.page("Smell"))
    assert "Undecided" in page.text
    assert "you can say neither “met” nor “not met”" in page.text


def test_three_coders_get_alpha_and_a_mean_of_kappas_that_says_of_how_many_pairs(
    client: TestClient, session: Session, team: Team
) -> None:
    answers = {"Ben": BEN, "Cleo": CLEO, "Dan": ("stale",) * 30}
    coded = make_round(session, team, {"Smell": Sorted(SMELLS, answers)})
    page = page_of(client, coded.page("Smell"))
    assert "Krippendorff's alpha, nominal , reliability" in page.text
    assert "Light's kappa mean of 3 of 3 pairs, 30 cards, 3 coders" in page.row("Light's")[0]
    pairs = [row[0] for row in page.rows if row and " and Coder" in row[0]]
    assert pairs == ["Coder A and Coder B", "Coder A and Coder C", "Coder B and Coder C"]
    assert "A coder used a single category." in page.text


def test_the_matrix_of_another_pair_can_be_chosen(
    client: TestClient, session: Session, team: Team
) -> None:
    answers = {"Ben": BEN, "Cleo": CLEO, "Dan": ("stale",) * 30}
    coded = make_round(session, team, {"Smell": Sorted(SMELLS, answers)})
    page = page_of(client, coded.page("Smell", pair=2))
    assert "Rows are Coder B , columns Coder C" in page.text
    assert client.get(coded.page("Smell", pair=3)).status_code == 404


def test_every_cell_with_cards_leads_to_them(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    page = page_of(client, coded.page("Smell"))
    links = list(dict.fromkeys(link for link in page.links if "/cards?facet=" in link))
    ben, cleo = team.members["Ben"], team.members["Cleo"]
    asked = f"{coded.url}/cards?facet={coded.facets['Smell']}&first={ben}&second={cleo}"
    counts = {(one, other): 0 for one in set(BEN) for other in set(CLEO)}
    for pair in zip(BEN, CLEO, strict=True):
        counts[pair] += 1
    filled = {pair for pair, n in counts.items() if n}
    assert len(links) == len(filled)
    stale, unclear = coded.categories["stale"], coded.categories["unclear"]
    assert f"{asked}&row={stale}&column={unclear}" in links
    assert any(link.endswith("&column=none_applies") for link in links)
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
    cards = Page(client.get(f"{asked}&row={stale}&column={unclear}").text)
    assert cards.text.count("Excerpt") == counts["stale", "unclear"]


def test_categories_get_alpha_where_some_cards_were_judged_once(
    client: TestClient, session: Session, team: Team
) -> None:
    once = ("",) * 14
    answers = {"Ben": (*BEN[:16], *once), "Cleo": (*CLEO[:16], *once), "Dan": BEN}
    coded = make_round(session, team, {"Smell": Sorted(SMELLS, answers)})
    page = page_of(client, coded.page("Smell"))
    assert "Krippendorff's alpha of each against all others" in page.text
    row = next(row for row in page.rows if len(row) > 7 and row[0].endswith("stale"))
    assert row[6] == "16"
    assert -1 <= float(row[7].replace("−", "-")) <= 1


def test_facets_of_several_categories_are_compared_as_sets_and_by_category(
    client: TestClient, session: Session, team: Team
) -> None:
    patterns = Sorted(
        ("push", "pull", "form"),
        {
            "Ben": ("push", "push|pull", "form", "none", "pull", "push|form"),
            "Cleo": ("push", "push", "form", "none", "pull|form", "push|form"),
        },
        choice="multiple",
    )
    coded = make_round(session, team, {"Pattern": patterns})
    page = page_of(client, coded.page("Pattern"))
    assert "Krippendorff's alpha, MASI distance , reliability" in page.text
    assert page.row("Percent agreement on whole sets")[1] == "66.7 %"
    assert page.row("Mean Jaccard similarity")[1] == "0.83"
    assert page.row("Krippendorff's alpha, Jaccard distance")[1]
    kappa = cohen_kappa_score([1, 1, 0, 0, 0, 1], [1, 1, 0, 0, 0, 1])
    row = next(row for row in page.rows if len(row) > 7 and row[0].endswith("push"))
    assert row[7] == shown(kappa)
    assert not any("/cards?facet=" in link for link in page.links)


def test_ordered_categories_get_a_weighted_kappa_with_its_weights_named(
    client: TestClient, session: Session, team: Team
) -> None:
    levels = ("low", "middle", "high")
    ben = ("low", "middle", "high", "high", "low", "middle") * 4
    cleo = ("low", "high", "high", "middle", "low", "low") * 4
    severity = Sorted(levels, {"Ben": ben, "Cleo": cleo}, scale="ordinal")
    coded = make_round(session, team, {"Severity": severity})
    page = page_of(client, coded.page("Severity"))
    codes = [[levels.index(a) for a in said] for said in (ben, cleo)]
    quadratic = cohen_kappa_score(*codes, weights="quadratic")
    assert f"Weighted kappa, quadratic weights , reliability {shown(quadratic)}" in page.text
    linear = shown(cohen_kappa_score(*codes, weights="linear"))
    assert page.row("Weighted kappa, linear weights")[1] == linear
    assert page.row("Cohen's kappa")[1] == shown(cohen_kappa_score(*codes))


def test_a_study_without_coefficients_shows_proportions_only(
    client: TestClient, session: Session
) -> None:
    team = make_study(session, stance=Stance.CONSENSUS_ONLY)
    coded = make_round(session, team, {"Smell": TWO})
    text = page_of(client, coded.page("Smell")).text
    assert "80.0 % agreed alone 24 of 30 cards" in text
    for word in ("kappa", "alpha", "AC1", "threshold"):
        assert word not in text


def test_changing_the_stance_later_takes_the_coefficients_away(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    team.study.stance = Stance.CONSENSUS_ONLY
    session.add(team.study)
    session.commit()
    assert "kappa" not in page_of(client, coded.page("Smell")).text
    assert client.get(f"{coded.url}/report.json").json()["facets"][0]["agreement"] is None
    assert "kappa" not in client.get(f"{coded.url}/report.csv").text


def test_a_calibration_round_is_marked_and_gets_no_verdict(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO}, kind=Kind.CALIBRATION)
    text = page_of(client, coded.page("Smell")).text
    assert "Cohen's kappa , not reliability" in text
    assert "They are not reliability." in text
    assert "threshold" not in text


def test_the_figure_is_told_over_the_rounds_with_kind_codebook_and_cards(
    client: TestClient, session: Session, team: Team
) -> None:
    make_round(session, team, {"Smell": TWO}, name="First", kind=Kind.CALIBRATION)
    coded = make_round(session, team, {"Smell": TWO}, name="Second")
    page = page_of(client, coded.page("Smell"))
    assert "Over the rounds" in page.text
    kappa = shown(cohen_kappa_score(BEN, CLEO))
    assert page.row("First calibration")[1:4] == ["1", "30", kappa]
    assert page.row("Second independent")[1:4] == ["1", "30", kappa]
    assert "/figures/course.svg?" in " ".join(page.requests)


def test_coder_by_coder_each_cell_leads_to_who_said_what(
    client: TestClient, session: Session, team: Team
) -> None:
    answers = {"Ben": BEN, "Cleo": CLEO, "Dan": BEN}
    coded = make_round(session, team, {"Smell": Sorted(SMELLS, answers)})
    page = page_of(client, coded.page("Smell"))
    kappa = shown(cohen_kappa_score(BEN, CLEO))
    row = next(row for row in page.rows if row[0] == "Coder A" and len(row) == 4)
    assert row[1:] == ["·the same coder", f"{kappa} 80.0 %, 30", "1.00 100.0 %, 30"]
    links = [link for link in page.links if link.endswith("#confusion")]
    assert len(links) == 6
    assert "Rows are Coder A , columns Coder C" in page_of(client, links[1].split("#")[0]).text


def test_two_coders_are_not_compared_a_second_time_in_a_table_of_pairs(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    assert "Coder by coder" not in page_of(client, coded.page("Smell")).text


def test_the_name_of_every_figure_leads_to_its_method_note(
    client: TestClient, session: Session, team: Team
) -> None:
    answers = {"Ben": BEN, "Cleo": CLEO, "Dan": ("stale",) * 30}
    coded = make_round(session, team, {"Smell": Sorted(SMELLS, answers)})
    page = page_of(client, coded.page("Smell"))
    notes = {link.rsplit("/", 1)[1] for link in page.links if link.startswith("/help/")}
    assert notes >= {
        *("krippendorffs-alpha", "fleiss-kappa", "congers-kappa", "lights-kappa", "gwets-ac"),
        *("brennan-prediger", "percent-agreement", "category-kappa", "benchmarks"),
    }
    for note in notes:
        assert client.get(f"/help/{note}").status_code == 200, note


def test_agreement_leads_to_the_newest_closed_round_and_others_can_be_chosen(
    client: TestClient, session: Session, team: Team
) -> None:
    first = make_round(session, team, {"Smell": TWO}, name="First")
    second = make_round(session, team, {"Smell": TWO}, name="Second")
    make_round(session, team, {"Smell": TWO}, name="Third", is_closed=False)
    sign_in(client)
    answer = client.get(f"{team.url}/agreement")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{second.url}/agreement"
    assert f"{first.url}/agreement" in Page(client.get(f"{second.url}/agreement").text).links


def test_names_that_look_like_markup_stay_text(
    client: TestClient, session: Session, team: Team
) -> None:
    names = ("<script>alert(1)</script>", "=1+1", "a & b")
    answers = {"Ben": names * 5, "Cleo": names[::-1] * 5}
    coded = make_round(session, team, {"<b>Smell</b>": Sorted(names, answers)})
    page = page_of(client, coded.page("<b>Smell</b>"))
    assert "<script>alert(1)</script>" in page.text
    assert "<b>Smell</b>" in page.text
