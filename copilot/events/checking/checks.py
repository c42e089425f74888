"""Pure, named checks that guard every plan, whoever drafted it. An error means that the plan is not returned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from copilot.currency import money
from copilot.events.checking import circumstance_checks as around
from copilot.events.checking.sentences import check_names, passed, problem
from copilot.events.checking.text_checks import (
    TextRules,
    claims_supported,
    goal_measurable,
    language,
    nothing_leaked,
    owners_known,
    risks_complete,
    unknowns_listed,
)
from copilot.events.drafts.money import LEAST_RESERVE_PERCENT, MAX_QUANTITY, ON_SITE_COSTS
from copilot.events.drafts.timetable import meals, timetable_of
from copilot.events.models import CheckResult, Pick, PlanContent, Task
from copilot.events.snapshot import PlanSnapshot
from copilot.playbook_models import CostUnit, Playbook, SegmentKind

Severity = Literal["error", "warning"]
_SHOWN_PROBLEMS = 5


@dataclass(frozen=True)
class Subject:
    """What the checks look at."""

    plan: PlanContent
    snapshot: PlanSnapshot
    playbook: Playbook

    @property
    def locale(self) -> str:
        """Language of the sentences."""
        return self.snapshot.community.locale

    @property
    def rules(self) -> TextRules:
        """What texts must hold to."""
        return TextRules.of(self.snapshot)

    @property
    def today(self) -> date:
        """Today on the community's calendar."""
        return self.snapshot.now.astimezone(self.snapshot.brief.local_start.tzinfo).date()

    def money(self, cents: int | None) -> str:
        """Return an amount of the plan as people write it."""
        return "-" if cents is None else money(cents, self.plan.budget.currency, self.locale)

    def say(self, key: str, **values: object) -> str:
        """Return a problem in the community's language."""
        return problem(self.locale, key, **values)


def run_checks(plan: PlanContent, snapshot: PlanSnapshot, playbook: Playbook) -> list[CheckResult]:
    """Return the result of every check, in a fixed order."""
    subject = Subject(plan, snapshot, playbook)
    results = []
    for name in check_names():
        check, severity = _CHECKS[name]
        problems = list(check(subject))
        joint = "; " if subject.locale == "en" else "；"
        sentence = joint.join(problems[:_SHOWN_PROBLEMS]) if problems else passed(subject.locale, name)
        results.append(CheckResult(name=name, passed=not problems, severity=severity, sentence=sentence))
    return results


def failures(results: Sequence[CheckResult]) -> list[CheckResult]:
    """Return the checks that forbid returning the plan."""
    return [result for result in results if not result.passed and result.severity == "error"]


def _agenda_contiguous(subject: Subject) -> Iterator[str]:
    agenda = subject.plan.agenda
    if not agenda or any(segment.minutes <= 0 for segment in agenda):
        yield subject.say("agenda_empty")
    expected = 0
    for segment in agenda:
        if segment.start_minute != expected:
            yield subject.say("agenda_contiguous", title=segment.title, start=segment.start_minute, expected=expected)
        expected = segment.end_minute


def _agenda_fills_slot(subject: Subject) -> Iterator[str]:
    end = subject.plan.agenda[-1].end_minute if subject.plan.agenda else 0
    if end != subject.snapshot.brief.duration_minutes:
        yield subject.say("agenda_fills_slot", end=end, slot=subject.snapshot.brief.duration_minutes)


def _breaks(subject: Subject) -> Iterator[str]:
    limit = timetable_of(subject.snapshot.brief).longest_stretch
    stretch = 0
    for segment in subject.plan.agenda:
        stretch = 0 if segment.kind is SegmentKind.BREAK else stretch + segment.minutes
        if stretch > limit:
            yield subject.say("breaks", minutes=stretch, limit=limit)
            return


def _speaker_once(subject: Subject) -> Iterator[str]:
    spoken = [segment for segment in subject.plan.agenda if segment.speaker]
    for number, one in enumerate(spoken):
        for other in spoken[number + 1 :]:
            same = one.speaker is not None and other.speaker is not None and one.speaker.id == other.speaker.id
            overlap = one.start_minute < other.end_minute and other.start_minute < one.end_minute
            if same and one.speaker and (overlap or one.key != other.key):
                yield subject.say("speaker_once", name=one.speaker.name)


