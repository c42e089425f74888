"""AwardDesk: honours of a season, proposed from the ledger with their evidence, decided by a person."""

from __future__ import annotations

from typing import Final, Literal

from sqlalchemy import Select, delete, select

from copilot.community.ids import new_id
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Award, Community, Member, PointEntry, PointPerson, Season
from copilot.errors import Conflict
from copilot.recognition.season_models import AwardStatus, AwardView, Category
from copilot.recognition.seasons import Place, member_places
from copilot.recognition.showing import is_shown, shown
from copilot.recognition.wording import both, say

FEATURE = "recognition:awards"
CATEGORIES: Final[dict[Category, tuple[str, ...]]] = {
    "best_contributor": (),
    "best_helper": ("answer_thanked", "newcomer_welcomed"),
    "best_write_up": ("write_up",),
}
_MOST_EVIDENCE = 50


class AwardDesk:
    """Proposes; nobody is honoured by the machine."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def propose(self, community_id: str, season_id: str, *, actor: str = "") -> list[AwardView]:
        """Propose who has most points in each category, all of them when several have; again brings proposals up to date.

        What somebody decided stays.

        Raises:
            NotFound: no such season here.
        """
        with self._store.write(community_id) as unit:
            unit.session.execute(select(Community.id).with_for_update())
            season = unit.get(Season, season_id)
            unit.session.execute(delete(Award).where(Award.season_id == season_id, Award.status == "proposed"))
            decided = set(unit.session.scalars(select(Award.key).where(Award.season_id == season_id)))
            locale = unit.community().locale
            for category, rules in CATEGORIES.items():
                for place in _first(member_places(unit, season, rules=rules)):
                    key = f"{season_id}:{category}:{place.id}"
                    if key not in decided:
                        unit.add(
                            Award(
                                id=new_id("awd"), season_id=season_id, member_id=place.id, category=category, key=key,
                                title=say(locale, f"award.{category}"), evidence=_evidence(unit, season, place, rules),
                                status="proposed", decided_by=None, decided_at=None, created_at=unit.now,
                            )
                        )  # fmt: skip
            unit.session.flush()
            rows = list(unit.session.scalars(_of_shown().where(Award.season_id == season_id)))
            unit.audit(actor, "awards.proposed", ("season", season_id), proposals=len(rows))
            return _views(unit, rows)

    def list(
        self, community_id: str, *, season_id: str | None = None, status: AwardStatus | None = None, limit: int = 50,
        cursor: str | None = None,
    ) -> Page[AwardView]:  # fmt: skip
        """Return awards, newest first, of members who may be shown.

        Raises:
            NotFound: no such community.
            InvalidInput: limit or cursor is wrong.
        """
        statement = _of_shown()
        if season_id is not None:
            statement = statement.where(Award.season_id == season_id)
        if status is not None:
            statement = statement.where(Award.status == status)
        with self._store.read(community_id) as unit:
            unit.community()
            page = unit.page(statement, (Award.created_at, Award.id), limit=limit, cursor=cursor)
            return Page(_views(unit, page.items), page.next_cursor)

    def decide(
        self, community_id: str, award_id: str, decision: Literal["granted", "declined"], *, actor: str = ""
    ) -> AwardView:
        """Grant an award or decline it; the same decision again changes nothing.

        Raises:
            NotFound: there is none with this id here.
            Conflict: somebody decided otherwise, or the member wants not to be shown.
        """
        with self._store.write(community_id) as unit:
            unit.session.execute(select(Community.id).with_for_update())
            row = unit.get(Award, award_id)
            if decision == "granted" and not is_shown(unit, row.member_id):
                raise Conflict(
                    "this member does not want to be shown", reason="not_shown", sentence=both("refused.not_shown")
                )
            if row.status not in {"proposed", decision}:
                raise Conflict("it is decided", reason="decided", status=row.status, sentence=both("refused.decided"))
            if row.status == "proposed":
                row.status, row.decided_by, row.decided_at = decision, actor, unit.now
                unit.audit(actor, "award.decided", ("award", award_id), decision=decision)
            return _views(unit, [row])[0]


def _of_shown() -> Select[Award]:
    return select(Award).where(Award.member_id.in_(select(Member.id).where(*shown())))


def _first(places: list[Place]) -> list[Place]:
    most = max((place.hundredths for place in places), default=0)
    return sorted((place for place in places if place.hundredths == most), key=lambda place: place.id)


def _evidence(unit: Unit, season: Season, place: Place, rules: tuple[str, ...]) -> list[str]:
    reversed_ids = select(PointEntry.reverses_id).where(PointEntry.reverses_id.is_not(None))
    statement = (
        select(PointEntry.id)
        .join(PointPerson, PointPerson.id == PointEntry.person_id)
        .where(
            PointPerson.member_id == place.id, PointEntry.reverses_id.is_(None), PointEntry.id.not_in(reversed_ids),
            PointEntry.act_at >= season.starts_at, PointEntry.act_at < season.ends_at, PointEntry.hundredths > 0,
        )
        .order_by(PointEntry.hundredths.desc(), PointEntry.number)
        .limit(_MOST_EVIDENCE)
    )  # fmt: skip
    if rules:
        statement = statement.where(PointEntry.rule.in_(rules))
    return list(unit.session.scalars(statement))


def _views(unit: Unit, rows: list[Award]) -> list[AwardView]:
    members = unit.get_many(Member, {row.member_id for row in rows})
    return [
        AwardView.model_validate(
            {
                "id": row.id, "season_id": row.season_id, "category": row.category, "title": row.title,
                "member_id": row.member_id, "name": members[row.member_id].name, "evidence": row.evidence,
                "status": row.status, "decided_by": row.decided_by, "decided_at": row.decided_at,
                "created_at": row.created_at,
            }
        )
        for row in rows
    ]  # fmt: skip
