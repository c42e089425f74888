"""On every database: nothing but the member's yes changes a profile, and what a source gave goes with the source."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from copilot.community.access import Actor
from copilot.community.erasure import erase_member
from copilot.community.import_messages import take_back
from copilot.community.importing import ImportService
from copilot.community.member_export import export_member
from copilot.community.store import Store
from copilot.community.tables import AspectProposal, AuditEntry, Member, Message, ProfileText, StaleMark
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.profiles import decisions
from copilot.profiles.decisions import Wording
from copilot.profiles.models import StoredProposal
from copilot.profiles.proposals import lock_member
from copilot.settings import LimitSettings
from tests.conftest import NOW
from tests.profiles.conftest import Room, as_role

TEXT = "坐标深圳｜做跨境电商ERP｜能提供：亚马逊接口踩坑记录｜想找：月销十万刀的卖家｜我做外贸十年，也擅长股权设计"
ASK = "想找一个会做英文站运营的合伙人"


@pytest.fixture
def room(any_store: Store) -> Room:
    return Room(any_store, "a")


@pytest.fixture
def ann(room: Room) -> Actor:
    return room.member("ann")


def introduced(room: Room, actor: Actor, text: str = TEXT) -> dict[str, StoredProposal]:
    """Return the proposals of an introduction by field, sentences by aspect."""
    found = room.service().read_introduction("a", "ann", text, actor=actor).items
    return {one.field or one.aspect: one for one in reversed(found)}  # the first of several


def profile(room: Room) -> dict[str, Any]:
    with room.store.read("a") as unit:
        member = unit.get(Member, "ann")
        rows = unit.session.scalars(select(ProfileText).order_by(ProfileText.aspect, ProfileText.position)).all()
        texts = {(row.aspect, row.text, row.source, row.source_id) for row in rows}
        return {"texts": texts, "city": member.city, "industry": member.industry, "skills": member.skills}


EMPTY: dict[str, Any] = {"texts": set(), "city": "", "industry": "", "skills": []}


def test_nothing_enters_the_profile_before_the_yes_and_then_with_its_source(room: Room, ann: Actor) -> None:
    found = introduced(room, ann)
    assert profile(room) == EMPTY
    service = room.service()
    with room.store.system(write=True) as session:
        session.execute(delete(StaleMark))
    stored = service.confirm("a", found["has"].id, actor=ann)
    assert (stored.status, stored.answered_at) == ("confirmed", NOW)
    service.confirm_many("a", "ann", [found["city"].id, found["skill"].id], actor=ann)
    assert profile(room) == {
        "texts": {("has", "亚马逊接口踩坑记录", "introduction", found["has"].id)},
        "city": "深圳", "industry": "", "skills": ["股权设计"],
    }  # fmt: skip
    with room.store.read("a") as unit:
        marks = {(row.kind, row.record_id) for row in unit.session.scalars(select(StaleMark))}
        assert marks == {("member", "ann")}
        row = unit.get(ProfileText, str(stored.profile_text_id))
        assert row.confirmed_at == NOW
        written = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "profile.aspect_confirmed")).all()
        assert len(written) == 3
        # The audit outlives the member: it holds no words.
        assert not any(
            word in json.dumps([e.data for e in written], ensure_ascii=False) for word in ("深圳", "踩坑", "股权")
        )


def test_own_wording_is_stored_and_the_quote_stays(room: Room, ann: Actor) -> None:
    found = introduced(room, ann)
    stored = room.service().confirm("a", found["wants"].id, Wording("  想认识做大件家具的卖家 "), actor=ann)
    assert (stored.status, stored.text, stored.quote) == ("edited", "想认识做大件家具的卖家", "月销十万刀的卖家")
    assert [text for _, text, *_ in profile(room)["texts"]] == ["想认识做大件家具的卖家"]


def test_a_sentence_on_the_wrong_side_is_moved_and_a_value_is_not(room: Room, ann: Actor) -> None:
    service, found = room.service(), introduced(room, ann)
    moved = service.confirm("a", found["is"].id, Wording(aspect="has"), actor=ann)
    assert (moved.status, moved.aspect, moved.text) == ("edited", "has", "做跨境电商ERP")
    assert profile(room)["texts"] == {("has", "做跨境电商ERP", "introduction", moved.id)}
    with pytest.raises(InvalidInput):
        service.confirm("a", found["city"].id, Wording(aspect="has"), actor=ann)
    assert found["is"].id not in {one.id for one in introduced(room, ann).values()}


def test_an_answer_is_given_once_and_what_was_declined_or_edited_never_comes_back(room: Room, ann: Actor) -> None:
    service, found = room.service(), introduced(room, ann)
    service.decline("a", found["has"].id, actor=ann)
    service.confirm("a", found["wants"].id, Wording("别的说法"), actor=ann)
    for again in (
        lambda: service.decline("a", found["has"].id, actor=ann),
        lambda: service.confirm("a", found["wants"].id, actor=ann),
    ):
        with pytest.raises(Conflict) as refused:
            again()
        assert refused.value.data["reason"] == "answered"
    answer = service.read_introduction("a", "ann", TEXT.upper(), actor=ann)
    assert {found["has"].id, found["wants"].id}.isdisjoint(one.id for one in answer.items)
    assert answer.known == 2


def test_reading_the_same_again_proposes_nothing_twice(room: Room, ann: Actor) -> None:
    first = introduced(room, ann)
    second = introduced(room, as_role("a"))
    assert first == second
    page = room.service().proposals("a", "ann", actor=ann, limit=2)
    rest = room.service().proposals("a", "ann", actor=ann, cursor=page.next_cursor)
    ids = [one.id for one in (*page.items, *rest.items)]
    assert len(ids) == len(set(ids)) == 8


def test_what_the_profile_says_already_is_not_proposed_and_an_equal_sentence_is_confirmed(
    room: Room, ann: Actor
) -> None:
    with room.store.write("a") as unit:
        unit.get(Member, "ann").city = "Shenzhen"
        unit.get(Member, "ann").skills = ["股权设计"]
    assert {"city", "skill"}.isdisjoint(introduced(room, ann))
    service, found = room.service(), introduced(room, ann)
    kept = service.confirm("a", found["has"].id, Wording("同一句话"), actor=ann).profile_text_id
    assert (
        service.confirm(
            "a", introduced(room, ann, "能提供：另一句话")["has"].id, Wording("同一句话 "), actor=ann
        ).profile_text_id
        == kept
    )
    assert len(profile(room)["texts"]) == 1


def test_a_recalled_message_takes_proposals_sentences_and_values_along(room: Room, ann: Actor) -> None:
    room.say("m1", "ann", f"大家好，我在佛山做五金模具，开厂十四年。{ASK}。")
    room.say("m2", "ann", "求推荐靠谱的注塑厂，做小批量")
    service = room.service()
    found = service.scan_chat("a", "ann", actor=ann).items
    taken = [one for one in found if one.message_id == "m1"]
    confirmed = service.confirm_many("a", "ann", [one.id for one in taken if one.field != "industry"], actor=ann)
    assert confirmed.refused == []
    own = service.confirm("a", introduced(room, ann)["has"].id, actor=ann)
    assert profile(room)["city"] == "佛山"
    with room.store.write("a") as unit:
        take_back(unit, unit.get(Message, "m1"), NOW)
    left = profile(room)
    assert left["city"] == "" and left["texts"] == {("has", own.text, "introduction", own.id)}
    with room.store.read("a") as unit:
        assert unit.session.scalars(select(AspectProposal.message_id).where(AspectProposal.source == "chat")).all() == [
            "m2"
        ]


def test_a_value_that_changed_since_stays_when_its_message_goes(room: Room, ann: Actor) -> None:
    room.say("m1", "ann", "大家好，我在佛山做五金模具，开厂十四年。能帮大家打样。")
    service = room.service()
    city = next(one for one in service.scan_chat("a", "ann", actor=ann).items if one.field == "city")
    service.confirm("a", city.id, actor=ann)
    with room.store.write("a") as unit:
        unit.get(Member, "ann").city = "杭州"
        take_back(unit, unit.get(Message, "m1"), NOW)
    assert profile(room)["city"] == "杭州"


@pytest.mark.parametrize("change", [{"hidden_at": NOW}, {"text": "算了"}])
def test_a_message_that_was_hidden_or_changed_confirms_nothing(room: Room, ann: Actor, change: dict[str, Any]) -> None:
    room.say("m1", "ann", ASK)
    service = room.service()
    found = service.scan_chat("a", "ann", actor=ann).items
    with room.store.write("a") as unit:
        for name, value in change.items():
            setattr(unit.get(Message, "m1"), name, value)
    with pytest.raises(Conflict) as refused:
        service.confirm("a", found[0].id, actor=ann)
    assert refused.value.data["reason"] == "source_gone"
    assert [one.code for one in service.confirm_many("a", "ann", [found[0].id], actor=ann).refused] == ["source_gone"]
    assert profile(room) == EMPTY


def test_withdrawing_a_source_deletes_what_waits_and_offers_to_delete_the_rest(room: Room, ann: Actor) -> None:
    room.say("m1", "ann", ASK)
    room.say("m2", "ann", "求推荐靠谱的注塑厂，做小批量")
    room.say("m3", "ann", "希望认识做海外仓的朋友，一起拼柜")
    service = room.service()
    waiting, kept, declined = service.scan_chat("a", "ann", actor=ann).items
    service.confirm("a", kept.id, actor=ann)
    service.decline("a", declined.id, actor=ann)
    own = introduced(room, ann)
    answer = service.change_sources("a", "ann", {"chat": False}, actor=ann)
    assert (answer.chat, answer.proposals_deleted, answer.confirmed_left) == (False, 1, 1)
    assert answer.note is not None and "delete_confirmed" in answer.note.sentence
    with pytest.raises(NotFound):
        service.confirm("a", waiting.id, actor=ann)
    rows = {one.id: one for one in service.proposals("a", "ann", actor=ann).items}
    assert (rows[declined.id].text, rows[declined.id].quote, rows[declined.id].message_id) == ("", "", None)
    assert {one.id for one in own.values()} | {kept.id, declined.id} <= set(rows) and waiting.id not in rows
    answer = service.change_sources("a", "ann", {"chat": False}, actor=ann, delete_confirmed=True)
    assert (answer.texts_deleted, answer.confirmed_left, answer.note) == (1, 0, None)
    assert profile(room)["texts"] == set()
    # The no that was said to one sentence outlives the yes that is said to the source again.
    service.change_sources("a", "ann", {"chat": True}, actor=ann)
    assert {one.id for one in service.scan_chat("a", "ann", actor=ann).items} == {waiting.id, kept.id}


def test_an_import_leaves_alone_what_the_member_confirmed(room: Room, tmp_path: Path, any_store: Store) -> None:
    importing = ImportService(any_store, LimitSettings())
    path = tmp_path / "members.jsonl"
    table = {"id": "x1", "name": "Ann", "city": "北京", "industry": "游戏", "skills": ["写作"], "has": ["旧的一句"]}
    path.write_text(json.dumps(table))
    assert importing.run("a", path).error_count == 0
    with any_store.read("a") as unit:
        member_id = unit.session.scalars(select(Member.id).where(Member.external_id == "x1")).one()
    actor = Actor("a", "x1", as_role("a").role, frozenset({"self:write", "self:read"}), "k", member_id)
    service = room.service()
    found = service.read_introduction("a", member_id, TEXT + "\n能提供：旧的一句", actor=actor)
    wanted = [one.id for one in found.items if one.field in {"city", "skill"} or one.aspect == "wants"]
    assert service.confirm_many("a", member_id, wanted, actor=actor).refused == []
    path.write_text(
        json.dumps(
            table | {"city": "上海", "industry": "教育", "skills": ["唱歌"], "has": ["新的一句"], "wants": ["想要别的"]}
        )
    )
    assert importing.run("a", path).error_count == 0
    with any_store.read("a") as unit:
        member = unit.get(Member, member_id)
        assert (member.city, member.industry, member.skills) == ("深圳", "教育", ["写作", "股权设计"])
        texts = set(unit.session.scalars(select(ProfileText.text).where(ProfileText.member_id == member_id)))
        assert texts == {"新的一句", "想要别的", "月销十万刀的卖家"}


@pytest.mark.slow
def test_an_erased_member_leaves_no_word_and_an_export_holds_only_ones_own(room: Room, ann: Actor) -> None:
    bo = room.member("bo")
    room.say("q", "bo", "请教做过模具的师傅：PP水槽正面缩水印怎么调？", asks=True)
    room.say("a", "ann", "先看保压够不够，PP料收缩大，模温降十度再试", reply_to_id="q")
    room.say("t", "bo", "谢谢，机密的一句话", reply_to_id="a")
    service = room.service()
    found = service.scan_chat("a", "ann", actor=ann).items
    service.confirm("a", found[0].id, actor=ann)
    introduced(room, ann)
    room.service().read_introduction("a", "bo", "坐标成都｜想找：火锅底料厂", actor=bo)
    with room.store.read("a") as unit:
        export = json.dumps(export_member(unit, "ann"), ensure_ascii=False)
    assert "保压够不够" in export and "月销十万刀的卖家" in export
    assert "机密的一句话" not in export and "火锅底料厂" not in export
    erase_member(room.store, "a", "ann", requested_by="key")
    with room.store.read("a") as unit:
        assert set(unit.session.scalars(select(AspectProposal.member_id))) == {"bo"}
        assert unit.session.scalars(select(ProfileText)).all() == []
        audit = json.dumps([row.data for row in unit.session.scalars(select(AuditEntry))], ensure_ascii=False)
        assert "保压" not in audit and "月销" not in audit


def test_another_community_sees_and_answers_nothing(room: Room, ann: Actor) -> None:
    found = introduced(room, ann)
    stranger = Actor("b", "s", ann.role, ann.scopes, "k", "ann")
    for call in (
        lambda: room.service().confirm("b", found["has"].id, actor=stranger),
        lambda: room.service().proposals("b", "ann", actor=stranger),
        lambda: room.service().read_introduction("b", "ann", TEXT, actor=stranger),
        lambda: room.service().change_sources("b", "ann", {"chat": True}, actor=stranger),
    ):
        with pytest.raises(NotFound):
            call()


def test_two_confirmations_at_once_keep_the_bound(room: Room, ann: Actor) -> None:
    service = room.service(max_profile_texts=1)
    found = service.read_introduction("a", "ann", "能提供：车间参观；打样服务", actor=ann).items
    errors: list[Exception] = []

    def confirm(proposal_id: str) -> None:
        try:
            service.confirm("a", proposal_id, actor=ann)
        except Conflict as error:
            errors.append(error)

    threads = [threading.Thread(target=confirm, args=(one.id,)) for one in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(errors) == 1 and len(profile(room)["texts"]) == 1


@pytest.mark.slow
def test_a_recall_during_a_confirmation_waits_and_takes_it_away(room: Room, ann: Actor) -> None:
    room.say("m1", "ann", ASK)
    service = room.service()
    found = service.scan_chat("a", "ann", actor=ann).items

    def recall() -> None:
        with room.store.write("a") as other:
            take_back(other, other.get(Message, "m1"), NOW)

    recalling = threading.Thread(target=recall)
    with room.store.write("a") as unit:
        row = unit.get(AspectProposal, found[0].id)
        decisions.require_standing(unit, row)
        member = lock_member(unit, "ann")
        recalling.start()
        recalling.join(0.5)
        assert recalling.is_alive()
        decisions.confirm(unit, member, row, Wording(), LimitSettings())
    recalling.join(20)
    assert not recalling.is_alive()
    assert profile(room) == EMPTY
