"""Past work meets a gate of the codebook: gaps behind it are answers, judgements there stay."""

from sqlmodel import Session, select

from app.codebook.models import Facet
from app.codebook.service import publish
from app.coding.models import Placement
from app.resolution.past_work import PastWorkResult, import_placements
from app.tables.readers import read_table
from tests.coding.factories import csv_file, make_book, make_numbered_cards
from tests.factories import Team, make_study

SATD = {"SATD": ("single", ("Design debt", "Not SATD")), "Where": ("multiple", ("Code", "Test"))}
ROWS = [
    {"card_id": card, "coder": coder, "facet": facet, "category": category}
    for card, coder, facet, category in (
        ("C-1", "R1", "SATD", "Design debt"),
        ("C-1", "R2", "SATD", "Not SATD"),
        ("C-2", "R1", "SATD", "Not SATD"),
        ("C-2", "R2", "SATD", "Not SATD"),
        ("C-1", "R1", "Where", "Code"),
        ("C-2", "R1", "Where", "Test"),
    )
]


def bring(session: Session, team: Team) -> PastWorkResult:
    table = read_table(csv_file(ROWS), file_name="past.csv")
    return import_placements(session, team.study_id, table, None, by=None, file_name="past.csv")


def test_gates_fill_what_past_work_left_out_and_name_the_rows_that_judge_behind_them(
    session: Session,
) -> None:
    team = make_study(session)
    make_numbered_cards(session, team, ("C-1", "C-2"))
    book = make_book(session, team, SATD)
    where = session.get_one(Facet, book.facets["Where"].id)
    debt = book.category("SATD", "Design debt")
    needed = {"facet_id": book.facets["SATD"].id, "needs": "categories", "category_ids": [debt]}
    where.gate = needed
    publish(session, team.study_id, "Where only for debt.", by=None)
    done = bring(session, team)
    assert done.created == 6
    assert done.warnings == (
        "Row 7: “Where” is judged. Does not apply, because of SATD: Not SATD. It stays.",
        "2 judgements follow from gates of the codebook and were added.",
    )
    found = session.exec(
        select(Placement).where(Placement.facet_id == where.id).order_by(Placement.id)  # type: ignore[arg-type]
    ).all()
    assert [(one.value, one.is_gated) for one in found] == [
        ("categories", False),
        ("categories", False),
        ("not_applicable", True),
        ("not_applicable", True),
    ]
    skipped = bring(session, team)
    assert (skipped.created, skipped.skipped) == (0, 6)
