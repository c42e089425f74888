"""A run of several processes that somebody stops keeps what was over, ends its processes, and is gone on with."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.running import Way, run_all
from eval.runs import read_run
from eval.scores import count
from eval.suite import Findings, Suite
from eval.world import Worlds

_FOR_EVER = 600


def quick(_worlds: Worlds) -> Findings:
    return Findings([count("quick.process", os.getpid(), 1)])


def stopping(_worlds: Worlds) -> Findings:
    os.kill(os.getppid(), signal.SIGINT)  # as somebody does at the terminal
    time.sleep(_FOR_EVER)
    return Findings()


def endless(_worlds: Worlds) -> Findings:
    time.sleep(_FOR_EVER)
    return Findings()


def stopping_no_more(_worlds: Worlds) -> Findings:
    return Findings([count("stopping.process", os.getpid(), 1)])


def ending(_worlds: Worlds) -> Findings:
    return Findings([count("endless.process", os.getpid(), 1)])


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Runners of tests ignore the signal in their processes."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("interruptible")
def test_a_run_in_two_processes_is_stopped_at_once_and_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, gates = tmp_path / "run.json", tmp_path / "gates.toml"
    gates.write_text('["quick.process"]\nfloor = 1\nmeasured = 1\n', "utf-8")
    first = [
        Suite("quick", 1, "", quick, "a"),
        Suite("stopping", 1, "", stopping, "a"),
        Suite("endless", 1, "", endless),
    ]
    with pytest.raises(KeyboardInterrupt):
        run_all(first, Way(out, gates, jobs=2))
    assert not out.exists()
    (kept,) = read_run(tmp_path / "run.unfinished.json").suites
    assert kept.name == "quick"
    with pytest.raises(ProcessLookupError):
        os.kill(int(kept.figures[0].value or 0), 0)

    # The rest, which behaves this time; in two processes again.
    rest = [first[0], Suite("stopping", 1, "", stopping_no_more), Suite("endless", 1, "", ending)]
    run = run_all(rest, Way(out, gates, jobs=2, resume=True))

    assert [suite.name for suite in run.suites] == ["quick", "stopping", "endless"]
    assert run.suites[0] == kept
    assert len({suite.figures[0].value for suite in run.suites}) == 3
    assert read_run(out) == run
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gates.toml", "run.json", "run.junit.xml"]
    assert "going on after quick" in capsys.readouterr().err
