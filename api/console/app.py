"""The console as an application of its own, mounted beside the API: its pages are in no API document."""

from __future__ import annotations

from fastapi import FastAPI

from api.console import problems
from api.console.compression import CompressedFiles, CompressedPages
from api.console.inquiries import Inquiries
from api.console.pages import (
    agreements,
    appeals,
    ask,
    atmosphere,
    audit,
    backtests,
    card_links,
    cards,
    cases,
    circles,
    door,
    drafting,
    event_reminders,
    events,
    exchange,
    exchange_figures,
    hooks,
    jobs,
    keys,
    library,
    library_changes,
    loan,
    loans,
    me,
    measures,
    messages,
    model,
    moderation,
    my_boards,
    my_data,
    my_events,
    my_exchange,
    my_feedback,
    my_introductions,
    opinions,
    overview,
    pairs,
    partners,
    people,
    plan_changes,
    plan_editor,
    plans,
    point_ledger,
    preferences,
    recognition,
    rewards,
    rotations,
    searching,
    seatings,
    settings,
    setup,
    sign_in,
    start,
    teams,
    thresholds,
    topics,
    weekly,
)
from api.console.searches import Searches
from copilot.jobs import Jobs
from copilot.services import Services

_PAGES = (
    sign_in, setup, start, overview, moderation, cases, opinions, appeals, atmosphere, weekly, messages, jobs, audit,
    preferences, ask, plans, plan_changes, plan_editor, events, event_reminders, door, topics, settings, thresholds, pairs, drafting,
    model, keys, hooks, recognition, point_ledger, rewards, measures, backtests, exchange,
    me, my_introductions, my_events, my_data, people, teams, seatings, rotations,
    exchange_figures, library, library_changes, loans, partners, cards, circles, searching,
    my_exchange, loan, agreements, my_feedback, my_boards, card_links,
)  # fmt: skip


def create_console(services: Services, jobs_client: Jobs, local_token: str) -> FastAPI:
    """Return the console; `local_token` is what links for a first community are signed with."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.services = services
    app.state.jobs = jobs_client
    app.state.local_token = local_token
    app.state.used_setups = set()
    app.state.inquiries = Inquiries()
    app.state.searches = Searches()
    problems.install(app)
    for page in _PAGES:
        app.include_router(page.router)
    app.mount("/static", CompressedFiles())
    app.add_middleware(CompressedPages)
    return app
