"""Simulated members who say yes by a rule that the test knows."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from copilot.matching.learning.outcomes import Outcome, OutcomeKind
from copilot.matching.scores.scoring import SHARES, Weights, relevance, total_score
from tests.conftest import NOW

EVEN = {"relevance": 0.3, "city": 0.5}


def true_weights(prior: Weights, told: dict[str, float] | None = None) -> Weights:
    """Return weights that count what `told` says; what is left is shared by the other components alike."""
    told = EVEN if told is None else told
    rest = (1.0 - sum(told.values())) / (len(SHARES) - len(told))
    return prior.with_shares({name: told.get(name, rest) for name in SHARES})


def simulate(
    count: int, truth: Weights | None, *, seed: int = 1, members: int = 40, slope: float = 12.0
) -> list[Outcome]:
    """Return outcomes of members who say yes by the score under `truth`; by the toss of a coin when it is None."""
    draw = np.random.default_rng(seed)
    found: list[Outcome] = []
    for number in range(count):
        components = {
            "forward": float(draw.beta(2, 2)), "backward": float(draw.beta(2, 2)), "lexical": float(draw.random()),
            **{
                name: float(draw.integers(0, 2)) if name in {"city", "industry", "language"} else float(draw.random())
                for name in SHARES if name != "relevance"
            },
        }  # fmt: skip
        chance = 0.5
        score = 0.0
        if truth is not None:
            worth = relevance(components["forward"], components["backward"], truth)[0]
            context = {name: components[name] for name in SHARES if name != "relevance"}
            score = total_score(worth, context, truth)
            chance = 1.0 / (1.0 + np.exp(-slope * (score - 0.5)))
        said = OutcomeKind.ACCEPTED if draw.random() < chance else OutcomeKind.DECLINED
        found.append(
            Outcome(
                match_id=f"match_{number:05}", member_id=f"mem_{number % members}", target_id=f"mem_t{number}",
                kind="member", outcome=said, decided_at=NOW + timedelta(minutes=number), score=score,
                weights_version=0, components=components,
            )
        )  # fmt: skip
    return found
