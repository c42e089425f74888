"""RewardDesk: prizes with a stock and slots to be seen, exchanged for points. One transaction: paid and taken, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select, update

from copilot.community.ids import new_id
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Community, Exposure, Member, Redemption, Reward
from copilot.errors import Conflict
from copilot.recognition.exposures import give_place
from copilot.recognition.season_models import RedemptionStatus, RedemptionView, RewardKind, RewardStatus, RewardView
from copilot.recognition.showing import CANCELLED, earned, is_shown, spent
from copilot.recognition.texts import one_line, some_text
from copilot.recognition.wording import both, number

FEATURE = "recognition:rewards"


@dataclass(frozen=True)
class NewReward:
    """A reward to offer; `stock` None is without end."""

    kind: RewardKind
    title: str
    description: str
    cost_hundredths: int
    stock: int | None


class RewardDesk:
    """Offers rewards and exchanges points for them. Safe between threads and processes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def offer(self, community_id: str, new: NewReward, *, actor: str = "") -> RewardView:
        """Offer a reward.

        Raises:
            NotFound: no such community.
        """
        title = one_line(new.title, "title")
        with self._store.write(community_id) as unit:
            unit.community()
            row = unit.add(
                Reward(
                    id=new_id("rwd"), kind=new.kind, title=title, description=some_text(new.description),
                    cost_hundredths=new.cost_hundredths, stock=new.stock, status="offered", created_by=actor,
                    created_at=unit.now,
                )
            )  # fmt: skip
            unit.audit(actor, "reward.offered", ("reward", row.id), kind=new.kind, stock=new.stock)
            return _reward(row)

    def rewards(
        self, community_id: str, *, status: RewardStatus | None = None, limit: int = 50, cursor: str | None = None
    ) -> Page[RewardView]:
        """Return rewards, newest first.

        Raises:
            NotFound: no such community.
            InvalidInput: limit or cursor is wrong.
        """
        statement = select(Reward)
        if status is not None:
            statement = statement.where(Reward.status == status)
        with self._store.read(community_id) as unit:
            unit.community()
            page = unit.page(statement, (Reward.created_at, Reward.id), limit=limit, cursor=cursor)
            return Page([_reward(row) for row in page.items], page.next_cursor)

    def close(self, community_id: str, reward_id: str, *, actor: str = "") -> RewardView:
        """Offer a reward no more; what was exchanged stays.

        Raises:
            NotFound: there is none with this id here.
        """
        with self._store.write(community_id) as unit:
            row = unit.get(Reward, reward_id)
            if row.status != "closed":
                row.status = "closed"
                unit.audit(actor, "reward.closed", ("reward", reward_id))
            return _reward(row)

    def redeem(self, community_id: str, reward_id: str, member_id: str, *, actor: str = "") -> RedemptionView:
        """Exchange a member's points for a reward.

        Raises:
            NotFound: no such reward or member here.
            Conflict: it is no longer offered, none is left, the points do not suffice, or a slot is asked for by who
                wants not to be shown.
        """
        with self._store.write(community_id) as unit:
            reward = unit.get(Reward, reward_id)
            if reward.kind == "exposure":
                # Who gives places holds the community. First of all: new rows share its key, and two who hold that and
                # then ask for more would wait for each other.
                unit.session.execute(select(Community.id).with_for_update())
            # One member's exchanges wait for each other, so that points are not spent twice; SQLite has one writer.
            unit.session.execute(select(Member.id).where(Member.id == member_id).with_for_update())
            unit.get(Member, member_id)
            if reward.status != "offered":
                raise Conflict("this reward is no longer offered", reason="closed", sentence=both("refused.closed"))
            if reward.kind == "exposure" and not is_shown(unit, member_id):
                raise Conflict(
                    "this member does not want to be shown", reason="not_shown", sentence=both("refused.not_shown")
                )
            free = earned(unit, member_id) - spent(unit, member_id)
            if free < reward.cost_hundredths:
                raise Conflict(
                    "not enough points", reason="points", cost=reward.cost_hundredths / 100, free=free / 100,
                    sentence=both("refused.points", cost=number(reward.cost_hundredths), free=number(free)),
                )  # fmt: skip
            _take(unit, reward)
            row = unit.add(
                Redemption(
                    id=new_id("rdm"), reward_id=reward_id, member_id=member_id, cost_hundredths=reward.cost_hundredths,
                    status="waiting", created_by=actor, created_at=unit.now, decided_by=None, decided_at=None,
                )
            )  # fmt: skip
            unit.session.flush()
            if reward.kind == "exposure":
                give_place(unit, member_id, row.id, actor)
            unit.audit(actor, "reward.redeemed", ("redemption", row.id), reward_id=reward_id)
            return _redemption(row)

    def redemptions(
        self, community_id: str, *, member_id: str | None = None, status: RedemptionStatus | None = None,
        limit: int = 50, cursor: str | None = None,
    ) -> Page[RedemptionView]:  # fmt: skip
        """Return exchanges, newest first.

        Raises:
            NotFound: no such community.
            InvalidInput: limit or cursor is wrong.
        """
        statement = select(Redemption)
        if member_id is not None:
            statement = statement.where(Redemption.member_id == member_id)
        if status is not None:
            statement = statement.where(Redemption.status == status)
        with self._store.read(community_id) as unit:
            unit.community()
            page = unit.page(statement, (Redemption.created_at, Redemption.id), limit=limit, cursor=cursor)
            return Page([_redemption(row) for row in page.items], page.next_cursor)

    def decide(
        self, community_id: str, redemption_id: str, status: Literal["handed_over", "cancelled"], *, actor: str = ""
    ) -> RedemptionView:
        """Note that a reward was handed over, or cancel the exchange: points, stock and a slot are free again.

        Raises:
            NotFound: there is none with this id here.
            Conflict: the other was decided already.
        """
        with self._store.write(community_id) as unit:
            unit.session.execute(select(Redemption.id).where(Redemption.id == redemption_id).with_for_update())
            row = unit.get(Redemption, redemption_id)
            if row.status not in {"waiting", status}:
                raise Conflict("it is decided", reason="decided", status=row.status, sentence=both("refused.decided"))
            if row.status == "waiting":
                row.status, row.decided_by, row.decided_at = status, actor, unit.now
                if status == CANCELLED:
                    _give_back(unit, row)
                unit.audit(actor, "reward.decided", ("redemption", redemption_id), status=status)
            return _redemption(row)


