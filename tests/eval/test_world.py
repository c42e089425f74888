"""The community to evaluate in, its controls and its baseline rankers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import select

from copilot.community.tables import Message, ProfileText
from copilot.embeddings.base import Embedder, TextKind
from eval.controls import shuffle_times, swap_texts
from eval.rankers import RandomRanker, proposable
from eval.sample_copies import State
from eval.world import NOW, RememberingEmbedder, World, Worlds


class CountingEmbedder(Embedder):
    """Embeds a text as its length and counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__("counting/1")
        self.asked: list[str] = []

    @property
    def dimension(self) -> int:
        return 2

    def _encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[len(text), 1.0 if kind == "query" else 2.0] for text in texts], dtype=np.float32)


def texts_of(world: World) -> dict[tuple[str, str], list[str]]:
    names = {member.id: name for name, member in world.members().items()}
    found: dict[tuple[str, str], list[str]] = {}
    with world.services.store.read(world.community_id) as unit:
        for row in unit.session.scalars(select(ProfileText).order_by(ProfileText.position)):
            found.setdefault((names[row.member_id], row.aspect), []).append(row.text)
    return found


def test_a_remembered_text_is_embedded_once_and_the_same(tmp_path: Path) -> None:
    inner = CountingEmbedder()
    remembering = RememberingEmbedder(inner)
    first = remembering.embed_documents(["abc", "d", "abc"])

    assert remembering.embed_documents(["d", "abc"]) == [first[1], first[0]]
    assert inner.asked == ["abc", "d"]
    assert remembering.name == inner.name
    np.testing.assert_allclose(first, CountingEmbedder().embed_documents(["abc", "d", "abc"]), rtol=1e-6)


def test_a_query_and_a_passage_of_the_same_words_stay_apart() -> None:
    remembering = RememberingEmbedder(CountingEmbedder())

    assert remembering.embed_documents(["abc"])[0] != remembering.embed_queries(["abc"])[0]


def test_the_evaluation_stands_after_the_last_message(sample_world: World) -> None:
    with sample_world.services.store.read(sample_world.community_id) as unit:
        newest = max(unit.session.scalars(select(Message.sent_at)))

    assert newest < NOW
    assert (NOW - newest).days < 2


@pytest.mark.slow
def test_swapping_one_aspect_moves_it_and_leaves_the_others(worlds: Worlds) -> None:
    world = worlds.copy(State.IMPORTED)
    before = texts_of(world)
    swap_texts(world.services.store, world.community_id, "wants")
    after = texts_of(world)
    world.services.close()

    assert all(after[key] == before[key] for key in before if key[1] != "wants")
    assert all(after[key][0] != before[key][0] for key in before if key[1] == "wants")


@pytest.mark.slow
def test_shuffled_times_keep_every_channel_as_busy_as_it_was(worlds: Worlds) -> None:
    world = worlds.copy(State.IMPORTED)
    before = {key: row.sent_at for key, row in world.messages().items()}
    shuffle_times(world.services.store, world.community_id)
    after = {key: row.sent_at for key, row in world.messages().items()}
    world.services.close()

    for channel in {key[0] for key in before}:
        old = sorted(at for key, at in before.items() if key[0] == channel)
        assert sorted(at for key, at in after.items() if key[0] == channel) == old
    assert sum(before[key] != after[key] for key in before) > 0.9 * len(before)


def test_nobody_without_consent_is_proposable(sample_world: World) -> None:
    members = {member.id: member for member in sample_world.members().values()}
    allowed = proposable(sample_world)

    assert 40 < len(allowed) < len(members)
    assert all(members[one].consent_match and members[one].consent_ai for one in allowed)
    assert {members[one].visibility for one in allowed} == {"community"}


def test_chance_gives_the_same_order_every_time_and_never_the_asker(sample_world: World) -> None:
    asker, other = proposable(sample_world)[:2]
    ranker = RandomRanker(sample_world)

    assert ranker.rank(asker) == RandomRanker(sample_world).rank(asker)
    assert set(ranker.rank(asker)) == set(proposable(sample_world)) - {asker}
    assert [x for x in ranker.rank(asker) if x != other] != [x for x in ranker.rank(other) if x != asker]
