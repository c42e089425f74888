"""What points can be exchanged for, who exchanged them, and whose card is shown on which day."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path
from starlette.responses import Response

from api.console.form_fields import member_of, whole_number
from api.console.navigation import PREFIX
from api.console.visit import VisitDep, WritingDep
from copilot.community.tables import Member
from copilot.errors import InvalidInput
from copilot.recognition.rewards import NewReward
from copilot.recognition.season_models import RewardKind

router = APIRouter(prefix="/recognition")
Id = Annotated[str, Path(max_length=64)]
Number = Annotated[str, Form(max_length=10)]
_MOST, _DAYS = 1_000_000, 14


@router.get("/rewards")
def rewards_page(visit: VisitDep) -> Response:
    """Show rewards, exchanges and slots."""
    visit.actor.require("recognition:read")
    desks, community_id = visit.services.recognition, visit.community_id
    may_write = visit.actor.may("recognition:write")
    rewards = desks.rewards.rewards(community_id, limit=50).items
    exchanges = desks.rewards.redemptions(community_id, limit=30).items if may_write else []
    with visit.services.store.read(community_id) as unit:
        people = unit.get_many(Member, {one.member_id for one in exchanges})
    return visit.page(
        "rewards.html", place="recognition", rewards=rewards, titles={one.id: one.title for one in rewards},
        exchanges=exchanges, names={name: row.name for name, row in people.items()}, may_write=may_write,
        slots=desks.exposures.listed(community_id, None, _DAYS).items,
    )  # fmt: skip


@router.post("/rewards")
def offer(
    visit: WritingDep,
    *,
    kind: Annotated[RewardKind, Form()] = "prize",
    title: Annotated[str, Form(max_length=100)] = "",
    description: Annotated[str, Form(max_length=1000)] = "",
    cost: Number = "",
    stock: Number = "",
) -> Response:
    """Offer a prize, or a day on which a member's card is shown."""
    visit.actor.require("recognition:write")
    price = _bounded(cost, "cost")
    if price is None:
        sentence = {"zh-CN": "请填需要多少积分。", "en": "Say how many points it takes."}
        raise InvalidInput("cost is missing", field="cost", sentence=sentence)
    new = NewReward(kind, title, description, price * 100, _bounded(stock, "stock"))
    visit.services.recognition.rewards.offer(visit.community_id, new, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/recognition/rewards")


@router.post("/rewards/{reward_id}/close")
def close(visit: WritingDep, reward_id: Id) -> Response:
    """Offer a reward no more."""
    visit.actor.require("recognition:write")
    visit.services.recognition.rewards.close(visit.community_id, reward_id, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/recognition/rewards")


@router.post("/rewards/{reward_id}/exchange")
def exchange(visit: WritingDep, reward_id: Id, member: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Exchange a member's points on their word."""
    visit.actor.require("recognition:write")
    with visit.services.store.read(visit.community_id) as unit:
        member_id = member_of(unit, visit.actor, member, "member").id
    visit.services.recognition.rewards.redeem(visit.community_id, reward_id, member_id, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/recognition/rewards")


@router.post("/exchanges/{redemption_id}/decide")
def decide(
    visit: WritingDep, redemption_id: Id, status: Annotated[Literal["handed_over", "cancelled"], Form()]
) -> Response:
    """Note that a reward was handed over, or cancel the exchange."""
    visit.actor.require("recognition:write")
    visit.services.recognition.rewards.decide(visit.community_id, redemption_id, status, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/recognition/rewards")


@router.post("/slots")
def plan_slots(visit: WritingDep) -> Response:
    """Fill the free days of the next two weeks in turn."""
    visit.actor.require("recognition:write")
    visit.services.recognition.exposures.plan(visit.community_id, None, _DAYS, 1, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/recognition/rewards")


def _bounded(text: str, field: str) -> int | None:
    number = whole_number(text, field)
    if number is not None and not 1 <= number <= _MOST:
        sentence = {"zh-CN": f"请填 1 到 {_MOST} 的整数。", "en": f"Give a number from 1 to {_MOST}."}
        raise InvalidInput(f"{field} is from 1 to {_MOST}", field=field, sentence=sentence)
    return number
