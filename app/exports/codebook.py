"""PURE: a codebook as CSV and as Markdown, from which Concord reads it back."""

import csv
import io

from app.codebook.content import CategoryContent, Codebook, FacetContent, FacetScale
from app.codebook.files import COLUMNS, FURTHER_COLUMNS, GATE_COLUMNS
from app.codebook.gates import gate_by_names
from app.codebook.markdown_layout import write_markdown
from app.text import safe_cell


def codebook_csv(codebook: Codebook) -> bytes:
    """Return one row for each category, safe to open in a spreadsheet.

    The columns of the contract always; a column for scales, descriptions of facets, gates or near
    misses only when there is one to tell. Facets without categories are left out.
    """
    facets = codebook.facets
    has = {
        "scale": any(facet.scale is not FacetScale.NOMINAL for facet in facets),
        "facet_description": any(facet.description for facet in facets),
        **dict.fromkeys(GATE_COLUMNS, any(facet.gate for facet in facets)),
        "near_misses": any(one.near_misses for facet in facets for one in facet.categories),
    }
    columns = [*COLUMNS, *(name for name in FURTHER_COLUMNS if has[name])]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for facet in facets:
        for category in facet.categories:
            cells = {**_cells(facet, category), **gate_by_names(facet.gate, facets)}
            writer.writerow([safe_cell(cells[name]) for name in columns])
    return text.getvalue().encode()


def _cells(facet: FacetContent, category: CategoryContent) -> dict[str, str]:
    parent = facet.category(category.parent_id) if category.parent_id is not None else None
    return {
        "facet": facet.name,
        "choice": facet.choice,
        "name": category.name,
        "description": category.brief,
        "definition": category.definition,
        "inclusion": category.inclusion,
        "exclusion": category.exclusion,
        "examples": category.examples,
        "color": str(category.tone),
        "parent": parent.name if parent else "",
        "id": category.external_id,
        "scale": facet.scale,
        "facet_description": facet.description,
        "near_misses": category.near_misses,
    }


def codebook_markdown(codebook: Codebook, study_name: str) -> bytes:
    """Return the codebook as a readable text with headings."""
    return write_markdown(codebook, study_name).encode()
