"""Plans as they are stored: rows to results, and what must still hold when one is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from copilot.community.permission import offered_on, open_to_match
from copilot.community.store import Unit
from copilot.community.tables import EventPlan, Member, Resource
from copilot.errors import Conflict
from copilot.events.briefs.echo import Heard
from copilot.events.briefs.settling import Question
from copilot.events.checking.checks import picks_of
from copilot.events.models import CheckResult, Degraded, PlanContent
from copilot.events.wording import both


class ReadWords(BaseModel):
    """A part of a request and the words it was read from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    words: str


class VersionChange(BaseModel):
    """How a version came from the one before it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["edited", "revised", "restored"]
    from_id: str = Field(description="the version it was made from")
    request: str = Field("", description="what was asked for, in words")
    understood: list[ReadWords] = Field([], description="what was read from the words")
    restored_version: int | None = Field(None, description="number of the version that was brought back")
    differences: int = Field(0, description="how many values differ from the version before")
    sentences: list[str] = Field([], description="the first of the differences, for people")


@dataclass(frozen=True)
class PlanResult:
    """One version of a plan as stored; `understood` says what was read in the brief, empty for one given as fields."""

    id: str
    series_id: str
    version: int
    status: str
    drafted_by: str
    degraded: Degraded | None
    content: PlanContent
    checks: list[CheckResult]
    questions: list[Question]
    brief: dict[str, Any]
    llm_call_ids: list[str]
    created_by: str
    created_at: datetime
    locks: list[str] = field(default_factory=list)
    change: VersionChange | None = None
    understood: list[Heard] = field(default_factory=list)


def plan_result(row: EventPlan) -> PlanResult:
    """Return a stored plan."""
    return PlanResult(
        id=row.id, series_id=row.series_id, version=row.version, status=row.status, drafted_by=row.drafted_by,
        degraded=Degraded.model_validate(row.degraded) if row.degraded else None,
        content=PlanContent.model_validate(row.content),
        checks=[CheckResult.model_validate(item) for item in row.checks],
        questions=[Question.model_validate(item) for item in row.snapshot.get("questions", [])],
        brief=dict(row.brief), llm_call_ids=[str(item) for item in row.llm_call_ids], created_by=row.created_by,
        created_at=row.created_at, locks=[str(item) for item in row.locks],
        change=VersionChange.model_validate(row.change) if row.change else None,
        understood=[Heard.model_validate(item) for item in row.snapshot.get("understood", [])],
    )  # fmt: skip


def open_picks(unit: Unit, plan: PlanContent, day: date) -> set[str]:
    """Return the ids of the people and resources of a plan that may be proposed for a day."""
    picks = picks_of(plan)
    named = {kind: [pick.id for pick in picks if pick.kind == kind] for kind in ("member", "resource")}
    members = select(Member.id).where(Member.id.in_(named["member"]), *open_to_match())
    resources = select(Resource.id).where(Resource.id.in_(named["resource"]), *offered_on(day))
    return {*unit.session.scalars(members), *unit.session.scalars(resources)}


def require_still_open(unit: Unit, plan: PlanContent, day: date) -> None:
    """Refuse a plan whose people or resources were withdrawn, deleted or hidden while it was being drafted."""
    still_open = open_picks(unit, plan, day)
    for pick in picks_of(plan):
        if pick.id not in still_open:
            raise Conflict(
                "a person or resource of this plan was withdrawn while it was drafted; ask again",
                kind=pick.kind, id=pick.id, sentence=both("withdrawn"),
            )  # fmt: skip
