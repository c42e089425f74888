from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.community.access import local_actor
from copilot.community.erasure import erase_member
from copilot.community.store import Store
from copilot.community.tables import Member
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.recognition.gifts import shared
from copilot.recognition.seasons import Place, ranked
from copilot.recognition.service import RecognitionService
from copilot.recognition.teams import NewTeam
from tests.conftest import NOW
from tests.recognition.world import GivenTeams, Told, add_members, service

START, END = NOW - timedelta(days=30), NOW + timedelta(days=30)


@pytest.fixture
def told(store: Store, community: str) -> Told:
    add_members(store, community, ["ann", "bo", "cy", "dee", "eve"])
    add_members(store, community, ["new"], joined_at=NOW - timedelta(days=40))
    told = Told()
    # Ten hundredths of 5 points x 35 %: ann has two givers, bo and new one each; days apart, so that nothing decays.
    told.tell("ann", "cy", days=2)
    told.tell("ann", "dee", days=3)
    told.tell("bo", "eve", days=4)
    told.tell("new", None, days=5, rule="write_up")
    return told


@pytest.fixture
def maker() -> GivenTeams:
    return GivenTeams([["ann", "bo"], ["new"]])


@pytest.fixture
def recognition(store: Store, told: Told, maker: GivenTeams) -> RecognitionService:
    made = service(store, told, maker)
    made.ledger.settle("c")
    return made


@pytest.fixture
def season(recognition: RecognitionService) -> str:
    return recognition.seasons.create("c", "秋季", START, END, actor="op").id


def names(recognition: RecognitionService, season: str, kind: str = "individual") -> list[tuple[int, str, float]]:
    board = recognition.seasons.board("c", season, kind)  # type: ignore[arg-type]  # a literal
    return [(row.rank, row.name, row.points) for row in board.rows]


def test_ties_share_a_rank_and_the_next_is_as_many_further_on() -> None:
    places = [
        Place("a", "A", 100),
        Place("b", "B", 300),
        Place("c", "C", 100),
        Place("d", "D", 50),
        Place("e", "E", 100),
    ]
    assert [(row.rank, row.id) for row in ranked(places)] == [(1, "b"), (2, "a"), (2, "c"), (2, "e"), (5, "d")]
    assert ranked([]) == []


def test_a_board_counts_acts_of_its_season_and_newcomers_have_their_own(
    recognition: RecognitionService, season: str
) -> None:
    assert names(recognition, season) == [(1, "New", 6.0), (2, "Ann", 3.5), (3, "Bo", 1.75)]
    assert names(recognition, season, "newcomer") == [(1, "New", 6.0)]
    coming = recognition.seasons.create("c", "x", NOW + timedelta(days=1), END)
    board = recognition.seasons.board("c", coming.id, "individual")
    assert (coming.state, board.rows, board.note) == ("coming", [], "这个赛季还没有人上榜。")


def test_opting_out_hiding_and_erasure_take_a_member_off_everything_at_once(
    recognition: RecognitionService, season: str, store: Store
) -> None:
    recognition.awards.propose("c", season)
    recognition.exposures.plan("c", None, 3, 1)
    team = recognition.teams.keep("c", season, NewTeam("T", "p", ["ann", "bo", "new"]))
    assert team.points == 11.25
    assert recognition.points.show("c", "new", shown=False).is_shown is False
    with store.write("c") as unit:
        unit.get(Member, "bo").visibility = "hidden"
    assert names(recognition, season) == [(1, "Ann", 3.5)]
    assert names(recognition, season, "newcomer") == []
    assert names(recognition, season, "team") == [(1, "T", 3.5)]
    assert {view.member_id for view in recognition.awards.list("c").items} == {"ann"}
    assert {view.member_id for view in recognition.exposures.listed("c", None, 7).items} == {"ann"}
    [shown] = recognition.teams.list("c", season)
    assert (len(shown.members), shown.not_shown) == (1, 2)
    assert {gift.member_id for gift in recognition.gifts.suggest("c", season, 1000, 5).items} == {"ann"}
    assert recognition.points.why("c", "new").points == 6.0, "points are still told to the member"
    recognition.points.show("c", "new", shown=True)
    assert names(recognition, season)[0] == (1, "New", 6.0), "coming back loses nothing"
    erase_member(store, "c", "ann", requested_by="op")
    assert names(recognition, season) == [(1, "New", 6.0)]


