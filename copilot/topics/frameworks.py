"""Frameworks: ways to write about a question, as validated data from `knowledge/frameworks/<key>.<locale>.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from copilot.documents import DocumentProblem, content_hash, describe_validation, parse_yaml, read_document
from copilot.errors import KnowledgeInvalid, NotFound
from copilot.playbook_models import Key, Line, Locale, Prose
from copilot.topics.changes import tells_change

FOLDER = "frameworks"
PLACEHOLDERS = frozenset({"ask", "know", "asker", "channel"})
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_MAX_FILES = 200
# Years, times, cases: what was done so often that one knows where others stumble.
_OFTEN = re.compile(
    r"[\d零一二两三四五六七八九十百多几]+\s*(?:年|[多余几]?(?:场|次|遍|轮|回|家|款|位))|\b(?:years?|times|dozens?|decades?|again and again)\b",
    re.IGNORECASE,
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FrameworkStep(_Part):
    """A section and the questions that lead through it."""

    heading: Line
    questions: list[Line] = Field(min_length=1, max_length=6)


class Incentive(_Part):
    """Something that may be offered for writing; whether it is given is the operator's decision."""

    kind: Literal["exposure", "red_packet", "prize", "card"]
    offer: Line


class Framework(_Part):
    """One way to write about something, in one language. Lengths: seconds of voice, characters of text."""

    key: Key
    locale: Locale
    title: Line
    when_to_use: Prose
    cues: list[Annotated[str, StringConstraints(min_length=1, max_length=40)]] = Field([], max_length=60)
    deeds: list[Annotated[str, StringConstraints(min_length=1, max_length=40)]] = Field(
        [], max_length=60, description="words in the member's own sentence that speak for it when nobody asked"
    )
    requires: Literal["change"] | None = Field(
        None, description="change: only where the member's words hold the same thing before and after, in figures"
    )
    titles: list[Line] = Field(min_length=1, max_length=5)
    openings: list[Line] = Field(min_length=1, max_length=5)
    outline: list[FrameworkStep] = Field(min_length=2, max_length=8)
    show: list[Line] = Field([], max_length=6)
    closing: Line
    incentives: list[Incentive] = Field([], max_length=6)
    voice_seconds: int = Field(ge=15, le=300)
    short_chars: int = Field(ge=50, le=3000)
    article_chars: int = Field(ge=300, le=20000)

    @cached_property
    def hash(self) -> str:
        """16 hexadecimal characters that change with any word of the framework."""
        return content_hash(self.model_dump_json())

    @property
    def needs_question(self) -> bool:
        """Whether what the writer goes by repeats the question; then it suits no gap, which nobody asked about."""
        texts = [*self.show, self.closing, *(t for step in self.outline for t in (step.heading, *step.questions))]
        return self.key == "debate" or any("{ask}" in text or "{channel}" in text for text in texts)

    def is_open_to(self, evidence: str) -> bool:
        """Whether the member's words hold what it cannot do without."""
        return self.requires is None or tells_change([evidence])

    @model_validator(mode="after")
    def _known_placeholders(self) -> Framework:
        texts = [*self.titles, *self.openings, self.closing, *self.show, self.title, self.when_to_use]
        texts += [text for step in self.outline for text in (step.heading, *step.questions)]
        texts += [item.offer for item in self.incentives]
        unknown = {name for text in texts for name in _PLACEHOLDER.findall(text)} - PLACEHOLDERS
        if unknown:
            known = ", ".join(sorted(PLACEHOLDERS))
            raise ValueError(f"unknown placeholders: {', '.join(sorted(unknown))}; known: {known}")
        return self


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with its placeholders replaced; values are data and are not read for placeholders again."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


