"""PURE: matplotlib's SVG made fit for the page: attributes for styles, words for screen readers."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, register_namespace, tostring

from defusedxml.ElementTree import fromstring

FONTS = "Hanken Grotesk, system-ui, sans-serif"
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_PIXELS_PER_POINT = 4 / 3
_POINTERS = ("clip-path", _HREF)
# The page's policy forbids style elements and attributes; these properties have an attribute.
_KEPT = {
    "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap",
    "stroke-linejoin", "opacity", "font-size", "font-weight", "text-anchor",
}  # fmt: skip

register_namespace("", "http://www.w3.org/2000/svg")
register_namespace("xlink", "http://www.w3.org/1999/xlink")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a figure says to those who do not see it."""

    title: str
    description: str


def page_svg(
    drawn: bytes, wording: Wording, words: Mapping[str, str], tones: Mapping[str, str]
) -> bytes:
    """Return an SVG without styles and with ids of its own, to stand in a page with others.

    `words` are the true words of the groups in which boxes stand for characters; each colour gets
    a class with its name (`fill-ink`), by which a page can follow its theme.
    """
    root = fromstring(drawn)
    named = {colour: name for name, colour in tones.items()}
    own = hashlib.sha256(drawn + repr((wording, words)).encode()).hexdigest()[:10]
    for part in root.iter():
        _restore_words(part, words)
        _style_to_attributes(part, named)
    _own_ids(root, own)
    _drop_unneeded(root)
    _describe(root, wording, own)
    text: str = tostring(root, encoding="unicode")
    return text.encode()


def _restore_words(part: Element, words: Mapping[str, str]) -> None:
    true = words.get(part.get("id", ""))
    if true is not None:
        for text in part.iter(f"{_SVG}text"):
            text.text = true


def _style_to_attributes(part: Element, named: Mapping[str, str]) -> None:
    classes = []
    for name, value in _declarations(part.attrib.pop("style", "")):
        if name not in _KEPT:
            continue
        part.set(name, value.removesuffix("px"))
        if name in ("fill", "stroke") and value in named:
            classes.append(f"{name}-{named[value]}")
    if part.get("font-weight") == "700":
        part.set("font-weight", "600")
    if classes:
        part.set("class", " ".join(classes))


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        if value:
            yield name.strip(), value.strip()


def _own_ids(root: Element, own: str) -> None:
    """Keep only the ids that something points to, and make them differ from other figures'."""
    targets = set()
    for part in root.iter():
        for pointer in _POINTERS:
            target = part.get(pointer, "").removeprefix("url(").removesuffix(")").lstrip("#")
            if target:
                targets.add(target)
                part.set(pointer, part.attrib[pointer].replace(f"#{target}", f"#{own}-{target}"))
    for part in root.iter():
        name = part.attrib.pop("id", None)
        if name in targets:
            part.set("id", f"{own}-{name}")


def _drop_unneeded(root: Element) -> None:
    for above in list(root.iter()):
        for part in list(above):
            is_empty = part.tag in (f"{_SVG}defs", f"{_SVG}g") and not len(part)
            if part.tag in (f"{_SVG}metadata", f"{_SVG}style") or is_empty:
                above.remove(part)


def _describe(root: Element, wording: Wording, own: str) -> None:
    _, _, width, height = (float(number) for number in root.get("viewBox", "").split())
    root.set("width", f"{width * _PIXELS_PER_POINT:g}")
    root.set("height", f"{height * _PIXELS_PER_POINT:g}")
    root.set("font-family", FONTS)
    root.set("stroke-linejoin", "round")
    root.set("role", "img")
    root.set("aria-labelledby", f"{own}-title {own}-desc")
    title = Element(f"{_SVG}title", {"id": f"{own}-title"})
    title.text = wording.title
    description = Element(f"{_SVG}desc", {"id": f"{own}-desc"})
    description.text = wording.description
    root.insert(0, title)
    root.insert(1, description)
