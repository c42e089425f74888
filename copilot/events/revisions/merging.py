"""A three-way merge of plans: what a change brings about is taken over, everything else stays as it is.

`before` and `after` are the plan as code composes it without and with the change. Where the two agree, nothing had to
change, and the plan's own value stays to the byte. Where they differ, the plan follows. Words that a model or a
person wrote are kept, with the facts they name brought up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from copilot.events.revisions.addresses import Json, label_items, steps

Reword = Callable[[str, str], str]
# Values of these names are sentences; the rest are facts that code computes.
_PROSE = frozenset({"title", "goal", "notes", "text", "trigger", "fallback", "duties"})
# Lists of sentences of which one may come or go without the others moving.
_LINES = frozenset({"to_confirm", "lessons", "interactions", "feedback_questions", "dropped"})


def merge(base: Json, before: Json, after: Json, reword: Reword, name: str = "") -> Json:
    """Return `base` with what changed from `before` to `after`.

    Args:
        base: the plan, or a part of it, as it stands.
        before: the same part as code composes it without the change.
        after: the same part with the change.
        reword: given a sentence of the plan and what code writes there now, returns the one to keep.
        name: the name of the part in what holds it.
    """
    if base == before:
        return after
    if isinstance(base, str) and isinstance(after, str) and name in _PROSE:
        return reword(base, after)
    if all(isinstance(value, Mapping) for value in (base, before, after)):
        return _merge_records(base, before, after, reword)
    if all(isinstance(value, list) for value in (base, before, after)):
        return _merge_lists(base, before, after, reword, name)
    return base if before == after else after


def _merge_records(base: Any, before: Any, after: Any, reword: Reword) -> dict[str, Json]:
    merged = {
        key: merge(base[key], before[key], value, reword, key) if key in base and key in before else value
        for key, value in after.items()
        if key in base or key not in before  # what the plan has left out stays out
    }
    return merged | {key: value for key, value in base.items() if key not in before and key not in after}


def _merge_lists(base: list[Json], before: list[Json], after: list[Json], reword: Reword, name: str) -> list[Json]:
    if name in _LINES:
        gone = [line for line in before if line not in after]
        kept = [line if line in before else reword(line, line) for line in base if line not in gone]
        return kept + [line for line in after if line not in before and line not in kept]
    if not any(isinstance(item, Mapping) and "key" in item for item in after):
        if len(base) != len(before) or len(before) != len(after):
            return base if before == after else after
        return [merge(*three, reword, name) for three in zip(base, before, after, strict=True)]
    old, then, now = steps(base), steps(before), steps(after)
    merged = [
        merge(old[label], then[label], item, reword, name) if label in old and label in then else item
        for label, item in now.items()
        if label in old or label not in then
    ]
    # What a model or a person added is nobody else's to remove.
    return merged + [item for label, item in zip(label_items(base), base, strict=True) if label not in then | now]
