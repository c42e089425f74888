"""Rounds of a community: everybody who may be placed is seated once, the rules hold, and what is shown is bound to records."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

import pytest
from sqlalchemy import select

from copilot.community.access import ROLE_SCOPES, Actor
from copilot.community.erasure import erase_member
from copilot.community.models import Role
from copilot.community.tables import AuditEntry, Member, PairRule, ProfileText, Seat, Seating, Webhook, WebhookDelivery
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.matching.optimum import Impossible
from copilot.matching.seatings.models import PlannedRounds, RoundAsk, SeatingStatus
from copilot.settings import MatchingSettings
from tests.conftest import NOW
from tests.matching.conftest import World
from tests.matching.seating_world import SeatingWorld

OPERATOR = Actor("c", "op", Role.OPERATOR, ROLE_SCOPES[Role.OPERATOR], key_id="key_op")


@pytest.fixture
def seats(world: World) -> SeatingWorld:
    made = SeatingWorld(world)
    made.fill()
    return made


def seated(planned: PlannedRounds, number: int = 0) -> list[set[str]]:
    return [{one.member_id for one in group.members} for group in planned.rounds[number].groups]


def rule(world: World, kind: str, first: str, second: str) -> None:
    with world.store.write(world.community_id) as unit:
        unit.add(
            PairRule(
                id=f"rule_{kind}_{first}", kind=kind, first_id=f"mem_{first}", second_id=f"mem_{second}",
                created_by="op", created_at=NOW,
            )
        )  # fmt: skip


def test_everybody_open_is_seated_once_with_whom_they_fit(seats: SeatingWorld) -> None:
    planned = seats.rounds.plan("c", RoundAsk(), actor=seats.me)
    groups = seated(planned)
    assert sorted(one for group in groups for one in group) == sorted(f"mem_{name}" for name in seated_names())
    assert {"mem_hotpot", "mem_trucker"} in groups
    one = planned.rounds[0]
    assert one.status is SeatingStatus.PLANNED and one.number == 1 and one.figures.proof == "optimal"
    assert one.figures.repeats == 0 and planned.gap == 0.0


def seated_names() -> list[str]:
    from tests.matching.seating_world import PEOPLE

    return list(PEOPLE)


def test_a_group_is_told_why_in_words_of_its_own_members(seats: SeatingWorld) -> None:
    planned = seats.rounds.plan("c", RoundAsk(), actor=seats.me)
    group = next(
        g for g in planned.rounds[0].groups if {m.member_id for m in g.members} == {"mem_hotpot", "mem_trucker"}
    )
    assert group.reasons and group.reason_for in {"mem_hotpot", "mem_trucker"}
    assert group.intro is not None and len(group.intro.evidence) == 2
    with seats.world.store.read("c") as unit:
        texts = {row.id: row.text for row in unit.session.scalars(select(ProfileText))}
    for item in group.intro.evidence:
        assert item.quote in texts[item.record_id] and item.quote in group.intro.text


def test_pairs_who_met_do_not_meet_in_the_next_rounds(seats: SeatingWorld) -> None:
    planned = seats.rounds.plan("c", RoundAsk(rounds=3, no_repeat_rounds=5), actor=seats.me)
    more = seats.rounds.plan("c", RoundAsk(rounds=2, no_repeat_rounds=5), actor=seats.me)
    assert [one.number for one in (*planned.rounds, *more.rounds)] == [1, 2, 3, 4, 5]
    met = [
        frozenset(pair)
        for one in (*planned.rounds, *more.rounds)
        for g in one.groups
        for pair in combinations(sorted(m.member_id for m in g.members), 2)
    ]
    assert len(met) == len(set(met)) == 20


def test_what_is_read_back_is_what_was_planned(seats: SeatingWorld) -> None:
    planned = seats.rounds.plan("c", RoundAsk(rounds=2, size=3), actor=seats.me)
    for one in planned.rounds:
        assert one.id is not None
        assert seats.rounds.get("c", one.id, actor=seats.me) == one


def test_a_preview_stores_nothing_and_tells_nobody(seats: SeatingWorld) -> None:
    listen(seats.world)
    planned = seats.rounds.plan("c", RoundAsk(preview=True), actor=seats.me)
    assert planned.rounds[0].id is None
    with seats.world.store.read("c") as unit:
        assert (
            not unit.session.scalars(select(Seating)).all() and not unit.session.scalars(select(WebhookDelivery)).all()
        )


def listen(world: World) -> None:
    with world.store.write("c") as unit:
        unit.add(Webhook(id="whk", url="https://example.org", events=["round.planned"], secret="s", created_at=NOW))


def test_a_planned_round_is_told_by_ids_and_figures_alone(seats: SeatingWorld) -> None:
    listen(seats.world)
    planned = seats.rounds.plan("c", RoundAsk(rounds=2), actor=seats.me)
    with seats.world.store.read("c") as unit:
        sent = unit.session.scalars(select(WebhookDelivery)).all()
        said = [row.action for row in unit.session.scalars(select(AuditEntry))]
    assert {row.payload["round_id"] for row in sent} == {one.id for one in planned.rounds}
    assert {type(value) for row in sent for value in row.payload.values()} <= {str, int, float}
    assert said.count("round.planned") == 2


def test_nobody_outside_consent_is_seated_and_those_named_are_told_apart(seats: SeatingWorld) -> None:
    world = seats.world
    world.member("shy", ["想要冷链"], ["有冷库"], consent_match=None)
    world.member("offline", ["想要冷链"], ["有冷库"], consent_ai=False)
    world.member("staff", ["想要冷链"], ["有冷库"], visibility="operators")
    everybody = seats.rounds.plan("c", RoundAsk(preview=True), actor=seats.me)
    assert not {"mem_shy", "mem_offline", "mem_staff"} & set().union(*seated(everybody))
    named = RoundAsk(members=["hotpot", "mem_trucker", "shy", "offline", "staff"], preview=True)
    planned = seats.rounds.plan("c", named, actor=OPERATOR)
    assert seated(planned) == [{"mem_hotpot", "mem_trucker"}]
    assert {left.member_id: left.code for left in planned.left_out} == {
        "mem_shy": "consent", "mem_offline": "consent_ai", "mem_staff": "visibility",
    }  # fmt: skip


def test_a_hidden_member_is_as_unknown_to_an_operator_as_no_member(seats: SeatingWorld) -> None:
    seats.world.member("ghost", visibility="hidden")
    for name in ("mem_ghost", "ghost", "nobody"):
        with pytest.raises(NotFound, match="no member"):
            seats.rounds.plan("c", RoundAsk(members=["hotpot", name]), actor=OPERATOR)


@pytest.mark.parametrize("kind", ["blocked", "cannot_match"])
def test_who_must_not_meet_never_shares_a_group(seats: SeatingWorld, kind: str) -> None:
    rule(seats.world, kind, "trucker", "hotpot")
    planned = seats.rounds.plan("c", RoundAsk(rounds=5, no_repeat_rounds=5), actor=seats.me)
    for number in range(5):
        assert not any({"mem_hotpot", "mem_trucker"} <= group for group in seated(planned, number))


@pytest.mark.parametrize(("rest_days", "may_meet"), [(30, True), (90, False)])
def test_a_no_keeps_two_apart_for_as_long_as_is_configured(world: World, rest_days: int, may_meet: bool) -> None:
    seats = SeatingWorld(world, limits=MatchingSettings(decline_rest_days=rest_days))
    seats.fill()
    seats.decline("hotpot", "trucker", days_ago=40)
    groups = seated(seats.rounds.plan("c", RoundAsk(), actor=seats.me))
    assert ({"mem_hotpot", "mem_trucker"} in groups) is may_meet


def test_who_must_meet_does_so_first_and_once(seats: SeatingWorld) -> None:
    rule(seats.world, "must_match", "coach", "trucker")
    planned = seats.rounds.plan("c", RoundAsk(rounds=2), actor=seats.me)
    assert {"mem_coach", "mem_trucker"} in seated(planned, 0)
    assert {"mem_coach", "mem_trucker"} not in seated(planned, 1)
    again = seats.rounds.plan("c", RoundAsk(), actor=seats.me)
    assert {"mem_coach", "mem_trucker"} not in seated(again)


def test_a_round_that_cannot_be_says_why_in_both_languages(seats: SeatingWorld) -> None:
    rule(seats.world, "cannot_match", "hotpot", "trucker")
    with pytest.raises(Impossible) as caught:
        seats.rounds.plan("c", RoundAsk(members=["hotpot", "trucker"]), actor=seats.me)
    assert set(caught.value.data["sentence"]) == {"zh-CN", "en"}
    assert "mem_hotpot + mem_trucker" in caught.value.data["sentence"]["zh-CN"]


def test_a_filter_takes_the_city_the_industry_and_who_was_active(seats: SeatingWorld) -> None:
    world = seats.world
    for name, city in (("gz1", "广州"), ("gz2", "Guangzhou"), ("gz3", "广州市"), ("sz", "深圳")):
        world.member(name, ["想要冷链"], ["有冷库"], city=city, industry="物流")
    planned = seats.rounds.plan(
        "c", RoundAsk(city="guangzhou", industry="logistics", size=3, preview=True), actor=seats.me
    )
    assert seated(planned) == [{"mem_gz1", "mem_gz2", "mem_gz3"}]
    with pytest.raises(InvalidInput, match="Only 0"):
        seats.rounds.plan("c", RoundAsk(active_days=30), actor=seats.me)


def test_wrong_requests_are_refused_with_the_reason(seats: SeatingWorld) -> None:
    with pytest.raises(InvalidInput, match="not both"):
        seats.rounds.plan("c", RoundAsk(members=["hotpot", "trucker"], city="深圳"), actor=seats.me)
    with pytest.raises(InvalidInput, match="twice"):
        seats.rounds.plan("c", RoundAsk(members=["hotpot", "mem_hotpot", "coach"]), actor=seats.me)
    with pytest.raises(InvalidInput, match="at least 2"):
        seats.rounds.plan("c", RoundAsk(members=["hotpot"]), actor=seats.me)
    with pytest.raises(InvalidInput):
        seats.rounds.plan("c", RoundAsk(members=[]), actor=seats.me)


def test_held_rounds_stay_and_count_without_those_absent(seats: SeatingWorld) -> None:
    planned = seats.rounds.plan("c", RoundAsk(members=["hotpot", "trucker", "coach"], size=3), actor=seats.me)
    round_id = str(planned.rounds[0].id)
    with pytest.raises(InvalidInput, match="have a seat"):
        seats.rounds.hold("c", round_id, ["mem_lawyer"], actor=seats.me)
    held = seats.rounds.hold("c", round_id, ["mem_trucker"], actor=seats.me)
    assert held.status is SeatingStatus.HELD
    assert {one.member_id for one in held.groups[0].members} == {"mem_hotpot", "mem_coach"}
    for change in (seats.rounds.cancel, lambda *a, **k: seats.rounds.hold(*a, [], **k)):
        with pytest.raises(Conflict, match="held already"):
            change("c", round_id, actor=seats.me)
    # Hotpot never met the trucker, who was absent, but has met the coach.
    nxt = seats.rounds.plan("c", RoundAsk(members=["hotpot", "trucker", "coach", "lawyer"]), actor=seats.me)
    assert {"mem_hotpot", "mem_coach"} not in seated(nxt)


def test_replanning_cancels_what_was_planned_and_keeps_what_was_held(seats: SeatingWorld) -> None:
    first = seats.rounds.plan("c", RoundAsk(rounds=2), actor=seats.me)
    seats.rounds.hold("c", str(first.rounds[0].id), [], actor=seats.me)
    anew = seats.rounds.plan("c", RoundAsk(replace_planned=True), actor=seats.me)
    assert anew.cancelled == [first.rounds[1].id] and anew.rounds[0].number == 3
    page = seats.rounds.history("c")
    assert {row.number: row.status.value for row in page.items} == {1: "held", 2: "cancelled", 3: "planned"}
    assert not [pair for group in anew.rounds[0].groups for pair in group.repeated]


def test_a_plan_that_was_overtaken_is_not_stored(seats: SeatingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    seats.rounds.plan("c", RoundAsk(), actor=seats.me)
    pairs, scores = seats.pairs, seats.pairs.scores

    class Meanwhile(type(pairs)):  # type: ignore[misc]  # a scorer during whose work somebody withdraws
        def scores(self, circle):
            with seats.world.store.write("c") as unit:
                unit.get(Member, "mem_coach").consent_match = False
            return scores(circle)

    overtaken = type(seats.rounds)(seats.world.store, Meanwhile(seats.world.index, seats.census))
    with pytest.raises(Conflict, match="Plan again"):
        overtaken.plan("c", RoundAsk(), actor=seats.me)
    assert len(seats.rounds.history("c").items) == 1


def test_who_withdrew_is_marked_and_not_quoted(seats: SeatingWorld) -> None:
    planned = seats.rounds.plan("c", RoundAsk(), actor=seats.me)
    with seats.world.store.write("c") as unit:
        unit.get(Member, "mem_trucker").consent_match = False
        unit.get(Member, "mem_coder").visibility = "hidden"
    shown = seats.rounds.get("c", str(planned.rounds[0].id), actor=OPERATOR)
    group = next(g for g in shown.groups if any(m.member_id == "mem_trucker" for m in g.members))
    assert {m.member_id: m.is_open for m in group.members} == {"mem_hotpot": True, "mem_trucker": False}
    assert group.reasons == [] and group.intro is not None and group.intro.evidence == []
    assert "mem_coder" not in {m.member_id for g in shown.groups for m in g.members}


def test_a_member_sees_the_own_rounds_and_nobody_who_withdrew(seats: SeatingWorld) -> None:
    planned = seats.rounds.plan("c", RoundAsk(rounds=2), actor=seats.me)
    seats.rounds.cancel("c", str(planned.rounds[1].id), actor=seats.me)
    mine = seats.rounds.of_member("c", "mem_hotpot").items
    assert [one.round_id for one in mine] == [planned.rounds[0].id]
    assert [one.member_id for one in mine[0].beside] == ["mem_trucker"]
    assert mine[0].reasons[0].text.startswith(("你", "关于你", "trucker"))
    with seats.world.store.write("c") as unit:
        unit.get(Member, "mem_trucker").visibility = "operators"
    again = seats.rounds.of_member("c", "mem_hotpot").items
    assert again[0].beside == [] and again[0].reasons == []
    with pytest.raises(NotFound):
        seats.rounds.of_member("c", "mem_nobody")


def test_lists_are_paged_and_filtered(seats: SeatingWorld) -> None:
    for series in ("a", "b"):
        seats.rounds.plan("c", RoundAsk(series=series, rounds=2), actor=seats.me)
        seats.world.clock.advance(timedelta(minutes=1))
    first = seats.rounds.history("c", limit=3)
    second = seats.rounds.history("c", limit=3, cursor=first.next_cursor)
    assert len(first.items) == 3 and len(second.items) == 1 and not second.has_more
    assert {row.series for row in seats.rounds.history("c", series="a").items} == {"a"}
    assert seats.rounds.history("c", status=SeatingStatus.HELD).items == []


@pytest.mark.slow
def test_an_erased_member_leaves_no_seat_behind(seats: SeatingWorld) -> None:
    planned = seats.rounds.plan("c", RoundAsk(), actor=seats.me)
    erase_member(seats.world.store, "c", "mem_hotpot", requested_by="test")
    with seats.world.store.read("c") as unit:
        assert "mem_hotpot" not in {row.member_id for row in unit.session.scalars(select(Seat))}
        rows = unit.session.scalars(select(Seating)).all()
    assert not any("hotpot" in str(row.params) + str(row.result) for row in rows)
    shown = seats.rounds.get("c", str(planned.rounds[0].id), actor=seats.me)
    assert [one.member_id for g in shown.groups for one in g.members if len(g.members) == 1] == ["mem_trucker"]
