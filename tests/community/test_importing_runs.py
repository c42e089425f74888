"""A run of an import: resumed after any crash, reported with its errors, without anybody who was erased."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from copilot.community.erasure_hash import subject_hash
from copilot.community.ids import new_id
from copilot.community.import_report import ImportProgress
from copilot.community.importers.base import ImportFormat, ImportKind
from copilot.community.importing import ImportService
from copilot.community.store import Store, Unit
from copilot.community.tables import Channel, Community, Erasure, Event, EventFeedback, Job, Member, Message, Signup
from copilot.errors import CopilotError, ImportFailed, InvalidInput, NotFound
from copilot.settings import LimitSettings
from tests.community.importer import MEMBERS, Importer, chat, said


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
