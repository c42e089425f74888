"""StandingDesk: what a season's boards said when it ended. Who may be shown is asked anew each time one looks."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import select

from copilot.community.ids import derived_id
from copilot.community.reader import reader_locale
from copilot.community.store import Store, Unit
from copilot.community.tables import Community, Member, Season, SeasonStanding, SeasonTeam
from copilot.errors import NotFound
from copilot.recognition.season_models import Board, BoardKind, BoardRow
from copilot.recognition.seasons import MOST_ROWS, member_places, ranked, season_view, team_places
from copilot.recognition.showing import shown
from copilot.recognition.wording import both, say

_MOST_SEASONS = 20


class StandingDesk:
    """Keeps final boards. Points that are reversed later stay out of the live board and in the final one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep_ended(self, community_id: str) -> int:
        """Keep the boards of seasons that ended and have none kept, 20 at most; return of how many."""
        kept = select(SeasonStanding.season_id).distinct()
        with self._store.write(community_id) as unit:
            # One keeper at a time: two would write the same places.
            unit.session.execute(select(Community.id).with_for_update())
            seasons = list(
                unit.session.scalars(
                    select(Season)
                    .where(Season.ends_at <= unit.now, Season.id.not_in(kept))
                    .order_by(Season.ends_at, Season.id)
                    .limit(_MOST_SEASONS)
                )
            )
            return sum(_keep(unit, season) for season in seasons)

    def board(self, community_id: str, season_id: str, kind: BoardKind) -> Board:
        """Return a board as it was when the season ended, without those who do not want to be shown now.

        Ranks are those of that day.

        Raises:
            NotFound: no such season here, or nothing was kept of it yet.
        """
        with self._store.read(community_id) as unit:
            season = unit.get(Season, season_id)
            rows = list(
                unit.session.scalars(
                    select(SeasonStanding)
                    .where(SeasonStanding.season_id == season_id)
                    .order_by(SeasonStanding.rank, SeasonStanding.id)
                )
            )
            if not rows:
                raise NotFound(
                    "nothing was kept of this season yet", kind="season_standing", id=season_id,
                    sentence=both("refused.not_kept"),
                )  # fmt: skip
            wanted = [row for row in rows if row.kind == kind]
            names = _names(unit, wanted)
            items = [
                BoardRow(rank=row.rank, id=key, name=names[key], points=row.hundredths / 100)
                for row in wanted
                if (key := row.member_id or row.team_id or "") in names
            ]
            items.sort(key=lambda row: (row.rank, row.name, row.id))
            note = "" if items else say(reader_locale(unit), "board.empty")
            return Board(
                season=season_view(unit, season), kind=kind, rows=items[:MOST_ROWS], ranked=len(items), note=note,
                made_at=rows[0].taken_at,
            )  # fmt: skip


def _keep(unit: Unit, season: Season) -> bool:
    places = {
        "individual": member_places(unit, season),
        "newcomer": member_places(unit, season, newcomers=True),
        "team": team_places(unit, season),
    }
    kinds: tuple[BoardKind, ...] = get_args(BoardKind)
    wrote = False
    for kind in kinds:
        for row in ranked(places[kind])[:MOST_ROWS]:
            is_team = kind == "team"
            wrote = True
            unit.add(
                SeasonStanding(
                    id=derived_id("sta", season.id, kind, row.id), season_id=season.id, kind=kind, rank=row.rank,
                    member_id=None if is_team else row.id, team_id=row.id if is_team else None,
                    hundredths=round(row.points * 100), taken_at=unit.now,
                )
            )  # fmt: skip
    return wrote


def _names(unit: Unit, rows: list[SeasonStanding]) -> dict[str, str]:
    members = [row.member_id for row in rows if row.member_id]
    teams = [row.team_id for row in rows if row.team_id]
    found: dict[str, str] = {}
    for table, ids, conditions in ((Member, members, shown()), (SeasonTeam, teams, ())):
        rows_found = unit.session.execute(select(table.id, table.name).where(table.id.in_(ids), *conditions))
        found.update((row.id, row.name) for row in rows_found)
    return found
