"""The migrations lead to the tables of the models, and back."""

import json

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastapi.testclient import TestClient
from sqlalchemy import inspect, text
from sqlmodel import Session, select

from app.coding.bootstrapping import bootstrap_state, intervals_of
from app.coding.models import Bootstrap, Round, Snapshot
from app.db import Database
from app.errors import ConcordError
from app.schema import METADATA, alembic_config, current_revision, newest_revision, refuse_newer
from app.studies.models import Study
from tests.factories import make_study, sign_in
from tests.project import ROOT
from tests.reports.rounds import Sorted, make_round

FIRST_RELEASE = "2026_11_24_first"
# The same judgements as those behind the stored figures.
BEN = ("stale",) * 10 + ("unclear",) * 6
CLEO = ("stale",) * 8 + ("unclear",) * 7
JUDGED = Sorted(("stale", "unclear"), {"Ben": BEN, "Cleo": CLEO})
FIGURES_OF_FIRST_RELEASE = ROOT / "tests" / "reports" / "earlier_shape.json"


def test_the_migrated_tables_are_those_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_a_migrated_database_has_the_newest_revision(database: Database) -> None:
    assert current_revision(database) == newest_revision()


def test_migrations_lead_down_and_up_again(session: Session, database: Database) -> None:
    connection = session.connection()
    config = alembic_config(connection)
    command.downgrade(config, "base")
    assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    command.upgrade(config, "head")
    session.commit()
    assert set(METADATA.tables) <= set(inspect(database.engine).get_table_names())


def test_a_database_of_a_newer_version_is_refused_with_words() -> None:
    with pytest.raises(ConcordError, match="newer version of Concord"):
        refuse_newer("2999_01_01_from_the_future")


# --- A database of the first release ---


@pytest.fixture
def upgraded(session: Session) -> Round:
    """A round that closed in the first release, in a database that was then upgraded."""
    coded = make_round(session, make_study(session), {"Smell": JUDGED})
    for row in session.exec(select(Bootstrap)):
        session.delete(row)
    snapshot = session.exec(select(Snapshot)).one()
    agreement = json.loads(FIGURES_OF_FIRST_RELEASE.read_text(encoding="utf-8"))["two"]
    snapshot.figures = {**snapshot.figures, "agreement": agreement}
    snapshot.algorithm_version = "2"
    session.commit()
    config = alembic_config(session.connection())
    command.downgrade(config, FIRST_RELEASE)
    columns = {column["name"] for column in inspect(session.connection()).get_columns("round")}
    assert not columns & {"headline", "threshold"}
    assert not inspect(session.connection()).has_table("bootstrap")
    command.upgrade(config, "head")
    session.commit()
    session.expire_all()
    return session.get_one(Round, coded.round_id)


def test_an_upgrade_keeps_every_row_and_reference(upgraded: Round, session: Session) -> None:
    assert upgraded.closed_at is not None
    assert session.exec(select(Snapshot)).one().algorithm_version == "2"
    if session.get_bind().dialect.name == "sqlite":
        assert session.connection().execute(text("PRAGMA foreign_key_check")).all() == []


def test_a_round_of_the_first_release_has_no_threshold_of_its_own(upgraded: Round) -> None:
    assert (upgraded.headline, upgraded.threshold) == ("", None)


def test_a_round_of_the_first_release_has_no_intervals_and_waits_for_none(
    upgraded: Round, session: Session
) -> None:
    snapshot = session.exec(select(Snapshot)).one()
    assert intervals_of(session, snapshot) is None
    assert not bootstrap_state(session, snapshot).is_waiting


def test_the_pages_of_a_round_of_the_first_release_open_under_the_study_s_threshold(
    upgraded: Round, session: Session, client: TestClient
) -> None:
    session.get_one(Study, upgraded.study_id).threshold = 0.71
    session.commit()
    ada = sign_in(client, "Ada")
    url = f"/studies/{upgraded.study_id}/rounds/{upgraded.id}"
    assert "<dt>Threshold</dt><dd>0.71</dd>" in ada.get(url).text
    report = ada.get(f"{url}/agreement")
    assert report.status_code == 200
    assert "0.71" in report.text
