"""One draft from one snapshot: the model's words where they hold, the playbook's where not, checked either way.

No database is touched, so that evaluation can replay stored snapshots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.community.kept_answers import KeptAnswer, KeptAnswers, answer_key
from copilot.errors import InvalidInput, ModelCancelled, ModelError, ModelOutputInvalid
from copilot.events.checking.checks import failures, run_checks
from copilot.events.drafts.compose import compose
from copilot.events.drafts.llm_draft import make_validator, outline_from_words, picks_alone, render_prompt
from copilot.events.drafts.outline import Outline
from copilot.events.drafts.plan_words import FEATURE, PlanWords, salvage
from copilot.events.drafts.playbook_draft import draft_from_playbook
from copilot.events.models import CheckResult, Degraded, PlanContent
from copilot.events.snapshot import PlanSnapshot
from copilot.events.wording import both, has_sentence, say
from copilot.llm.structured import Ask, StructuredModel
from copilot.playbook_models import Playbook
from copilot.prompts import PromptLibrary

# Stages: understood, snapshot, drafting, delta or resumed, checking, done. The second value is JSON-serialisable.
Progress = Callable[[str, dict[str, Any]], None]
BY_PLAYBOOK = "playbook"


@dataclass
class Drafted:
    """A draft that passed its checks."""

    content: PlanContent
    checks: Sequence[CheckResult]
    drafted_by: str
    degraded: Degraded | None = None
    call_ids: Sequence[str] = ()
    answer_key: str = ""


class Drafter:
    """Drafts with a model when there is one, else from the playbook. Safe between threads."""

    def __init__(
        self, prompts: PromptLibrary, model: StructuredModel | None, answers: KeptAnswers | None = None
    ) -> None:
        """`answers` are those that a draft which broke off had been given already; without it every draft asks."""
        self._prompts = prompts
        self._model = model
        self._answers = answers

    def draft(
        self,
        snapshot: PlanSnapshot,
        playbook: Playbook,
        tell: Progress,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> Drafted:
        """Return a draft that passed every check.

        Raises:
            InvalidInput: no sound plan exists for this brief, such as `budget_short`.
            ModelCancelled: `is_cancelled` said so.
        """
        tell("drafting", {"by": BY_PLAYBOOK if self._model is None else self._model.model})
        if self._model is None:
            return self._from_playbook(snapshot, playbook, tell)
        # Compose first: an impossible budget or slot is the brief's fault and no model can mend it.
        fallback = self._from_playbook(snapshot, playbook, lambda _stage, _data: None)
        call_ids: Sequence[str] = ()
        ask = Ask(
            feature=FEATURE, community_id=snapshot.community.id, prompt=render_prompt(snapshot, playbook, self._prompts),
            output=PlanWords, validate=make_validator(snapshot, playbook),
        )  # fmt: skip
        key = answer_key(self._model.model, ask.prompt.hash, ask.prompt.system, ask.prompt.user)
        try:
            words, call_ids, name = self._words(self._model, (ask, key), snapshot, tell, is_cancelled)
            outline = outline_from_words(words, snapshot, playbook, ask.prompt.system)
            tell("checking", {"by": name})
            content, checks = _mended(snapshot, playbook, outline)
            failed = failures(checks)
            if not failed:
                return Drafted(content, checks, f"llm:{name}", call_ids=call_ids, answer_key=key)
            degraded = _degraded(snapshot, "checks_failed", failed[0].sentence)
        except ModelCancelled:
            raise
        except ModelError as error:
            call_ids = _call_ids(error)
            degraded = _degraded(snapshot, error.code)
        except InvalidInput as error:  # the model's quantities or weights leave no sound budget or agenda
            degraded = _degraded(snapshot, str(error.data.get("reason", error.code)))
        return Drafted(fallback.content, fallback.checks, BY_PLAYBOOK, degraded, call_ids, key)

    def _from_playbook(self, snapshot: PlanSnapshot, playbook: Playbook, tell: Progress) -> Drafted:
        tell("checking", {"by": BY_PLAYBOOK})
        content, checks = _checked(snapshot, playbook, draft_from_playbook(snapshot, playbook))
        if failed := failures(checks):
            raise InvalidInput(
                f"the playbook {snapshot.playbook_id} makes no sound plan of this brief: {failed[0].sentence}",
                field="brief", reason="plan_checks_failed", checks=[check.name for check in failed],
                sentence=both("plan_checks_failed", playbook=snapshot.playbook_id, why=failed[0].sentence),
            )  # fmt: skip
        return Drafted(content, checks, BY_PLAYBOOK)

    def _words(
        self,
        model: StructuredModel,
        asked: tuple[Ask[PlanWords], str],
        snapshot: PlanSnapshot,
        tell: Progress,
        is_cancelled: Callable[[], bool] | None,
    ) -> tuple[PlanWords, Sequence[str], str]:
        """Return the model's words: those a draft that broke off was given for the same prompt, else new ones."""
        ask, key = asked
        kept = self._answers.find(ask.community_id, key) if self._answers else None
        if kept is not None:
            tell("resumed", {"by": kept.model})
            return PlanWords.model_validate_json(kept.text), kept.call_ids, kept.model
        try:
            answer = model.ask(ask, on_delta=lambda text: tell("delta", {"text": text}), is_cancelled=is_cancelled)
            words, call_ids, name = answer.value, answer.call_ids, answer.model
        except ModelOutputInvalid as error:
            # Well-formed words with unusable picks or texts are mended piece by piece rather than thrown away.
            salvaged = salvage(str(error.data.get("raw", "")))
            if salvaged is None:
                raise
            words, call_ids, name = salvaged, list(_call_ids(error)), model.model
        if self._answers is not None:
            answered = KeptAnswer(words.model_dump_json(), name, call_ids)
            self._answers.keep(ask.community_id, key, answered, snapshot.candidates.by_id())
        return words, call_ids, name


def _checked(snapshot: PlanSnapshot, playbook: Playbook, outline: Outline) -> tuple[PlanContent, Sequence[CheckResult]]:
    content = compose(snapshot, playbook, outline)
    return content, run_checks(content, snapshot, playbook)


def _mended(snapshot: PlanSnapshot, playbook: Playbook, outline: Outline) -> tuple[PlanContent, Sequence[CheckResult]]:
    """Return the model's plan and its checks; where one fails, what is left of it with the playbook's words.

    Raises:
        InvalidInput: not even that has a sound budget or agenda.
    """
    try:
        content, checks = _checked(snapshot, playbook, outline)
        if not failures(checks):
            return content, checks
    except InvalidInput:  # its weights or quantities leave no sound agenda or budget
        pass
    return _checked(snapshot, playbook, picks_alone(outline, snapshot, playbook))


def _degraded(snapshot: PlanSnapshot, code: str, why: str = "") -> Degraded:
    """Say in the community's language why the model's draft was given up; the ledger and the log know the details."""
    key = f"degraded.{code}"
    return Degraded(
        code=code, message=say(snapshot.community.locale, key if has_sentence(key) else "degraded.other", why=why)
    )


def _call_ids(error: ModelError) -> Sequence[str]:
    found = error.data.get("call_ids", [])
    return [str(item) for item in found] if isinstance(found, Sequence) else []
