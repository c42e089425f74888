"""What an import does to the store: upserts, idempotence, dry runs, members, resources and events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from copilot.clock import FixedClock
from copilot.community.ids import new_id
from copilot.community.importers.base import ImportKind
from copilot.community.store import Store
from copilot.community.tables import (
    CheckIn,
    Event,
    EventFeedback,
    EventReview,
    Member,
    Message,
    ProfileText,
    Resource,
    Signup,
)
from tests.community.importer import MEMBERS, Importer, chat, said


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

    @pytest.mark.slow
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
