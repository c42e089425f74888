"""The HTTP service: builds the application around services that were made elsewhere."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.responses import RedirectResponse

from api import errors, examples
from api.console.app import create_console
from api.console.navigation import PREFIX as CONSOLE
from api.deps import KEY_WAYS
from api.middleware import BodyLimit, RateLimit, RequestContext
from api.routes import (
    agreements,
    alerts,
    appeals,
    atmosphere,
    audiences,
    backtests,
    cards,
    care,
    case_exports,
    circles,
    claims,
    decisions,
    endorsements,
    eval_cases,
    event_life,
    events,
    exports,
    introductions,
    loans,
    match_learning,
    matching,
    messages,
    moderation,
    outreach,
    pair_rules,
    partners,
    people,
    plan_versions,
    points,
    policy,
    posts,
    profiles,
    readings,
    reports,
    resource_figures,
    resources,
    rewards,
    seasons,
    seatings,
    signups,
    stars,
    system,
    teams,
    thresholds,
    topics,
    usage,
    webhooks,
    weekly,
    work,
)
from api.streams import Streams
from copilot import __version__
from copilot.jobs import Jobs
from copilot.services import Services

_ABOUT = """Plans, matches, topics, readings and cases for people who run a community.
Nothing is sent, published or sanctioned by itself: every answer is a draft for a person to decide on."""
_PREFIX = "/api/v1/communities/{community}"


def create_app(services: Services, jobs: Jobs, local_token: str = "") -> FastAPI:
    """Return the application; the caller closes services and jobs when it has stopped serving.

    `local_token` lets the machine's owner in from the command line; empty means nobody.
    """
    # Documentation whose scripts and styles come from here: readers may have no internet, and nobody else is told of
    # them. ReDoc is left out (its page asks a foreign host for a logo), and so is the online validator.
    app = FastAPIOffline(
        redoc_url=None, title="Community copilot", version=__version__, description=_ABOUT,
        swagger_ui_parameters={"validatorUrl": None},
    )  # fmt: skip
    app.state.services = services
    app.state.jobs = jobs
    app.state.local_token = local_token
    app.state.streams = Streams()
    errors.install(app)
    app.include_router(system.router, responses={503: errors.RESPONSES[503]})
    app.include_router(exports.feeds, responses={status: errors.RESPONSES[status] for status in (404, 422, 429, 503)})
    app.include_router(
        cards.shared, responses={status: errors.RESPONSES[status] for status in (404, 409, 422, 429, 503)}
    )
    app.include_router(
        partners.letters,
        responses={status: errors.RESPONSES[status] for status in (400, 401, 404, 409, 413, 422, 429, 503)},
    )
    for router in (
        people.router, resources.router, resources.files, loans.router, agreements.router, resource_figures.router, matching.router, audiences.router, events.streamed, events.router, plan_versions.router, exports.secrets, exports.router, event_life.router, signups.router, seatings.router, teams.router, topics.router, outreach.router, posts.router, atmosphere.router, stars.router, weekly.router, alerts.router, moderation.router, readings.router, case_exports.router, messages.router, reports.router, decisions.router, policy.router, appeals.router, care.router, claims.router, thresholds.router, backtests.router,
        work.router, work.uploads, work.keys, usage.router, webhooks.secrets, webhooks.router,
        pair_rules.router, endorsements.router, introductions.router, match_learning.router, profiles.router, eval_cases.router,
        points.router, seasons.router, rewards.router, cards.secrets, cards.router, partners.secrets, partners.router, circles.router,
    ):  # fmt: skip
        app.include_router(router, prefix=_PREFIX, responses=errors.RESPONSES, dependencies=KEY_WAYS)
    # Who types the address alone is a person.
    app.add_route("/", lambda _request: RedirectResponse(f"{CONSOLE}/"), methods=["GET"], include_in_schema=False)
    app.mount(CONSOLE, create_console(services, jobs, local_token))
    examples.install(app)
    settings = services.settings.api
    # The last one added sees the request first.
    app.add_middleware(BodyLimit, settings=settings)
    app.add_middleware(RateLimit, settings=settings)
    app.add_middleware(RequestContext)
    return app
