"""HTML to text: what a reader sees, without scripts, styles and frames."""

import re
from html.parser import HTMLParser

from app.sources.extraction.extracted import Extracted, Writer

_SKIPPED = frozenset(
    {
        *("script", "style", "template", "noscript", "svg", "math", "iframe", "object", "title"),
        *("select", "textarea", "canvas", "audio", "video", "map"),
    }
)
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "details"),
        *("dialog", "div", "dl", "fieldset", "figcaption", "figure", "footer", "form", "header"),
        *("hr", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "ul"),
        *("tbody", "tfoot", "thead"),
    }
)
_TIGHT = frozenset({"li", "tr", "dt", "dd", "option"})
_LISTS = frozenset({"ol", "ul", "menu"})
_HEADING = re.compile("h[1-6]")
_SPACES = re.compile("[ \t\n\r\f]+")
_AROUND_BREAKS = re.compile(" *\n *")
_DEEPEST_LIST = 20


def read_html(html: str) -> Extracted:
    """Return the text of a page; an image is left out, its alternative text stays."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.flush()
    return reader.writer.result()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.writer = Writer()
        self._line: list[str] = []
        self._level = 0
        self._is_tight = False
        self._n_pre = 0
        self._skipping: list[str] = []
        self._lists: list[int | None] = []
        self._prefix = ""
        self._n_cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipping:
            self._skipping += [tag] if tag == self._skipping[0] else []
        elif tag in _SKIPPED:
            self._skipping = [tag]
        elif tag == "br":
            self._line.append("\n")
        elif tag == "img":
            self._line.append(f" {dict(attrs).get('alt') or ''} ")
        elif tag in {"td", "th"}:
            self._line += ["\t"] if self._n_cells else []
            self._n_cells += 1
        else:
            self._begin(tag)

    def _begin(self, tag: str) -> None:
        if tag in _LISTS and len(self._lists) < _DEEPEST_LIST:
            self.flush()
            self._lists.append(0 if tag == "ol" else None)
        elif tag in _TIGHT:
            self.flush()
            self._is_tight = True
            self._n_cells = 0
            self._prefix = self._item_mark() if tag == "li" else ""
        elif _HEADING.fullmatch(tag):
            self.flush()
            self._level = int(tag[1])
        elif tag in _BLOCKS:
            self.flush()
            self._n_pre += tag == "pre"

    def _item_mark(self) -> str:
        if not self._lists:
            return "- "
        number = self._lists[-1]
        if number is not None:
            self._lists[-1] = number + 1
        indent = "  " * (len(self._lists) - 1)
        return f"{indent}- " if number is None else f"{indent}{number + 1}. "

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            if tag == self._skipping[0]:
                self._skipping.pop()
            return
        if tag not in _BLOCKS and tag not in _TIGHT and not _HEADING.fullmatch(tag):
            return
        self.flush()
        if tag in _LISTS and self._lists:
            self._lists.pop()
            self._prefix, self._is_tight = "", bool(self._lists)
        self._n_pre -= tag == "pre" and self._n_pre > 0
        if tag in _TIGHT:
            self._is_tight, self._prefix = bool(self._lists), ""

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._line.append(data if self._n_pre else _SPACES.sub(" ", data))

    def flush(self) -> None:
        """End the block: what was read since the last one stands together."""
        text = "".join(self._line)
        self._line = []
        if not self._n_pre:
            lines = _AROUND_BREAKS.sub("\n", re.sub(" {2,}", " ", text))
            text = lines.strip()
        if text.strip():
            self.writer.add(self._prefix + text, level=self._level, is_tight=self._is_tight)
            self._prefix = "  " * len(self._lists) if self._prefix else ""
        self._level = 0
        if not self._lists:
            self._is_tight = False
