"""What others wrote is served exactly as they published it, with its licence beside it."""

import base64
import hashlib
import tomllib
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
LIST = STATIC / "vendor" / "VENDORED.toml"
ENTRIES = tomllib.loads(LIST.read_text(encoding="utf-8"))
ASSETS = ENTRIES["asset"]


def sri(path: Path) -> str:
    digest = hashlib.sha384(path.read_bytes()).digest()
    return "sha384-" + base64.b64encode(digest).decode()


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: asset["file"])
def test_every_asset_is_byte_for_byte_the_published_one(asset: dict[str, str]) -> None:
    assert sri(STATIC / asset["file"]) == asset["sha384"]


@pytest.mark.parametrize("asset", ASSETS + ENTRIES["derived"], ids=lambda asset: asset["file"])
def test_every_asset_names_its_origin_and_carries_its_licence(asset: dict[str, str]) -> None:
    assert {"name", "version", "origin", "licence"} <= asset.keys()
    assert "://" not in asset["origin"], "an npm package name, not an address"
    assert (STATIC / asset["file"]).is_file()
    assert len((STATIC / asset["licence_file"]).read_text(encoding="utf-8")) > 200


def test_nothing_lies_in_vendor_or_fonts_that_is_not_listed() -> None:
    listed = {
        STATIC / entry[key]
        for entry in ASSETS + ENTRIES["derived"]
        for key in ("file", "licence_file")
    }
    found = {
        path
        for folder in ("vendor", "fonts")
        for path in (STATIC / folder).rglob("*")
        if path.is_file()
    }
    assert found - listed == {LIST}


def test_the_version_of_a_script_stands_in_its_file_name() -> None:
    scripts = [asset for asset in ASSETS if asset["file"].endswith(".js")]
    assert scripts
    assert all(asset["version"] in asset["file"] for asset in scripts)


def test_htmx_says_the_version_it_is_listed_with() -> None:
    htmx = next(asset for asset in ASSETS if asset["name"] == "htmx")
    assert f'version="{htmx["version"]}"' in (STATIC / htmx["file"]).read_text(encoding="utf-8")