class FrameworkLibrary:
    """All frameworks, each in every language. Immutable once loaded, safe to share between threads."""

    def __init__(self, frameworks: Sequence[Framework]) -> None:
        self._frameworks: dict[tuple[str, str], Framework] = {(item.key, item.locale): item for item in frameworks}

    @classmethod
    def load(cls, folders: Sequence[Path]) -> FrameworkLibrary:
        """Read `frameworks/` of every knowledge folder, later ones overriding by key and language.

        Raises:
            KnowledgeInvalid: a file does not validate, a framework lacks a language, or there is none at all.
        """
        found: dict[tuple[str, str], Framework] = {}
        for folder in folders:
            paths = sorted((folder / FOLDER).glob("*.yaml"))
            if len(paths) > _MAX_FILES:
                raise KnowledgeInvalid(f"{folder / FOLDER} holds more than {_MAX_FILES} files", file=str(folder))
            for path in paths:
                item = _read(path)
                found[item.key, item.locale] = item
        if not found:
            raise KnowledgeInvalid("there is no framework in any knowledge folder", file="", fields=[])
        for key, locale in sorted(found):
            other = "en" if locale == "zh-CN" else "zh-CN"
            if (key, other) not in found:
                raise KnowledgeInvalid(
                    f"framework {key!r} is missing in {other}", file=f"{key}.{other}.yaml", fields=[]
                )
        return cls(list(found.values()))

    def get(self, key: str, locale: str) -> Framework:
        """Return one framework.

        Raises:
            NotFound: there is none with this key in this language.
        """
        item = self._frameworks.get((key, locale))
        if item is None:
            raise NotFound(f"there is no framework {key!r} in {locale}", kind="framework", id=key)
        return item

    def all(self, locale: str) -> list[Framework]:
        """Return the frameworks of one language, by key."""
        return [self._frameworks[pair] for pair in sorted(self._frameworks) if pair[1] == locale]

    def choose(
        self,
        locale: str,
        question: str,
        evidence: str,
        used: Sequence[str] = (),
        liking: Mapping[str, float] | None = None,
        *,
        is_gap: bool = False,
    ) -> Framework:
        """Return the framework whose cues occur most: in the question (twofold) and in the member's words.

        Each earlier use in `used` costs one cue of the question, so that a set varies; ties go by key. With no cue at all
        it is `interview`, where there is one. For a gap (`is_gap`) nobody asked: only frameworks count that do without a
        question, by their `deeds` in the member's words; with none it is `pitfalls` for what was done again and again, else
        `teardown`. One that `requires` figures counts only where the member's words hold them, and then for two deeds.
        `liking` is by how much members say yes to a framework more often than to others, -1 to 1: half as often again
        is worth one cue of the question.
        """
        bonus = _gap_bonus(evidence) if is_gap else {"interview": 0.5}

        def liked(item: Framework) -> float:
            return 4.0 * (liking or {}).get(item.key, 0.0)

        def score(item: Framework) -> float:
            asked = sum(cue.casefold() in question.casefold() for cue in item.cues)
            known = sum(cue.casefold() in evidence.casefold() for cue in (item.deeds if is_gap else item.cues))
            known += 2 * (item.requires is not None)
            return 2.0 * asked + known - 2.0 * used.count(item.key) + bonus.get(item.key, 0.0) + liked(item)

        suited = [
            item for item in self.all(locale) if item.is_open_to(evidence) and not (is_gap and item.needs_question)
        ]
        return max(suited or self.all(locale), key=score)


def _gap_bonus(evidence: str) -> dict[str, float]:
    """Return what speaks for a framework when no deed does: things done again and again, or one thing that was made."""
    return {"pitfalls": 0.75, "teardown": 0.5} if _OFTEN.search(evidence) else {"teardown": 0.75, "pitfalls": 0.5}


def _read(path: Path) -> Framework:
    try:
        item = Framework.model_validate(parse_yaml(read_document(path)))
    except DocumentProblem as error:
        raise KnowledgeInvalid(f"{path}: {error}", file=str(path), fields=[]) from error
    except ValidationError as error:
        sentence, fields = describe_validation(error)
        raise KnowledgeInvalid(f"{path}: {sentence}", file=str(path), fields=fields) from error
    if path.name != f"{item.key}.{item.locale}.yaml":
        raise KnowledgeInvalid(
            f"{path}: by its key and locale this file must be named {item.key}.{item.locale}.yaml",
            file=str(path),
            fields=["key"],
        )
    return item