def test_a_season_ends_after_it_starts(recognition: RecognitionService) -> None:
    for start, end in (
        (END, START),
        (START, START),
        (START, START + timedelta(days=401)),
        (START.replace(year=1), END),
    ):
        with pytest.raises(InvalidInput):
            recognition.seasons.create("c", "x", start, end)
    with pytest.raises(InvalidInput):
        recognition.seasons.create("c", "\x00", START, END)
    with pytest.raises(NotFound):
        recognition.seasons.board("c", "ssn_none", "team")


def test_teams_are_formed_by_the_builder_and_nobody_is_in_two(
    recognition: RecognitionService, season: str, maker: GivenTeams
) -> None:
    actor = local_actor("c")
    made = recognition.teams.form("c", season, "跌倒报警器", ["原型", "试点"], 2, actor=actor)
    assert [[one.member_id for one in team.members] for team in made] == [["ann", "bo"], ["new"]]
    assert [team.progress for team in made] == [0.0, 0.0]
    with pytest.raises(Conflict, match="no team"):
        recognition.teams.form("c", season, "又一个", [], 2, actor=actor)
    with pytest.raises(Conflict, match="another team"):
        recognition.teams.keep("c", season, NewTeam("x", "", ["ann"]))
    reached = recognition.teams.reach("c", made[0].id, 1, done=True)
    assert (reached.progress, reached.milestones[0].done_at) == (0.5, NOW)
    assert recognition.teams.reach("c", made[0].id, 1, done=False).progress == 0.0
    with pytest.raises(InvalidInput):
        recognition.teams.reach("c", made[0].id, 3, done=True)


def test_awards_are_proposed_with_evidence_and_a_person_decides(
    recognition: RecognitionService, season: str, told: Told
) -> None:
    proposed = {view.category: view for view in recognition.awards.propose("c", season)}
    assert {category: view.member_id for category, view in proposed.items()} == {
        "best_contributor": "new", "best_helper": "ann", "best_write_up": "new",
    }  # fmt: skip
    helper = proposed["best_helper"]
    assert (helper.title, helper.status, len(helper.evidence)) == ("最佳答主", "proposed", 2)
    evidence = {view.id: view.rule for view in recognition.points.entries("c", member_id="ann").items}
    assert set(helper.evidence) == set(evidence)
    granted = recognition.awards.decide("c", helper.id, "granted", actor="op")
    assert (granted.status, granted.decided_by) == ("granted", "op")
    assert recognition.awards.decide("c", helper.id, "granted") == granted
    with pytest.raises(Conflict):
        recognition.awards.decide("c", helper.id, "declined")
    again = recognition.awards.propose("c", season)
    assert len(again) == 3 and helper.id in {view.id for view in again}, "what was decided stays"


def test_all_who_share_the_first_place_are_proposed(recognition: RecognitionService, season: str, told: Told) -> None:
    told.tell("bo", "new", days=5)
    recognition.ledger.settle("c")
    helpers = [view.member_id for view in recognition.awards.propose("c", season) if view.category == "best_helper"]
    assert sorted(helpers) == ["ann", "bo"]


def test_gifts_add_up_to_the_budget(recognition: RecognitionService, season: str) -> None:
    found = recognition.gifts.suggest("c", season, 10_000, 3)
    # 6 : 3.5 : 1.75 of 100.00
    assert [gift.minor_units for gift in found.items] == [5333, 3111, 1556]
    assert (
        found.items[0].text == "建议给New发 53.33 元的红包，感谢本季的 6 分贡献（文章有用最多）。只是建议，由人来发。"
    )
    assert shared(100, [1, 1, 1]) == [34, 33, 33]
    assert shared(100, []) == [] and shared(5, [0]) == [0]
    with pytest.raises(InvalidInput):
        recognition.gifts.suggest("c", season, 0, 3)
