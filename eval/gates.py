"""Gates: the least (or most) each figure may be. A gate that cannot be judged fails, unless its data is optional."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from copilot.errors import InvalidInput
from eval.scores import Figure, RunFile

GATES_FILE = Path(__file__).resolve().parent / "gates.toml"
Outcome = Literal["passed", "failed", "skipped"]


class Gate(BaseModel):
    """A bound on one figure. `measured` is what the bound was set from, so that a reader sees the distance."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    floor: float | None = None
    ceiling: float | None = None
    measured: float
    optional: bool = Field(False, description="skipped, visibly, where the figure is unscored: public sets, endpoints")

    @model_validator(mode="after")
    def _one_bound_and_it_holds(self) -> Gate:
        if (self.floor is None) == (self.ceiling is None):
            raise ValueError("a gate has a floor or a ceiling")
        if not self.allows(self.measured):
            raise ValueError("a gate must let through what was measured")
        return self

    def allows(self, value: float) -> bool:
        """Return whether the value is within the bound; the bound itself is."""
        if self.floor is not None:
            return value >= self.floor
        return self.ceiling is not None and value <= self.ceiling

    @property
    def bound(self) -> str:
        """The bound as people write it."""
        return f">= {self.floor:g}" if self.floor is not None else f"<= {self.ceiling:g}"


@dataclass(frozen=True)
class Verdict:
    """What became of one gate."""

    name: str
    gate: Gate
    outcome: Outcome
    value: float | None
    reason: str = ""


def read_gates(path: Path = GATES_FILE) -> dict[str, Gate]:
    """Read the gates by figure name.

    Raises:
        InvalidInput: the file is missing, no TOML, empty, or a gate is wrong; the message names it.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}", file=path.name) from error
    gates = {}
    for name, values in content.items():
        try:
            gates[name] = Gate.model_validate(values)
        except ValidationError as error:
            raise InvalidInput(f"{path.name}: {name}: {error.errors()[0]['msg']}", file=path.name, gate=name) from error
    if not gates:
        raise InvalidInput(f"{path.name} holds no gates", file=path.name)
    return gates


def judge(run: RunFile, gates: dict[str, Gate], suites: list[str] | None = None) -> list[Verdict]:
    """Return one verdict per gate, in the file's order; with `suites` only the gates of those."""
    figures = run.figures()
    return [
        _judge(name, gate, figures.get(name), run)
        for name, gate in gates.items()
        if suites is None or name.partition(".")[0] in suites
    ]


def _judge(name: str, gate: Gate, figure: Figure | None, run: RunFile) -> Verdict:
    if figure is None:
        suite = next((s for s in run.suites if s.name == name.partition(".")[0]), None)
        reason = "its suite did not run" if suite is None else suite.error or "its suite has no such figure"
        return Verdict(name, gate, "failed", None, reason)
    if figure.value is None:
        return Verdict(name, gate, "skipped" if gate.optional else "failed", None, figure.unscored)
    return Verdict(name, gate, "passed" if gate.allows(figure.value) else "failed", figure.value)
