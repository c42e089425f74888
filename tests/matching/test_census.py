"""Samples of a community: fresh enough, its own, without those who opted out."""

from __future__ import annotations

from datetime import timedelta

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import Community
from copilot.matching.scores.census import Census
from tests.conftest import NOW
from tests.matching.conftest import World


def _census(world: World) -> Census:
    return Census(world.store, world.index, world.embedder.name)


def test_a_new_text_is_known_at_once_in_a_small_community(pair: World) -> None:
    census = _census(pair)
    assert census.lexicon("c").named("has", ["量子退火"], 5) == []
    pair.member("new", [], ["做量子退火算法"])
    assert census.lexicon("c").named("has", ["量子退火"], 5) == ["mem_new"]
    assert len(census.background("c").samples["has"]) == 6


def test_samples_are_kept_until_they_are_old(pair: World, clock: FixedClock) -> None:
    census = _census(pair)
    first = census.lexicon("c"), census.background("c")
    assert (census.lexicon("c"), census.background("c")) == first
    assert census.lexicon("c") is first[0] and census.background("c") is first[1]
    clock.advance(timedelta(minutes=11))
    assert census.lexicon("c") is not first[0] and census.background("c") is not first[1]


def test_a_sample_with_vectors_still_to_be_made_is_not_kept(pair: World) -> None:
    pair.member("late", ["找人做小程序"], ["会画图标"], indexed=False)
    census = _census(pair)
    incomplete = census.background("c")
    assert len(incomplete.samples["has"]) == 5
    pair.embed("wants", "late-wants-0", "mem_late", "找人做小程序")
    pair.embed("has", "late-has-0", "mem_late", "会画图标")
    assert len(census.background("c").samples["has"]) == 6


def test_nobody_who_opted_out_is_sampled(pair: World) -> None:
    pair.member("noai", ["要量子退火"], ["做量子退火"], consent_ai=False)
    pair.member("hidden", ["要量子退火"], ["做量子退火"], visibility="hidden")
    census = _census(pair)
    assert census.lexicon("c").named("has", ["量子退火"], 5) == []
    assert len(census.background("c").samples["has"]) == 5


def test_communities_do_not_share_samples(pair: World, store: Store) -> None:
    with store.system(write=True) as session:
        session.add(Community(id="d", slug="other", name="另一个", locale="en", created_at=NOW))
    census = _census(pair)
    assert census.lexicon("c").size > 0
    assert census.lexicon("d").size == 0
    assert all(len(sample) == 0 for sample in census.background("d").samples.values())
