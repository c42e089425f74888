"""The graded dataset as the evaluation reads it, its baselines, and its counterfactuals."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from copilot.embeddings.base import Embedder
from eval.baselines import Bm25, LangChainSearch, MostActive, OneVector, QueryRanker, Shuffled
from eval.graded import Query, Records, load_queries, open_graded
from eval.graded_controls import shuffled_profiles, swapped_wants
from eval.graded_rankers import ORDER, ServiceRanker
from tests.vectors.records import LetterEmbedder


@pytest.fixture(scope="module")
def records() -> Records:
    return Records()


@pytest.fixture(scope="module")
def queries(records: Records) -> list[Query]:
    return load_queries(records)


def by_id(queries: list[Query], query_id: str) -> Query:
    return next(query for query in queries if query.id == query_id)


def test_the_queries_are_those_the_card_counts(queries: list[Query]) -> None:
    assert Counter(query.split for query in queries) == {"dev": 41, "test": 42}
    assert "VQ-069" not in {query.id for query in queries}
    assert all(query.useful for query in queries)


def test_no_query_has_a_target_that_may_not_be_answered(records: Records, queries: list[Query]) -> None:
    for query in queries:
        targets = records.targets(query)
        assert set(query.grades) <= set(targets), query.id
        assert query.person not in targets


def test_an_audience_nobody_imports_is_in_no_text(records: Records) -> None:
    for name, row in records.events.items():
        assert row["audience"] not in records.whole("event", name)


@pytest.fixture(params=["shuffled", "most active", "one vector", "langchain", "bm25"])
def baseline(request: pytest.FixtureRequest, records: Records, tmp_path: Path) -> QueryRanker:
    letters = LetterEmbedder()
    return {
        "shuffled": lambda: Shuffled(records, 0),
        "most active": lambda: MostActive(records),
        "one vector": lambda: OneVector(records, letters),
        "langchain": lambda: LangChainSearch(records, letters, tmp_path),
        "bm25": lambda: Bm25(records),
    }[request.param]()


@pytest.mark.parametrize("query_id", ["VQ-002", "VQ-042", "VQ-057", "VQ-066", "VQ-072", "VQ-079"])
def test_a_baseline_ranks_targets_once_and_nobody_else(
    baseline: QueryRanker, records: Records, queries: list[Query], query_id: str
) -> None:
    query = by_id(queries, query_id)
    ranked = baseline.rank(query)

    assert ranked and set(ranked) <= set(records.targets(query))
    assert len(set(ranked)) == len(ranked)
    assert baseline.rank(query) == ranked


def test_bm25_finds_the_only_text_that_shares_a_rare_word(records: Records, queries: list[Query]) -> None:
    query = by_id(queries, "VQ-002")
    words = "东亚人的版型"
    assert words in records.asked(query)
    changed = Records()
    changed.members["V010"] = changed.members["V010"] | {"has": [f"{words}我最懂"]}

    assert Bm25(changed).rank(query)[0] == "V010"


def test_other_draws_shuffle_otherwise(records: Records, queries: list[Query]) -> None:
    query = by_id(queries, "VQ-002")

    assert Shuffled(records, 0).rank(query) != Shuffled(records, 1).rank(query)


def test_swapped_wants_move_wants_and_nothing_else(records: Records) -> None:
    changed = swapped_wants(records)
    for name, row in records.members.items():
        other = changed.members[name]
        assert {key for key in row if row[key] != other[key]} <= {"wants"}
        assert not row["wants"] or other["wants"] != row["wants"]
    assert sorted(map(str, (row["wants"] for row in changed.members.values()))) == sorted(
        map(str, (row["wants"] for row in records.members.values()))
    )


def test_shuffled_profiles_leave_name_and_consent(records: Records) -> None:
    changed = shuffled_profiles(records)
    kept = ("external_id", "name", "consent_match", "consent_ai", "visibility", "joined_on")
    assert all(changed.members[name][key] == row[key] for name, row in records.members.items() for key in kept)
    moved = sum(changed.members[name]["has"] != row["has"] for name, row in records.members.items())
    assert moved > len(records.members) * 0.9


@pytest.mark.slow
def test_the_product_answers_every_kind_with_targets_alone(
    records: Records, queries: list[Query], tmp_path: Path, embedder: Embedder
) -> None:
    world = open_graded(tmp_path, embedder, records)
    try:
        ranker = ServiceRanker(world, ORDER)
        for query_id in ("VQ-002", "VQ-042", "VQ-057", "VQ-066", "VQ-072", "VQ-076", "VQ-079"):
            query = by_id(queries, query_id)
            ranked = ranker.rank(query)
            assert ranked and set(ranked) <= set(records.targets(query)), query_id
            assert len(ranked) == len(set(ranked)) <= 10
        lists = [ranker.rank(query) for query in queries if query.split == "dev" and query.kind == "member_resource"]
        assert np.mean([len(ranked) for ranked in lists]) == 10
    finally:
        world.services.close()
