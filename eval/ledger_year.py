"""A year in the ledger of points, as rows: what each account has by plain SQL against a count of the acts by the rules' words.

The acts go through the product's own ledger in twelve runs, a fortieth of them is taken back at the end; the sums are read
from the file by the database's own driver, so that neither the ledger's memory nor its recount has part in them.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from copilot.clock import FixedClock
from copilot.community.acts import Act
from copilot.community.store import Store, Unit
from copilot.community.tables import Community, Member
from copilot.recognition.ledger import PointLedger
from copilot.recognition.pricing import Claim
from copilot.recognition.rule_versions import RuleBook
from copilot.recognition.rules import RuleSet
from eval.recognition_simulation import FIRST, counted_again

COMMUNITY = "com_ledger"
RUNS, DAYS_BETWEEN = 12, 31
_TAKEN_BACK = 40
_SUMS = """
    SELECT person.member_id, SUM(entry.hundredths), COUNT(*)
    FROM point_entry AS entry JOIN point_person AS person ON person.id = entry.person_id
    GROUP BY person.member_id
"""


class Told:
    """A source of acts: the claims of a year, a moment apart, so that their order is the ledger's."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.withdrawn: set[str] = set()
        self._acts = [
            Act(claim.rule, claim.person_id, claim.giver_id, _moment(number, claim), "message", f"msg_{number:06d}")
            for number, claim in enumerate(claims)
        ]

    def done(self, _unit: Unit, since: datetime, until: datetime) -> Iterable[Act]:
        """Return the acts of these days."""
        return [act for act in self._acts if since <= act.at < until]

    def taken_back(self, _unit: Unit, _evidence_kind: str, evidence_ids: Collection[str]) -> set[str]:
        """Return what was withdrawn of these."""
        return self.withdrawn & set(evidence_ids)


def _moment(number: int, claim: Claim) -> datetime:
    return datetime.combine(claim.on, time(9), UTC) + timedelta(milliseconds=number)


def compare(file: Path, claims: Sequence[Claim], rules: RuleSet) -> tuple[int, int, bool]:
    """Write a year to an empty database and count it twice.

    Returns:
        Accounts whose SQL sum differs from the second count, accounts compared, and whether the ledger's recount is equal.
    """
    told = Told(claims)
    clock = FixedClock(datetime.combine(FIRST, time(12), UTC))
    store = Store.open(f"sqlite:///{file}", clock=clock)
    try:
        _add_members(store, {name for claim in claims for name in (claim.person_id, claim.giver_id)})
        ledger = PointLedger(store, [told], RuleBook(store, rules))
        for _ in range(RUNS):
            clock.advance(timedelta(days=DAYS_BETWEEN))
            ledger.settle(COMMUNITY, days=DAYS_BETWEEN + 4)
        told.withdrawn = {f"msg_{number:06d}" for number in range(0, len(claims), _TAKEN_BACK)}
        ledger.settle(COMMUNITY)
        is_equal = ledger.recount(COMMUNITY).is_equal
    finally:
        store.close()
    with sqlite3.connect(file) as plain:
        sums = {name: (int(hundredths), int(entries)) for name, hundredths, entries in plain.execute(_SUMS)}
    expected = _expected(claims, rules)
    names = sums.keys() | expected.keys()
    return sum(sums.get(name) != expected.get(name) for name in names), len(names), is_equal


def _expected(claims: Sequence[Claim], rules: RuleSet) -> dict[str, tuple[int, int]]:
    """Return hundredths and entries by account: what was taken back has two entries that sum to nothing."""
    points: Counter[str] = Counter()
    entries: Counter[str] = Counter()
    for number, (claim, hundredths) in enumerate(zip(claims, counted_again(claims, rules), strict=True)):
        if claim.person_id != claim.giver_id:
            is_back = number % _TAKEN_BACK == 0
            points[claim.person_id] += 0 if is_back else hundredths
            entries[claim.person_id] += 2 if is_back else 1
    return {name: (points[name], count) for name, count in entries.items()}


def _add_members(store: Store, names: Collection[str]) -> None:
    with store.system(write=True) as session:
        session.add(Community(id=COMMUNITY, slug="ledger", name="Ledger", timezone="UTC", created_at=store.clock.now()))
    with store.write(COMMUNITY) as unit:
        for name in sorted(names):
            unit.add(
                Member(id=name, platform="sim", external_id=name, name=name, created_at=unit.now, joined_at=unit.now)
            )
