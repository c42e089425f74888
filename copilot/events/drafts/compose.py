"""Turns words and picks into a plan: every minute, cent, date, id and clock time is computed here, never by a model."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from copilot.events.drafts.confirming import Confirmations, open_places
from copilot.events.drafts.invitations import invitation_steps
from copilot.events.drafts.layout import Placed, lay_out
from copilot.events.drafts.money import ON_SITE_COSTS, Costs, Scale, make_budget
from copilot.events.drafts.outline import Outline, OutlineSegment, fill_in
from copilot.events.drafts.paces import turns_note
from copilot.events.drafts.playbook_draft import (
    MAX_LESSONS,
    PLACE_NEEDS,
    VENUE_NEED,
    place_name,
    place_of,
    placeholder_values,
    public_place,
    speaking_roles,
)
from copilot.events.drafts.schedule import fitting_tasks, follow_up_schedule, prep_schedule, promotion_schedule
from copilot.events.drafts.timetable import meals, timetable_of, working_minutes
from copilot.events.models import (
    Budget,
    Citation,
    Covered,
    MetricTarget,
    Pick,
    PlanContent,
    ResourcePlan,
    RolePlan,
    RunItem,
    Segment,
)
from copilot.events.snapshot import Candidate, PlanSnapshot
from copilot.events.wording import say
from copilot.playbook_models import Playbook, SegmentKind

PAUSES = frozenset({"meal", "night"})
_FREE = re.compile(r"免费|免租|不收费|无偿|free of charge|\bfree\b|no charge", re.IGNORECASE)
# Free under a condition is not free: the condition may not hold on the day.
_NOT_FREE = re.compile(
    r"元|块|[¥$€£₩₹]|押金|不免费|非免费|\bnot free\b|yuan|rmb|dollar|euro|pound|\d|deposit|会员|周末|周[一二三四五六日]|工作日|白天|首次|限|weekend|weekday|first|only",
    re.IGNORECASE,
)
_SETUP_MINUTES, _SETUP_ONLINE_MINUTES, _DOORS_MINUTES, _TEARDOWN_MINUTES = 90, 30, 20, 30


def compose(snapshot: PlanSnapshot, playbook: Playbook, outline: Outline) -> PlanContent:
    """Return the plan.

    Raises:
        InvalidInput: `budget_short` when no honest budget fits under the cap, `agenda_does_not_fit` likewise for minutes.
    """
    draft = _Draft(snapshot, playbook, outline)
    brief, locale = snapshot.brief, snapshot.community.locale
    agenda = draft.agenda()
    resources = draft.resources()
    venue = next((item.pick for item in resources if item.key in PLACE_NEEDS and item.pick), None)
    today, values = snapshot.now.astimezone(brief.local_start.tzinfo).date(), draft.values
    roles = draft.roles()
    lessons = [
        say(locale, "lesson", title=event.title, lesson=lesson)
        for event in snapshot.past_events
        for lesson in event.lessons[:1]
    ][:MAX_LESSONS]
    tasks = fitting_tasks(playbook.prep_tasks, online=brief.online)
    prep = prep_schedule(tasks, brief.starts_on, today, snapshot.day_notes)
    return PlanContent(
        language=locale, title=outline.title, goal=outline.goal, format=brief.format, topic=brief.topic,
        audience=brief.audience, starts_at=brief.starts_at, ends_at=brief.ends_at, timezone=brief.timezone,
        online=brief.online, city=brief.city,
        place=place_name(snapshot, place_of(outline.resource_picks)), headcount=brief.headcount,
        open_places=open_places(snapshot, playbook), venue=venue, agenda=agenda, roles=roles, resources=resources,
        budget=draft.budget(agenda, resources),
        promotion=promotion_schedule(
            invitation_steps(locale) if brief.closed else outline.promotion, brief.starts_on, today, lambda text: fill_in(text, values)),
        risks=outline.risks, prep_tasks=prep,
        follow_up=follow_up_schedule(playbook.follow_up, brief.starts_on, snapshot.day_notes),
        run_sheet=draft.run_sheet(agenda), feedback_questions=outline.feedback_questions,
        interactions=outline.interactions,
        metrics=[MetricTarget(key=m.key, title=m.title, target=m.target, unit=m.unit) for m in playbook.metrics],
        lessons=lessons, citations=_citations(snapshot), to_confirm=Confirmations(snapshot, playbook, outline).lines(agenda, roles, resources),
    )  # fmt: skip


@dataclass
class _Draft:
    """The inputs of one composition and the steps that need several of them."""

    snapshot: PlanSnapshot
    playbook: Playbook
    outline: Outline

    def __post_init__(self) -> None:
        self.locale = self.snapshot.community.locale
        speakers = [segment.speakers[0].name for segment in self.outline.segments if segment.speakers]
        self.values = placeholder_values(self.snapshot, self.playbook) | {
            "title": self.outline.title,
            "place": public_place(self.snapshot, place_of(self.outline.resource_picks)),
            "speaker": speakers[0] if speakers else say(self.locale, "speaker.unknown"),
        }

    def agenda(self) -> list[Segment]:
        by_key = {segment.part.key: segment for segment in self.outline.segments}
        placed = lay_out([segment.part for segment in self.outline.segments], timetable_of(self.snapshot.brief))
        speaking = speaking_roles(self.playbook)
        lengths: Counter[tuple[str, int]] = Counter()
        for item in placed:
            lengths[item.part.key, item.part.round] += item.minutes
        return [
            self._segment(
                item, by_key.get(item.part.key), speaking, whole_minutes=lengths[item.part.key, item.part.round]
            )
            for item in placed
        ]  # fmt: skip

    def _segment(
        self, placed: Placed, words: OutlineSegment | None, speaking: set[str], *, whole_minutes: int
    ) -> Segment:
        part = placed.part
        if words is None or part.kind is SegmentKind.BREAK:
            pause = next((s for s in self.playbook.agenda if s.kind is SegmentKind.BREAK), None)
            title = (
                pause.title
                if pause and part.key == "break"
                else say(self.locale, f"break.{part.key if part.key in PAUSES else 'title'}")
            )
            return Segment(
                key=part.key, title=title, kind=part.kind, start_minute=placed.start_minute, minutes=placed.minutes,
                notes=pause.notes if pause and part.key == "break" else "",
            )  # fmt: skip
        title = words.title
        if part.round > 1:
            title = say(self.locale, "round", title=title, number=part.round)
        if part.piece > 0:
            title = say(self.locale, "part", title=title, number=part.piece)
        needs_speaker = words.role in speaking
        speaker = words.speakers[part.round - 1] if part.round <= len(words.speakers) else None
        return Segment(
            key=part.key if part.round == 1 else f"{part.key}_{part.round}", title=title, kind=part.kind,
            start_minute=placed.start_minute, minutes=placed.minutes, role=words.role,
            speaker=as_pick(speaker) if speaker else None, to_confirm=needs_speaker and speaker is None,
            notes=self._notes(words.notes, whole_minutes) if part.piece <= 1 else "",
        )  # fmt: skip

    def _notes(self, notes: str, minutes: int) -> str:
        """Add what a promise of minutes a head comes to in the minutes there are, but for breaks that cut the part."""
        added = turns_note(self.locale, notes, minutes, self.snapshot.brief.headcount)
        return f"{notes} {added}".strip() if self.locale == "en" else f"{notes}{added}"

    def roles(self) -> list[RolePlan]:
        picks = self.outline.role_picks
        return [
            RolePlan(
                key=role.key, title=role.title, duties=role.duties, to_confirm=role.key not in picks,
                pick=as_pick(picks[role.key]) if role.key in picks else None,
            )
            for role in self.playbook.roles
        ]  # fmt: skip

    def resources(self) -> list[ResourcePlan]:
        plans = []
        for need in self.playbook.resources:
            if need.key == VENUE_NEED and self.snapshot.brief.online:
                continue
            chosen = self.outline.resource_picks.get(need.key)
            plans.append(
                ResourcePlan(
                    key=need.key, title=need.title, type=need.type, required=need.required, to_confirm=chosen is None,
                    pick=as_pick(chosen) if chosen else None, terms=chosen.terms if chosen else "",
                )
            )  # fmt: skip
        return plans

    def budget(self, agenda: list[Segment], resources: list[ResourcePlan]) -> Budget:
        covered = [
            Covered(
                key=plan.key, title=plan.title, resource_id=plan.pick.id,
                sentence=say(self.locale, "budget.covered", name=plan.pick.name, terms=plan.terms),
            )
            for plan in resources
            if plan.pick and is_free(plan.terms) and any(line.key == plan.key for line in self.playbook.cost_lines)
        ]  # fmt: skip
        lines = [
            line for line in self.playbook.cost_lines
            if not (line.optional and line.key in self.outline.dropped_costs)
            and not (line.key in ON_SITE_COSTS and self.snapshot.brief.online)
        ]  # fmt: skip
        speaking = speaking_roles(self.playbook)
        speakers = len({segment.key for segment in agenda if segment.role in speaking})
        brief = self.snapshot.brief
        scale = Scale(brief.headcount, working_minutes(brief), speakers, meals(brief))
        costs = Costs(lines, covered, self.outline.cost_quantities, brief.currency)
        return make_budget(costs, scale, brief.budget_cents, self.playbook.title)

    def run_sheet(self, agenda: list[Segment]) -> list[RunItem]:
        brief = self.snapshot.brief
        suffix = "_online" if brief.online else ""
        titles = {role.key: role.title for role in self.playbook.roles}
        crew = next((role.title for role in self.playbook.roles if not role.from_members), self.playbook.roles[0].title)
        host = titles.get("host", crew)
        setup = timedelta(minutes=_SETUP_ONLINE_MINUTES if brief.online else _SETUP_MINUTES)
        doors = timedelta(minutes=min(_DOORS_MINUTES, _SETUP_ONLINE_MINUTES))
        start, end = brief.starts_at, brief.ends_at

        def line(first: timedelta, key: str) -> RunItem:
            until = start - doors if first > doors else start
            return RunItem(starts_at=start - first, ends_at=until, title=say(self.locale, f"{key}{suffix}"), owner=crew)

        items = [line(setup, "run.setup"), line(doors, "run.doors")]
        for segment in agenda:
            at = start + timedelta(minutes=segment.start_minute)
            owner = segment.speaker.name if segment.speaker else titles.get(segment.role or "", host)
            items.append(
                RunItem(starts_at=at, ends_at=at + timedelta(minutes=segment.minutes), title=segment.title, owner=owner)
            )
        close = timedelta(minutes=_TEARDOWN_MINUTES)
        items.append(
            RunItem(starts_at=end, ends_at=end + close, title=say(self.locale, f"run.teardown{suffix}"), owner=crew)
        )
        return items


def as_pick(candidate: Candidate) -> Pick:
    """Return the candidate as a pick, with the words that speak for it."""
    kind = "member" if candidate.kind == "member" else "resource"
    return Pick(kind=kind, id=candidate.id, name=candidate.name, why=candidate.text, why_id=candidate.text_id)


def is_free(terms: str) -> bool:
    """Whether the terms of a record plainly say that it costs nothing; any number or condition means no."""
    return bool(_FREE.search(terms)) and not _NOT_FREE.search(terms)


def _citations(snapshot: PlanSnapshot) -> list[Citation]:
    cited = [Citation(kind="playbook", id=snapshot.playbook_id, detail=snapshot.playbook_hash)]
    return cited + [Citation(kind="event", id=event.id, detail=event.title) for event in snapshot.past_events]
