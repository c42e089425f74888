"""Members and resources as matching sees them, read from the store once per request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from copilot.community.ids import derived_id
from copilot.community.prepared import Prepared, among
from copilot.community.store import Unit
from copilot.community.tables import Community, Member, ProfileText, Resource, StaleMark
from copilot.matching.models import MatchKind
from copilot.matching.scores.background import Side
from copilot.matching.track_record import Track, read_tracks, recency, trust
from copilot.settings import MatchingSettings

Locale = Literal["zh-CN", "en"]
# Texts per member and aspect that are compared; later ones still find candidates through the index.
MAX_STATEMENTS = 20
_CHUNK = 400
_ACTIVE_DAYS = 30
_SETTING = Prepared(select(Community.locale, Community.timezone))
_MEMBERS = Prepared(
    select(
        Member.id, Member.name, Member.headline, Member.city, Member.industry, Member.language, Member.skills,
        Member.joined_at, Member.consent_match, Member.consent_ai, Member.visibility,
    ).where(among(Member.id, "ids"))
)  # fmt: skip
_TEXTS = Prepared(
    select(ProfileText.id, ProfileText.member_id, ProfileText.aspect, ProfileText.text, ProfileText.confirmed_at)
    .where(among(ProfileText.member_id, "ids"), among(ProfileText.aspect, "aspects"))
    .order_by(ProfileText.member_id, ProfileText.aspect, ProfileText.position, ProfileText.id)
)
_STALE = Prepared(
    select(StaleMark.record_id)
    .where(StaleMark.purpose == "vector", StaleMark.kind == "member", StaleMark.record_id == bindparam("member_id"))
    .limit(1)
)
_LANGUAGE_CODES = {"zh": "zh", "cn": "zh", "chinese": "zh", "中文": "zh", "en": "en", "english": "en", "英文": "en"}


@dataclass(frozen=True)
class Statement:
    """One text of one side; its id is the record's id in store and index."""

    record_id: str
    side: Side
    text: str


@dataclass(frozen=True)
class Party:
    """A member, or a resource, an event or an open question with the member behind it.

    Attributes:
        person_id: the member themself, the owner of the resource, the host of the event, who asked the question; None
            for what belongs to the community.
        consent_match, consent_ai, visibility: the person's; those of a community's own resource and of an event, which
            the community announces, are open.
        city: empty for an event that takes place online.
        status: of a resource as stored (`available` ...), of an event as stored (`published` ...), of a question
            `open`, `answered` or `recalled`.
        capacity: how many a resource or an event takes; None is no limit.
        starts_at, ends_at: of an event; a question `starts_at` the moment it was asked.
        messages: sent in the last 30 days.
        recency, trust: 0-1, as `track_record` measures them; of a question how lately it was asked.
        skills: of a member; tags of a resource.
        changed_at: when a member last confirmed a sentence of the profile, or joined.
        keywords: headline and skills, or tags; they help to find somebody and are never quoted.
    """

    id: str
    kind: MatchKind
    name: str
    person_id: str | None
    consent_match: bool
    consent_ai: bool
    visibility: str
    city: str = ""
    industry: str = ""
    language: str = ""
    type: str = ""
    status: str = "available"
    expires_on: date | None = None
    capacity: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    wants: tuple[Statement, ...] = ()
    offers: tuple[Statement, ...] = ()
    messages: int = 0
    recency: float = 0.0
    trust: float = 0.0
    skills: tuple[str, ...] = ()
    changed_at: datetime | None = None
    keywords: str = ""

    @property
    def facts(self) -> str:
        """What the record itself says, for quotes that are no profile text."""
        return "\n".join(part for part in (self.name, self.city, self.industry, *self.skills) if part)

    @cached_property
    def whole(self) -> Statement:
        """All it says as one text, by its own id: what it is known by as a whole, never quoted."""
        if self.kind == "member":
            said = [self.keywords, *(item.text for item in (*self.wants, *self.offers))]
            return Statement(self.id, "profile", "\n".join(said))
        return next(iter((*self.wants, *self.offers)), Statement(self.id, "profile", self.name))

    def records(self) -> dict[str, str]:
        """Return every text that a reason about this party may quote, by record id."""
        found = {self.id: self.facts}
        for item in (*self.wants, *self.offers):
            # A resource's text and its facts are one record.
            found[item.record_id] = "\n".join(part for part in (item.text, found.get(item.record_id)) if part)
        return found


@dataclass(frozen=True)
class Setting:
    """The community at the moment of the request, and how often somebody may be proposed there."""

    community_id: str
    locale: Locale
    now: datetime
    today: date
    limits: MatchingSettings = field(default_factory=MatchingSettings)
    timezone: str = "UTC"


def vector_ids(parties: Iterable[Party]) -> dict[Side, list[str]]:
    """Return the ids, by side, of the vectors that a comparison of `parties` needs."""
    found: dict[Side, dict[str, None]] = {}
    for party in parties:
        for item in (*party.wants, *party.offers, party.whole):
            found.setdefault(item.side, {})[item.record_id] = None
    return {side: list(ids) for side, ids in found.items()}


