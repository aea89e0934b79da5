"""The one place that joins features, middleware and job work into an application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from app.accounts.routes import router as accounts
from app.db import open_database
from app.jobs.runner import JobWork, Runner
from app.settings import Settings
from app.studies.routes import router as studies
from app.web import errors
from app.web.assets import Assets
from app.web.render import resource
from app.web.security import Guard

ROUTERS: tuple[APIRouter, ...] = (accounts, studies)
WORKS: dict[str, JobWork] = {}


def create_app(settings: Settings) -> FastAPI:
    """Return Concord as an ASGI application over the database the settings name."""
    app = FastAPI(
        title="Concord", openapi_url=None, docs_url=None, redoc_url=None, lifespan=_lifespan
    )
    app.state.settings = settings
    app.state.database = open_database(settings)
    app.state.jobs = Runner(app.state.database, WORKS)
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", Assets(directory=resource("static")), name="static")
    app.add_middleware(Guard, settings=settings)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.jobs.start()
    yield
    app.state.jobs.stop()
    app.state.database.close()
