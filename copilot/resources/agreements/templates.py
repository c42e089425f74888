"""Templates of agreements: validated data from `knowledge/agreements/<key>.<locale>.yaml`; operators keep their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from copilot.documents import DocumentProblem, describe_validation, parse_yaml, read_document
from copilot.errors import KnowledgeInvalid, NotFound
from copilot.playbook_models import Key, Line, Locale

FOLDER = "agreements"
# What the loan says by itself.
GIVEN = frozenset({"lender", "borrower", "resource", "code", "units", "starts_on", "ends_on"})
# Worked out from `shares` and `expected`.
_WORKED_OUT = "amounts"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BRACE = re.compile(r"[{}]")
_MAX_FILES = 100
# A record must say what it is not.
_NOT_ADVICE = {"zh-CN": "不是法律意见", "en": "not legal advice"}
FieldKind = Literal["text", "money", "shares", "days", "day", "number"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AgreementField(_Part):
    """Something the two sides fill in."""

    key: Key
    kind: FieldKind
    label: Line
    required: bool = True


class Clause(_Part):
    """One clause; with `needs` it stands only where that field is filled in."""

    heading: Line
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
    needs: Key | None = None


class AgreementTemplate(_Part):
    """One kind of agreement in one language."""

    key: Key
    locale: Locale
    version: int = Field(ge=1, le=10_000, strict=True)
    title: Line
    when_to_use: Line
    fields: list[AgreementField] = Field(min_length=1, max_length=20)
    clauses: list[Clause] = Field(min_length=1, max_length=20)
    notice: Line = Field(description="that it is a record and not legal advice")

    @model_validator(mode="after")
    def _goes_together(self) -> AgreementTemplate:
        problems = [*self._problems()]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _problems(self) -> list[str]:
        known = [field.key for field in self.fields]
        kinds = [field.kind for field in self.fields]
        allowed = {*GIVEN, *known}
        if "shares" in kinds and "expected" in known:
            allowed.add(_WORKED_OUT)
        said = [clause.text for clause in self.clauses]
        used = {name for text in said for name in _PLACEHOLDER.findall(text)}
        optional = {field.key for field in self.fields if not field.required}
        found = []
        if len(set(known)) < len(known) or set(known) & {*GIVEN, _WORKED_OUT}:
            found.append("fields: a key stands twice, or is one that the loan fills in")
        if kinds.count("shares") > 1:
            found.append("fields: an agreement shares out once")
        if unknown := sorted(used - allowed):
            found.append(f"clauses: unknown placeholders {', '.join(unknown)}; known: {', '.join(sorted(allowed))}")
        if unused := [key for key in known if key not in used]:
            found.append(f"fields: no clause says {', '.join(unused)}")
        if any(_BRACE.search(_PLACEHOLDER.sub("", text)) for text in said):
            found.append("clauses: braces stand around placeholders alone")
        for clause in self.clauses:
            names = {*_PLACEHOLDER.findall(clause.text)}
            missing = ({"expected"} if _WORKED_OUT in names else names & optional) & optional - {clause.needs}
            if missing or (clause.needs is not None and clause.needs not in known):
                found.append(f"clauses: {clause.heading!r} must need the optional field it is about")
        if _NOT_ADVICE[self.locale] not in self.notice:
            found.append(f"notice: must say {_NOT_ADVICE[self.locale]!r}")
        return found


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with its placeholders replaced, once: what was filled in is data and is not read again."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


class AgreementLibrary:
    """All templates, each in both languages. Immutable once loaded."""

    def __init__(self, templates: Sequence[AgreementTemplate]) -> None:
        self._templates = {(item.key, item.locale): item for item in templates}

    @classmethod
    def load(cls, folders: Sequence[Path]) -> AgreementLibrary:
        """Read `agreements/` of every knowledge folder, later ones overriding by key and language.

        Raises:
            KnowledgeInvalid: a file does not validate, or a template's two languages do not ask for the same.
        """
        found: dict[tuple[str, str], AgreementTemplate] = {}
        for folder in folders:
            paths = sorted((folder / FOLDER).glob("*.yaml"))
            if len(paths) > _MAX_FILES:
                raise KnowledgeInvalid(f"{folder / FOLDER} holds more than {_MAX_FILES} files", file=str(folder))
            for path in paths:
                item = _read(path)
                found[item.key, item.locale] = item
        for key, locale in sorted(found):
            other = "en" if locale == "zh-CN" else "zh-CN"
            if (key, other) not in found or _asked(found[key, other]) != _asked(found[key, locale]):
                raise KnowledgeInvalid(
                    f"agreement {key!r} must have the same version and fields in {other}",
                    file=f"{key}.{other}.yaml", fields=[],
                )  # fmt: skip
        return cls(list(found.values()))

    def get(self, key: str, locale: str) -> AgreementTemplate:
        """Return one template.

        Raises:
            NotFound: there is none with this key.
        """
        item = self._templates.get((key, _spoken(locale)))
        if item is None:
            raise NotFound(f"there is no template {key!r}", kind="agreement_template", id=key)
        return item

    def all(self, locale: str) -> list[AgreementTemplate]:
        """Return the templates of one language, by key."""
        return [self._templates[pair] for pair in sorted(self._templates) if pair[1] == _spoken(locale)]


def _spoken(locale: str) -> Locale:
    return "zh-CN" if locale == "zh-CN" else "en"


def _asked(item: AgreementTemplate) -> tuple[int, list[tuple[str, str, bool]]]:
    return item.version, [(field.key, field.kind, field.required) for field in item.fields]


def _read(path: Path) -> AgreementTemplate:
    try:
        item = AgreementTemplate.model_validate(parse_yaml(read_document(path)))
    except DocumentProblem as error:
        raise KnowledgeInvalid(f"{path}: {error}", file=str(path), fields=[]) from error
    except ValidationError as error:
        sentence, fields = describe_validation(error)
        raise KnowledgeInvalid(f"{path}: {sentence}", file=str(path), fields=fields) from error
    if path.name != f"{item.key}.{item.locale}.yaml":
        raise KnowledgeInvalid(
            f"{path}: by its key and locale this file must be named {item.key}.{item.locale}.yaml",
            file=str(path), fields=["key"],
        )  # fmt: skip
    return item
