"""The audit log as people read it: who by name, what in words, and the record by its name with the page it is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.console.catalogue import Texts
from api.console.key_names import key_names
from api.console.navigation import PREFIX
from copilot.community.store import Unit
from copilot.community.tables import ApiKey, AuditEntry, Case, Event, Member, Resource, Season

_PAGES = {
    "member": "people", "case": "moderation/cases", "resource": "resources", "event": "events", "event_plan": "plans",
    "webhook": "settings/webhooks", "backtest": "moderation/backtests",
}  # fmt: skip
# Kinds of records that have a name, and the column that holds it.
_NAMED = {
    "member": (Member, "name"), "api_key": (ApiKey, "name"), "resource": (Resource, "title"), "event": (Event, "title"),
    "season": (Season, "name"),
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """An entry in words; `code` and `row` are as they are stored."""

    row: AuditEntry
    who: str
    did: str
    kind: str
    name: str
    page: str


def entries_in_words(unit: Unit, rows: Sequence[AuditEntry], t: Texts) -> list[Entry]:
    """Return entries with everybody and everything named that still has a name."""
    keys = key_names(unit, [row.actor for row in rows])
    members = unit.get_many(Member, {row.actor for row in rows if row.actor.startswith("mem_")})
    names = _names(unit, rows, t)
    found = []
    for row in rows:
        who = members[row.actor].name if row.actor in members else keys.get(row.actor, row.actor)
        known = f"audit.who_{row.actor.replace(':', '_') or 'nobody'}"
        name = names.get((row.subject_kind, row.subject_id), "")
        is_there = name or row.subject_kind not in _NAMED
        page = _PAGES.get(row.subject_kind, "") if is_there and not row.action.endswith((".removed", ".erased")) else ""
        found.append(
            Entry(
                row, t(known) if t.has(known) else who or row.actor, did_of(row.action, t), kind_of(row.subject_kind, t),
                name, f"{PREFIX}/{page}/{row.subject_id}" if page else "",
            )
        )  # fmt: skip
    return found


def did_of(action: str, t: Texts) -> str:
    """Return what was done, in a word or two; an action nobody gave a word to as it is stored."""
    key = f"audit.did_{action.replace(':', '.').rpartition('.')[2]}"
    return t(key) if t.has(key) else action


def kind_of(subject_kind: str, t: Texts) -> str:
    """Return what a kind of record is called."""
    key = f"audit.on_{subject_kind}"
    return t(key) if t.has(key) else subject_kind.replace("_", " ")


def _names(unit: Unit, rows: Sequence[AuditEntry], t: Texts) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for kind, (table, column) in _NAMED.items():
        ids = {row.subject_id for row in rows if row.subject_kind == kind}
        found |= {(kind, key): str(getattr(row, column)) for key, row in unit.get_many(table, ids).items()}
    cases = unit.get_many(Case, {row.subject_id for row in rows if row.subject_kind == "case"})
    found |= {("case", key): t(f"category.{row.category}") for key, row in cases.items()}
    clauses = {row.subject_id for row in rows if row.subject_kind == "clause"}
    return found | {("clause", key): key for key in clauses}
