"""What an answer costs offline: CPU time beside one embedding of a message, and how much a model is given to read.

Milliseconds depend on the machine; "as many embeddings" hardly does: each answer is timed in turn with the embedding of one
message by the bundled model, in the same process. What a real endpoint takes in tokens, seconds and money is counted by the
suites that ask it (`*.llm.tokens_per_draft`, `seconds_per_draft`, `price_per_draft`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle

from copilot.embeddings.factory import make_embedder
from copilot.llm.scripted import ScriptedChatModel
from copilot.llm.usage import estimate_tokens
from copilot.settings import EmbeddingSettings
from eval.metrics.timing import Spent, percentile_ms, ratio_interval, spend
from eval.obedient import ObedientChatModel
from eval.scores import Figure, count
from eval.suite import Findings, Suite
from eval.suites.injection import Case, draft, make_case, model_of
from eval.world import World, Worlds

_ASKERS = 30
_PLANS = 8
_WARM = 2
_BRIEF = "12月5日下午两点在深圳办一场60人的AI出海沙龙，两小时，预算2万"
_MESSAGE = 60
_P50, _P95 = 50, 95
Work = Callable[[], object]


def measure(worlds: Worlds) -> Findings:
    """Time what members and operators wait for, and weigh what a model is asked."""
    with worlds.fresh() as world:
        figures = [figure for name, work in answers(world).items() for figure in timed(name, work, messages(world))]
        return Findings([*figures, *asked(world, make_case(world, _BRIEF)), *_fixed_words(world)])


def answers(world: World) -> dict[str, list[Work]]:
    """Return, by name, the same question of different people or moments."""
    services, community = world.services, world.community_id
    everybody = [member for _, member in sorted(world.members().items())]
    members = [one.id for one in everybody if one.consent_ai and one.visibility != "hidden"][:_ASKERS]

    def each(ask: Callable[[str], object]) -> list[Work]:
        return [partial(ask, member) for member in members]

    return {
        "match": each(lambda member: services.matching.match(community, member, "member", 5)),
        "topics": each(lambda member: services.topics.suggest(community, member, 3)),
        "room": [lambda: services.atmosphere.read(community)] * _PLANS,
        "plan": [lambda: services.events.draft(community, _BRIEF, actor="evaluation")] * _PLANS,
    }


def messages(world: World) -> Iterator[str]:
    """Yield messages of about one length, none twice in a row."""
    texts = [row.text[:_MESSAGE] for _, row in sorted(world.messages().items()) if len(row.text) >= _MESSAGE]
    return cycle(texts)


def timed(name: str, works: Sequence[Work], said: Iterator[str]) -> list[Figure]:
    """Return the median in embeddings, and median and slowest twentieth in milliseconds of CPU."""
    embedder = make_embedder(EmbeddingSettings(engine="onnx"))  # one that remembers nothing
    for work in works[:_WARM]:  # the first of a kind loads what all later ones have
        work()
        embedder.embed_queries([next(said)])
    answers: list[Spent] = []
    units: list[Spent] = []
    for work in works:
        units.append(spend(lambda: embedder.embed_queries([next(said)])))
        answers.append(spend(work))
    took, unit = ([spent.cpu_seconds for spent in series] for series in (answers, units))
    ratio, interval = ratio_interval(took, unit, _P50)
    return [
        Figure(
            name=f"cost.{name}.embeddings", value=ratio, n=len(took), low=interval.low, high=interval.high,
            interval=interval.method, better="lower",
        ),
        count(f"cost.{name}.p50_cpu_ms", percentile_ms(took, _P50), len(took), "lower"),
        count(f"cost.{name}.p95_cpu_ms", percentile_ms(took, _P95), len(took), "lower"),
    ]  # fmt: skip


def asked(world: World, case: Case, chat: ScriptedChatModel | None = None) -> list[Figure]:
    """Return how often a plan asks a model, one that answers well without `chat`, and how much it gives it to read."""
    model = chat or ObedientChatModel(honest=case.honest)
    draft(world.services, model_of(model), case.snapshot, case)
    read = [estimate_tokens(str(message.text) for message in prompt) for prompt in model.seen]
    return [
        count("cost.plan.model_calls", len(read), 1, "lower"),
        count("cost.plan.prompt_tokens", sum(read), len(read), "lower"),
    ]


def _fixed_words(world: World) -> list[Figure]:
    """Return the length of all prompts before anything is put into them."""
    bare = [prompt.render(dict.fromkeys(prompt.variables, "")) for prompt in world.services.prompts.all()]
    fixed = [estimate_tokens((prompt.system, prompt.user)) for prompt in bare]
    return [
        count("cost.prompts.longest_tokens", max(fixed), len(fixed), "lower"),
        count("cost.prompts.mean_tokens", sum(fixed) / len(fixed), len(fixed), "lower"),
    ]


SUITE = Suite("cost", 1, "CPU of an answer beside one embedding; what a model is given to read", measure)
