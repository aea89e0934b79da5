"""The pages that look at a closed sort: who finds them when, what they say, and their files."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.agreement.sorts.calculation import calculate_sorts
from app.calculator.open_sorts.commands import sorts as sorts_command
from app.coding.desks import Judgement
from app.coding.placing import place_card
from app.coding.rules import Plan, Value
from app.resolution.closing import close_round
from app.studies.rules import Role, Stance
from app.text import plain_cell
from tests.alignment.looking import FILES, LOOKING, PAGES
from tests.alignment.sorted_piles import KEYS, SORTED, looked_at, make_sorted
from tests.coding.factories import make_numbered_cards
from tests.exports.works import table
from tests.factories import Team, browser_of, make_study

OF_COEFFICIENTS = {"/piles/partitions", "/piles/partitions.json"}


@pytest.fixture
def team(session: Session) -> Team:
    others = {"Odo": Role.OBSERVER, "Ida": Role.ARBITER}
    return make_study(session, coders=("Ben", "Cleo", "Eve"), others=others)


@pytest.fixture
def cards(session: Session, team: Team) -> list[int]:
    return list(make_numbered_cards(session, team, KEYS).values())


@pytest.fixture
def ada(app: FastAPI, session: Session, team: Team, cards: list[int]) -> TestClient:
    """The lead's browser, once three coders have sorted and the round has closed."""
    make_sorted(session, team, cards)
    return browser_of(app, "Ada")


def at(team: Team, path: str) -> str:
    return f"{team.url}/rounds/1{path}"


def test_nobody_finds_any_of_it_before_the_round_has_closed(
    session: Session, team: Team, app: FastAPI, cards: list[int]
) -> None:
    make_sorted(session, team, cards, is_closed=False)
    for name in ("Ada", "Ben", "Odo", "Ida"):
        browser = browser_of(app, name)
        assert {browser.get(at(team, path)).status_code for path in LOOKING} == {404}, name


@pytest.mark.usefixtures("ada")
def test_afterwards_the_team_sees_it_and_an_arbiter_waits(team: Team, app: FastAPI) -> None:
    for name, status in (("Ben", 200), ("Odo", 200), ("Ida", 409)):
        browser = browser_of(app, name)
        assert {browser.get(at(team, path)).status_code for path in LOOKING} == {status}, name
    assert (
        'href="/studies/1/rounds/1/piles/tree?facet='
        in browser_of(app, "Ben").get(at(team, "/piles/all")).text
    )


@pytest.mark.parametrize("stance", [Stance.CONSENSUS_ONLY, Stance.JOINT_SORT])
def test_without_coefficients_in_the_study_there_is_none_here(
    session: Session, app: FastAPI, stance: Stance
) -> None:
    team = make_study(session, stance=stance, coders=("Ben", "Cleo", "Eve"))
    cards = list(make_numbered_cards(session, team, KEYS).values())
    coders = ("Ben",) if stance is Stance.JOINT_SORT else SORTED
    plan = Plan(participants="Ben and Cleo" if stance is Stance.JOINT_SORT else "")
    make_sorted(session, team, cards, {name: SORTED[name] for name in coders}, plan=plan)
    ben = browser_of(app, "Ben")
    refused = OF_COEFFICIENTS | ({"/piles/overlap.csv"} if len(coders) < 2 else set())
    for path in LOOKING:
        answer = ben.get(at(team, path))
        assert answer.status_code == (409 if path in refused else 200), path
        assert "kappa" not in answer.text.lower()
        assert "adjusted rand" not in answer.text.lower()


def test_the_choice_of_linkage_and_cut_stands_in_the_page_and_in_the_figure(
    team: Team, ada: TestClient
) -> None:
    page = ada.get(at(team, "/piles/tree?linkage=complete&cut=0.6")).text
    assert "Complete linkage, cut at 0.60." in page
    assert "tree.svg?facet=" in page
    figure = ada.get(at(team, "/piles/tree.svg?linkage=complete&cut=0.6"))
    assert figure.headers["content-type"].startswith("image/svg+xml")
    assert "Round 1, Topic: complete linkage, cut at 0.60" in figure.text
    assert "style=" not in figure.text
    groups = table(ada.get(at(team, "/piles/groups.csv?linkage=complete&cut=0.6")).text)
    assert {row["card_id"] for row in groups} == set(KEYS)
    assert {(row["linkage"], row["cut_at"]) for row in groups} == {("complete", "0.60")}
    for bad in ("linkage=ward", "cut=2", "cut=nan", "first=-1", "page=x", "facet=77"):
        answers = {ada.get(at(team, f"{path}?{bad}")).status_code for path in PAGES}
        assert answers <= {200, 404, 422}, bad
        assert answers & {404, 422}, bad


