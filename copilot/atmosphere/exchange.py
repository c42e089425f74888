"""Measures of who answers whom: newcomers, depth of threads, how many shoulders carry the replies. Pure functions."""

from __future__ import annotations

from collections import Counter

import numpy as np

from copilot.atmosphere.figures import Sample, first, measure, nothing
from copilot.atmosphere.intervals import Estimate, Figures, bootstrap, ratio, share
from copilot.atmosphere.models import Measure
from copilot.atmosphere.windows import Said, SpokenWindow


def newcomers_answered(window: SpokenWindow) -> Measure:
    """Of the newcomers who wrote in the window, the share to whom somebody replied or whom somebody mentioned in reach."""
    joined, lasts = window.roster.joined, window.thresholds.newcomer_for
    new = [
        name
        for name, said in window.by_speaker.items()
        if name in joined and joined[name] <= said[0].sent_at < joined[name] + lasts
    ]
    sample: Sample = (len(new), "newcomers")
    if len(new) < window.thresholds.least_newcomers:
        return nothing("newcomers_answered", "share", sample, "too_few")
    answered = _addressed(window)
    waiting = first(window.by_speaker[name][0].id for name in new if name not in answered)
    found = share(sum(name in answered for name in new), len(new))
    return measure("newcomers_answered", "share", found, sample, waiting)


def _addressed(window: SpokenWindow) -> set[str]:
    """Return whom others replied to or mentioned, from the window's start to `answer_reach` after its end."""
    known = {item.id: item for item in window.around}
    found: set[str] = set()
    for item in window.around:
        if item.sent_at < window.start:
            continue
        to = known.get(item.reply_to_id or "")
        names = {*item.mentions, *([] if to is None else [to.sender_id])}
        found |= names - {item.sender_id}
    return found


def thread_depth(window: SpokenWindow) -> Measure:
    """Mean length of reply chains: how many messages the longest path of a thread holds, 2 for one reply."""
    depth: dict[str, int] = {}
    root: dict[str, str] = {}
    deepest: dict[str, Said] = {}
    for item, to in window.links:
        depth[item.id] = depth.get(to.id, 1) + 1
        root[item.id] = top = root.get(to.id, to.id)
        if top not in deepest or depth[item.id] > depth[deepest[top].id]:
            deepest[top] = item
    sample: Sample = (len(deepest), "threads")
    if len(deepest) < window.thresholds.least_pairs:
        return nothing("thread_depth", "mean", sample, "too_few")
    longest = sorted(deepest.values(), key=lambda item: (-depth[item.id], item.id))
    rows = np.array([(depth[item.id], 1.0) for item in deepest.values()], dtype=np.float64)
    return measure("thread_depth", "mean", bootstrap(rows, ratio), sample, first(item.id for item in longest))


def decentralisation(window: SpokenWindow) -> Measure:
    """The chance that two replies drawn at random were written by different people (Gini-Simpson index).

    0: one person answers everything; near 1: many shoulders.
    """
    writers = Counter(item.sender_id for item, _ in window.links)
    total = sum(writers.values())
    if total < 2 or len(writers) < window.thresholds.least_pairs:
        return nothing("decentralisation", "share", (total, "replies"), "too_few")
    rows = np.array([[count] for count in writers.values()], dtype=np.float64)
    found: Estimate = bootstrap(rows, _different_writers)
    return measure("decentralisation", "share", found, (total, "replies"))


def _different_writers(rows: Figures) -> Figures:
    counts = rows[..., 0]
    totals = counts.sum(axis=-1)
    return np.asarray(1 - (counts * (counts - 1)).sum(axis=-1) / np.maximum(1.0, totals * (totals - 1)))
