"""TrustDesk: what is known of dealing with a member, component by component, each shown to whom it may be shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from copilot.community.access import Actor
from copilot.community.permission import get_seen, is_seen_by
from copilot.community.store import Store, Unit
from copilot.community.tables import Loan, Member, Resource
from copilot.resources.transitions import OPEN
from copilot.resources.trust.history import Dealing, Voucher, dealings_of, vouchers_of
from copilot.resources.trust.models import (
    Audience,
    ComponentName,
    ComponentState,
    TrustComponent,
    TrustRecord,
    TrustView,
)
from copilot.resources.trust.wording import said
from copilot.resources.viewing import OPERATE, members_of, require_reader

MOST_RECORDS = 50
_Z = 1.959963984540054  # two-sided 95 % of the normal distribution
_SEEN_BY: dict[ComponentName, Audience] = {
    "co_operation": "members", "endorsements": "members", "confirmed_returns": "members", "on_time": "members",
    "disputes": "partners",
}  # fmt: skip
_SHARES = frozenset({"confirmed_returns", "on_time"})


@dataclass(frozen=True)
class _Case:
    """One case of a component: with whom, whether it counts as met, and what it says."""

    record: TrustRecord
    other: str | None
    is_met: bool
    is_shown: bool


@dataclass(frozen=True)
class _Reader:
    """Who asks: what they may be shown of a member."""

    sees_all: bool
    is_partner: bool
    actor: Actor
    locale: str
    people: dict[str, Member]

    def may_see(self, audience: Audience) -> bool:
        return self.sees_all or audience == "members" or (audience == "partners" and self.is_partner)


class TrustDesk:
    """Counts trust from the records whenever it is asked; nothing of it is stored. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def show(self, community_id: str, member_id: str, actor: Actor) -> TrustView:
        """Return the components of trust in a member.

        The member and operators are shown everything; other members the counts, without records that they had no part
        in; disputes, beyond these two, only whoever has an open loan with the member.

        Raises:
            Denied: the key may not look at resources.
            NotFound: there is no such member that the actor may know of.
        """
        require_reader(actor)
        with self._store.read(community_id) as unit:
            member = get_seen(unit, actor, member_id)
            dealings, vouchers = dealings_of(unit, member_id), vouchers_of(unit, member_id)
            others = [item.other_id for item in dealings] + [item.by_id for item in vouchers]
            locale = unit.community().locale
            reader = _Reader(
                sees_all=actor.may(OPERATE) or (actor.member_id == member_id and actor.may("self:read")),
                is_partner=_is_partner(unit, actor, member_id), actor=actor, locale=locale,
                people=members_of(unit, others),
            )  # fmt: skip
        components = [
            _component(name, cases, reader) for name, cases in _cases(dealings, vouchers, reader).items()
        ]  # fmt: skip
        # Whoever may not be told of disputes may not read from this that there are some.
        is_new = all(item.state == "no_history" for item in components if item.state != "withheld")
        return TrustView(
            member_id=member.id, name=member.name, is_new=is_new, components=components,
            sentence=said("new" if is_new else "known", locale),
        )  # fmt: skip


def _is_partner(unit: Unit, actor: Actor, member_id: str) -> bool:
    """Whether the actor and the member have an open loan with each other."""
    if actor.member_id is None or not actor.may("self:read"):
        return False
    pair = (actor.member_id, member_id)
    found = select(Loan.id).join(Resource, Resource.id == Loan.resource_id).where(
        Loan.status.in_([status.value for status in OPEN]),
        or_(
            (Loan.member_id == pair[0]) & (Resource.owner_id == pair[1]),
            (Loan.member_id == pair[1]) & (Resource.owner_id == pair[0]),
        ),
    )  # fmt: skip
    return unit.session.scalar(found.limit(1)) is not None


