"""`concord demo` shows a study under way whose figures are those of other people's software."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from app.codebook.models import Category, Lineage
from app.coding.models import AffectedCard, Placement, Round, Snapshot
from app.coding.progress import progress_of_all
from app.coding.rules import Kind, Phase
from app.coding.seals import has_seals
from app.db import Database
from app.demo.filling import fill
from app.demo.seed import people, read_seed
from app.negotiation.models import Clause, Decision, Proposal
from app.negotiation.proposals import voices_on
from app.negotiation.service import counts_by_state
from app.negotiation.statements import waiting_for
from app.studies.models import Membership, Study
from app.studies.service import member_names
from app.web.render import resource
from tests.project import ROOT

EXPECTED = json.loads((resource("seed_data") / "expected_agreement.json").read_text("utf-8"))

RECODED = ("Workflow pattern", "Entity", "Smell")


@pytest.fixture
def filled(database: Database) -> Session:
    seed = read_seed(resource("seed_data"))
    persons = people(seed, "nine careful owls")
    with database.transaction() as session:
        fill(session, seed, persons)
    with database.reading() as session:
        yield session


def round_called(session: Session, name: str) -> Round:
    return session.exec(select(Round).where(Round.name == name)).one()


def agreement_on(session: Session, facet: str) -> dict:
    pilot = round_called(session, "Pilot")
    snapshots = session.exec(select(Snapshot).where(Snapshot.round_id == pilot.id))
    return next(one.figures["agreement"] for one in snapshots if one.figures["facet"] == facet)


@pytest.mark.parametrize("facet", ["Workflow pattern", "Entity"])
def test_the_figures_of_single_facets_are_the_golden_ones(filled: Session, facet: str) -> None:
    expected, found = EXPECTED["facets"][facet], agreement_on(filled, facet)
    assert found["n_pairable"] == expected["pairable_units"]
    alpha = found["figures"]["krippendorff_alpha_nominal"]["value"]
    assert alpha == pytest.approx(expected["krippendorff_alpha"], abs=1e-12)
    for pair, golden in zip(found["pairs"], expected["pairs"], strict=True):
        assert pair["n_units"] == golden["n"]
        values = {key: figure["value"] for key, figure in pair["figures"].items()}
        assert values["percent_agreement"] == pytest.approx(golden["percent"], abs=1e-12)
        assert values["cohen_kappa"] == pytest.approx(golden["cohen_kappa"], abs=1e-12)


def test_the_figures_of_the_facet_with_sets_are_the_golden_ones(filled: Session) -> None:
    expected, found = EXPECTED["facets"]["Smell"], agreement_on(filled, "Smell")
    golden_alpha = expected["krippendorff_alpha_masi"]
    alpha = found["figures"]["krippendorff_alpha_masi"]["value"]
    assert alpha == pytest.approx(golden_alpha, abs=1e-12)
    for pair, golden in zip(found["pairs"], expected["pairs"], strict=True):
        assert pair["n_units"] == golden["n"]
        values = {key: figure["value"] for key, figure in pair["figures"].items()}
        exact = values["percent_agreement_exact_set"]
        assert exact == pytest.approx(golden["exact_set_percent"], abs=1e-12)
        jaccard = values["mean_jaccard_similarity"]
        assert jaccard == pytest.approx(golden["mean_jaccard"], abs=1e-12)
    golden_categories = expected["categories"]
    by_name = {one["category"]: one for one in found["categories"]}
    for name, golden in golden_categories.items():
        alpha = by_name[name]["figures"]["krippendorff_alpha_nominal"]["value"]
        assert alpha == pytest.approx(golden["krippendorff_alpha"], abs=1e-12), name


def test_the_pilot_is_half_negotiated_in_every_way_there_is(filled: Session) -> None:
    pilot = round_called(filled, "Pilot")
    assert pilot.phase == Phase.NEGOTIATING
    counts = counts_by_state(filled, pilot)
    assert (counts["decided"], counts["deferred"]) == (9, 1)
    assert counts["open"] >= counts["decided"]
    outcomes = {one.outcome for one in filled.exec(select(Decision))}
    assert outcomes == {
        "persuaded", "both_kept", "slip", "dissolved", "with_dissent", "arbitrated", "deferred",
    }  # fmt: skip
    waiting = filled.exec(select(Proposal).where(Proposal.status == "open")).one()
    spoke = {one.member_id for one in voices_on(filled, waiting)}
    names = member_names(filled, pilot.study_id)
    assert {names[one] for one in spoke} == {"Cleo Demo", "Dan Demo"}


def test_decisions_led_to_a_version_with_a_merge_and_to_a_recode_round(filled: Session) -> None:
    clauses = filled.exec(select(Clause)).all()
    assert {clause.state for clause in clauses} == {"published"}
    lineage = filled.exec(select(Lineage)).one()
    names = {one.id: one.name for one in filled.exec(select(Category))}
    assert (names[lineage.from_id], names[lineage.to_id]) == (
        "Benchmark Metric",
        "Benchmark Protocol",
    )
    recodes = [round_called(filled, f"Recode after version 2: {one}") for one in RECODED]
    members = member_names(filled, recodes[0].study_id)
    for recode in recodes:
        assert (recode.phase, recode.kind) == (Phase.NEGOTIATING, Kind.RECODE)
        assert len(recode.facet_ids) == 1
        is_disputed = not recode.name.endswith("Entity")  # there all say the same again
        assert has_seals(filled, recode) is is_disputed
        assert any(waiting_for(filled, recode, one) for one in members) is is_disputed
    ben = next(id_ for id_, name in members.items() if "Ben" in name)
    assert any(waiting_for(filled, recode, ben) for recode in recodes)
    every = filled.exec(select(Round).where(Round.kind == Kind.RECODE)).all()
    assert {one.id for one in every} == {one.id for one in recodes}


def test_nobody_codes_again_what_no_version_puts_in_question(filled: Session) -> None:
    affected = filled.exec(select(AffectedCard)).all()
    wanted = {(one.facet_id, one.card_id, one.coder_id) for one in affected}
    recodes = filled.exec(select(Round).where(Round.kind == Kind.RECODE)).all()
    facets = {one.id: one.facet_ids[0] for one in recodes}
    placed = filled.exec(select(Placement).where(col(Placement.round_id).in_(facets)))
    assert {(one.facet_id, one.card_id, one.coder_id) for one in placed} == wanted


def test_the_second_round_is_open_and_its_cards_wait_for_the_coders(filled: Session) -> None:
    main = round_called(filled, "Main sort")
    assert main.phase == Phase.OPEN
    names = member_names(filled, main.study_id)
    waiting = {
        names[found.coder_id]: (found.n_done, found.n_cards)
        for found in progress_of_all(filled, main.id or 0)
    }
    assert waiting == dict.fromkeys(("Ben Demo", "Cleo Demo", "Dan Demo"), (0, 42))


def test_its_people_are_members_with_accounts_of_a_study_that_says_it_is_a_demo(
    filled: Session,
) -> None:
    assert all(one.is_demo for one in filled.exec(select(Study)))
    members = filled.exec(select(Membership).where(Membership.study_id == 1)).all()
    assert [member.role for member in members] == ["lead", "coder", "coder", "coder", "arbiter"]
    assert all(member.account_id for member in members)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.slow
def test_the_command_answers_soon_says_who_can_sign_in_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    port = free_port()
    command = [
        sys.executable,
        "-c",
        "from app.cli import main; main()",
        "demo",
        "--port",
        str(port),
    ]
    log = tmp_path / "log"
    folders = {**os.environ, "TMPDIR": str(tmp_path)}
    with log.open("wb") as out:
        server = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=folders
        )
    try:
        assert _answers(port, within=20)
    finally:
        server.terminate()
        server.wait(10)
    said = log.read_text("utf-8")
    assert "ben@demo.invalid" in said
    assert "each with the password " in said
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def _answers(port: int, *, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.1)
    return False


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, monkeypatch) -> None:
    from click.testing import CliRunner

    from app.cli import main

    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    monkeypatch.setenv("CONCORD_DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(main, ["demo"])
    assert done.exit_code == 1
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
