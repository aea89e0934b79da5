"""Cards that share documents: documents are drawn, and everything that hangs on it says so."""

from collections.abc import Mapping

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from app.agreement import Ratings, bootstrap, describe, intervals_as_dict
from app.coding.models import Bootstrap, Round
from app.corpus.models import Card
from app.resolution.closing import close_round
from tests.factories import Team, sign_in
from tests.reports.reading import page_of
from tests.reports.rounds import BEN, CLEO, SMELLS, Coded, Sorted, make_round
from tests.reports.test_only_snapshots_are_read import statements

GATED = {
    "Ben": ("n/a",) * 6 + BEN[6:],
    "Cleo": ("n/a",) * 5 + CLEO[5:],
    "Dan": ("n/a",) * 4 + BEN[4:],
}


@pytest.fixture
def coded(session: Session, team: Team) -> Coded:
    """A round whose cards come two by two from a document."""
    coded = make_round(session, team, {"Smell": Sorted(SMELLS, GATED)}, is_closed=False)
    for place, card in enumerate(session.exec(select(Card).order_by(col(Card.id)))):
        card.source_url = f"https://example.org/{place // 2}#part-{place}"
        session.add(card)
    round_ = session.get_one(Round, coded.round_id)
    close_round(session, round_, reason="Enough was coded.", is_forced=True, by=None)
    session.commit()
    return coded


def again(facet: Mapping[str, list[list[str | None]]], documents: list[int], seed: int) -> object:
    """The intervals of a facet of the check file, drawn from the file alone."""
    names = facet["categories"]
    codes = [
        [-1 if one is None else names.index(one) for one in row] for row in facet["judgements"]
    ]
    ratings = Ratings(np.array(codes), tuple(names), coders=tuple(facet["coders"]))
    drawn = bootstrap(
        ratings, describe(ratings), n_resamples=2000, seed=seed, clusters=np.array(documents)
    )
    return intervals_as_dict(drawn)


def test_the_headline_says_what_was_drawn_and_the_method_how_many(
    client: TestClient, coded: Coded
) -> None:
    text = page_of(client, coded.page("Smell")).text
    assert "(bootstrap over source documents)" in text
    assert "2 000 resamples of 15 source documents, as cards share them, seed 5." in text
    for ending in ("html", "md"):
        assert "bootstrap over source documents" in client.get(f"{coded.url}/report.{ending}").text


def test_no_level_of_a_scale_is_given_a_probability_that_takes_cards_for_independent(
    client: TestClient, coded: Coded
) -> None:
    text = page_of(client, coded.page("Smell")).text
    assert "No level has a probability: cards share documents" in text
    assert "or better is 95 % probable" not in text


def test_the_check_file_alone_gives_every_interval_again_the_gates_too(
    client: TestClient, coded: Coded
) -> None:
    sign_in(client)
    (facet,) = client.get(f"{coded.url}/report.check").json()["facets"]
    stored = facet["bootstrap"]
    assert facet["documents"] == [place // 2 for place in range(30)]
    for found, own in ((facet, stored), (facet["gate"], stored["gate"])):
        drawn = again(found, facet["documents"], stored["seed"])
        for part in ("figures", "pairs", "categories", "n_drawn"):
            assert own[part] == (list(drawn[part]) if part in {"pairs"} else drawn[part])


def test_the_gate_shows_its_intervals(client: TestClient, coded: Coded) -> None:
    sign_in(client)
    (facet,) = client.get(f"{coded.url}/report.check").json()["facets"]
    alpha = facet["bootstrap"]["gate"]["figures"]["krippendorff_alpha_nominal"]
    section = page_of(client, coded.page("Smell")).text.split("Whether the facet applies")[1]
    assert f"{alpha['low']:.2f} to {alpha['high']:.2f} bootstrap" in section


def test_a_gate_whose_intervals_were_never_drawn_keeps_those_of_the_formula(
    client: TestClient, session: Session, coded: Coded
) -> None:
    (row,) = session.exec(select(Bootstrap)).all()
    row.intervals = {key: value for key, value in row.intervals.items() if key != "gate"}
    session.add(row)
    session.commit()
    section = page_of(client, coded.page("Smell")).text.split("Whether the facet applies")[1]
    assert "large-sample" in section.split("By category")[0]


def test_cards_with_documents_of_their_own_have_none_in_the_check_file(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": Sorted(SMELLS, GATED)})
    sign_in(client)
    (facet,) = client.get(f"{coded.url}/report.check").json()["facets"]
    assert "documents" not in facet


def test_the_course_over_the_rounds_reads_all_intervals_at_once(
    app: FastAPI, client: TestClient, session: Session, coded: Coded
) -> None:
    def asked() -> int:
        with statements(app.state.database) as found:
            assert client.get(coded.page("Smell")).status_code == 200
        return sum("FROM bootstrap" in one for one in found)

    sign_in(client)
    before = asked()
    for number in (2, 3, 4):
        facets = {"Smell": Sorted(SMELLS, GATED)}
        make_round(session, coded.team, facets, name=f"Round {number}")
    page = page_of(client, coded.page("Smell"))
    assert sum("independent" in row[0] for row in page.rows if row) == 4
    assert asked() == before


def test_two_coders_without_a_card_in_common_are_not_said_to_agree(
    client: TestClient, session: Session, team: Team
) -> None:
    halves = {"Ben": ("stale",) * 10 + ("",) * 10, "Cleo": ("",) * 10 + ("broken",) * 10}
    coded = make_round(session, team, {"Smell": Sorted(SMELLS, halves)})
    text = page_of(client, coded.page("Smell")).text
    assert "These two coders judged no card both" in text
    assert "gave the same answer to every card" not in text


def test_a_figure_that_never_has_an_interval_says_so(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(
        session, team, {"Smell": Sorted(("x", "y"), {"Ben": "xxyy" * 9, "Cleo": "xyyy" * 9})}
    )
    row = page_of(client, coded.page("Smell")).row("Prevalence- and bias-adjusted kappa")
    assert row[2] == "not computed no interval is made of this figure"
    assert "no interval is made of this figure" in client.get(f"{coded.url}/report.csv").text
