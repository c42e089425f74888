"""What a person still has to settle before a plan holds: people, places, terms, travel, numbers. Sentences only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from copilot.community.cities import city_key, city_name
from copilot.events.drafts.outline import Outline
from copilot.events.drafts.playbook_draft import PLACE_NEEDS
from copilot.events.drafts.terms import Conflict, conflicts, notice_days
from copilot.events.models import ResourcePlan, RolePlan, Segment
from copilot.events.snapshot import Candidate, PlanSnapshot
from copilot.events.wording import say, slot_name
from copilot.playbook_models import Playbook, SegmentKind

_WORTH_MOVING = 0.1  # a slot is worth a word when another one fills so much better


class Confirmations:
    """Collects the lines for one plan; the order is that in which they matter."""

    def __init__(self, snapshot: PlanSnapshot, playbook: Playbook, outline: Outline) -> None:
        self._snapshot = snapshot
        self._playbook = playbook
        self._outline = outline
        self._locale = snapshot.community.locale
        self._known = snapshot.candidates.by_id()

    def lines(
        self, agenda: Sequence[Segment], roles: Sequence[RolePlan], resources: Sequence[ResourcePlan]
    ) -> list[str]:
        """Return every line once."""
        locale = self._locale
        own = {segment.part.key for segment in self._outline.segments}
        rounds = len({s.key for s in agenda if s.key not in own and s.kind is not SegmentKind.BREAK})
        picked = [s.speaker.id for s in agenda if s.speaker] + [r.pick.id for r in roles if r.pick]
        found = [
            *(question.text for question in self._snapshot.questions),
            *self._snapshot.assumptions,
            *self._people(agenda, roles),
            *travel_lines(self._snapshot, list(dict.fromkeys(picked))),
            *self._resources(resources),
            *self._open_places(),
            *slot_lines(self._snapshot),
            *([say(locale, "note.extra_rounds", count=rounds)] if rounds else []),
            *([say(locale, "confirm.closed")] if self._snapshot.brief.closed else []),
            *([say(locale, "confirm.price")] if self._playbook.cost_lines else []),
            *(say(locale, "confirm.removed", where=where) for where in self._outline.replaced),
        ]
        return list(dict.fromkeys(found))

    def _people(self, agenda: Sequence[Segment], roles: Sequence[RolePlan]) -> Iterator[str]:
        locale = self._locale
        for segment in agenda:
            if segment.to_confirm:
                yield say(locale, "confirm.speaker", segment=segment.title)
            elif segment.speaker:
                yield say(locale, "confirm.role_pick", name=segment.speaker.name, role=segment.title)
        speaking = {segment.speaker.id for segment in agenda if segment.speaker}
        for role in roles:
            if role.pick is None:
                yield say(locale, "confirm.role", role=role.title)
            elif role.pick.id not in speaking:
                yield say(locale, "confirm.role_pick", name=role.pick.name, role=role.title)

    def _resources(self, resources: Sequence[ResourcePlan]) -> Iterator[str]:
        locale, brief = self._locale, self._snapshot.brief
        for plan in resources:
            if plan.pick is None:
                if plan.key in PLACE_NEEDS and brief.place:
                    yield say(
                        locale, "confirm.named_place", place=brief.place, need=plan.title, headcount=brief.headcount
                    )
                elif plan.required:
                    yield say(locale, "confirm.resource", need=plan.title)
                continue
            terms = plan.terms or say(locale, "confirm.terms_unknown")
            yield say(locale, "confirm.resource_pick", name=plan.pick.name, terms=terms)
            candidate = self._known[plan.pick.id]
            yield from term_lines(self._snapshot, self._playbook, candidate, is_venue=plan.key in PLACE_NEEDS)
            if plan.key in PLACE_NEEDS and candidate.capacity is None:
                yield say(locale, "confirm.capacity", name=plan.pick.name, headcount=brief.headcount)

    def _open_places(self) -> list[str]:
        """Say where the number of places comes from; a guess is called one."""
        turnout, places = self._snapshot.turnout, open_places(self._snapshot, self._playbook)
        if places == self._snapshot.brief.headcount:
            return []
        rate = round(100 * (usual_turnout(self._snapshot, self._playbook) or 0))
        if turnout is None:
            return [say(self._locale, "invite.playbook", rate=rate, open=places)]
        return [say(self._locale, "invite", rate=rate, events=turnout.events, signups=turnout.signups, open=places)]


def travel_lines(snapshot: PlanSnapshot, ids: Sequence[str]) -> list[str]:
    """Return a line for everybody picked who lives in another city than that of the event; none online."""
    brief, locale = snapshot.brief, snapshot.community.locale
    if brief.online or not brief.city:
        return []
    known, here = snapshot.candidates.by_id(), city_key(brief.city)
    away = [known[i] for i in ids if i in known and known[i].city and city_key(known[i].city) != here]
    return [
        say(
            locale, "confirm.travel", name=item.name, there=city_name(item.city, locale),
            here=city_name(brief.city, locale),
        )
        for item in away
    ]  # fmt: skip


def term_lines(snapshot: PlanSnapshot, playbook: Playbook, candidate: Candidate, *, is_venue: bool) -> list[str]:
    """Return a line for every term of a record that is against the event."""
    brief, locale = snapshot.brief, snapshot.community.locale
    today = snapshot.now.astimezone(brief.local_start.tzinfo).date()
    if is_venue:
        found = conflicts(candidate, brief, playbook, today)
    else:
        notice = notice_days(candidate.terms)
        late = notice is not None and (brief.starts_on - today).days < notice
        found = [Conflict("terms.notice", str(notice))] if late else []
    end = brief.ends_at.astimezone(brief.local_start.tzinfo)
    return [
        say(
            locale, item.sentence, name=candidate.name, value=item.value, day=brief.starts_on.isoformat(),
            start=f"{brief.local_start:%H:%M}", end=f"{end:%H:%M}",
        )
        for item in found
    ]  # fmt: skip


def slot_lines(snapshot: PlanSnapshot) -> list[str]:
    """Return a line when the community's own past says that another part of the week fills clearly better.

    A day that nobody chose was chosen by that past, and is asked about with its figures.
    """
    slots, locale = snapshot.slots, snapshot.community.locale
    if any(question.field == "starts_on" for question in snapshot.questions):
        return []
    mine = next((slot for slot in slots if slot.holds(snapshot.brief.local_start)), None)
    if mine is None or not slots or slots[0].rate - mine.rate < _WORTH_MOVING:
        return []
    best = slots[0]
    return [
        say(
            locale, "note.slot", here=slot_name(locale, mine.weekday, mine.part), rate=round(100 * mine.rate), events=mine.events,
            best=slot_name(locale, best.weekday, best.part), best_rate=round(100 * best.rate), best_events=best.events,
        )
    ]  # fmt: skip


def usual_turnout(snapshot: PlanSnapshot, playbook: Playbook) -> float | None:
    """Return the share of sign-ups that comes: from the community's own past, else the playbook's target; 0 to 1."""
    if snapshot.turnout is not None:
        return snapshot.turnout.rate
    target = next((metric.target for metric in playbook.metrics if metric.key == "attendance"), None)
    return None if target is None or not 0 < target <= 100 else target / 100


def open_places(snapshot: PlanSnapshot, playbook: Playbook) -> int:
    """Return the sign-ups to open so that the head count comes; at most twice the head count, by name when closed."""
    headcount, rate = snapshot.brief.headcount, usual_turnout(snapshot, playbook)
    if not rate or snapshot.brief.closed:
        return headcount
    return min(max(math.ceil(headcount / rate), headcount), headcount * 2)
