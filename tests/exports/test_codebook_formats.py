"""A codebook leaves as CSV, Markdown and REFI-QDA and, from the first two, comes back the same."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from app.codebook.content import CategoryContent, Codebook, FacetContent, FacetScale
from app.codebook.files import COLUMNS, read_codebook
from app.codebook.merging import plan_import
from app.codebook.rules import CategoryFields, FacetFields
from app.errors import Invalid
from app.exports.codebook import codebook_csv, codebook_markdown
from app.exports.refi import codebook_qdc
from app.text import comparable
from app.web.downloads import download, file_name
from tests.codebook.drawn import codebooks

SCHEMA = Path(__file__).parents[3] / "shared" / "refi-qda" / "Codebook.xsd"
SEED = Path(__file__).parents[2] / "seed_data" / "codebook.csv"
CODE = "{urn:QDA-XML:codebook:1.0}Code"
DESCRIPTION = "{urn:QDA-XML:codebook:1.0}Description"


def comes_back(content: bytes, name: str, codebook: Codebook) -> None:
    """Both into an empty draft and into the draft it came from."""
    file = read_codebook(content, file_name=name)
    fresh = plan_import(Codebook(), file)
    assert fresh.problems == ()
    assert [target.fields for target in fresh.facets] == [
        fields_of(facet) for facet in codebook.facets
    ]
    gates = [target.gate for target in fresh.facets]
    assert [gate and (gate.facet, gate.needs, set(gate.categories)) for gate in gates] == [
        gate_by_names(facet, codebook) for facet in codebook.facets
    ]
    wanted = [
        (facet.name, *shown(facet, category))
        for facet in codebook.facets
        for category in facet.categories
    ]
    assert [
        (
            target.facet,
            replace(target.fields, parent_id=None),
            target.parent,
            target.external_id,
        )
        for target in fresh.categories
    ] == wanted
    again = plan_import(codebook, file)
    assert again.problems == ()
    assert again.does_nothing


def fields_of(facet: FacetContent) -> object:
    return FacetFields(facet.name, facet.description, facet.choice, facet.scale)


def gate_by_names(facet: FacetContent, codebook: Codebook) -> object:
    asked = codebook.facet(facet.gate.facet_id) if facet.gate else None
    if facet.gate is None or asked is None:
        return None
    names = {one.name for one in asked.categories if one.id in facet.gate.category_ids}
    return asked.name, facet.gate.needs, names


def shown(facet: FacetContent, category: CategoryContent) -> tuple[object, str, str]:
    parent = facet.category(category.parent_id) if category.parent_id else None
    fields = CategoryFields(
        category.name,
        category.brief,
        category.definition,
        category.inclusion,
        category.exclusion,
        category.examples,
        category.near_misses,
        category.tone,
    )
    return fields, comparable(parent.name) if parent else "", category.external_id


@given(codebooks(least=1))
def test_csv_comes_back_as_it_went(codebook: Codebook) -> None:
    filled = Codebook(tuple(facet for facet in codebook.facets if facet.categories))
    comes_back(codebook_csv(filled), "codebook.csv", filled)


@given(codebooks(least=1))
def test_markdown_comes_back_as_it_went(codebook: Codebook) -> None:
    comes_back(codebook_markdown(codebook, "A # study"), "codebook.md", codebook)


def test_the_codebook_of_the_demo_comes_back_column_by_column() -> None:
    content = SEED.read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    file = read_codebook(content, file_name="codebook.csv")
    assert tuple(rows[0]) == COLUMNS
    assert file.problems == ()
    assert [(one.facet, one.name) for one in file.categories] == [
        (row["facet"], row["name"]) for row in rows
    ]


def test_csv_has_the_columns_of_the_contract_and_lines_of_the_rfc() -> None:
    plain = Codebook((FacetContent(1, "Smell", categories=(CategoryContent(1, "Stale"),)),))
    assert codebook_csv(plain).split(b"\r\n")[0].decode() == ",".join(COLUMNS)
    assert not codebook_csv(plain).startswith(b"\xef\xbb\xbf")
    ordinal = Codebook((replace(plain.facets[0], scale=FacetScale.ORDINAL),))
    assert codebook_csv(ordinal).split(b"\r\n")[0].decode() == ",".join([*COLUMNS, "scale"])


def test_no_cell_of_the_csv_is_a_formula() -> None:
    category = CategoryContent(1, "=HYPERLINK(1)", brief="@x", definition="+1", inclusion="-1")
    content = codebook_csv(Codebook((FacetContent(1, "=1", categories=(category,)),)))
    cells = [cell for row in csv.reader(io.StringIO(content.decode())) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@given(codebooks(least=1))
def test_every_qdc_is_valid_and_holds_every_category_in_its_place(codebook: Codebook) -> None:
    etree = pytest.importorskip("lxml.etree")
    content = codebook_qdc(codebook, study_key="1", version="1.0")
    root = etree.fromstring(content)
    for facet, folder in zip(codebook.facets, root[0], strict=True):
        assert folder.get("isCodable") == "false"
        codes = [code for code in folder.iter(CODE) if code is not folder]
        assert [code.get("name") for code in codes] == [one.name for one in facet.categories]
        depths = [sum(1 for _ in code.iterancestors(CODE)) - 1 for code in codes]
        assert depths == [facet.depth(one) for one in facet.categories]
    guids = [code.get("guid") for code in root.iter(CODE)]
    assert len(set(guids)) == len(guids)
    if SCHEMA.exists():
        etree.XMLSchema(file=str(SCHEMA)).assertValid(root)


def test_a_qdc_names_the_parts_of_a_description_by_fixed_markers() -> None:
    etree = pytest.importorskip("lxml.etree")
    category = CategoryContent(
        7, "Stale", "Old.", "Was true.\nExamples:", "a", "b", "one\ntwo", tone=3
    )
    facet = FacetContent(1, "Smell", categories=(category,))
    content = codebook_qdc(Codebook((facet,)), study_key="1", version="1.0")
    code = list(etree.fromstring(content).iter(CODE))[1]
    assert code.get("color") == "#77140A"
    assert code.find(DESCRIPTION).text == (
        "Old.\n\nDefinition:\nWas true.\n\\Examples:\n\nInclusion criteria:\na\n\n"
        "Exclusion criteria:\nb\n\nExamples:\n- one\n- two"
    )


def test_guids_stay_in_every_export_and_differ_between_studies() -> None:
    codebook = Codebook((FacetContent(1, "Smell", categories=(CategoryContent(1, "Stale"),)),))
    renamed = Codebook((FacetContent(1, "S", categories=(CategoryContent(1, "Old"),)),))

    def guids(of: Codebook, key: str) -> list[bytes]:
        return codebook_qdc(of, study_key=key, version="1").split(b'guid="')[1:]

    def only(of: list[bytes]) -> list[bytes]:
        return [part[:36] for part in of]

    assert only(guids(codebook, "1")) == only(guids(renamed, "1"))
    assert not set(only(guids(codebook, "1"))) & set(only(guids(codebook, "2")))


def test_B94_what_xml_cannot_hold_is_replaced() -> None:
    etree = pytest.importorskip("lxml.etree")
    facet = FacetContent(1, "a\x00b", "c\x0bd\ufffe", categories=())
    root = etree.fromstring(codebook_qdc(Codebook((facet,)), study_key="1", version="1"))
    assert root[0][0].get("name") == "a\ufffdb"
    assert root[0][0].find(DESCRIPTION).text == "c\ufffdd\ufffd"


def test_a_qdc_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match="at least one code"):
        codebook_qdc(Codebook(), study_key="1", version="1")


@pytest.mark.parametrize(
    "name",
    [
        'a"; x\r\nSet-Cookie: b=1',
        "../../etc/passwd",
        "Größe 测试",
        "\u202ecod.exe",
        "  ",
        "a" * 999,
    ],
)
def test_B92_a_study_name_cannot_break_out_of_the_file_name(name: str) -> None:
    wanted = file_name(name, "codebook 1", "csv")
    header = download(b"", name=wanted, media_type="text/csv").headers["content-disposition"]
    assert header.isascii()
    assert not {"\r", "\n"} & set(header)
    assert header.count('"') == 2
    assert "/" not in wanted
    assert wanted.endswith(".csv")
    assert len(wanted) < 130
