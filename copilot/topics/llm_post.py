"""Notes into a post with a model: it says which sentence goes where and may smooth it; code finds the places and checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from copilot.llm.fence import FENCE_RULE, fence
from copilot.llm.structured import Ask, StructuredModel
from copilot.prompts import PromptLibrary
from copilot.topics.arrangement import finish
from copilot.topics.models import Topic
from copilot.topics.notes import Said
from copilot.topics.post_checks import is_supported
from copilot.topics.post_models import PostContent, Sentence
from copilot.topics.wording import say

FEATURE = "topics:arrange"
PROMPT_ID = "topics/arrange"
# More sentences than this do not come back from a small model; the rules take longer notes.
MOST_SENTENCES = 60
_SENTENCE_CHARS = 400
_Alias = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^S\d{1,3}$")]


class PlacedSentence(BaseModel):
    """One sentence of the post, with the sentences of the notes that it repeats."""

    model_config = ConfigDict(extra="forbid")

    section: int = Field(ge=1, le=8, description="number of the section")
    sources: list[_Alias] = Field(min_length=1, max_length=3, description="aliases of sentences of the notes")
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]


class PostAnswer(BaseModel):
    """What a model answers."""

    model_config = ConfigDict(extra="forbid")

    sentences: list[PlacedSentence] = Field(min_length=1, max_length=MOST_SENTENCES)


@dataclass(frozen=True)
class PostTask:
    """What is to be arranged, for whom."""

    community_id: str
    locale: str
    notes: str
    said: Sequence[Said]
    topic: Topic


@dataclass(frozen=True)
class PostDraft:
    """A post that passed every check, the calls that made it, and who wrote it, as `llm:<model>`."""

    content: PostContent
    call_ids: list[str]
    drafted_by: str


def arrange_with_model(
    model: StructuredModel, prompts: PromptLibrary, task: PostTask, is_cancelled: Callable[[], bool] | None = None
) -> PostDraft:
    """Return the post.

    Raises:
        ModelError: the model failed, or says what the notes do not say after one repair turn.
    """
    ask = Ask(
        feature=FEATURE, community_id=task.community_id,
        prompt=prompts.get(PROMPT_ID, task.locale).render(post_variables(task)),
        output=PostAnswer, validate=lambda answer: post_problems(answer, task),
    )  # fmt: skip
    answer = model.ask(ask, is_cancelled=is_cancelled)
    content = finish(task.notes, task.topic, _sections(answer.value, task))
    return PostDraft(content, answer.call_ids, f"llm:{answer.model}")


def post_problems(answer: PostAnswer, task: PostTask) -> list[str]:
    """Return one sentence for each thing that is wrong with an answer."""
    found = []
    for number, placed in enumerate(answer.sentences, start=1):
        unknown = [alias for alias in placed.sources if not 1 <= int(alias[1:]) <= len(task.said)]
        if unknown or placed.section > len(task.topic.outline):
            found.append(say(task.locale, "post.unknown", number=number))
        elif not is_supported(_sentence(placed, task), task.notes):
            found.append(say(task.locale, "post.unsupported", number=number, what=placed.text[:40]))
    return found


def post_variables(task: PostTask) -> dict[str, str]:
    """Return what the prompt is filled with; every word of the member stands inside a fence."""
    return {
        "fence_rule": FENCE_RULE[task.locale],
        "question": fence("question", task.topic.demand.quote, _SENTENCE_CHARS),
        "sections": "\n".join(f"{number}. {step.heading}" for number, step in enumerate(task.topic.outline, start=1)),
        "notes": "\n".join(
            fence(f"S{number}", item.sentence.text, _SENTENCE_CHARS) for number, item in enumerate(task.said, start=1)
        ),
    }


def _sections(answer: PostAnswer, task: PostTask) -> list[list[Sentence]]:
    sections: list[list[Sentence]] = [[] for _ in task.topic.outline]
    for placed in answer.sentences:
        sections[placed.section - 1].append(_sentence(placed, task))
    return sections


def _sentence(placed: PlacedSentence, task: PostTask) -> Sentence:
    sources = [task.said[int(alias[1:]) - 1].sentence for alias in dict.fromkeys(placed.sources)]
    spans = [span for source in sources for span in source.spans]
    literal = placed.text == "".join(task.notes[span.start : span.end] for span in spans)
    return Sentence(text=placed.text, spans=spans, literal=literal)
