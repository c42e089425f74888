"""Facts that people and models name in their own words: after a change, the sentence stays and the fact is the new one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from copilot.events.briefs.settling import SettledBrief


def refresher(
    old: SettledBrief, new: SettledBrief, places: tuple[str, str], people: Iterable[tuple[str, str]]
) -> Callable[[str], str]:
    """Return what brings the facts in somebody's own words up to date.

    Args:
        old: the brief as it was.
        new: the brief as it is now.
        places: where it was to be, and where it is.
        people: of each pick that was replaced, the name before and the name now.
    """
    then, now = old.local_start, new.local_start
    swaps = {
        f"{then:%Y-%m-%d}": f"{now:%Y-%m-%d}", f"{then.month}月{then.day}日": f"{now.month}月{now.day}日",
        f"{then.month}月{then.day}号": f"{now.month}月{now.day}号", f"{then:%B} {then.day}": f"{now:%B} {now.day}",
        f"{then:%H:%M}": f"{now:%H:%M}", places[0]: places[1], old.topic: new.topic, **dict(people),
    }  # fmt: skip
    swaps = {was: is_now for was, is_now in swaps.items() if was and was != is_now}
    heads = re.compile(rf"(?<!\d){old.headcount}(?=\s*(?:个|位|名|人|people|guests|members|seats))")

    def refresh(text: str) -> str:
        text = heads.sub(str(new.headcount), text)
        if not swaps:
            return text
        wanted = re.compile("|".join(re.escape(was) for was in sorted(swaps, key=len, reverse=True)))
        return wanted.sub(lambda match: swaps[match[0]], text)

    return refresh
