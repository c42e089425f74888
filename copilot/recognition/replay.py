"""The ledger read from its first entry on: what it leaves behind for the next one, and whether it can be counted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from copilot.community.store import Unit
from copilot.community.tables import PointEntry
from copilot.recognition.pricing import Claim, Memory, Price
from copilot.recognition.rules import RuleSet

_ROWS = 2_000
_COLUMNS = (
    PointEntry.id, PointEntry.number, PointEntry.act_key, PointEntry.person_id, PointEntry.giver_id, PointEntry.rule,
    PointEntry.rules_version, PointEntry.act_on, PointEntry.base, PointEntry.day_share, PointEntry.pair_share,
    PointEntry.breadth_share, PointEntry.ring_share, PointEntry.hundredths, PointEntry.reverses_id,
)  # fmt: skip


@dataclass
class Replay:
    """What the entries up to `last` leave behind.

    Attributes:
        keys: of the acts that were scored, and of the entries that were reversed.
        standing: number by id of the entries that are neither a reversal nor reversed.
        balances: hundredths by person, only when compared.
        lines: each entry as it is stored and as it is counted again, only when compared.
    """

    memory: Memory = field(default_factory=Memory)
    last: int = 0
    keys: set[str] = field(default_factory=set)
    standing: dict[str, int] = field(default_factory=dict)
    prices: dict[str, Price] = field(default_factory=dict)
    balances: Counter[str] = field(default_factory=Counter)
    lines: list[tuple[str, str]] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)

    def take(self, entry: Any, rules: RuleSet) -> None:
        """Let an entry weigh on later ones; `entry` has the columns of `PointEntry`."""
        self.last = entry.number
        self.keys.add(entry.act_key)
        if entry.reverses_id is None:
            self.standing[entry.id] = entry.number
            self.memory.remember(entry.number, _claim(entry), rules)
        else:
            self.memory.forget(self.standing.pop(entry.reverses_id))

    def catch_up(self, unit: Unit, versions: Mapping[int, RuleSet]) -> None:
        """Take what others wrote since."""
        for entry in _entries(unit, self.last):
            self.take(entry, versions[entry.rules_version])

    def compare(self, entry: Any, rules: RuleSet) -> None:
        """Count an entry again, then take it."""
        if entry.reverses_id is None:
            price = self.memory.price(_claim(entry), rules)
            self.prices[entry.id] = price
            hundredths = price.hundredths
        else:
            price = self.prices[entry.reverses_id]
            hundredths = -price.hundredths
        stored = Price(entry.base, entry.day_share, entry.pair_share, entry.breadth_share, entry.ring_share)
        pair = (line_of(entry, stored, entry.hundredths), line_of(entry, price, hundredths))
        self.lines.append(pair)
        if pair[0] != pair[1]:
            self.differing.append(entry.id)
        self.balances[entry.person_id] += hundredths
        self.take(entry, rules)


def replayed(unit: Unit, versions: Mapping[int, RuleSet], *, compare: bool = False) -> Replay:
    """Return what the whole ledger leaves behind; with `compare`, priced again on the way."""
    found = Replay()
    for entry in _entries(unit, 0):
        rules = versions[entry.rules_version]
        if compare:
            found.compare(entry, rules)
        else:
            found.take(entry, rules)
    return found


def line_of(entry: Any, price: Price, hundredths: int) -> str:
    """Return the canonical line of an entry, by which two counts are compared."""
    parts = (
        entry.number, entry.act_key, entry.person_id, entry.giver_id, entry.rule, entry.rules_version,
        entry.act_on.isoformat(), price.base, price.day_share, price.pair_share, price.breadth_share, price.ring_share,
        hundredths, entry.reverses_id or "",
    )  # fmt: skip
    return "|".join(map(str, parts)) + "\n"


def _entries(unit: Unit, after: int) -> Any:
    statement = select(*_COLUMNS).where(PointEntry.number > after).order_by(PointEntry.number)
    return unit.session.execute(statement.execution_options(yield_per=_ROWS))


def _claim(entry: Any) -> Claim:
    return Claim(entry.rule, entry.person_id, entry.giver_id, entry.act_on)
