"""What leaves as cases for evaluation is the same on every store: who went or said no is not in the next export."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from copilot.community.access import local_actor
from copilot.community.consent import decide
from copilot.community.erasure import erase_member
from copilot.community.store import Store
from copilot.community.tables import AuditEntry
from copilot.eval_cases.service import EvalCaseService
from eval.exported import read_exported
from tests.eval_cases.conftest import fill, unpacked


def test_rows_consent_and_neighbours_are_the_same_everywhere(any_store: Store, tmp_path: Path) -> None:
    service = EvalCaseService(any_store, tmp_path / "data")
    fill(any_store, "a")
    export = unpacked(service, "a", tmp_path / "out")
    counts = {kind: len(rows) for kind, rows in read_exported(export.folder).rows.items()}
    assert counts == {"decisions": 3, "matches": 0, "topics": 0, "plans": 0, "claims": 1}
    assert [row["why_no_text"] for row in export.rows("decisions")].count("no_consent") == 1
    assert all(row["text"] is None for row in export.rows("decisions") if row["why_no_text"])
    assert unpacked(service, "b", tmp_path / "other").rows("decisions") == []
    with any_store.read("a") as unit:
        entries = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "evaluation.cases_exported")).all()
    assert [entry.data for entry in entries] == [counts]


def test_who_was_erased_or_withdrew_is_not_in_the_next_export(any_store: Store, tmp_path: Path) -> None:
    service = EvalCaseService(any_store, tmp_path / "data")
    fill(any_store, "a")
    before = "".join(unpacked(service, "a", tmp_path / "before").files.values())
    assert "你就是骗子" in before
    assert "周六见" in before

    erase_member(any_store, "a", "mem_ann", requested_by="op")
    with any_store.write("a") as unit:
        decide(unit, "mem_bo", {"consent_ai": False}, local_actor("a"))
    export = unpacked(service, "a", tmp_path / "after")
    every = "".join(export.files.values())
    for words in ("骗子", "周六见", "shen_zhiwei88", "7946", "沈知微", "Grace"):
        assert words not in every, words
    # The erased member's rows are gone; the other's stay as labels without words.
    rows = [*export.rows("decisions"), *export.rows("claims")]
    assert {row["why_no_text"] for row in rows} == {"no_consent"}
    assert len(rows) == 3
