from __future__ import annotations

import random

from copilot.assets import knowledge_dir
from copilot.recognition.rules import load_rules
from eval.recognition_simulation import counted_again, priced, strategies, year

RULES = load_rules([knowledge_dir()])


def test_a_second_count_that_keeps_no_state_is_equal() -> None:
    claims, _ = year(7)
    part = claims[:1_000]
    points = priced(part, RULES)
    assert points == counted_again(part, RULES)
    assert sum(points) > 0


def test_there_are_twenty_one_strategies_whose_accounts_are_their_own() -> None:
    ways = strategies(random.Random(1))  # a simulation
    assert len({way.name for way in ways}) == 21
    mains = [main for way in ways for main in way.mains]
    assert len(set(mains)) == len(mains)
