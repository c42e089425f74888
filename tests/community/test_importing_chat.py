"""Messages and recalls as an import brings them: rows, marks, and nothing left of what was taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from copilot.community.ids import new_id
from copilot.community.store import Store
from copilot.community.tables import Case, Channel, IdempotencyRecord, Message, Reading
from tests.community.importer import Importer, chat, said


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