def read_setting(unit: Unit, limits: MatchingSettings | None = None) -> Setting:
    """Return language, time and the local date of the unit's community; without `limits` the defaults hold."""
    row = next(iter(unit.rows(_SETTING)), None) or unit.community()
    locale: Locale = "en" if row.locale == "en" else "zh-CN"
    today = unit.now.astimezone(ZoneInfo(row.timezone)).date()
    return Setting(unit.community_id, locale, unit.now, today, limits or MatchingSettings(), row.timezone)


def read_member(unit: Unit, member_id: str) -> Party:
    """Return one member with texts.

    Raises:
        NotFound: there is no such member here.
    """
    return with_statements(unit, [_member(unit.get(Member, member_id))])[0]


def read_members(unit: Unit, member_ids: Iterable[str]) -> dict[str, Party]:
    """Return the members that exist, without texts, by id."""
    found: dict[str, Party] = {}
    for chunk in _chunks(list(dict.fromkeys(member_ids))):
        found.update((row.id, _member(row)) for row in unit.rows(_MEMBERS, ids=chunk))
    return found


def read_resources(unit: Unit, resource_ids: Iterable[str]) -> dict[str, Party]:
    """Return the resources that exist, with their one text, by id."""
    rows = unit.get_many(Resource, resource_ids)
    owners = unit.get_many(Member, [row.owner_id for row in rows.values() if row.owner_id])
    return {row.id: _resource(row, owners.get(row.owner_id or "")) for row in rows.values()}


def with_statements(unit: Unit, members: Sequence[Party], aspects: Sequence[Side] = ("wants", "has")) -> list[Party]:
    """Return `members` with their texts of these aspects, in the order of the profile; all but wants are offers."""
    sides = {str(aspect): aspect for aspect in aspects}
    texts: dict[tuple[str, str], list[Statement]] = {}
    confirmed: dict[str, datetime] = {}
    for chunk in _chunks([member.id for member in members]):
        for record_id, member_id, aspect, text, confirmed_at in unit.rows(_TEXTS, ids=chunk, aspects=aspects):
            if confirmed_at is not None:
                confirmed[member_id] = max(confirmed_at, confirmed.get(member_id, confirmed_at))
            if text.strip():
                texts.setdefault((member_id, aspect), []).append(Statement(record_id, sides[aspect], text))
    offered = [aspect for aspect in aspects if aspect != "wants"]
    return [
        replace(
            member,
            wants=tuple(texts.get((member.id, "wants"), [])[:MAX_STATEMENTS]),
            offers=tuple(item for side in offered for item in texts.get((member.id, side), [])[:MAX_STATEMENTS]),
            changed_at=max(filter(None, (member.changed_at, confirmed.get(member.id))), default=None),
        )
        for member in members
    ]


def with_activity(unit: Unit, members: Sequence[Party]) -> list[Party]:
    """Return `members`, who come with statements, with what they did lately and how working with them went."""
    tracks = read_tracks(unit, [member.id for member in members])
    found = []
    for member in members:
        track = tracks.get(member.id, Track())
        latest = recency(unit.now, (track.last_message_at, member.changed_at))
        found.append(replace(member, messages=track.messages, recency=latest, trust=trust(track.deeds)))
    return found


def is_stale(unit: Unit, member_id: str) -> bool:
    """Whether the member's vectors are still to be renewed."""
    return bool(unit.rows(_STALE, member_id=member_id))


def match_id(community_id: str, member_id: str, kind: str, target_id: str) -> str:
    """Return the id of the one proposal of `target_id` to `member_id`."""
    return derived_id("match", community_id, member_id, kind, target_id)


def keywords(headline: str, terms: Sequence[object]) -> str:
    """Return a headline and a list of skills or tags as one text."""
    return "\n".join([headline, *map(str, terms)]).strip()


def _member(row: Any) -> Party:
    return Party(
        id=row.id, kind="member", name=row.name, person_id=row.id, consent_match=row.consent_match is True,
        consent_ai=row.consent_ai, visibility=row.visibility, city=row.city, industry=row.industry,
        language=_LANGUAGE_CODES.get(row.language.strip().lower().split("-")[0], ""),
        skills=tuple(map(str, row.skills)), changed_at=row.joined_at, keywords=keywords(row.headline, row.skills),
    )  # fmt: skip


def _resource(row: Resource, owner: Member | None) -> Party:
    text = "\n".join(part for part in (row.title, row.description) if part.strip())
    return Party(
        id=row.id, kind="resource", name=row.title, person_id=row.owner_id,
        consent_match=owner is None or owner.consent_match is True,
        consent_ai=owner is None or owner.consent_ai,
        visibility="community" if owner is None else owner.visibility, city=row.city, type=row.type,
        status=row.status, expires_on=row.expires_on, capacity=row.capacity, offers=(Statement(row.id, "resource", text),),
        skills=tuple(map(str, row.tags)), keywords=keywords("", row.tags),
    )  # fmt: skip


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
