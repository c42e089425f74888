"""Reliability is a posterior with its n; accounts that always report together are one voice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.moderation.reliability import UNKNOWN, Reliability, voice_weights, voices

REPORTED = st.dictionaries(st.sampled_from("abcdef"), st.frozensets(st.integers(0, 8).map(str), max_size=6))


def test_the_posterior_by_hand() -> None:
    # Beta(1 + 7, 1 + 1): 8 / 10
    assert (Reliability(7, 1).mean, Reliability(7, 1).n) == (0.8, 8)
    assert (UNKNOWN.mean, UNKNOWN.n) == (0.5, 0)
    assert Reliability(0, 8).mean == 0.1


def test_accounts_that_always_report_together_are_one_voice() -> None:
    same = frozenset({"m1", "m2", "m3", "m4"})
    assert voices(["a", "b", "c"], {"a": same, "b": same, "c": frozenset({"m4"})}) == [["a", "b"], ["c"]]


def test_two_who_met_by_chance_stay_two() -> None:
    assert len(voices(["a", "b"], {"a": frozenset({"m1", "m2"}), "b": frozenset({"m1", "m2"})})) == 2
    busy = frozenset(f"m{n}" for n in range(20))
    assert len(voices(["a", "b"], {"a": busy, "b": frozenset({"m1", "m2", "m3"})})) == 2


def test_a_chain_of_companions_is_one_voice() -> None:
    one, two, three = (frozenset({f"m{n}" for n in range(start, start + 8)}) for start in (0, 1, 2))
    assert voices(["a", "b", "c"], {"a": one, "c": three, "b": two}) == [["a", "b", "c"]]


def test_a_voice_weighs_as_much_as_its_least_reliable_member() -> None:
    known = {"a": Reliability(8, 0), "b": Reliability(0, 8)}
    assert voice_weights([["a", "b"], ["c"]], known) == [0.1, 0.5]


@given(REPORTED)
def test_everybody_is_in_exactly_one_voice(reported: dict[str, frozenset[str]]) -> None:
    people = sorted(reported)
    groups = voices(people, reported)
    assert sorted(one for group in groups for one in group) == people
