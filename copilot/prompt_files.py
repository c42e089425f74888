"""One prompt file: its front matter, its two sections, and filling in the variables. The library is in `prompts.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from copilot.documents import DocumentProblem, content_hash, describe_validation, read_document, split_front_matter
from copilot.errors import PromptInvalid
from copilot.llm.prompt import RenderedPrompt
from copilot.playbook_models import Line, Locale

MAX_VALUE_CHARS = 100_000
MAX_PROMPT_CHARS = 200_000
_SECTIONS = re.compile(
    r"\A\s*^# system[ \t]*$\n(?P<system>.*?)^# user[ \t]*$\n(?P<user>.*)\Z", re.DOTALL | re.MULTILINE
)
# Templates only place values and walk over nothing: logic belongs to code, where it is tested.
_ALLOWED_NODES = (nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or)


def _environment() -> ImmutableSandboxedEnvironment:
    # No HTML escaping: prompts are plain text, and member text is fenced by `copilot.llm.fence` before it gets here.
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    return environment


_ENVIRONMENT = _environment()


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}/[a-z][a-z0-9_]{0,39}$")
    version: int = Field(ge=1, le=100_000)
    locale: Locale
    feature: str = Field(pattern=r"^[a-z]+:[a-z_]+$")
    variables: list[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]] = Field([], max_length=50)
    output: Line


class Prompt:
    """One prompt in one language; `hash` covers the whole file, `source` is what of it people read."""

    def __init__(self, head: _Head, hash: str, system: str, user: str) -> None:  # noqa: A002  # named as in the lock
        self.id = head.id
        self.version = head.version
        self.locale = head.locale
        self.feature = head.feature
        self.variables = tuple(head.variables)
        self.output = head.output
        self.hash = hash
        self.source = f"# system\n{system.strip()}\n\n# user\n{user.strip()}"
        self._system = _ENVIRONMENT.from_string(system)
        self._user = _ENVIRONMENT.from_string(user)

    def render(self, variables: Mapping[str, str]) -> RenderedPrompt:
        """Put `variables` in their places; values are data and are never read as template text.

        Raises:
            PromptInvalid: missing, unknown, non-text or oversized variables, all named at once.
        """
        problems = [f"missing {name}" for name in self.variables if name not in variables]
        problems += [f"unknown {name}" for name in variables if name not in self.variables]
        for name, value in dict[str, object](variables).items():
            if not isinstance(value, str):
                problems.append(f"{name} is not text")
            elif len(value) > MAX_VALUE_CHARS:
                problems.append(f"{name} is longer than {MAX_VALUE_CHARS} characters")
        if problems:
            raise PromptInvalid(
                f"prompt {self.id} ({self.locale}): {', '.join(problems)}", prompt_id=self.id, problems=problems
            )
        try:
            system, user = self._system.render(variables).strip(), self._user.render(variables).strip()
        except TemplateError as error:
            raise PromptInvalid(f"prompt {self.id} ({self.locale}): {error}", prompt_id=self.id) from error
        if len(system) + len(user) > MAX_PROMPT_CHARS:
            raise PromptInvalid(
                f"prompt {self.id} ({self.locale}) is longer than {MAX_PROMPT_CHARS} characters once filled in",
                prompt_id=self.id, limit=MAX_PROMPT_CHARS,
            )  # fmt: skip
        return RenderedPrompt(self.id, self.version, self.locale, self.hash, system, user)


def read_prompt(path: Path, folder: Path) -> Prompt:
    """Read and check one file of the prompt folder.

    Raises:
        PromptInvalid: front matter, name, sections or variables are wrong; `data` holds `file`.
    """
    try:
        text = read_document(path)
        front, body = split_front_matter(text)
        head = _Head.model_validate(front)
    except DocumentProblem as error:
        raise PromptInvalid(f"{path}: {error}", file=str(path)) from error
    except ValidationError as error:
        sentence, fields = describe_validation(error)
        raise PromptInvalid(f"{path}: {sentence}", file=str(path), fields=fields) from error
    expected = f"{head.id}.{head.locale}.md"
    if path.relative_to(folder).as_posix() != expected:
        raise PromptInvalid(f"{path}: by its id and locale this file must be named {expected}", file=str(path))
    sections = _SECTIONS.match(body)
    if sections is None:
        raise PromptInvalid(f"{path}: needs the sections '# system' and '# user', in this order", file=str(path))
    _check_variables(path, head, sections["system"], sections["user"])
    return Prompt(head, content_hash(text), sections["system"], sections["user"])


def _check_variables(path: Path, head: _Head, *templates: str) -> None:
    used: set[str] = set()
    for template in templates:
        if not template.strip():
            raise PromptInvalid(f"{path}: a section is empty", file=str(path))
        try:
            tree = _ENVIRONMENT.parse(template)
        except TemplateSyntaxError as error:
            raise PromptInvalid(f"{path}: template error: {error.message}", file=str(path)) from error
        for node in tree.find_all(nodes.Node):
            if not isinstance(node, _ALLOWED_NODES):
                raise PromptInvalid(
                    f"{path}: templates may only place variables and use if; found {type(node).__name__.lower()}",
                    file=str(path),
                )
        used |= find_undeclared_variables(tree)
    declared = set(head.variables)
    problems = [f"{name} is used but not declared" for name in sorted(used - declared)]
    problems += [f"{name} is declared but not used" for name in sorted(declared - used)]
    if len(declared) != len(head.variables):
        problems.append("a variable is declared twice")
    if problems:
        raise PromptInvalid(f"{path}: {'; '.join(problems)}", file=str(path), problems=problems)
