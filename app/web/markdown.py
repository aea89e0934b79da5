"""Text that people wrote, as safe HTML: Markdown without raw HTML, then an allow-list."""

from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

# No img: a picture from elsewhere would tell its owner who reads the card.
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p",
    "pre", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}}


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table"])


def to_html(text: str) -> Markup:
    """Return Markdown as HTML that can neither run, load nor look like the interface."""
    html = _parser().render(text)
    for level in (2, 1):  # headings in a card stay below the page's own
        html = html.replace(f"<h{level}>", "<h3>").replace(f"</h{level}>", "</h3>")
    return Markup(  # noqa: S704  what nh3 lets through is the point of this function
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer nofollow",
        )
    )
