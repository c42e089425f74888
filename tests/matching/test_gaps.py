"""The line a profile lacks: counted from those who nearly matched, quoted from what they say."""

from __future__ import annotations

import pytest

from copilot.matching.proposing.gaps import Aspect, find_gap
from copilot.matching.records import Party, Statement
from copilot.matching.scores.background import Background
from copilot.matching.scores.comparison import Comparer, Comparison
from copilot.matching.scores.lexicon import Lexicon
from copilot.matching.scores.scoring import Mutuality, Weights
from tests.matching.conftest import TRUCK, World

CLAY = ("想找会调陶艺釉料的老师", "有一间带气窑的陶艺工作室可以分时租")


@pytest.fixture
def potters(world: World) -> World:
    """Three who need what the newcomer never wrote down, and offer what the newcomer wants."""
    for number, kiln in enumerate(("气窑", "电窑", "柴窑")):
        world.member(
            f"potter{number}", [f"想找会调陶艺釉料的老师，我们用{kiln}"], [f"有一间带{kiln}的陶艺工作室可以分时租"]
        )
    world.member("trucker", [TRUCK[0]], [TRUCK[1]])
    return world


def test_the_missing_side_is_told_with_what_others_ask_for(potters: World) -> None:
    taker = potters.member("taker", ["想租一间带窑的陶艺工作室"])
    note = potters.service.match("c", taker, n=20).notes[0]
    assert (note.code, note.missing_aspect) == ("missing_has", "has")
    assert all(evidence.record_id.endswith("-wants-0") for evidence in note.evidence)


def _short(name: str, forward: float, backward: float) -> Comparison:
    party = Party(
        id=name, kind="member", name=name, person_id=name, consent_match=True, consent_ai=True, visibility="community",
        wants=(Statement(f"{name}-wants", "wants", "想要"),), offers=(Statement(f"{name}-has", "has", "有"),),
    )  # fmt: skip
    components = {"forward": forward, "backward": backward}
    return Comparison(party, 0.1, 0.1, Mutuality.YOU_GAIN, components, [], [])


def _gap(short: list[Comparison], only: Aspect | None = None) -> tuple[str, int, int, str] | None:
    comparer = Comparer(Background({}), Lexicon.build([]), Weights(), [found.target for found in short], {})
    gap = find_gap(comparer, short, "member", Weights(), only)
    return (gap.aspect, gap.count, gap.near, gap.example.record_id) if gap else None


def test_the_side_that_wins_more_of_the_near_is_named_and_they_are_counted() -> None:
    # Two give already and lack an offer in return, one takes already; the fourth is near neither way.
    short = [_short("a", 0.5, 0.0), _short("b", 0.3, 0.1), _short("c", 0.0, 0.4), _short("d", 0.2, 0.2)]
    assert _gap(short) == ("has", 2, 4, "a-wants")
    assert _gap(short, "wants") == ("wants", 1, 4, "c-has")
    assert _gap(short[2:3]) == ("wants", 1, 1, "c-has")
    assert _gap(short[3:]) is None and _gap([]) is None


def test_for_a_kind_with_one_direction_the_nearest_say_what_to_write_about(potters: World) -> None:
    potters.say(
        "q", "mem_trucker", "请教大家：有没有人知道陶艺釉料配方怎么调才不开裂？窑温一千二百度。", is_question=True
    )
    member_id = potters.member("accountant", ["想学摄影"], ["每天给客户做账报税"])
    note = potters.service.match("c", member_id, "thread").notes[0]
    assert (note.code, note.missing_aspect, note.would_help) == ("one_line_would_help", "has", 1)
    assert note.evidence[0].record_id == "q"
    potters.resource("kiln", "共享陶艺窑", "气窑按次出租")
    note = potters.service.match("c", member_id, "resource").notes[0]
    assert (note.code, note.missing_aspect) == ("one_line_would_help", "wants") and note.evidence[
        0
    ].record_id == "res_kiln"


def test_nobody_who_may_not_be_proposed_is_quoted(potters: World) -> None:
    potters.member("closed", [CLAY[0]], [CLAY[1]], consent_match=False)
    for name in ("both", "taker"):
        member_id = potters.member(name, ["想租一间带窑的陶艺工作室"], ["每天给客户做账报税"] if name == "both" else [])
        for note in potters.service.match("c", member_id, n=20).notes:
            assert all(not evidence.record_id.startswith("closed") for evidence in note.evidence)


def test_a_full_list_needs_no_advice(pair: World) -> None:
    assert pair.service.match("c", "mem_hotpot", n=1).notes == []