def _cases(
    dealings: Sequence[Dealing], vouchers: Sequence[Voucher], reader: _Reader
) -> dict[ComponentName, list[_Case]]:  # fmt: skip
    ended = [item for item in dealings if item.has_ended]
    due = [item for item in ended if not item.is_lender and item.mode == "lend"]
    back = [item for item in due if item.late_days is not None]
    return {
        "co_operation": [_of_loan(item, f"outcome.{item.status}", True, reader) for item in ended],
        "endorsements": [_of_voucher(item, reader) for item in vouchers],
        "confirmed_returns": [_of_loan(item, f"outcome.{item.status}", item.status == "returned", reader) for item in due],
        "on_time": [_of_loan(item, _punctual(item), (item.late_days or 0) <= 0, reader) for item in back],
        "disputes": [
            _of_loan(item, "outcome.disputed" if item.status == "disputed" else "outcome.settled", item.status != "disputed", reader)
            for item in dealings
            if item.disputes
        ],
    }  # fmt: skip


def _punctual(item: Dealing) -> str:
    return "outcome.late" if (item.late_days or 0) > 0 else "outcome.in_time"


def _of_loan(item: Dealing, outcome: str, is_met: bool, reader: _Reader) -> _Case:
    happened = said(outcome, reader.locale, days=item.late_days)
    record = TrustRecord(
        kind="loan", id=item.loan_id, at=item.at, counts=is_met,
        with_id=_known(item.other_id, reader), with_name=_named(item, reader),
        sentence=said("loan.lent" if item.is_lender else "loan.borrowed", reader.locale, title=item.title, outcome=happened),
    )  # fmt: skip
    # Loans are their two sides' own affair.
    is_shown = reader.sees_all or (item.other_id is not None and item.other_id == reader.actor.member_id)
    return _Case(record, item.other_id, is_met, is_shown)


def _of_voucher(item: Voucher, reader: _Reader) -> _Case:
    record = TrustRecord(
        kind="endorsement", id=item.id, at=item.at, counts=not item.is_mutual, with_id=_known(item.by_id, reader),
        with_name=reader.people[item.by_id].name if _known(item.by_id, reader) else said("hidden", reader.locale),
        sentence=said("endorsement.mutual" if item.is_mutual else "endorsement", reader.locale),
    )  # fmt: skip
    return _Case(record, item.by_id, not item.is_mutual, reader.sees_all or item.by_id == reader.actor.member_id)


def _known(member_id: str | None, reader: _Reader) -> str | None:
    member = reader.people.get(member_id or "")
    return member.id if member is not None and is_seen_by(reader.actor, member) else None


def _named(item: Dealing, reader: _Reader) -> str:
    if item.other_id is None:
        return said("community" if item.is_of_community else "gone", reader.locale)
    known = _known(item.other_id, reader)
    return reader.people[known].name if known else said("hidden", reader.locale)


def _component(name: ComponentName, cases: Sequence[_Case], reader: _Reader) -> TrustComponent:
    locale, audience = reader.locale, _SEEN_BY[name]
    state: ComponentState = "shown" if cases else "no_history"
    if not reader.may_see(audience):
        state = "withheld"
    n, met = len(cases), sum(case.is_met for case in cases)
    others = len({case.other for case in cases if case.other is not None})
    is_withheld = state == "withheld"
    low, high = _wilson(met, n) if name in _SHARES and n and not is_withheld else (None, None)
    records = [] if is_withheld else [case.record for case in cases if case.is_shown][:MOST_RECORDS]
    sentence = said(f"{name}.sentence" if state == "shown" else state, locale, n=n, met=met, others=others)
    return TrustComponent(
        name=name, title=said(f"{name}.title", locale), definition=said(f"{name}.definition", locale), state=state,
        n=None if is_withheld else n, met=None if is_withheld else met, low=low, high=high,
        others=None if is_withheld else others, sentence=sentence, seen_by=audience, records=records,
        more=0 if is_withheld else n - len(records),
    )  # fmt: skip


def _wilson(met: int, n: int) -> tuple[float, float]:
    """Return the Wilson score interval of a share (Wilson 1927, without continuity correction)."""
    share = met / n
    centre = share + _Z**2 / (2 * n)
    reach = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    scale = 1 + _Z**2 / n
    # At the ends the two terms cancel; rounding must not leave 1e-18 instead of 0.
    return (0.0 if met == 0 else (centre - reach) / scale), (1.0 if met == n else (centre + reach) / scale)
