"""Whom to ask: only who stands out, is open to it, and did not ask themselves."""

from __future__ import annotations

import pytest

from copilot.atmosphere.weekly.experts import ProfileExperts, standing_out
from copilot.community.store import Store
from copilot.community.tables import Member, OutreachPause, ProfileText
from copilot.embeddings.base import Embedder
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.index import VectorHit, VectorItem
from tests.atmosphere.chat import Room
from tests.conftest import NOW

KNOWS = "给十几家工厂报过美国和加拿大的商标，熟悉马德里流程。"
QUESTION = "想请教商标：自有牌子进美国和加拿大，分开报还是走马德里？"
OTHERS = [
    "周末带孩子爬山", "会做川菜和卤味", "冷库二十台，能跑成都", "写了八年固件", "养了三只猫", "会拍照，愿意站满三小时",
    "有一间一百平的会议室", "做过两次众筹", "每天跑步十公里", "画绘本，双语", "做社群运营五年", "懂一点视频剪辑", "开过咖啡馆",
    "卖过二手相机", "学过钢琴", "做跨境物流", "修老式收音机", "做医疗器械销售", "写公众号", "在养老院做志愿者", "有一辆面包车",
    "教小学数学",
]  # fmt: skip


@pytest.fixture
def experts(store: Store, room: Room, index: ChromaIndex, embedder: Embedder) -> ProfileExperts:
    """`b` knows trade marks; what the others know lies elsewhere."""
    texts = {f"t{n}": ("a" if n % 2 else "c", text) for n, text in enumerate(OTHERS)} | {"knows": ("b", KNOWS)}
    vectors = embedder.embed_documents([text for _, text in texts.values()])
    with store.write("c") as unit:
        for name in "abc":
            member = unit.get(Member, f"c-{name}")
            member.consent_match = True
        for n, (record_id, (name, text)) in enumerate(texts.items()):
            unit.add(ProfileText(id=record_id, member_id=f"c-{name}", aspect="has", position=n, text=text))
    items = [
        VectorItem(name, f"c-{owner}", "h", vector)
        for (name, (owner, _)), vector in zip(texts.items(), vectors, strict=True)
    ]
    index.upsert("c", "has", items)
    return ProfileExperts(store, index, embedder)


@pytest.mark.slow
def test_the_one_who_knows_is_named_with_the_sentence(experts: ProfileExperts) -> None:
    found = experts.find("c", {"q": ("c-d", QUESTION)}, 2)
    assert [(one.member_id, one.excerpt.quote) for one in found["q"]] == [("c-b", KNOWS)]


@pytest.mark.slow
def test_who_asked_is_not_open_or_wants_no_asking_is_not_named(experts: ProfileExperts, store: Store) -> None:
    assert experts.find("c", {"q": ("c-b", QUESTION)}, 2) == {"q": []}
    with store.write("c") as unit:
        unit.add(OutreachPause(member_id="c-b", created_at=NOW))
    assert experts.find("c", {"q": ("c-d", QUESTION)}, 2) == {"q": []}
    with store.write("c") as unit:
        unit.session.delete(unit.get(OutreachPause, "c-b"))
        unit.get(Member, "c-b").consent_match = False
    assert experts.find("c", {"q": ("c-d", QUESTION)}, 2) == {"q": []}
    assert experts.find("c", {}, 2) == {}


def test_among_few_or_equal_sentences_nothing_stands_out() -> None:
    assert standing_out([VectorHit(str(n), "a", 0.9 - n / 100) for n in range(19)]) == []
    assert standing_out([VectorHit(str(n), "a", 0.8) for n in range(50)]) == []
    hits = [VectorHit("x", "a", 0.95), *(VectorHit(str(n), "a", 0.8 - n / 1000) for n in range(40))]
    assert [hit.record_id for hit in standing_out(hits)] == ["x"]
