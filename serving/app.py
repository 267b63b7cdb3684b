"""The application, from its settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from serving import openapi
from serving.access import Gate, check_listens_here_only
from serving.current import load_into
from serving.page import page_templates
from serving.problems import answer_with_problems
from serving.routes import at_risk, complaints, contact_calendar, customers, health, scores
from serving.settings import Settings

VERSION = "0.1.0"
STATIC = Path(__file__).parent / "pages" / "static"


def create_app(settings: Settings) -> FastAPI:
    """Build the application; it loads `settings.serving_dir` when it starts.

    Raises `InvalidSetting` when it is to listen beyond this machine. With no release it starts all the
    same, and every answer that needs one is a problem that says what to do.
    """
    check_listens_here_only(settings.host)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        load_into(app, settings)
        yield

    app = FastAPI(
        title="Holdfast",
        summary="Who is about to leave, what each is worth, and how much may be spent to keep them.",
        version=VERSION,
        docs_url=None,  # FastAPI's pages load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        responses=openapi.RESPONSES,
    )
    app.state.settings = settings
    app.state.templates = page_templates()
    for routes in (scores, customers, at_risk, complaints, contact_calendar, health):
        app.router.routes.extend(routes.router.routes)  # an included router would look twice
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Gate)
    answer_with_problems(app)
    openapi.describe(app)
    return app
