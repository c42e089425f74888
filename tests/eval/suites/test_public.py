"""Without the public sets every optional gate is skipped with the reason; none fails and none passes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from eval.external import VARIABLE
from eval.gates import judge, read_gates
from eval.scores import Figure, RunFile, SuiteRun
from eval.suites import moderation, sentiment


@pytest.mark.parametrize(
    ("name", "figures"), [("moderation", moderation.public_figures), ("sentiment", sentiment.public_figures)]
)
def test_optional_gates_are_skipped_where_their_data_is_absent(
    name: str, figures: Callable[[], list[Figure]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    suite = SuiteRun(name=name, version=1, seconds=0, cpu_seconds=0, figures=figures())
    optional = {key: gate for key, gate in read_gates().items() if gate.optional and key.startswith(name)}
    verdicts = judge(RunFile(manifest={}, suites=[suite]), optional)

    assert len(verdicts) >= 2
    assert {verdict.outcome for verdict in verdicts} == {"skipped"}
    assert all(VARIABLE in verdict.reason for verdict in verdicts)
