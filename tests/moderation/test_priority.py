"""Priority is harm x certainty x reach: worked by hand, bounded, and never about the sender."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.moderation.models import Severity
from copilot.moderation.priority import reports_weigh, weigh_case

SUSPICIONS = st.dictionaries(
    st.sampled_from("abcd"), st.tuples(st.sampled_from(list(Severity)), st.floats(0, 1)), min_size=1
)


def test_a_threat_in_a_quiet_channel_by_hand() -> None:
    # harm 1; certainty 0.9; one person: log10(2) / 3 = 0.100343, reach 0.5 + 0.5 * 0.100343 = 0.550172
    found = weigh_case({"threat": (Severity.HIGH, 0.9)}, 0.0, 1)
    assert (found.category, found.harm, found.certainty, found.reach) == ("threat", 1.0, 0.9, 0.550172)
    assert found.value == pytest.approx(0.495155, abs=1e-6)


def test_an_advert_before_a_hundred_people_by_hand() -> None:
    # harm 0.25; certainty 0.95; log10(101) / 3 = 0.668107, reach 0.834054; 0.25 * 0.95 * 0.834054 = 0.198088
    assert weigh_case({"spam": (Severity.LOW, 0.95)}, 0.0, 100).value == pytest.approx(0.198088, abs=1e-6)


def test_reports_add_to_what_a_detector_says_by_hand() -> None:
    # two unknown voices: 1 - 0.5 * 0.5 = 0.75; with a detector at 0.6: 1 - 0.4 * 0.25 = 0.9
    assert reports_weigh([0.5, 0.5]) == 0.75
    found = weigh_case({"insult": (Severity.MEDIUM, 0.6)}, 0.75, 999)
    assert found.certainty == pytest.approx(0.9)
    assert found.reach == 1.0


def test_the_category_with_the_highest_product_leads_by_hand() -> None:
    # insult 0.5 * 0.95 = 0.475; threat 1 * 0.3 = 0.3
    found = weigh_case({"insult": (Severity.MEDIUM, 0.95), "threat": (Severity.HIGH, 0.3)}, 0.0, 999)
    assert (found.category, found.value) == ("insult", 0.475)


def test_a_reporters_strong_word_weighs_no_more_than_the_reporter_by_hand() -> None:
    # insult: 0.5 * (1 - 0.1 * 0.8) = 0.46; threat, which only the reporter says: 1 * 0.2
    found = weigh_case({"insult": (Severity.MEDIUM, 0.9), "threat": (Severity.HIGH, 0.0)}, 0.2, 999)
    assert found.category == "insult"
    assert found.value == pytest.approx(0.46)


def test_no_reports_weigh_nothing() -> None:
    assert reports_weigh([]) == 0.0


@given(SUSPICIONS, st.floats(0, 1), st.integers(-5, 10**7))
def test_every_component_is_a_share_and_no_case_is_wholly_certain(
    suspicions: dict[str, tuple[Severity, float]], reports: float, people: int
) -> None:
    found = weigh_case(suspicions, reports, people)
    assert found.category in suspicions
    assert 0.25 <= found.harm <= 1
    assert 0 <= found.certainty <= 0.99
    assert 0.5 <= found.reach <= 1
    assert math.isfinite(found.value)
    assert 0 <= found.value <= 0.99


@given(st.floats(0, 1), st.floats(0, 0.99), st.integers(1, 10**6))
def test_a_high_harm_outranks_a_low_one_of_the_same_certainty_whatever_the_reach(
    score: float, reports: float, people: int
) -> None:
    quiet = weigh_case({"threat": (Severity.HIGH, score)}, reports, 1)
    loud = weigh_case({"spam": (Severity.LOW, score)}, reports, people)
    assert quiet.value >= loud.value


@given(st.lists(st.floats(0, 1), max_size=6), st.floats(0, 1))
def test_another_voice_never_makes_a_case_less_certain(voices: list[float], more: float) -> None:
    assert reports_weigh([*voices, more]) >= reports_weigh(voices) - 1e-12
