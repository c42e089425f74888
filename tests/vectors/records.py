"""Small records that several tests of the vectors write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.community.store import Unit
from copilot.community.tables import Channel, Member, Message, ProfileText, Reading, Resource
from copilot.embeddings.base import Embedder, TextKind

AT = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)


class LetterEmbedder(Embedder):
    """Counts of characters, hashed into 64 places: different texts get different vectors in microseconds."""

    def __init__(self, name: str = "letters/1") -> None:
        super().__init__(name)
        self.embedded: list[str] = []

    @property
    def dimension(self) -> int:
        return 64

    def _encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        self.embedded.extend(texts)
        rows = np.full((len(texts), 64), 0.01, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for position, letter in enumerate(text):
                row[(ord(letter) * 31 + position) % 64] += 1.0
        return rows


def member(unit: Unit, member_id: str, texts: dict[str, list[str]] | None = None, **values: Any) -> Member:
    """Add a member and texts by aspect; the ids of texts are `<member>-<aspect>-<position>`."""
    row = unit.add(
        Member(
            id=member_id,
            platform="wechat",
            external_id=member_id,
            name=member_id,
            created_at=AT,
            **({"consent_ai": True} | values),
        )
    )
    unit.session.flush()
    for aspect, sentences in (texts or {}).items():
        for position, text in enumerate(sentences):
            unit.add(
                ProfileText(
                    id=f"{member_id}-{aspect}-{position}",
                    member_id=member_id,
                    aspect=aspect,
                    position=position,
                    text=text,
                )
            )
    return row


def resource(unit: Unit, resource_id: str, title: str = "办公工位", **values: Any) -> Resource:
    """Add a resource."""
    return unit.add(Resource(id=resource_id, code=resource_id, type="people", title=title, created_at=AT, **values))


def question(unit: Unit, message_id: str, text: str, sender_id: str | None, **values: Any) -> Message:
    """Add a message that was read as a question."""
    if unit.find(Channel, "chn") is None:
        unit.add(Channel(id="chn", platform="wechat", external_id="chn", name="闲聊", created_at=AT))
        unit.session.flush()
    row = unit.add(
        Message(
            id=message_id,
            channel_id="chn",
            external_id=message_id,
            sender_id=sender_id,
            sent_at=AT,
            text=text,
            **values,
        )
    )
    unit.session.flush()
    read(unit, message_id, is_question=True)
    return row


def read(unit: Unit, message_id: str, *, is_question: bool) -> None:
    """Add a reading of a message."""
    unit.add(
        Reading(
            message_id=message_id,
            model_version="test",
            negative=0.1,
            neutral=0.8,
            positive=0.1,
            is_question=is_question,
            read_at=AT,
        )
    )
