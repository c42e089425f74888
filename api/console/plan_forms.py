"""What the forms of the plan editor say, as a patch. Only what differs from the plan is set, so that only that is locked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import Form
from pydantic import ValidationError

from copilot.currency import minor_units
from copilot.errors import InvalidInput
from copilot.events.labels import label
from copilot.events.models import PlanContent
from copilot.events.records import PlanResult
from copilot.events.revisions.addresses import label_items
from copilot.events.revisions.patch import PlanPatch

Section = Literal["facts", "texts", "agenda", "roles", "resources", "budget", "promotion", "prep_tasks", "follow_up", "risks", "interactions", "feedback_questions"]  # fmt: skip
Line = Annotated[str | None, Form(max_length=300)]
Text = Annotated[str | None, Form(max_length=4000)]
_INTEGERS = frozenset({"minutes", "quantity", "headcount", "duration_minutes"})
_DAYS = frozenset({"due_on", "starts_on"})
_AMOUNTS = frozenset({"unit_price", "budget"})
_OF_THE_WHOLE = frozenset({"texts", "facts", "interactions", "feedback_questions"})
_BRIEF = frozenset({"topic", "starts_on", "start_time", "duration_minutes", "headcount", "budget", "city", "place"})


@dataclass(frozen=True)
class Edit:
    """One form of the editor: which part of the plan, and the fields that the form has."""

    section: str
    key: str
    given: dict[str, str]
    lock: bool


def get_edit(  # noqa: PLR0913  # one parameter for each field that some form has
    *,
    section: Annotated[Section, Form()],
    key: Annotated[str, Form(max_length=80)] = "",
    lock: Annotated[Literal["", "1"], Form()] = "",
    title: Line = None,
    goal: Text = None,
    notes: Text = None,
    minutes: Line = None,
    pick_id: Line = None,
    duties: Text = None,
    quantity: Line = None,
    unit_price: Line = None,
    due_on: Line = None,
    channel: Line = None,
    text: Text = None,
    owner_role: Line = None,
    trigger: Text = None,
    fallback: Text = None,
    lines: Text = None,
    topic: Line = None,
    starts_on: Line = None,
    start_time: Line = None,
    duration_minutes: Line = None,
    headcount: Line = None,
    budget: Line = None,
    city: Line = None,
    place: Line = None,
) -> Edit:
    """Read a form of the editor."""
    names = {
        "title": title, "goal": goal, "notes": notes, "minutes": minutes, "pick_id": pick_id, "duties": duties,
        "quantity": quantity, "unit_price": unit_price, "due_on": due_on, "channel": channel, "text": text,
        "owner_role": owner_role, "trigger": trigger, "fallback": fallback, "lines": lines, "topic": topic,
        "starts_on": starts_on, "start_time": start_time, "duration_minutes": duration_minutes,
        "headcount": headcount, "budget": budget, "city": city, "place": place,
    }  # fmt: skip
    return Edit(section, key, {name: value.strip() for name, value in names.items() if value is not None}, lock == "1")


def patch_of(edit: Edit, plan: PlanResult) -> PlanPatch:
    """Return a form as a patch of a plan.

    Raises:
        InvalidInput: a field is wrong, there is no such part, or nothing differs from the plan.
    """
    content = plan.content
    now = current_values(content, edit.section, edit.key)
    changed = {name: text for name, text in edit.given.items() if text.replace("\r\n", "\n") != now.get(name, "")}
    if not changed:
        sentence = {"zh-CN": "没有改动。", "en": "Nothing was changed."}
        raise InvalidInput("the form changes nothing", field="#", reason="empty_patch", sentence=sentence)
    values = {name: _value(name, text, content) for name, text in changed.items()}
    try:
        return PlanPatch.model_validate({**_placed(edit, values), "lock": edit.lock})
    except ValidationError as error:
        fields = [str(part["loc"][-1]) for part in error.errors()]
        raise _wrong(fields[0]) from error


def current_values(content: PlanContent, section: str, key: str = "") -> dict[str, str]:
    """Return what the fields of a form hold before anybody changes them.

    Raises:
        InvalidInput: the plan has no such part.
    """
    if section == "texts":
        return {"title": content.title, "goal": content.goal}
    if section in {"interactions", "feedback_questions"}:
        return {"lines": "\n".join(getattr(content, section))}
    if section == "facts":
        return _facts(content)
    item = part_of(content, section, key)
    values = {name: _shown(value) for name, value in item.model_dump(mode="json").items() if not isinstance(value, dict | list)}  # fmt: skip
    if section == "budget":
        values["unit_price"] = _amount(item.unit_cents, content)
    pick = getattr(item, "speaker", None) or getattr(item, "pick", None)
    values["pick_id"] = pick.id if pick else ""
    return values


def part_of(content: PlanContent, section: str, key: str) -> Any:
    """Return the part of a plan that a form changes; None when the form is about several fields of the whole.

    Raises:
        InvalidInput: the plan has no such part.
    """
    if section in _OF_THE_WHOLE:
        return None
    items = content.budget.lines if section == "budget" else getattr(content, section)
    labels = label_items([item.model_dump(mode="json") for item in items])
    if key not in labels:
        raise _wrong("key")
    return items[labels.index(key)]


def _facts(content: PlanContent) -> dict[str, str]:
    starts = content.starts_at.astimezone(ZoneInfo(content.timezone))
    cap = content.budget.cap_cents
    return {
        "topic": content.topic, "starts_on": f"{starts:%Y-%m-%d}", "start_time": f"{starts:%H:%M}",
        "duration_minutes": str(int((content.ends_at - content.starts_at).total_seconds() // 60)),
        "headcount": str(content.headcount), "budget": "" if cap is None else _amount(cap, content),
        "city": content.city, "place": content.place,
    }  # fmt: skip


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _amount(minor: int, content: PlanContent) -> str:
    scale = minor_units(Decimal(1), content.budget.currency)
    return f"{Decimal(minor) / scale:f}"


def _value(name: str, text: str, content: PlanContent) -> Any:
    try:
        if name in _INTEGERS:
            return int(text)
        if name in _DAYS:
            return date.fromisoformat(text)
        if name == "start_time":
            return time.fromisoformat(text)
        if name in _AMOUNTS:
            return _minor(name, text, content)
    except (ValueError, InvalidOperation) as error:
        raise _wrong(name) from error
    if name == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    return (text or None) if name == "pick_id" else text


def _minor(name: str, text: str, content: PlanContent) -> int | None:
    if name == "budget" and not text:
        return None
    amount = Decimal(text.replace(",", ""))
    if not amount.is_finite() or amount < 0 or amount > Decimal(10) ** 9:
        raise ValueError(text)
    return minor_units(amount, content.budget.currency)


def _placed(edit: Edit, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values where a patch has them."""
    if edit.section == "texts":
        return dict(values)
    if edit.section in {"interactions", "feedback_questions"}:
        return {edit.section: values["lines"]}
    if edit.section == "facts":
        names = {"budget": "budget_cents"}
        return {"brief": {names.get(name, name): value for name, value in values.items() if name in _BRIEF}}
    if edit.section == "budget":
        names = {"unit_price": "unit_cents"}
        return {"budget_lines": [{"key": edit.key, **{names.get(name, name): value for name, value in values.items()}}]}
    which: dict[str, Any] = {"place": int(edit.key)} if edit.section == "promotion" else {"key": edit.key}
    return {edit.section: [{**which, **values}]}


def _wrong(field: str) -> InvalidInput:
    names = {"unit_price": "unit_cents", "unit_cents": "unit_cents", "budget": "cap_cents", "budget_cents": "cap_cents", "pick_id": "pick"}  # fmt: skip
    zh, en = (label(names.get(field, field), english=english) or field for english in (False, True))
    sentence = {"zh-CN": f"「{zh}」填得不对。", "en": f"“{en}” is not right."}
    return InvalidInput(f"{field} is wrong", field=field, sentence=sentence)
