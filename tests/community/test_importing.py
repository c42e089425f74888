"""What an import does to the store: upserts, idempotence, dry runs, resuming, recalls, erasure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from copilot.clock import FixedClock
from copilot.community.erasure_hash import subject_hash
from copilot.community.ids import derived_id, new_id
from copilot.community.import_options import ImportOptions
from copilot.community.import_report import ImportProgress, ImportReport
from copilot.community.importers.base import ImportFormat, ImportKind
from copilot.community.importing import ImportService
from copilot.community.store import Store, Unit
from copilot.community.tables import (
    Case,
    Channel,
    CheckIn,
    Community,
    Erasure,
    Event,
    EventFeedback,
    EventReview,
    IdempotencyRecord,
    Job,
    Member,
    Message,
    ProfileText,
    Reading,
    Resource,
    Signup,
    StaleMark,
)
from copilot.errors import CopilotError, ImportFailed, InvalidInput, NotFound
from copilot.settings import LimitSettings

AT = 1763258400


class Importer:
    """Imports small files into one community and looks at what came of it."""

    def __init__(self, store: Store, community: str, folder: Path) -> None:
        self.store = store
        self.community = community
        self.folder = folder
        self.batch_rows = 500

    def run(
        self, content: str | bytes, *, checkpoint: Any = None, on_batch: Any = None, **options: Any
    ) -> ImportReport:
        path = self.folder / "upload.bin"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        service = ImportService(self.store, LimitSettings(), self.batch_rows)
        return service.run(self.community, path, ImportOptions(**options), resume_from=checkpoint, on_batch=on_batch)

    def rows(self, table: Any) -> list[Any]:
        with self.store.read(self.community) as unit:
            return list(unit.session.scalars(select(table).order_by(*table.__mapper__.primary_key)))

    def row(self, table: Any, **values: Any) -> Any:
        [found] = [row for row in self.rows(table) if all(getattr(row, k) == v for k, v in values.items())]
        return found

    def marks(self) -> set[tuple[str, str, str]]:
        return {(mark.purpose, mark.kind, mark.record_id) for mark in self.rows(StaleMark)}

    def forget_marks(self) -> None:
        with self.store.system(write=True) as session:
            session.execute(delete(StaleMark))

    def member_id(self, external_id: str, platform: str = "wechat") -> str:
        return derived_id("mem", self.community, platform, external_id)


@pytest.fixture
def importer(store: Store, community: str, tmp_path: Path) -> Importer:
    return Importer(store, community, tmp_path)


def chat(*messages: dict[str, Any], members: tuple[dict[str, Any], ...] = (), group: str = "g1") -> str:
    header = {
        "_type": "header",
        "chatlab": {},
        "meta": {"name": "大群", "platform": "wechat", "type": "group", "groupId": group},
    }
    rows = [
        header,
        *({"_type": "member"} | member for member in members),
        *({"_type": "message"} | m for m in messages),
    ]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def said(number: int | None, text: str = "你好", **fields: Any) -> dict[str, Any]:
    row = {"sender": "u1", "accountName": "小明", "timestamp": AT + (number or 0), "type": 0, "content": text}
    return row | ({} if number is None else {"platformMessageId": f"m{number}"}) | fields


MEMBERS = "编号,姓名,城市,行业,技能,我是,我有,我要,同意匹配\nu1,王小明,深圳,AI,算法;硬件,做硬件的|两个孩子的爸爸,两条产线,找渠道,是\nu2,李雷,成都,餐饮,,,,,\n"


class TestIdempotence:
    def files(self) -> Iterator[tuple[str, dict[str, Any]]]:
        yield MEMBERS, {}
        yield "code,type,title,owner,tags\nR1,channel,路演厅,u1,venue\nR2,funding,基金,,\n", {}
        yield chat(said(1), said(2, "@小明 在吗", sender="u3", replyToMessageId="m1", type=25), said(3, type=81)), {}
        event = {
            "code": "E1", "title": "t", "format": "meetup", "starts_at": "2026-09-01T19:00", "ends_at": "2026-09-01T21:00",
            "venue": "R1", "host": "u1", "speakers": ["u2"], "signups": [{"member": "u2", "status": "attended"}],
            "feedback": [{"member": "u2", "rating": 5, "comment": "好"}], "review": {"summary": "s", "lessons": ["l"]},
        }  # fmt: skip
        yield json.dumps(event), {"kind": ImportKind.EVENTS}

    def test_the_second_import_changes_nothing_and_marks_nothing_stale(
        self, importer: Importer, clock: FixedClock
    ) -> None:
        for content, options in self.files():
            first = importer.run(content, **options)
            assert first.inserted > 0
            assert first.error_count == 0
        importer.forget_marks()
        for content, options in self.files():
            second = importer.run(content, **options)
            assert (second.inserted, second.updated, second.recalled) == (0, 0, 0)
            assert second.unchanged > 0
        assert importer.marks() == set()

    def test_a_dry_run_counts_what_the_real_one_then_does_and_writes_nothing(self, importer: Importer) -> None:
        for content, options in self.files():
            dry = importer.run(content, dry_run=True, **options)
            assert importer.run(content, dry_run=True, **options).counts == dry.counts
            real = importer.run(content, **options)
            volatile = {"seconds", "dry_run"}
            assert dry.model_dump(exclude=volatile) == real.model_dump(exclude=volatile)

    def test_a_dry_run_of_an_empty_community_leaves_it_empty(self, importer: Importer) -> None:
        importer.run(MEMBERS, dry_run=True)
        assert importer.rows(Member) == []
        assert importer.marks() == set()

    @pytest.mark.parametrize("batch_rows", [1, 2, 3, 500])
    def test_batch_size_changes_no_figure(self, importer: Importer, batch_rows: int) -> None:
        content = chat(
            said(1), said(1, "again, another text"), said(2), said(2, type=81), said(1), said(9, type=81, replyToMessageId="m7"),
            said(7, "comes after its recall"), said(None, "哈哈"), said(None, "哈哈"), said(4, timestamp="never"),
        )  # fmt: skip
        importer.batch_rows = batch_rows
        for dry_run in (True, False):
            report = importer.run(content, dry_run=dry_run)
            # m1, m2, two without ids, a tombstone for m7; m2 is then taken back.
            assert (report.counts["messages"].inserted, report.counts["messages"].updated) == (5, 1)
            assert (report.recalled, report.skipped, report.error_count) == (2, {"duplicate": 3}, 1)
            assert report.rows_read == 10
        again = importer.run(content)
        assert (again.inserted, again.updated, again.recalled) == (0, 0, 0)
        assert importer.row(Message, external_id="m1").text == "你好"


class TestMembers:
    def test_texts_keep_their_ids_while_others_come_and_go(self, importer: Importer) -> None:
        importer.run(MEMBERS)
        before = {text.text: text.id for text in importer.rows(ProfileText)}
        importer.forget_marks()
        report = importer.run("编号,我是\nu1,会做饭|两个孩子的爸爸\n")
        assert report.counts["members"].updated == 1
        texts = {(text.aspect, text.position): text for text in importer.rows(ProfileText)}
        assert {key: text.text for key, text in texts.items()} == {
            ("is", 0): "会做饭", ("is", 1): "两个孩子的爸爸", ("has", 0): "两条产线", ("wants", 0): "找渠道",
        }  # fmt: skip
        assert texts["is", 1].id == before["两个孩子的爸爸"]
        assert importer.marks() == {("vector", "member", importer.member_id("u1"))}

    def test_a_members_own_words_survive_a_file(self, importer: Importer, store: Store, community: str) -> None:
        importer.run(MEMBERS)
        with store.write(community) as unit:
            unit.add(
                ProfileText(
                    id=new_id("txt"), member_id=importer.member_id("u1"), aspect="is", position=9,
                    text="我自己写的", source="member",
                )
            )  # fmt: skip
        importer.run("编号,我是\nu1,\n")
        assert [text.text for text in importer.rows(ProfileText) if text.aspect == "is"] == ["我自己写的"]

    def test_a_table_replaces_text_columns_but_an_empty_consent_does_not_withdraw(self, importer: Importer) -> None:
        importer.run(MEMBERS)
        importer.run("编号,城市,同意匹配\nu1,,\n")
        member = importer.row(Member, external_id="u1")
        assert (member.city, member.consent_match, member.industry) == ("", True, "AI")
        importer.run("编号,同意匹配\nu1,否\n")
        assert importer.row(Member, external_id="u1").consent_match is False

    def test_nobody_is_matched_without_having_been_asked(self, importer: Importer) -> None:
        importer.run(MEMBERS)
        importer.run(chat(said(1, sender="u9", accountName="新人")))
        assert importer.row(Member, external_id="u2").consent_match is None
        assert importer.row(Member, external_id="u9").consent_match is None

    def test_chat_fills_gaps_and_never_overwrites_a_table(self, importer: Importer) -> None:
        importer.run(MEMBERS)
        members = ({"platformId": "u1", "accountName": "硬核小明", "roles": [{"id": "owner"}]},)
        importer.run(chat(said(1), members=members))
        member = importer.row(Member, external_id="u1")
        assert (member.name, member.city, member.consent_match) == ("王小明", "深圳", True)
        assert member.attributes == {"group_roles": "owner"}

    def test_a_name_replaces_a_bare_id(self, importer: Importer) -> None:
        importer.run(chat(said(1, accountName="")))
        assert importer.row(Member, external_id="u1").name == "u1"
        importer.run(chat(said(2, accountName="小明")))
        assert importer.row(Member, external_id="u1").name == "小明"

    def test_attributes_of_several_files_add_up_and_an_empty_cell_removes_one(self, importer: Importer) -> None:
        importer.run("id,a,b\nu1,1,2\n", kind=ImportKind.MEMBERS)
        importer.run("id,b,c\nu1,,3\n", kind=ImportKind.MEMBERS)
        assert importer.row(Member, external_id="u1").attributes == {"a": "1", "c": "3"}

    def test_the_first_of_two_rows_for_one_member_counts(self, importer: Importer) -> None:
        report = importer.run("id,name\nu1,A\nu1,B\n")
        assert report.skipped == {"duplicate": 1}
        assert importer.row(Member, external_id="u1").name == "A"

    def test_chat_and_table_meet_in_one_member(self, importer: Importer) -> None:
        importer.run(chat(said(1)))
        report = importer.run(MEMBERS)
        assert (report.inserted, report.updated) == (1, 1)
        assert importer.row(Message, external_id="m1").sender_id == importer.row(Member, name="王小明").id

    def test_bots_are_kept_from_matching_search_and_models(self, importer: Importer) -> None:
        author = {"id": "7", "name": "bot", "isBot": True}
        row = {"id": "1", "type": "Default", "timestamp": "2026-11-01T00:00:00Z", "content": "beep", "author": author}
        importer.run(json.dumps({"guild": {"id": "1"}, "channel": {"id": "5", "name": "x"}, "messages": [row]}))
        bot = importer.row(Member, external_id="7")
        assert (bot.visibility, bot.consent_ai, bot.consent_match, bot.attributes) == (
            "hidden",
            False,
            None,
            {"is_bot": "yes"},
        )


class TestMessages:
    def test_replies_and_mentions_become_rows_of_this_community(self, importer: Importer) -> None:
        importer.run(
            chat(
                said(1),
                said(2, "@小明 收到", sender="u2", replyToMessageId="m1"),
                members=({"platformId": "u1", "accountName": "小明"},),
            )
        )
        first, reply = importer.row(Message, external_id="m1"), importer.row(Message, external_id="m2")
        assert reply.reply_to_id == first.id
        assert reply.mentions == [importer.member_id("u1")]

    def test_new_messages_are_marked_for_reading_and_search(self, importer: Importer) -> None:
        importer.run(chat(said(1)))
        message = importer.row(Message, external_id="m1")
        assert {("reading", "message", message.id), ("vector", "question", message.id)} <= importer.marks()

    def test_messages_without_ids_are_told_apart_by_how_often_they_were_said(self, importer: Importer) -> None:
        content = chat(said(None, "哈哈"), said(None, "哈哈"), said(None, "哈哈", sender="u2"), said(None, "哈"))
        assert importer.run(content).counts["messages"].inserted == 4
        assert importer.run(content).inserted == 0

    def test_an_edit_updates_the_text(self, importer: Importer) -> None:
        importer.run(chat(said(1, "before")))
        importer.forget_marks()
        report = importer.run(chat(said(1, "after")))
        assert report.counts["messages"].updated == 1
        assert importer.row(Message).text == "after"
        assert ("reading", "message", importer.row(Message).id) in importer.marks()

    def test_an_export_that_knows_no_replies_does_not_cut_threads(self, importer: Importer) -> None:
        importer.run(chat(said(1), said(2, replyToMessageId="m1")))
        importer.run(chat(said(2)))
        assert importer.row(Message, external_id="m2").reply_to_id == importer.row(Message, external_id="m1").id

    def test_the_same_id_in_two_groups_is_two_messages(self, importer: Importer) -> None:
        importer.run(chat(said(1)))
        importer.run(chat(said(1), group="g2"))
        assert len(importer.rows(Message)) == len(importer.rows(Channel)) == 2

    def test_a_message_of_too_many_characters_is_an_error_and_the_rest_is_imported(self, importer: Importer) -> None:
        report = importer.run(chat(said(1, "长" * 10_001), said(2)))
        assert (report.error_count, report.errors[0].code, report.errors[0].line) == (1, "too_long", 2)
        assert [message.external_id for message in importer.rows(Message)] == ["m2"]

    def test_what_operators_said_of_a_channel_stays(self, importer: Importer, store: Store, community: str) -> None:
        importer.run(chat(said(1)))
        with store.write(community) as unit:
            channel = unit.session.scalars(select(Channel)).one()
            channel.name, channel.promo_allowed = "启航大群", True
        importer.run(chat(said(2)))
        assert (importer.row(Channel).name, importer.row(Channel).promo_allowed) == ("启航大群", True)


class TestRecalls:
    def judged(self, importer: Importer, store: Store, community: str) -> str:
        importer.run(chat(said(1, "你是猪"), said(2)))
        message = importer.row(Message, external_id="m1")
        now = store.clock.now()
        with store.write(community) as unit:
            unit.add(
                Reading(
                    message_id=message.id,
                    model_version="v",
                    negative=0.8,
                    neutral=0.1,
                    positive=0.1,
                    categories={"insult": 0.9},
                    read_at=now,
                )
            )
            for category, decided_at in (("insult", None), ("threat", now)):
                unit.add(
                    Case(
                        id=new_id("cas"), message_id=message.id, member_id=message.sender_id, category=category, severity="high",
                        score=0.9, evidence_start=0, evidence_end=3, quote="你是猪", detector="d", detector_version="1",
                        created_at=now, decided_at=decided_at, status="decided" if decided_at else "open",
                    )
                )  # fmt: skip
        importer.forget_marks()
        return str(message.id)

    @pytest.mark.parametrize(
        "recall", [said(1, type=81), said(5, type=81, replyToMessageId="m1")], ids=["itself", "notice"]
    )
    def test_a_recalled_message_vanishes_with_what_was_derived_from_it(
        self, importer: Importer, store: Store, community: str, recall: dict[str, Any]
    ) -> None:
        message_id = self.judged(importer, store, community)
        report = importer.run(chat(recall))
        assert report.recalled == 1
        message = importer.row(Message, id=message_id)
        assert (message.text, message.type, message.mentions) == ("", 81, [])
        assert message.recalled_at is not None
        assert importer.rows(Reading) == []
        [decided] = importer.rows(Case)
        assert (decided.category, decided.quote) == ("threat", "")
        assert {("reading", "message", message_id), ("vector", "question", message_id)} <= importer.marks()

    def test_no_stored_answer_replays_it(self, importer: Importer, store: Store, community: str) -> None:
        importer.run(chat(said(1, "秘密"), said(2)))
        with store.write(community) as unit:
            for key, named in (("quotes", "m1"), ("other", "m2")):
                body = json.dumps({"question_id": importer.row(Message, external_id=named).id})
                unit.add(
                    IdempotencyRecord(
                        api_key_id="k", key=key, request_hash="h", state="done", body=body, created_at=unit.now
                    )
                )
        importer.run(chat(said(1, type=81)), dry_run=True)
        assert len(importer.rows(IdempotencyRecord)) == 2
        importer.run(chat(said(1, type=81)))
        assert [row.key for row in importer.rows(IdempotencyRecord)] == ["other"]

    def test_an_older_export_does_not_bring_the_text_back(self, importer: Importer) -> None:
        importer.run(chat(said(1, "秘密"), said(2)))
        importer.run(chat(said(1, type=81)))
        report = importer.run(chat(said(1, "秘密"), said(2)))
        assert (report.updated, importer.row(Message, external_id="m1").text) == (0, "")

    def test_a_recall_that_comes_before_its_message_holds(self, importer: Importer) -> None:
        importer.run(chat(said(9, type=81, replyToMessageId="m1")))
        importer.run(chat(said(1, "秘密")))
        assert [message.text for message in importer.rows(Message)] == [""]

    def test_a_notice_is_not_stored_as_a_message_of_its_own(self, importer: Importer) -> None:
        importer.run(chat(said(1), said(9, type=81, replyToMessageId="m1")))
        assert [message.external_id for message in importer.rows(Message)] == ["m1"]

    def test_recalling_twice_counts_once(self, importer: Importer) -> None:
        content = chat(said(1), said(8, type=81, replyToMessageId="m1"), said(9, type=81, replyToMessageId="m1"))
        report = importer.run(content)
        assert (report.recalled, report.skipped) == (1, {"duplicate": 1})
        assert importer.run(content).recalled == 0


class TestErasure:
    @pytest.fixture(autouse=True)
    def _erase_u2(self, store: Store, community: str) -> None:
        with store.write(community) as unit:
            unit.add(
                Erasure(
                    id=new_id("ers"),
                    subject_hash=subject_hash(community, "wechat", "u2"),
                    erased_at=unit.now,
                    requested_by="u2",
                    counts={},
                )
            )

    @pytest.mark.parametrize("dry_run", [True, False])
    def test_an_erased_member_does_not_come_back(self, importer: Importer, dry_run: bool) -> None:
        assert importer.run(MEMBERS, dry_run=dry_run).skipped == {"erased": 1}
        content = chat(
            said(1),
            said(2, sender="u2"),
            said(3, "@李雷 在吗"),
            said(4, sender="u2", type=81),
            members=({"platformId": "u2", "accountName": "李雷"},),
        )
        report = importer.run(content, dry_run=dry_run)
        assert report.skipped == {"erased": 3}
        if not dry_run:
            assert [member.external_id for member in importer.rows(Member)] == ["u1"]
            assert all(importer.member_id("u2") not in message.mentions for message in importer.rows(Message))
            assert {message.external_id for message in importer.rows(Message)} == {"m1", "m3"}

    def test_things_of_an_erased_member_are_left_out(self, importer: Importer) -> None:
        importer.run(MEMBERS)
        assert importer.run("code,type,title,owner\nR1,funding,x,u2\n").skipped == {"erased": 1}
        event = {
            "code": "E1", "title": "t", "format": "meetup", "starts_at": "2026-09-01T19:00", "ends_at": "2026-09-01T21:00",
            "host": "u2", "speakers": ["u1", "u2"], "signups": [{"member": "u2", "status": "attended"}, {"member": "u1", "status": "no_show"}],
            "feedback": [{"member": "u2", "rating": 1}],
        }  # fmt: skip
        report = importer.run(json.dumps(event), kind=ImportKind.EVENTS)
        assert (report.error_count, report.skipped) == (0, {"erased": 1})
        [stored] = importer.rows(Event)
        assert (stored.host_id, stored.speaker_ids) == (None, [importer.member_id("u1")])
        assert len(importer.rows(Signup)) == 1
        assert importer.rows(EventFeedback) == []

    def test_the_hash_differs_between_communities_and_platforms(self) -> None:
        hashes = {subject_hash("a", "wechat", "u"), subject_hash("b", "wechat", "u"), subject_hash("a", "qq", "u")}
        assert len(hashes) == 3


class TestResourcesAndEvents:
    def test_a_resource_of_nobody_known_is_an_error(self, importer: Importer) -> None:
        report = importer.run("code,type,title,owner\nR1,funding,x,ghost\nR2,funding,y,\n")
        assert (report.error_count, report.errors[0].field, report.errors[0].line) == (1, "owner", 2)
        assert [resource.code for resource in importer.rows(Resource)] == ["R2"]

    def test_owner_and_status_can_change(self, importer: Importer) -> None:
        importer.run(MEMBERS)
        importer.run("code,type,title,owner\nR1,funding,x,u1\n")
        importer.run("code,type,title\nR1,funding,x\n")
        assert importer.row(Resource).owner_id == importer.member_id("u1")
        importer.run("code,type,title,owner,status\nR1,funding,x,,下架\n")
        assert (importer.row(Resource).owner_id, importer.row(Resource).status) == (None, "withdrawn")

    def event(self, **fields: Any) -> str:
        return json.dumps(
            {
                "code": "E1", "title": "t", "format": "meetup", "starts_at": "2026-09-01T19:00", "ends_at": "2026-09-01T21:00",
                "signups": [{"member": "u1", "status": "attended"}, {"member": "u2", "status": "no_show"}],
                "feedback": [{"member": "u1", "rating": 5, "comment": "好"}], "review": {"summary": "s", "lessons": ["l"]},
            } | fields
        )  # fmt: skip

    def test_an_event_brings_attendance_feedback_and_lessons(self, importer: Importer) -> None:
        importer.run(MEMBERS)
        assert importer.run(self.event(), kind=ImportKind.EVENTS).inserted == 1
        assert importer.row(Event).starts_at == datetime(2026, 9, 1, 11, 0, tzinfo=UTC)
        assert importer.row(Event).status == "finished"
        assert {signup.status for signup in importer.rows(Signup)} == {"attended", "no_show"}
        assert [row.member_id for row in importer.rows(CheckIn)] == [importer.member_id("u1")]
        assert (importer.row(EventFeedback).rating, importer.row(EventReview).lessons) == (5, ["l"])

    def test_a_corrected_attendance_updates_the_event(self, importer: Importer) -> None:
        importer.run(MEMBERS)
        importer.run(self.event(), kind=ImportKind.EVENTS)
        fixed = self.event(signups=[{"member": "u1", "status": "no_show"}, {"member": "u2", "status": "no_show"}])
        assert importer.run(fixed, kind=ImportKind.EVENTS).updated == 1
        assert importer.rows(CheckIn) == []

    def test_an_event_with_unknown_people_or_venue_is_an_error(self, importer: Importer) -> None:
        importer.run(MEMBERS)
        for fields in ({"host": "ghost"}, {"venue": "R9"}):
            report = importer.run(self.event(**fields), kind=ImportKind.EVENTS)
            assert (report.error_count, report.inserted) == (1, 0)
        assert importer.rows(Event) == []


class TestResume:
    def test_a_crash_in_any_batch_neither_loses_nor_doubles_a_row(
        self, importer: Importer, store: Store, community: str
    ) -> None:
        content = chat(
            *(said(n, f"第 {n} 条", sender=f"u{n % 7}") for n in range(20)),
            said(None, "哈哈"),
            said(None, "哈哈"),
            said(3, type=81),
            said(99, timestamp=-1),
        )
        importer.batch_rows = 4
        expected = importer.run(content, dry_run=True)
        with store.write(community) as unit:
            unit.add(Job(id="job_1", kind="import", created_at=unit.now))

        class Crash(Exception):
            """The process dies between a batch's rows and its commit, or after it."""

        def checkpoint() -> Any:
            return importer.row(Job).params.get("checkpoint")

        attempts = 0
        while True:
            attempts += 1
            survived = [0]

            def on_batch(rows: int, counts: dict[str, Any], unit: Unit, survived: list[int] = survived) -> None:
                job = unit.get(Job, "job_1")
                job.params = {"checkpoint": {"rows": rows, "counts": counts}}
                survived[0] += 1
                if survived[0] == 2:  # each attempt commits one batch and dies within the next
                    raise Crash

            try:
                report = importer.run(content, checkpoint=checkpoint(), on_batch=on_batch)
                break
            except Crash:
                continue
        assert attempts == 6
        volatile = {"seconds", "dry_run", "resumed_at"}
        assert report.model_dump(exclude=volatile) == expected.model_dump(exclude=volatile)
        assert len(importer.rows(Message)) == 22
        assert importer.row(Message, external_id="m3").text == ""

    def test_nothing_is_left_to_do_when_all_was_committed(self, importer: Importer) -> None:
        content = chat(said(1), said(2))
        kept: list[Any] = []
        first = importer.run(content, on_batch=lambda rows, counts, unit: kept.append({"rows": rows, "counts": counts}))
        again = importer.run(content, checkpoint=json.loads(json.dumps(kept[-1])))
        assert (again.counts, again.rows_read) == (first.counts, first.rows_read)

    @pytest.mark.parametrize("counts", [{"rows_read": "many"}, {"counts": 7}, {"errors": [{}]}])
    def test_a_damaged_checkpoint_is_refused(self, importer: Importer, counts: dict[str, Any]) -> None:
        with pytest.raises(InvalidInput, match="checkpoint"):
            importer.run(chat(said(1)), checkpoint={"rows": 1, "counts": counts})

    def test_an_error_within_a_batch_leaves_nothing_of_it(self, importer: Importer) -> None:
        def refuse(rows: int, counts: dict[str, Any], unit: Unit) -> None:
            raise InvalidInput("stop")

        with pytest.raises(InvalidInput):
            importer.run(chat(said(1)), on_batch=refuse)
        assert importer.rows(Message) == importer.rows(Member) == importer.rows(Channel) == []


