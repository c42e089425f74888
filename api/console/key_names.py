"""What keys are called: people are known to each other by the names of their keys, not by ids."""

from __future__ import annotations

from collections.abc import Iterable

from copilot.community.store import Unit
from copilot.community.tables import ApiKey


def key_names(unit: Unit, key_ids: Iterable[str | None]) -> dict[str, str]:
    """Return names by id; who is no key, such as the command line, is called as they are."""
    wanted = {key_id for key_id in key_ids if key_id}
    found = unit.get_many(ApiKey, wanted)
    return {key_id: found[key_id].name if key_id in found else key_id for key_id in wanted}
