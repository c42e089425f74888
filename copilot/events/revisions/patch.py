"""A typed patch of a plan: what a person sets by hand. What it leaves out stays; code computes the rest anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from copilot.errors import InvalidInput
from copilot.events.briefs.brief import MAX_BUDGET_CENTS, Brief
from copilot.events.drafts.money import MAX_QUANTITY
from copilot.events.revisions.wishes import Wish

_Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")]
_Key = Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9_~-]+$")]
_RecordId = Annotated[str, Field(max_length=80)]


class _Patch(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def given(self) -> dict[str, Any]:
        """Return what the patch sets, as it is stored."""
        return self.model_dump(mode="json", include=self.model_fields_set - {"key", "place", "pick_id"})


class SegmentPatch(_Patch):
    """A part of the agenda; other parts make room for its minutes."""

    key: _Key
    title: _Line = ""
    notes: _Text = ""
    minutes: int = Field(1, ge=1, le=1440)
    pick_id: _RecordId | None = Field(None, description="member who speaks; null for nobody yet")


class RolePatch(_Patch):
    """A role and who takes it."""

    key: _Key
    duties: _Text = ""
    pick_id: _RecordId | None = Field(None, description="member; null for nobody yet")


class ResourcePatch(_Patch):
    """Something the event needs and the record that offers it."""

    key: _Key
    pick_id: _RecordId | None = Field(None, description="resource; null for none yet")


class BudgetLinePatch(_Patch):
    """A line of the budget; code multiplies and adds up."""

    key: _Key
    quantity: int = Field(1, ge=1, le=MAX_QUANTITY)
    unit_cents: int = Field(1, ge=1, le=MAX_BUDGET_CENTS)


class PromotionPatch(_Patch):
    """A step of the promotion, by its place from 1."""

    place: int = Field(ge=1, le=100)
    due_on: date = date(2000, 1, 1)
    title: _Line = ""
    channel: _Line = ""
    text: _Text = ""


class TaskPatch(_Patch):
    """A task before or after the event."""

    key: _Key
    title: _Line = ""
    due_on: date = date(2000, 1, 1)
    owner_role: _Key = "host"


class RiskPatch(_Patch):
    """A risk."""

    key: _Key
    title: _Line = ""
    trigger: _Text = ""
    fallback: _Text = ""
    owner_role: _Key = "host"


class PlanPatch(_Patch):
    """What to set. `brief` changes the event itself, and everything that follows from it is computed anew."""

    brief: Brief | None = Field(None, description="only the fields that change; budget_cents null takes the cap away")
    title: _Line | None = None
    goal: _Text | None = Field(None, description="needs a number, as every goal does")
    agenda: list[SegmentPatch] = Field([], max_length=60)
    roles: list[RolePatch] = Field([], max_length=40)
    resources: list[ResourcePatch] = Field([], max_length=40)
    budget_lines: list[BudgetLinePatch] = Field([], max_length=40)
    promotion: list[PromotionPatch] = Field([], max_length=40)
    prep_tasks: list[TaskPatch] = Field([], max_length=60)
    follow_up: list[TaskPatch] = Field([], max_length=60)
    risks: list[RiskPatch] = Field([], max_length=40)
    interactions: list[_Line] | None = Field(None, max_length=20)
    feedback_questions: list[_Line] | None = Field(None, min_length=1, max_length=20)
    lock: StrictBool = Field(True, description="keep what is set when the plan is drafted again")

    def wish(self) -> Wish:
        """Return the patch as a change.

        Raises:
            InvalidInput: it sets nothing.
        """
        brief = {} if self.brief is None else self.brief.model_dump(include=self.brief.model_fields_set)
        wish = Wish(
            {name: value for name, value in brief.items() if name != "notes"}, frozenset(), dict(self._picks()),
            dict(self._values()),
        )  # fmt: skip
        if wish.is_empty:
            raise InvalidInput("the patch sets nothing", field="#", pointer="/", reason="empty_patch")
        return wish

    def _picks(self) -> Iterator[tuple[str, str | None]]:
        for section in ("agenda", "roles", "resources"):
            for item in getattr(self, section):
                if "pick_id" in item.model_fields_set:
                    yield f"{section}.{item.key}", item.pick_id

    def _values(self) -> Iterator[tuple[str, Any]]:
        for name in ("title", "goal"):
            if getattr(self, name) is not None:
                yield name, getattr(self, name)
        for name in ("interactions", "feedback_questions"):
            if getattr(self, name) is not None:
                yield name, list(getattr(self, name))
        sections: dict[str, str] = {"budget_lines": "budget.lines"}
        for name in ("agenda", "roles", "budget_lines", "prep_tasks", "follow_up", "risks"):
            for item in getattr(self, name):
                for field, value in item.given().items():
                    yield f"{sections.get(name, name)}.{item.key}.{field}", value
        for step in self.promotion:
            for field, value in step.given().items():
                yield f"promotion.{step.place}.{field}", value