def _budget_sums(subject: Subject) -> Iterator[str]:
    budget = subject.plan.budget
    for line in budget.lines:
        if line.quantity * line.unit_cents != line.total_cents:
            yield subject.say("line_sum", title=line.title)
    total = sum(line.total_cents for line in budget.lines)
    if total != budget.total_cents:
        yield subject.say("total_sum", total=subject.money(budget.total_cents), sum=subject.money(total))


def _budget_within_cap(subject: Subject) -> Iterator[str]:
    budget, cap = subject.plan.budget, subject.snapshot.brief.budget_cents
    if budget.cap_cents != cap or budget.currency != subject.snapshot.brief.currency:
        yield subject.say("other_cap", sum=subject.money(budget.cap_cents), cap=subject.money(cap))
    if cap is None:
        return
    planned = budget.total_cents + budget.reserve_cents
    if planned > cap:
        yield subject.say("over_cap", sum=subject.money(planned), cap=subject.money(cap))
    if budget.reserve_cents * 100 < cap * LEAST_RESERVE_PERCENT:
        yield subject.say("no_reserve")


def _budget_sane(subject: Subject) -> Iterator[str]:
    known = {line.key: line for line in subject.playbook.cost_lines}
    brief = subject.snapshot.brief
    eaten = meals(brief)
    seen: set[str] = set()
    for line in subject.plan.budget.lines:
        rule = known.get(line.key)
        if rule is None or line.key in seen:
            yield subject.say("line_unknown", title=line.title)
        elif not (
            line.unit_cents > 0 and rule.min_cents <= line.unit_cents <= rule.max_cents
            and 1 <= line.quantity <= MAX_QUANTITY * max(eaten, 1) and line.unit is rule.unit
        ):  # fmt: skip
            yield subject.say("line_absurd", title=line.title)
        seen.add(line.key)
    covered = {item.key for item in subject.plan.budget.covered}
    for line_key, rule in known.items():
        missing = line_key not in seen | covered and not rule.optional and rule.min_cents > 0
        missing = missing and (eaten > 0 or rule.unit is not CostUnit.PER_MEAL)
        if missing and not (subject.plan.online and line_key in ON_SITE_COSTS):
            yield subject.say("line_unknown", title=rule.title)


def _dates_ordered(subject: Subject) -> Iterator[str]:
    day, today = subject.snapshot.brief.starts_on, subject.today
    due = [(task.title, task.due_on) for task in subject.plan.prep_tasks]
    due += [(step.title, step.due_on) for step in subject.plan.promotion]
    for title, due_on in due:
        if due_on < today:
            yield subject.say("task_past", title=title, day=due_on.isoformat())
        if due_on > day:
            yield subject.say("task_late", title=title, day=due_on.isoformat())
    for task in subject.plan.follow_up:
        if task.due_on < day:
            yield subject.say("task_early", title=task.title, day=task.due_on.isoformat())
    for tasks in (subject.plan.prep_tasks, subject.plan.follow_up):
        yield from _order_problems(subject, tasks)


def _order_problems(subject: Subject, tasks: list[Task]) -> Iterator[str]:
    by_key = {task.key: task for task in tasks}
    for task in tasks:
        for needed in task.depends_on:
            other = by_key.get(needed)
            if other is None or other.due_on > task.due_on:
                yield subject.say("task_order", title=task.title, other=other.title if other else needed)


def _times_consistent(subject: Subject) -> Iterator[str]:
    plan, brief = subject.plan, subject.snapshot.brief
    if plan.starts_at <= subject.snapshot.now:
        yield subject.say("time_past")
    wanted = timedelta(minutes=brief.duration_minutes)
    if (
        plan.starts_at != brief.starts_at
        or plan.ends_at - plan.starts_at != wanted
        or plan.headcount != brief.headcount
    ):
        yield subject.say("time_mismatch")
    starts = [item.starts_at for item in plan.run_sheet]
    if starts != sorted(starts) or any(item.ends_at < item.starts_at for item in plan.run_sheet):
        yield subject.say("run_sheet")


