"""SeasonTeams: teams of a season around one project, proposed by the team builder behind a port, kept by an operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select

from copilot.community.access import Actor
from copilot.community.ids import new_id
from copilot.community.store import Store, Unit
from copilot.community.tables import Community, Member, Season, SeasonTeam, SeasonTeamMember
from copilot.errors import Conflict, InvalidInput
from copilot.recognition.season_models import Milestone, TeamSeat, TeamView
from copilot.recognition.seasons import member_places
from copilot.recognition.showing import is_shown, shown
from copilot.recognition.texts import one_line, some_text
from copilot.recognition.wording import both

FEATURE = "recognition:teams"
MOST_TEAMS = 50


class TeamMaker(Protocol):
    """What forms teams; `copilot.services` puts the optimiser of matching behind it."""

    def form(self, community_id: str, project: str, teams: int, *, actor: Actor) -> list[list[str]]:
        """Return the members of up to so many teams for a project, nobody in two of them; empty when none is found."""
        ...


@dataclass(frozen=True)
class NewTeam:
    """A team to keep."""

    name: str
    project: str
    member_ids: Sequence[str]
    milestones: Sequence[str] = ()


class SeasonTeams:
    """Keeps teams and shows how far they are."""

    def __init__(self, store: Store, maker: TeamMaker) -> None:
        self._store = store
        self._maker = maker

    def form(
        self, community_id: str, season_id: str, project: str, milestones: Sequence[str], teams: int, *, actor: Actor
    ) -> list[TeamView]:
        """Form up to `teams` teams for one project and keep them; members who want not to be shown are left out.

        Raises:
            NotFound: no such season here.
            Conflict: no team was found, or somebody is in another team of the season meanwhile.
            EmbeddingFailed, IndexUnavailable: the builder cannot read vectors.
        """
        with self._store.read(community_id) as unit:
            unit.get(Season, season_id)
            taken = set(
                unit.session.scalars(select(SeasonTeamMember.member_id).where(SeasonTeamMember.season_id == season_id))
            )
        found = self._maker.form(community_id, project, teams, actor=actor)
        with self._store.read(community_id) as unit:
            free = [[one for one in team if one not in taken and is_shown(unit, one)] for team in found]
        formed = [team for team in free if team]
        if not formed:
            raise Conflict("no team was found", reason="no_team", sentence=both("refused.no_team"))
        made = []
        for team in formed:
            new = NewTeam(f"{project[:60]} {self._next(community_id, season_id)}", project, team, milestones)
            made.append(self.keep(community_id, season_id, new, actor=actor.key_id))
        return made

    def keep(self, community_id: str, season_id: str, team: NewTeam, *, actor: str = "") -> TeamView:
        """Keep a team.

        Raises:
            NotFound: no such season or member here.
            InvalidInput: there are 50 teams already.
            Conflict: somebody is in another team of the season, or wants not to be shown.
        """
        name, project = one_line(team.name, "name"), some_text(team.project)
        steps = [one_line(title, "milestones") for title in team.milestones]
        with self._store.write(community_id) as unit:
            unit.session.execute(select(Community.id).with_for_update())
            season = unit.get(Season, season_id)
            rows = list(unit.session.scalars(select(SeasonTeam).where(SeasonTeam.season_id == season_id)))
            if any(row.name == name for row in rows):
                raise Conflict("a team of this season has this name", field="name", sentence=both("refused.team_name"))
            if len(rows) >= MOST_TEAMS:
                raise InvalidInput(f"at most {MOST_TEAMS} teams in a season", field="season_id", limit=MOST_TEAMS)
            row = unit.add(
                SeasonTeam(
                    id=new_id("stm"), season_id=season_id, name=name, project=project, created_by=actor,
                    milestones=[{"title": title, "done_at": None} for title in steps], created_at=unit.now,
                )
            )  # fmt: skip
            unit.session.flush()
            for member_id in dict.fromkeys(team.member_ids):
                self._seat(unit, season, row, member_id)
            unit.session.flush()
            unit.audit(actor, "season_team.made", ("season_team", row.id), members=len(set(team.member_ids)))
            return _view(unit, season, row)

    def _seat(self, unit: Unit, season: Season, row: SeasonTeam, member_id: str) -> None:
        member = unit.get(Member, member_id)
        if not is_shown(unit, member_id):
            raise Conflict(
                "this member does not want to be shown", member_id=member_id, sentence=both("refused.not_shown")
            )
        seat = select(SeasonTeamMember).where(
            SeasonTeamMember.season_id == season.id, SeasonTeamMember.member_id == member_id
        )
        if unit.session.scalar(seat) is not None:
            raise Conflict(
                f"{member_id} is in another team of this season", member_id=member_id,
                sentence=both("refused.in_team", name=member.name),
            )  # fmt: skip
        unit.add(SeasonTeamMember(season_id=season.id, member_id=member_id, team_id=row.id))

    def list(self, community_id: str, season_id: str) -> list[TeamView]:
        """Return the teams of a season by name.

        Raises:
            NotFound: no such season here.
        """
        with self._store.read(community_id) as unit:
            season = unit.get(Season, season_id)
            rows = unit.session.scalars(
                select(SeasonTeam).where(SeasonTeam.season_id == season_id).order_by(SeasonTeam.name, SeasonTeam.id)
            )
            return [_view(unit, season, row) for row in rows]

    def reach(self, community_id: str, team_id: str, number: int, *, done: bool, actor: str = "") -> TeamView:
        """Note that a team reached its milestone `number` (from 1), or has not after all.

        Raises:
            NotFound: no such team here.
            InvalidInput: it has no such milestone.
        """
        with self._store.write(community_id) as unit:
            row = unit.get(SeasonTeam, team_id)
            steps = [dict(step) for step in row.milestones]
            if not 1 <= number <= len(steps):
                raise InvalidInput(
                    f"there is no milestone {number}", field="number", sentence=both("refused.milestone", number=number)
                )
            if (steps[number - 1]["done_at"] is not None) != done:
                steps[number - 1]["done_at"] = unit.now.isoformat() if done else None
                row.milestones = steps
                unit.audit(actor, "season_team.milestone", ("season_team", team_id), number=number, done=done)
            return _view(unit, unit.get(Season, row.season_id), row)

    def _next(self, community_id: str, season_id: str) -> int:
        with self._store.read(community_id) as unit:
            names = set(unit.session.scalars(select(SeasonTeam.name).where(SeasonTeam.season_id == season_id)))
        number = len(names) + 1
        while any(name.endswith(f" {number}") for name in names):
            number += 1
        return number


def _view(unit: Unit, season: Season, row: SeasonTeam) -> TeamView:
    seats = select(SeasonTeamMember.member_id).where(SeasonTeamMember.team_id == row.id)
    ids = list(unit.session.scalars(seats))
    rows = unit.session.execute(
        select(Member.id, Member.name).where(Member.id.in_(ids), *shown()).order_by(Member.name)
    )
    members = [TeamSeat(member_id=member_id, name=name) for member_id, name in rows]
    steps = [Milestone.model_validate(step) for step in row.milestones]
    points = {place.id: place.hundredths for place in member_places(unit, season)}
    return TeamView(
        id=row.id, season_id=row.season_id, name=row.name, project=row.project, members=members,
        not_shown=len(ids) - len(members), milestones=steps,
        progress=sum(step.done_at is not None for step in steps) / len(steps) if steps else None,
        points=sum(points.get(one.member_id, 0) for one in members) / 100,
    )  # fmt: skip
