"""SeasonDesk: seasons and their boards. Boards are counted when asked for, so that opting out holds at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select

from copilot.community.ids import new_id
from copilot.community.reader import reader_locale
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Member, Season, SeasonTeam, SeasonTeamMember
from copilot.errors import InvalidInput
from copilot.recognition.season_models import Board, BoardKind, BoardRow, SeasonView
from copilot.recognition.showing import shown, sums
from copilot.recognition.texts import one_line
from copilot.recognition.wording import both, say

FEATURE = "recognition:seasons"
LONGEST = timedelta(days=400)
# Who joined this long before a season began is still new in it.
NEWCOMER = timedelta(days=30)
MOST_ROWS = 200
_YEARS = (2000, 2200)
_CHUNK = 400


class Place(NamedTuple):
    """Somebody, or a team, with hundredths of points."""

    id: str
    name: str
    hundredths: int


class SeasonDesk:
    """Makes seasons and counts their boards."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(
        self, community_id: str, name: str, starts_at: datetime, ends_at: datetime, *, actor: str = ""
    ) -> SeasonView:
        """Make a season; seasons may overlap.

        Raises:
            NotFound: no such community.
            InvalidInput: it ends before it starts, lasts longer than 400 days, or a time has no zone.
        """
        if starts_at.tzinfo is None or ends_at.tzinfo is None:
            raise InvalidInput("times need a zone", field="starts_at")
        first, last = _YEARS
        if not (first <= starts_at.year <= last and first <= ends_at.year <= last):
            raise InvalidInput(f"years are from {first} to {last}", field="starts_at")
        name = one_line(name, "name")
        if not timedelta(0) < ends_at - starts_at <= LONGEST:
            raise InvalidInput(
                f"a season ends after it starts, within {LONGEST.days} days", field="ends_at", limit=LONGEST.days,
                sentence=both("refused.season_times", days=LONGEST.days),
            )  # fmt: skip
        with self._store.write(community_id) as unit:
            unit.community()
            row = unit.add(
                Season(
                    id=new_id("ssn"), name=name, starts_at=starts_at.astimezone(UTC), ends_at=ends_at.astimezone(UTC),
                    created_by=actor,
                )
            )  # fmt: skip
            unit.audit(
                actor, "season.made", ("season", row.id), starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat()
            )
            return season_view(unit, row)

    def list(self, community_id: str, *, limit: int = 50, cursor: str | None = None) -> Page[SeasonView]:
        """Return seasons, the latest start first.

        Raises:
            NotFound: no such community.
            InvalidInput: limit or cursor is wrong.
        """
        with self._store.read(community_id) as unit:
            unit.community()
            page = unit.page(select(Season), (Season.starts_at, Season.id), limit=limit, cursor=cursor)
            return Page([season_view(unit, row) for row in page.items], page.next_cursor)

    def board(self, community_id: str, season_id: str, kind: BoardKind, *, limit: int = 50) -> Board:
        """Return a board of a season as it stands now.

        Raises:
            NotFound: no such season here.
            InvalidInput: `limit` is outside 1-200.
        """
        if not 1 <= limit <= MOST_ROWS:
            raise InvalidInput(f"limit is from 1 to {MOST_ROWS}", field="limit", limit=MOST_ROWS)
        with self._store.read(community_id) as unit:
            season = unit.get(Season, season_id)
            if kind == "team":
                places = team_places(unit, season)
            else:
                places = member_places(unit, season, newcomers=kind == "newcomer")
            rows = ranked(places)
            locale = reader_locale(unit)
            return Board(
                season=season_view(unit, season), kind=kind, rows=rows[:limit], ranked=len(rows),
                note="" if rows else say(locale, "board.empty"), made_at=unit.now,
            )  # fmt: skip


def member_places(unit: Unit, season: Season, *, newcomers: bool = False, rules: tuple[str, ...] = ()) -> list[Place]:
    """Return members who may be shown and have points in a season."""
    totals = {one: total for one, total in sums(unit, season.starts_at, season.ends_at, rules).items() if total > 0}
    statement = select(Member.id, Member.name).where(*shown())
    if newcomers:
        since = season.starts_at - NEWCOMER
        joined = or_(Member.joined_at >= since, Member.joined_at.is_(None) & (Member.created_at >= since))
        statement = statement.where(joined)
    wanted, found = sorted(totals), list[Place]()
    for start in range(0, len(wanted), _CHUNK):
        rows = unit.session.execute(statement.where(Member.id.in_(wanted[start : start + _CHUNK])))
        found += [Place(member_id, name, totals[member_id]) for member_id, name in rows]
    return found


def team_places(unit: Unit, season: Season) -> list[Place]:
    """Return the teams of a season with the points of those members who may be shown."""
    by_member = {place.id: place.hundredths for place in member_places(unit, season)}
    teams = {
        row.id: row.name
        for row in unit.session.execute(select(SeasonTeam.id, SeasonTeam.name).where(SeasonTeam.season_id == season.id))
    }
    totals = dict.fromkeys(teams, 0)
    seats = select(SeasonTeamMember.team_id, SeasonTeamMember.member_id).where(SeasonTeamMember.season_id == season.id)
    for team_id, member_id in unit.session.execute(seats):
        totals[team_id] += by_member.get(member_id, 0)
    return [Place(team_id, teams[team_id], total) for team_id, total in totals.items() if total > 0]


def ranked(places: Iterable[Place]) -> list[BoardRow]:
    """Return places by points, ties sharing a rank (standard competition ranking), among them by name and id."""
    rows: list[BoardRow] = []
    last: int | None = None
    rank = 0
    ordered = sorted(places, key=lambda place: (-place.hundredths, place.name, place.id))
    for number, place in enumerate(ordered, start=1):
        rank = rank if place.hundredths == last else number
        last = place.hundredths
        rows.append(BoardRow(rank=rank, id=place.id, name=place.name, points=place.hundredths / 100))
    return rows


def season_view(unit: Unit, row: Season) -> SeasonView:
    """Return a season as it is at the unit's moment."""
    state = "coming" if unit.now < row.starts_at else "over" if unit.now >= row.ends_at else "running"
    return SeasonView.model_validate(
        {"id": row.id, "name": row.name, "starts_at": row.starts_at, "ends_at": row.ends_at, "state": state}
    )
