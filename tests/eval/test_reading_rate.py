"""The rate of reading is measured from file to case, with what each stage costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import reading_rate
from eval.world import Worlds


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_messages_go_through_at_a_steady_rate_and_each_stage_has_a_cost(tmp_path: Path) -> None:
    worlds = Worlds(tmp_path)
    figures = {figure.name: figure.value or 0.0 for figure in reading_rate.measure(worlds, stretch=150).figures}
    worlds.close()
    # Well below what is measured with nobody else on the machine.
    assert figures["reading_rate.messages_per_cpu_second"] > 60
    assert figures["reading_rate.last_to_first_stretch"] > 0.5
    for stage in ("normalise", "rules", "models"):
        assert figures[f"reading_rate.{stage}_microseconds"] > 0
