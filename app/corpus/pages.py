"""What the pages about cards show."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from app.corpus.models import Card
from app.corpus.search import CardFilter
from app.studies.progress import Panel

EXCERPT = 280

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as it is shown; `url` leads to its own page once it has one."""

    key: str
    title: str
    text: str
    source_url: str
    source_host: str
    attributes: tuple[tuple[str, str], ...]
    lang: str | None
    url: str = ""

    @property
    def excerpt(self) -> str:
        flat = " ".join(self.text.split())
        return flat if len(flat) <= EXCERPT else f"{flat[:EXCERPT].rstrip()}…"


@dataclass(frozen=True, slots=True)
class CardsPage:
    """The list of cards with its search."""

    cards: tuple[CardView, ...]
    total: int
    n_in_study: int
    page_no: int
    n_pages: int
    urls: Mapping[int, str]
    wanted: CardFilter
    chosen_attribute: str
    attributes: Mapping[str, Sequence[tuple[str, str]]]
    url: str
    import_url: str
    sources_url: str
    alike_url: str
    n_aside: int
    may_import: bool
    error: str


@dataclass(frozen=True, slots=True)
class CardPage:
    """One card with the ways to its neighbours."""

    card: CardView
    previous_url: str
    next_url: str
    list_url: str
    life_url: str
    url: str
    aside_at: datetime | None
    aside: str
    may_set_aside: bool
    panels: tuple[Panel, ...]


def view(
    key: str,
    title: str,
    text: str,
    source_url: str,
    attributes: Mapping[str, str],
    url: str = "",
) -> CardView:
    return CardView(
        key=key,
        title=title,
        text=text,
        source_url=source_url,
        source_host=urlsplit(source_url).hostname or "" if source_url else "",
        attributes=tuple((name, value) for name, value in attributes.items() if value),
        lang=language_of(attributes),
        url=url,
    )


def view_of(card: Card, url: str) -> CardView:
    return view(card.key, card.title, card.text, card.source_url, card.attributes, url)


def language_of(attributes: Mapping[str, str]) -> str | None:
    """Return the language a card says its text is in, for hyphens, quotes and line breaks."""
    for name, value in attributes.items():
        if name.strip().lower() in {"language", "lang"} and _LANGUAGE.fullmatch(value.strip()):
            return value.strip()
    return None


def query_of(wanted: CardFilter, page_no: int = 1) -> str:
    """Return the part of an address that asks for these cards."""
    asked = {
        "search": wanted.search,
        "attribute": f"{wanted.attribute}={wanted.value}" if wanted.attribute else "",
        "source": {True: "with", False: "without", None: ""}[wanted.has_source],
        "aside": {True: "only", False: "", None: "all"}[wanted.is_set_aside],
        "page": str(page_no) if page_no > 1 else "",
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"?{query}" if query else ""


def pages_worth_a_link(page_no: int, n_pages: int) -> list[int]:
    """Return the first, the last and those around the page."""
    near = range(max(1, page_no - 2), min(n_pages, page_no + 2) + 1)
    return sorted({1, n_pages, *near})
