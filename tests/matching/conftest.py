"""A small community written by hand: records in SQLite, vectors of the bundled model in an exact index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import delete

from copilot.clock import FixedClock
from copilot.community.embeddable import family
from copilot.community.store import Store
from copilot.community.tables import Channel, Event, Member, Message, ProfileText, Reading, Resource, StaleMark
from copilot.embeddings.base import Embedder
from copilot.matching.service import MatchingService
from copilot.vectors.exact import ExactIndex
from copilot.vectors.index import VectorItem
from tests.conftest import NOW

# The tests say the same few sentences again and again; one embedder, so one vector each.
_VECTORS: dict[str, NDArray[np.float32]] = {}


class World:
    """Adds members and resources to one community and embeds what they say."""

    def __init__(self, store: Store, community_id: str, clock: FixedClock, embedder: Embedder) -> None:
        self.store = store
        self.community_id = community_id
        self.clock = clock
        self.embedder = embedder
        self.index = ExactIndex()
        self.service = MatchingService(store, self.index, embedder)

    def member(
        self, name: str, wants: Sequence[str] = (), has: Sequence[str] = (), *, indexed: bool = True, **fields: Any
    ) -> str:
        """Add a member whose id is `mem_<name>`; records of texts are `<name>-wants-0` and so on; `says` are its *is* texts."""
        member_id = f"mem_{name}"
        texts = [
            (aspect, n, text)
            for aspect, said in (("wants", wants), ("has", has), ("is", fields.pop("says", ())))
            for n, text in enumerate(said)
        ]
        values = {"consent_match": True, "visibility": "community", "headline": "", "city": ""} | fields
        with self.store.write(self.community_id) as unit:
            unit.add(Member(id=member_id, platform="test", external_id=name, name=name, created_at=NOW, **values))
            unit.session.flush()
            for aspect, position, text in texts:
                unit.add(
                    ProfileText(
                        id=f"{name}-{aspect}-{position}",
                        member_id=member_id,
                        aspect=aspect,
                        position=position,
                        text=text,
                    )
                )
        if indexed:
            for aspect, position, text in texts:
                self.embed(aspect, f"{name}-{aspect}-{position}", member_id, text)
            self.embed_whole(member_id)
            with self.store.write(self.community_id) as unit:
                unit.session.execute(delete(StaleMark).where(StaleMark.record_id == member_id))
        return member_id

    def embed_whole(self, member_id: str) -> None:
        """Embed the member's whole profile as it is now."""
        with self.store.read(self.community_id) as unit:
            for text in family(unit, "profile").texts(unit, Member.id == member_id):
                self.embed("profile", member_id, member_id, text.text)

    def resource(self, code: str, title: str, description: str = "", **fields: Any) -> str:
        """Add a resource whose id is `res_<code>`."""
        resource_id = f"res_{code}"
        values = {"type": "knowledge", "tags": []} | fields
        with self.store.write(self.community_id) as unit:
            unit.add(
                Resource(id=resource_id, code=code, title=title, description=description, created_at=NOW, **values)
            )
        self.embed("resource", resource_id, resource_id, f"{title}\n{description}")
        return resource_id

    def event(self, code: str, title: str, goal: str = "", **fields: Any) -> str:
        """Add an event in three days whose id is `evt_<code>`."""
        event_id = f"evt_{code}"
        values = {
            "format": "talk", "city": "线上", "starts_at": NOW + timedelta(days=3), "ends_at": NOW + timedelta(days=3, hours=2),
        } | fields  # fmt: skip
        with self.store.write(self.community_id) as unit:
            unit.add(Event(id=event_id, code=code, title=title, goal=goal, created_at=NOW, **values))
        self.embed("event", event_id, event_id, f"{title}\n{goal}")
        return event_id

    def say(self, message_id: str, sender_id: str, text: str, *, is_question: bool = False, **fields: Any) -> str:
        """Add a message that was read, an hour ago unless `sent_at` says otherwise; a question gets its vector."""
        values = {"sent_at": NOW - timedelta(hours=1)} | fields
        with self.store.write(self.community_id) as unit:
            if unit.find(Channel, "chn") is None:
                unit.add(Channel(id="chn", platform="test", external_id="chn", name="闲聊", created_at=NOW))
                unit.session.flush()
            unit.add(
                Message(
                    id=message_id, channel_id="chn", external_id=message_id, sender_id=sender_id, text=text, **values
                )
            )
            unit.session.flush()
            unit.add(
                Reading(message_id=message_id, model_version="t", negative=0.1, neutral=0.8, positive=0.1,
                        is_question=is_question, read_at=NOW)
            )  # fmt: skip
        if is_question:
            self.embed("question", message_id, message_id, text)
        return message_id

    def embed(self, aspect: str, record_id: str, owner_id: str, text: str) -> None:
        if text not in _VECTORS:
            _VECTORS[text] = np.asarray(self.embedder.embed_documents([text])[0], dtype=np.float32)
        vector = _VECTORS[text]
        self.index.upsert(self.community_id, aspect, [VectorItem(record_id, owner_id, "hash", vector)])

    def targets(self, member_id: str, **options: Any) -> list[str]:
        """Return the ids that are proposed, best first."""
        return [item.target_id for item in self.service.match(self.community_id, member_id, **options).items]


@pytest.fixture
def world(store: Store, community: str, clock: FixedClock, embedder: Embedder) -> World:
    return World(store, community, clock, embedder)


COLD = ("想要隔天能到、一路冷得住的冷链运输", "每周有六吨冻货要从广东运到成都，账期月结")
TRUCK = ("找西南方向每周都有量的冻货货主", "二十八台冷藏车，广州到成都冷链三十小时交货")


@pytest.fixture
def pair(world: World) -> World:
    """Two who need each other, and three who have nothing to do with them."""
    world.member("hotpot", [COLD[0]], [COLD[1]], city="成都")
    world.member("trucker", [TRUCK[0]], [TRUCK[1]], city="Chengdu")
    world.member("painter", ["想找人教我拍短视频"], ["会画绘本，十八本图文版权都在自己手里"])
    world.member("lawyer", ["想找做数据出境申报的同行"], ["执业十二年，可以逐条审商业合同"])
    world.member("coach", ["缺一个安静的咖啡馆办圆桌"], ["每周带一个创始人私密圆桌，做心理咨询"])
    return world
