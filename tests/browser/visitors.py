"""Visitors of the browser tests who are signed in already, and the addresses they can ask for."""

from collections.abc import Mapping, Sequence
from itertools import product

from fastapi import FastAPI
from playwright.sync_api import Page
from sqlmodel import Session, SQLModel, col, select

from app.accounts.deps import cookie_name
from app.accounts.service import require_account, sign_in
from app.codebook.models import Category, CodebookVersion, StagedCodebook
from app.coding.models import Round
from app.corpus.models import Card, StagedImport
from app.help.topics import GROUPS
from app.negotiation.models import Clause, Disagreement, Meeting
from app.sources.models import Source
from tests.coding.walk import routes_of

# What is not a page: files to download, and the part of a page that is asked for by itself.
NO_PAGES = frozenset(
    {
        *("export_codebook", "export_labels", "export_placements", "report_file"),
        *("import_progress", "bootstrap", "agreement_figure", "course_figure"),
        *("export_study_labels", "live", "minutes_markdown", "minutes_docx"),
        *("source_original", "alike_line", "own_live", "progress_live", "board_cards"),
        "alignment_map_file",
        *(f"look_{one}_csv" for one in ("sorts", "similarity", "overlap", "groups")),
        *("look_partitions_json", "look_tree_json", "look_tree_svg", "look_similarity_png"),
    }
)
Values = Mapping[str, Sequence[object]]


def sign_in_page(app: FastAPI, page: Page, email: str, server_url: str) -> None:
    """Give the page the session of an account, without the form."""
    with app.state.database.transaction() as session:
        token = sign_in(session, require_account(session, email), days=1)
    name = cookie_name(app.state.settings)
    page.context.add_cookies([{"name": name, "value": token, "url": server_url}])


def objects_of(session: Session, study_id: int) -> dict[str, list[object]]:
    """What can stand in an address of the study: a round of each kind and phase, every version,
    the first two of others.

    Disagreements are found by their round, see `page_addresses`.
    """

    def ids(model: type[SQLModel], most: int = 99) -> list[object]:
        of_study = select(model).where(col(model.study_id) == study_id)  # type: ignore[attr-defined]
        return [one.id for one in session.exec(of_study).all()[:most]]  # type: ignore[attr-defined]

    versions = ids(CodebookVersion)
    kinds: dict[tuple[str, str], object] = {}
    for one in session.exec(
        select(Round).where(Round.study_id == study_id).order_by(col(Round.id))
    ):
        kinds.setdefault((one.phase, one.kind), one.id)
    return {
        "study_id": [study_id],
        "card_id": ids(Card, 2),
        "round_id": list(kinds.values()),
        "version_id": versions,
        "import_id": ids(StagedImport),
        "source_id": ids(Source, 2),
        "staged_id": ids(StagedCodebook),
        "topic": [topic.slug for group in GROUPS for topic in group.topics],
        "token": [],
        "disagreement_id": [],
        "meeting_id": ids(Meeting),
        "category_id": ids(Category, 2),
        "clause_id": ids(Clause, 2),
    }


def page_addresses(app: FastAPI, session: Session, values: Values) -> list[str]:
    """Every address of a page, each object in each place; a new kind of object fails here."""
    found = []
    for route in routes_of(app):
        if "GET" not in (route.methods or ()) or route.name in NO_PAGES:
            continue
        names = list(route.param_convertors)
        if "disagreement_id" in names:
            continue
        for filled in product(*(values[name] for name in names)):
            given = dict(zip(names, filled, strict=True))
            found.append(str(route.url_path_for(route.name, **given)))
    return found + _disagreements(session, values)


def _disagreements(session: Session, values: Values) -> list[str]:
    """The first disagreement of each stage in each round."""
    found: dict[tuple[int, str], str] = {}
    for row in session.exec(
        select(Disagreement).where(col(Disagreement.round_id).in_(values["round_id"]))
    ):
        url = f"/studies/{row.study_id}/rounds/{row.round_id}/disagreements/{row.id}"
        found.setdefault((row.round_id, row.stage), url)
    return list(found.values())
