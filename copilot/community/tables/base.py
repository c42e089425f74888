"""What all tables share: column types, the scope of a community, and the marks that derived data is stale."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Date, DateTime, ForeignKey, Index, MetaData, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

JsonObject = dict[str, Any]
JsonList = list[Any]
_JSON = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes, kept in UTC on every database; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC on the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone; give it back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Declarative base; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        date: Date,
        str: Text,
        JsonObject: _JSON,
        JsonList: _JSON,
    }


class Scoped(Base):
    """A row that belongs to one community. The store adds the condition to every query and refuses foreign rows."""

    __abstract__ = True

    community_id: Mapped[str] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))

    def stale_marks(self) -> list[tuple[str, str, str]]:
        """Return (purpose, kind, record id) of derived data that a change of this row makes stale."""
        return []


def index_scope(metadata: MetaData) -> None:
    """Give every scoped table an index of its community and its key.

    Look-ups ask for a community and a list of keys. An index of the community alone would tempt SQLite, which knows
    no figures of a young database, to walk through all of its rows each time.
    """
    for table in metadata.tables.values():
        key = list(table.primary_key.columns)
        if "community_id" in table.c and "community_id" not in table.primary_key.columns:
            Index(None, table.c.community_id, *key)
