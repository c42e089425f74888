"""The graded matching dataset keeps what its README promises."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from eval.manifest import ROOT

FOLDER = Path(ROOT) / "eval" / "datasets" / "matching" / "v1"
NOT_SCORED = {"VQ-069"}  # the only useful event is the asker's own
TARGETS = {"member_resource": "resources", "member_event": "events"}  # every other kind looks for members


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


MEMBERS = {row["external_id"]: row for row in rows("members")}
RESOURCES = {row["code"]: row for row in rows("resources")}
EVENTS = {row["code"]: row for row in rows("events")}
THREADS = {row["id"]: row for row in rows("threads")}
QUERIES = {row["id"]: row for row in rows("queries")}
LABELS = rows("labels")
KNOWN = {"members": set(MEMBERS), "resources": set(RESOURCES), "events": set(EVENTS)}
LEFT_OUT = {
    key
    for key, row in MEMBERS.items()
    if row["consent_match"] != "yes" or row["visibility"] not in {"community", "public"}
}


def asker_of(query: dict[str, Any]) -> str:
    """The member on whose number the split depends."""
    if query["kind"] == "resource_member":
        return str(RESOURCES[query["resource"]]["owner"])
    if query["kind"] == "thread_member":
        return str(THREADS[query["thread"]]["asker"])
    return str(query["newcomer"] if query["kind"] == "newcomer_member" else query["asker"])


def targets_of(query: dict[str, Any]) -> set[str]:
    return KNOWN[TARGETS.get(query["kind"], "members")]


def test_every_id_resolves() -> None:
    owners = {row["owner"] for row in RESOURCES.values() if row["owner"]}
    people = owners | {row["host"] for row in EVENTS.values()} | {row["asker"] for row in THREADS.values()}
    assert people <= set(MEMBERS)
    assert {asker_of(query) for query in QUERIES.values()} <= set(MEMBERS)
    for row in [*LABELS, *rows("pass_a"), *rows("pass_b")]:
        assert row["target"] in targets_of(QUERIES[row["query"]]), row


def test_nothing_stands_twice() -> None:
    for name, key in {
        "members": "external_id",
        "resources": "code",
        "events": "code",
        "threads": "id",
        "queries": "id",
    }.items():
        assert max(Counter(row[key] for row in rows(name)).values()) == 1, name
    for name in ("labels", "pass_a", "pass_b"):
        assert max(Counter((row["query"], row["target"]) for row in rows(name)).values()) == 1, name


def test_grades_are_whole_numbers_from_0_to_3() -> None:
    assert all(row[key] in range(4) for row in LABELS for key in ("grade", "a", "b"))
    assert all(row["grade"] in range(4) for row in [*rows("pass_a"), *rows("pass_b")])


def test_every_scored_query_has_a_useful_target() -> None:
    best: dict[str, int] = defaultdict(int)
    for row in LABELS:
        best[row["query"]] = max(best[row["query"]], row["grade"])
    assert {query for query in QUERIES if best[query] < 2} == NOT_SCORED


def test_the_split_follows_the_number_of_the_asker() -> None:
    for query in QUERIES.values():
        number = int(asker_of(query).removeprefix("V"))
        assert query["split"] == ("test" if number % 2 else "dev"), query


def test_labels_follow_the_passes_and_say_where_they_do_not() -> None:
    first, second = (
        {(row["query"], row["target"]): row["grade"] for row in rows(name)} for name in ("pass_a", "pass_b")
    )
    own = {key: row["owner"] for key, row in RESOURCES.items()} | {key: row["host"] for key, row in EVENTS.items()}
    expected = {
        (query, target)
        for query, target in first.keys() | second.keys()
        if target not in LEFT_OUT and asker_of(QUERIES[query]) not in {target, own.get(target)}
    }
    assert {(row["query"], row["target"]) for row in LABELS} == expected
    for row in LABELS:
        pair = row["query"], row["target"]
        assert (row["a"], row["b"]) == (first.get(pair, 0), second.get(pair, 0)), pair
        assert bool(row.get("note", "").strip()) == (not row["a"] == row["b"] == row["grade"]), pair
    assert [(row["query"], -row["grade"], row["target"]) for row in LABELS] == sorted(
        (row["query"], -row["grade"], row["target"]) for row in LABELS
    )


def test_members_without_consent_or_visibility_neither_ask_nor_count() -> None:
    assert len(LEFT_OUT) == 10
    assert not LEFT_OUT & {asker_of(query) for query in QUERIES.values()}
    assert not LEFT_OUT & {row["target"] for row in LABELS}


def test_no_two_members_share_a_sentence() -> None:
    said: dict[str, str] = {}
    for key, row in MEMBERS.items():
        for sentence in [*row["is"], *row["has"], *row["wants"]]:
            assert said.setdefault(sentence, key) == key, sentence
