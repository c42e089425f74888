"""Matching on graded queries of all kinds: the product beside baselines and with parts taken away, dev and test apart.

`dev` was tuned on, `test` is only measured: no query of it is ever listed among the worst. `ours` is the order of the
product; `as_answered` leaves out what it thinks too weak to show, which no measure here rewards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.baselines import Bm25, LangChainSearch, MostActive, OneVector, QueryRanker, Shuffled
from eval.cases import EvalCase
from eval.graded import FOLDER, KINDS, Query, Records, load_queries, shared_graded
from eval.graded_controls import control_figures
from eval.graded_rankers import VARIANTS, ServiceRanker
from eval.metrics.ranking import first_relevant_rank, gini, ndcg, recall, reciprocal
from eval.probability_figures import agreement_figure
from eval.scores import Figure, count, difference, mean, of_rows, share
from eval.slices import by_slice, language_of
from eval.suite import WORST, Findings, Suite
from eval.suites.fairness import newcomers
from eval.world import Worlds, read_jsonl

MEASURES = ("ndcg_at_5", "ndcg_at_10", "recall_at_10", "mrr")
SPLITS = ("dev", "test")
OURS = "ours"
BASELINES = ("random", "most_active", "one_vector", "langchain_chroma", "bm25")
_DRAWS = 100
_SEEN = 5
_TOLD_CHARS, _ASKED_CHARS = 48, 300


@dataclass(frozen=True)
class Judged:
    """What one ranker made of the queries: its lists, and each measure by query, in the order of `queries`."""

    queries: Sequence[Query]
    lists: Sequence[Sequence[str]]
    values: Mapping[str, Sequence[float]]


def judge_lists(queries: Sequence[Query], lists: Sequence[Sequence[str]]) -> Judged:
    """Return every measure of lists that answer `queries`."""
    values: dict[str, list[float]] = {name: [] for name in MEASURES}
    for query, ranked in zip(queries, lists, strict=True):
        values["ndcg_at_5"].append(ndcg(ranked, query.grades, 5))
        values["ndcg_at_10"].append(ndcg(ranked, query.grades, 10))
        values["recall_at_10"].append(recall(ranked, query.useful, 10))
        values["mrr"].append(reciprocal(first_relevant_rank(ranked, query.useful)))
    return Judged(queries, lists, values)


def judge_ranker(queries: Sequence[Query], ranker: QueryRanker) -> Judged:
    """Return every measure of what `ranker` answers."""
    return judge_lists(queries, [ranker.rank(query) for query in queries])


def judge_chance(queries: Sequence[Query], records: Records, draws: int = _DRAWS) -> Judged:
    """Return the mean of each measure over many shuffles; the lists are those of the first."""
    made = [judge_ranker(queries, Shuffled(records, draw)) for draw in range(draws)]
    values = {name: np.mean([one.values[name] for one in made], axis=0).tolist() for name in MEASURES}
    return Judged(queries, made[0].lists, values)


def split_figures(split: str, judged: Mapping[str, Judged]) -> list[Figure]:
    """Return the figures of every ranker on one split: all kinds together, each kind, and ours less each baseline."""
    queries = judged[OURS].queries
    chosen = [at for at, query in enumerate(queries) if query.split == split]
    cases = [case_of(queries[at]) for at in chosen]
    figures = []
    for name, found in judged.items():
        measures = MEASURES if name == OURS or name in BASELINES else ("ndcg_at_10",)
        figures += [
            mean(f"graded.{split}.{name}.{measure}", [found.values[measure][at] for at in chosen], cases=cases)
            for measure in measures
        ]
    for kind in KINDS:
        own = [at for at in chosen if queries[at].kind == kind]
        for name in (OURS, *BASELINES):
            values = [judged[name].values["ndcg_at_10"][at] for at in own]
            figures.append(
                mean(f"graded.{split}.{kind}.{name}.ndcg_at_10", values, cases=[case_of(queries[at]) for at in own])
            )
    for measure in MEASURES:
        gains = [
            difference(
                f"graded.{split}.gain_over_{name}.{measure}",
                [judged[OURS].values[measure][at] - judged[name].values[measure][at] for at in chosen],
                cases=cases,
            )
            for name in BASELINES
        ]
        figures += gains
        # What "beats every baseline outside the interval" comes down to.
        figures.append(
            count(f"graded.{split}.least_sure_gain.{measure}", min(gain.low or 0.0 for gain in gains), len(chosen))
        )
    return figures


def case_of(query: Query, labels: Mapping[str, str] | None = None) -> EvalCase:
    """Return the case of a query; all queries of one person hang together."""
    return EvalCase(query.id, query.person or query.id, {"kind": query.kind, **(labels or {})})


def slice_figures(records: Records, judged: Judged) -> list[Figure]:
    """Return nDCG@10 on `test` by the language that is asked in, and for newcomers beside the others."""
    new = set(newcomers(records))
    chosen = [at for at, query in enumerate(judged.queries) if query.split == "test"]
    cases = [
        case_of(query, {
            "language": language_of(records.asked(query)), "newcomer": "yes" if query.person in new else "no",
        })
        for query in (judged.queries[at] for at in chosen)
    ]  # fmt: skip
    values = [judged.values["ndcg_at_10"][at] for at in chosen]
    return by_slice(
        cases,
        ("language", "newcomer"),
        lambda rows: [
            mean(f"graded.test.{OURS}.ndcg_at_10", [values[at] for at in rows], cases=[cases[at] for at in rows])
        ],
    )


def exposure_figures(
    name: str, askers: Sequence[Query], lists: Sequence[Sequence[str]], people: Sequence[str]
) -> list[Figure]:
    """Return who is seen among the first five when every member asks once: coverage, Gini, and mutual first choices.

    Reciprocal hits: of the askers whose first match is somebody whose own wants were graded, too, the share where both
    directions have a grade of 2 or 3. Only 40 of the members have graded wants, so these are few.
    """
    places = {person: at for at, person in enumerate(people)}
    seen = np.zeros((len(askers), len(people)))
    for row, ranked in enumerate(lists):
        for target in ranked[:_SEEN]:
            seen[row, places[target]] = 1.0
    useful = {query.source: query.useful for query in askers if query.grades}
    firsts = [(query.source, ranked[0]) for query, ranked in zip(askers, lists, strict=True) if ranked]
    both = [(one, other) for one, other in firsts if one in useful and other in useful]
    hits = sum(other in useful[one] and one in useful[other] for one, other in both)
    return [
        of_rows(f"graded.{name}.coverage_at_5", _coverage, seen, "higher"),
        of_rows(f"graded.{name}.exposure_gini_at_5", lambda rows: gini(rows.sum(axis=0).tolist()), seen, "lower"),
        share(f"graded.{name}.reciprocal_hit", hits, len(both)),
    ]


def _coverage(rows: NDArray[np.float64]) -> float:
    return float((rows.sum(axis=0) > 0).mean())


def measure(worlds: Worlds) -> Findings:
    """Rank every query by every ranker; then let every member ask, and take away what must matter."""
    world = shared_graded(worlds)
    records = world.records
    queries = load_queries(records)
    ours = ServiceRanker(world)
    rankers: dict[str, QueryRanker] = {
        "most_active": MostActive(records),
        "one_vector": OneVector(records, worlds.embedder),
        "langchain_chroma": LangChainSearch(records, worlds.embedder, worlds.new_folder()),
        "bm25": Bm25(records),
    }
    judged = {OURS: judge_ranker(queries, ours), "random": judge_chance(queries, records)}
    judged |= {name: judge_ranker(queries, ranker) for name, ranker in rankers.items()}
    judged |= {name: judge_ranker(queries, ServiceRanker(world, weights)) for name, weights in VARIANTS.items()}
    figures = [figure for split in SPLITS for figure in split_figures(split, judged)]
    figures += slice_figures(records, judged[OURS])
    askers = everybody(records, queries)
    people = records.proposable
    seen: dict[str, QueryRanker] = {OURS: ours, "random": Shuffled(records, 0), **rankers}
    for name, ranker in seen.items():
        known = {query.id: ranked for query, ranked in zip(queries, judged[name].lists, strict=True)}
        lists = [known[query.id] if query.id in known else ranker.rank(query) for query in askers]
        figures += exposure_figures(name, askers, lists, people)
    figures.append(grades_agree(queries))
    figures += control_figures(worlds, records, queries, world)
    return Findings(figures, _worst(judged[OURS], records))


def grades_agree(queries: Sequence[Query]) -> Figure:
    """Return how far the two who graded agree, on targets of scored queries that at least one of them listed."""
    known = {query.id for query in queries}
    passes = [
        {(row["query"], row["target"]): row["grade"] for row in read_jsonl(FOLDER / f"pass_{name}.jsonl")}
        for name in "ab"
    ]
    listed = sorted(key for key in passes[0].keys() | passes[1].keys() if key[0] in known)
    # Whoever did not list a target gave it nothing.
    ratings = [[graded.get(key, 0) for graded in passes] for key in listed]
    return agreement_figure("graded.labels.alpha", ratings, "ordinal")


def everybody(records: Records, queries: Sequence[Query]) -> list[Query]:
    """Return one query for other members by each who may be matched; with grades where there are any."""
    graded = {query.source: query for query in queries if query.kind == "member_member"}
    return [
        graded.get(name) or Query(f"all-{name}", "member_member", "", name, name, "member")
        for name in records.proposable
    ]


def _worst(found: Judged, records: Records) -> list[dict[str, object]]:
    ranked = zip(found.queries, found.values["ndcg_at_10"], found.lists, strict=True)
    dev = sorted((one for one in ranked if one[0].split == "dev"), key=lambda one: one[1])
    rows: list[dict[str, object]] = [
        {
            "query": query.id, "kind": query.kind, "ndcg_at_10": round(value, 3),
            "wanted": [_named(records, query, one) for one in sorted(query.useful)],
            "shown": [_named(records, query, one) for one in shown[:5]], "text": records.asked(query)[:_ASKED_CHARS],
        }
        for query, value, shown in dev
    ]  # fmt: skip
    return rows[:WORST]


def _named(records: Records, query: Query, name: str) -> str:
    """Return a record with what it begins with."""
    text = " ".join(records.whole(query.target, name).split())
    return f"{name} {text[:_TOLD_CHARS]}"


SUITE = Suite(
    "graded", 1, "83 graded queries of six kinds beside five baselines; exposure; controls", measure, "graded community"
)
