"""Terms of use that a table of resources states in columns of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copilot.community.importers.base import RowProblem
from copilot.community.importers.values import identity, one_of, whole_number, yes_or_no
from copilot.community.models import ResourceType
from copilot.community.resource_classes import CLASSES

_MODES = {"lend": "lend", "借用": "lend", "出借": "lend", "grant": "grant", "赠予": "grant", "领用": "grant"}
_RETURNS = {
    "nothing": "nothing", "无": "nothing", "免费": "nothing", "introduction_fee": "introduction_fee",
    "介绍费": "introduction_fee", "revenue_share": "revenue_share", "分成": "revenue_share", "swap": "swap", "交换": "swap",
    "write_up": "write_up", "写复盘": "write_up", "other": "other", "其他": "other",
}  # fmt: skip


def terms_of_use(row: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return the terms that a table states in columns of their own; what it leaves out stays as it is."""
    values: dict[str, Any] = {}
    if subclass := identity(row.get("subclass"), "subclass").upper():
        known = [item.code for item in CLASSES[ResourceType(kind)].subclasses]
        if subclass not in known:
            raise RowProblem("unknown_word", f"subclass of {kind} must be one of {', '.join(known)}", "subclass")
        values["subclass"] = subclass
    if (confidential := yes_or_no(row.get("confidential"), "confidential")) is not None:
        values["confidential"] = confidential
        # Whom it is for, a table cannot say: nobody, until somebody does.
        if confidential:
            values["who"] = "chosen"
    if row.get("max_days"):
        values["max_days"] = whole_number(row["max_days"], "max_days", least=1, most=730)
    for field, words in (("lending", _MODES), ("in_return", _RETURNS)):
        if word := one_of(row.get(field), field, words):
            values["mode" if field == "lending" else field] = word
    return values
