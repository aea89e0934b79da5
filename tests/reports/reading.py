"""Pages as a reader takes them in: text, tables, links, and what a browser would fetch."""

import re
from html.parser import HTMLParser

from fastapi.testclient import TestClient

from tests.factories import sign_in

VOID = {"meta", "link", "input", "br", "img", "hr", "source", "wbr"}
FETCHES = {"src", "srcset", "poster", "data", "action", "formaction", "background"}


class Page(HTMLParser):
    """Collects what is said; `unclosed` names elements left open or closed twice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.requests: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.rows: list[list[str]] = []
        self.unclosed: list[str] = []
        self._open: list[str] = []
        self._cell: list[str] | None = None
        self.feed(html)
        self.unclosed += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = {name: value or "" for name, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag in {"link", "use", "image"} and "href" in found:
            self.requests.append(found["href"])
        self.requests += [value for name, value in found.items() if name in FETCHES]
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"} and self.rows:
            self._cell = []
        if tag == "br":
            self.handle_data(" ")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unclosed.append(f"/{tag}")
        if tag in {"td", "th"} and self._cell is not None:
            self.rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in {"style", "script"}:
            self.requests += re.findall(r"url\([^)]*\)|@import[^;]*", data)
            return
        self.words.append(data)
        if self._cell is not None:
            self._cell.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def row(self, start: str) -> list[str]:
        """Return the first table row whose first cell begins like this."""
        return next(row for row in self.rows if row and row[0].startswith(start))


def says_nan(text: str) -> bool:
    """Whether a number that is none, or the absence of one, was printed as such."""
    return re.search(r"\b(?:nan|NaN|inf|None(?! of these)|null)\b", text) is not None


def page_of(client: TestClient, url: str, name: str = "Ada") -> Page:
    answer = sign_in(client, name).get(url)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)
