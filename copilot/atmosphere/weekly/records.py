"""The records a report names, as they are now, for the check before it leaves."""

from __future__ import annotations

from sqlalchemy import select

from copilot.atmosphere.weekly.checks import Records, ids_of
from copilot.atmosphere.weekly.models import Step, WeeklyReport
from copilot.community.conversation import is_visible
from copilot.community.permission import allows_ai, is_open_to_match
from copilot.community.private import private_among
from copilot.community.store import Unit
from copilot.community.tables import Event, Member, Message, OutreachPause, ProfileText
from copilot.errors import NotFound
from copilot.knowledge import KnowledgeBase


def records_for(unit: Unit, report: WeeklyReport, knowledge: KnowledgeBase) -> Records:
    """Return what the check needs to know."""
    ids = ids_of(report)
    messages = unit.get_many(Message, ids["message"])
    private = private_among(unit, messages)
    sentences = unit.get_many(ProfileText, ids["sentence"])
    shown = {name: row for name, row in messages.items() if is_visible(row) and name not in private}
    senders = {row.sender_id for row in messages.values() if row.sender_id is not None}
    members = unit.get_many(Member, {*ids["member"], *senders})
    paused = set(unit.session.scalars(select(OutreachPause.member_id)))
    events = unit.get_many(Event, ids["event"])
    return Records(
        messages={name: (row.sender_id or "", row.text) for name, row in shown.items()},
        withheld=frozenset(messages) - shown.keys(),
        sentences={name: (row.member_id, row.text) for name, row in sentences.items()},
        names={name: row.name for name, row in members.items() if allows_ai(row)},
        members=frozenset(members),
        askable=frozenset(name for name, row in members.items() if is_open_to_match(row) and name not in paused),
        events={name: row.title for name, row in events.items() if row.status == "published"},
        passages=_passages(report, knowledge),
    )  # fmt: skip


def _passages(report: WeeklyReport, knowledge: KnowledgeBase) -> dict[str, Step]:
    locale = "en" if report.locale == "en" else "zh-CN"
    found: dict[str, Step] = {}
    for action in report.actions:
        try:
            passage = knowledge.passage(action.passage_id, locale)
        except NotFound:
            continue
        found[passage.id] = Step(passage_id=passage.id, heading=passage.heading, text=passage.text)
    return found
