"""The graded matching dataset: its queries with their grades, and its community opened in the product's own services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import select

from copilot.community.importers.base import ImportKind
from copilot.community.tables import Event, Member, Message, Resource
from copilot.embeddings.base import Embedder
from copilot.errors import ImportFailed
from copilot.services import Services
from copilot.settings import MatchingSettings
from eval.manifest import DATASETS
from eval.world import Rows, World, Worlds, fill, open_rows, read_jsonl

FOLDER = DATASETS / "matching" / "v1"
# The dataset's "today", in the morning in Shanghai.
TODAY = datetime(2026, 11, 15, 2, 0, tzinfo=UTC)
USEFUL = 2

Kind = Literal[
    "member_member", "member_resource", "resource_member", "member_event", "thread_member", "newcomer_member"
]
Target = Literal["member", "resource", "event"]
KINDS: tuple[Kind, ...] = (
    "member_member", "member_resource", "resource_member", "member_event", "thread_member", "newcomer_member",
)  # fmt: skip
TARGETS: dict[Kind, Target] = {"member_resource": "resource", "member_event": "event"}
_SOURCES: dict[Kind, str] = {"resource_member": "resource", "thread_member": "thread", "newcomer_member": "newcomer"}


@dataclass(frozen=True)
class Query:
    """One query and the grades of its targets (1-3; who is not named has 0). External ids throughout.

    Attributes:
        source: the member, resource or thread that asks.
        person: the member behind it, by whom the sets were split; never a target. Empty for the community's own.
        target: what is looked for.
    """

    id: str
    kind: Kind
    split: str
    source: str
    person: str
    target: Target
    grades: Mapping[str, int] = field(default_factory=dict)

    @property
    def useful(self) -> set[str]:
        """Targets of grade 2 or 3."""
        return {target for target, grade in self.grades.items() if grade >= USEFUL}


class Records:
    """The rows of the dataset by external id, and the texts that a ranker without our parts would read of them."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.members = _by(folder / "members.jsonl", "external_id")
        self.resources = _by(folder / "resources.jsonl", "code")
        self.events = _by(folder / "events.jsonl", "code")
        self.threads = _by(folder / "threads.jsonl", "id")

    @cached_property
    def proposable(self) -> list[str]:
        """Members who agreed to be matched and are visible; nobody else is a target, whoever ranks."""
        return [
            name
            for name, row in self.members.items()
            if row["consent_match"] == row["consent_ai"] == "yes" and row["visibility"] == "community"
        ]

    def targets(self, query: Query) -> list[str]:
        """Return everything that may be answered to a query: neither the asker nor what belongs to them."""
        if query.target == "resource":
            return [code for code, row in self.resources.items() if row["owner"] != query.person]
        if query.target == "event":
            return [code for code, row in self.events.items() if row["host"] != query.person]
        return [name for name in self.proposable if name != query.person]

    def whole(self, target: Target, name: str) -> str:
        """Return everything a record says as one text."""
        if target == "resource":
            row = self.resources[name]
            return _lines([row["title"], row["description"], row["terms"], row["city"], *row["tags"]])
        if target == "event":
            row = self.events[name]
            # Not the audience, which is not imported: nobody who works on the community's records has it.
            return _lines([row["title"], row["goal"], row["city"]])
        row = self.members[name]
        return _lines([row["headline"], row["city"], row["industry"], *row["skills"], *row["is"], *row["has"], *row["wants"]])  # fmt: skip

    def asked(self, query: Query) -> str:
        """Return what a query asks in one text: the wants of a member, else the whole of the resource or question."""
        if query.kind == "resource_member":
            return self.whole("resource", query.source)
        if query.kind == "thread_member":
            return str(self.threads[query.source]["text"])
        return _lines(self.members[query.source]["wants"]) or self.whole("member", query.source)

    def everything_of(self, query: Query) -> str:
        """Return the whole text of the side that asks."""
        if query.kind in {"resource_member", "thread_member"}:
            return self.asked(query)
        return self.whole("member", query.source)


