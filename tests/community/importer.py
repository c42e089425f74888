"""Imports small files into one community and looks at what came of it; makes such files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from copilot.community.ids import derived_id
from copilot.community.import_options import ImportOptions
from copilot.community.import_report import ImportReport
from copilot.community.importing import ImportService
from copilot.community.store import Store
from copilot.community.tables import StaleMark
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
