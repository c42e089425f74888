"""The shape of a playbook: what one event format needs, as validated data. No reading of files, no drafting."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from copilot.currency import CNY, CURRENCIES
from copilot.documents import content_hash

Locale = Literal["zh-CN", "en"]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Cents = Annotated[int, Field(ge=0, le=100_000_000_000)]  # ten million yuan, and as much where a unit buys less
Minutes = Annotated[int, Field(ge=0, le=4320)]  # three days
Days = Annotated[int, Field(ge=0, le=365)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SegmentKind(StrEnum):
    """What happens during a part of the agenda."""

    OPENING = "opening"
    TALK = "talk"
    ACTIVITY = "activity"
    BREAK = "break"
    QA = "qa"
    NETWORKING = "networking"
    CLOSING = "closing"


class CostUnit(StrEnum):
    """What a price is multiplied by."""

    PER_PERSON = "per_person"
    PER_EVENT = "per_event"
    PER_HOUR = "per_hour"
    PER_SPEAKER = "per_speaker"
    PER_MEAL = "per_meal"  # per person and mealtime that the event runs over: none in an afternoon


class Segment(_Part):
    """One part of the agenda; `weight` is its share of the time left after every part has its minimum."""

    key: Key
    title: Line
    kind: SegmentKind
    weight: float = Field(gt=0, le=100, allow_inf_nan=False)
    min_minutes: int = Field(ge=1, le=4320)
    max_minutes: int = Field(ge=1, le=4320)
    role: Key | None = None
    notes: Prose = ""

    @model_validator(mode="after")
    def _minutes_in_order(self) -> Segment:
        if self.min_minutes > self.max_minutes:
            raise ValueError(f"segment {self.key!r}: min_minutes is above max_minutes")
        return self


class EventRole(_Part):
    """A job somebody has at the event; `from_members` says that a member should be proposed for it."""

    key: Key
    title: Line
    duties: Prose
    from_members: bool = True


class Need(_Part):
    """A resource the event needs; `type` is one of the six resource types."""

    key: Key
    title: Line
    type: Literal["technology", "funding", "people", "knowledge", "information", "channel"]
    required: bool = True


class Prices(_Part):
    """A range of prices in minor units of one currency."""

    min_cents: Cents
    typical_cents: Cents
    max_cents: Cents

    @model_validator(mode="after")
    def _in_order(self) -> Prices:
        if not self.min_cents <= self.typical_cents <= self.max_cents:
            raise ValueError("prices must satisfy min <= typical <= max")
        return self


class CostLine(_Part):
    """A budget line with its range of prices: integer cents of CNY per `unit`, until `in_currency` has set others."""

    key: Key
    title: Line
    unit: CostUnit
    min_cents: Cents
    typical_cents: Cents
    max_cents: Cents
    optional: bool = False
    quantity_hint: Prose = ""
    prices: dict[str, Prices] = Field({}, max_length=30, description="ranges of its own for other currencies")

    @model_validator(mode="after")
    def _prices_in_order(self) -> CostLine:
        if not self.min_cents <= self.typical_cents <= self.max_cents:
            raise ValueError(f"cost line {self.key!r}: prices must satisfy min <= typical <= max")
        if unknown := sorted(set(self.prices) - set(CURRENCIES)):
            raise ValueError(f"cost line {self.key!r}: unknown currency {unknown[0]!r}; known: {', '.join(CURRENCIES)}")
        return self

    def in_currency(self, code: str, level: float) -> CostLine:
        """Return the line with prices in minor units of another currency: its own for it, else by the price level."""
        given = self.prices.get(code)
        if given is None:
            scaled = (_scaled(cents, code, level) for cents in (self.min_cents, self.typical_cents, self.max_cents))
            given = Prices(**dict(zip(("min_cents", "typical_cents", "max_cents"), scaled, strict=True)))
        return self.model_copy(update={**given.model_dump(), "prices": {}})


class PromotionStep(_Part):
    """One message of the promotion calendar."""

    days_before: Days
    title: Line
    channel: Line
    text: Prose


class PrepTask(_Part):
    """Work to finish `days_before` the event. Online it falls away (`on_site`) or becomes something else."""

    key: Key
    title: Line
    days_before: Days
    owner_role: Key
    depends_on: list[Key] = Field([], max_length=20)
    on_site: bool = Field(False, description="only where people meet in a room")
    online_title: Line | None = Field(None, description="what it becomes when people meet online")


class FollowUpTask(_Part):
    """Work to finish `days_after` the event."""

    key: Key
    title: Line
    days_after: Days
    owner_role: Key
    depends_on: list[Key] = Field([], max_length=20)


class Risk(_Part):
    """What can go wrong, how one notices, and what to do then."""

    key: Key
    title: Line
    trigger: Line
    fallback: Prose
    owner_role: Key


class Metric(_Part):
    """A number by which the event is judged afterwards."""

    key: Key
    title: Line
    target: float = Field(ge=0, le=1_000_000, allow_inf_nan=False)
    unit: Line


class Playbook(_Part):
    """Everything known about one event format in one language."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")
    format: Key
    locale: Locale
    title: Line
    when_to_use: Prose
    min_minutes: Minutes
    max_minutes: Minutes
    default_minutes: Minutes
    headcount_min: int = Field(ge=1, le=5000)
    headcount_max: int = Field(ge=1, le=5000)
    agenda: list[Segment] = Field(min_length=1, max_length=30)
    roles: list[EventRole] = Field(min_length=1, max_length=20)
    resources: list[Need] = Field([], max_length=30)
    cost_lines: list[CostLine] = Field([], max_length=30)
    promotion: list[PromotionStep] = Field([], max_length=30)
    prep_tasks: list[PrepTask] = Field([], max_length=60)
    interactions: list[Line] = Field([], max_length=20)
    risks: list[Risk] = Field([], max_length=30)
    metrics: list[Metric] = Field([], max_length=20)
    feedback_questions: list[Line] = Field([], max_length=20)
    follow_up: list[FollowUpTask] = Field([], max_length=30)

    @cached_property
    def hash(self) -> str:
        """16 hexadecimal characters that change with any word or number of the playbook."""
        return content_hash(self.model_dump_json())

    def in_currency(self, code: str, level: float) -> Playbook:
        """Return the playbook with prices in another currency.

        Args:
            code: a known currency.
            level: whole units of it that buy what one yuan buys.
        """
        if code == CNY:
            return self
        lines = [line.in_currency(code, level).model_dump() for line in self.cost_lines]
        return Playbook.model_validate({**self.model_dump(exclude={"cost_lines"}), "cost_lines": lines})

    @model_validator(mode="after")
    def _consistent(self) -> Playbook:
        problems = [*self._range_problems(), *self._key_problems(), *self._role_problems()]
        problems += _task_problems("prep_tasks", [(t.key, t.depends_on, -t.days_before) for t in self.prep_tasks])
        problems += _task_problems("follow_up", [(t.key, t.depends_on, t.days_after) for t in self.follow_up])
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _range_problems(self) -> list[str]:
        problems = []
        if not self.min_minutes <= self.default_minutes <= self.max_minutes:
            problems.append("min_minutes <= default_minutes <= max_minutes does not hold")
        if self.headcount_min > self.headcount_max:
            problems.append("headcount_min is above headcount_max")
        needed = sum(s.min_minutes for s in self.agenda if s.kind is not SegmentKind.BREAK)
        if needed > self.min_minutes:
            problems.append(
                f"agenda: its parts need at least {needed} minutes, more than min_minutes ({self.min_minutes})"
            )
        return problems

    def _key_problems(self) -> list[str]:
        problems = []
        for name in ("agenda", "roles", "resources", "cost_lines", "prep_tasks", "risks", "metrics", "follow_up"):
            keys = [item.key for item in getattr(self, name)]
            problems += [f"{name}: key {key!r} appears twice" for key in sorted({k for k in keys if keys.count(k) > 1})]
        return problems

    def _role_problems(self) -> list[str]:
        known = {role.key for role in self.roles}
        used = [("agenda", s.key, s.role) for s in self.agenda if s.role]
        used += [("prep_tasks", t.key, t.owner_role) for t in self.prep_tasks]
        used += [("risks", r.key, r.owner_role) for r in self.risks]
        used += [("follow_up", f.key, f.owner_role) for f in self.follow_up]
        roles = ", ".join(sorted(known))
        return [
            f"{name}: {key!r} names the unknown role {role!r}; known: {roles}"
            for name, key, role in used
            if role not in known
        ]


