"""What an act is worth, given what was scored before it. Pure, in whole numbers: equal on every machine.

`points = base x day x pair x breadth x ring`, each factor a share in ten-thousandths, the product in hundredths of a
point and rounded down once. The ledger is priced in the order of its numbers, so that counting again gives the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from copilot.recognition.rules import RuleSet

WHOLE = 10_000
STAFF = ""
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Claim:
    """An act as the ledger knows it: people by their names there."""

    rule: str
    person_id: str
    giver_id: str
    on: date


@dataclass(frozen=True, slots=True)
class Price:
    """Why an act is worth what it is; shares in ten-thousandths."""

    base: int
    day_share: int
    pair_share: int
    breadth_share: int
    ring_share: int

    @property
    def hundredths(self) -> int:
        """Hundredths of a point, rounded down."""
        shares = self.day_share * self.pair_share * self.breadth_share * self.ring_share
        return self.base * 100 * shares // WHOLE**4


@dataclass
class Memory:
    """What earlier entries leave behind. `number`s of entries are the keys of what can be taken back."""

    _days: Counter[tuple[str, str, date]] = field(default_factory=Counter)
    _claims: dict[int, tuple[Claim, int]] = field(default_factory=dict)
    _given_to: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _given_by: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _total: Counter[str] = field(default_factory=Counter)
    _pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    _met: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _lone: dict[str, dict[int, date]] = field(default_factory=lambda: defaultdict(dict))
    _pair_queue: deque[int] = field(default_factory=deque)
    _ring_queue: deque[int] = field(default_factory=deque)
    _in_pairs: set[int] = field(default_factory=set)
    _in_rings: set[int] = field(default_factory=set)
    _today: date = date.min

    def price(self, claim: Claim, rules: RuleSet) -> Price:
        """Return what `claim` is worth now; nothing is remembered."""
        self._move_to(claim.on, rules)
        base = rules.rules[claim.rule].points
        day = _power(rules.daily_decay, self._days[claim.person_id, claim.rule, claim.on])
        if claim.giver_id == STAFF:
            return Price(base, day, WHOLE, WHOLE, WHOLE)
        pair = _power(rules.pair_decay, self._pairs[claim.giver_id, claim.person_id])
        others = sum(name != claim.person_id for name in self._met[claim.giver_id])
        breadth = rules.breadth[min(others, len(rules.breadth) - 1)] * 100
        if not others and rules.lone_cap is not None and self._lone_before(claim, rules) >= rules.lone_cap:
            breadth = 0  # accounts made to give to one person have given to nobody else
        ring = WHOLE - self.returned(claim, base) * rules.ring_discount // 100
        return Price(base, day, pair, breadth, ring)

    def _lone_before(self, claim: Claim, rules: RuleSet) -> int:
        """Return how many acts of the last days came to the earner from givers who had given to nobody else."""
        since = claim.on - timedelta(days=rules.lone_days)
        return sum(on > since for on in self._lone[claim.person_id].values())

    def returned(self, claim: Claim, base: int) -> int:
        """Return how much of what the earner gave comes back by this giver, in ten-thousandths.

        The larger of two: what the earner gave the giver directly, of what the giver gave the earner, this included; and
        the chance that a walk from the earner along what was given, by its amounts, is at the giver within three steps.
        """
        earner, giver = claim.person_id, claim.giver_id
        out = self._given_to[earner]
        if not out:
            return 0
        direct = out[giver] * WHOLE // (self._given_to[giver][earner] + base)
        return min(WHOLE, max(direct, self._walk(earner, giver)))

    def _walk(self, earner: str, giver: str) -> int:
        last = {name: self._share(name, giver) for name in self._given_by[giver]}
        found = 0
        for first in self._given_to[earner]:
            if first == earner:
                continue
            step = self._share(earner, first)
            if first == giver:
                found += step
                continue
            found += step * last.get(first, 0) // WHOLE
            onward = self._given_to[first]
            within = (name for name in last if name in onward and name not in {earner, first, giver})
            found += step * sum(self._share(first, name) * last[name] for name in within) // WHOLE**2
        return found

    def _share(self, giver: str, earner: str) -> int:
        """Return how much of what somebody gave went to one person, in ten-thousandths."""
        return self._given_to[giver][earner] * WHOLE // self._total[giver]

    def remember(self, number: int, claim: Claim, rules: RuleSet) -> None:
        """Let an entry weigh on later ones."""
        self._move_to(claim.on, rules)
        base = rules.rules[claim.rule].points
        self._days[claim.person_id, claim.rule, claim.on] += 1
        self._claims[number] = (claim, base)
        if claim.giver_id == STAFF:
            return
        if not any(name != claim.person_id for name in self._met[claim.giver_id]):
            self._lone[claim.person_id][number] = claim.on
        self._met[claim.giver_id][claim.person_id] += 1
        if claim.on > self._today - timedelta(days=rules.pair_days):
            self._pairs[claim.giver_id, claim.person_id] += 1
            self._pair_queue.append(number)
            self._in_pairs.add(number)
        if claim.on > self._today - timedelta(days=rules.ring_days):
            self._total[claim.giver_id] += base
            self._given_to[claim.giver_id][claim.person_id] += base
            self._given_by[claim.person_id][claim.giver_id] += base
            self._ring_queue.append(number)
            self._in_rings.add(number)

    def forget(self, number: int) -> None:
        """Let an entry that was reversed weigh no more; later entries are not priced again."""
        claim, base = self._claims.pop(number)
        _less(self._days, (claim.person_id, claim.rule, claim.on), 1)
        if claim.giver_id == STAFF:
            return
        _less(self._met[claim.giver_id], claim.person_id, 1)
        self._lone[claim.person_id].pop(number, None)
        self._leave_pairs(number, claim)
        self._leave_rings(number, claim, base)

    def _move_to(self, day: date, rules: RuleSet) -> None:
        """Forget what is too old. The newest day seen counts, so that late acts do not bring old ones back."""
        self._today = max(self._today, day)
        for queue, days, leave in (
            (self._pair_queue, rules.pair_days, self._pair_ended),
            (self._ring_queue, rules.ring_days, self._ring_ended),
        ):
            while queue and (queue[0] not in self._claims or self._is_old(queue[0], days)):
                leave(queue.popleft())

    def _is_old(self, number: int, days: int) -> bool:
        return self._claims[number][0].on <= self._today - timedelta(days=days)

    def _pair_ended(self, number: int) -> None:
        if number in self._claims:
            self._leave_pairs(number, self._claims[number][0])

    def _ring_ended(self, number: int) -> None:
        if number in self._claims:
            self._leave_rings(number, *self._claims[number])

    def _leave_pairs(self, number: int, claim: Claim) -> None:
        if number in self._in_pairs:
            self._in_pairs.discard(number)
            _less(self._pairs, (claim.giver_id, claim.person_id), 1)

    def _leave_rings(self, number: int, claim: Claim, base: int) -> None:
        if number in self._in_rings:
            self._in_rings.discard(number)
            _less(self._total, claim.giver_id, base)
            _less(self._given_to[claim.giver_id], claim.person_id, base)
            _less(self._given_by[claim.person_id], claim.giver_id, base)


def _power(percent: int, times: int) -> int:
    """Return `percent` to the power of `times` in ten-thousandths, rounded down."""
    times = min(times, 50)  # below one ten-thousandth long before, unless nothing decays
    return int(WHOLE * percent**times // 100**times)


def _less(counts: Counter[Key], key: Key, by: int) -> None:
    counts[key] -= by
    if counts[key] <= 0:
        del counts[key]
