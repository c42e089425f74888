"""How near two wholes are, by hand in the plane."""

from __future__ import annotations

import numpy as np
import pytest

from copilot.matching.records import Party, Statement, vector_ids
from copilot.matching.scores.background import Background
from copilot.matching.scores.scoring import Weights
from copilot.matching.scores.wholes import Wholes

WEIGHTS = Weights()
EAST, NORTH, BETWEEN = (np.array(v, dtype=np.float32) for v in ((1.0, 0.0), (0.0, 1.0), (0.6, 0.8)))
ME, YOU, THING = (
    Statement("me", "profile", "我"), Statement("you", "profile", "你"), Statement("thing", "resource", "资源"),
)  # fmt: skip
# Without a sample the crowding of each is .17.
BARE = Background({})


def test_the_margin_is_twice_the_cosine_minus_both_crowdings() -> None:
    wholes = Wholes(BARE, WEIGHTS, [ME, YOU, THING], {"me": EAST, "you": BETWEEN, "thing": NORTH})

    assert wholes.margin("me", "you") == pytest.approx(2 * 0.6 - 0.34)
    assert wholes.margin("you", "thing") == pytest.approx(2 * 0.8 - 0.34)
    assert wholes.margin("me", "you") == wholes.margin("you", "me")


def test_crowding_is_measured_beside_profiles_whatever_the_side() -> None:
    crowd = Background({}, {"profile": np.stack([EAST] * 10), "wants": np.stack([NORTH] * 10)})
    wholes = Wholes(crowd, WEIGHTS, [ME, THING], {"me": EAST, "thing": EAST})

    # (10 * 1 + 30 * .17) / 40 = .3775 for both
    assert wholes.margin("me", "thing") == pytest.approx(2.0 - 2 * 0.3775)


def test_who_has_no_vector_is_near_nobody_and_far_from_nobody() -> None:
    wholes = Wholes(BARE, WEIGHTS, [ME, YOU], {"me": EAST})

    assert wholes.margin("me", "you") == wholes.margin("me", "stranger") == WEIGHTS.unknown_profile


def test_light_is_capped_so_that_nearness_alone_makes_no_fit() -> None:
    wholes = Wholes(BARE, WEIGHTS, [ME, YOU, THING], {"me": EAST, "you": EAST, "thing": NORTH})

    assert wholes.margin("me", "you") > WEIGHTS.most_profile
    assert wholes.light("me", "you") == WEIGHTS.profile * WEIGHTS.most_profile
    assert wholes.light("me", "thing") == pytest.approx(-0.34 * WEIGHTS.profile)
    assert 0.0 <= wholes.nearness("me", "thing") < wholes.nearness("me", "you") <= 1.0


def test_the_matrix_says_what_each_pair_says() -> None:
    rng = np.random.default_rng(1)
    vectors = {f"m{i}": (v / np.linalg.norm(v)).astype(np.float32) for i, v in enumerate(rng.normal(size=(8, 5)))}
    wholes = Wholes(BARE, WEIGHTS, [Statement(name, "profile", "x") for name in [*vectors, "none"]], vectors)
    ids = [*vectors, "none"]

    lights, margins = wholes.lights(ids), wholes.margins(ids)
    for row, one in enumerate(ids):
        for column, other in enumerate(ids):
            assert margins[row, column] == pytest.approx(wholes.margin(one, other), abs=1e-9)
            assert lights[row, column] == pytest.approx(wholes.light(one, other), abs=1e-9)


def party(kind: str, **values: object) -> Party:
    return Party(
        id=f"{kind}_1", kind=kind, name="名", person_id=None, consent_match=True, consent_ai=True,  # type: ignore[arg-type]  # one of the kinds
        visibility="community", **values,
    )  # fmt: skip


def test_a_member_is_known_by_a_profile_and_a_thing_by_its_one_text() -> None:
    member = party(
        "member", wants=(Statement("w", "wants", "想要"),), offers=(Statement("h", "has", "有"),), keywords="做饭的"
    )
    thing = party("resource", offers=(Statement("resource_1", "resource", "工位"),))
    question = party("thread", wants=(Statement("thread_1", "question", "谁懂？"),))

    assert (member.whole.record_id, member.whole.side) == ("member_1", "profile")
    assert all(word in member.whole.text for word in ("做饭的", "想要", "有"))
    assert thing.whole == thing.offers[0] and question.whole == question.wants[0]
    assert vector_ids([member, thing, question]) == {
        "wants": ["w"], "has": ["h"], "profile": ["member_1"], "resource": ["resource_1"], "question": ["thread_1"],
    }  # fmt: skip
