"""The sample is made once and copied; what is done to a copy stays there."""

from __future__ import annotations

from pathlib import Path

from eval.sample_copies import SampleCopies, State


def copies(folder: Path, steps: list[str]) -> SampleCopies:
    def importing(to: Path) -> None:
        steps.append("import")
        (to / "rows").write_text("imported")

    def filling(at: Path) -> None:
        steps.append("fill")
        (at / "rows").write_text((at / "rows").read_text() + ", read")

    return SampleCopies(folder, importing, filling)


def test_every_state_is_made_once_and_the_later_one_from_the_earlier(tmp_path: Path) -> None:
    steps: list[str] = []
    for number, state in enumerate((State.FILLED, State.IMPORTED, State.FILLED)):
        copies(tmp_path, steps).copy(state, tmp_path / f"copy-{number}")

    assert steps == ["import", "fill"]
    found = [(tmp_path / f"copy-{number}" / "rows").read_text() for number in range(3)]
    assert found == ["imported, read", "imported", "imported, read"]


def test_what_is_done_to_a_copy_reaches_no_other(tmp_path: Path) -> None:
    made = copies(tmp_path, [])
    made.copy(State.FILLED, tmp_path / "first")
    (tmp_path / "first" / "rows").write_text("changed")
    made.copy(State.FILLED, tmp_path / "second")

    assert (tmp_path / "second" / "rows").read_text() == "imported, read"


def test_what_a_dead_process_left_half_made_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "sample-making").mkdir()
    (tmp_path / "sample-making" / "rows").write_text("half")
    copies(tmp_path, []).copy(State.IMPORTED, tmp_path / "copy")

    assert (tmp_path / "copy" / "rows").read_text() == "imported"
