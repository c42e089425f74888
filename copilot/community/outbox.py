"""Notes for webhooks, written in the transaction of the change they tell of: neither can be there without the other.

What is noted here is sent by `copilot.webhooks`. A payload names records and figures; texts and contacts stay here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, get_args

from sqlalchemy import select

from copilot.community.ids import new_id
from copilot.community.prepared import Prepared
from copilot.community.store import Unit
from copilot.community.tables import Webhook, WebhookDelivery

Event = Literal[
    "match.proposed", "match.accepted", "round.planned", "alert.opened", "care.opened",
    "event.published", "event.changed", "event.cancelled", "signup.promoted",
    "case.opened", "case.decided", "case.reversed", "decision.proposed", "appeal.received", "appeal.decided",
    "resource.requested", "resource.overdue",
    "action.warning", "action.hide", "action.mute", "action.removal", "action.reversed",
    "points.awarded", "points.reversed",
]  # fmt: skip
EVENTS: tuple[str, ...] = get_args(Event)
WAITING = "waiting"
ACTIVE = "active"
_ACTIVE = Prepared(select(Webhook.id, Webhook.events).where(Webhook.status == ACTIVE))


def emit(unit: Unit, event: str, payload: dict[str, Any]) -> None:
    """Note `event` for every active webhook of the community that listens; without one nothing is written.

    Args:
        unit: the writing unit of the change itself.
        event: one of `EVENTS`.
        payload: ids and figures, never a member's words or contacts.
    """
    emit_all(unit, event, [payload])


def emit_all(unit: Unit, event: str, payloads: Sequence[dict[str, Any]]) -> None:
    """Note one event of several records; see `emit`."""
    if event not in EVENTS:
        raise ValueError(f"{event!r} is no event that webhooks know; add it to EVENTS")
    if not payloads:
        return
    listening = [webhook.id for webhook in unit.rows(_ACTIVE) if event in webhook.events]
    for payload in payloads:
        note(unit, listening, event, payload)


def note(unit: Unit, webhook_ids: Iterable[str], event: str, payload: dict[str, Any]) -> list[WebhookDelivery]:
    """Write a delivery to each of these webhooks, to be sent as soon as somebody looks, and return the rows."""
    return [
        unit.add(
            WebhookDelivery(
                id=new_id("whd"), webhook_id=webhook_id, event=event, payload=payload, status=WAITING, attempts=0,
                next_try_at=unit.now, created_at=unit.now,
            )
        )
        for webhook_id in webhook_ids
    ]  # fmt: skip
