"""Checks of a plan against its circumstances: mealtimes, nights, terms of the place, who travels, whose turn, who may know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from copilot.events.checking.sentences import problem
from copilot.events.drafts.confirming import term_lines, travel_lines
from copilot.events.drafts.paces import turns_note
from copilot.events.drafts.playbook_draft import PLACE_NEEDS
from copilot.events.drafts.timetable import sessions, timetable_of
from copilot.events.models import PlanContent
from copilot.events.snapshot import PlanSnapshot
from copilot.events.wording import say
from copilot.events.words import says_open
from copilot.playbook_models import Playbook

_MEAL_SHIFT = 20  # minutes by which the layout may move a meal


def meals_in_time(plan: PlanContent, snapshot: PlanSnapshot) -> Iterator[str]:
    """Yield meals that are missing or far from mealtime, and nights in which people would have to sit on."""
    found = [(s.key, s.start_minute) for s in plan.agenda if s.key in {"meal", "night"}]
    clock = 0
    for block in timetable_of(snapshot.brief).blocks:
        clock += block.minutes
        if block.pause_minutes:
            near = [item for item in found if item[0] == block.pause_key and abs(item[1] - clock) <= _MEAL_SHIFT]
            if not near:
                at = (snapshot.brief.local_start.hour * 60 + snapshot.brief.local_start.minute + clock) % 1440
                yield problem(plan.language, f"no_{block.pause_key}", time=f"{at // 60:02d}:{at % 60:02d}")
        clock += block.pause_minutes


def sits_in_session(plan: PlanContent, snapshot: PlanSnapshot) -> Iterator[str]:
    """Yield parts of the agenda that run while the room is closed."""
    spans = [(s.start_minute, s.end_minute) for s in sessions(snapshot.brief)]
    for segment in plan.agenda:
        inside = any(a <= segment.start_minute and segment.end_minute <= b for a, b in spans)
        if segment.key != "night" and not inside:
            yield problem(plan.language, "at_night", title=segment.title)


def venue_terms(plan: PlanContent, snapshot: PlanSnapshot, playbook: Playbook) -> Iterator[str]:
    """Yield terms of picked records that are against the event and that the list to confirm does not name."""
    known = snapshot.candidates.by_id()
    for need in plan.resources:
        if need.pick is None or need.pick.id not in known:
            continue
        candidate = known[need.pick.id]
        for line in term_lines(snapshot, playbook, candidate, is_venue=need.key in PLACE_NEEDS):
            if line not in plan.to_confirm:
                yield line


def travel_noted(plan: PlanContent, snapshot: PlanSnapshot) -> Iterator[str]:
    """Yield people from another city whose way the list to confirm does not mention."""
    picked = [s.speaker.id for s in plan.agenda if s.speaker] + [r.pick.id for r in plan.roles if r.pick]
    for line in travel_lines(snapshot, list(dict.fromkeys(picked))):
        if line not in plan.to_confirm:
            yield line


def turns_fit(plan: PlanContent, snapshot: PlanSnapshot) -> Iterator[str]:
    """Yield parts that promise everybody more minutes than there are and do not say how it works out."""
    # A part cut by breaks is one part: its minutes count together, its notes stand in the first piece.
    whole: dict[str, int] = defaultdict(int)
    for segment in plan.agenda:
        whole[segment.key] += segment.minutes
    for segment in plan.agenda:
        note = turns_note(plan.language, segment.notes, whole[segment.key], snapshot.brief.headcount)
        if note and note not in segment.notes:
            yield problem(plan.language, "turns", title=segment.title, note=note)


def place_known(plan: PlanContent, snapshot: PlanSnapshot) -> Iterator[str]:
    """Yield a place that is no record, that nobody named, or that is named and not listed to confirm."""
    locale, brief = snapshot.community.locale, snapshot.brief
    if plan.venue is not None or plan.online:
        return
    open_place = {say(locale, "place.no_city"), say(locale, "place.to_confirm", city=brief.city)}
    if brief.place and brief.place in plan.place:
        if not any(brief.place in line for line in plan.to_confirm):
            yield problem(locale, "place_unlisted", place=brief.place)
    elif plan.place not in open_place:
        yield problem(locale, "place_unknown", place=plan.place)


def closed_door(plan: PlanContent, snapshot: PlanSnapshot) -> Iterator[str]:
    """Yield messages about a closed event that go anywhere but to a person."""
    channel = say(snapshot.community.locale, "invite.channel")
    for step in plan.promotion:
        if snapshot.brief.closed and step.channel != channel:
            yield problem(snapshot.community.locale, "not_closed", title=step.title, channel=step.channel)


def messages_ready(plan: PlanContent, snapshot: PlanSnapshot) -> Iterator[str]:
    """Yield messages for guests that still say that something is open."""
    for step in plan.promotion:
        if said := says_open(step.text):
            yield problem(snapshot.community.locale, "unready", title=step.title, said=said)
