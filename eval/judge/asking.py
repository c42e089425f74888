"""Asking a judge: every pair in both orders, every question several times. What comes back is a row, whatever came back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from pydantic import BaseModel

from copilot.errors import BudgetExceeded, ModelCancelled, ModelError, ModelOutputInvalid, ModelRefused
from copilot.llm.fence import FENCE_RULE, fence
from copilot.llm.structured import Answer, Ask, StructuredModel
from copilot.prompts import PromptLibrary
from eval.judge.pairs import JudgePair, Side
from eval.judge.verdicts import PairVerdict, RubricVerdict

COMMUNITY = "judged"
COMPARE, RUBRIC = "evaluation/compare", "evaluation/rubric"
Failure = Literal["", "invalid", "refused", "failed"]
Choice = Literal["first", "second", "tie"]
OnAsked = Callable[[int, int], None]
Said = TypeVar("Said", bound=BaseModel)
_KINDS = {
    "zh-CN": {"plan": "活动方案", "topic": "话题框架", "reason": "推荐理由"},
    "en": {"plan": "event plan", "topic": "topic framework", "reason": "reason for a match"},
}
_SIDES: tuple[Side, Side] = ("first", "second")


@dataclass(frozen=True)
class Judge:
    """A model that judges, and the words it is asked with."""

    model: StructuredModel
    prompts: PromptLibrary


@dataclass(frozen=True)
class Judgement:
    """One answer about one pair, or that there was none.

    Attributes:
        shown_first: which draft stood in place A.
        chose: which draft was named; None where the verdict could not be read or never came.
    """

    pair: JudgePair
    shown_first: Side
    repeat: int
    chose: Choice | None
    failure: Failure = ""
    is_repaired: bool = False

    @property
    def chose_first_place(self) -> bool | None:
        """Whether place A won; None without a winner."""
        return None if self.chose in {None, "tie"} else self.chose == self.shown_first


@dataclass(frozen=True)
class Marks:
    """The marks of one draft, by criterion, or that there were none."""

    pair: JudgePair
    side: Side
    repeat: int
    marks: dict[str, int] | None
    failure: Failure = ""
    is_repaired: bool = False

    @property
    def mean(self) -> float | None:
        """The mean over the criteria, 1-5."""
        return sum(self.marks.values()) / len(self.marks) if self.marks else None


def compare_all(
    judge: Judge, pairs: Sequence[JudgePair], repeats: int, on_asked: OnAsked | None = None
) -> Iterator[Judgement]:
    """Ask about every pair, `repeats` times in each order; yield each answer as it comes.

    Raises:
        BudgetExceeded, ModelCancelled: the run is over, not one question.
    """
    questions = [(pair, repeat, side) for repeat in range(repeats) for pair in pairs for side in _SIDES]
    for number, (pair, repeat, shown_first) in enumerate(questions, 1):
        yield _compare(judge, pair, shown_first, repeat)
        if on_asked is not None:
            on_asked(number, len(questions))


def mark_all(
    judge: Judge, pairs: Sequence[JudgePair], repeats: int, on_asked: OnAsked | None = None
) -> Iterator[Marks]:
    """Ask for marks of both drafts of every pair, `repeats` times; a draft that several pairs share is asked once.

    Raises:
        BudgetExceeded, ModelCancelled: the run is over, not one question.
    """
    drafts = {(pair.base, getattr(pair, side)): (pair, side) for pair in pairs for side in _SIDES}
    questions = [(pair, side, repeat) for repeat in range(repeats) for pair, side in drafts.values()]
    for number, (pair, side, repeat) in enumerate(questions, 1):
        yield _mark(judge, pair, side, repeat)
        if on_asked is not None:
            on_asked(number, len(questions))


def _compare(judge: Judge, pair: JudgePair, shown_first: Side, repeat: int) -> Judgement:
    other: Side = "second" if shown_first == "first" else "first"
    values = {
        "first_draft": fence("draft A", getattr(pair, shown_first)),
        "second_draft": fence("draft B", getattr(pair, other)),
    }
    answer, failure = _ask(judge, COMPARE, pair, values, PairVerdict)
    if answer is None:
        return Judgement(pair, shown_first, repeat, None, failure)
    places: dict[str, Choice] = {"A": shown_first, "B": other, "tie": "tie"}
    return Judgement(pair, shown_first, repeat, places[answer.value.winner], is_repaired=answer.repaired)


def _mark(judge: Judge, pair: JudgePair, side: Side, repeat: int) -> Marks:
    answer, failure = _ask(judge, RUBRIC, pair, {"draft": fence("draft", getattr(pair, side))}, RubricVerdict)
    if answer is None:
        return Marks(pair, side, repeat, None, failure)
    return Marks(pair, side, repeat, answer.value.model_dump(exclude={"reason"}), is_repaired=answer.repaired)


def _ask(
    judge: Judge, prompt_id: str, pair: JudgePair, values: dict[str, str], output: type[Said]
) -> tuple[Answer[Said] | None, Failure]:
    prompt = judge.prompts.get(prompt_id, pair.locale).render({
        "fence_rule": FENCE_RULE[pair.locale], "draft_kind": _KINDS[pair.locale][pair.kind],
        "records": fence("records", pair.records), **values,
    })  # fmt: skip
    feature = prompt_id.replace("/", ":")
    try:
        return judge.model.ask(Ask(feature, COMMUNITY, prompt, output)), ""
    except (BudgetExceeded, ModelCancelled):
        raise
    except ModelOutputInvalid:
        return None, "invalid"
    except ModelRefused:
        return None, "refused"
    except ModelError:
        return None, "failed"
