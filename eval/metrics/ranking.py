"""Measures of ranked lists with few relevant items: rank, hit@k and reciprocal rank of the first relevant one."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def first_relevant_rank(ranked: Sequence[str], relevant: Collection[str]) -> int | None:
    """Return the 1-based rank of the first relevant item, or None when the list holds none.

    Raises:
        ValueError: an item is listed twice, or nothing is relevant (then there is nothing to measure).
    """
    if not relevant:
        raise ValueError("nothing is relevant: there is nothing to measure")
    if len(set(ranked)) != len(ranked):
        raise ValueError("a ranked list names an item twice")
    return next((rank for rank, item in enumerate(ranked, start=1) if item in relevant), None)


def hit(rank: int | None, k: int) -> float:
    """Return 1.0 when the rank is within the first `k`, else 0.0; None is a miss."""
    return float(rank is not None and rank <= k)


def reciprocal(rank: int | None) -> float:
    """Return 1 / rank, 0.0 for a miss."""
    return 0.0 if rank is None else 1.0 / rank
