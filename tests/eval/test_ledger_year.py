from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from copilot.assets import knowledge_dir
from copilot.recognition.rules import load_rules
from eval.ledger_year import RUNS, compare
from eval.recognition_simulation import year

RULES = load_rules([knowledge_dir()])


@pytest.mark.slow
def test_the_sums_of_a_years_ledger_in_plain_sql_are_those_of_the_acts_by_the_rules_words(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    acts = year(7)[0][::300]
    differs, accounts, is_equal = compare(file, acts, RULES)
    assert (differs, is_equal) == (0, True) and accounts > 50
    with sqlite3.connect(file) as plain:
        [(entries, reversals, points)] = plain.execute(
            "SELECT COUNT(*), COUNT(reverses_id), SUM(hundredths) FROM point_entry"
        )
        [(runs,)] = plain.execute("SELECT COUNT(*) FROM audit_entry WHERE action = 'points.settled'")
    assert entries > len(acts) / 2 and reversals > 0 and points > 0
    assert runs == RUNS + 1, "twelve months, and the one that takes back"
