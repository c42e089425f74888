"""Rules tried on past decisions before anybody switches them on: what they would find, what they would cost."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query
from pydantic import ValidationError
from starlette.responses import Response

from api.console.form_fields import decimal_number, whole_number
from api.console.key_names import key_names
from api.console.navigation import PREFIX
from api.console.pages.moderation import tabs
from api.console.pages.thresholds import curve_data
from api.console.visit import VisitDep, WritingDep
from copilot.community.models import Category
from copilot.community.tables import Job
from copilot.errors import CopilotError, InvalidInput
from copilot.moderation.calibrating.backtest_models import MOST_MESSAGES, BacktestSpec

router = APIRouter(prefix="/moderation/backtests")
_LISTS = ("false_alarms", "missed", "lost", "unlabelled")


@router.get("")
def backtests_page(
    visit: VisitDep,
    category: Category | None = None,
    cut: Annotated[float | None, Query(ge=0, le=1, allow_inf_nan=False)] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """List back-tests, newest first, with the form for another one."""
    visit.actor.require("moderation:read")
    page = visit.services.calibration.backtests.page(visit.community_id, limit=20, cursor=cursor)
    with visit.services.store.read(visit.community_id) as unit:
        names = key_names(unit, [one.created_by for one in page.items])
    return visit.page(
        "backtests.html", place="moderation", tests=page.items, next_cursor=page.next_cursor, names=names,
        category=category, cut=cut, categories=list(Category), may_start=visit.actor.may("moderation:terms"),
        most=MOST_MESSAGES, **tabs(visit),
    )  # fmt: skip


@router.post("")
def start(
    visit: WritingDep,
    *,
    category: Annotated[Category, Form()],
    kind: Annotated[Literal["threshold", "pattern", "detector", "model"], Form()] = "threshold",
    value: Annotated[str, Form(max_length=300)] = "",
    messages: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Try a rule in the background. It switches nothing on."""
    visit.actor.require("moderation:terms")
    spec = _spec(category, kind, value, messages)
    desk = visit.services.calibration.backtests
    backtest_id = desk.ask(visit.community_id, spec, actor=visit.actor.key_id)
    try:
        job = visit.jobs.submit(
            visit.community_id, "backtest", {"backtest_id": backtest_id}, created_by=visit.actor.key_id
        )
    except CopilotError:
        desk.drop(visit.community_id, backtest_id)
        raise
    desk.note_job(visit.community_id, backtest_id, job.id)
    return visit.go(f"{PREFIX}/moderation/backtests/{backtest_id}")


@router.get("/{backtest_id}")
def backtest_page(visit: VisitDep, backtest_id: Annotated[str, Path(max_length=64)]) -> Response:
    """Show a back-test beside what was in force, the curve of its category, and messages to look at."""
    visit.actor.require("moderation:read")
    test = visit.services.calibration.backtests.get(visit.community_id, backtest_id)
    spec = test.spec
    points = visit.services.calibration.curve(visit.community_id, spec.category)
    marked = spec.candidate.cut if spec.candidate.kind == "threshold" else None
    with visit.services.store.read(visit.community_id) as unit:
        job = None if test.job_id is None else unit.find(Job, test.job_id)
    words = {shown.message_id: shown.text for shown in test.excerpts}
    found = [] if test.result is None else [
        (name, [one for one in getattr(test.result.confusions, name) if one in words]) for name in _LISTS
    ]  # fmt: skip
    return visit.page(
        "backtest.html", place="moderation", test=test, job=job, words=words, confusions=found, points=points,
        charts={"curve": curve_data(points, marked)}, **tabs(visit),
    )  # fmt: skip


def _spec(category: Category, kind: str, value: str, messages: str) -> BacktestSpec:
    candidate: dict[str, Any] = {"kind": kind}
    if kind == "threshold":
        candidate["cut"] = decimal_number(value, "value")
    else:
        candidate["pattern" if kind == "pattern" else "name"] = value.strip()
    number = whole_number(messages, "messages")
    given = {"category": category, "candidate": candidate, **({} if number is None else {"messages": number})}
    try:
        return BacktestSpec.model_validate(given)
    except ValidationError as error:
        sentence = {
            "zh-CN": f"要试的内容不完整或超出范围：分界从 0.2 到 1，消息最多 {MOST_MESSAGES} 条。",
            "en": f"What is to be tried is not whole or out of range: a cut is 0.2 to 1, messages are at most {MOST_MESSAGES}.",
        }
        raise InvalidInput("not a back-test", field="value", sentence=sentence) from error