def test_the_figures_are_the_engines_and_every_file_leads_back_to_them(
    session: Session, team: Team, app: FastAPI, cards: list[int], tmp_path: Path
) -> None:
    round_ = make_sorted(session, team, cards)
    expected = calculate_sorts(looked_at(session, round_).sorts).figures
    session.rollback()  # who reads on holds the pages up
    ada = browser_of(app, "Ada")
    told = json.loads(ada.get(at(team, "/piles/partitions.json")).text)
    assert told["figures"] == {key: expected[key] for key in told["figures"]}
    assert {"adjusted_rand", "ami", "edit_distance", "nmst_per_edge"} <= told["figures"].keys()
    file = tmp_path / "piles.csv"
    file.write_bytes(ada.get(at(team, "/piles/sorts.csv")).content)
    command = CliRunner().invoke(sorts_command, [str(file), "--json"])
    recomputed = json.loads(command.stdout)
    assert {key: recomputed["figures"][key] for key in told["figures"]} == told["figures"]
    assert recomputed["n_piles"] == told["n_piles"]
    tree = json.loads(ada.get(at(team, "/piles/tree.json")).text)
    assert tree["dendrogram"] == recomputed["dendrogram"]
    matrix = list(csv.reader(io.StringIO(ada.get(at(team, "/piles/similarity.csv")).text)))
    order = [recomputed["cards"].index(key) for key in matrix[0][1:]]
    shares = [[float(cell) for cell in row[1:]] for row in matrix[1:]]
    rows = recomputed["figures"]["cooccurrence"]
    assert shares == [pytest.approx([rows[i][j] for j in order], abs=1e-6) for i in order]


def test_the_page_of_figures_says_what_they_are_and_why_one_is_missing(
    session: Session, team: Team, app: FastAPI, cards: list[int]
) -> None:
    work = {
        "Ben": {"All": range(8)},
        "Cleo": {"Everything": range(8)},
        "Eve": {"Some": (0, 1), "Others": (2,)},
    }
    make_sorted(session, team, cards, work)
    page = browser_of(app, "Ben").get(at(team, "/piles/partitions")).text
    assert "Agreement of piles, not of names" in page
    assert "it waits until the team has mapped its piles" in page
    assert "Coder A and Coder B, Adjusted Rand index, Adjusted mutual information" in page
    assert "no variation: the sorts are the same" in page
    assert "“Coder A” and “Coder B” put all cards into one pile" in page


def test_a_coder_who_sorted_nothing_stops_no_page_and_no_file(
    session: Session, team: Team, app: FastAPI, cards: list[int]
) -> None:
    make_sorted(session, team, cards, {"Ben": {"One": (0, 1), "Two": (2,)}, "Cleo": {}})
    ben = browser_of(app, "Ben")
    assert {ben.get(at(team, path)).status_code for path in LOOKING} == {200}
    page = ben.get(at(team, "/piles/partitions")).text
    assert "“Coder B” sorted no card and is left out of every figure." in page
    assert "Fewer than two coders sorted cards" in page
    assert "made no pile with a card in it" in ben.get(at(team, "/piles/overlap")).text


def test_where_cards_lie_in_several_piles_everything_but_figures_is_shown(
    session: Session, team: Team, app: FastAPI, cards: list[int]
) -> None:
    work = {"Ben": {"Some": (0, 1), "More": (2, 3)}, "Cleo": {"Any": (0, 1), "Rest": (2, 3)}}
    round_ = make_sorted(session, team, cards, work, choice="multiple", is_closed=False)
    both = Judgement(
        cards[2], round_.facet_ids[0], Value.CATEGORIES, pile_numbers=(1, 2), seen_turn=1
    )
    place_card(session, 1, team.members["Ben"], both)
    close_round(session, round_, reason="Enough.", is_forced=True, by=None)
    session.commit()
    ben = browser_of(app, "Ben")
    pages = {path: ben.get(at(team, path)).text for path in PAGES}
    assert "Here 1 time a card lies in several." in pages["/piles/partitions"]
    assert "No proposals here." in pages["/piles/overlap"]
    assert "2 groups of 4 cards" in ben.get(at(team, "/piles/tree?cut=0.9")).text
    assert ben.get(at(team, "/piles/partitions.json")).status_code == 409
    rows = table(ben.get(at(team, "/piles/sorts.csv")).text)
    assert (
        len([row for row in rows if row["card_id"] == "L-2" and row["user_id"] == "Coder A"]) == 2
    )


def test_a_round_with_too_many_cards_says_so_and_still_shows_piles_and_overlap(
    team: Team, ada: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.alignment.look_frame.MOST_CARDS", 7)
    for path in ("/piles/similarity", "/piles/tree"):
        assert "too large to compare each card" in ada.get(at(team, path)).text
    for path in ("similarity.csv", "groups.csv", "tree.json", "tree.svg"):
        answer = ada.get(at(team, f"/piles/{path}"))
        assert answer.status_code == 409
        assert "8 cards" in answer.text
    assert "What may mean the same" in ada.get(at(team, "/piles/overlap")).text
    assert ada.get(at(team, "/piles/sorts.csv")).status_code == 200


def test_B91_no_cell_of_these_files_is_a_formula(team: Team, ada: TestClient) -> None:
    found = set()
    for path in (one for one in FILES if one.endswith(".csv")):
        answer = ada.get(at(team, path))
        assert answer.headers["content-disposition"].startswith("attachment; ")
        cells = {cell for row in csv.reader(io.StringIO(answer.text)) for cell in row}
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))], path
        found |= cells
    assert "=Odd, one" in {plain_cell(cell) for cell in found}