def _scaled(cents: int, code: str, level: float) -> int:
    """Return minor units of another currency in two figures: a price level is no more exact than that."""
    exact = cents / 100 * level * CURRENCIES[code].scale
    if exact <= 0:
        return 0
    step = int(10 ** max(len(str(int(exact))) - 2, 0))
    return max(int(exact / step + 0.5) * step, 1)


def _task_problems(name: str, tasks: Iterable[tuple[str, list[str], int]]) -> list[str]:
    """Check (key, depends_on, day) triples: no unknown task, nothing depends on a later task, no ring."""
    days = {key: day for key, _, day in tasks}
    needs = {key: depends_on for key, depends_on, _ in tasks}
    problems = []
    for key, depends_on in needs.items():
        for other in depends_on:
            if other not in days:
                problems.append(f"{name}: {key!r} depends on the unknown task {other!r}")
            elif days[other] > days[key]:
                problems.append(f"{name}: {key!r} depends on {other!r}, which is due later")
    if not problems and _has_ring(needs):
        problems.append(f"{name}: tasks depend on one another in a ring")
    return problems


def _has_ring(needs: dict[str, list[str]]) -> bool:
    waiting = {key: set(others) for key, others in needs.items()}
    while ready := [key for key, others in waiting.items() if not others]:
        for key in ready:
            del waiting[key]
        for others in waiting.values():
            others.difference_update(ready)
    return bool(waiting)
