"""Welcoming newcomers: whom to mention, an introduction of their own words, and when the channel is awake.

Everything is a draft for an operator. Nothing is posted and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from copilot.community.access import Actor
from copilot.community.permission import get_seen, is_open_to_match, seen_by
from copilot.community.store import Page, Unit
from copilot.community.tables import Member, ProfileText
from copilot.language.contacts import holds_contact
from copilot.matching.audiences.awake import read_awake_hours
from copilot.matching.audiences.models import Introduced, Newcomer, Welcome
from copilot.matching.models import MAX_MATCHES, Evidence
from copilot.matching.proposing.notes import Shortage, asker_notes, list_notes
from copilot.matching.proposing.ranking import Ranked, rank
from copilot.matching.proposing.shortlist import Wish
from copilot.matching.reasons import excerpt, meeting_reasons, short_name
from copilot.matching.records import Party, Setting
from copilot.matching.scores.affinity import same_city, same_industry, shared_skills
from copilot.matching.scores.comparison import Comparison
from copilot.matching.scores.scoring import Strength
from copilot.matching.sources import DIGITS, Basis, Sources, read_asker, rounded, with_texts
from copilot.matching.wording import INTRODUCTION, make_label

NEW = timedelta(days=14)
MAX_PEOPLE = 3


@dataclass(frozen=True)
class WelcomeShares:
    """What makes a good first contact. The newcomer's wants come first; what both share makes the first talk easy.

    Attributes:
        forward: what the other can do for the newcomer.
        backward: what the newcomer can do for the other.
        city, industry, skill: what they share.
    """

    forward: float = 0.5
    backward: float = 0.2
    city: float = 0.15
    industry: float = 0.1
    skill: float = 0.05


class Welcomes:
    """Lists newcomers and drafts their welcome. Safe to share between threads."""

    def __init__(self, sources: Sources, shares: WelcomeShares | None = None) -> None:
        self._sources = sources
        self._shares = shares or WelcomeShares()

    def newcomers(
        self, community_id: str, *, actor: Actor, limit: int = 50, cursor: str | None = None
    ) -> Page[Newcomer]:
        """Return who joined in the last 14 days, the latest first, as far as the actor may know of them.

        Raises:
            NotFound: there is no such community.
            InvalidInput: limit or cursor is wrong.
        """
        with self._sources.store.read(community_id) as unit:
            unit.community()
            statement = select(Member).where(
                Member.joined_at > unit.now - NEW, Member.joined_at <= unit.now, seen_by(actor)
            )
            page = unit.page(statement, (Member.joined_at, Member.id), limit=limit, cursor=cursor)
            counts = _sentences(unit, [row.id for row in page.items])
            found = [_newcomer(row, row.joined_at, counts) for row in page.items if row.joined_at is not None]
            return Page(found, page.next_cursor)

    def draft(self, community_id: str, member_id: str, channel: str | None = None, *, actor: Actor) -> Welcome:
        """Return a welcome for a member: up to three people to mention, an introduction, the hours to post it.

        Only members who agreed to be matched are named. Of a newcomer who did not, nothing but the hours is said.

        Raises:
            NotFound: there is no such member or channel, or the member is hidden from the actor.
            Conflict: the channel's name is that of several.
            IndexUnavailable: the vector index fails.
        """
        with self._sources.store.read(community_id) as unit:
            row = get_seen(unit, actor, member_id)
            basis, asker = self._sources.basis(unit), read_asker(unit, member_id, "member")
            about = with_texts(unit, [asker], "thread")[0]
            awake = read_awake_hours(unit, basis.setting, channel)
        is_new = row.joined_at is not None and timedelta(0) <= basis.setting.now - row.joined_at < NEW
        bare = Welcome(
            member_id=member_id, name=short_name(asker), joined_at=row.joined_at, is_newcomer=is_new, people=[],
            introduction="", evidence=[], awake=awake, notes=asker_notes(asker, basis.setting.locale),
        )  # fmt: skip
        if bare.notes:
            return bare
        ranked = rank(self._sources, basis, asker, Wish("member", MAX_MATCHES))
        people = self._people(basis, asker, ranked)
        introduction, evidence = _introduce(basis.setting, asker, about, people)
        shortage = Shortage(is_short=len(people) < MAX_PEOPLE, is_pending=not ranked.is_indexed)
        notes = list_notes(asker, basis.setting.locale, "member", shortage)
        return bare.model_copy(
            update={"people": people, "introduction": introduction, "evidence": evidence, "notes": notes}
        )

    def _people(self, basis: Basis, asker: Party, ranked: Ranked) -> list[Introduced]:
        scored = [
            (self._score(asker, found), found) for found in (*ranked.good, *ranked.short) if _has_a_topic(asker, found)
        ]
        scored.sort(key=lambda pair: (-pair[0], pair[1].target.id))
        return [
            Introduced(
                member_id=found.target.id, member_name=short_name(found.target), score=round(score, DIGITS),
                components=rounded(found), strengths=found.strengths,
                label=make_label(basis.setting.locale, found.mutuality, found.strengths),
                reasons=meeting_reasons(asker, found, basis.setting),
            )
            for score, found in scored[:MAX_PEOPLE]
        ]  # fmt: skip

    def _score(self, asker: Party, found: Comparison) -> float:
        shares, target = self._shares, found.target
        return (
            shares.forward * found.components["forward"]
            + shares.backward * found.components["backward"]
            + shares.city * same_city(asker, target)
            + shares.industry * same_industry(asker, target)
            + shares.skill * bool(shared_skills(asker, target))
        )


def _has_a_topic(asker: Party, found: Comparison) -> bool:
    """Whether there is something to begin a talk with: likely help either way, or two things in common."""
    sure = {Strength.STRONG, Strength.LIKELY}
    common = (
        same_city(asker, found.target), same_industry(asker, found.target), bool(shared_skills(asker, found.target))
    )  # fmt: skip
    return bool(sure & set(found.strengths.values())) or sum(common) > 1


def _introduce(
    setting: Setting, asker: Party, about: Party, people: Sequence[Introduced]
) -> tuple[str, list[Evidence]]:
    """Return the introduction and what it quotes: one sentence of each side of the profile, without ways to reach anybody."""
    words = INTRODUCTION[setting.locale]
    quoted = {
        "is": next((item for item in about.offers if item.side == "is" and not holds_contact(item.text)), None),
        "has": next((item for item in asker.offers if not holds_contact(item.text)), None),
        "wants": next((item for item in asker.wants if not holds_contact(item.text)), None),
    }
    parts = [words["hello"].format(name=short_name(asker))]
    evidence: list[Evidence] = []
    for side, item in quoted.items():
        if item is not None:
            quote = excerpt(item.text)
            parts.append(words[side].format(quote=quote))
            evidence.append(Evidence(record_id=item.record_id, quote=quote))
    names = [person.member_name for person in people if not holds_contact(person.member_name)]
    if names:
        parts.append(words["people"].format(names=words["and"].join(names)))
    return words["space"].join(parts), evidence


def _sentences(unit: Unit, member_ids: Sequence[str]) -> dict[str, int]:
    statement = (
        select(ProfileText.member_id, func.count())
        .where(ProfileText.member_id.in_(member_ids))
        .group_by(ProfileText.member_id)
    )
    return {str(member_id): int(count) for member_id, count in unit.session.execute(statement)}


def _newcomer(row: Member, joined_at: datetime, counts: dict[str, int]) -> Newcomer:
    return Newcomer(
        member_id=row.id, name=row.name, city=row.city, industry=row.industry, joined_at=joined_at,
        may_be_matched=is_open_to_match(row), sentences=counts.get(row.id, 0),
    )  # fmt: skip
