"""An uploaded codebook: what it would do, row by row, and that it does all of it or nothing."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from hypothesis import given
from sqlmodel import Session

from app.cli import main
from app.codebook import service
from app.codebook.content import Choice, Codebook, FacetScale
from app.codebook.diff import compare
from app.codebook.files import CodebookFile, read_codebook
from app.codebook.importing import import_codebook
from app.codebook.merging import ImportPlan, plan_import
from app.errors import Invalid, WrongType
from app.exports.codebook import codebook_csv, codebook_markdown
from app.settings import Settings
from tests.codebook.drawn import codebooks
from tests.codebook.test_editing import seen
from tests.factories import Team, fresh_id, make_codebook, make_study, publish_codebook, sign_in

SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture
def team(session: Session) -> Team:
    return make_study(session)


@pytest.fixture
def ada(client: TestClient, team: Team) -> TestClient:
    return sign_in(client, "Ada")


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


def upload(client: TestClient, team: Team, content: bytes, name: str = "codebook.csv") -> str:
    """Upload a file and give the address of its preview."""
    answer = client.post(
        f"{team.url}/codebook/import",
        data={"operation_id": fresh_id()},
        files={"file": (name, content)},
    )
    assert answer.status_code == 303, seen(answer)
    return str(answer.headers["location"])


def take_over(client: TestClient, preview: str, page: str) -> int:
    found = re.search(r'name="draft_hash" value="([0-9a-f]{64})"', page)
    assert found is not None
    form = {"operation_id": fresh_id(), "draft_hash": found.group(1)}
    return client.post(preview, data=form).status_code


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


def test_a_preview_says_what_would_happen_and_changes_nothing(
    ada: TestClient, team: Team, session: Session
) -> None:
    make_codebook(session, team.study_id, {"Smell": ("Trust", "Stale")})
    before = draft(session, team)
    content = b"facet,name,description,size\nSmell,Trust,new words,1\nSmell,Tidy,,2\n"
    preview = upload(ada, team, content)
    page = ada.get(preview)
    assert "1 new category, 1 changed, 0 the same." in seen(page)
    assert "changes In a few words" in seen(page)
    assert "Not read: the columns size." in seen(page)
    assert draft(session, team) == before
    assert take_over(ada, preview, page.text) == 303
    assert [one.name for one in draft(session, team).facets[0].categories] == [
        "Trust",
        "Stale",
        "Tidy",
    ]
    assert ada.get(preview).status_code == 404


def test_a_file_with_problems_is_previewed_and_not_taken_over(
    ada: TestClient, team: Team, session: Session
) -> None:
    preview = upload(ada, team, b"name,color\na,1\nb,red\n")
    page = ada.get(preview)
    assert "Row 3: “red” is no colour." in seen(page)
    assert take_over(ada, preview, page.text) == 422
    assert draft(session, team) == Codebook()


def test_a_draft_that_changed_since_the_preview_is_looked_at_again(
    ada: TestClient, team: Team, session: Session
) -> None:
    preview = upload(ada, team, b"name\na\nb\n")
    page = ada.get(preview)
    make_codebook(session, team.study_id, {"Category": ("a",)})
    assert take_over(ada, preview, page.text) == 409
    assert "1 new category" in seen(ada.get(preview))


def test_an_unreadable_upload_leaves_nothing_behind(ada: TestClient, team: Team) -> None:
    answer = ada.post(
        f"{team.url}/codebook/import",
        data={"operation_id": fresh_id()},
        files={"file": ("codebook.csv", b"")},
    )
    assert answer.status_code == 422
    assert "Nothing was imported." in seen(answer)


def test_a_preview_is_only_for_whoever_uploaded_it(
    client: TestClient, team: Team, session: Session
) -> None:
    preview = upload(sign_in(client, "Ada"), team, b"name\na\nb\n")
    assert sign_in(client, "Ben").get(preview).status_code == 403


def test_scale_and_description_of_a_facet_travel_when_there_is_something_to_tell() -> None:
    file = read("facet,scale,facet_description,name", "Trust,ordinal,How sure?,low", "Trust,,,high")
    (facet,) = file.facets
    assert (facet.scale, facet.description) == (FacetScale.ORDINAL, "How sure?")


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("CONCORD_DATA_DIR", str(settings.data_dir))
    if settings.postgresql_url is not None:
        monkeypatch.setenv("CONCORD_DATABASE_URL", settings.postgresql_url)
    return CliRunner()


def test_the_command_imports_publishes_and_says_so_in_json(
    run: CliRunner, team: Team, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "codebook.csv"
    file.write_text("facet,name\nSmell,Trust\nSmell,Stale\n", encoding="utf-8")
    command = ["import", "codebook", "Leaderboards", str(file), "--publish", "--note", "First"]
    result = run.invoke(main, [*command, "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {
        "facets_added": 1,
        "facets_changed": 0,
        "categories_added": 2,
        "categories_changed": 0,
        "categories_same": 0,
        "columns_not_read": [],
        "version": 1,
    }
    again = run.invoke(main, command)
    assert again.exit_code == 1
    assert "Nothing has changed since the last version." in again.output


def test_the_command_refuses_a_file_with_problems_row_by_row(
    run: CliRunner, team: Team, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "codebook.csv"
    file.write_text("name,color\nTrust,red\n", encoding="utf-8")
    result = run.invoke(main, ["import", "codebook", str(team.study_id), str(file)])
    assert result.exit_code == 1
    assert "Nothing was imported." in result.output
    assert "Row 2: “red” is no colour." in result.output
    assert draft(session, team) == Codebook()


def test_importing_what_was_exported_changes_nothing(session: Session, team: Team) -> None:
    make_codebook(session, team.study_id, {"Smell": ("Trust", "Stale"), "Part": ("a", "b")})
    publish_codebook(session, team.study_id)
    before = draft(session, team)
    content = codebook_csv(before)
    file = read_codebook(content, file_name="codebook.csv")
    assert import_codebook(session, team.study_id, file, by=None).does_nothing
    session.commit()
    assert compare(before, draft(session, team)).n_changes == 0
