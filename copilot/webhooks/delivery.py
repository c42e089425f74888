"""Sending what waits: at least once, each time under the same id, in no promised order.

A batch is taken out for a while before it is sent, so that no second worker sends it, too; what a crash leaves taken out
is due again when the while is over. A receiver that does not answer is asked once in a run: all that is due for it waits
with the letter that found out, and counts the try.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from sqlalchemy import ColumnElement, delete, or_, select, update

from copilot.community.outbox import ACTIVE, WAITING
from copilot.community.store import Store, Unit
from copilot.community.tables import Webhook, WebhookDelivery
from copilot.webhooks.models import SendReport
from copilot.webhooks.sender import Letter, Outcome, Sender

# Between the tries: eight of them in about a day.
PAUSES = tuple(timedelta(seconds=s) for s in (30, 120, 600, 1800, 7200, 21600, 57600))
KEPT = timedelta(days=30)
# Taken out for longer than a batch may take, however slowly its receivers answer.
_TAKEN = timedelta(seconds=150)
_BATCH_SECONDS = 60.0
_BATCH = 100


def has_work(unit: Unit) -> bool:
    """Whether something is due to be sent, or too old to be kept."""
    due = select(WebhookDelivery.id).where(*_due(unit.now)).limit(1)
    old = select(WebhookDelivery.id).where(WebhookDelivery.created_at < unit.now - KEPT).limit(1)
    return unit.session.scalar(due) is not None or unit.session.scalar(old) is not None


@dataclass(frozen=True)
class _Noted:
    """What one try changed, and whether its receiver is left alone for now."""

    delivered: int = 0
    put_off: int = 0
    failed: int = 0
    leave_alone: bool = False


class Courier:
    """Sends the letters of a community and notes what became of them."""

    def __init__(self, store: Store, sender: Sender, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._sender = sender
        self._elapsed = elapsed

    def run(self, community_id: str, on_batch: Callable[[SendReport], None] | None = None) -> SendReport:
        """Send all that is due, and forget what is too old.

        Args:
            community_id: whose letters.
            on_batch: called after each batch of at most 100 with the sums so far; what it raises ends the run.

        Raises:
            StoreBusy, StoreFull, StoreUnavailable: what was sent and could not be noted is sent again, under its id.
        """
        report = SendReport(pruned=self._prune(community_id))
        while letters := self._take(community_id):
            asyncio.run(self._send_batch(community_id, letters, report))
            if on_batch is not None:
                on_batch(report)
        return report

    def try_once(self, letter: Letter) -> Outcome:
        """Send one letter now and return what became of it; nothing is noted."""
        return asyncio.run(self._send_alone(letter))

    async def _send_alone(self, letter: Letter) -> Outcome:
        async with self._sender.client() as client:
            return await self._sender.send(client, letter, self._store.clock.now())

    def _prune(self, community_id: str) -> int:
        old = WebhookDelivery.created_at < self._store.clock.now() - KEPT
        with self._store.read(community_id) as unit:
            if unit.session.scalar(select(WebhookDelivery.id).where(old).limit(1)) is None:
                return 0
        with self._store.write(community_id) as unit:
            gone = delete(WebhookDelivery).where(old).returning(WebhookDelivery.id)
            return len(unit.session.scalars(gone, execution_options={"synchronize_session": False}).all())

    def _take(self, community_id: str) -> list[Letter]:
        """Take the oldest letters that are due out of sight of others."""
        with self._store.read(community_id) as unit:
            if unit.session.scalar(select(WebhookDelivery.id).where(*_due(unit.now)).limit(1)) is None:
                return []
        with self._store.write(community_id) as unit:
            found = unit.session.scalars(
                select(WebhookDelivery)
                .where(*_due(unit.now))
                .order_by(WebhookDelivery.created_at, WebhookDelivery.id)
                .limit(_BATCH)
                .with_for_update(skip_locked=True)
            ).all()
            webhooks = unit.get_many(Webhook, [row.webhook_id for row in found])
            for row in found:
                row.next_try_at = unit.now + _TAKEN
            return [letter_of(row, webhooks[row.webhook_id]) for row in found]

    async def _send_batch(self, community_id: str, letters: Sequence[Letter], report: SendReport) -> None:
        """Send to all receivers side by side, and to each of them one letter after the other."""
        by_webhook: dict[str, list[Letter]] = defaultdict(list)
        for letter in letters:
            by_webhook[letter.webhook_id].append(letter)
        until = self._elapsed() + _BATCH_SECONDS
        async with self._sender.client() as client:
            await asyncio.gather(
                *(self._send_to_one(client, community_id, queue, until, report) for queue in by_webhook.values())
            )

    async def _send_to_one(
        self, client: httpx.AsyncClient, community_id: str, letters: list[Letter], until: float, report: SendReport
    ) -> None:
        while letters:
            if self._elapsed() >= until:
                await asyncio.to_thread(self._give_back, community_id, letters)
                return
            letter = letters.pop(0)
            outcome = await self._sender.send(client, letter, self._store.clock.now())
            # In a thread: a database that makes us wait must not eat the other receivers' time.
            noted = await asyncio.to_thread(self._note, community_id, letter, outcome, letters)
            report.delivered += noted.delivered
            report.put_off += noted.put_off
            report.failed += noted.failed
            if noted.leave_alone:
                return

    def _note(self, community_id: str, letter: Letter, outcome: Outcome, rest: Sequence[Letter]) -> _Noted:
        """Write what became of a try."""
        with self._store.write(community_id) as unit:
            row = unit.find(WebhookDelivery, letter.delivery_id)
            if row is None:  # removed meanwhile
                return _Noted(leave_alone=True)
            if outcome.kind == "delivered":
                row.status, row.attempts, row.last_answer = "delivered", row.attempts + 1, outcome.answer
                row.next_try_at, row.delivered_at = None, unit.now
                return _Noted(delivered=1)
            if outcome.kind == "gone":
                disable(unit, letter.webhook_id)
                row.status, row.attempts, row.last_answer = "failed", row.attempts + 1, outcome.answer
                row.next_try_at = None
                _release(unit, rest)
                return _Noted(failed=1, leave_alone=True)
            put_off, failed = _put_off(unit, letter, outcome, rest)
            return _Noted(put_off=put_off, failed=failed, leave_alone=outcome.kind == "away")

    def _give_back(self, community_id: str, letters: Sequence[Letter]) -> None:
        with self._store.write(community_id) as unit:
            _release(unit, letters)


def letter_of(row: WebhookDelivery, webhook: Webhook) -> Letter:
    """Return what a delivery sends."""
    return Letter(
        row.id, webhook.id, webhook.url, webhook.secret, row.event, dict(row.payload), row.created_at, row.attempts
    )


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    active = select(Webhook.id).where(Webhook.status == ACTIVE)
    return (
        WebhookDelivery.status == WAITING,
        WebhookDelivery.next_try_at <= now,
        WebhookDelivery.webhook_id.in_(active),
    )


def disable(unit: Unit, webhook_id: str) -> None:
    """Send a webhook nothing more: its receiver said that it is gone."""
    webhook = unit.find(Webhook, webhook_id)
    if webhook is not None and webhook.status == ACTIVE:
        webhook.status = "disabled"
        unit.audit("system", "webhook.disabled", ("webhook", webhook_id), reason="gone")


def _put_off(unit: Unit, letter: Letter, outcome: Outcome, rest: Sequence[Letter]) -> tuple[int, int]:
    """Count a try that failed; return how many letters wait on and how many are given up.

    When the receiver is away, all that is due for it counts the try, each by its own number of tries so far.
    """
    meant = WebhookDelivery.id == letter.delivery_id
    if outcome.kind == "away":
        taken = WebhookDelivery.id.in_([other.delivery_id for other in rest])
        due = (WebhookDelivery.webhook_id == letter.webhook_id) & (WebhookDelivery.next_try_at <= unit.now)
        meant = or_(meant, taken, due)
    put_off = failed = 0
    # The most tried first: a row that was counted once must not be met again.
    for tries in reversed(range(len(PAUSES) + 1)):
        same = (WebhookDelivery.attempts == tries) if tries < len(PAUSES) else (WebhookDelivery.attempts >= tries)
        last = tries == len(PAUSES)
        changed = unit.session.scalars(
            update(WebhookDelivery)
            .where(meant, same, WebhookDelivery.status == WAITING)
            .values(
                attempts=WebhookDelivery.attempts + 1,
                last_answer=outcome.answer,
                status="failed" if last else WAITING,
                next_try_at=None if last else unit.now + PAUSES[tries],
            )
            .returning(WebhookDelivery.id),
            execution_options={"synchronize_session": False},
        ).all()
        put_off += 0 if last else len(changed)
        failed += len(changed) if last else 0
    return put_off, failed


def _release(unit: Unit, letters: Sequence[Letter]) -> None:
    for row in unit.get_many(WebhookDelivery, [letter.delivery_id for letter in letters]).values():
        if row.status == WAITING:
            row.next_try_at = unit.now
