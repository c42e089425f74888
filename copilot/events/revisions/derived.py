"""What code computes from the rest of a plan after a change: minutes, sums, the run sheet, holidays, measured goals.

All of it works on the JSON form of a plan, in place.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from copilot.errors import InvalidInput
from copilot.events.drafts.money import RESERVE_PERCENT
from copilot.events.revisions.addresses import Json, label_items
from copilot.events.revisions.wording import refusal
from copilot.events.snapshot import PlanSnapshot

_LEAST_MINUTES = 5


def fit_agenda(document: Json, slot_minutes: int, held: Collection[str]) -> None:
    """Let the parts that are not held give or take minutes until the slot is full, then set where each begins.

    The parts after the first held one move first, then those before it, nearest first, so that little changes.

    Raises:
        InvalidInput: the held parts leave too little.
    """
    agenda = document["agenda"]
    labels = label_items(agenda)
    spare = slot_minutes - sum(part["minutes"] for part in agenda)
    if spare:
        first = next((place for place, name in enumerate(labels) if name in held), 0)
        order = [*range(first, len(agenda)), *range(first - 1, -1, -1)]
        free = [agenda[n] for n in order if labels[n] not in held and agenda[n]["kind"] != "break"]
        for part in free:
            change = spare if spare > 0 else max(spare, _LEAST_MINUTES - part["minutes"], -part["minutes"])
            change = min(change, 0) if spare < 0 else change
            part["minutes"] += change
            spare -= change
            if spare == 0:
                break
    if spare:
        raise InvalidInput(
            "the minutes that are set or locked do not fit the slot", field="agenda", pointer="/agenda",
            reason="agenda_full", sentence=refusal("agenda_full"),
        )  # fmt: skip
    start = 0
    for part in agenda:
        part["start_minute"] = start
        start += part["minutes"]


def add_up(document: Json) -> None:
    """Multiply the lines of the budget, add them up and set the reserve that the cap leaves."""
    budget = document["budget"]
    for line in budget["lines"]:
        line["total_cents"] = line["quantity"] * line["unit_cents"]
    total, cap = sum(line["total_cents"] for line in budget["lines"]), budget["cap_cents"]
    wanted = -(-(total if cap is None else cap) * RESERVE_PERCENT // 100)
    budget["total_cents"] = total
    budget["reserve_cents"] = wanted if cap is None else max(min(wanted, cap - total), 0)


def name_holidays(document: Json, snapshot: PlanSnapshot) -> None:
    """Say of each task whether its day is a holiday."""
    names = {note.on.isoformat(): note.name for note in snapshot.day_notes if note.is_holiday}
    for task in [*document["prep_tasks"], *document["follow_up"]]:
        task["on_holiday"] = names.get(task["due_on"], "")


def write_run_sheet(document: Json, frame: Json) -> None:
    """Write the run sheet of an agenda into the frame of one that code composed for the same slot.

    Lines of the frame that belong to no part of its agenda (setting up, doors, clearing up) stay as they are.
    """
    starts_at = datetime.fromisoformat(document["starts_at"])
    composed = {(_at(starts_at, part["start_minute"]), part["title"]): name for name, part in _named(frame["agenda"])}
    owners = {
        composed[key]: item["owner"]
        for item in frame["run_sheet"]
        if (key := (datetime.fromisoformat(item["starts_at"]), item["title"])) in composed
    }
    around = [
        item for item in frame["run_sheet"]
        if (datetime.fromisoformat(item["starts_at"]), item["title"]) not in composed
    ]  # fmt: skip
    titles = {role["key"]: role["title"] for role in document["roles"]}
    lines = []
    for name, part in _named(document["agenda"]):
        start = _at(starts_at, part["start_minute"])
        owner = part["speaker"]["name"] if part["speaker"] else titles.get(part["role"] or "")
        owner = owner or owners.get(name) or titles.get("host") or next(iter(titles.values()), "")
        end = start + timedelta(minutes=part["minutes"])
        lines.append({"starts_at": _iso(start), "ends_at": _iso(end), "title": part["title"], "owner": owner})
    order = {id(item): place for place, item in enumerate([*around, *lines])}
    document["run_sheet"] = sorted(
        [*around, *lines], key=lambda item: (datetime.fromisoformat(item["starts_at"]), order[id(item)])
    )


def _named(agenda: Sequence[Any]) -> list[tuple[str, Any]]:
    return list(zip(label_items(agenda), agenda, strict=True))


def _at(starts_at: datetime, minute: int) -> datetime:
    return starts_at + timedelta(minutes=minute)


def _iso(moment: datetime) -> str:
    """As pydantic writes it, so that what did not move stays the same to the byte."""
    return moment.isoformat().replace("+00:00", "Z")
