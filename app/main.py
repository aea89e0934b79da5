"""The one place that joins features, middleware and job work into an application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from app.accounts.deps import shell_for
from app.accounts.preference_routes import router as preferences
from app.accounts.routes import router as accounts
from app.alignment import history as alignment_history
from app.alignment.look_routes import router as looking
from app.alignment.routes import router as alignment
from app.calculator.routes import router as calculator
from app.codebook import history as codebook_history
from app.codebook.beside import NoteFinder
from app.codebook.import_routes import router as codebook_import
from app.codebook.lineage_routes import router as codebook_lineage
from app.codebook.routes import router as codebook
from app.codebook.version_routes import router as codebook_versions
from app.coding import history as coding_history
from app.coding.board_routes import router as board
from app.coding.bootstrapping import BOOTSTRAP, bootstrap_in_background
from app.coding.hand_in_routes import router as hand_in
from app.coding.like_it import router as cards_like_it
from app.coding.own_cards import router as own_cards
from app.coding.own_live import router as own_live
from app.coding.pile_routes import router as own_piles
from app.coding.routes import router as rounds
from app.coding.sort_routes import router as sorting
from app.coding.suggestion_routes import router as suggestions
from app.coding.together_routes import router as moving_together
from app.corpus import history as corpus_history
from app.corpus.beside import CardPanelFinder
from app.corpus.routes import router as cards
from app.corpus.staging import IMPORT_CARDS, import_in_background
from app.db import open_database
from app.evolution import beside as evolution_beside
from app.evolution import history as evolution_history
from app.evolution.clause_routes import router as clauses
from app.evolution.routes import router as evolution
from app.exports.codebook_routes import router as codebook_files
from app.exports.report_routes import router as report_files
from app.exports.routes import router as exports
from app.help.routes import router as help_pages
from app.jobs.runner import JobWork, Runner
from app.negotiation import history as negotiation_history
from app.negotiation.agenda.routes import router as agenda
from app.negotiation.item.proposal_routes import router as proposals
from app.negotiation.item.routes import router as negotiation
from app.negotiation.item.statement_routes import router as statements
from app.negotiation.item.talk_routes import router as talk
from app.negotiation.meeting.live import router as live
from app.negotiation.meeting.routes import router as meetings
from app.reports.course_routes import router as course
from app.reports.routes import router as agreement
from app.reports.what_if_routes import router as what_if
from app.resolution import next_steps
from app.resolution.aligning_routes import router as aligning
from app.resolution.label_routes import router as labels
from app.resolution.life_routes import router as card_lives
from app.resolution.progress_live import router as progress_live
from app.resolution.round_routes import router as round_pages
from app.resolution.summary_routes import router as negotiation_summary
from app.settings import Settings
from app.sources import beside as sources_beside
from app.sources import history as sources_history
from app.sources.recut_routes import router as recutting
from app.sources.routes import router as sources
from app.studies.invitation_routes import router as invitations
from app.studies.member_routes import router as members
from app.studies.progress import PanelFinder, StageFinder, StepFinder
from app.studies.routes import router as studies
from app.web import errors
from app.web.assets import Assets
from app.web.render import resource
from app.web.security import Guard
from app.web.streams import Streams

# Routes are tried in this order, and a coder's save is what happens most.
ROUTERS: tuple[APIRouter, ...] = (
    sorting,
    board,
    moving_together,
    hand_in,
    own_piles,
    own_cards,
    own_live,
    cards_like_it,
    suggestions,
    accounts,
    preferences,
    studies,
    members,
    invitations,
    recutting,
    cards,
    sources,
    codebook,
    codebook_versions,
    codebook_import,
    codebook_lineage,
    evolution,
    clauses,
    codebook_files,
    agenda,
    negotiation,
    statements,
    talk,
    proposals,
    live,
    meetings,
    labels,
    card_lives,
    negotiation_summary,
    rounds,
    round_pages,
    progress_live,
    aligning,
    looking,
    alignment,
    agreement,
    course,
    what_if,
    report_files,
    exports,
    calculator,
    help_pages,
)
# Each declares, on import, what the audit trail says of its own kinds of activity.
HISTORIES = (
    corpus_history,
    sources_history,
    codebook_history,
    coding_history,
    negotiation_history,
    evolution_history,
    alignment_history,
)
WORKS: dict[str, JobWork] = {
    IMPORT_CARDS: import_in_background,
    BOOTSTRAP: bootstrap_in_background,
}
# What a study waits for, the most pressing first; see `studies.progress`.
NEXT_STEPS: tuple[StepFinder, ...] = (
    next_steps.sorting_step,
    next_steps.leading_step,
    next_steps.talking_step,
    next_steps.preparing_step,
)
STAGES: tuple[StageFinder, ...] = (
    next_steps.cards_stage,
    next_steps.codebook_stage,
    next_steps.rounds_stage,
    next_steps.negotiation_stage,
    next_steps.report_stage,
)
PANELS: tuple[PanelFinder, ...] = (next_steps.rounds_panel,)
# What is shown beside a card; see `corpus.beside`.
CARD_PANELS: tuple[CardPanelFinder, ...] = (sources_beside.origin_panel,)
# What is shown beside the codebook; see `codebook.beside`.
CODEBOOK_PANELS: tuple[PanelFinder, ...] = (evolution_beside.decided_panel,)
CODEBOOK_NOTES: tuple[NoteFinder, ...] = (evolution_beside.rules_behind,)


def create_app(settings: Settings) -> FastAPI:
    """Return Concord as an ASGI application over the database the settings name."""
    app = GuardedApp(
        title="Concord", openapi_url=None, docs_url=None, redoc_url=None, lifespan=_lifespan
    )
    app.state.settings = settings
    app.state.database = open_database(settings)
    app.state.jobs = Runner(app.state.database, WORKS)
    app.state.streams = Streams()
    app.state.shell_for = shell_for
    app.state.next_steps = list(NEXT_STEPS)
    app.state.stages = list(STAGES)
    app.state.panels = list(PANELS)
    app.state.card_panels = list(CARD_PANELS)
    app.state.codebook_panels = list(CODEBOOK_PANELS)
    app.state.codebook_notes = list(CODEBOOK_NOTES)
    errors.install(app)
    app.router.routes.extend(_routes())
    app.mount("/static", Assets(directory=resource("static")), name="static")
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Return the routes of all features, shared by every application of the process.

    FastAPI works a route out when it is first asked for, a quarter of a second for all of them:
    nothing for a server, but half the time of a test that makes an application of its own.
    """
    everything = APIRouter()
    for router in ROUTERS:
        everything.include_router(router)
    return tuple(everything.routes)


class GuardedApp(FastAPI):
    """Puts the guard around everything: the page of an unforeseen error is drawn outermost."""

    def build_middleware_stack(self) -> ASGIApp:
        return Guard(super().build_middleware_stack(), self.state.settings)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.jobs.start()
    yield
    app.state.jobs.stop()
    app.state.streams.close()
    app.state.database.close()
