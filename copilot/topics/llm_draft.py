"""The drafter with a model: it picks pairs and a framework by alias and writes words; code quotes, cites and checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

from copilot.community.demand import DemandKind
from copilot.llm.fence import FENCE_RULE, fence
from copilot.llm.structured import Ask, StructuredModel
from copilot.prompts import PromptLibrary
from copilot.topics.checks import BOUNDS, Rules, check_topics, problems
from copilot.topics.composition import Choice, Words, compose
from copilot.topics.frameworks import Framework
from copilot.topics.models import Topic
from copilot.topics.snapshot import AskedQuestion, TopicSnapshot
from copilot.topics.wording import say

FEATURE = "topics:suggest"
PROMPT_ID = "topics/suggest"
_QUESTION_CHARS = 400
_EVIDENCE_CHARS = 240
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
_Alias = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[QE]\d{1,3}$")]


class TopicWords(BaseModel):
    """One topic as a model answers it."""

    model_config = ConfigDict(extra="forbid")

    question: _Alias = Field(description="alias of a question, such as Q1")
    evidence: list[_Alias] = Field(min_length=1, max_length=3, description="aliases listed with that question")
    framework: str = Field(max_length=60, description="key of a framework")
    titles: list[_Text] = Field(min_length=1, max_length=3)
    opening: _Text = Field(description="the member's own first sentence")
    guiding_questions: list[_Text] = Field(min_length=2, max_length=4)
    invitation: _Text = Field(description="one or two sentences that invite the member to write")


class TopicAnswer(BaseModel):
    """What a model answers."""

    model_config = ConfigDict(extra="forbid")

    topics: list[TopicWords] = Field(min_length=1, max_length=10)


def answer_model(rules: Rules, wanted: int) -> type[TopicAnswer]:
    """Return `TopicAnswer` narrowed to this snapshot: its aliases, the library's keys, exactly `wanted` topics.

    Endpoints that enforce a schema cannot answer with an alias that does not exist; small models otherwise do.
    """
    snapshot = rules.snapshot
    asked: Any = _one_of([pairing.question for pairing in snapshot.pairings])
    said: Any = _one_of([item.alias for item in snapshot.evidence])
    keys: Any = _one_of([item.key for item in rules.library.all(snapshot.community.locale)])
    fields = TopicWords.model_fields
    words: Any = create_model(
        "TopicWords", __base__=TopicWords, __doc__=TopicWords.__doc__,
        question=(asked, Field(description=fields["question"].description)),
        evidence=(
            list[said], Field(min_length=1, max_length=3, description=fields["evidence"].description)
        ),
        framework=(keys, Field(description=fields["framework"].description)),
    )  # fmt: skip
    return create_model(
        "TopicAnswer", __base__=TopicAnswer, __doc__=TopicAnswer.__doc__,
        topics=(list[words], Field(min_length=wanted, max_length=wanted)),
    )  # fmt: skip


def _one_of(values: list[str]) -> Any:
    # `Literal[...]` cannot be spelled with values that are known only at run time.
    return Literal.__getitem__(tuple(values))


@dataclass(frozen=True)
class ModelDraft:
    """Topics that passed every check, the calls that made them, and who wrote them, as `llm:<model>`."""

    topics: list[Topic]
    call_ids: list[str]
    drafted_by: str


def draft_with_model(
    model: StructuredModel,
    prompts: PromptLibrary,
    rules: Rules,
    is_cancelled: Callable[[], bool] | None = None,
) -> ModelDraft:
    """Return as many topics as are wanted, or as many as there are pairings.

    Raises:
        ModelError: the model failed, or its answer does not pass the checks after one repair turn.
    """
    snapshot = rules.snapshot
    wanted = min(snapshot.wanted, len(snapshot.pairings))

    def validate(answer: TopicAnswer) -> list[str]:
        unknown = unknown_choices(answer, rules)
        return unknown or problems(check_topics(topics_from(answer, rules), rules))

    ask = Ask(
        feature=FEATURE, community_id=snapshot.community.id,
        prompt=prompts.get(PROMPT_ID, snapshot.community.locale).render(prompt_variables(rules, wanted)),
        output=answer_model(rules, wanted), validate=validate,
    )  # fmt: skip
    answer = model.ask(ask, is_cancelled=is_cancelled)
    drafted_by = f"llm:{answer.model}"
    return ModelDraft(topics_from(answer.value, rules, drafted_by), answer.call_ids, drafted_by)


def unknown_choices(answer: TopicAnswer, rules: Rules) -> list[str]:
    """Return one sentence for each alias or key that the snapshot or the library does not hold."""
    snapshot, locale = rules.snapshot, rules.snapshot.community.locale
    paired = {pairing.question: set(pairing.evidence) for pairing in snapshot.pairings}
    keys = {item.key for item in rules.library.all(locale)}
    found = []
    for rank, words in enumerate(answer.topics, start=1):
        wrong = [("question_exists", words.question)] if words.question not in paired else []
        wrong += [
            ("evidence_fits", alias) for alias in words.evidence if alias not in paired.get(words.question, set())
        ]
        wrong += [("framework_known", words.framework)] if words.framework not in keys else []
        for check, what in wrong:
            topic = say(locale, "topic", rank=rank)
            found.append(say(locale, "broken", topic=topic, rule=say(locale, f"check.{check}"), what=what))
    return found


def _suited(rules: Rules, key: str, question: AskedQuestion, known: str) -> Framework:
    """Return the framework a model chose, or the one code would choose where that one could only be filled by inventing.

    That is an outline that answers a question nobody asked, or a comparison of figures that the member never gave.
    """
    locale, is_gap = rules.snapshot.community.locale, question.kind is DemandKind.GAP
    framework = rules.library.get(key, locale)
    if framework.is_open_to(known) and not (is_gap and framework.needs_question):
        return framework
    return rules.library.choose(locale, "" if is_gap else question.text, known, is_gap=is_gap)


def topics_from(answer: TopicAnswer, rules: Rules, drafted_by: str = "llm") -> list[Topic]:
    """Return the topics an answer stands for; all its aliases and keys must be known (`unknown_choices`)."""
    snapshot = rules.snapshot
    fits = {pairing.question: pairing.fit for pairing in snapshot.pairings}
    topics = []
    for rank, words in enumerate(answer.topics, start=1):
        question = snapshot.question(words.question)
        if question is None:
            raise ValueError(f"{words.question} is not in this snapshot")
        evidence = snapshot.evidence_of(list(dict.fromkeys(words.evidence)))
        framework = _suited(rules, words.framework, question, " ".join(item.text for item in evidence))
        choice = Choice(question, evidence, framework, fits[words.question])
        written = Words(words.titles, words.opening, words.guiding_questions, words.invitation)
        topics.append(compose(snapshot, choice, rank, written, drafted_by))
    return topics


def prompt_variables(rules: Rules, wanted: int) -> dict[str, str]:
    """Return what the prompt is filled with; every word of a member stands inside a fence."""
    snapshot, locale = rules.snapshot, rules.snapshot.community.locale
    bounds = BOUNDS[locale]
    about = "\n".join(
        part for part in (snapshot.member.name, snapshot.member.headline, snapshot.member.industry) if part
    )
    return {
        "fence_rule": FENCE_RULE[locale],
        "count": str(wanted),
        "member": fence("member", about, _EVIDENCE_CHARS),
        "questions": "\n\n".join(
            _question_block(snapshot, alias.question, alias.evidence) for alias in snapshot.pairings
        ),
        "evidence": "\n".join(fence(item.alias, item.text, _EVIDENCE_CHARS) for item in snapshot.evidence),
        "frameworks": "\n".join(
            f"- {item.key}: {item.title}. {item.when_to_use}" for item in rules.library.all(locale)
        ),
        "title_chars": str(bounds.title[1] // 2),
        "opening_chars": str(bounds.opening[1] // 2),
    }


def _question_block(snapshot: TopicSnapshot, alias: str, evidence: tuple[str, ...]) -> str:
    question = snapshot.question(alias)
    if question is None:
        raise ValueError(f"{alias} is not in this snapshot")
    if question.kind is DemandKind.GAP:
        about = say(snapshot.community.locale, "gap.prompt")
        return "\n".join(
            [f"{alias} ({about}) <- {', '.join(evidence)}", fence(f"{alias} text", question.text, _QUESTION_CHARS)]
        )
    said = "\n".join(part for part in (question.asker_name, question.channel_name) if part)
    return "\n".join(
        [
            f"{alias} ({question.kind.value}) <- {', '.join(evidence)}",
            fence(f"{alias} text", question.text, _QUESTION_CHARS),
            fence(f"{alias} asker and channel", said, 120),
        ]
    )
