from __future__ import annotations

import pytest

from copilot.community.import_seen import SeenIds
from copilot.errors import StoreFull


def test_an_id_is_new_once() -> None:
    with SeenIds() as seen:
        assert [seen.add(name) for name in ("a", "b", "a", "b", "c")] == [True, True, False, False, True]


def test_two_sets_know_nothing_of_one_another() -> None:
    with SeenIds() as one, SeenIds() as other:
        assert one.add("a")
        assert other.add("a")


def test_a_full_disk_is_a_named_error() -> None:
    with SeenIds() as seen:
        seen._database.execute("PRAGMA max_page_count=4")
        with pytest.raises(StoreFull):
            for number in range(5_000):
                seen.add(f"{number:040}")
