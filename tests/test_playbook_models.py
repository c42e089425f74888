from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from copilot.playbook_models import Playbook
from tests.playbook_sample import PLAYBOOK


def changed(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(PLAYBOOK), **changes}


def test_a_whole_playbook_validates_and_has_a_hash_of_its_words() -> None:
    book = Playbook.model_validate(PLAYBOOK)
    assert book.agenda[0].kind == "opening"
    assert len(book.hash) == 16
    assert book.hash != Playbook.model_validate(changed(title="别的")).hash


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"min_minutes": 200}, "min_minutes <= default_minutes"),
        ({"headcount_min": 900}, "headcount_min"),
        ({"min_minutes": 30, "default_minutes": 60}, "need at least 35 minutes"),
        ({"agenda": []}, "agenda"),
        ({"unknown": 1}, "unknown"),
        ({"id": "Meet Up"}, "id"),
        ({"locale": "fr"}, "locale"),
        ({"title": "x" * 301}, "title"),
        ({"agenda": [{**PLAYBOOK["agenda"][0], "weight": float("nan")}]}, "weight"),
        ({"agenda": [{**PLAYBOOK["agenda"][0], "min_minutes": 50}]}, "min_minutes is above max_minutes"),
        ({"agenda": [{**PLAYBOOK["agenda"][0], "role": "nobody"}]}, "unknown role 'nobody'"),
        ({"agenda": [PLAYBOOK["agenda"][0]] * 2}, "'open' appears twice"),
        ({"cost_lines": [{**PLAYBOOK["cost_lines"][0], "typical_cents": 1}]}, "min <= typical <= max"),
        ({"cost_lines": [{**PLAYBOOK["cost_lines"][0], "min_cents": -1}]}, "min_cents"),
        ({"cost_lines": [{**PLAYBOOK["cost_lines"][0], "min_cents": 10.5}]}, "min_cents"),
        ({"prep_tasks": [{**PLAYBOOK["prep_tasks"][1], "depends_on": ["none"]}]}, "unknown task 'none'"),
        ({"metrics": [{**PLAYBOOK["metrics"][0], "target": float("inf")}]}, "target"),
    ],
)
def test_mistakes_are_found_and_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Playbook.model_validate(changed(**change))


def test_a_task_cannot_wait_for_a_later_one_nor_tasks_for_one_another() -> None:
    first, second = deepcopy(PLAYBOOK["prep_tasks"][:2])
    first["depends_on"] = [second["key"]]
    second["depends_on"] = []
    assert first["days_before"] > second["days_before"]
    with pytest.raises(ValidationError, match="due later"):
        Playbook.model_validate(changed(prep_tasks=[first, second]))
    second["days_before"] = first["days_before"]
    second["depends_on"] = [first["key"]]
    with pytest.raises(ValidationError, match="ring"):
        Playbook.model_validate(changed(prep_tasks=[first, second]))
