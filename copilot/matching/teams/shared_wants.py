"""What some members could build together, in their own words: what one wants, others want too, or can answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from copilot.matching.optimum import Matrix
from copilot.matching.reasons import excerpt
from copilot.matching.records import Party, Statement
from copilot.matching.scores.background import Background, Vectors, text_language
from copilot.matching.scores.comparison import Comparer
from copilot.matching.scores.scoring import Weights, calibrate, margins
from copilot.matching.teams.ask import Backing, SharedWant

MAX_GOALS, _MOST_BACKING = 10, 3
# Relevance from which an offer is said to answer a want, and a want to be close to another one.
_ANSWERS, _ALIKE = 0.75, 0.85
_NEAREST_SHARE = 0.1


def shared_wants(
    background: Background, weights: Weights, comparer: Comparer, circle: tuple[Sequence[Party], Mapping[str, Vectors]],
    own: set[str],
) -> list[SharedWant]:  # fmt: skip
    """Return what the members `own` want, best backed first, at most ten.

    Args:
        background: of the community.
        weights: constants of relevance.
        comparer: over the circle.
        circle: members with statements (those asked about, and whoever else may stand behind a want), and their vectors.
        own: ids of those whose wants are goals.
    """
    parties, vectors = circle
    wants = [(party, item) for party in parties for item in party.wants]
    goals = [(party, item) for party, item in wants if party.id in own]
    alike = _alike(background, weights, [item for _, item in goals], [item for _, item in wants], vectors)
    answers = _answers(comparer, [party for party in parties if party.id in own], parties)
    found = []
    for row, (party, item) in enumerate(goals):
        near = ((other, text, float(alike[row, at])) for at, (other, text) in enumerate(wants))
        close = (one for one in near if one[0].id != party.id and one[2] >= _ALIKE)
        found.append(
            SharedWant(
                goal=excerpt(item.text), member_id=party.id, name=party.name, record_id=item.record_id,
                wanted_by=_backing(close), offered_by=_backing(answers.get(item.record_id, [])),
            )
        )  # fmt: skip
    ranked = sorted(found, key=lambda want: (-_support(want), want.record_id))
    return ranked[:MAX_GOALS]


def _answers(
    comparer: Comparer, askers: Sequence[Party], parties: Sequence[Party]
) -> dict[str, list[tuple[Party, Statement, float]]]:
    """Return by want who offers what answers it."""
    found: dict[str, list[tuple[Party, Statement, float]]] = {}
    for asker in askers:
        for other in parties:
            if other.id == asker.id:
                continue
            for pair in comparer.compare(asker, other).forward:
                if pair.relevance >= _ANSWERS:
                    found.setdefault(pair.want.record_id, []).append((other, pair.offer, pair.relevance))
    return found


def _alike(
    background: Background, weights: Weights, goals: Sequence[Statement], wants: Sequence[Statement],
    vectors: Mapping[str, Vectors],
) -> Matrix:  # fmt: skip
    """Return (g, w) how close wants are to one another, 0-1: as text pairs are, but held against other wants."""
    found = np.zeros((len(goals), len(wants)))
    rows = [row for row, item in enumerate(goals) if item.record_id in vectors]
    columns = [column for column, item in enumerate(wants) if item.record_id in vectors]
    sample = background.samples.get("wants")
    if not rows or sample is None or not len(sample):
        return found
    nearest = max(1, round(_NEAREST_SHARE * len(sample)))
    plain = np.stack([vectors[wants[column].record_id] for column in columns])
    centred = background.centre("wants", plain, [text_language(wants[column].text) for column in columns])
    crowding = np.sort(centred @ sample.T, axis=1)[:, -nearest:].mean(axis=1).astype(np.float64)
    places = {wants[column].record_id: place for place, column in enumerate(columns)}
    mine = [places[goals[row].record_id] for row in rows]
    margin = margins((centred[mine] @ centred.T).astype(np.float64), crowding[mine], crowding)
    found[np.ix_(rows, columns)] = calibrate(margin, weights)
    return found


def _backing(found: Iterable[tuple[Party, Statement, float]]) -> list[Backing]:
    """Return the best of them, each member once."""
    best: dict[str, Backing] = {}
    for party, item, relevance in found:
        if party.id not in best or relevance > best[party.id].relevance:
            best[party.id] = Backing(
                member_id=party.id, name=party.name, record_id=item.record_id, quote=excerpt(item.text),
                relevance=round(relevance, 4),
            )  # fmt: skip
    ranked = sorted(best.values(), key=lambda one: (-one.relevance, one.member_id))
    return ranked[:_MOST_BACKING]


def _support(want: SharedWant) -> float:
    return sum(one.relevance for one in (*want.wanted_by, *want.offered_by))
