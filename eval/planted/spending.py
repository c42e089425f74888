"""Planted in what an answer costs: work done again, and a model that must be asked twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial

from copilot.embeddings.factory import make_embedder
from copilot.llm.scripted import ScriptedChatModel
from copilot.settings import EmbeddingSettings
from eval.planted.plot import BRIEFS, Ground, Planted
from eval.scores import Figure
from eval.suites import cost, injection

_ASKED = 8
_AGAIN = 12


def _matches(ground: Ground, again: int = 0) -> list[Figure]:
    """Time matches that first embed so many messages anew."""
    embedder, said = make_embedder(EmbeddingSettings(engine="onnx")), cost.messages(ground.world)

    def work(match: Callable[[], object]) -> object:
        if again:
            embedder.embed_queries([next(said) for _ in range(again)])
        return match()

    works = [partial(work, match) for match in cost.answers(ground.world)["match"][:_ASKED]]
    return cost.timed("match", works, cost.messages(ground.world))


def _asked(ground: Ground, *, astray: bool) -> list[Figure]:
    """Count the calls of a plan; `astray`: the first answer is none."""
    case = injection.make_case(ground.world, BRIEFS[0])
    honest = json.dumps(case.honest.words, ensure_ascii=False)
    return cost.asked(ground.world, case, ScriptedChatModel(answers=["?", honest] if astray else [honest]))


PLANTED: Sequence[Planted] = (
    Planted("cost", "embeds everything again", "cost.match.embeddings", "a match embeds a dozen messages first", partial(_matches, again=_AGAIN), _matches),
    Planted("cost", "asks twice", "cost.plan.model_calls", "the first answer of the model is never right", partial(_asked, astray=True), partial(_asked, astray=False)),
)  # fmt: skip
