"""First words and helplines, as validated data from `knowledge/care/<name>.<locale>.yaml`; operators keep their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from copilot.community.distress import DistressKind
from copilot.documents import DocumentProblem, describe_validation, parse_yaml, read_document
from copilot.errors import KnowledgeInvalid
from copilot.playbook_models import Line, Locale, Prose

FOLDER = "care"
_MAX_FILES = 20
_NAME = "{name}"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Helpline(_Part):
    """Somebody to call, where that was read, and when it was last looked at."""

    name: Line
    reach: Line
    hours: Line
    source: Line
    reviewed_on: date


class FirstWords(_Part):
    """What to write first to somebody who sounds like this, and what to mind."""

    draft: Prose
    steps: list[Line] = Field(min_length=1, max_length=8)
    with_helplines: bool

    @model_validator(mode="after")
    def _names_the_member(self) -> FirstWords:
        if self.draft.replace(_NAME, "").count("{") or _NAME not in self.draft:
            raise ValueError("a draft holds {name} once or more, and no other braces")
        return self


class CareText(_Part):
    """All words of care in one language."""

    locale: Locale
    check_before_use: Line
    helplines: list[Helpline] = Field(min_length=1, max_length=20)
    first_words: Mapping[DistressKind, FirstWords]

    @model_validator(mode="after")
    def _for_every_kind(self) -> CareText:
        missing = [kind.value for kind in DistressKind if kind not in self.first_words]
        if missing:
            raise ValueError(f"first words are missing for {', '.join(missing)}")
        return self


class CareLibrary:
    """The words of care, by language. Immutable once loaded."""

    def __init__(self, texts: Mapping[str, CareText]) -> None:
        self._texts = dict(texts)

    @classmethod
    def load(cls, folders: Sequence[Path]) -> CareLibrary:
        """Read `care/` of every knowledge folder; a later file replaces all words of its language.

        Raises:
            KnowledgeInvalid: a file does not validate, or a language is missing.
        """
        found: dict[str, CareText] = {}
        for folder in folders:
            paths = sorted((folder / FOLDER).glob("*.yaml"))
            if len(paths) > _MAX_FILES:
                raise KnowledgeInvalid(
                    f"{folder / FOLDER} holds more than {_MAX_FILES} files", file=str(folder), fields=[]
                )
            for path in paths:
                text = _read(path)
                found[text.locale] = text
        for locale in ("zh-CN", "en"):
            if locale not in found:
                raise KnowledgeInvalid(
                    f"there are no words of care in {locale}", file=f"{FOLDER}/*.{locale}.yaml", fields=[]
                )
        return cls(found)

    def text(self, locale: str) -> CareText:
        """Return the words of a community's language."""
        return self._texts["zh-CN" if locale == "zh-CN" else "en"]


def draft_for(words: FirstWords, name: str) -> str:
    """Return the draft to somebody; a name is data and is not read for placeholders."""
    return words.draft.replace(_NAME, name)


def _read(path: Path) -> CareText:
    try:
        return CareText.model_validate(parse_yaml(read_document(path)))
    except ValidationError as error:
        sentence, fields = describe_validation(error)
        raise KnowledgeInvalid(f"{path}: {sentence}", file=str(path), fields=fields) from error
    except DocumentProblem as error:
        raise KnowledgeInvalid(f"{path}: {error}", file=str(path), fields=[]) from error
