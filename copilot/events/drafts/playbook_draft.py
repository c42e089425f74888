"""The drafter that needs no model: the playbook's words, the community's records, nobody invented."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from copilot.events.drafts.layout import Part
from copilot.events.drafts.outline import Outline, OutlineSegment, fill_in
from copilot.events.models import RiskPlan
from copilot.events.snapshot import Candidate, PlanSnapshot
from copilot.events.wording import amount, say
from copilot.playbook_models import Metric, Playbook, Segment, SegmentKind

HOST_ROLE = "host"
VENUE_NEED = "venue"
# Needs that are the place itself: a room, or whoever opens their doors to a visit.
PLACE_NEEDS = (VENUE_NEED, "site")
_OPENS_DOORS = re.compile(
    r"参观|参访|走访|开放日|工厂|车间|产线|门店|\b(?:factory|plant|shop floor|open day|site|tours?|visits?)\b",
    re.IGNORECASE,
)
MAX_LESSONS = 3
_GOAL_METRICS = 2


def draft_from_playbook(snapshot: PlanSnapshot, playbook: Playbook) -> Outline:
    """Return a complete outline from the playbook and the snapshot's candidates."""
    values = placeholder_values(snapshot, playbook)
    hosts, speakers = snapshot.candidates.hosts, snapshot.candidates.speakers
    host = hosts[0] if hosts else None
    pool = [item for item in speakers if host is None or item.id != host.id]
    segments = _segments(playbook, pool, values)
    return Outline(
        title=plan_title(snapshot, playbook),
        goal=plan_goal(snapshot, playbook),
        segments=segments,
        role_picks=_role_picks(playbook, host, pool, segments),
        resource_picks=_resource_picks(snapshot, playbook),
        promotion=list(playbook.promotion),
        risks=[
            RiskPlan(
                key=risk.key, title=fill_in(risk.title, values), trigger=fill_in(risk.trigger, values),
                fallback=fill_in(risk.fallback, values), owner_role=risk.owner_role,
            )
            for risk in playbook.risks
        ],
        interactions=[fill_in(text, values) for text in playbook.interactions],
        feedback_questions=[fill_in(text, values) for text in playbook.feedback_questions],
    )  # fmt: skip


def speaking_roles(playbook: Playbook) -> set[str]:
    """Return the roles that stand in front: filled from members, other than the host."""
    return {role.key for role in playbook.roles if role.from_members and role.key != HOST_ROLE}


def plan_title(snapshot: PlanSnapshot, playbook: Playbook) -> str:
    """Return the topic with the name of the format, or the topic alone when it says the format already."""
    locale, brief, name = snapshot.community.locale, snapshot.brief, playbook.title
    topic = brief.topic[:1].upper() + brief.topic[1:] if locale == "en" else brief.topic
    if name.lower() in brief.topic.lower() or any(word in brief.topic for word in _format_words(name)):
        return topic
    key = "title.online" if brief.online and playbook.format != "online_talk" else "title"
    return say(locale, key, topic=topic, format=name)


