"""StarsService: who answers, connects and calms, who carries too much, how central the owner is. For operators only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from copilot.atmosphere.models import Window
from copilot.atmosphere.rooms import GROUP, Room, find_room, for_reader
from copilot.atmosphere.stars.calming import calming, heated_moments
from copilot.atmosphere.stars.graph import ReplyGraph, build
from copilot.atmosphere.stars.load import loaded, shoulders
from copilot.atmosphere.stars.models import OwnerReading, StarsReading
from copilot.atmosphere.stars.network import Network, network_of
from copilot.atmosphere.stars.owner import owner_share, owner_trend, owner_weeks
from copilot.atmosphere.stars.roles import Found, answering, connecting
from copilot.atmosphere.stars.thresholds import StarRules
from copilot.atmosphere.stars.views import View
from copilot.community.conversation import Line, count_lines, latest_sent_at, lines
from copilot.community.permission import allowing_ai
from copilot.community.store import Store, Unit
from copilot.community.tables import Channel, Community, Member
from copilot.errors import InvalidInput, TooLarge

FEATURE = "atmosphere:stars"
_OWNER = "owner_member_id"
_OWNER_ROLES = ("owner", "群主")
_OPERATOR = "operator"


class StarsService:
    """Feature key `atmosphere:stars`. Hidden members, and those who let no AI read them, are never looked at."""

    def __init__(self, store: Store, rules: StarRules | None = None) -> None:
        self._store = store
        self._rules = rules or StarRules()

    def read(
        self,
        community_id: str,
        channel_id: str | None = None,
        *,
        group: str | None = None,
        weeks: int | None = None,
        end: datetime | None = None,
    ) -> StarsReading:
        """Read whole local weeks up to the one of `end`, or of the newest message.

        Raises:
            NotFound: no such community, channel or group.
            InvalidInput: weeks outside 1-26, an `end` without time zone, or both a channel and a group.
            TooLarge: more messages than the rules allow.
        """
        rules = self._rules
        weeks = rules.usual_weeks if weeks is None else weeks
        if not 1 <= weeks <= rules.most_weeks:
            raise InvalidInput(f"weeks is from 1 to {rules.most_weeks}", field="weeks", limit=rules.most_weeks)
        if end is not None and end.tzinfo is None:
            raise InvalidInput("end needs a time zone", field="end")
        with self._store.read(community_id) as unit:
            room = for_reader(unit, find_room(unit, channel_id, group))
            last = end or latest_sent_at(unit, channel_id) or unit.now
            start, stop = _weeks_up_to(last, weeks, room.zone)
            said = self._said(unit, room, start, stop if end is None else min(stop, end))
            names = {
                row.id: row.name for row in unit.session.execute(select(Member.id, Member.name).where(*allowing_ai()))
            }
            groups = _groups(unit)
            owner_id = _owner_id(unit)
            made_at = unit.now
        window = Window(
            start=start.astimezone(room.zone), end=stop.astimezone(room.zone), timezone=room.zone.key,
            channel_id=room.channel_id, channel_name=room.channel_name, group=room.group or None,
        )  # fmt: skip
        return self._reading(View(room, window, names, made_at, rules), said, groups, owner_id)

    def _reading(self, view: View, said: Sequence[Line], groups: dict[str, str], owner_id: str | None) -> StarsReading:
        rules, room = self._rules, view.room
        graph = build(said, view.window.start, view.names, rules)
        readable = [line for line in said if line.sender_id in view.names and line.sent_at >= view.window.start]
        week_of = _week_of(room.zone)
        connectors, is_sampled = list[Found](), False
        if len(graph.replies) >= rules.least_replies:
            connectors, is_sampled = connecting(graph, groups, week_of, rules)
        moments = heated_moments(readable, rules)
        weeks = (view.window.end - view.window.start) / timedelta(days=7)
        senders = {line.sender_id for line in said if line.sent_at >= view.window.start}
        return StarsReading(
            community_id=room.community_id, locale=room.locale, window=view.window,
            messages=sum(line.sent_at >= view.window.start for line in said), replies=len(graph.replies),
            people=len(graph.people), left_out=len(senders - view.names.keys()), is_sampled=is_sampled or graph.is_cut,
            roles={
                "answers": view.role("answers", answering(graph, rules), graph),
                "connects": view.role("connects", connectors, graph, weeks=len({week_of(r.sent_at) for r in graph.replies})),
                "calms": view.role("calms", calming(moments, rules), graph, moments=len(moments)),
            },
            load=view.load(shoulders(graph, rules), loaded(graph, room.zone, weeks, rules)),
            owner=self._owner(view, graph, owner_id, week_of), made_at=view.made_at,
        )  # fmt: skip

    def _owner(
        self, view: View, graph: ReplyGraph, owner_id: str | None, week_of: Callable[[datetime], str]
    ) -> OwnerReading:
        if owner_id is None:
            return view.no_owner("nobody_named")
        if owner_id not in view.names:
            return view.no_owner("not_readable")
        weeks = owner_weeks(graph, owner_id, week_of, self._rules)
        share = owner_share(graph.replies, owner_id, self._rules.least_replies)
        return view.owner(owner_id, share, weeks, owner_trend(weeks, self._rules))

    def network(self, community_id: str, channel_id: str | None = None) -> Network:
        """Return who replied to whom in the usual weeks up to the one of the newest message, to be drawn.

        Raises:
            NotFound: no such community or channel.
            TooLarge: more messages than the rules allow.
        """
        rules = self._rules
        with self._store.read(community_id) as unit:
            room = find_room(unit, channel_id, None)
            start, stop = _weeks_up_to(latest_sent_at(unit, channel_id) or unit.now, rules.usual_weeks, room.zone)
            said = self._said(unit, room, start, stop)
            rows = unit.session.execute(select(Member.id, Member.name).where(*allowing_ai()))
            names = {row.id: row.name for row in rows}
        return network_of(build(said, start, names, rules), names)

    def owner(self, community_id: str) -> str | None:
        """Return who is taken for the owner: whom the operators named, or whose role says so; None without."""
        with self._store.read(community_id) as unit:
            return _owner_id(unit)

    def name_owner(self, community_id: str, member_id: str | None, *, actor: str) -> str | None:
        """Name the owner, or nobody with None: then roles decide again. Return who it is now.

        Raises:
            NotFound: no such member here.
        """
        with self._store.read(community_id) as unit:
            if member_id is not None:
                unit.get(Member, member_id)
        with self._store.system(write=True) as session:
            row = session.get(Community, community_id, with_for_update=True)
            if row is not None:
                rest = {name: value for name, value in row.settings.items() if name != _OWNER}
                row.settings = rest if member_id is None else {**rest, _OWNER: member_id}
        with self._store.write(community_id) as unit:
            unit.audit(actor, f"{FEATURE}:owner", ("member", member_id or ""))
            return _owner_id(unit)

    def _said(self, unit: Unit, room: Room, start: datetime, end: datetime) -> list[Line]:
        first = start - self._rules.reach
        count, most = count_lines(unit, first, end, room.channel_id), self._rules.most_messages
        if count > most:
            raise TooLarge(
                f"{count} messages lie in these weeks, more than {most}; take fewer weeks or one channel",
                field="weeks", limit=most, count=count,
            )  # fmt: skip
        found = lines(unit, first, end, room.channel_id)
        return [line for line in found if not room.group or line.channel_id in room.channel_ids]


def _weeks_up_to(last: datetime, weeks: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the start and end of so many local weeks, the one of the last moment included."""
    day = (last - timedelta(microseconds=1)).astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    first, after = monday - timedelta(weeks=weeks - 1), monday + timedelta(weeks=1)
    start, stop = (datetime.combine(one, time.min, zone).astimezone(UTC) for one in (first, after))
    return start, stop


def _week_of(zone: ZoneInfo) -> Callable[[datetime], str]:
    def name(at: datetime) -> str:
        year, week, _ = at.astimezone(zone).isocalendar()
        return f"{year}-W{week:02d}"

    return name


def _groups(unit: Unit) -> dict[str, str]:
    """Return the group of each channel; a channel in none is a group by itself."""
    found: dict[str, str] = {}
    for channel in unit.session.scalars(select(Channel)):
        name = (channel.attributes or {}).get(GROUP)
        found[channel.id] = f"group:{name}" if isinstance(name, str) and name else channel.id
    return found


def _owner_id(unit: Unit) -> str | None:
    named = unit.community().settings.get(_OWNER)
    if isinstance(named, str) and unit.find(Member, named) is not None:
        return named
    for roles in (_OWNER_ROLES, (_OPERATOR,)):
        found = list(unit.session.scalars(select(Member.id).where(Member.role.in_(roles)).limit(2)))
        if len(found) == 1:
            return found[0]
    return None
