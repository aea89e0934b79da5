"""What an uploaded codebook would do, row by row, and that it does all of it or nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from sqlmodel import Session

from app.codebook import service
from app.codebook.content import Choice, Codebook, FacetScale
from app.codebook.diff import compare
from app.codebook.files import CodebookFile, read_codebook
from app.codebook.importing import import_codebook
from app.codebook.merging import ImportPlan, plan_import
from app.codebook.models import Category
from app.errors import Invalid, WrongType
from app.exports.codebook import codebook_csv, codebook_markdown
from tests.codebook.drawn import codebooks
from tests.factories import Team, make_codebook, make_study, publish_codebook

SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


def read(*lines: str, name: str = "codebook.csv") -> CodebookFile:
    return read_codebook("\n".join(lines).encode(), file_name=name)


def imported(session: Session, team: Team, *lines: str) -> ImportPlan:
    done = import_codebook(session, team.study_id, read(*lines), by=None)
    session.commit()
    return done


def draft(session: Session, team: Team) -> Codebook:
    session.rollback()
    session.expire_all()
    found = service.draft(session, team.study_id)
    session.rollback()
    return found


def test_only_a_name_is_needed() -> None:
    file = read("name", "Trust", "Stale")
    assert [(one.facet, one.name) for one in file.categories] == [
        ("Category", "Trust"),
        ("Category", "Stale"),
    ]


@pytest.mark.parametrize(
    ("header", "facet", "external_id"),
    [
        ("facet,code,name", "a", "b"),
        ("Dimension,Category ID,Category", "a", "b"),
        ("FACET,Id,Label", "a", "b"),
    ],
)
def test_columns_go_by_other_names_too(header: str, facet: str, external_id: str) -> None:
    (row,) = read(header, "a,b,c").categories
    assert (row.facet, row.given["id"], row.name) == (facet, external_id, "c")


def test_a_published_table_of_categories_is_read() -> None:
    path = SHARED / "lbops" / "categories.csv"
    if not path.exists():
        pytest.skip("the shared data are not here")
    file = read_codebook(path.read_bytes(), file_name=path.name)
    assert file.problems == ()
    assert len(file.categories) == 23
    assert [facet.name for facet in file.facets] == ["pattern", "smell", "entity"]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (("name,color", ",1"), "Row 2: a name is needed."),
        (("name", "\u200b"), "Row 2: a name is needed."),
        (("name", "Trust", "trust "), "Row 3: “trust” stands in row 2 already"),
        (("name,color", "a,25"), "Row 2: “25” is no colour."),
        (("name,choice", "a,perhaps"), "Row 2: the choice is “single” or “multiple”"),
        (("name,choice", "a,single", "b,multiple"), "Row 3: the facet Category has another choice"),
        (("name,parent", "a,x"), "Row 2: The category it is to be a part of is not in this facet."),
        (("name,parent", "a,b", "b,a"), "Row 2: A category cannot be a part of itself."),
        (("name,id", "a,1", "b,1"), "Row 3: the id 1 stands more than once."),
        (("name,description", f"a,{'x' * 2001}"), "Row 2: In a few words: at most 2,000"),
    ],
)
def test_a_problem_names_its_row(lines: tuple[str, ...], problem: str) -> None:
    problems = plan_import(Codebook(), read(*lines)).problems
    assert any(one.startswith(problem) for one in problems), problems


def test_a_file_without_names_or_of_another_kind_is_refused() -> None:
    with pytest.raises(Invalid, match="Call one of them “name”"):
        read("facet,description", "a,b")
    with pytest.raises(WrongType):
        read_codebook(b"\x89PNG\r\n\x1a\n", file_name="codebook.csv")
    with pytest.raises(Invalid, match="no facet"):
        read("# Just a text", name="codebook.md")
    with pytest.raises(Invalid, match="Line 3"):
        read("## Smell", "", "#### Too deep", name="codebook.md")


def test_rows_are_matched_by_id_and_then_by_name(session: Session, team: Team) -> None:
    imported(session, team, "facet,name,id", "Smell,Trust,t", "Smell,Stale,s", "Smell,Tidy,")
    done = imported(
        session, team, "facet,name,id,definition", "Smell,Distrust,t,No.", "smell,TIDY,y,Clean."
    )
    assert [(one.fields.name, one.changes) for one in done.changed] == [
        ("Distrust", ("Name", "Definition")),
        ("TIDY", ("Name", "Definition", "Id")),
    ]
    (facet,) = draft(session, team).facets
    assert [(one.name, one.external_id) for one in facet.categories] == [
        ("Distrust", "t"),
        ("Stale", "s"),
        ("TIDY", "y"),
    ]


def test_two_categories_can_swap_their_names(session: Session, team: Team) -> None:
    imported(session, team, "name,id", "a,1", "b,2")
    before = draft(session, team).facets[0].categories
    imported(session, team, "name,id", "b,1", "a,2")
    after = draft(session, team).facets[0].categories
    assert [one.id for one in after] == [one.id for one in before]
    assert [one.name for one in after] == ["b", "a"]


def test_what_the_file_does_not_speak_of_stays(session: Session, team: Team) -> None:
    imported(
        session, team, "facet,choice,name,definition,color,parent",
        "Smell,multiple,Trust,Old words,7,", "Smell,multiple,Stale,,9,Trust",
    )  # fmt: skip
    done = imported(session, team, "facet,name,description", "Smell,Stale,short")
    assert done.n_untouched == 1
    (facet,) = draft(session, team).facets
    trust, stale = facet.categories
    assert (facet.choice, trust.definition, trust.tone) == (Choice.MULTIPLE, "Old words", 7)
    assert (stale.brief, stale.tone, stale.parent_id) == ("short", 9, trust.id)


def test_an_empty_cell_empties(session: Session, team: Team) -> None:
    imported(session, team, "name,definition", "a,words", "b,")
    imported(session, team, "name,definition", "a,", "b,")
    assert draft(session, team).facets[0].categories[0].definition == ""


def test_a_name_that_another_category_has_is_refused(session: Session, team: Team) -> None:
    imported(session, team, "name,id", "a,1", "b,2")
    before = draft(session, team)
    with pytest.raises(Invalid) as refused:
        imported(session, team, "name,id", "c,3", "b,1")
    assert "Row 3: you already have b." in refused.value.problems
    assert draft(session, team) == before


def test_a_category_keeps_its_facet(session: Session, team: Team) -> None:
    imported(session, team, "facet,name,id", "Smell,a,1", "Smell,b,2")
    with pytest.raises(Invalid) as refused:
        imported(session, team, "facet,name,id", "Part,a,1")
    assert "Categories keep their facet." in refused.value.problems[0]


def test_colours_are_numbers_or_the_nearest_tone() -> None:
    file = read("name,color", "a,24", "b,#0873bb", "c,#08b", "d,")
    assert [row.tone for row in file.categories] == [24, 1, 1, None]
    tones = [one.fields.tone for one in plan_import(Codebook(), file).categories]
    assert tones[3] not in tones[:3]


def test_a_whole_draft_moves_to_another_study(session: Session, team: Team) -> None:
    other = make_study(session, "Another")

    @given(codebooks(least=1))
    def moves(codebook: Codebook) -> None:
        content = codebook_markdown(codebook, "study")
        import_codebook(session, team.study_id, read_codebook(content, file_name="c.md"), by=None)
        first = service.draft(session, team.study_id)
        assert plan_import(first, read_codebook(content, file_name="c.md")).does_nothing
        content = codebook_csv(first)
        if b"\r\n" in content.rstrip():
            file = read_codebook(content, file_name="c.csv")
            import_codebook(session, other.study_id, file, by=None)
            second = service.draft(session, other.study_id)
            assert codebook_csv(second) == content
        session.rollback()

    moves()


def test_scale_and_description_of_a_facet_travel_when_there_is_something_to_tell() -> None:
    file = read("facet,scale,facet_description,name", "Trust,ordinal,How sure?,low", "Trust,,,high")
    (facet,) = file.facets
    assert (facet.scale, facet.description) == (FacetScale.ORDINAL, "How sure?")


def test_importing_what_was_exported_changes_nothing(session: Session, team: Team) -> None:
    make_codebook(session, team.study_id, {"Smell": ("Trust", "Stale"), "Part": ("a", "b")})
    publish_codebook(session, team.study_id)
    before = draft(session, team)
    content = codebook_csv(before)
    file = read_codebook(content, file_name="codebook.csv")
    assert import_codebook(session, team.study_id, file, by=None).does_nothing
    session.commit()
    assert compare(before, draft(session, team)).n_changes == 0


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("facet,name", "Smell,Trust", "Smell,None of these applies"), "codebook.csv"),
        (("# Codebook", "## Smell", "### Trust", "### None of these applies"), "codebook.md"),
    ],
)
def test_a_file_cannot_name_a_category_like_an_answer_without_one(
    session: Session, team: Team, lines: tuple[str, ...], name: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        import_codebook(session, team.study_id, read(*lines, name=name), by=None)
    (problem,) = refusal.value.problems
    assert "“None of these applies” already stands for an answer without a category" in problem
    session.rollback()
    assert draft(session, team).facets == ()


def test_a_file_may_repeat_a_name_that_the_draft_has_from_before(
    session: Session, team: Team
) -> None:
    ids = make_codebook(session, team.study_id, {"Smell": ("Trust", "Stale")})
    row = session.get_one(Category, ids["Trust"])
    row.name, row.name_key = "Cannot judge", "cannot judge"
    session.add(row)
    session.commit()
    done = imported(session, team, "facet,name,description", "Smell,Cannot judge,Nobody can.")
    assert [one.fields.name for one in done.changed] == ["Cannot judge"]
