"""Scores whether the records a plan picks belong in it, by rules of its own: city, seats, and words shared with the subject.

A lower bound: somebody who fits by meaning and shares no word with the subject counts as not belonging.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from copilot.community.cities import city_key
from copilot.events.models import PlanContent
from copilot.events.snapshot import Candidate, PlanSnapshot

VERSION = 1
_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]{3,}")
_HOSTS = re.compile(r"主持|活动|社群|社区|组织|host|event|moderat|emcee|communit", re.IGNORECASE)


@dataclass(frozen=True)
class Specificity:
    """Counts over one plan: picks made, picks that are records and belong there, and jobs that a record could fill."""

    picks: int
    fitting: int
    jobs: int


def specificity(plan: PlanContent, snapshot: PlanSnapshot, known_ids: Collection[str]) -> Specificity:
    """Return how specific a plan is to its community.

    Args:
        plan: the plan as stored.
        snapshot: what it was drafted from; the records' words are taken from there.
        known_ids: records that may be named.
    """
    records = snapshot.candidates.by_id()
    subject = _words(" ".join([plan.topic, *snapshot.brief.goals]))
    made: list[bool] = []
    if plan.venue is not None:
        venue = records.get(plan.venue.id)
        made.append(venue is not None and venue.id in known_ids and _holds(venue, plan))
    people = {s.speaker.id: False for s in plan.agenda if s.speaker}
    people |= {r.pick.id: r.key == "host" for r in plan.roles if r.pick and r.pick.id not in people}
    for person_id, is_host in people.items():
        person = records.get(person_id)
        words = _words(f"{person.text} {person.name}") if person else set()
        belongs = bool(words & subject) or (is_host and person is not None and bool(_HOSTS.search(person.text)))
        made.append(person_id in known_ids and belongs)
    for need in plan.resources:
        if need.pick is None or (plan.venue is not None and need.pick.id == plan.venue.id):
            continue
        record = records.get(need.pick.id)
        wanted = subject | _words(need.title)
        made.append(record is not None and record.id in known_ids and bool(_words(record.text) & wanted))
    jobs = len(plan.roles) + len(plan.resources)
    return Specificity(len(made), sum(made), jobs)


def _holds(venue: Candidate, plan: PlanContent) -> bool:
    is_here = not venue.city or not plan.city or city_key(venue.city) == city_key(plan.city)
    return is_here and (venue.capacity is None or venue.capacity >= plan.headcount)


def _words(text: str) -> set[str]:
    """Pairs of Chinese characters and Latin words of three letters or more."""
    found: set[str] = set()
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        found |= {run} if run.isascii() else {run[i : i + 2] for i in range(len(run) - 1)}
    return found
