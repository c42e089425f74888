"""City, industry, language, activity."""

from __future__ import annotations

import math
from typing import Any

import pytest

from copilot.matching.records import Party
from copilot.matching.scores.affinity import context_components, industry_key, same_city


def _party(**fields: Any) -> Party:
    given = {"id": "m", "kind": "member", "name": "n", "person_id": "m", "consent_match": True, "consent_ai": True}
    return Party(**(given | {"visibility": "community"} | fields))


def test_the_same_city_is_told_in_either_language() -> None:
    assert same_city(_party(city="深圳"), _party(city="Shenzhen"))
    assert not same_city(_party(city=""), _party(city=""))
    assert not same_city(_party(city="深圳"), _party(city="广州"))


@pytest.mark.parametrize(("left", "right"), [("人工智能", "AI"), ("物流", "Logistics"), ("生物医药", "Medtech")])
def test_industries_meet_across_languages(left: str, right: str) -> None:
    assert industry_key(left) == industry_key(right)


def test_components_of_members_are_bounded_and_named() -> None:
    asker = _party(city="深圳", industry="AI", language="zh")
    there = _party(city="Shenzhen", industry="人工智能", language="zh", messages=20, recency=0.5, trust=0.25)
    assert context_components(asker, there) == {
        "city": 1.0, "industry": 1.0, "language": 1.0, "activity": 1.0, "recency": 0.5, "trust": 0.25,
    }  # fmt: skip
    # log(1 + 3) / log(1 + 20) = 0.4553
    quiet = context_components(asker, _party(language="en", messages=3))
    assert quiet == {
        "city": 0.0,
        "industry": 0.0,
        "language": 0.0,
        "activity": pytest.approx(math.log(4) / math.log(21)),
        "recency": 0.0,
        "trust": 0.0,
    }


def test_what_is_unknown_gives_no_credit_but_an_unknown_language_costs_none() -> None:
    found = context_components(_party(), _party(messages=10**6))
    assert found == {"city": 0.0, "industry": 0.0, "language": 0.5, "activity": 1.0, "recency": 0.0, "trust": 0.0}


def test_resources_have_only_a_city() -> None:
    resource = _party(kind="resource", city="Chengdu")
    assert context_components(_party(city="成都"), resource) == {"city": 1.0}


def test_an_event_has_a_city_unless_it_is_online() -> None:
    asker = _party(city="成都")
    assert context_components(asker, _party(kind="event", city="Chengdu")) == {"city": 1.0}
    assert context_components(asker, _party(kind="event", city="上海")) == {"city": 0.0}
    assert context_components(asker, _party(kind="event", city="")) == {}


def test_a_question_has_a_language_and_an_age() -> None:
    thread = _party(kind="thread", language="en", recency=0.7)
    assert context_components(_party(language="zh", city="成都"), thread) == {"language": 0.0, "recency": 0.7}
