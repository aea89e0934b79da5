"""Whether a facet applies to a card is another question than what the card is."""

import csv
import io

import pytest
from fastapi.testclient import TestClient
from sklearn.metrics import cohen_kappa_score
from sqlmodel import Session

from app.studies.rules import Stance
from tests.factories import Team, make_study, sign_in
from tests.reports.reading import page_of
from tests.reports.rounds import BEN, CLEO, SMELLS, TWO, Coded, Sorted, make_round

BEN_TOO = ("n/a",) * 6 + BEN[6:]
CLEO_TOO = ("n/a",) * 4 + CLEO[4:28] + ("n/a",) * 2
GATED = Sorted(SMELLS, {"Ben": BEN_TOO, "Cleo": CLEO_TOO})
N_CONFLICTS = sum(
    (one == "n/a") != (two == "n/a") for one, two in zip(BEN_TOO, CLEO_TOO, strict=True)
)
KAPPA = cohen_kappa_score([said == "n/a" for said in BEN_TOO], [said == "n/a" for said in CLEO_TOO])


@pytest.fixture
def coded(session: Session, team: Team) -> Coded:
    return make_round(session, team, {"Smell": GATED})


def test_the_page_measures_it_by_itself_and_counts_the_cards_on_which_coders_differ(
    client: TestClient, coded: Coded
) -> None:
    page = page_of(client, coded.page("Smell"))
    section = page.text.split("Whether the facet applies")[1]
    assert f"{KAPPA:.2f}" in section
    assert f"On {N_CONFLICTS} cards one coder said that it applies" in section
    assert "nothing missing" in page.text
    n_through = sum("n/a" not in both for both in zip(BEN_TOO, CLEO_TOO, strict=True))
    assert f"{n_through} cards, 2 coders" in page.text


def test_every_file_tells_it(client: TestClient, coded: Coded) -> None:
    sign_in(client)
    for ending in ("html", "md"):
        text = client.get(f"{coded.url}/report.{ending}").text
        assert "Whether the facet applies" in text
        assert f"coders differ on {N_CONFLICTS} cards" in text
    rows = csv.DictReader(io.StringIO(client.get(f"{coded.url}/report.csv").text, newline=""))
    of_gate = {row["key"]: row for row in rows if row["facet"] == "Smell: does it apply"}
    assert float(of_gate["light_kappa"]["value"]) == pytest.approx(KAPPA)
    gate = client.get(f"{coded.url}/report.check").json()["facets"][0]["gate"]
    assert gate["figures"]["cohen_kappa"] == pytest.approx(KAPPA)
    assert len(gate["judgements"]) == 30


def test_where_nobody_doubted_it_there_is_no_such_question(
    client: TestClient, session: Session, team: Team
) -> None:
    coded = make_round(session, team, {"Smell": TWO})
    assert "Whether the facet applies" not in page_of(client, coded.page("Smell")).text


def test_a_study_without_coefficients_has_none_of_this_either(
    client: TestClient, session: Session
) -> None:
    team = make_study(session, stance=Stance.CONSENSUS_ONLY)
    coded = make_round(session, team, {"Smell": GATED})
    assert "kappa" not in page_of(client, coded.page("Smell")).text
    assert "cohen" not in client.get(f"{coded.url}/report.csv").text
    assert "gate" not in client.get(f"{coded.url}/report.check").json()["facets"][0]


def test_changing_the_stance_later_takes_it_away_too(
    client: TestClient, session: Session, coded: Coded
) -> None:
    coded.team.study.stance = Stance.CONSENSUS_ONLY
    session.add(coded.team.study)
    session.commit()
    sign_in(client)
    for path in ("agreement", *(f"report.{ending}" for ending in ("json", "csv", "check"))):
        assert "kappa" not in client.get(f"{coded.url}/{path}").text
