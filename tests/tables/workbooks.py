"""Small XLSX workbooks, made part by part."""

import io
import zipfile

import pytest

from app.errors import ConcordError, Invalid
from app.tables.readers import read_table
from app.tables.table import Table

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADER = '<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>text</v></c></row>'
STYLES = """<numFmts><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/>
<numFmt numFmtId="165" formatCode="[h]:mm"/>
<numFmt numFmtId="166" formatCode="0.0&quot;days&quot;"/>
<numFmt numFmtId="167" formatCode="[$-407]yyyy-mm-dd hh:mm"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>
<xf numFmtId="164"/><xf numFmtId="20"/><xf numFmtId="165"/><xf numFmtId="166"/>
<xf numFmtId="167"/></cellXfs>"""


def workbook(
    rows: str, *, strings: str = "", sheets: int = 1, properties: str = "", **more: str | bytes
) -> bytes:
    """Return a small XLSX whose sheets all hold the rows."""
    listed = "".join(
        f'<sheet name="Sheet {i}" sheetId="{i}" r:id="r{i}"/>' for i in range(1, sheets + 1)
    )
    targets = "".join(
        f'<Relationship Id="r{i}" Type="{LINKS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, sheets + 1)
    )
    parts: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships {PACKAGE}><Relationship Id="r0" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{LINKS}"><workbookPr {properties}/>'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships {PACKAGE}>{targets}</Relationships>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{strings}</sst>",
        "xl/styles.xml": f"<styleSheet {MAIN}>{STYLES}</styleSheet>",
    }
    for i in range(1, sheets + 1):
        parts[f"xl/worksheets/sheet{i}.xml"] = (
            f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
        )
    return package(parts | more)


def package(parts: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def cell(inner: str, attributes: str = "") -> str:
    return HEADER + f'<row r="2"><c r="A2"><v>1</v></c><c r="B2" {attributes}>{inner}</c></row>'


def read(content: bytes, file_name: str = "cards.xlsx", sheet: str | None = None) -> Table:
    return read_table(content, file_name=file_name, sheet=sheet)


def refusal(content: bytes, kind: type[ConcordError] = Invalid) -> str:
    with pytest.raises(kind) as refused:
        read(content)
    return refused.value.message


def shown(inner: str, attributes: str = "", **more: str) -> str:
    return read(workbook(cell(inner, attributes), **more)).rows[0][1]
