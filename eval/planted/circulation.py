"""Planted in the exchange and in recognition: points that can be gamed, and sums that are not those of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from copilot.assets import knowledge_dir
from copilot.recognition.rules import RuleSet, load_rules
from eval.exchange_simulation import COMMUNITY, FIRST, LAST, counted_again
from eval.metrics.intervals import SEED
from eval.planted.plot import Ground, Planted
from eval.scores import Figure, count
from eval.suites import exchange, recognition

_RECOUNTED = 2_000
_WITHOUT_DISCOUNTS = {
    "daily_decay": 100, "pair_decay": 100, "breadth": (100,), "lone_cap": None, "ring_discount": 0
}  # fmt: skip


def _rules(**changed: object) -> RuleSet:
    return load_rules([knowledge_dir()]).model_copy(update=changed)


@lru_cache(maxsize=3)
def _gamed(_ground: Ground, *, discounts: bool) -> list[Figure]:
    rules = _rules() if discounts else _rules(**_WITHOUT_DISCOUNTS)
    shares, differing = recognition.one_year(rules, SEED, recounted=_RECOUNTED)
    return [
        count("recognition.gamed.worst", max(shares.values()), len(shares), "lower"),
        count("recognition.recount_differs", differing, len(shares), "lower"),
    ]


def _other_decay(_ground: Ground) -> list[Figure]:
    _, differing = recognition.one_year(_rules(), SEED, _rules(daily_decay=71), _RECOUNTED)
    return [count("recognition.recount_differs", differing, 1, "lower")]


def _recounted(ground: Ground, *, last_day_counts: bool) -> list[Figure]:
    with exchange.a_year(ground.new_folder()) as (desk, diaries):
        found = desk.show(COMMUNITY, exchange.OPERATOR, FIRST, LAST, "month")
    wrong, compared = exchange.differing(found, counted_again(diaries, "month", last_day_counts=last_day_counts))
    return [count("exchange.recount_differs", len(wrong), compared, "lower")]


PLANTED: Sequence[Planted] = (
    Planted("recognition", "no discounts", "recognition.gamed.worst", "every act counts whole, whoever gives how often", lambda g: _gamed(g, discounts=False), lambda g: _gamed(g, discounts=True)),
    Planted("recognition", "another decay", "recognition.recount_differs", "71 per cent where the rules say 70", _other_decay, lambda g: _gamed(g, discounts=True)),
    Planted("exchange", "one day too many", "exchange.recount_differs", "the day of return is counted as lent", lambda g: _recounted(g, last_day_counts=True), lambda g: _recounted(g, last_day_counts=False)),
)  # fmt: skip
