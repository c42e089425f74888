"""What an event really cost, line by line beside its plan: recorded by an operator, compared by code. Nothing is paid here."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from copilot.community.access import Actor
from copilot.community.store import Store, Unit
from copilot.community.tables import Event, EventPlan, EventReview
from copilot.community.text import clean_line
from copilot.errors import InvalidInput
from copilot.events.briefs.brief import MAX_BUDGET_CENTS
from copilot.events.life.event_rows import event_currency, lock_event
from copilot.events.life.wording import in_both
from copilot.events.models import Budget, PlanContent

MAX_SPENT_LINES = 60
STORED_AS = "spending"  # in the document of the review, which keeps what is known after an event


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SpentLine(_Part):
    """What was paid for one line of the budget, or for something that stands in no plan."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,59}$", description="key of a budget line, or a new one with a title")
    spent_cents: int = Field(ge=0, le=MAX_BUDGET_CENTS, description="integer minor units of the plan's currency")
    title: str = Field("", max_length=120, description="needed for what stands in no plan; else the plan's is shown")
    note: str = Field("", max_length=300, description="supplier, receipt, why it differs")


class SpentRecord(_Part):
    """Everything that was spent; recording again replaces it."""

    lines: list[SpentLine] = Field(min_length=1, max_length=MAX_SPENT_LINES)


class ComparedLine(_Part):
    """One line, planned and spent. None: not planned, or not recorded."""

    key: str
    title: str
    planned_cents: int | None
    spent_cents: int | None
    over_cents: int | None = Field(description="spent - planned; None unless both are known")
    note: str = ""


class Spending(_Part):
    """Planned against spent, in minor units of `currency`."""

    event_id: str
    currency: str
    lines: list[ComparedLine]
    planned_cents: int | None = Field(description="sum of the plan's lines; None for an event without a plan")
    cap_cents: int | None
    spent_cents: int | None = Field(description="sum of what was recorded; of an imported event its own total")
    over_cents: int | None = Field(description="spent - planned; None unless both are known")


class SpendingDesk:
    """Keeps what was spent. Safe between threads and processes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, community_id: str, event_id: str, record: SpentRecord, *, actor: Actor) -> Spending:
        """Keep what was spent, in place of what was recorded before, and return it beside the plan.

        Raises:
            NotFound: there is no such event.
            InvalidInput: a key appears twice, or one that no plan has comes without a title.
        """
        with self._store.write(community_id) as unit:
            event = lock_event(unit, event_id)
            lines = _checked(record.lines, _budget_of(unit, event))
            row = unit.find(EventReview, event_id) or unit.add(
                EventReview(event_id=event_id, summary="", lessons=[], content={}, created_at=unit.now)
            )
            row.content = {**row.content, STORED_AS: [line.model_dump(mode="json") for line in lines]}
            event.spent_cents = sum(line.spent_cents for line in lines)
            unit.audit(
                actor.key_id, "event.spending_recorded", ("event", event_id), lines=len(lines),
                spent_cents=event.spent_cents,
            )  # fmt: skip
            unit.session.flush()
            return spending_of(unit, event, row)

    def get(self, community_id: str, event_id: str) -> Spending:
        """Return what was planned and what was spent, as far as either is known.

        Raises:
            NotFound: there is no such event.
        """
        with self._store.read(community_id) as unit:
            return spending_of(unit, unit.get(Event, event_id), unit.find(EventReview, event_id))


def recorded_lines(row: EventReview | None) -> list[SpentLine]:
    """Return what was recorded with a review, empty when nothing was."""
    return [SpentLine.model_validate(item) for item in (row.content if row else {}).get(STORED_AS, [])]


def spending_of(unit: Unit, event: Event, row: EventReview | None) -> Spending:
    """Compare the budget of an event's plan with what was recorded."""
    budget, recorded = _budget_of(unit, event), recorded_lines(row)
    paid = {line.key: line for line in recorded}
    lines = []
    for planned in budget.lines if budget else []:
        spent = paid.pop(planned.key, None)
        over = None if spent is None else spent.spent_cents - planned.total_cents
        lines.append(
            ComparedLine(
                key=planned.key, title=planned.title, planned_cents=planned.total_cents,
                spent_cents=None if spent is None else spent.spent_cents, over_cents=over,
                note="" if spent is None else spent.note,
            )
        )  # fmt: skip
    lines += [
        ComparedLine(
            key=line.key, title=line.title, planned_cents=None, spent_cents=line.spent_cents, over_cents=None,
            note=line.note,
        )
        for line in paid.values()
    ]  # fmt: skip
    planned_cents = None if budget is None else budget.total_cents
    known = planned_cents is not None and event.spent_cents is not None
    return Spending(
        event_id=event.id, currency=event_currency(unit, event), lines=lines, planned_cents=planned_cents,
        cap_cents=budget.cap_cents if budget else event.budget_cents, spent_cents=event.spent_cents,
        over_cents=(event.spent_cents or 0) - (planned_cents or 0) if known else None,
    )  # fmt: skip


def _budget_of(unit: Unit, event: Event) -> Budget | None:
    plan = None if event.plan_id is None else unit.find(EventPlan, event.plan_id)
    return None if plan is None else PlanContent.model_validate(plan.content).budget


def _checked(lines: Sequence[SpentLine], budget: Budget | None) -> list[SpentLine]:
    planned = {line.key for line in budget.lines} if budget else set()
    seen: set[str] = set()
    found = []
    for number, line in enumerate(lines):
        cleaned = line.model_copy(update={"title": clean_line(line.title), "note": clean_line(line.note)})
        wrong = "spent_twice" if line.key in seen else ""
        if not wrong and line.key not in planned and not cleaned.title:
            wrong = "spent_untitled"
        if wrong:
            sentence = in_both(wrong, line=line.key)
            raise InvalidInput(
                sentence["en"], field="lines", pointer=f"/lines/{number}/key", reason=wrong, sentence=sentence
            )
        seen.add(line.key)
        found.append(cleaned)
    return found