def _take(unit: Unit, reward: Reward) -> None:
    """Take one of the stock in one statement: of two who ask for the last one, one is told that there is none."""
    if reward.stock is None:
        return
    taken: Any = unit.session.execute(
        update(Reward).where(Reward.id == reward.id, Reward.stock > 0).values(stock=Reward.stock - 1),
        execution_options={"synchronize_session": False},
    )
    if taken.rowcount != 1:
        raise Conflict("there is none left", reason="stock", sentence=both("refused.stock"))
    unit.session.expire(reward)


def _give_back(unit: Unit, row: Redemption) -> None:
    unit.session.execute(
        update(Reward).where(Reward.id == row.reward_id, Reward.stock.is_not(None)).values(stock=Reward.stock + 1),
        execution_options={"synchronize_session": False},
    )
    today = unit.now.date()
    for slot in unit.session.scalars(select(Exposure).where(Exposure.redemption_id == row.id, Exposure.day > today)):
        unit.session.delete(slot)


def _reward(row: Reward) -> RewardView:
    return RewardView.model_validate(
        {
            "id": row.id, "kind": row.kind, "title": row.title, "description": row.description,
            "cost": row.cost_hundredths / 100, "stock": row.stock, "status": row.status, "created_at": row.created_at,
        }
    )  # fmt: skip


def _redemption(row: Redemption) -> RedemptionView:
    return RedemptionView.model_validate(
        {
            "id": row.id, "reward_id": row.reward_id, "member_id": row.member_id, "cost": row.cost_hundredths / 100,
            "status": row.status, "created_at": row.created_at, "decided_by": row.decided_by,
            "decided_at": row.decided_at,
        }
    )  # fmt: skip