def plan_goal(snapshot: PlanSnapshot, playbook: Playbook) -> str:
    """Return a sentence with numbers: how many people, and what is reached, from the playbook's metrics."""
    locale, brief = snapshot.community.locale, snapshot.brief
    targets = [goal_target(metric, locale) for metric in playbook.metrics[:_GOAL_METRICS]]
    if not targets:
        targets = [say(locale, "goal.target_none", count=max(brief.headcount // 2, 1))]
    joined = [*targets, *brief.goals]
    return say(
        locale, "goal", topic=brief.topic, headcount=brief.headcount, audience=brief.audience,
        targets=("; " if locale == "en" else "；").join(joined),
    )  # fmt: skip


def goal_target(metric: Metric, locale: str) -> str:
    """Return a metric as a phrase with its number."""
    return say(locale, "goal.target", title=metric.title, target=amount(metric.target, metric.unit))


def placeholder_values(snapshot: PlanSnapshot, playbook: Playbook) -> dict[str, str]:
    """Return what the placeholders of playbook texts stand for in this plan."""
    locale, brief, start = snapshot.community.locale, snapshot.brief, snapshot.brief.local_start
    speakers = snapshot.candidates.speakers
    return {
        "topic": brief.topic,
        "title": plan_title(snapshot, playbook),
        "date": start.date().isoformat(),
        "time": start.strftime("%H:%M"),
        "place": public_place(snapshot, None if brief.online else _first(snapshot.candidates.venues)),
        "city": brief.city or say(locale, "place.online" if brief.online else "city.ours"),
        "headcount": str(brief.headcount),
        "speaker": speakers[0].name if speakers else say(locale, "speaker.unknown"),
        "community": snapshot.community.name,
        "audience": brief.audience,
    }


def place_name(snapshot: PlanSnapshot, venue: Candidate | None) -> str:
    """Return where it is, in words."""
    locale, brief = snapshot.community.locale, snapshot.brief
    if brief.online:
        return say(locale, "place.online")
    if venue is not None:
        return _with_city(brief.city, venue.name)
    if brief.place:
        return say(locale, "place.named", place=_with_city(brief.city, brief.place))
    return say(locale, "place.to_confirm", city=brief.city) if brief.city else say(locale, "place.no_city")


def public_place(snapshot: PlanSnapshot, venue: Candidate | None) -> str:
    """Return where it is in a text for guests, who must not read that something is still to be confirmed."""
    locale, brief = snapshot.community.locale, snapshot.brief
    if brief.online or venue is not None:
        return place_name(snapshot, venue)
    if brief.place:
        return _with_city(brief.city, brief.place)
    return say(locale, "place.announced", city=brief.city or say(locale, "city.ours"))


def _with_city(city: str, place: str) -> str:
    return place if not city or city in place else f"{city} {place}"


def outline_segment(segment: Segment, speakers: Sequence[Candidate], values: dict[str, str]) -> OutlineSegment:
    """Return the playbook's segment as a part of an outline."""
    part = Part(segment.key, segment.kind, segment.weight, segment.min_minutes, segment.max_minutes)
    return OutlineSegment(
        part=part, title=fill_in(segment.title, values), notes=fill_in(segment.notes, values), role=segment.role,
        speakers=tuple(speakers),
    )  # fmt: skip


def _segments(playbook: Playbook, pool: Sequence[Candidate], values: dict[str, str]) -> list[OutlineSegment]:
    """Give every speaking segment its own speakers, so that nobody stands in two places at once or speaks twice."""
    speaking = speaking_roles(playbook)
    agenda = [segment for segment in playbook.agenda if segment.kind is not SegmentKind.BREAK]
    slots = [segment.key for segment in agenda if segment.role in speaking]
    made = []
    for segment in agenda:
        mine = pool[slots.index(segment.key) :: len(slots)] if segment.key in slots else []
        made.append(outline_segment(segment, mine, values))
    return made


def _role_picks(
    playbook: Playbook, host: Candidate | None, pool: Sequence[Candidate], segments: Sequence[OutlineSegment]
) -> dict[str, Candidate]:
    picks: dict[str, Candidate] = {}
    if host is not None and any(role.key == HOST_ROLE and role.from_members for role in playbook.roles):
        picks[HOST_ROLE] = host
    for segment in segments:
        if segment.role and segment.speakers and segment.role not in picks:
            picks[segment.role] = segment.speakers[0]
    used = {item.id for item in picks.values()} | {s.id for seg in segments for s in seg.speakers[:1]}
    spare = [item for item in pool if item.id not in used]
    for role in playbook.roles:
        if role.key in speaking_roles(playbook) and role.key not in picks and spare:
            picks[role.key] = spare.pop(0)
    return picks


def _resource_picks(snapshot: PlanSnapshot, playbook: Playbook) -> dict[str, Candidate]:
    picks: dict[str, Candidate] = {}
    spare = list(snapshot.candidates.resources)
    for need in playbook.resources:
        if need.key == VENUE_NEED:
            venue = None if snapshot.brief.online else _first(snapshot.candidates.venues)
            if venue is not None:
                picks[need.key] = venue
            continue
        fitting = next((item for item in spare if item.type == need.type and _can_be(need.key, item)), None)
        if fitting is not None:
            picks[need.key] = fitting
            spare.remove(fitting)
    return picks


def place_of(picks: Mapping[str, Candidate]) -> Candidate | None:
    """Return the record that is the place of the event among the picks of resources."""
    return next((picks[key] for key in PLACE_NEEDS if key in picks), None)


def _can_be(need: str, item: Candidate) -> bool:
    """Somebody of the right type is no place to visit unless the record speaks of one."""
    return need not in PLACE_NEEDS or bool(_OPENS_DOORS.search(f"{item.name} {item.text}"))


def _first(candidates: Sequence[Candidate]) -> Candidate | None:
    return candidates[0] if candidates else None


def _format_words(name: str) -> list[str]:
    """Return the words of a format's name that would read twice beside it: 沙龙 of 沙龙/论坛."""
    words = [word for word in name.replace("/", " ").replace("、", " ").replace("／", " ").split() if len(word) > 1]
    return [word for word in words if not word.isascii() or len(word) > 4]
