"""Two members asked about at the same time never get the same question."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.topics.conftest import MOULDER, Room


@pytest.mark.slow
def test_a_race_for_one_question_has_one_winner(asked: Room) -> None:
    rivals = [asked.member(f"rival{n}", [MOULDER]) for n in range(6)]
    service = asked.service()
    service.suggest("c", "bass")  # the background is embedded before the race
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda member_id: service.suggest("c", member_id), rivals))
    winners = [topic.demand.question_id for answer in answers for topic in answer.topics]
    assert winners == ["q-mould"]
    assert all(answer.note is not None for answer in answers)
