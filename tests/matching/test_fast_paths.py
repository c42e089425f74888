"""What is made in bulk, remembered or skipped says what the plain way says."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.matching.scores.lexicon import Lexicon, WordTable, overlap
from copilot.matching.service import MatchingService
from copilot.matching.sources import read_asker
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.index import VectorItem
from copilot.vectors.remembered import RememberedIndex
from tests.matching.conftest import World

_WORDS = ["冷链", "仓库", "出海", "法务", "warehouse", "lawyer", "短视频", "货主", "咖啡", "AI"]


@given(st.lists(st.lists(st.sampled_from(_WORDS), max_size=6), min_size=2, max_size=8))
def test_words_weighed_only_where_shared_are_words_weighed(drawn: list[list[str]]) -> None:
    texts = ["，".join(words) for words in drawn]
    lexicon = Lexicon.build((str(number), "has", text) for number, text in enumerate(texts))
    half = len(texts) // 2
    named = [(str(number), text) for number, text in enumerate(texts)]
    plain = overlap([lexicon.terms(text) for text in texts[:half]], [lexicon.terms(text) for text in texts[half:]], 0.3)
    table = WordTable(lexicon, 0.3)
    for _ in range(2):  # met for the first time, and remembered
        np.testing.assert_allclose(table.overlap(named[:half], named[half:]), plain, atol=1e-12)


def test_many_targets_at_once_are_many_targets_one_by_one(pair: World) -> None:
    pair.member("late", ["找会做冷链的货主"], ["冷藏车三台"], indexed=False)
    pair.member("mute")
    sources = pair.service.sources
    others = ["mem_trucker", "mem_painter", "mem_lawyer", "mem_coach", "mem_late", "mem_mute"]
    with pair.store.read("c") as unit:
        basis, asker = sources.basis(unit), read_asker(unit, "mem_hotpot", "member")
        targets = [read_asker(unit, other, "member") for other in others]
    parties = [asker, *targets]
    comparer = sources.comparer(basis, parties, sources.vectors("c", parties))
    for found, target in zip(comparer.compare_all(asker, targets), targets, strict=True):
        alone = comparer.compare(asker, target)
        assert found.target is target
        assert found.score == pytest.approx(alone.score, abs=1e-6)
        assert found.components == pytest.approx(dict(alone.components), abs=1e-6)
        for name in ("forward", "backward"):
            mine, theirs = getattr(found, name), getattr(alone, name)
            assert [(p.want.record_id, p.offer.record_id) for p in mine] == [
                (p.want.record_id, p.offer.record_id) for p in theirs
            ]
            assert [p.relevance for p in mine] == pytest.approx([p.relevance for p in theirs], abs=1e-6)


def _fill(world: World, index: ChromaIndex) -> None:
    for (community_id, aspect), records in world.index._records.items():
        items = [VectorItem(name, of.owner_id, of.text_hash, of.vector) for name, of in records.items()]
        index.upsert(community_id, aspect, items)


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 3, 10])
def test_memory_and_first_sight_change_no_match(world: World, tmp_path: Path, n: int) -> None:
    # Larger than what is read after a first sight: 70 members whose offers are like each other and not the same.
    draw = random.Random(n)
    goods = ["冻货", "鲜花", "药品", "水果", "海鲜", "乳品", "疫苗", "烘焙"]
    places = ["广州", "成都", "武汉", "西安", "昆明", "长沙", "贵阳"]
    for number in range(70):
        what, here, there = draw.choice(goods), draw.choice(places), draw.choice(places)
        world.member(
            f"m{number:02}", [f"找{there}的{what}客户"], [f"{here}到{there}的{what}运输，{number}台车"], city=here
        )
    world.member("asker", ["要把冻货从广州运到成都"], ["每周六吨冻货的货单"], city="成都")
    chroma = ChromaIndex.embedded(tmp_path / "chroma", world.embedder.name)
    _fill(world, chroma)
    remembered = RememberedIndex(chroma, 50)
    plain = MatchingService(world.store, chroma, world.embedder).match("c", "mem_asker", n=n)
    fast = MatchingService(world.store, remembered, world.embedder).match("c", "mem_asker", n=n)
    assert [(item.target_id, item.score) for item in fast.items] == [
        (item.target_id, pytest.approx(item.score, abs=2e-4)) for item in plain.items
    ]
    assert [item.reasons for item in fast.items] == [item.reasons for item in plain.items]
    chroma.close()
