"""Every case set has a card beside it that says where it comes from, who labelled it, how large it is and how it leans."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eval.manifest import DATASETS

FILES = sorted(DATASETS.rglob("*.jsonl"))
# The three parts of a whole are counted together.
_PARTS = re.compile(r"w[123]\.jsonl")


def card_of(file: Path) -> str:
    """Return the nearest card above a file."""
    folder = next(one for one in file.parents if (one / "README.md").is_file())
    assert folder.is_relative_to(DATASETS), file
    return (folder / "README.md").read_text("utf-8")


def rows(file: Path) -> int:
    return sum(bool(line.strip()) for line in file.read_text("utf-8").splitlines())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(DATASETS).as_posix())
def test_a_case_set_has_a_card(file: Path) -> None:
    card = card_of(file)
    assert file.name in card
    assert re.search(r"written|[Oo]rigin", card), "where it comes from"
    assert re.search(r"label|grad|judged", card, re.IGNORECASE), "who labelled it"
    assert re.search(r"bias|does not show|what that means", card, re.IGNORECASE), "how it leans"
    whole = (
        [one for one in file.parent.iterdir() if _PARTS.fullmatch(one.name)] if _PARTS.fullmatch(file.name) else [file]
    )
    n = sum(map(rows, whole))
    assert re.search(rf"\b({n}|{n:,})\b", card), f"how large it is: {n}"