class TestReport:
    def test_progress_counts_rows_and_bytes(
        self, importer: Importer, store: Store, community: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "chat"
        path.write_text(chat(*(said(n) for n in range(10))))
        seen: list[ImportProgress] = []
        report = ImportService(store, LimitSettings(), 4).run(community, path, on_progress=seen.append)
        assert [progress.rows for progress in seen] == [4, 8, 10]
        assert seen[-1].bytes_read == seen[-1].bytes_total == report.bytes == path.stat().st_size

    def test_a_report_says_what_it_read(self, importer: Importer) -> None:
        report = importer.run(MEMBERS.encode("gb18030"))
        assert (report.format, report.kind, report.encoding) == (ImportFormat.CSV, ImportKind.MEMBERS, "gb18030")
        assert json.loads(report.model_dump_json())["inserted"] == 2
        chat_report = importer.run(chat(said(1)))
        assert list(chat_report.channels.values()) == ["大群"]

    def test_errors_are_kept_up_to_a_bound_and_all_counted(self, store: Store, community: str, tmp_path: Path) -> None:
        path = tmp_path / "table"
        path.write_text("id,name\n" + ",x\n" * 50)
        report = ImportService(store, LimitSettings(max_row_errors=7)).run(community, path)
        assert (len(report.errors), report.error_count) == (7, 50)

    def test_a_file_that_breaks_off_keeps_what_came_before(self, importer: Importer) -> None:
        document = json.dumps(
            {
                "chatlab": {},
                "meta": {"name": "g", "platform": "qq"},
                "members": [],
                "messages": [said(n) for n in range(100)],
            }
        )
        importer.batch_rows = 10
        report = importer.run(document[: len(document) // 2])
        assert report.truncated
        assert report.errors[-1].code == "truncated"
        assert 40 < len(importer.rows(Message)) < 60
        assert importer.run(document).counts["messages"].inserted == 100 - report.counts["messages"].inserted

    def test_a_file_that_breaks_off_at_once_fails_and_writes_nothing(self, importer: Importer) -> None:
        with pytest.raises(ImportFailed):
            importer.run('{"chatlab": {}, "meta": {"name": "g"}, "messages": [{"sender"')
        assert importer.rows(Channel) == []

    def test_an_unknown_community_is_not_found(self, store: Store, tmp_path: Path) -> None:
        path = tmp_path / "table"
        path.write_text(MEMBERS)
        with pytest.raises(NotFound):
            ImportService(store, LimitSettings()).run("nowhere", path)

    def test_a_format_can_be_named_and_must_fit(self, importer: Importer) -> None:
        assert importer.run(MEMBERS, format="csv", kind="members").inserted == 2
        with pytest.raises(InvalidInput):
            importer.run(MEMBERS, format="csv", kind="chat")
        with pytest.raises(CopilotError):
            importer.run(MEMBERS, format="discord")

    def test_communities_do_not_see_one_another(self, importer: Importer, store: Store, tmp_path: Path) -> None:
        with store.system(write=True) as session:
            session.add(Community(id="d", slug="other", name="Other", locale="en", created_at=store.clock.now()))
        importer.run(MEMBERS)
        other = Importer(store, "d", tmp_path)
        assert other.run(MEMBERS).inserted == 2
        with store.system() as session:
            assert session.scalar(select(func.count()).select_from(Member)) == 4
