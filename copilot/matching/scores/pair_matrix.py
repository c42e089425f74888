"""Scores of all pairs among some members at once, for rounds and teams: the numbers of `Comparer`, made in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from copilot.matching.optimum import Matrix
from copilot.matching.records import Party, Statement
from copilot.matching.scores.affinity import context_components
from copilot.matching.scores.background import SIDES, Background, Vectors, text_language
from copilot.matching.scores.lexicon import Lexicon
from copilot.matching.scores.scoring import Weights, calibrate, fuse, margins, relevance, total_score
from copilot.matching.scores.wholes import Wholes


@dataclass(frozen=True)
class PairScores:
    """All pairs of n members.

    Attributes:
        scores: (n, n) symmetric, 0-1: the mean of what each is worth to the other; the diagonal is 0.
        forward: (n, n) how well the offers of the column's member answer the wants of the row's, 0-1.
    """

    scores: Matrix
    forward: Matrix


@dataclass(frozen=True)
class _Texts:
    """All wants or all offers of n members in a row.

    Attributes:
        vectors: (t, d) centred; zeros where there is none yet.
        crowding: (t,).
        is_known: (t,) 1 where there is a vector, else 0.
        words: (t, v) weights of terms.
        rows: (n, most) the rows of each member, t where they have fewer.
        counts: (n,) how many each has.
    """

    vectors: Vectors
    crowding: Matrix
    is_known: Matrix
    words: csr_matrix
    rows: NDArray[np.int64]
    counts: NDArray[np.int64]


def score_pairs(
    background: Background, lexicon: Lexicon, weights: Weights, parties: Sequence[Party], vectors: Mapping[str, Vectors]
) -> PairScores:
    """Return the scores of all pairs of `parties`, who are members with statements and activity.

    Args:
        background: means and crowding of the community.
        lexicon: how rare its words are.
        weights: the shares in force.
        parties: n members.
        vectors: (d,) by record id; texts without one are compared by words alone.
    """
    wholes = Wholes(background, weights, [party.whole for party in parties], vectors)
    light = wholes.lights([party.whole.record_id for party in parties])
    forward = _forward(background, lexicon, weights, parties, (vectors, light))
    one_way = np.zeros_like(forward)
    for row, here in enumerate(parties):
        for column in range(row + 1, len(parties)):
            there = parties[column]
            worth, _ = relevance(float(forward[row, column]), float(forward[column, row]), weights)
            one_way[row, column] = total_score(worth, context_components(here, there), weights)
            one_way[column, row] = total_score(worth, context_components(there, here), weights)
    return PairScores((one_way + one_way.T) / 2.0, forward)


def _forward(
    background: Background, lexicon: Lexicon, weights: Weights, parties: Sequence[Party],
    seen: tuple[Mapping[str, Vectors], Matrix],
) -> Matrix:  # fmt: skip
    """Return (n, n) direction scores from vectors by record id and what the wholes (n, n) add to each margin."""
    vectors, light = seen
    places: dict[str, int] = {}
    wants = _texts(background, lexicon, [party.wants for party in parties], vectors, places)
    offers = _texts(background, lexicon, [party.offers for party in parties], vectors, places)
    found = np.zeros((len(parties), len(parties)))
    if not (wants.counts.any() and offers.counts.any()):
        return found
    # The words of the wants are a subset of all places, so both sides are brought to the same width.
    offered = _widened(offers.words, len(places)).T.tocsc()
    asked = _widened(wants.words, len(places))
    for member in np.flatnonzero(wants.counts).tolist():
        rows = wants.rows[member, : wants.counts[member]]
        cosines = (wants.vectors[rows] @ offers.vectors.T).astype(np.float64)
        lights = np.repeat(light[member], offers.counts)
        dense = calibrate(margins(cosines, wants.crowding[rows], offers.crowding) + lights, weights)
        dense *= wants.is_known[rows, None] * offers.is_known[None, :]
        shared = np.asarray((asked[rows] @ offered).todense(), dtype=np.float64)
        fused = fuse(dense, np.minimum(shared / weights.full_overlap, 1.0), weights.lexical)
        found[member] = _direction_scores(fused, offers, weights)
    return found


def _texts(
    background: Background, lexicon: Lexicon, statements: Sequence[Sequence[Statement]],
    vectors: Mapping[str, Vectors], places: dict[str, int],
) -> _Texts:  # fmt: skip
    flat = [item for items in statements for item in items]
    counts = np.asarray([len(items) for items in statements], dtype=np.int64)
    rows = np.full((len(statements), int(counts.max(initial=0))), len(flat), dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)])
    for member, count in enumerate(counts.tolist()):
        rows[member, :count] = np.arange(starts[member], starts[member] + count)
    width = next((len(vector) for vector in vectors.values()), 0)
    centred, crowding = np.zeros((len(flat), width), dtype=np.float32), np.zeros(len(flat))
    for side in SIDES:
        own = [row for row, item in enumerate(flat) if item.side == side and item.record_id in vectors]
        if own:
            plain = np.stack([vectors[flat[row].record_id] for row in own])
            centred[own] = background.centre(side, plain, [text_language(flat[row].text) for row in own])
            crowding[own] = background.crowding(side, centred[own])
    is_known = np.asarray([float(item.record_id in vectors) for item in flat])
    return _Texts(centred, crowding, is_known, _words(lexicon, flat, places), rows, counts)


def _words(lexicon: Lexicon, statements: Sequence[Statement], places: dict[str, int]) -> csr_matrix:
    """Return (t, v) weights of terms; new terms get a place."""
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for item in statements:
        for term, weight in lexicon.terms(item.text).items():
            columns.append(places.setdefault(term, len(places)))
            values.append(weight)
        ends.append(len(values))
    return csr_matrix((values, columns, ends), shape=(len(statements), len(places)))


def _widened(words: csr_matrix, width: int) -> csr_matrix:
    return csr_matrix((words.data, words.indices, words.indptr), shape=(words.shape[0], width))


def _direction_scores(fused: Matrix, offers: _Texts, weights: Weights) -> Matrix:
    """Return (n,): `direction_score` of these wants (w, t) beside the offers of each member."""
    ranks = np.asarray(weights.ranks)
    padded = np.concatenate([fused, np.full((len(fused), 1), -np.inf)], axis=1)
    pairs = padded[:, offers.rows].transpose(1, 0, 2).reshape(len(offers.rows), -1)
    kept = min(len(ranks), pairs.shape[1])
    best = -np.sort(np.partition(-pairs, kept - 1, axis=1)[:, :kept], axis=1)
    is_there = np.isfinite(best)
    worth = np.where(is_there, best, 0.0) @ ranks[:kept]
    whole = is_there @ ranks[:kept]
    scores: Matrix = np.divide(worth, whole, out=np.zeros_like(worth), where=whole > 0.0)
    return scores
