"""A facet may be asked only of the cards that an answer on an earlier facet lets through."""

from fastapi.testclient import TestClient
from sqlmodel import Session

from app.codebook import editing, lineage, service
from app.codebook.changes import ChangeClass, ChangeKind
from app.codebook.content import Gate, GateNeed, to_json
from app.codebook.files import read_codebook
from app.codebook.importing import import_codebook, plan
from app.codebook.models import Category, Facet
from app.codebook.rules import CategoryFields, objections_to_publishing
from app.evolution.impact import Judgement, Reason, touched_cards
from tests.codebook.browsing import seen, send
from tests.factories import Team, publish_codebook

FORM = {"description": "", "choice": "single", "scale": "nominal"}


def gate_of(session: Session, team: Team, facet_id: int) -> Gate | None:
    session.rollback()
    session.expire_all()
    found = service.draft(session, team.study_id).facet(facet_id)
    session.rollback()
    assert found is not None
    return found.gate


def change(session: Session, team: Team) -> list[tuple[ChangeKind, ChangeClass]]:
    session.expire_all()
    found = service.draft_changes(session, team.study_id)
    session.rollback()
    return [(one.kind, one.change_class) for one in found if one.category_id is None]


def test_a_lead_declares_a_gate_and_only_on_a_facet_that_stands_before(
    ada: TestClient, session: Session, team: Team, ids: dict[str, int]
) -> None:
    version_id = publish_codebook(session, team.study_id)
    stored = service.version(session, team.study_id, version_id).content
    assert all("gate" not in facet for facet in stored["facets"])  # as versions always were
    session.rollback()
    part = f"{team.url}/codebook/facets/{ids['Part']}"
    form = {"name": "Part", "revision": 1, "gate": f"{ids['Smell']}-categories", **FORM}

    empty = send(ada, part, **form)
    assert empty.status_code == 422
    assert "Choose the categories of Smell that open the gate." in seen(empty)
    stranger = send(ada, part, **form, gate_categories=[ids["Score"]])
    assert stranger.status_code == 422
    first = f"{team.url}/codebook/facets/{ids['Smell']}"
    backwards = {**form, "name": "Smell", "gate": f"{ids['Part']}-answer"}
    assert "a facet that stands before this one" in seen(send(ada, first, **backwards))
    assert gate_of(session, team, ids["Part"]) is None

    assert send(ada, part, **form, gate_categories=[ids["Trust"]]).status_code == 303
    wanted = Gate(ids["Smell"], GateNeed.CATEGORIES, (ids["Trust"],))
    assert gate_of(session, team, ids["Part"]) == wanted
    assert change(session, team) == [(ChangeKind.GATE, ChangeClass.STRUCTURAL)]
    page = seen(ada.get(f"{team.url}/codebook/compare"))
    assert "Asked only if" in page
    publish_codebook(session, team.study_id)
    assert "Asked only if Smell is “Trust”." in seen(ada.get(f"{team.url}/codebook/draft"))


def test_a_gate_follows_its_categories_and_objects_to_what_it_cannot_follow(
    session: Session, team: Team, ids: dict[str, int]
) -> None:
    part = session.get_one(Facet, ids["Part"])
    editing.add_category(session, part, CategoryFields("Rank"), by=None)
    part.gate = {"facet_id": ids["Smell"], "needs": "categories", "category_ids": [ids["Trust"]]}
    session.commit()
    publish_codebook(session, team.study_id)
    trust, stale = (session.get_one(Category, ids[name]) for name in ("Trust", "Stale"))
    lineage.merge(session, trust, stale, revision=trust.revision, by=None)
    session.commit()
    merged = Gate(ids["Smell"], GateNeed.CATEGORIES, (ids["Stale"],))
    assert gate_of(session, team, ids["Part"]) == merged
    assert change(session, team) == []  # it asks what it asked
    publish_codebook(session, team.study_id)
    assert gate_of(session, team, ids["Part"]) == merged

    smell = session.get_one(Facet, ids["Smell"], populate_existing=True)
    editing.move_facet(session, smell, "down", revision=smell.revision, by=None)
    objection = objections_to_publishing(service.draft(session, team.study_id), None)
    assert "“Part” is asked only if Smell is “Stale”." in objection[0]
    session.rollback()
    editing.retire(session, session.get_one(Category, ids["Stale"]), revision=1, by=None)
    assert objections_to_publishing(service.draft(session, team.study_id), None)
    session.rollback()


def test_another_gate_asks_again_for_the_cards_that_the_old_one_kept_out(
    session: Session, team: Team, ids: dict[str, int]
) -> None:
    part = session.get_one(Facet, ids["Part"])
    part.gate = {"facet_id": ids["Smell"], "needs": "not_none", "category_ids": []}
    session.commit()
    publish_codebook(session, team.study_id)
    part.gate = None
    session.commit()
    assert change(session, team) == [(ChangeKind.GATE_CHANGED, ChangeClass.STRUCTURAL)]
    said = [Judgement(1, 7, "not_applicable", ()), Judgement(2, 7, "categories", (ids["Score"],))]
    changes = service.draft_changes(session, team.study_id)
    touched = touched_cards(changes, {ids["Part"]: said}, {}, seed=1)
    assert [(one.card_id, one.reason) for one in touched] == [(1, Reason.GATE)]


def test_a_file_brings_a_gate_by_names_all_or_nothing(session: Session, team: Team) -> None:
    head = "facet,name,gate_facet,gate_needs,gate_categories"
    rows = ["Part,Score,Smell,categories,Stale", "Part,Rank,,,", "Smell,Stale,,,", "Smell,Old,,,"]
    late = read_codebook("\n".join([head, *rows]).encode(), file_name="codebook.csv")
    text = "\n".join([head, *rows[2:], *rows[:2]])
    file = read_codebook(text.encode(), file_name="codebook.csv")
    gone = text.replace("categories,Stale", "categories,Gone")
    bad = read_codebook(gone.encode(), file_name="codebook.csv")
    assert plan(session, team.study_id, late).problems
    assert "“Gone”, which is not in “Smell”" in plan(session, team.study_id, bad).problems[0]
    import_codebook(session, team.study_id, file, by=None)
    smell, part = service.draft(session, team.study_id).facets
    assert part.gate == Gate(smell.id, GateNeed.CATEGORIES, (smell.categories[0].id,))
    assert plan(session, team.study_id, file).does_nothing
    assert to_json(service.draft(session, team.study_id))["facets"][1]["gate"]
    session.rollback()
