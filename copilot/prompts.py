"""PromptLibrary: every word a model is told lives in `prompts/`, versioned, hashed, in both languages.

`python -m copilot.prompts check` refuses a text that changed under an unchanged version; `lock` records new ones.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from copilot.assets import prompts_dir
from copilot.documents import DocumentProblem, read_document
from copilot.errors import NotFound, PromptInvalid
from copilot.llm.prompt import RenderedPrompt
from copilot.playbook_models import Locale
from copilot.prompt_files import Prompt, read_prompt

LOCALES: tuple[Locale, ...] = ("zh-CN", "en")
LOCK_NAME = "prompts.lock.toml"


class PromptLibrary:
    """All prompts of a folder, each in every language. Immutable once loaded, safe to share between threads."""

    def __init__(self, prompts: Sequence[Prompt]) -> None:
        self._prompts: dict[tuple[str, str], Prompt] = {(p.id, p.locale): p for p in prompts}

    @classmethod
    def load(cls, folder: Path) -> PromptLibrary:
        """Read `folder/<feature>/<name>.<locale>.md`.

        Raises:
            PromptInvalid: the folder is missing, a file does not validate, a language is missing, or the languages
                disagree about version, variables, feature or output.
        """
        if not folder.is_dir():
            raise PromptInvalid(f"there is no prompt folder {folder}", file=str(folder))
        library = cls([read_prompt(path, folder) for path in sorted(folder.glob("*/*.md")) if path.name != "README.md"])
        library._require_both_languages()
        return library

    def get(self, prompt_id: str, locale: str) -> Prompt:
        """Return one prompt.

        Raises:
            NotFound: there is none with this id in this language.
        """
        found = self._prompts.get((prompt_id, locale))
        if found is None:
            raise NotFound(f"there is no prompt {prompt_id!r} in {locale}", kind="prompt", id=prompt_id)
        return found

    def all(self) -> list[Prompt]:
        """Return every prompt, by id and language."""
        return [self._prompts[key] for key in sorted(self._prompts)]

    def _require_both_languages(self) -> None:
        for prompt_id in sorted({key[0] for key in self._prompts}):
            missing = [locale for locale in LOCALES if (prompt_id, locale) not in self._prompts]
            if missing:
                raise PromptInvalid(
                    f"prompt {prompt_id} is missing in {', '.join(missing)}", prompt_id=prompt_id, missing=missing
                )
            one, other = (self._prompts[prompt_id, locale] for locale in LOCALES)
            for name in ("version", "feature", "output"):
                if getattr(one, name) != getattr(other, name):
                    raise PromptInvalid(f"prompt {prompt_id}: its languages disagree about {name}", prompt_id=prompt_id)
            if set(one.variables) != set(other.variables):
                raise PromptInvalid(f"prompt {prompt_id}: its languages disagree about variables", prompt_id=prompt_id)


class _LockEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    locale: str
    version: int
    hash: str


class _Lock(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: list[_LockEntry] = []


def read_lock(folder: Path) -> dict[tuple[str, str], _LockEntry]:
    """Return the locked entries of a prompt folder by (id, locale); no lock file gives none.

    Raises:
        PromptInvalid: the lock file is not what `lock` writes.
    """
    path = folder / LOCK_NAME
    if not path.exists():
        return {}
    try:
        lock = _Lock.model_validate(tomllib.loads(read_document(path)))
    except (DocumentProblem, tomllib.TOMLDecodeError, ValidationError) as error:
        raise PromptInvalid(f"{path}: {error}", file=str(path)) from error
    return {(entry.id, entry.locale): entry for entry in lock.prompt}


def check(folder: Path) -> list[str]:
    """Return what stands between the prompt files and their lock, one sentence each; empty means in step.

    Raises:
        PromptInvalid: a prompt or the lock cannot be read.
    """
    locked = read_lock(folder)
    prompts = {(p.id, p.locale): p for p in PromptLibrary.load(folder).all()}
    problems = [f"{key[0]} ({key[1]}) is locked but does not exist" for key in sorted(locked) if key not in prompts]
    for key, prompt in prompts.items():
        name, entry = f"{prompt.id} ({prompt.locale})", locked.get(key)
        if entry is None:
            problems.append(f"{name} is not locked")
        elif entry.hash != prompt.hash and entry.version == prompt.version:
            problems.append(f"{name} changed but still says version {prompt.version}; raise it")
        elif prompt.version < entry.version:
            problems.append(f"{name} went back from version {entry.version} to {prompt.version}")
        elif entry.version != prompt.version:
            problems.append(f"{name} is version {prompt.version} but locked at {entry.version}")
    return problems


def lock(folder: Path) -> Path:
    """Record every prompt's version and hash in the lock file and return its path.

    Raises:
        PromptInvalid: a text changed under an unchanged version, or a version went back.
    """
    refused = [p for p in check(folder) if p.endswith("raise it") or " went back " in p]
    if refused:
        raise PromptInvalid("; ".join(refused), problems=refused)
    lines = ["# Written by `python -m copilot.prompts lock`; do not edit.", ""]
    for prompt in PromptLibrary.load(folder).all():
        lines += ["[[prompt]]", f'id = "{prompt.id}"', f'locale = "{prompt.locale}"']
        lines += [f"version = {prompt.version}", f'hash = "{prompt.hash}"', ""]
    path = folder / LOCK_NAME
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `check` or `lock` and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m copilot.prompts", description="Compare prompts with their lock.")
    parser.add_argument("action", choices=["check", "lock"])
    parser.add_argument("--folder", type=Path, default=prompts_dir())
    chosen = parser.parse_args(arguments)
    try:
        problems = check(chosen.folder) if chosen.action == "check" else []
        if chosen.action == "lock":
            sys.stdout.write(f"wrote {lock(chosen.folder)}\n")
    except PromptInvalid as error:
        problems = [error.message]
    for problem in problems:
        sys.stderr.write(f"prompts: {problem}\n")
    return 1 if problems else 0


__all__ = ["LOCALES", "LOCK_NAME", "Prompt", "PromptLibrary", "RenderedPrompt", "check", "lock", "main", "read_lock"]

if __name__ == "__main__":
    sys.exit(main())
