"""CardDesk: what of a member, a board, an event or a post may stand on a card, asked anew for each one. Nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from copilot.cards.faces.event import draw_event
from copilot.cards.faces.member import draw_member
from copilot.cards.faces.ranking import draw_ranking
from copilot.cards.faces.write_up import draw_write_up
from copilot.cards.fonts import FontBook
from copilot.cards.links import LinkBook, may_share, unknown
from copilot.cards.models import MOST_PLACES, EventFace, Language, Look, MemberFace, Placed, RankingFace, WriteUpFace
from copilot.cards.themes import ThemeName
from copilot.community.access import Actor
from copilot.community.models import Visibility
from copilot.community.permission import get_seen
from copilot.community.store import Store, Unit
from copilot.community.tables import Award, Event, Exposure, Member, PointEntry, PointPerson, TopicPost
from copilot.errors import Conflict, Denied, NotFound
from copilot.events.life.event_rows import event_view
from copilot.language.contacts import holds_contact
from copilot.llm.contacts import without_contacts
from copilot.recognition.exposures import local_day
from copilot.recognition.season_models import BoardKind
from copilot.recognition.seasons import SeasonDesk
from copilot.recognition.showing import earned, is_shown, shown
from copilot.topics.post_models import PostContent

FEATURE = "cards:draw"
_PUBLIC = Member.visibility == Visibility.COMMUNITY.value
_MOST_READ, _MOST_AWARDS, _MOST_PEOPLE, _MOST_QUOTES = 50, 3, 6, 4
# Who reported whom is no business of a card.
_UNTOLD = "report_upheld"
_NOT_SHOWN = {"zh-CN": "该成员不公开展示，没有名片", "en": "this member does not show themselves, so there is no card"}
_NOT_WRITTEN = {
    "zh-CN": "作者不公开展示，这篇文章没有卡片",
    "en": "its author does not show themselves, so there is no card",
}


@dataclass(frozen=True)
class Wish:
    """What is asked for: a theme, a language (empty: the community's), a link for the QR code (empty: none).

    One that is `painted` becomes a PNG, in which letters that no font of this machine has take no room.
    """

    theme: ThemeName = "light"
    language: Language | None = None
    link: str = ""
    painted: bool = False


class CardDesk:
    """Draws cards as SVG of 1080 x 1350. Safe to share between threads."""

    def __init__(self, store: Store, book: FontBook) -> None:
        self._store = store
        self._seasons = SeasonDesk(store)
        self.book = book
        self.links = LinkBook(store)

    def shared(self, token: str, *, painted: bool) -> str:
        """Draw the card behind a link, as it may be seen now; nobody who opens it is known.

        Raises:
            NotFound: no such link, a revoked one, or one whose member hides, opted out or is gone; not told apart.
        """
        community_id, link = self.links.find(token)
        wish = Wish(link.theme, link.language, painted=painted)
        try:
            if link.kind == "ranking":
                return self.ranking(community_id, link.target_id, link.board, wish)
            if link.kind == "event":
                return self.event(community_id, link.target_id, wish)
        except NotFound as error:
            raise unknown() from error
        with self._store.read(community_id) as unit:
            if not may_share(unit, link.target_id):
                raise unknown()
            return self._drawn(unit, unit.get(Member, link.target_id), wish)

    def member(self, community_id: str, member_id: str, wish: Wish, *, actor: Actor) -> str:
        """Draw a member's card: for themselves, for staff, and on the day of their slot for everybody.

        Raises:
            NotFound: there is no such member, or the actor may not know of them.
            Denied: it is another member's, who is not shown today.
            Conflict: the member is hidden, or shows themselves to operators alone and it is somebody else who asks.
        """
        with self._store.read(community_id) as unit:
            member = _member(unit, actor, member_id)
            return self._drawn(unit, member, wish)

    def ranking(self, community_id: str, season_id: str, kind: BoardKind, wish: Wish) -> str:
        """Draw the first ten of a board. Whoever opted out, or shows themselves to operators alone, is not on it.

        Raises:
            NotFound: there is no such season here.
        """
        board = self._seasons.board(community_id, season_id, kind, limit=_MOST_READ)
        with self._store.read(community_id) as unit:
            # Looked at again in this transaction: the board was counted in one before.
            ids = [row.id for row in board.rows]
            public = set(unit.session.scalars(select(Member.id).where(Member.id.in_(ids), *shown(), _PUBLIC)))
            rows = [row for row in board.rows if kind == "team" or row.id in public]
            locale, zone = _place(unit)
            season = board.season
            face = RankingFace(
                unit.community().name, season.name, kind, season.starts_at.astimezone(zone),
                season.ends_at.astimezone(zone), season.state, board.ranked - (len(board.rows) - len(rows)),
                tuple(Placed(row.rank, row.name, row.points) for row in rows[:MOST_PLACES]),
            )  # fmt: skip
            return draw_ranking(self._book(wish), face, _look(wish, locale), unit.now.astimezone(zone))

    def event(self, community_id: str, event_id: str, wish: Wish) -> str:
        """Draw an event with its host and speakers, as far as these show themselves to the community.

        Raises:
            NotFound: there is no such event here.
        """
        with self._store.read(community_id) as unit:
            view = event_view(unit, unit.get(Event, event_id))
            locale, zone = _place(unit)
            wanted = list(dict.fromkeys([one for one in (view.host_id, *view.speaker_ids) if one]))[:_MOST_PEOPLE]
            known = unit.get_many(Member, wanted)
            people = tuple(known[one].name for one in wanted if one in known and _is_public(known[one]))
            is_coming = view.starts_at > unit.now
            face = EventFace(
                unit.community().name, view.title, view.starts_at.astimezone(zone), view.ends_at.astimezone(zone),
                view.status, view.city, view.place, view.online, without_contacts(view.goal), people,
                view.places_left if is_coming else None,
            )  # fmt: skip
            return draw_event(self._book(wish), face, _look(wish, locale), unit.now.astimezone(zone))

    def write_up(self, community_id: str, post_id: str, wish: Wish, *, actor: Actor) -> str:
        """Draw a post: its title and its most telling sentences. Its author is named to others only if shown.

        Raises:
            NotFound: there is no such post here, or it is another member's and the actor reads no topics.
            Conflict: the author is hidden.
        """
        with self._store.read(community_id) as unit:
            row = unit.get(TopicPost, post_id)
            is_own = actor.member_id == row.member_id and actor.may("self:read")
            if not is_own and not actor.may("topics:read"):
                actor.require("self:read")
                raise NotFound(f"there is no post {post_id!r} in this community", kind="topic_post", id=post_id)
            author = unit.get(Member, row.member_id)
            if author.visibility == Visibility.HIDDEN.value:
                raise Conflict(_NOT_WRITTEN["en"], reason="not_shown", sentence=_NOT_WRITTEN)
            is_named = is_own or (_is_public(author) and is_shown(unit, author.id))
            content = PostContent.model_validate(row.content)
            locale, zone = _place(unit)
            said = [one.text for one in content.short] or [
                one.text for part in content.sections for one in part.sentences
            ]
            face = WriteUpFace(
                unit.community().name, next(iter(content.titles), ""),
                tuple(without_contacts(text) for text in said[:_MOST_QUOTES]),
                author.name if is_named else "", without_contacts(author.headline) if is_named else "",
                tuple(part.heading for part in content.sections if part.sentences), row.created_at.astimezone(zone),
            )  # fmt: skip
            return draw_write_up(self._book(wish), face, _look(wish, locale), unit.now.astimezone(zone))

    def _drawn(self, unit: Unit, member: Member, wish: Wish) -> str:
        locale, zone = _place(unit)
        face = _member_face(unit, member, zone)
        return draw_member(self._book(wish), face, _look(wish, locale), unit.now.astimezone(zone))

    def _book(self, wish: Wish) -> FontBook:
        return self.book.painted if wish.painted else self.book


def _member(unit: Unit, actor: Actor, member_id: str) -> Member:
    is_own = actor.member_id == member_id and actor.may("self:read")
    if not is_own and not actor.may("members:read"):
        actor.require("self:read")
        if not _has_slot_today(unit, member_id):
            raise Denied("a card of another member is shown on the days of their slots alone", scope="members:read")
    member = get_seen(unit, actor, member_id)
    if member.visibility == Visibility.HIDDEN.value or not (is_own or _is_public(member)):
        raise Conflict(_NOT_SHOWN["en"], reason="not_shown", sentence=_NOT_SHOWN)
    return member


def _has_slot_today(unit: Unit, member_id: str) -> bool:
    """Whether today is a day of the member's, who is still to be shown."""
    statement = select(Exposure.id).where(Exposure.member_id == member_id, Exposure.day == local_day(unit)).limit(1)
    return unit.session.scalar(statement) is not None and is_shown(unit, member_id)


def _member_face(unit: Unit, member: Member, zone: ZoneInfo) -> MemberFace:
    may_rank = is_shown(unit, member.id)
    awards: list[str] = []
    if may_rank:
        statement = (
            select(Award.title)
            .where(Award.member_id == member.id, Award.status == "granted")
            .order_by(Award.decided_at.desc(), Award.id)
            .limit(_MOST_AWARDS)
        )
        awards = list(dict.fromkeys(unit.session.scalars(statement)))
    return MemberFace(
        community=unit.community().name, name=member.name, headline=without_contacts(member.headline),
        city=member.city, industry=member.industry,
        skills=tuple(str(skill) for skill in member.skills if not holds_contact(str(skill))),
        joined_at=member.joined_at.astimezone(zone) if member.joined_at else None,
        points=earned(unit, member.id) / 100 if may_rank else None,
        helped=_recognised(unit, member.id) if may_rank else None, awards=tuple(awards),
    )  # fmt: skip


def _recognised(unit: Unit, member_id: str) -> int:
    """Return how many acts of a member count, those taken back left out."""
    reversed_ids = select(PointEntry.reverses_id).where(PointEntry.reverses_id.is_not(None))
    statement = (
        select(func.count())
        .select_from(PointEntry)
        .join(PointPerson, PointPerson.id == PointEntry.person_id)
        .where(
            PointPerson.member_id == member_id, PointEntry.reverses_id.is_(None), PointEntry.hundredths > 0,
            PointEntry.rule != _UNTOLD, PointEntry.id.not_in(reversed_ids),
        )
    )  # fmt: skip
    return int(unit.session.scalar(statement) or 0)


def _is_public(member: Member) -> bool:
    return member.visibility == Visibility.COMMUNITY.value


def _place(unit: Unit) -> tuple[str, ZoneInfo]:
    community = unit.community()
    return community.locale, ZoneInfo(community.timezone)


def _look(wish: Wish, locale: str) -> Look:
    language: Language = wish.language or ("zh-CN" if locale == "zh-CN" else "en")
    return Look(wish.theme, language, wish.link)
