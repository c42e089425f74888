"""A shell in front of one data folder, and what its answers have in common with another's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.system.running import Done, Service, Shell, forked_command

# What two runs on two copies of one folder may differ in.
_OWN_KEYS = {
    "id",
    "series_id",
    "match_id",
    "strike_id",
    "sanction_id",
    "llm_call_ids",
    "actor",
    "at",
    "seconds",
    "age_seconds",
}
_OWN_ENDINGS = ("_at", "_by")


@dataclass(frozen=True)
class Terminal:
    """A shell in front of one data folder."""

    env: dict[str, str]
    service: Service | None = None
    shell: Shell | None = None

    def run(self, *arguments: str) -> Done:
        """Run a command in the shell, which starts once; without a shell, as a process of its own."""
        return self.start(*arguments) if self.shell is None else self.shell.run(arguments)

    def start(self, *arguments: str) -> Done:
        """Run a command as a process of its own."""
        return forked_command(self.env, *arguments)

    def all(self, lists: Sequence[Sequence[str]]) -> list[Done]:
        """Run many commands, one after the other."""
        return [self.run(*arguments) for arguments in lists]

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.code == 0, (arguments, done.err)
        return done.json()

    def refused(self, *arguments: str) -> str:
        """Run a command that must fail; return its one line."""
        return one_line(arguments, self.run(*arguments))


def one_line(arguments: tuple[str, ...], done: Done) -> str:
    """Return the one line that a failed command left."""
    assert done.code == 1, (arguments, done)
    assert done.out == "", (arguments, done)
    lines = done.err.strip().splitlines()
    assert len(lines) == 1, (arguments, done)
    assert lines[0].startswith("error: ")
    return lines[0]


def same(value: Any) -> Any:
    """Return what must be equal on both sides."""
    if isinstance(value, dict):
        return {k: same(item) for k, item in value.items() if k not in _OWN_KEYS and not k.endswith(_OWN_ENDINGS)}
    if isinstance(value, list):
        return [same(item) for item in value]
    return round(value, 6) if isinstance(value, float) else value
