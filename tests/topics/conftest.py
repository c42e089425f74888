"""A small room written by hand: who says what to whom, with readings and vectors of the bundled model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from copilot.assets import knowledge_dir, prompts_dir
from copilot.clock import FixedClock
from copilot.community.conversation import Line
from copilot.community.store import Store
from copilot.community.tables import Channel, Member, Message, ProfileText, Reading
from copilot.embeddings.base import Embedder, TextKind
from copilot.llm.endpoint import Endpoint
from copilot.llm.scripted import ScriptedChatModel
from copilot.llm.structured import StructuredModel
from copilot.llm.usage import MemoryCallLedger
from copilot.prompts import PromptLibrary
from copilot.topics.frameworks import FrameworkLibrary
from copilot.topics.service import TopicService, TopicTexts
from copilot.vectors.exact import ExactIndex
from copilot.vectors.index import VectorItem
from tests.conftest import NOW

START = NOW - timedelta(days=3)
MOULD = "请教做过模具的老师傅：PP料的水槽T1样件正面一条一条缩水印，减胶改筋还是调保压？"
BOOKS = "想请教大家，绘本做成点读版，印刷要加什么工序？首批多少册才不亏？"
BANK = "有没有人做过多银行流水自动对账？规则只能配到七成，剩下一对多的怎么处理？"
MOULDER = "开了二十六年模具厂，注塑缩水、飞边、保压怎么调都是自己上手。"
PRINTER = "印刷厂做了十年绘本和点读书，隐形码工序自己有。"
SINGER = "周末在合唱团唱男低音，会一点钢琴。"
_VECTORS: dict[tuple[str, str], NDArray[np.float32]] = {}


class RememberingEmbedder(Embedder):
    """The bundled model, asked for each text only once in all these tests."""

    def __init__(self, inner: Embedder) -> None:
        super().__init__(inner.name)
        self._inner = inner

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    def _encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        missing = [text for text in dict.fromkeys(texts) if (kind, text) not in _VECTORS]
        if missing:
            made = self._inner.embed_documents(missing) if kind == "passage" else self._inner.embed_queries(missing)
            _VECTORS.update(
                {(kind, text): np.asarray(v, dtype=np.float32) for text, v in zip(missing, made, strict=True)}
            )
        return np.stack([_VECTORS[kind, text] for text in texts])


def line(
    message_id: str, sender: str, minute: float, text: str, *, asks: bool = False, channel: str = "main", **fields: Any
) -> Line:
    """Return a message `minute` minutes after the start of the chat; it has been read."""
    values: dict[str, Any] = {
        "type": 0, "reply_to_id": None, "mentions": (), "sentiment": (0.1, 0.8, 0.1), "flagged_score": 0.0,
        "model_version": "t",
    } | fields  # fmt: skip
    return Line(
        id=message_id, channel_id=channel, sender_id=sender, sent_at=START + timedelta(minutes=minute), text=text,
        is_question=asks, **values,
    )  # fmt: skip


class Room:
    """Adds members and messages to one community and keeps the index in step."""

    def __init__(self, store: Store, community_id: str, clock: FixedClock, embedder: Embedder) -> None:
        self.store = store
        self.community_id = community_id
        self.clock = clock
        self.embedder = embedder
        self.index = ExactIndex()
        self.frameworks = FrameworkLibrary.load([knowledge_dir()])
        self.prompts = PromptLibrary.load(prompts_dir())
        self.ledger = MemoryCallLedger()
        self.channel("main", "启航大群")

    def service(self, answers: Sequence[object] | None = None) -> TopicService:
        """Return the service; with `answers`, its model says these in order."""
        model = None
        if answers is not None:
            self.chat = ScriptedChatModel(answers=list(answers))
            model = StructuredModel(Endpoint(self.chat, "scripted"), self.ledger, self.clock)
        return TopicService(self.store, self.index, self.embedder, TopicTexts(self.frameworks, self.prompts), model)

    def channel(self, channel_id: str, name: str) -> None:
        with self.store.write(self.community_id) as unit:
            unit.add(Channel(id=channel_id, platform="t", external_id=channel_id, name=name, created_at=NOW))

    def member(self, member_id: str, has: Sequence[str] = (), *, indexed: bool = True, **fields: Any) -> str:
        """Add a member; what they have is `<member>-has-<n>`."""
        with self.store.write(self.community_id) as unit:
            values = {"name": member_id, "consent_ai": True} | fields
            unit.add(Member(id=member_id, platform="t", external_id=member_id, created_at=NOW, **values))
            unit.session.flush()
            for n, text in enumerate(has):
                unit.add(
                    ProfileText(id=f"{member_id}-has-{n}", member_id=member_id, aspect="has", position=n, text=text)
                )
        if indexed:
            self._embed("has", [(f"{member_id}-has-{n}", member_id, text) for n, text in enumerate(has)])
        return member_id

    def say(
        self,
        message_id: str,
        sender: str,
        text: str,
        *,
        asks: bool = False,
        at: datetime | None = None,
        indexed: bool = True,
        **fields: Any,
    ) -> str:
        """Add a read message; by default an hour after the last one said."""
        self._at = at or (getattr(self, "_at", START) + timedelta(hours=1))
        with self.store.write(self.community_id) as unit:
            unit.add(
                Message(
                    id=message_id, channel_id="main", external_id=message_id, sender_id=sender, sent_at=self._at,
                    text=text, **fields,
                )
            )  # fmt: skip
            unit.session.flush()
            unit.add(
                Reading(
                    message_id=message_id, model_version="t", negative=0.1, neutral=0.8, positive=0.1, is_question=asks,
                    read_at=NOW,
                )
            )  # fmt: skip
        if asks and indexed:
            self._embed("question", [(message_id, message_id, text)])
        return message_id

    def _embed(self, aspect: str, records: Sequence[tuple[str, str, str]]) -> None:
        if records:
            vectors = self.embedder.embed_documents([text for _, _, text in records])
            items = [VectorItem(i, owner, "hash", v) for (i, owner, _), v in zip(records, vectors, strict=True)]
            self.index.upsert(self.community_id, aspect, items)


@pytest.fixture
def room(store: Store, community: str, clock: FixedClock, embedder: Embedder) -> Room:
    return Room(store, community, clock, RememberingEmbedder(embedder))


@pytest.fixture
def asked(room: Room) -> Room:
    """Three people ask, two know something, one sings."""
    for asker in ("yoyo", "duoduo", "shao"):
        room.member(asker)
    room.member("chen", [MOULDER], name="宝安老陈")
    room.member("ink", [PRINTER])
    room.member("bass", [SINGER])
    room.say("q-mould", "yoyo", MOULD, asks=True)
    room.say("q-books", "duoduo", BOOKS, asks=True)
    room.say("q-bank", "shao", BANK, asks=True)
    return room
