"""Rules tried on past decisions before anybody switches them on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.deps import CallerDep, Cursor, JobsDep, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf, list_of
from copilot.errors import CopilotError
from copilot.moderation.calibrating.backtest_models import BacktestSpec, BacktestView

router = APIRouter(tags=["moderation"], route_class=IdempotentRoute)
BacktestId = Annotated[str, Path(max_length=64, description="id of a back-test")]


class BacktestIn(Body, BacktestSpec):
    """What to try: a cut, a pattern, a detector or a model, on decisions and on the latest messages."""


@router.post("/backtests", status_code=202)
def start_backtest(caller: CallerDep, jobs: JobsDep, body: BacktestIn) -> BacktestView:
    """Try a rule on past decisions in the background; watch or cancel the job it answers with. It switches nothing on."""
    caller.actor.require("moderation:terms")
    desk = caller.services.calibration.backtests
    backtest_id = desk.ask(caller.community_id, BacktestSpec(**dict(body)), actor=caller.actor.key_id)
    try:
        job = jobs.submit(caller.community_id, "backtest", {"backtest_id": backtest_id}, created_by=caller.actor.key_id)
    except CopilotError:
        desk.drop(caller.community_id, backtest_id)
        raise
    return desk.note_job(caller.community_id, backtest_id, job.id)


@router.get("/backtests")
def list_backtests(caller: CallerDep, cursor: Cursor = None, limit: Limit = 50) -> ListOf[BacktestView]:
    """List back-tests, newest first, without the words of messages."""
    caller.actor.require("moderation:read")
    return list_of(caller.services.calibration.backtests.page(caller.community_id, limit=limit, cursor=cursor))


@router.get("/backtests/{backtest_id}")
def get_backtest(caller: CallerDep, backtest_id: BacktestId) -> BacktestView:
    """Show a back-test beside what was in force: precision, recall of what is known, load, cost, and messages to look at."""
    caller.actor.require("moderation:read")
    return caller.services.calibration.backtests.get(caller.community_id, backtest_id)
