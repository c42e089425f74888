"""What differs between two versions of a plan: where, from what to what, and a sentence for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from copilot.currency import money
from copilot.events.labels import label
from copilot.events.models import PlanContent
from copilot.events.revisions.addresses import Json, steps

MAX_DIFFERENCES = 500
_TEXT_CHARS = 120
_LINES = frozenset({"to_confirm", "lessons", "interactions", "feedback_questions", "dropped"})
# Whole records are told in one line: their parts mean nothing alone.
_RECORDS = frozenset({"pick", "speaker", "venue", "run_sheet"})


class Difference(BaseModel):
    """One value that differs. `old` or `new` is null when there was, or is, nothing at the address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(description="address in the plan, such as budget.lines.venue.unit_cents")
    old: JsonValue
    new: JsonValue
    sentence: str = Field(description="in the community's language")


def differences(old: PlanContent, new: PlanContent) -> list[Difference]:
    """Return what differs, in the order of the plan, at most 500."""
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    speaker = _Speaker(new)
    found = []
    for address, was, now in _walk(before, after):
        found.append(Difference(path=address, old=was, new=now, sentence=speaker.sentence(address, was, now)))
        if len(found) == MAX_DIFFERENCES:
            break
    return found


def _walk(old: Json, new: Json, address: str = "", *, is_item: bool = False) -> Iterator[tuple[str, Any, Any]]:
    if old == new:
        return
    name = address.rpartition(".")[2]
    is_nested = isinstance(old, dict | list) and type(old) is type(new) and (is_item or name not in _RECORDS)
    if not is_nested:
        yield address, old, new
        return
    if name in _LINES:
        yield from ((f"{address}.{place}", line, None) for place, line in enumerate(old, 1) if line not in new)
        yield from ((f"{address}.{place}", None, line) for place, line in enumerate(new, 1) if line not in old)
        return
    before, after = steps(old), steps(new)
    for step in dict.fromkeys([*before, *after]):
        below = f"{address}.{step}" if address else step
        yield from _walk(before.get(step), after.get(step), below, is_item=isinstance(old, list))


class _Speaker:
    """Says addresses and values as people do."""

    def __init__(self, plan: PlanContent) -> None:
        self._english = plan.language == "en"
        self._currency = plan.budget.currency
        self._zone = ZoneInfo(plan.timezone)
        self._document = plan.model_dump(mode="json")

    def sentence(self, address: str, old: Json, new: Json) -> str:
        """Return one difference as a sentence."""
        where = self._where(address, new if new is not None else old)
        if address == "run_sheet":
            return f"{where}: follows the new agenda" if self._english else f"{where}：按新的议程和时间重排"
        if old is None or old == "":
            return (
                f"{where}: + {self._value(address, new)}"
                if self._english
                else f"{where}：增加 {self._value(address, new)}"
            )
        if new is None or new == "":
            return (
                f"{where}: − {self._value(address, old)}"
                if self._english
                else f"{where}：去掉 {self._value(address, old)}"
            )
        colon = ": " if self._english else "："
        return f"{where}{colon}{self._value(address, old)} → {self._value(address, new)}"

    def _where(self, address: str, value: Json) -> str:
        """Return the way to a value: the section, the title of the thing, the field."""
        named: list[str] = []
        here: Json = self._document
        for step in address.split("."):
            is_item = isinstance(here, list)  # its key is no field: a task may be called "venue"
            here = steps(here).get(step) if here is not None else None
            words = "" if is_item else label(step, english=self._english)
            if words:
                named.append(words)
            elif isinstance(here, dict) and here.get("title"):
                named.append(_short(str(here["title"])))
            elif is_item and (isinstance(value, dict) or not isinstance(here, dict)):
                continue  # the value itself says what it is
            else:
                named.append(step)
        return " › ".join(named)

    def _value(self, address: str, value: Json) -> str:
        name = address.rpartition(".")[2]
        if isinstance(value, bool):
            return ("yes" if value else "no") if self._english else ("是" if value else "否")
        if isinstance(value, int) and name.endswith("_cents"):
            return money(value, self._currency, "en" if self._english else "zh-CN")
        if isinstance(value, dict):
            return _short(str(value.get("title") or value.get("name") or value.get("text") or ""))
        if isinstance(value, list):
            return str(len(value))
        if isinstance(value, str) and name.endswith("_at"):
            return f"{datetime.fromisoformat(value).astimezone(self._zone):%Y-%m-%d %H:%M}"
        return _short(str(value))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_CHARS else f"{line[: _TEXT_CHARS - 1]}…"
