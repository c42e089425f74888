"""Files that are broken at random, and a store that is busy: named errors only, and nothing half-written."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from copilot.clock import FixedClock
from copilot.community.import_options import ImportOptions
from copilot.community.importing import ImportService
from copilot.community.store import Store
from copilot.community.tables import Member, Message
from copilot.errors import CopilotError, StoreBusy
from copilot.settings import DatabaseSettings, LimitSettings

AT = 1763258400


def chatlab_lines(rows: int = 20) -> bytes:
    header = {
        "_type": "header",
        "chatlab": {},
        "meta": {"name": "大群", "platform": "wechat", "type": "group", "groupId": "g"},
    }
    messages = [
        {
            "_type": "message",
            "sender": f"u{n % 5}",
            "accountName": "甲",
            "timestamp": AT + n,
            "type": 0,
            "content": f"第{n}条",
            "platformMessageId": f"m{n}",
        }
        for n in range(rows)
    ]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in (header, *messages)).encode()


def chatlab_document() -> bytes:
    header, *messages = (json.loads(line) for line in chatlab_lines().decode().splitlines())
    return json.dumps({"chatlab": {}, "meta": header["meta"], "members": [], "messages": messages}).encode()


def slack_export() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.json", json.dumps([{"id": "U1", "name": "ada"}]))
        archive.writestr("channels.json", json.dumps([{"id": "C1", "name": "general"}]))
        day = [{"type": "message", "user": "U1", "text": f"hello {n}", "ts": f"{AT + n}.0001"} for n in range(20)]
        archive.writestr("general/2026-11-01.json", json.dumps(day))
    return buffer.getvalue()


def discord_export() -> bytes:
    author = {"id": "7", "name": "ada"}
    rows = [
        {"id": str(n), "type": "Default", "timestamp": "2026-11-01T00:00:00Z", "content": "hi", "author": author}
        for n in range(20)
    ]
    return json.dumps({"guild": {"name": "x"}, "channel": {"id": "5", "name": "general"}, "messages": rows}).encode()


def telegram_export() -> bytes:
    rows = [
        {
            "id": n,
            "type": "message",
            "date_unixtime": str(AT + n),
            "from": "A",
            "from_id": "user1",
            "text": ["a", {"text": "b"}],
        }
        for n in range(20)
    ]
    return json.dumps({"name": "Makers", "type": "private_group", "id": 5, "messages": rows}).encode()


def csv_table() -> bytes:
    return ("编号,姓名,我有\n" + "".join(f'u{n},"王{n}",会{n}|懂{n}\n' for n in range(20))).encode("gb18030")


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in [["id", "name"], *([f"u{n}", f"n{n}"] for n in range(20))]:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


MAKERS: list[Callable[[], bytes]] = [
    chatlab_lines, chatlab_document, slack_export, discord_export, telegram_export, csv_table, workbook,
]  # fmt: skip


def broken(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    way = chance.randrange(5)
    place = chance.randrange(len(data))
    if way == 0:
        del data[place:]
    elif way == 1:
        for _ in range(chance.randrange(1, 30)):
            data[chance.randrange(len(data))] = chance.randrange(256)
    elif way == 2:
        data[place:place] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 200)))
    elif way == 3:
        end = min(len(data), place + chance.randrange(1, 400))
        data[place:place] = data[place:end]
    else:
        wrong = [b"null", b"[]", b"{}", b"1e999", b"-1", b'"\\ud800"', b"true", b'"' + b"x" * 20_000 + b'"']
        data[place : place + chance.randrange(1, 12)] = chance.choice(wrong)
    return bytes(data) or b"\x00"


@pytest.mark.slow
@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_no_broken_file_raises_anything_but_a_named_error(
    maker: Callable[[], bytes], store: Store, community: str, tmp_path: Path
) -> None:
    chance = random.Random(7)
    service = ImportService(store, LimitSettings(), 5)
    content = maker()
    path = tmp_path / "upload"
    read = 0
    for _ in range(60):
        path.write_bytes(broken(content, chance))
        try:
            report = service.run(community, path)
        except CopilotError as error:
            json.dumps([error.message, error.data])
        else:
            read += 1
            report.model_dump_json()
    assert read > 0 or maker in {slack_export, workbook}  # a bit that changes in an archive fails its checksum


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_the_unbroken_file_has_no_error(
    maker: Callable[[], bytes], store: Store, community: str, tmp_path: Path
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(maker())
    report = ImportService(store, LimitSettings()).run(community, path)
    assert (report.error_count, report.truncated) == (0, False)
    assert report.inserted >= 20


def test_a_busy_database_is_a_named_error_and_a_retry_succeeds(
    tmp_path: Path, clock: FixedClock, store: Store, community: str
) -> None:
    hurried = Store.open(f"sqlite:///{tmp_path / 'truth.sqlite'}", DatabaseSettings(busy_timeout_seconds=0.05), clock)
    path = tmp_path / "upload"
    path.write_bytes(chatlab_lines())
    service = ImportService(hurried, LimitSettings())
    with store.write(community) as unit, pytest.raises(StoreBusy):
        unit.community()  # takes the lock
        service.run(community, path)
    assert service.run(community, path).counts["messages"].inserted == 20
    hurried.close()


def test_a_dry_run_works_while_somebody_writes(store: Store, community: str, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(chatlab_lines())
    with store.write(community) as unit:
        unit.community()
        assert ImportService(store, LimitSettings()).run(community, path, ImportOptions(dry_run=True)).inserted > 0


_IMPORT = """
import resource, sys
from pathlib import Path
from copilot.community.import_options import ImportOptions
from copilot.community.importing import ImportService
from copilot.community.store import Store
from copilot.settings import LimitSettings
store = Store.open(sys.argv[1])
report = ImportService(store, LimitSettings()).run("c", Path(sys.argv[2]))
print(report.rows_read, report.error_count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def imported_apart(store_url: str, path: Path) -> list[int]:
    """Import in a process of its own; return rows, errors and the largest memory in MB."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT, store_url, str(path)], capture_output=True, text=True, check=True
    )
    return [int(figure) for figure in done.stdout.split()]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["lines", "document"])
def test_memory_does_not_grow_with_the_file(form: str, store: Store, community: str, tmp_path: Path) -> None:
    peaks = []
    for rows in (1_000, 15_000):
        path = tmp_path / f"{rows}"
        text = "这是一条不短的消息，用来占地方。" * 10
        with path.open("w") as file:
            header = json.loads(chatlab_lines(0))
            file.write(
                json.dumps(header) + "\n"
                if form == "lines"
                else json.dumps({"chatlab": {}, "meta": header["meta"]})[:-1] + ', "messages": ['
            )
            for n in range(rows):
                message = {
                    "_type": "message",
                    "sender": f"u{n % 300}",
                    "timestamp": AT + n,
                    "type": 0,
                    "content": f"{n} {text}",
                }
                file.write(json.dumps(message) + ("\n" if form == "lines" else "," if n < rows - 1 else "]}"))
        read, errors, peak = imported_apart(f"sqlite:///{tmp_path / 'truth.sqlite'}", path)
        assert (read, errors) == (rows, 0)
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 25


@pytest.mark.slow
def test_the_store_holds_exactly_what_reports_counted(store: Store, community: str, tmp_path: Path) -> None:
    chance = random.Random(11)
    service = ImportService(store, LimitSettings(), 3)
    path = tmp_path / "upload"
    members = messages = 0
    for _ in range(40):
        path.write_bytes(broken(chatlab_lines(), chance))
        try:
            report = service.run(community, path)
        except CopilotError:
            continue
        counts: Any = report.counts
        members += counts["members"].inserted if "members" in counts else 0
        messages += counts["messages"].inserted if "messages" in counts else 0
    with store.read(community) as unit:
        assert unit.session.scalar(select(func.count()).select_from(Message)) == messages
        assert unit.session.scalar(select(func.count()).select_from(Member)) == members
