"""PURE: a codebook as REFI-QDA (.qdc), which NVivo, MAXQDA, ATLAS.ti and others read."""

import re
import uuid
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from app.codebook.content import CategoryContent, Codebook, FacetContent
from app.codebook.gates import gate_in_words
from app.codebook.tones import colour_of
from app.errors import Invalid

NAMESPACE = "urn:QDA-XML:codebook:1.0"

_OURS = uuid.UUID("8f0c1c2e-3d0b-5b1e-9a57-5c8a2f6f7d10")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKERS = {
    "definition": "Definition:",
    "inclusion": "Inclusion criteria:",
    "exclusion": "Exclusion criteria:",
    "examples": "Examples:",
    "near_misses": "Near misses:",
}
_LOOKS_LIKE_A_MARKER = re.compile(rf"\\*(?:{'|'.join(_MARKERS.values())})\s*")


def codebook_qdc(codebook: Codebook, *, study_key: str, version: str) -> bytes:
    """Return the codebook as QDA-XML 1.0: a facet is a folder, a category a code in it.

    `study_key` names the study for good: the same category gets the same GUID in every export,
    so that a second import into another program merges. Characters XML cannot hold become U+FFFD.
    Raises `Invalid` for a codebook without facets, which the format cannot express.
    """
    if not codebook.facets:
        raise Invalid("There is no facet yet, and a REFI-QDA codebook needs at least one code.")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<CodeBook xmlns={quoteattr(NAMESPACE)} origin={_attribute(f'Concord {version}')}>",
        "<Codes>",
        *(line for facet in codebook.facets for line in _facet(facet, codebook, study_key)),
        "</Codes>",
        "</CodeBook>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _facet(facet: FacetContent, codebook: Codebook, study_key: str) -> Iterator[str]:
    guid = _guid(study_key, "facet", facet.id)
    yield f'<Code guid="{guid}" name={_attribute(facet.name)} isCodable="false">'
    # The format knows no gates, so what is left out of it is said in words.
    gate = gate_in_words(facet.gate, codebook.facets)
    told = [one for one in (facet.description, f"Asked only if {gate}." if gate else "") if one]
    if told:
        text = _text("\n\n".join(told))
        yield f"<Description>{text}</Description>"
    below: dict[int | None, list[CategoryContent]] = {}
    for category in facet.categories:
        below.setdefault(category.parent_id, []).append(category)
    for category in below.get(None, []):
        yield from _category(category, below, study_key)
    yield "</Code>"


def _category(
    category: CategoryContent, below: dict[int | None, list[CategoryContent]], study_key: str
) -> Iterator[str]:
    guid = _guid(study_key, "category", category.id)
    name, colour = _attribute(category.name), colour_of(category.tone).upper()
    yield f'<Code guid="{guid}" name={name} isCodable="true" color="{colour}">'
    description = describe(category)
    if description:
        yield f"<Description>{_text(description)}</Description>"
    for part in below.get(category.id, []):
        yield from _category(part, below, study_key)
    yield "</Code>"


def describe(category: CategoryContent) -> str:
    """Return all that is said about a category as one text with fixed English markers."""
    blocks = [_escaped(category.brief)] if category.brief else []
    for field, marker in _MARKERS.items():
        text = getattr(category, field)
        if field in {"examples", "near_misses"} and text:
            text = "\n".join(f"- {line}" for line in text.split("\n"))
        if text:
            blocks.append(f"{marker}\n{_escaped(text)}")
    return "\n\n".join(blocks)


def _escaped(text: str) -> str:
    """Put a backslash before a line that would be taken for a marker."""
    lines = text.split("\n")
    return "\n".join(f"\\{one}" if _LOOKS_LIKE_A_MARKER.fullmatch(one) else one for one in lines)


def _guid(study_key: str, kind: str, number: int) -> uuid.UUID:
    return uuid.uuid5(_OURS, f"{study_key}/{kind}/{number}")


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text), {"\r": "&#13;"})


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))
