"""Ben at his desk in an open round, for the tests of sorting."""

import pytest
from fastapi import FastAPI

from tests.coding.desk import Desk, desk_of
from tests.coding.world import World, make_world


@pytest.fixture
def world(app: FastAPI) -> World:
    return make_world(app.state.database)


@pytest.fixture
def ben(app: FastAPI, world: World) -> Desk:
    return desk_of(app, world, "ben")
