"""Everything that is stored about one member: rows by the schema's foreign keys, and documents that name the member.

A new table with a foreign key to members, or a new JSON column, is covered without a change here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Mapper
from sqlalchemy.types import JSON

from copilot.community.id_search import IdSearch
from copilot.community.store import Unit
from copilot.community.tables import (
    AuditEntry,
    Base,
    CheckIn,
    Erasure,
    EventFeedback,
    EventPlan,
    Match,
    Member,
    Message,
    Outreach,
    ProfileText,
    Reading,
    Resource,
    Scoped,
    Signup,
    TopicPost,
    TopicSuggestion,
    VectorRow,
)
from copilot.community.traces import Traces

_CHUNK = 300
# The member's alone, and named by id in reviews, stored answers and the audit log.
_OWN_TABLES = (CheckIn, EventFeedback, Outreach, Signup, TopicPost, TopicSuggestion)
# They say that something happened, under ids alone, and outlive the member.
_KEPT_TABLES = (AuditEntry, Erasure)


@dataclass
class MemberRecords:
    """Rows by table name.

    Attributes:
        own: rows that go with the member.
        shared: rows of others that only point to the member, such as an event the member hosts.
        proposed_to_others: matches that name the member as their target.
        vectors: what the vector index may hold of the member's words.
    """

    member: Member
    own: dict[str, list[Any]] = field(default_factory=dict)
    shared: dict[str, list[Any]] = field(default_factory=dict)
    proposed_to_others: list[Match] = field(default_factory=list)
    vectors: list[VectorRow] = field(default_factory=list)

    def going(self) -> list[Any]:
        """Return the rows that go with the member."""
        return [row for rows in self.own.values() for row in rows]

    def pointing(self) -> list[Any]:
        """Return the rows of others that point to the member."""
        return [row for rows in self.shared.values() for row in rows]

    def resource_ids(self) -> list[str]:
        """Return the ids of what the member owns."""
        return [row.id for row in self.own.get(Resource.__tablename__, [])]

    def traces(self) -> Traces:
        """Return what gives the member away in documents."""
        messages, sentences, resources = (
            self.own.get(table.__tablename__, []) for table in (Message, ProfileText, Resource)
        )
        texts = [
            self.member.headline, self.member.external_id, *(row.text for row in (*messages, *sentences)),
            *(words for row in resources for words in (row.title, row.description, row.terms)),
        ]  # fmt: skip
        also = (row for table in _OWN_TABLES for row in self.own.get(table.__tablename__, []))
        ids = (self.member.id, *(row.id for row in (*messages, *sentences, *resources, *also)))
        return Traces.of(ids, [self.member.name], texts)


def records_of(unit: Unit, member_id: str) -> MemberRecords:
    """Return all rows about a member.

    Raises:
        NotFound: there is no such member here.
    """
    found = MemberRecords(unit.get(Member, member_id))
    found.own[Member.__tablename__] = [found.member]
    for mapper, columns in _tables_about_members():
        table = mapper.class_
        rows = unit.session.scalars(select(table).where(or_(*(getattr(table, c) == member_id for c in columns)))).all()
        deleted = [name for name, rule in columns.items() if rule == "CASCADE"]
        for row in rows:
            goes = any(getattr(row, name) == member_id for name in deleted)
            (found.own if goes else found.shared).setdefault(table.__tablename__, []).append(row)
    sent = select(Message.id).where(Message.sender_id == member_id)
    found.own[Reading.__tablename__] = list(unit.session.scalars(select(Reading).where(Reading.message_id.in_(sent))))
    found.proposed_to_others = _proposals(unit, [member_id], "member")
    found.vectors = list(unit.session.scalars(select(VectorRow).where(VectorRow.member_id == member_id)))
    return found


def proposals_of(unit: Unit, records: MemberRecords) -> list[Match]:
    """Return the matches whose target goes with the member: the member, what the member owns, what the member asked."""
    return [
        *records.proposed_to_others,
        *_proposals(unit, records.resource_ids(), "resource"),
        *_proposals(unit, [row.id for row in records.own.get(Message.__tablename__, [])], "thread"),
    ]


def documents_naming(unit: Unit, traces: Traces, known: Iterable[Any]) -> Iterator[tuple[Any, list[str]]]:
    """Yield (row, its JSON columns) of all rows but `known` where one of the member's ids stands in a document.

    Of a plan, every version is: one that replaced the member names them still, in what it says it changed.
    """
    skipped = set(map(id, known))  # a session holds one object per row
    search = IdSearch(traces.ids)
    for mapper in list(Base.registry.mappers):
        table = mapper.class_
        columns = [c.key for c in mapper.columns if isinstance(c.type, JSON)]
        if not issubclass(table, Scoped) or not columns or table in _KEPT_TABLES:
            continue
        rows = {id(row): row for row in _holding(unit, table, columns, search)}
        if table is EventPlan:
            rows.update({id(row): row for row in _versions(unit, {row.series_id for row in rows.values()})})
        for key, row in rows.items():
            if key not in skipped:
                yield row, columns


def _holding(unit: Unit, table: type[Any], columns: list[str], search: IdSearch) -> Iterator[Any]:
    """Yield the rows of a table with one of the ids in a document of theirs."""
    key = next(getattr(table, c.key) for c in table.__mapper__.primary_key if c.key != "community_id")
    texts = [cast(getattr(table, column), Text) for column in columns]
    statement = select(key, *texts).where(or_(*map(search.may_stand_in, texts)))
    wanted = sorted(
        {row[0] for row in unit.session.execute(statement) if any(search.stands_in(text or "") for text in row[1:])}
    )
    for start in range(0, len(wanted), _CHUNK):
        yield from unit.session.scalars(select(table).where(key.in_(wanted[start : start + _CHUNK])))


def _tables_about_members() -> Iterator[tuple[Mapper[Any], dict[str, str]]]:
    """Yield each table that points to members, with its columns and what becomes of the row when the member goes."""
    for mapper in Base.registry.mappers:
        if not issubclass(mapper.class_, Scoped) or mapper.class_ is Member:
            continue
        columns = {
            column.key: str(key.ondelete)
            for column in mapper.columns
            for key in column.foreign_keys
            if key.column.table.name == Member.__tablename__
        }
        if columns:
            yield mapper, columns


def _versions(unit: Unit, series_ids: Iterable[str]) -> list[EventPlan]:
    found: list[EventPlan] = []
    wanted = sorted(series_ids)
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        found.extend(unit.session.scalars(select(EventPlan).where(EventPlan.series_id.in_(chunk))))
    return found


def _proposals(unit: Unit, target_ids: list[str], kind: str) -> list[Match]:
    found: list[Match] = []
    for start in range(0, len(target_ids), _CHUNK):
        chunk = target_ids[start : start + _CHUNK]
        found.extend(unit.session.scalars(select(Match).where(Match.kind == kind, Match.target_id.in_(chunk))))
    return found