def picks_of(plan: PlanContent) -> list[Pick]:
    """Return every record a plan names."""
    picks = [
        plan.venue,
        *(s.speaker for s in plan.agenda),
        *(r.pick for r in plan.roles),
        *(r.pick for r in plan.resources),
    ]
    return [pick for pick in picks if pick is not None]


def _records_exist(subject: Subject) -> Iterator[str]:
    candidates = subject.snapshot.candidates
    known = {(item.id, item.name, item.text, item.text_id) for item in candidates.by_alias().values()}
    ids = {item.id for item in candidates.by_alias().values()}
    for pick in picks_of(subject.plan):
        if pick.id not in ids:
            yield subject.say("record_unknown", name=pick.name, id=pick.id)
        elif (pick.id, pick.name, pick.why, pick.why_id) not in known:
            yield subject.say("record_altered", name=pick.name)
    events = {event.id for event in subject.snapshot.past_events}
    for citation in subject.plan.citations:
        if citation.id not in events | {subject.snapshot.playbook_id}:
            yield subject.say("record_unknown", name=citation.detail, id=citation.id)
    for item in subject.plan.budget.covered:
        if item.resource_id not in ids:
            yield subject.say("record_unknown", name=item.title, id=item.resource_id)


def _venue_capacity(subject: Subject) -> Iterator[str]:
    venue = subject.plan.venue
    record = subject.snapshot.candidates.by_id().get(venue.id) if venue else None
    if record and record.capacity is not None and record.capacity < subject.plan.headcount:
        yield subject.say("capacity", name=record.name, capacity=record.capacity, headcount=subject.plan.headcount)


def _meals_in_time(subject: Subject) -> Iterator[str]:
    yield from around.meals_in_time(subject.plan, subject.snapshot)
    yield from around.sits_in_session(subject.plan, subject.snapshot)


def _holidays_noted(subject: Subject) -> Iterator[str]:
    for task in subject.plan.prep_tasks:
        if task.on_holiday:
            yield subject.say("on_holiday", title=task.title, name=task.on_holiday)


# What only a person can settle is a warning: once she has settled it she may strike it from the list.
Check = Callable[[Subject], Iterator[str]]
_CHECKS: dict[str, tuple[Check, Severity]] = {
    "agenda_contiguous": (_agenda_contiguous, "error"),
    "agenda_fills_slot": (_agenda_fills_slot, "error"),
    "breaks": (_breaks, "error"),
    "speaker_once": (_speaker_once, "error"),
    "budget_sums": (_budget_sums, "error"),
    "budget_within_cap": (_budget_within_cap, "error"),
    "budget_sane": (_budget_sane, "error"),
    "dates_ordered": (_dates_ordered, "error"),
    "times_consistent": (_times_consistent, "error"),
    "records_exist": (_records_exist, "error"),
    "venue_capacity": (_venue_capacity, "error"),
    "claims_supported": (lambda s: claims_supported(s.plan, s.rules), "error"),
    "language": (lambda s: language(s.plan, s.rules), "error"),
    "nothing_leaked": (lambda s: nothing_leaked(s.plan, s.rules), "error"),
    "goal_measurable": (lambda s: goal_measurable(s.plan), "error"),
    "risks_complete": (lambda s: risks_complete(s.plan, s.playbook), "error"),
    "owners_known": (lambda s: owners_known(s.plan, s.playbook), "error"),
    "unknowns_listed": (lambda s: unknowns_listed(s.plan), "error"),
    "meals_in_time": (_meals_in_time, "error"),
    "venue_terms": (lambda s: around.venue_terms(s.plan, s.snapshot, s.playbook), "warning"),
    "travel_noted": (lambda s: around.travel_noted(s.plan, s.snapshot), "warning"),
    "turns_fit": (lambda s: around.turns_fit(s.plan, s.snapshot), "warning"),
    "place_known": (lambda s: around.place_known(s.plan, s.snapshot), "error"),
    "closed_door": (lambda s: around.closed_door(s.plan, s.snapshot), "error"),
    "messages_ready": (lambda s: around.messages_ready(s.plan, s.snapshot), "error"),
    "holidays_noted": (_holidays_noted, "warning"),
}
