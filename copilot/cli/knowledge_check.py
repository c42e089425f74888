"""Everything that is wrong in a folder of knowledge, each with its file, its line, its field and what is allowed there.

Loading stops at the first mistake; an operator who writes a playbook wants to see all of them at once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from copilot.care.library import CareText
from copilot.documents import DocumentProblem, line_of, parse_yaml, read_document, split_front_matter
from copilot.errors import KnowledgeInvalid
from copilot.events.checking.claims import unsupported
from copilot.events.drafts.outline import PLACEHOLDERS
from copilot.knowledge import FOLDERS, MAX_FILES, PRICE_LEVELS, ArticleHead, KnowledgeBase, PriceLevels
from copilot.playbook_models import Playbook
from copilot.recognition.circles.book import FILE as CIRCLES
from copilot.recognition.circles.book import CircleBook
from copilot.recognition.rules import FILE as RULES
from copilot.recognition.rules import RuleSet
from copilot.resources.agreements.templates import AgreementLibrary, AgreementTemplate
from copilot.topics.frameworks import Framework, FrameworkLibrary

_ENDINGS = {
    "playbooks": (".yaml", ".yml"),
    "articles": (".md",),
    "frameworks": (".yaml",),
    "care": (".yaml",),
    "agreements": (".yaml",),
}
_MODELS: dict[str, type[BaseModel]] = {
    "playbooks": Playbook,
    "articles": ArticleHead,
    "frameworks": Framework,
    "care": CareText,
    "agreements": AgreementTemplate,
}
MAX_FINDINGS = 50  # of one file; whoever mends those runs the check again
_IGNORED = frozenset({"README.md"})
_MAX_SHOWN_CHARS = 60
_BRACED = re.compile(r"\{([^{}]*)\}")
_RULE = re.compile(r"(?P<field>\w+)(?:: .*?'(?P<key>\w+)')?")
# Hints for whoever plans; they never reach a plan, so prices may stand in them.
_NOT_IN_PLANS = frozenset({"when_to_use", "quantity_hint"})


@dataclass(frozen=True)
class Finding:
    """One mistake. `line` counts from 1; None where a whole file or folder is meant. `field` is dotted, or empty."""

    file: str
    line: int | None
    field: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.field, self.message) if part)


@dataclass
class KnowledgeReport:
    """What a folder holds and what is wrong with it, in the order of its files."""

    files: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def check_folder(folder: Path, base: Sequence[Path] = ()) -> KnowledgeReport:
    """Check every file of `folder`, then whether it goes together with `base`, the folders it is loaded after."""
    report = KnowledgeReport()
    if not folder.is_dir():
        report.findings.append(Finding(str(folder), None, "", "there is no such folder"))
        return report
    report.findings += _strangers(folder)
    report.findings += _check_single(folder / PRICE_LEVELS, PriceLevels)
    report.findings += _check_single(folder / RULES, RuleSet)
    report.findings += _check_single(folder / CIRCLES, CircleBook)
    for name in FOLDERS:
        paths = [p for p in sorted((folder / name).glob("*")) if p.name not in _IGNORED and not p.name.startswith(".")]
        report.files[name] = len(paths)
        if len(paths) > MAX_FILES:
            report.findings.append(Finding(str(folder / name), None, "", f"holds more than {MAX_FILES} files"))
            continue
        for path in paths:
            report.findings += islice(_check_file(path, name), MAX_FINDINGS)
    if not report.findings:
        report.findings += _check_together(folder, base)
    return report


def _strangers(folder: Path) -> Iterator[Finding]:
    """Say what would silently not be read: a misspelt folder, a playbook in the wrong place."""
    allowed = ", ".join([*(f"{name}/" for name in FOLDERS), str(RULES), str(CIRCLES), PRICE_LEVELS])
    for path in sorted(folder.iterdir()):
        is_known = (
            path.name in {*FOLDERS, RULES.parent.name} if path.is_dir() else path.name in _IGNORED | {PRICE_LEVELS}
        )
        if path.name.startswith(".") or is_known:
            continue
        yield Finding(
            str(path),
            None,
            "",
            f"is not read here; a knowledge folder holds {allowed}{_guess(path.name, [*FOLDERS, PRICE_LEVELS])}",
        )
    if not any((folder / name).exists() for name in (*FOLDERS, str(RULES), str(CIRCLES), PRICE_LEVELS)):
        yield Finding(str(folder), None, "", f"holds no knowledge; allowed: {allowed}")


def _check_single(path: Path, model: type[BaseModel]) -> Iterator[Finding]:
    """Check what there is one file of, such as what things cost by currency, when the folder has it."""
    if not path.is_file():
        return
    try:
        source = read_document(path)
        model.model_validate(parse_yaml(source))
    except DocumentProblem as error:
        yield Finding(str(path), None, "", str(error))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            yield from _explain(path, source, model, detail)


def _check_file(path: Path, kind: str) -> Iterator[Finding]:
    endings = _ENDINGS[kind]
    if path.suffix not in endings or not path.is_file():
        yield Finding(str(path), None, "", f"only files ending in {' or '.join(endings)} belong in {kind}/")
        return
    try:
        text = read_document(path)
        data, body = split_front_matter(text) if kind == "articles" else (parse_yaml(text), "")
    except DocumentProblem as error:
        yield Finding(str(path), None, "", str(error))
        return
    source = text if kind != "articles" else text.split("\n---", maxsplit=1)[0]
    try:
        item = _MODELS[kind].model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            yield from _explain(path, source, _MODELS[kind], detail)
        return
    yield from _check_name(path, source, item)
    if isinstance(item, Playbook):
        yield from _check_texts(path, source, data, ())
    if isinstance(item, ArticleHead) and not _has_words(body):
        yield Finding(str(path), None, "", "has no text below the front matter; write at least one section")


def _explain(path: Path, source: str, model: type[BaseModel], detail: ErrorDetails) -> Iterator[Finding]:
    location, said, kind = detail["loc"], detail["msg"].removeprefix("Value error, "), detail["type"]
    name = ".".join(str(part) for part in location)
    if kind == "extra_forbidden":
        known = sorted(_model_at(model, location[:-1]).model_fields)
        said = f"unknown field; allowed here: {', '.join(known)}{_guess(str(location[-1]), known)}"
    elif kind == "missing":
        said = "is missing"
    elif kind != "value_error" and isinstance(detail["input"], str | int | float | bool):
        said = f"{said} (found {str(detail['input'])[:_MAX_SHOWN_CHARS]!r})"
    if not location:  # several rules of a whole document, one sentence each
        for rule in _rules(said):
            yield Finding(str(path), *_place_of(rule, source, detail["input"]), rule)
        return
    yield Finding(str(path), line_of(source, location), name, said)


def _rules(said: str) -> list[str]:
    """Cut rules of a whole document apart; a list of what is known stays with its rule."""
    rules: list[str] = []
    for sentence in said.split("; "):
        if sentence.startswith("known: ") and rules:
            rules[-1] = f"{rules[-1]}; {sentence}"
        else:
            rules.append(sentence)
    return rules


def _place_of(rule: str, source: str, data: Any) -> tuple[int | None, str]:
    """Return line and field of the part a rule speaks of: the field it begins with and the key it quotes."""
    found = _RULE.match(rule)
    if not found or not isinstance(data, dict) or found["field"] not in data:
        return None, ""
    name, parts = found["field"], data[found["field"]]
    keys = [part.get("key") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    location = (name, keys.index(found["key"])) if found["key"] in keys else (name,)
    return line_of(source, location), ".".join(str(part) for part in location)


def _model_at(model: type[BaseModel], location: Sequence[int | str]) -> type[BaseModel]:
    """Return the model of the part at `location`; positions in lists do not change it."""
    for part in location:
        info = model.model_fields.get(str(part))
        model = (_model_in(info.annotation) if info else None) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for item in get_args(annotation) if (found := _model_in(item))), None)


def _check_name(path: Path, source: str, item: BaseModel) -> Iterator[Finding]:
    locale = str(getattr(item, "locale", ""))
    wanted = f"{item.key}.{locale}.yaml" if isinstance(item, Framework | AgreementTemplate) else None
    if wanted is not None and path.name != wanted:
        yield Finding(
            str(path), line_of(source, ("key",)), "key", f"by its key and locale the file must be named {wanted}"
        )
    elif wanted is None and not path.stem.endswith(f".{locale}"):
        ending = f".{locale}{path.suffix}"
        yield Finding(
            str(path), line_of(source, ("locale",)), "locale", f"says {locale}, so the file's name must end in {ending}"
        )


def _check_texts(path: Path, source: str, value: object, location: tuple[int | str, ...]) -> Iterator[Finding]:
    """Say which texts of a playbook no plan could use: unknown placeholders, contacts, links, prices, dates and names."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in _NOT_IN_PLANS:
                yield from _check_texts(path, source, item, (*location, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _check_texts(path, source, item, (*location, number))
    elif isinstance(value, str):
        # Only a wrong text is looked up in the file: finding its line means reading the whole document again.
        for said in _unusable(value):
            yield Finding(str(path), line_of(source, location), ".".join(str(part) for part in location), said)


def _unusable(text: str) -> Iterator[str]:
    for unknown in sorted(set(_BRACED.findall(text)) - PLACEHOLDERS):
        allowed = ", ".join(f"{{{known}}}" for known in sorted(PLACEHOLDERS))
        yield f"unknown placeholder {{{unknown}}}; allowed: {allowed}"
    for claim in unsupported(text, ""):
        yield f"holds a {claim}, which no record supports; leave it out or use a placeholder"


def _check_together(folder: Path, base: Sequence[Path]) -> Iterator[Finding]:
    try:
        KnowledgeBase.load([*base, folder])
        if (folder / "frameworks").is_dir():
            FrameworkLibrary.load([*base, folder])
        if (folder / "agreements").is_dir():
            AgreementLibrary.load([*base, folder])
    except KnowledgeInvalid as error:
        file, _, message = error.message.partition(": ")
        known_file = message and Path(file).exists()
        yield Finding(file if known_file else str(folder), None, "", message if known_file else error.message)


def _has_words(body: str) -> bool:
    return any(line.strip() and not line.startswith("#") for line in body.splitlines())


def _guess(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""
