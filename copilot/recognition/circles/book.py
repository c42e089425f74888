"""Tiers and circles with their benefits, from `knowledge/recognition/circles.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from copilot.documents import describe_validation, parse_yaml, read_document
from copilot.errors import KnowledgeInvalid

FILE = Path("recognition") / "circles.yaml"
NAMES = ("ordinary", "partner", "city")
_LOCALES = {"zh-CN", "en"}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Circle(_Part):
    """One of them: what it is called and what comes with it, in both languages."""

    label: Mapping[str, str]
    benefits: list[Mapping[str, str]] = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _in_both_languages(self) -> Circle:
        if any(set(words) != _LOCALES or not all(words.values()) for words in (self.label, *self.benefits)):
            raise ValueError("a circle is said in zh-CN and en")
        return self


class CircleBook(_Part):
    """All of them."""

    version: int = Field(ge=1, strict=True)
    reviewed_on: date
    city_needs: int = Field(ge=2, le=100, strict=True)
    circles: Mapping[str, Circle]

    @model_validator(mode="after")
    def _all_of_them(self) -> CircleBook:
        if set(self.circles) != set(NAMES):
            raise ValueError(f"the circles are {', '.join(NAMES)}")
        return self

    def label(self, name: str, locale: str) -> str:
        """Return what a circle is called."""
        return self.circles[name].label["zh-CN" if locale == "zh-CN" else "en"]

    def benefits(self, name: str, locale: str) -> list[str]:
        """Return what comes with a circle."""
        key = "zh-CN" if locale == "zh-CN" else "en"
        return [words[key] for words in self.circles[name].benefits]


def load_circles(folders: Sequence[Path]) -> CircleBook:
    """Return the circles of the last folder that has some.

    Raises:
        KnowledgeInvalid: a file does not validate, or there is none.
    """
    paths = [folder / FILE for folder in folders if (folder / FILE).is_file()]
    if not paths:
        raise KnowledgeInvalid(f"there is no {FILE}", file=str(FILE), fields=[])
    try:
        return CircleBook.model_validate(parse_yaml(read_document(paths[-1])))
    except ValidationError as error:
        sentence, fields = describe_validation(error)
        raise KnowledgeInvalid(f"{paths[-1]}: {sentence}", file=str(paths[-1]), fields=fields) from error
