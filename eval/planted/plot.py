"""What a planted system is, the ground it is planted in, and what its gate says of it beside the honest one.

Planted systems are scored by the suites' own functions on stored snapshots or few cases, so that all of them together
take less time than one suite.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from copilot.events.service import PlanResult
from eval.controls import swap_texts
from eval.gates import Gate, Verdict, judge, read_gates
from eval.graded import Records
from eval.sample_copies import State
from eval.scores import Figure, RunFile, SuiteRun
from eval.suites import plans
from eval.world import World, Worlds, read_jsonl

Kind = Literal["planted", "control"]
Measure = Callable[["Ground"], "Sequence[Figure]"]
BRIEFS = (
    "12月5日下午两点在深圳办一场60人的AI出海沙龙，两小时，预算2万",
    "12月12日下午在深圳办一场40人的AI路演，三小时，预算3万",
    "12月19日晚上七点线上直播，讲讲独立开发者怎么定价，100人，一个半小时，预算3000",
)


class Ground:
    """The sample community as production left it, and copies of it that may be spoiled."""

    def __init__(self, worlds: Worlds) -> None:
        """Prepare; `worlds` makes the copies, and whoever made it closes it later."""
        self._worlds = worlds
        self._open = ExitStack()
        self._measured: dict[Measure, Sequence[Figure]] = {}

    @cached_property
    def world(self) -> World:
        """The sample, read and embedded. Nobody changes it but by drafting."""
        return self._opened(self._worlds.copy(State.FILLED))

    @cached_property
    def forty_plans(self) -> list[PlanResult]:
        """Plans of the forty briefs that were typed at forty moments."""
        return plans.draft_all(self.world, read_jsonl(plans.BRIEFS)).plans

    @cached_property
    def with_swapped_wants(self) -> World:
        """A copy in which everybody has the wants of somebody else."""
        world = self.copy()
        swap_texts(world.services.store, world.community_id, "wants")
        world.services.sync.run(world.community_id)
        return world

    @cached_property
    def records(self) -> Records:
        """The graded dataset."""
        return Records()

    @cached_property
    def plans(self) -> list[PlanResult]:
        """Plans of three briefs, as the product drafts them."""
        events = self.world.services.events
        return [events.draft(self.world.community_id, brief, actor="evaluation") for brief in BRIEFS]

    def measured(self, measure: Measure) -> Sequence[Figure]:
        """Return what a measure finds here; several planted systems may share one, above all the honest."""
        if measure not in self._measured:
            self._measured[measure] = measure(self)
        return self._measured[measure]

    def copy(self) -> World:
        """Return a copy of the sample, with its readings, vectors and plans, to be spoiled."""
        return self._opened(self._worlds.copy_of(self.world))

    def new_folder(self) -> Path:
        """Return an empty folder."""
        return self._worlds.new_folder()

    def close(self) -> None:
        """Close what is open."""
        self._open.close()

    def _opened(self, world: World) -> World:
        self._open.callback(world.services.close)
        return world


@dataclass(frozen=True)
class Planted:
    """A worse system, or the honest one with the evidence taken away.

    Attributes:
        name: short, unique within the suite.
        gate: the gate that must fail.
        about: what is wrong with it, in a few words.
        worse: its figures, the gated one among them.
        honest: the same figures of the product on the same cases; without it they are those of the committed run.
    """

    suite: str
    name: str
    gate: str
    about: str
    worse: Measure
    honest: Measure | None = None
    kind: Kind = "planted"

    @property
    def id(self) -> str:
        """Suite and name."""
        return f"{self.suite}: {self.name}"


@dataclass(frozen=True)
class Outcome:
    """What its gate says of a planted system.

    Attributes:
        honest: the verdict on the product by the same scoring, where it was measured beside.
        also: other gates that fail, by name.
    """

    planted: Planted
    worse: Verdict
    honest: Verdict | None
    also: list[str]
    cpu_seconds: float

    @property
    def is_caught(self) -> bool:
        """Whether the gate fails for the worse system because of its value, and for that system alone."""
        fails = self.worse.outcome == "failed" and self.worse.value is not None
        return fails and (self.honest is None or self.honest.outcome == "passed")


def judge_planted(planted: Planted, ground: Ground) -> Outcome:
    """Score one planted system, and the honest one beside it where that is cheap."""
    gates = read_gates()
    began = time.process_time()
    worse = _verdicts(ground.measured(planted.worse), gates, planted.gate)
    honest = _verdicts(ground.measured(planted.honest), gates, planted.gate) if planted.honest else {}
    failed = [name for name, verdict in worse.items() if verdict.outcome == "failed" and name != planted.gate]
    spent = time.process_time() - began
    return Outcome(planted, worse[planted.gate], honest.get(planted.gate), failed, spent)


def _verdicts(figures: Sequence[Figure], gates: dict[str, Gate], gate: str) -> dict[str, Verdict]:
    """Return what the committed gates say of these figures alone; the named gate is always asked."""
    suite = SuiteRun(name=gate.partition(".")[0], version=1, seconds=0, cpu_seconds=0, figures=[*figures])
    names = {figure.name for figure in figures} | {gate}
    asked = {name: one for name, one in gates.items() if name in names}
    return {verdict.name: verdict for verdict in judge(RunFile(manifest={}, suites=[suite]), asked)}
