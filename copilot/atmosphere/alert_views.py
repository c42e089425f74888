"""A stored alert as it is shown: its sentence, one step from the knowledge base with a draft, and who takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from copilot.atmosphere.alert_models import (
    AlertContent,
    AlertKind,
    AlertRoom,
    AlertSettings,
    AlertStatus,
    AlertView,
    StepStatus,
    SuggestedStep,
)
from copilot.atmosphere.alert_wording import EVERYWHERE, FALSE_ALARMS, WHO, sentence
from copilot.atmosphere.models import DimensionName
from copilot.atmosphere.rooms import Room
from copilot.atmosphere.thresholds import Watch
from copilot.community.tables import Alert, Channel
from copilot.errors import NotFound
from copilot.knowledge import KnowledgeBase, Passage

# By measure: the section with the step, and the one with what might be said.
_STEPS = {
    "heat": ("room-actions#7", "room-messages#6"),
    "net_sentiment": ("room-actions#2", "room-messages#1"),
    "followed_share": ("room-actions#3", "room-messages#2"),
    "active_members": ("room-actions#6", "room-messages#3"),
    "substantive_share": ("room-actions#4", "room-messages#4"),
    "concentration": ("room-actions#5", "room-messages#5"),
}


def view(
    row: Alert, room: Room, channels: Mapping[str, Channel], knowledge: KnowledgeBase, settings: AlertSettings,
    watch: Watch,
) -> AlertView:  # fmt: skip
    """Return the alert in the community's language."""
    if row.opened_at is None:
        raise ValueError("an alert that never opened is not shown")
    content = AlertContent.model_validate(row.content)
    channel = channels.get(row.channel_id or "")
    name = row.group or (channel.name if channel is not None else "") or EVERYWHERE[room.locale]
    rate, most = (f"{100 * share:g}" for share in (watch.false_alarms_a_week, watch.most_false_alarms_a_week))
    return AlertView(
        id=row.id, kind=cast(AlertKind, row.kind), dimension=cast(DimensionName, row.dimension), measure=row.measure,
        room=AlertRoom(
            channel_id=row.channel_id, channel_name=channel.name if channel is not None else None,
            group=row.group or None,
        ),
        status=cast(AlertStatus, row.status), held_back=content.held_back, seriousness=row.seriousness, week=row.week,
        opened_at=row.opened_at.astimezone(room.zone),
        closed_at=None if row.closed_at is None else row.closed_at.astimezone(room.zone),
        sentence=sentence(room.locale, row.measure, name, content),
        false_alarms=FALSE_ALARMS[room.locale][row.kind].format(rate=rate, most=most),
        found=content, step=_step(row, room, knowledge, settings),
    )  # fmt: skip


def _step(row: Alert, room: Room, knowledge: KnowledgeBase, settings: AlertSettings) -> SuggestedStep:
    action, draft = (_passage(knowledge, name, room) for name in _STEPS[row.measure])
    who = settings.takers.get(cast(DimensionName, row.dimension)) or settings.default_taker or WHO[room.locale]
    return SuggestedStep(
        status=cast(StepStatus, row.step), who=who, passage_id=action.id if action else None,
        heading=action.heading if action else "", passage=action.text if action else "",
        draft=draft.text if draft else "", draft_id=draft.id if draft else None, by=row.step_by or None,
        at=None if row.step_at is None else row.step_at.astimezone(room.zone), note=row.step_note,
    )  # fmt: skip


def _passage(knowledge: KnowledgeBase, passage_id: str, room: Room) -> Passage | None:
    try:
        return knowledge.passage(passage_id, room.locale)
    except NotFound:  # the operators' own version of the article has fewer sections
        return None
