"""What is installed: the lock files, and a wheel that works without the checkout."""

import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project import ROOT, files

PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^ ;]+)(?P<rest>[^\\]*)\\$", re.MULTILINE)
BUNDLED = ("migrations", "seed_data", "static", "templates")


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {canonicalize_name(pin["name"]): pin["version"] for pin in PIN.finditer(text)}


def stale(lock: str, requirements: list[str]) -> list[str]:
    """The requirements that no pin of the lock file meets."""
    pinned = pins(lock)
    wanted = [Requirement(one) for one in requirements]
    return [
        str(one)
        for one in wanted
        if not one.specifier.contains(pinned.get(canonicalize_name(one.name), "0"))
    ]


@pytest.fixture(scope="module")
def pyproject() -> dict[str, dict[str, list[str]]]:
    result: dict[str, dict[str, list[str]]] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return result


def test_the_lock_meets_every_requirement_or_make_lock_was_forgotten(
    pyproject: dict[str, dict[str, list[str]]],
) -> None:
    groups = pyproject["dependency-groups"]
    needed = pyproject["project"]["dependencies"] + groups["build"]
    assert stale("requirements.lock", needed) == []
    assert stale("requirements-dev.lock", needed + groups["dev"]) == []


def test_the_build_backend_is_the_locked_one(
    pyproject: dict[str, dict[str, list[str]]],
) -> None:
    assert pyproject["build-system"]["requires"] == pyproject["dependency-groups"]["build"]


def test_tests_run_with_the_versions_that_users_get() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[\w])", text)[1:]
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "index" not in text


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Concord's wheel, built by the locked backend without asking any host."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return next(folder.glob("*.whl"))


def test_a_wheel_carries_every_file_that_the_application_reads(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    expected = {
        f"app/_bundle/{path.relative_to(ROOT).as_posix()}"
        for path in chain.from_iterable(files(under=ROOT / folder) for folder in BUNDLED)
    }
    assert expected - inside == set()


def test_a_wheel_carries_the_licence_and_nothing_but_the_application(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = archive.namelist()
    assert any(name.endswith("/licenses/LICENSE") for name in inside)
    assert {name.split("/")[0].partition("-")[0] for name in inside} == {"app", "concord"}
    assert [name for name in inside if name.endswith(".pyc")] == []


def test_an_installed_wheel_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(target), str(wheel)], check=True)

    def concord(*arguments: str) -> str:
        variables = {"PYTHONPATH": str(target), "CONCORD_DATA_DIR": str(tmp_path / "data")}
        command = [target / "bin" / "concord", *arguments]
        result = subprocess.run(
            command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    assert "0.1.0" in concord("--version")
    concord("migrate")
    assert concord("study", "list", "--json").strip() == "[]"
