"""Rules for scripts, styles and templates that a browser would only show when it is too late."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
STYLES = sorted((STATIC / "css").glob("*.css"))

MARKUP = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
ATTRIBUTE_IN_A_STRING = re.compile(r"""["'](style|on[a-z]+|hx-on[\w:-]*)["']\s*:""")
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b(?=[^{]*[;,)])|\b(?:rgb|rgba|hsl|hsla|hwb|lab|lch|oklab|oklch)\(", re.I
)
CLASSIC_SCRIPTS = {"theme-first.js"}


def named(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda p: str(p.relative_to(ROOT)))


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def without_template_comments(path: Path) -> str:
    return COMMENT.sub("", read(path))


def without_css_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", read(path), flags=re.DOTALL)


class Breaches(HTMLParser):
    """Collects what a strict content security policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.found += [f"<{tag} {name}>" for name in names if name.startswith(("on", "hx-on"))]
        self.found += [f"<{tag} style>"] if "style" in names else []
        self.found += ["<style>"] if tag == "style" else []
        self.found += [
            f"{name}={value}"
            for name, value in attrs
            if (value or "").strip().lower().startswith(("js:", "javascript:"))
        ]
        self.found += [
            f"{name}={value}: a trigger filter needs eval"
            for name, value in attrs
            if name == "hx-trigger" and "[" in (value or "")
        ]
        self.inside_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self.inside_script = False

    def handle_data(self, data: str) -> None:
        if self.inside_script and data.strip():
            self.found.append(f"<script>: {data.strip()[:40]}")


@named(SCRIPTS)
def test_a_script_is_a_small_module_that_leaves_no_globals(path: Path) -> None:
    text = read(path)
    assert len(text.splitlines()) <= 150
    assert not re.search(r"\beval\(|new Function\b|\bwindow\.\w+\s*=[^=]|globalThis", text)
    assert not re.search(r"\.(innerHTML|outerHTML|cssText)\s*=|setAttribute\(.style", text)
    if path.name not in CLASSIC_SCRIPTS:
        assert re.search(r"^(import|export)\b", text, re.MULTILINE)


@named(SCRIPTS)
def test_a_script_imports_only_files_that_exist_here(path: Path) -> None:
    for target in re.findall(r"""(?:from|import)\s*\(?["']([^"']+)["']""", read(path)):
        assert target.startswith("."), f"{target} is not a relative address"
        assert (path.parent / target).resolve().is_file(), target


@named(TEMPLATES)
def test_a_template_holds_no_inline_script_style_or_handler(path: Path) -> None:
    text = without_template_comments(path)
    parser = Breaches()
    parser.feed(MARKUP.sub(" ", text))
    assert parser.found + ATTRIBUTE_IN_A_STRING.findall(text) == []


@named([path for path in STYLES if path.name != "tokens.css"])
def test_colours_are_named_in_tokens_only(path: Path) -> None:
    assert COLOUR.findall(without_css_comments(path)) == []


@named([path for path in STYLES if path.name not in {"tokens.css", "fonts.css"}])
def test_every_rule_lies_in_one_of_the_declared_layers(path: Path) -> None:
    declared = re.search(r"^@layer ([\w, ]+);", read(STATIC / "css" / "tokens.css"), re.MULTILINE)
    assert declared
    layers = re.findall(r"^@layer (\w+) \{$", read(path), re.MULTILINE)
    assert len(layers) == 1
    assert layers[0] in declared[1].split(", ")
    outside = re.sub(r"^@layer .*?^\}$", "", without_css_comments(path), flags=re.M | re.S)
    assert outside.strip() == ""


@named(STYLES)
def test_a_stylesheet_uses_only_tokens_that_are_set_somewhere(path: Path) -> None:
    known = {name for style in STYLES for name in re.findall(r"(--[\w-]+)\s*:", read(style))}
    assert set(re.findall(r"var\((--[\w-]+)", read(path))) <= known


@named(STYLES)
def test_a_stylesheet_asks_only_for_files_that_exist(path: Path) -> None:
    for target in re.findall(r"""url\(["']?([^"')]+)""", without_css_comments(path)):
        assert (path.parent / target).resolve().is_file(), target


def uses(pattern: str) -> Iterator[tuple[Path, str]]:
    for path in TEMPLATES:
        for name in re.findall(pattern, without_template_comments(path)):
            yield path, name


def test_every_static_file_a_template_names_exists() -> None:
    missing = [
        (path.name, name)
        for path, name in uses(r"""static\(["']([^"']+)["']\)""")
        if not (STATIC / name).is_file()
    ]
    assert missing == []


def test_every_icon_a_template_draws_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', read(STATIC / "icons.svg")))
    drawn = [
        *uses(r"""\bicon\(["']([\w-]+)["']"""),
        *uses(r"""\b(?:before|after|icon_name)=["']([\w-]+)["']"""),
        *uses(r"""\bicon_button\([^,()]+,\s*["']([\w-]+)["']"""),
        *uses(r"""icons\.svg'\) \}\}#([\w-]+)"""),
    ]
    assert drawn
    assert [(path.name, name) for path, name in drawn if name not in sprite] == []


def test_every_template_that_is_named_exists() -> None:
    named_templates = uses(r"""(?:from|extends|include|import)\s+["']([\w/.-]+\.html)["']""")
    missing = [
        (path.name, name)
        for path, name in named_templates
        if not (ROOT / "templates" / name).is_file()
    ]
    assert missing == []
