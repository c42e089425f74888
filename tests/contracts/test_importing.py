"""An import does the same on every database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from copilot.assets import sample_dir
from copilot.community.importing import ImportService
from copilot.community.sample import load_sample
from copilot.community.store import Store
from copilot.community.tables import Event, Member, Message, StaleMark
from copilot.settings import LimitSettings


@pytest.mark.slow
def test_the_sample_loads_and_loads_again_without_a_change(any_store: Store) -> None:
    importing = ImportService(any_store, LimitSettings())
    loaded = load_sample(any_store, importing, sample_dir())
    assert loaded.changed
    with any_store.system(write=True) as session:
        session.execute(delete(StaleMark))
    assert not load_sample(any_store, importing, sample_dir()).changed
    with any_store.read(loaded.community_id) as unit:
        assert unit.session.scalars(select(StaleMark)).all() == []


def test_text_and_figures_at_the_bounds_are_stored(any_store: Store, tmp_path: Path) -> None:
    importing = ImportService(any_store, LimitSettings())
    path = tmp_path / "upload"
    row = {"id": "1", "no\x00te": "a\ud800\x00b", "name": "\U0001f33e" * 200, "has": ["长" * 4_000]}
    path.write_text(json.dumps(row))
    assert importing.run("a", path).error_count == 0
    times = {"starts_at": "1990-01-01T00:00:00Z", "ends_at": "2099-12-31T23:59:59Z"}
    figures = {"capacity": 1_000_000, "budget_cents": 2_000_000_000, "spent_cents": 2_000_000_000}
    path.write_text(json.dumps({"code": "E", "title": "t", "format": "f", "signups": [], **times, **figures}))
    assert importing.run("a", path).error_count == 0
    header = {"_type": "header", "meta": {"name": "g", "platform": "qq"}}
    message = {"_type": "message", "sender": "u", "timestamp": 4102444799, "type": 10_000, "content": "长" * 10_000}
    path.write_text(json.dumps(header) + "\n" + json.dumps(message))
    assert importing.run("a", path).error_count == 0
    with any_store.read("a") as unit:
        assert unit.session.scalars(select(Member.attributes).where(Member.external_id == "1")).one() == {"note": "ab"}
        assert unit.session.scalars(select(Event.budget_cents)).one() == 2_000_000_000
        assert len(unit.session.scalars(select(Message.text)).one()) == 10_000
