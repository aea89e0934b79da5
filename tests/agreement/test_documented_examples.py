"""The examples in the documentation of the engine give what they show."""

import doctest
import importlib
import pkgutil

import pytest

import app.agreement

MODULES = sorted(
    module.name.removeprefix("app.agreement.")
    for module in pkgutil.walk_packages(app.agreement.__path__, "app.agreement.")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name):
    outcome = doctest.testmod(importlib.import_module(f"app.agreement.{name}"))
    assert outcome.failed == 0


def test_the_examples_are_found():
    modules = [importlib.import_module(f"app.agreement.{name}") for name in MODULES]
    assert sum(doctest.testmod(module).attempted for module in modules) > 50
