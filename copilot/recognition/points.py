"""PointDesk: what members ask of the ledger (why do I have these points), thanks, and who wants not to be shown."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import func, select

from copilot.community.conversation import visible
from copilot.community.csv_text import write_csv
from copilot.community.ids import derived_id
from copilot.community.reader import reader_locale
from copilot.community.store import PAGE_LIMIT, Page, Store, Unit
from copilot.community.tables import (
    Member,
    Message,
    PointEntry,
    RecognitionPause,
    Thanks,
    TopicSuggestion,
)
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.recognition.entries import entry_views
from copilot.recognition.ledger import PointLedger
from copilot.recognition.ledger_models import (
    MemberPoints,
    PointEntryView,
    RecognitionSetting,
    RuleSum,
    ThanksView,
)
from copilot.recognition.persons import name_in
from copilot.recognition.rule_versions import RuleBook
from copilot.recognition.rules import RULE_NAMES
from copilot.recognition.showing import is_shown, spent
from copilot.recognition.sources.thanks import RULES
from copilot.recognition.wording import both, number, say

Kind = Literal["answer", "write_up", "welcome"]
NEW_FOR_DAYS = 30
REPORTS = "report_upheld"
_NEWEST = 20
_MOST_ROWS = 100_000
_COLUMNS = (
    "number", "id", "member_id", "giver_id", "rule", "points", "base", "day", "pair", "breadth", "ring",
    "evidence_kind", "evidence_id", "act_at", "rules_version", "reverses_id", "reason", "created_at", "why",
)  # fmt: skip


class PointDesk:
    """Feature key `recognition:points`. Safe between threads."""

    def __init__(self, store: Store, ledger: PointLedger, book: RuleBook) -> None:
        self._store = store
        self._book = book
        self.ledger = ledger

    def entries(
        self, community_id: str, *, member_id: str | None = None, rule: str | None = None, with_reports: bool = True,
        limit: int = 50, cursor: str | None = None,
    ) -> Page[PointEntryView]:  # fmt: skip
        """Return entries, newest first; without `with_reports`, none that tell who reported somebody.

        Raises:
            NotFound: no such community or member.
            InvalidInput: limit or cursor is wrong.
        """
        statement = select(PointEntry) if with_reports else select(PointEntry).where(PointEntry.rule != REPORTS)
        with self._store.read(community_id) as unit:
            unit.community()
            if member_id is not None:
                unit.get(Member, member_id)
                statement = statement.where(PointEntry.person_id == (name_in(unit, member_id) or "-"))
            if rule is not None:
                statement = statement.where(PointEntry.rule == rule)
            page = unit.page(statement, (PointEntry.number, PointEntry.id), limit=limit, cursor=cursor)
            return Page(entry_views(unit, page.items, self._book.current(unit).rules), page.next_cursor)

    def entry(self, community_id: str, entry_id: str) -> PointEntryView:
        """Return one entry.

        Raises:
            NotFound: there is none with this id here.
        """
        with self._store.read(community_id) as unit:
            rows = [unit.get(PointEntry, entry_id)]
            return entry_views(unit, rows, self._book.current(unit).rules)[0]

    def why(self, community_id: str, member_id: str, *, with_reports: bool = True) -> MemberPoints:
        """Return why a member has the points they have; without `with_reports`, nothing of reports but in the sum.

        Raises:
            NotFound: no such community or member.
        """
        with self._store.read(community_id) as unit:
            unit.get(Member, member_id)
            rules, locale = self._book.current(unit).rules, reader_locale(unit)
            name = name_in(unit, member_id) or "-"
            by_rule = {
                rule: (int(total), int(count))
                for rule, total, count in unit.session.execute(
                    select(PointEntry.rule, func.sum(PointEntry.hundredths), func.count())
                    .where(PointEntry.person_id == name)
                    .group_by(PointEntry.rule)
                )
            }
            own = select(PointEntry).where(PointEntry.person_id == name)
            if not with_reports:
                own = own.where(PointEntry.rule != REPORTS)
            newest = unit.session.scalars(own.order_by(PointEntry.number.desc()).limit(_NEWEST))
            total, used = sum(value for value, _ in by_rule.values()), spent(unit, member_id)
            count = sum(times for _, times in by_rule.values())
            known = "points.none" if not count else "points.one" if count == 1 else "points.some"
            sentence = say(locale, known, points=number(total), entries=count)
            return MemberPoints.model_validate(
                {
                    "member_id": member_id, "points": total / 100, "spent": used / 100, "free": (total - used) / 100,
                    "is_shown": is_shown(unit, member_id), "sentence": sentence,
                    "by_rule": [
                        RuleSum.model_validate(
                            {
                                "rule": rule, "label": rules.label(rule, locale), "points": by_rule[rule][0] / 100,
                                "entries": by_rule[rule][1],
                            }
                        )
                        for rule in RULE_NAMES
                        if rule in by_rule and (with_reports or rule != REPORTS)
                    ],
                    "newest": entry_views(unit, list(newest), rules),
                }
            )  # fmt: skip

    def export(self, community_id: str, *, with_reports: bool = True) -> bytes:
        """Return the ledger as CSV, oldest entry first; at most 100,000 entries.

        Raises:
            NotFound: no such community.
        """
        rows: list[list[object]] = []
        last = 0
        while len(rows) < _MOST_ROWS:
            with self._store.read(community_id) as unit:
                unit.community()
                statement = select(PointEntry).where(PointEntry.number > last).order_by(PointEntry.number)
                found = list(unit.session.scalars(statement.limit(PAGE_LIMIT)))
                views = entry_views(unit, found, self._book.current(unit).rules)
            if not views:
                break
            last = views[-1].number
            for view in views:
                plain = view.model_dump(mode="json") | view.shares.model_dump()
                if not with_reports and view.rule == REPORTS:
                    continue
                rows.append(["" if plain[name] is None else plain[name] for name in _COLUMNS])
        return write_csv(_COLUMNS, rows)

    def thank(
        self, community_id: str, kind: Kind, from_id: str, evidence: tuple[str, str], *, actor: str = ""
    ) -> ThanksView:
        """Note a member's thanks for a message or a topic of somebody else's; the same thanks again changes nothing.

        Points follow with the next settling. `evidence` is ("message" or "topic", id).

        Raises:
            NotFound: the member or the record is not here.
            InvalidInput: it is their own, or a welcome is thanked for by who is no newcomer.
            Conflict: this thanks was withdrawn.
        """
        with self._store.write(community_id) as unit:
            giver = unit.get(Member, from_id)
            member_id = _author(unit, evidence)
            if member_id == from_id:
                raise InvalidInput("nobody thanks themselves", field="evidence_id", sentence=both("refused.self"))
            if kind == "welcome":
                since = giver.joined_at
                if since is None or (unit.now - since).days >= NEW_FOR_DAYS:
                    raise InvalidInput(
                        f"only who joined within {NEW_FOR_DAYS} days thanks for a welcome", field="kind",
                        sentence=both("refused.newcomer", days=NEW_FOR_DAYS),
                    )  # fmt: skip
            thanks_id = derived_id("thx", community_id, kind, from_id, evidence[1])
            row = unit.find(Thanks, thanks_id)
            if row is not None and row.withdrawn_at is not None:
                raise Conflict("it was withdrawn", reason="withdrawn", sentence=both("refused.decided"))
            if row is None:
                row = unit.add(
                    Thanks(
                        id=thanks_id, kind=kind, from_id=from_id, member_id=member_id, evidence_kind=evidence[0],
                        evidence_id=evidence[1], created_by=actor, created_at=unit.now, withdrawn_at=None,
                    )
                )  # fmt: skip
                unit.audit(actor, "thanks.said", ("thanks", thanks_id), kind=kind)
            return _thanks(row)

    def withdraw(self, community_id: str, from_id: str, thanks_id: str, *, actor: str = "") -> ThanksView:
        """Take thanks back; points it gave are reversed. Doing it again changes nothing.

        Raises:
            NotFound: there is none with this id here.
        """
        with self._store.write(community_id) as unit:
            row = unit.get(Thanks, thanks_id)
            if row.from_id != from_id:
                raise NotFound(f"there is no thanks {thanks_id!r} of theirs", kind="thanks", id=thanks_id)
            if row.withdrawn_at is None:
                row.withdrawn_at = unit.now
                unit.audit(actor, "thanks.withdrawn", ("thanks", thanks_id))
            found = _thanks(row)
            key = _key(unit, row)
            entry_id = unit.session.scalar(select(PointEntry.id).where(PointEntry.act_key == key))
            back = f"reversal:{entry_id}"
            is_reversed = unit.session.scalar(select(PointEntry.id).where(PointEntry.act_key == back)) is not None
        if entry_id is not None and not is_reversed:
            self.ledger.reverse(community_id, entry_id, "taken_back", actor=actor)
        return found

    def setting(self, community_id: str, member_id: str) -> RecognitionSetting:
        """Return whether a member wants to be shown.

        Raises:
            NotFound: no such member here.
        """
        with self._store.read(community_id) as unit:
            unit.get(Member, member_id)
            return _setting(member_id, unit.find(RecognitionPause, member_id))

    def show(self, community_id: str, member_id: str, *, shown: bool, actor: str = "") -> RecognitionSetting:
        """Take a member off every board, award, slot and suggestion at once, or let them be shown again.

        Points are still counted and told to the member alone, so that coming back loses nothing.

        Raises:
            NotFound: no such member here.
        """
        with self._store.write(community_id) as unit:
            unit.get(Member, member_id)
            row = unit.find(RecognitionPause, member_id)
            if not shown and row is None:
                row = unit.add(RecognitionPause(member_id=member_id, created_by=actor, created_at=unit.now))
                unit.audit(actor, "recognition.shown", ("member", member_id), shown=False)
            elif shown and row is not None:
                unit.session.delete(row)
                row = None
                unit.audit(actor, "recognition.shown", ("member", member_id), shown=True)
            return _setting(member_id, row)


def _author(unit: Unit, evidence: tuple[str, str]) -> str:
    kind, record_id = evidence
    if kind == "topic":
        return unit.get(TopicSuggestion, record_id).member_id
    statement = select(Message.sender_id).where(Message.id == record_id, visible())
    sender_id = unit.session.scalar(statement)
    if sender_id is None:
        # Nothing is said of messages that may not be looked at.
        raise NotFound(f"there is no message {record_id!r} in this community", kind="message", id=record_id)
    return sender_id


def _key(unit: Unit, row: Thanks) -> str:
    names = {one: name_in(unit, one) or "" for one in (row.member_id, row.from_id)}
    return f"{RULES[row.kind]}:{row.evidence_id}:{names[row.member_id]}:{names[row.from_id]}"


def _setting(member_id: str, row: RecognitionPause | None) -> RecognitionSetting:
    return RecognitionSetting(member_id=member_id, is_shown=row is None, since=row.created_at if row else None)


def _thanks(row: Thanks) -> ThanksView:
    return ThanksView.model_validate({name: getattr(row, name) for name in ThanksView.model_fields})
