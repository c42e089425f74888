"""Gates: the least (or most) each figure may be, and how far it may fall below the committed baseline.

A gate that cannot be judged fails, unless its data is optional. A missing baseline is shown and judges nothing.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from copilot.errors import InvalidInput
from eval.compare import data_hash
from eval.scores import Figure, RunFile

GATES_FILE = Path(__file__).resolve().parent / "gates.toml"
BARS_FILE = GATES_FILE.with_name("bars.toml")
_ROUNDING = 1e-9
Outcome = Literal["passed", "failed", "skipped"]


class Gate(BaseModel):
    """A bound on one figure. `measured` is what the bound was set from, so that a reader sees the distance."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    floor: float | None = None
    ceiling: float | None = None
    measured: float
    drop: float | None = Field(
        None, ge=0, description="how much worse than the baseline it may be; the slack of the bound without it"
    )
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
    def slack(self) -> float:
        """How much worse than the baseline the figure may be."""
        bound = self.floor if self.floor is not None else self.ceiling
        return self.drop if self.drop is not None else abs(self.measured - (bound or 0.0))

    def loss(self, value: float, baseline: float) -> float:
        """Return by how much a value is worse than the baseline's; negative when it is better."""
        return baseline - value if self.floor is not None else value - baseline

    @property
    def bound(self) -> str:
        """The bound as people write it."""
        return f">= {self.floor:g}" if self.floor is not None else f"<= {self.ceiling:g}"


@dataclass(frozen=True)
class Verdict:
    """What became of one gate. `baseline` is the committed figure; where there is none, `without_baseline` says why."""

    name: str
    gate: Gate
    outcome: Outcome
    value: float | None
    reason: str = ""
    baseline: float | None = None
    without_baseline: str = ""


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


def judge(
    run: RunFile, gates: dict[str, Gate], suites: list[str] | None = None, baseline: RunFile | None = None
) -> list[Verdict]:
    """Return one verdict per gate, in the file's order; with `suites` only the gates of those.

    With a `baseline`, a figure also fails when it is worse than the baseline's by more than the gate's slack.
    """
    figures = run.figures()
    return [
        _beside(_judge(name, gate, figures.get(name), run), run, baseline)
        for name, gate in gates.items()
        if suites is None or name.partition(".")[0] in suites
    ]


def _beside(verdict: Verdict, run: RunFile, baseline: RunFile | None) -> Verdict:
    """Return the verdict with the baseline's value, failed where the figure fell too far below it."""
    suite = verdict.name.partition(".")[0]
    known = baseline.figures().get(verdict.name) if baseline is not None else None
    if baseline is None:
        return replace(verdict, without_baseline="there is no baseline")
    if known is None or known.value is None:
        return replace(verdict, without_baseline="the baseline has no such figure" if known is None else known.unscored)
    unlike = _unlike(suite, run, baseline)
    if unlike:
        return replace(verdict, without_baseline=unlike)
    verdict = replace(verdict, baseline=known.value)
    if verdict.value is None or verdict.outcome == "failed":
        return verdict
    loss, slack = verdict.gate.loss(verdict.value, known.value), verdict.gate.slack
    if loss <= slack + _ROUNDING:
        return verdict
    reason = f"{loss:.3g} worse than the baseline's {known.value:.4g}; {slack:.3g} is allowed"
    return replace(verdict, outcome="failed", reason=reason)


def _unlike(suite: str, run: RunFile, baseline: RunFile) -> str:
    versions = [next((s.version for s in one.suites if s.name == suite), 0) for one in (run, baseline)]
    if versions[0] != versions[1]:
        return f"the baseline is of version {versions[1]} of the suite, the run of version {versions[0]}"
    hashes = [data_hash(one.manifest, suite) for one in (run, baseline)]
    return "" if hashes[0] == hashes[1] else "the baseline was measured on other data"


def _judge(name: str, gate: Gate, figure: Figure | None, run: RunFile) -> Verdict:
    if figure is None:
        suite = next((s for s in run.suites if s.name == name.partition(".")[0]), None)
        reason = "its suite did not run" if suite is None else suite.error or "its suite has no such figure"
        return Verdict(name, gate, "failed", None, reason)
    if figure.value is None:
        return Verdict(name, gate, "skipped" if gate.optional else "failed", None, figure.unscored)
    return Verdict(name, gate, "passed" if gate.allows(figure.value) else "failed", figure.value)
