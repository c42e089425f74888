"""The records of a community that claims are held against, read in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from copilot.community.permission import allowing_ai, owned_by
from copilot.community.store import Unit
from copilot.community.tables import Correction, Event, Resource
from copilot.knowledge import KnowledgeBase
from copilot.moderation.claims.models import EventFacts, ResourceFacts, Source, SourceKind

MAX_RECORDS = 2_000
_CANCELLED = "cancelled"
_SHOWN = ("published", "cancelled")
_ONLINE_CITIES = frozenset({"线上", "online"})


def sources_of(unit: Unit, articles: KnowledgeBase | None) -> list[Source]:
    """Return what a community has on record now: corrections in force, coming events, resources, policy and articles.

    Args:
        unit: of the community.
        articles: the operators' own; what ships with the software is advice and contradicts nobody.
    """
    community = unit.community()
    zone, locale = ZoneInfo(community.timezone), "zh-CN" if community.locale == "zh-CN" else "en"
    return [
        *_corrections(unit),
        *_events(unit, zone),
        *_resources(unit),
        *(
            Source(
                SourceKind.POLICY, str(clause.get("id", "")), texts=_words(clause.get("text_zh"), clause.get("text_en"))
            )
            for clause in community.policy
        ),
        *_articles(articles, locale),
    ]


def event_source(record_id: str, code: str, title: str, facts: EventFacts) -> Source:
    """Return an event as a source; its quotes are its data as they are stored, in the community's own time."""
    if facts.city.strip().lower() in _ONLINE_CITIES:
        facts = replace(facts, city="", online=True)
    place = "online" if facts.online else facts.city
    return Source(
        SourceKind.EVENT, record_id, title, code=code, event=facts,
        quotes={
            "starts": f"starts_at {facts.starts_on.isoformat()} {facts.starts_at:%H:%M}",
            "place": f"place {place}", "capacity": f"capacity {facts.capacity}",
            "status": f"status {'cancelled' if facts.is_cancelled else 'published'}",
        },
    )  # fmt: skip


def resource_source(record_id: str, code: str, title: str, texts: Sequence[str], facts: ResourceFacts) -> Source:
    """Return a resource as a source."""
    expires = facts.expires_on.isoformat() if facts.expires_on else ""
    return Source(
        SourceKind.RESOURCE, record_id, title, texts=tuple(text for text in texts if text.strip()), code=code, resource=facts,
        quotes={
            "expires": f"expires_on {expires}", "place": f"city {facts.city}", "capacity": f"capacity {facts.capacity}",
            "status": f"status {'available' if facts.is_available else 'not available'}{f', expires_on {expires}' if expires else ''}",
        },
    )  # fmt: skip


def _corrections(unit: Unit) -> list[Source]:
    statement = select(Correction).where(
        Correction.withdrawn_at.is_(None), or_(Correction.expires_at.is_(None), Correction.expires_at > unit.now)
    )
    rows = unit.session.scalars(statement.order_by(Correction.created_at.desc(), Correction.id).limit(MAX_RECORDS))
    return [Source(SourceKind.CORRECTION, row.id, texts=(row.text,)) for row in rows]


def _events(unit: Unit, zone: ZoneInfo) -> list[Source]:
    statement = select(Event).where(Event.status.in_(_SHOWN), Event.ends_at >= unit.now)
    found = []
    for row in unit.session.scalars(statement.order_by(Event.starts_at, Event.id).limit(MAX_RECORDS)):
        starts, ends = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
        facts = EventFacts(
            starts_on=starts.date(), ends_on=ends.date(), starts_at=starts.time(), ends_at=ends.time(), city=row.city,
            online=row.online, capacity=row.capacity, is_cancelled=row.status == _CANCELLED,
        )  # fmt: skip
        found.append(event_source(row.id, row.code, row.title, facts))
    return found


def _resources(unit: Unit) -> list[Source]:
    # A member who keeps AI from what they own keeps it from this comparison, too.
    statement = (
        select(Resource)
        .where(owned_by(allowing_ai()), Resource.confidential.is_(False))
        .order_by(Resource.created_at.desc(), Resource.id)
    )
    return [
        resource_source(
            row.id, row.code, row.title, (row.description, row.terms),
            ResourceFacts(
                city=row.city, capacity=row.capacity, expires_on=row.expires_on,
                is_available=row.status == "available", owner_id=row.owner_id,
            ),
        )
        for row in unit.session.scalars(statement.limit(MAX_RECORDS))
    ]  # fmt: skip


def _articles(articles: KnowledgeBase | None, locale: str) -> list[Source]:
    if articles is None:
        return []
    passages = [passage for article in articles.articles(locale) for passage in article.passages]
    return [Source(SourceKind.ARTICLE, p.id, texts=(p.text,)) for p in passages[:MAX_RECORDS]]


def _words(*texts: object) -> tuple[str, ...]:
    return tuple(text for text in texts if isinstance(text, str) and text.strip())
