"""PointLedger: writes scored acts, reverses entries, and counts all of it again. Entries are never changed or removed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from copilot.community.acts import Act, Acts
from copilot.community.ids import new_id
from copilot.community.outbox import emit_all
from copilot.community.store import Store, Unit
from copilot.community.tables import Community, PointEntry, PointPerson
from copilot.errors import Conflict, InvalidInput, TooLarge
from copilot.recognition.ledger_models import REVERSAL_REASONS, Recount, Settled
from copilot.recognition.persons import known_names, name_of
from copilot.recognition.pricing import STAFF, Claim
from copilot.recognition.replay import Replay, replayed
from copilot.recognition.rule_versions import RuleBook
from copilot.recognition.wording import both

FEATURE = "recognition:points"
MOST_DAYS, USUAL_DAYS = 400, 35
MOST_ACTS = 20_000
_PART = 2_000
_CHECKED = timedelta(days=MOST_DAYS)


class PointLedger:
    """Turns acts into entries. Safe between threads and processes: whoever writes holds the community's row."""

    def __init__(self, store: Store, sources: Sequence[Acts], book: RuleBook) -> None:
        self._store = store
        self._sources = list(sources)
        self._book = book

    def settle(self, community_id: str, *, days: int = USUAL_DAYS, actor: str = "") -> Settled:
        """Score the acts of the last `days` (1-400) that are not in the ledger yet, and reverse what was taken back.

        Doing it again changes nothing. Acts come oldest first; one that was reversed is not scored again.

        Raises:
            NotFound: no such community.
            InvalidInput: `days` is out of bounds.
            TooLarge: too many acts at once; take fewer days first.
        """
        if not 1 <= days <= MOST_DAYS:
            raise InvalidInput(
                f"days is from 1 to {MOST_DAYS}", field="days", limit=MOST_DAYS,
                sentence=both("refused.days", limit=MOST_DAYS),
            )  # fmt: skip
        self._book.settled(community_id, actor=actor)
        with self._store.read(community_id) as unit:
            rules = self._book.current(unit)
            memory = replayed(unit, self._book.versions(unit))
            acts = self._acts(unit, days, rules.rules.enabled())
            gone = self._taken_back(unit, memory)
        done = Settled(acts=len(acts), written=0, reversed=0, points=0.0, rules_version=rules.version)
        hundredths = 0
        for start in range(0, len(acts), _PART):
            with self._store.write(community_id) as unit:
                written = self._write(unit, acts[start : start + _PART], memory, actor)
            done.written += len(written)
            hundredths += sum(row.hundredths for row in written)
        if gone:
            with self._store.write(community_id) as unit:
                done.reversed = len(self._reverse(unit, gone, "taken_back", memory, actor))
        done.points = hundredths / 100
        if done.written or done.reversed:
            with self._store.write(community_id) as unit:
                unit.audit(
                    actor, "points.settled", ("community", community_id), written=done.written, reversed=done.reversed
                )
        return done

    def reverse(self, community_id: str, entry_id: str, reason: str, *, actor: str = "") -> str:
        """Write an entry that takes an earlier one back, and return its id.

        Raises:
            NotFound: there is no such entry here.
            InvalidInput: the reason is none of `REVERSAL_REASONS`.
            Conflict: it is a reversal itself, or was reversed already.
        """
        if reason not in REVERSAL_REASONS:
            raise InvalidInput(f"the reason is one of {', '.join(REVERSAL_REASONS)}", field="reason")
        with self._store.read(community_id) as unit:
            entry = unit.get(PointEntry, entry_id)
            memory = replayed(unit, self._book.versions(unit))
        if entry.reverses_id is not None:
            raise Conflict("a reversal is not reversed", reason="is_reversal", sentence=both("refused.is_reversal"))
        with self._store.write(community_id) as unit:
            written = self._reverse(unit, [entry_id], reason, memory, actor)
            if not written:
                raise Conflict("it was reversed already", reason="reversed", sentence=both("refused.reversed"))
            unit.audit(actor, "points.reversed", ("point_entry", entry_id), reason=reason, by=written[0].id)
            return written[0].id

    def recount(self, community_id: str) -> Recount:
        """Price every entry again from the first on, by the rules it names, and compare byte by byte."""
        with self._store.read(community_id) as unit:
            unit.community()
            found = replayed(unit, self._book.versions(unit), compare=True)
        stored, counted = hashlib.sha256(), hashlib.sha256()
        for kept, again in found.lines:
            stored.update(kept.encode())
            counted.update(again.encode())
        return Recount(
            entries=len(found.lines), persons=len(found.balances), points=sum(found.balances.values()) / 100,
            stored_sha256=stored.hexdigest(), counted_sha256=counted.hexdigest(),
            is_equal=stored.digest() == counted.digest(), differing=found.differing[:100],
        )  # fmt: skip

    def _acts(self, unit: Unit, days: int, enabled: list[str]) -> list[Act]:
        # What is proved at this very moment counts as well.
        since, until = unit.now - timedelta(days=days), unit.now + timedelta(microseconds=1)
        found: dict[tuple[str, ...], Act] = {}
        for source in self._sources:
            for act in source.done(unit, since, until):
                if act.rule in enabled and act.earner_id != act.giver_id:
                    found.setdefault((act.rule, act.evidence_id, act.earner_id, act.giver_id or STAFF), act)
                if len(found) > MOST_ACTS:
                    raise TooLarge(
                        f"more than {MOST_ACTS} acts in {days} days; take fewer days first", field="days",
                        limit=MOST_ACTS, sentence=both("refused.acts", limit=MOST_ACTS, days=days),
                    )  # fmt: skip
        return sorted(found.values(), key=_in_time)

    def _taken_back(self, unit: Unit, memory: Replay) -> list[str]:
        """Return the standing entries of the last year whose evidence was taken back. What left with its author stays."""
        statement = select(PointEntry.id, PointEntry.evidence_kind, PointEntry.evidence_id).where(
            PointEntry.reverses_id.is_(None), PointEntry.act_at >= unit.now - _CHECKED
        )
        by_kind: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for entry_id, kind, evidence_id in unit.session.execute(statement):
            if entry_id in memory.standing:
                by_kind[kind][evidence_id].append(entry_id)
        return [
            entry_id
            for kind, entries in sorted(by_kind.items())
            for evidence_id in sorted(
                {one for source in self._sources for one in source.taken_back(unit, kind, list(entries))}
            )
            for entry_id in entries[evidence_id]
        ]

    def _write(self, unit: Unit, acts: Sequence[Act], memory: Replay, actor: str) -> list[PointEntry]:
        unit.session.execute(select(Community.id).with_for_update())
        rules, zone = self._book.current(unit), ZoneInfo(unit.community().timezone)
        memory.catch_up(unit, self._book.versions(unit))
        names = known_names(unit, {one for act in acts for one in (act.earner_id, act.giver_id) if one})
        written: list[PointEntry] = []
        for act in acts:
            person, giver = (name_of(names, one) for one in (act.earner_id, act.giver_id))
            if not person or giver is None:
                continue  # erased since the acts were read
            key = f"{act.rule}:{act.evidence_id}:{person}:{giver}"
            if key in memory.keys:
                continue
            claim = Claim(act.rule, person, giver, act.at.astimezone(zone).date())
            price = memory.memory.price(claim, rules.rules)
            entry = PointEntry(
                id=new_id("pnt"), number=memory.last + 1, act_key=key, person_id=person, giver_id=giver, rule=act.rule,
                rules_version=rules.version, evidence_kind=act.evidence_kind, evidence_id=act.evidence_id, act_at=act.at,
                act_on=claim.on, base=price.base, day_share=price.day_share, pair_share=price.pair_share,
                breadth_share=price.breadth_share, ring_share=price.ring_share, hundredths=price.hundredths,
                reverses_id=None, reason="", created_by=actor, created_at=unit.now,
            )  # fmt: skip
            memory.take(entry, rules.rules)
            written.append(unit.add(entry))
        unit.session.flush()
        _tell(unit, "points.awarded", written)
        return written

    def _reverse(
        self, unit: Unit, entry_ids: Iterable[str], reason: str, memory: Replay, actor: str
    ) -> list[PointEntry]:
        unit.session.execute(select(Community.id).with_for_update())
        versions = self._book.versions(unit)
        memory.catch_up(unit, versions)
        entries = unit.get_many(PointEntry, entry_ids)
        written: list[PointEntry] = []
        for entry in sorted(entries.values(), key=lambda row: row.number):
            if entry.id not in memory.standing:
                continue
            back = PointEntry(
                id=new_id("pnt"), number=memory.last + 1, act_key=f"reversal:{entry.id}", person_id=entry.person_id,
                giver_id=entry.giver_id, rule=entry.rule, rules_version=entry.rules_version,
                evidence_kind=entry.evidence_kind, evidence_id=entry.evidence_id, act_at=entry.act_at,
                act_on=entry.act_on, base=entry.base, day_share=entry.day_share, pair_share=entry.pair_share,
                breadth_share=entry.breadth_share, ring_share=entry.ring_share, hundredths=-entry.hundredths,
                reverses_id=entry.id, reason=reason, created_by=actor, created_at=unit.now,
            )  # fmt: skip
            memory.take(back, versions[back.rules_version])
            written.append(unit.add(back))
        unit.session.flush()
        _tell(unit, "points.reversed", written)
        return written


def _in_time(act: Act) -> tuple[str, ...]:
    return (act.at.isoformat(), act.rule, act.evidence_id, act.earner_id, act.giver_id or STAFF)


def _tell(unit: Unit, event: str, rows: Sequence[PointEntry]) -> None:
    names = {row.person_id for row in rows}
    members = {row.id: row.member_id for row in unit.get_many(PointPerson, names).values()}
    emit_all(unit, event, [
        {
            "entry_id": row.id, "member_id": members[row.person_id], "rule": row.rule, "points": row.hundredths / 100,
            "reverses_id": row.reverses_id, "reason": row.reason,
        }
        for row in rows
        if row.person_id in members
    ])  # fmt: skip
