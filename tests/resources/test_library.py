"""The library: codes that are never given twice, terms, freshness, history, calendars, duplicates, files."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from copilot.community.embeddable import family
from copilot.community.import_options import ImportOptions
from copilot.community.importing import ImportService
from copilot.community.models import ResourceType
from copilot.community.permission import offered_on
from copilot.community.resource_classes import CLASSES, GENERAL, guess_subclass
from copilot.community.tables import PairRule, Resource
from copilot.errors import Conflict, Denied, InvalidInput, NotFound
from copilot.resources.exports import COLUMNS, export_lines
from copilot.resources.models import Closure, DuplicateStatus, ResourcePatch, ResourceView
from copilot.settings import LimitSettings
from copilot.vectors.index import VectorItem
from tests.resources.exchange import Exchange, day


def change(market: Exchange, resource: ResourceView, **values: object) -> ResourceView:
    patch = ResourcePatch.model_validate(values)
    return market.desks.library.change("c", resource.id, patch, market.owner)


def offered(market: Exchange) -> set[str]:
    with market.store.read("c") as unit:
        return set(unit.session.scalars(select(Resource.id).where(*offered_on(day(0)))))


def imported(market: Exchange, path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    report = ImportService(market.store, LimitSettings(), 100).run("c", path, ImportOptions())
    assert report.error_count == 0, report


def test_codes_count_up_within_class_and_subclass_and_are_never_given_again(market: Exchange) -> None:
    first, second = market.add(), market.add(title="语音评估板硬件")
    other = market.add(type="knowledge", title="跨境合同模板")
    assert [item.library_code for item in (first, second, other)] == ["TEC-HW-001", "TEC-HW-002", "KNO-DO-001"]
    with market.store.write("c") as unit:
        unit.session.delete(unit.get(Resource, second.id))
    assert market.add().library_code == "TEC-HW-003"
    moved = change(market, first, subclass="SW")
    assert moved.library_code == "TEC-SW-001" and moved.code == "TEC-HW-001"
    assert change(market, first, subclass="HW").library_code == "TEC-HW-004"


def test_every_class_has_a_code_of_its_own_and_a_place_for_the_rest() -> None:
    assert set(CLASSES) == set(ResourceType)
    assert len({item.code for item in CLASSES.values()}) == 6
    for item in CLASSES.values():
        codes = [sub.code for sub in item.subclasses]
        assert codes[-1] == GENERAL and len(set(codes)) == len(codes)
    assert guess_subclass(ResourceType.PEOPLE, ["", "说不清的事"]) == GENERAL
    assert guess_subclass(ResourceType.TECHNOLOGY, ["96 GPU hours in the cloud", "软件"]) == "CP"


def test_imported_resources_get_codes_and_their_history_and_keep_both(market: Exchange, tmp_path: Path) -> None:
    row = {"code": "R-1", "type": "technology", "title": "小程序开发代办", "capacity": 4, "subclass": "SW"}
    # A code of the library's own form that a file brings along stays its own.
    taken = {"code": "TEC-SW-002", "type": "technology", "title": "合同系统软件"}
    imported(market, tmp_path / "r.jsonl", [row, taken])
    assert market.add(title="会员系统软件").library_code == "TEC-SW-004"
    imported(market, tmp_path / "r.jsonl", [row | {"capacity": 5}])
    page = market.desks.library.page("c", market.operator, only={"type": "technology"})
    known = {item.code: item for item in page.items}
    assert (known["R-1"].library_code, known["R-1"].capacity) == ("TEC-SW-001", 5)
    assert known["TEC-SW-002"].library_code == "TEC-SW-003"
    lines = market.desks.library.history("c", known["R-1"].id, market.operator).items
    assert [(line.kind, line.changes) for line in lines] == [("imported", {"capacity": [4, 5]}), ("imported", {})]


def test_what_is_exported_comes_back_the_same(market: Exchange, tmp_path: Path) -> None:
    radar = market.add(
        market.operator,
        terms={"max_days": 180, "in_return": "write_up"}, title="雷达样机", description="三十台\n含支架", capacity=30,
        city="杭州", tags=["养老", "传感器"], expires_on=day(90),
    )  # fmt: skip
    market.add(market.operator, {"mode": "grant"}, type="people", title="导师答疑")
    for form in ("csv", "jsonl"):
        body = b"".join(export_lines(market.store, "c", "resources", form, page_rows=1))
        path = tmp_path / f"out.{form}"
        path.write_bytes(body)
        report = ImportService(market.store, LimitSettings(), 100).run("c", path, ImportOptions(platform="t"))
        assert (report.counts["resources"].unchanged, report.error_count) == (2, 0), report
    assert market.desks.library.get("c", radar.id, market.owner).terms_of_use.max_days == 180


def test_a_csv_file_runs_no_formula(market: Exchange) -> None:
    market.add(title="=HYPERLINK(1)")
    text = b"".join(export_lines(market.store, "c", "resources", "csv")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["title"] == "'=HYPERLINK(1)" and tuple(rows[0]) == COLUMNS["resources"]


def test_a_resource_nobody_confirms_leaves_the_matches_until_its_owner_does(market: Exchange) -> None:
    radar = market.add(confirm_every_days=30)
    assert offered(market) == {radar.id}
    market.clock.advance(timedelta(days=20))
    asked = market.desks.reminders.page("c", "confirm", market.operator).items
    assert [item.member_id for item in asked] == [market.people[0]] and "TEC-HW-001" in asked[0].text
    market.clock.advance(timedelta(days=10))
    assert market.desks.keep_up("c").stale == 1
    assert offered(market) == set()
    assert market.desks.library.get("c", radar.id, market.owner).status == "stale"
    assert change(market, radar, status="available").status == "stale", "only confirming says that it is there"
    assert market.desks.library.confirm("c", radar.id, market.owner).status == "available"
    assert offered(market) == {radar.id}
    kinds = [line.kind for line in market.desks.library.history("c", radar.id, market.owner).items]
    assert kinds == ["confirmed", "stale", "created"]


def test_a_confidential_resource_is_known_to_whom_its_terms_name_and_to_nobody_else(market: Exchange) -> None:
    secret = market.add(terms={"confidential": True, "who": "chosen", "member_ids": [market.people[1]]})
    library = market.desks.library
    assert secret.status == "confidential" and offered(market) == set()
    with market.store.read("c") as unit:
        assert list(family(unit, "resource").texts(unit)) == [], "it is not embedded either"
    for number, seen in ((0, True), (1, True), (2, False)):
        found = library.page("c", market.member(number)).items
        assert [item.id for item in found] == [secret.id] * seen
    shown = library.get("c", secret.id, market.member(1))
    assert shown.terms_of_use.member_ids == [], "whom else it is for is the owner's to know"
    assert library.get("c", secret.id, market.operator).terms_of_use.member_ids == [market.people[1]]
    with pytest.raises(NotFound):
        library.get("c", secret.id, market.member(2))
    with pytest.raises(NotFound):
        market.ask(secret, 2)
    assert market.ask(secret, 1).status == "requested"


def test_a_resource_for_one_city_is_for_those_who_live_there(market: Exchange) -> None:
    from copilot.community.tables import Member

    with market.store.write("c") as unit:
        unit.get(Member, market.people[2]).city = "Shenzhen"
    room = market.add(terms={"who": "chosen", "cities": ["shenzhen"]})
    assert market.ask(room, 2).status == "requested"
    with pytest.raises(Conflict) as refused:
        market.ask(room, 3)
    assert refused.value.data["reason"] == "not_for_you"


def test_who_is_blocked_is_not_lent_to_and_not_told_why(market: Exchange) -> None:
    radar = market.add()
    with market.store.write("c") as unit:
        unit.add(
            PairRule(
                id="prl_1", first_id=market.people[0], second_id=market.people[1], kind="blocked", note="",
                created_by="k", created_at=unit.now,
            )
        )  # fmt: skip
    with pytest.raises(Conflict) as refused:
        market.ask(radar, 1)
    assert refused.value.data["reason"] == "not_for_you"


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"confidential": True}, "chosen_needed"),
        ({"who": "chosen"}, "nobody_chosen"),
        ({"cities": ["深圳"]}, "city_needs_confidential"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(market: Exchange, terms: dict[str, object], reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        market.add(terms=terms)
    assert refused.value.data["reason"] == reason


def test_only_the_owner_and_operators_change_a_resource(market: Exchange) -> None:
    radar = market.add()
    for act in (
        lambda: market.desks.library.change("c", radar.id, ResourcePatch(title="别人的"), market.member(1)),
        lambda: market.desks.library.confirm("c", radar.id, market.member(1)),
        lambda: market.desks.library.history("c", radar.id, market.member(1)),
        lambda: market.desks.calendars.close("c", radar.id, [], market.member(1)),
        lambda: market.add(market.member(1), owner_id=market.people[0]),
        lambda: market.desks.duplicates.page("c", market.member(1)),
        lambda: market.desks.reminders.page("c", "overdue", market.member(1)),
    ):
        with pytest.raises(Denied):
            act()
    assert change(market, radar, title="雷达").title == "雷达"
    with pytest.raises(InvalidInput):
        change(market, radar)
    with pytest.raises(InvalidInput):
        change(market, radar, title="\u0000 ")
    assert change(market, radar, capacity=None).capacity is None


def test_closed_days_cannot_be_had_and_opening_them_moves_the_line(market: Exchange) -> None:
    room = market.add()
    closed = [Closure(starts_on=day(2), ends_on=day(4), note="检修")]
    shown = market.desks.calendars.close("c", room.id, closed, market.owner)
    assert [item.closed for item in shown.days[:6]] == [False, False, True, True, True, False]
    waiting = market.ask(room, 1, 3, 5)
    assert waiting.status == "waiting"
    market.desks.calendars.close("c", room.id, [], market.owner)
    assert market.status(waiting) == "requested"
    with pytest.raises(InvalidInput):
        market.desks.calendars.close("c", room.id, [Closure(starts_on=day(4), ends_on=day(2))], market.owner)
    for first, last in ((3, 1), (0, 366)):
        with pytest.raises(InvalidInput):
            market.desks.calendars.show("c", room.id, market.owner, day(first), day(last))


def test_more_units_move_the_line(market: Exchange) -> None:
    radar = market.add()
    market.lent(radar, 1)
    waiting = market.ask(radar, 2)
    change(market, radar, capacity=2)
    assert market.status(waiting) == "requested"


def put_vectors(market: Exchange, vectors: dict[str, list[float]]) -> None:
    items = [VectorItem(key, key, "h", np.array(values, dtype=np.float32)) for key, values in vectors.items()]
    market.index.upsert("c", "resource", items)


def test_resources_alike_are_proposed_once_and_merged_with_their_line(market: Exchange) -> None:
    one, two = market.add(tags=["养老"]), market.add(title="毫米波雷达", tags=["传感器"])
    far, other_class = market.add(title="打印机设备"), market.add(type="knowledge", title="雷达手册")
    put_vectors(market, {one.id: [1, 0.1], two.id: [1, 0.12], far.id: [0, 1], other_class.id: [1, 0.1]})
    desk = market.desks.duplicates
    assert [desk.search("c", market.operator).proposed for _ in range(2)] == [1, 0]
    [pair] = desk.page("c", market.operator).items
    assert {pair.first.id, pair.second.id} == {one.id, two.id} and pair.similarity > 0.99
    loan = market.ask(two, 1)
    with pytest.raises(InvalidInput):
        desk.decide("c", pair.id, far.id, market.operator)
    assert desk.decide("c", pair.id, one.id, market.operator).status == "merged"
    assert desk.decide("c", pair.id, one.id, market.operator).status == "merged", "twice is once"
    with pytest.raises(Conflict):
        desk.decide("c", pair.id, None, market.operator)
    assert market.desks.loans.get("c", loan.id, market.member(1)).resource_id == one.id
    gone = market.desks.library.get("c", two.id, market.owner)
    assert (gone.status, gone.merged_into) == ("merged", one.id)
    assert market.desks.library.get("c", one.id, market.owner).tags == ["养老", "传感器"]
    with pytest.raises(Conflict):
        change(market, two, title="又回来")


def test_a_resource_in_use_is_not_merged_away_and_distinct_ones_stay(market: Exchange) -> None:
    one, two = market.add(), market.add()
    put_vectors(market, {one.id: [1, 0], two.id: [1, 0]})
    desk = market.desks.duplicates
    desk.search("c", market.operator)
    [pair] = desk.page("c", market.operator, status=DuplicateStatus.PROPOSED).items
    market.lent(two, 1)
    with pytest.raises(Conflict):
        desk.decide("c", pair.id, one.id, market.operator)
    assert desk.decide("c", pair.id, None, market.operator).status == "distinct"
    assert desk.search("c", market.operator).proposed == 0


def test_lists_are_narrowed_by_words_tags_and_owners(market: Exchange) -> None:
    radar = market.add(tags=["养老", "传感器"])
    market.add(market.operator, title="100%_折扣渠道", type="channel")
    library = market.desks.library
    assert [item.id for item in library.page("c", market.operator, only={"tag": "养老"}).items] == [radar.id]
    assert library.page("c", market.operator, only={"tag": "养"}).items == []
    assert [item.title for item in library.page("c", market.operator, search="%_").items] == ["100%_折扣渠道"]
    assert [item.id for item in library.page("c", market.operator, search="tec-hw-001").items] == [radar.id]
    assert [item.id for item in library.page("c", market.operator, only={"owner_id": market.people[0]}).items] == [
        radar.id
    ]


def test_reminders_are_drafts_to_the_right_side(market: Exchange) -> None:
    radar = market.add(capacity=5)
    market.ask(radar, 1)
    market.step(market.ask(radar, 2), "accept")
    lent = market.lent(radar, 3, 0, 2)
    back = market.lent(radar, 4, 0, 9)
    market.step(back, "hand_back", market.member(4))
    pages = {kind: market.desks.reminders.page("c", kind, market.operator).items for kind in (
        "decide", "hand_over", "due_soon", "confirm_return", "overdue", "extension", "dispute", "outcome"
    )}  # fmt: skip
    owner, borrower = market.people[0], market.people[3]
    assert {kind: [item.member_id for item in items] for kind, items in pages.items()} == {
        "decide": [owner], "hand_over": [owner], "due_soon": [borrower], "confirm_return": [owner],
        "overdue": [], "extension": [], "dispute": [], "outcome": [],
    }  # fmt: skip
    market.clock.advance(timedelta(days=3))
    [late] = market.desks.reminders.page("c", "overdue", market.operator).items
    assert (late.loan_id, late.due_on) == (lent.id, day(2)) and "已过" in late.text