def load_queries(records: Records, folder: Path = FOLDER) -> list[Query]:
    """Return the queries that are scored: those with a target of grade 2 or 3."""
    grades: dict[str, dict[str, int]] = {}
    for row in read_jsonl(folder / "labels.jsonl"):
        if row["grade"] > 0:
            grades.setdefault(row["query"], {})[row["target"]] = row["grade"]
    queries = [_query(row, records, grades.get(row["id"], {})) for row in read_jsonl(folder / "queries.jsonl")]
    return [query for query in queries if query.useful]


@dataclass(frozen=True)
class GradedWorld:
    """The community of the dataset and its ids, both ways."""

    world: World
    ids: Mapping[str, str]
    records: Records

    @cached_property
    def names(self) -> dict[str, str]:
        """External ids by our own."""
        return {record_id: name for name, record_id in self.ids.items()}

    @property
    def services(self) -> Services:
        """The services that work on it."""
        return self.world.services

    @property
    def community_id(self) -> str:
        """Its id."""
        return self.world.community_id

    def external(self, record_ids: Iterable[str]) -> list[str]:
        """Return external ids in the same order."""
        return [self.names[record_id] for record_id in record_ids]


def open_graded(
    folder: Path, embedder: Embedder, records: Records | None = None, matching: MatchingSettings | None = None
) -> GradedWorld:
    """Import the dataset below `folder` as files of a platform are imported, read it and embed it.

    Args:
        folder: empty; files of the community go there.
        embedder: made once for all worlds of a run.
        records: other rows than those of the dataset, for controls.
        matching: other settings than those of `settings_in`.

    Raises:
        ImportFailed: a row of the dataset is refused.
    """
    records = records or Records()
    files = [
        Rows("members.jsonl", ImportKind.MEMBERS, list(records.members.values())),
        Rows("resources.jsonl", ImportKind.RESOURCES, list(records.resources.values())),
        Rows("events.jsonl", ImportKind.EVENTS, list(records.events.values())),
        Rows("questions.chatlab.jsonl", ImportKind.CHAT, _chat(records)),
    ]
    world, reports = open_rows(folder, embedder, files, matching=matching, now=TODAY)
    for file, report in zip(files, reports, strict=True):
        if report.error_count:
            raise ImportFailed(f"{file.name}: {report.errors[0].message}", file=file.name, errors=report.error_count)
    fill(world)
    return GradedWorld(world, _ids(world), records)


def shared_graded(worlds: Worlds) -> GradedWorld:
    """Return the dataset's own community, one for all suites: whoever needs a clean list of proposals clears it first."""
    records = Records()
    world = worlds.kept("graded", lambda: open_graded(worlds.new_folder(), worlds.embedder, records).world)
    return GradedWorld(world, _ids(world), records)


def _ids(world: World) -> dict[str, str]:
    with world.services.store.read(world.community_id) as unit:
        found = {row.external_id: row.id for row in unit.session.scalars(select(Member))}
        found |= {row.code: row.id for row in unit.session.scalars(select(Resource))}
        found |= {row.code: row.id for row in unit.session.scalars(select(Event))}
        return found | {row.external_id: row.id for row in unit.session.scalars(select(Message))}


def _chat(records: Records) -> list[dict[str, Any]]:
    meta = {"name": "问答", "platform": "wechat", "type": "group", "groupId": "questions"}
    rows: list[dict[str, Any]] = [{"_type": "header", "chatlab": {"version": "0.0.2", "exportedAt": int(TODAY.timestamp())}, "meta": meta}]  # fmt: skip
    for name, row in records.threads.items():
        asked_at = int(datetime.fromisoformat(row["asked_at"]).timestamp())
        person = records.members[row["asker"]]["name"]
        rows.append({"_type": "message", "platformMessageId": name, "sender": row["asker"], "accountName": person, "timestamp": asked_at, "type": 0, "content": row["text"]})  # fmt: skip
    return rows


def _query(row: Mapping[str, Any], records: Records, grades: Mapping[str, int]) -> Query:
    kind: Kind = row["kind"]
    source = row[_SOURCES.get(kind, "asker")]
    person = source
    if kind == "resource_member":
        person = records.resources[source]["owner"]
    elif kind == "thread_member":
        person = records.threads[source]["asker"]
    return Query(row["id"], kind, row["split"], source, person, TARGETS.get(kind, "member"), grades)


def _by(path: Path, key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in read_jsonl(path)}


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part.strip())
