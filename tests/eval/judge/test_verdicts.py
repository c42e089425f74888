from __future__ import annotations

import pytest
from pydantic import ValidationError

from eval.judge.verdicts import PairVerdict, RubricVerdict


def test_a_verdict_names_a_place_or_a_tie_and_nothing_else() -> None:
    assert PairVerdict(reason="B adds up", winner="B").winner == "B"
    for wrong in (
        {"winner": "A"},
        {"reason": "", "winner": "A"},
        {"reason": "r", "winner": "a"},
        {"reason": "r", "winner": "Draft A"},
        {"reason": "r", "winner": "A", "confidence": 1},
        {"reason": "r" * 601, "winner": "A"},
        {"reason": "r", "winner": None},
    ):
        with pytest.raises(ValidationError):
            PairVerdict.model_validate(wrong)


@pytest.mark.parametrize("mark", [0, 6, 3.5, "3", True, None])
def test_a_mark_is_a_whole_number_from_one_to_five(mark: object) -> None:
    good = {"reason": "r", "faithful": 1, "specific": 5, "useful": 3}
    assert RubricVerdict.model_validate(good).specific == 5
    with pytest.raises(ValidationError):
        RubricVerdict.model_validate({**good, "useful": mark})
