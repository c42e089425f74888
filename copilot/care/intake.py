"""What reading found comes into the queue here, in the transaction of the reading: nothing is private too late."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from copilot.care.models import CareStatus
from copilot.community.distress import DistressSign
from copilot.community.ids import new_id
from copilot.community.outbox import emit
from copilot.community.store import Unit
from copilot.community.tables import CareItem, Message, PrivateMessage

_CHUNK = 300


class CareIntake:
    """Makes messages private and opens entries; implements `CarePort`."""

    def take(self, unit: Unit, messages: Mapping[str, Message], signs: Mapping[str, DistressSign]) -> None:
        """Bring private messages and the queue in line with what was read.

        An entry that nobody has looked at goes with its sign; one that somebody has looked at stays theirs to close.
        """
        held = unit.get_many(PrivateMessage, messages)
        if not signs and not held:
            return
        items = _items(unit, [*signs, *held])
        for message_id, sign in signs.items():
            message = messages[message_id]
            if message.sender_id is None:
                continue
            private = held.get(message_id)
            if private is None:
                private = unit.add(PrivateMessage(message_id=message_id, noted_at=unit.now, is_settled=False))
            if not private.is_settled:
                self._open(unit, message.id, message.sender_id, sign, items.get(message_id))
        for message_id, private in held.items():
            if message_id in signs:
                continue
            item = items.get(message_id)
            if item is None or item.status == CareStatus.NEW:
                if item is not None:
                    unit.session.delete(item)
                unit.session.delete(private)
        unit.session.flush()

    def _open(self, unit: Unit, message_id: str, member_id: str, sign: DistressSign, item: CareItem | None) -> None:
        if item is None:
            made = unit.add(
                CareItem(
                    id=new_id("car"), member_id=member_id, message_id=message_id, kind=sign.kind.value,
                    status=CareStatus.NEW.value, held_by="", threshold=sign.threshold, detector_version=sign.version,
                    created_at=unit.now,
                )
            )  # fmt: skip
            # The id alone: who is told needs a key of role `care` to learn more.
            emit(unit, "care.opened", {"care_id": made.id})
        elif item.status == CareStatus.NEW and item.kind != sign.kind:
            item.kind, item.threshold, item.detector_version = sign.kind.value, sign.threshold, sign.version


def _items(unit: Unit, message_ids: list[str]) -> dict[str, CareItem]:
    found: dict[str, CareItem] = {}
    for start in range(0, len(message_ids), _CHUNK):
        chunk = message_ids[start : start + _CHUNK]
        for row in unit.session.scalars(select(CareItem).where(CareItem.message_id.in_(chunk))):
            found[row.message_id] = row
    return found
