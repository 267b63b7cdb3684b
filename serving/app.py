"""The application, from its settings."""

import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from models.domain.errors import HoldfastError
from serving import openapi
from serving.access.audit import AuditTrail, close
from serving.access.buckets import Buckets
from serving.access.gate import Crowd, Door, gated
from serving.access.guard import guard
from serving.access.hosts import check_may_listen
from serving.access.key_ring import KeyRing, keep_fresh, read_ring
from serving.as_of import Patience
from serving.current import load_into, naming_release
from serving.incentives.asking import role_of, terms_in_force
from serving.incentives.keeping import check_currency, open_for, tend
from serving.incentives.known_caps import KnownCaps
from serving.operation.beside import beside
from serving.operation.logs import answers_to
from serving.operation.metrics import Metrics
from serving.operation.observer import Told, observed
from serving.page import page_templates
from serving.problems import answer_with_problems
from serving.releases import Releases, watch
from serving.routes import (
    at_risk,
    complaints,
    contact_calendar,
    customers,
    events,
    health,
    incentives,
    ledger,
    metrics,
    scores,
)
from serving.settings import Settings
from serving.straight import straight

VERSION = "0.1.0"
STATIC = Path(__file__).parent / "pages" / "static"


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Clock = Callable[[], int]


def system_clock() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1_000


def create_app(settings: Settings, clock: Clock = system_clock) -> FastAPI:
    """Build the application; it loads `settings.serving_dir` when it starts.

    Raises `InvalidSetting` when it is to listen beyond this machine and there are no keys, and
    `KeysUnavailable`. With no release it starts all the same, and every answer that needs one is a problem
    that says what to do.
    """
    ring = read_ring(settings.keys_url, clock)
    check_may_listen(settings.host, has_keys=ring.has_keys)
    trail = AuditTrail(settings.audit_dir, clock)
    app = FastAPI(
        title="Holdfast",
        summary="Who is about to leave, what each is worth, and how much may be spent to keep them.",
        version=VERSION,
        docs_url=None,  # FastAPI's pages load scripts from elsewhere
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # nothing is sent anywhere
        redirect_slashes=False,  # a redirect would repeat whatever host the request names
        lifespan=_lifespan(settings, ring, trail),
    )
    app.state.settings = settings
    app.state.patience = Patience(settings.run_stands_hours, settings.stale_after_hours)
    app.state.templates = page_templates()
    app.state.metrics = Metrics()
    app.state.ledger, app.state.budgets_of = None, ""
    app.state.caps = KnownCaps()
    app.state.terms_of, app.state.role_of = terms_in_force, role_of
    _add_routes(app, trail)
    answer_with_problems(app)
    openapi.describe(app)
    _stand_before(app, settings, ring)
    return app


def _lifespan(settings: Settings, ring: KeyRing, trail: AuditTrail) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as ending:  # whatever one of them raises, the others are closed too
            ending.callback(close, trail)
            try:
                releases = _opened(app, settings, ending)
            except HoldfastError as error:
                app.state.refused = error
                raise
            tasks = (
                keep_fresh(ring, app.state.metrics),
                watch(releases, settings.reload_seconds, app.state.metrics),
                tend(app, settings.ledger_url),
            )
            async with beside(*tasks):
                yield

    return lifespan


def _opened(app: FastAPI, settings: Settings, ending: AsyncExitStack) -> Releases:
    """Open store, release and ledger, to be closed at the end. Raises what opening them raises."""
    releases = load_into(app, settings)
    releases.check = partial(check_currency, app)
    ending.callback(releases.store.close)
    ending.callback(_close_ledger, app)
    open_for(app, settings.ledger_url)
    return releases


def _close_ledger(app: FastAPI) -> None:
    """Close the ledger, if there ever was a release to open it for."""
    if app.state.ledger is not None:
        app.state.ledger.close()


def _add_routes(app: FastAPI, trail: AuditTrail) -> None:
    """Every route behind its guard, the ones that FastAPI made itself included.

    As routes of the application itself: an included router would look for each request's route twice.
    """
    made = app.router.routes[:]
    app.router.routes.clear()
    for routes in (  # looked for in this order, so that what is asked most is found first
        customers,
        scores,
        incentives,
        events,
        at_risk,
        complaints,
        contact_calendar,
        ledger,
        health,
        metrics,
    ):
        app.router.routes.extend(routes.router.routes)
    app.router.routes.extend(made)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.router.routes[:] = [guard(route, trail, app.state.metrics) for route in app.router.routes]


def _stand_before(app: FastAPI, settings: Settings, ring: KeyRing) -> None:
    """Put the door around everything, and the observer around the door: it sees what the door refuses."""
    door = Door(
        ring=ring,
        without_key=settings.without_key,
        buckets=Buckets(settings.requests_per_second),
        most_at_once=settings.most_at_once,
        largest_body=settings.largest_body,
        body_seconds=settings.body_seconds,
    )
    tell: Told = answers_to(sys.stderr) if settings.log_requests else _say_nothing
    inner = naming_release(straight(app, app.build_middleware_stack()))
    app.middleware_stack = observed(gated(inner, door, Crowd()), app.state.metrics, tell)


def _say_nothing(*_: object) -> None:
    """For whoever wants no line for each answer."""
