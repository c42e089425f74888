"""What is worth points: versioned data from `knowledge/recognition/rules.yaml`, which a community may switch and weigh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from copilot.documents import describe_validation, parse_yaml, read_document
from copilot.errors import KnowledgeInvalid

FILE = Path("recognition") / "rules.yaml"
RULE_NAMES = (
    "answer_thanked", "resource_returned", "write_up", "event_hosted", "newcomer_welcomed", "report_upheld",
)  # fmt: skip
MOST_POINTS = 100
Percent = Annotated[int, Field(ge=0, le=100, strict=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Part):
    """One rule: what it is called, what somebody else must have done, and what it is worth."""

    points: int = Field(ge=1, le=MOST_POINTS, strict=True)
    enabled: bool = Field(strict=True)
    label: Mapping[str, str]
    needs: Mapping[str, str]

    @model_validator(mode="after")
    def _in_both_languages(self) -> Rule:
        for words in (self.label, self.needs):
            if set(words) != {"zh-CN", "en"} or not all(words.values()):
                raise ValueError("a rule is said in zh-CN and en")
        return self


class RuleSet(_Part):
    """All rules of one version, and how repetition and rings are discounted; see the file for each number."""

    version: int = Field(ge=1, strict=True)
    reviewed_on: date
    daily_decay: Percent
    pair_decay: Percent
    pair_days: int = Field(ge=1, le=3650, strict=True)
    breadth: tuple[Percent, ...] = Field(min_length=1, max_length=10)
    # Versions from before there was a cap are counted again without one.
    lone_cap: int | None = Field(None, ge=1, le=1000, strict=True)
    lone_days: int = Field(30, ge=1, le=365, strict=True)
    ring_discount: Percent
    ring_days: int = Field(ge=1, le=3650, strict=True)
    most_enabled: int = Field(ge=1, le=len(RULE_NAMES), strict=True)
    rules: Mapping[str, Rule]

    @model_validator(mode="after")
    def _light(self) -> RuleSet:
        if set(self.rules) != set(RULE_NAMES):
            raise ValueError(f"the rules are {', '.join(RULE_NAMES)}")
        if len(self.enabled()) > self.most_enabled:
            raise ValueError(f"at most {self.most_enabled} rules are on at once")
        return self

    def enabled(self) -> list[str]:
        """Return the names of the rules that are on, in their usual order."""
        return [name for name in RULE_NAMES if self.rules[name].enabled]

    def label(self, rule: str, locale: str) -> str:
        """Return what a rule is called."""
        return self.rules[rule].label["zh-CN" if locale == "zh-CN" else "en"]

    def needs(self, rule: str, locale: str) -> str:
        """Return what somebody else must have done."""
        return self.rules[rule].needs["zh-CN" if locale == "zh-CN" else "en"]


def load_rules(folders: Sequence[Path]) -> RuleSet:
    """Return the rules of the last folder that has some.

    Raises:
        KnowledgeInvalid: a file does not validate, or there is none.
    """
    paths = [folder / FILE for folder in folders if (folder / FILE).is_file()]
    if not paths:
        raise KnowledgeInvalid(f"there is no {FILE}", file=str(FILE), fields=[])
    try:
        return RuleSet.model_validate(parse_yaml(read_document(paths[-1])))
    except ValidationError as error:
        sentence, fields = describe_validation(error)
        raise KnowledgeInvalid(f"{paths[-1]}: {sentence}", file=str(paths[-1]), fields=fields) from error
