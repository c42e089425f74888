"""Webhooks of a community: made, changed, tried and read about. What is sent by itself is sent by `delivery`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import func, select

from copilot.community.ids import new_id
from copilot.community.outbox import ACTIVE, EVENTS, WAITING
from copilot.community.reader import reader_locale
from copilot.community.store import Page, Store
from copilot.community.tables import Community, Webhook, WebhookDelivery
from copilot.errors import Conflict, InvalidInput
from copilot.webhooks.addresses import parse_url
from copilot.webhooks.delivery import Courier, disable, has_work, letter_of
from copilot.webhooks.models import MAX_WEBHOOKS, TEST_EVENT, DeliveryView, NewWebhook, SendReport, WebhookView
from copilot.webhooks.sender import Sender
from copilot.webhooks.signing import new_secret
from copilot.webhooks.wording import refusal, sentence

_STATUSES = (ACTIVE, "disabled")


class WebhookService:
    """Keeps the webhooks of communities."""

    def __init__(self, store: Store, sender: Sender) -> None:
        self._store = store
        self._sender = sender
        self._courier = Courier(store, sender)

    def create(self, community_id: str, url: str, events: Sequence[str], *, actor: str) -> NewWebhook:
        """Make a webhook; the answer is the only one that shows its secret.

        Raises:
            InvalidInput: the URL is not https or leads to a private address; no event, or an unknown one.
            Conflict: the community has 20 webhooks already.
        """
        address = str(parse_url(url, allow_private=self._sender.allow_private))
        listened = _known(events)
        with self._store.write(community_id) as unit:
            # One after the other: two at once could each find room for one more.
            unit.session.execute(select(Community.id).with_for_update())
            if (unit.session.scalar(select(func.count(Webhook.id))) or 0) >= MAX_WEBHOOKS:
                raise Conflict(**refusal("too_many_webhooks", limit=MAX_WEBHOOKS))
            row = unit.add(
                Webhook(
                    id=new_id("whk"), url=address, events=listened, secret=new_secret(), status=ACTIVE,
                    created_by=actor, created_at=unit.now,
                )
            )  # fmt: skip
            unit.audit(actor, "webhook.created", ("webhook", row.id), events=listened)
            return NewWebhook.model_validate(row)

    def list(self, community_id: str, *, limit: int = 50, cursor: str | None = None) -> Page[WebhookView]:
        """Return webhooks, newest first.

        Raises:
            InvalidInput: a cursor that is not one of this list, or a limit outside 1-200.
        """
        with self._store.read(community_id) as unit:
            page = unit.page(select(Webhook), (Webhook.created_at, Webhook.id), limit=limit, cursor=cursor)
            return Page([WebhookView.model_validate(row) for row in page.items], page.next_cursor)

    def get(self, community_id: str, webhook_id: str) -> WebhookView:
        """Return one webhook.

        Raises:
            NotFound: there is no such webhook here.
        """
        with self._store.read(community_id) as unit:
            return WebhookView.model_validate(unit.get(Webhook, webhook_id))

    def change(
        self,
        community_id: str,
        webhook_id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        status: str | None = None,
        actor: str,
    ) -> WebhookView:
        """Change what is given; what waits for a webhook that is enabled again is sent then.

        Raises:
            NotFound: there is no such webhook here.
            InvalidInput: as for `create`, an unknown status, or nothing to change.
        """
        changes: dict[str, object] = {}
        if url is not None:
            changes["url"] = str(parse_url(url, allow_private=self._sender.allow_private))
        if events is not None:
            changes["events"] = _known(events)
        if status is not None:
            if status not in _STATUSES:
                raise InvalidInput(field="#/status", **refusal("unknown_status", known=", ".join(_STATUSES)))
            changes["status"] = status
        if not changes:
            raise InvalidInput(field="#/", **refusal("no_change"))
        with self._store.write(community_id) as unit:
            row = unit.get(Webhook, webhook_id)
            for name, value in changes.items():
                setattr(row, name, value)
            unit.audit(actor, "webhook.changed", ("webhook", webhook_id), changed=sorted(changes))
            return WebhookView.model_validate(row)

    def rotate(self, community_id: str, webhook_id: str, *, actor: str) -> NewWebhook:
        """Replace the secret and show the new one; the old one signs nothing from now on.

        Raises:
            NotFound: there is no such webhook here.
        """
        with self._store.write(community_id) as unit:
            row = unit.get(Webhook, webhook_id)
            row.secret = new_secret()
            unit.audit(actor, "webhook.rotated", ("webhook", webhook_id))
            return NewWebhook.model_validate(row)

    def remove(self, community_id: str, webhook_id: str, *, actor: str) -> WebhookView:
        """Delete a webhook with its deliveries and return what it was.

        Raises:
            NotFound: there is no such webhook here.
        """
        with self._store.write(community_id) as unit:
            row = unit.get(Webhook, webhook_id)
            unit.session.delete(row)
            unit.audit(actor, "webhook.removed", ("webhook", webhook_id))
            return WebhookView.model_validate(row)

    def deliveries(
        self, community_id: str, webhook_id: str, *, limit: int = 50, cursor: str | None = None
    ) -> Page[DeliveryView]:
        """Return what was sent or waits, newest first; deliveries are kept for 30 days.

        Raises:
            NotFound: there is no such webhook here.
            InvalidInput: a cursor that is not one of this list, or a limit outside 1-200.
        """
        with self._store.read(community_id) as unit:
            unit.get(Webhook, webhook_id)
            own = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
            locale = reader_locale(unit)
            page = unit.page(own, (WebhookDelivery.created_at, WebhookDelivery.id), limit=limit, cursor=cursor)
            return Page([_view(row, locale) for row in page.items], page.next_cursor)

    def test(self, community_id: str, webhook_id: str, *, actor: str) -> DeliveryView:
        """Send one message of type `webhook.test` now, once, and return what became of it.

        Raises:
            NotFound: there is no such webhook here.
        """
        with self._store.read(community_id) as unit:
            webhook = unit.get(Webhook, webhook_id)
            row = WebhookDelivery(
                id=new_id("whd"), webhook_id=webhook_id, event=TEST_EVENT, payload={"webhook_id": webhook_id},
                attempts=1, created_at=unit.now,
            )  # fmt: skip
        outcome = self._courier.try_once(letter_of(row, webhook))
        with self._store.write(community_id) as unit:
            unit.get(Webhook, webhook_id)  # it may have been removed meanwhile
            row.status = "delivered" if outcome.kind == "delivered" else "failed"
            row.last_answer = outcome.answer
            row.delivered_at = unit.now if outcome.kind == "delivered" else None
            unit.add(row)
            if outcome.kind == "gone":
                disable(unit, webhook_id)
            unit.audit(actor, "webhook.tested", ("webhook", webhook_id), outcome=outcome.kind)
            return _view(row, reader_locale(unit))

    def retry(self, community_id: str, delivery_id: str, *, actor: str) -> DeliveryView:
        """Let a delivery that waits or was given up be sent at the next look, with all its tries before it.

        Raises:
            NotFound: there is no such delivery here.
            Conflict: it was delivered, or its webhook is disabled.
        """
        with self._store.write(community_id) as unit:
            row = unit.get(WebhookDelivery, delivery_id)
            if row.status == "delivered":
                raise Conflict(**refusal("delivered_already"))
            if unit.get(Webhook, row.webhook_id).status != ACTIVE:
                raise Conflict(**refusal("webhook_disabled"))
            row.status, row.attempts, row.next_try_at = WAITING, 0, unit.now
            unit.audit(actor, "webhook.retried", ("webhook_delivery", delivery_id))
            return _view(row, reader_locale(unit))

    def deliver(self, community_id: str, on_batch: Callable[[SendReport], None] | None = None) -> SendReport:
        """Send all that is due; see `Courier.run`."""
        return self._courier.run(community_id, on_batch)

    def waits(self, community_id: str) -> bool:
        """Whether there is anything for `deliver` to do."""
        with self._store.read(community_id) as unit:
            return has_work(unit)


def _known(events: Sequence[str]) -> list[str]:
    unknown = sorted(set(events) - set(EVENTS))
    if unknown or not events:
        raise InvalidInput(field="#/events", unknown=unknown, **refusal("unknown_event", known=", ".join(EVENTS)))
    return sorted(set(events), key=EVENTS.index)


def _view(row: WebhookDelivery, locale: str) -> DeliveryView:
    columns = {name: getattr(row, name) for name in DeliveryView.model_fields if name != "sentence"}
    return DeliveryView(**columns, sentence=sentence(locale, row.status, row.attempts, row.last_answer))
