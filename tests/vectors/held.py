"""What a synced community holds: its records, marks and vectors, to compare and to change."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from copilot.community.store import Store
from copilot.community.tables import StaleMark, VectorRow
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.exact import ExactIndex
from copilot.vectors.index import ASPECTS

TEXTS = {"is": ["我是独立开发者"], "has": ["会做小程序", "有服务器资源"], "wants": ["想找投资人"]}

ALL = {
    "is": {"m1-is-0"},
    "has": {"m1-has-0", "m1-has-1"},
    "wants": {"m1-wants-0"},
    "profile": {"m1"},
    "resource": {"r1"},
    "question": {"q1"},
}


def held(index: ExactIndex | ChromaIndex, community_id: str = "c") -> dict[str, set[str]]:
    """Record ids by aspect, without the empty ones."""
    found = {aspect: set(index.scan(community_id, aspect)) for aspect in ASPECTS}
    return {aspect: ids for aspect, ids in found.items() if ids}


def marks(store: Store, community_id: str = "c") -> int:
    with store.read(community_id) as unit:
        return (
            unit.session.scalar(select(func.count()).select_from(StaleMark).where(StaleMark.purpose == "vector")) or 0
        )


def on_record(store: Store, community_id: str = "c") -> set[tuple[str, str]]:
    with store.read(community_id) as unit:
        return {(row.aspect, row.record_id) for row in unit.session.scalars(select(VectorRow))}


def change(store: Store, table: type[Any], record_id: str, **values: object) -> None:
    with store.write("c") as unit:
        row = unit.get(table, record_id)
        for name, value in values.items():
            setattr(row, name, value)
