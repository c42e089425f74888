"""The sample's four weeks, imported and read as in production: the quarrel is seen, and only the quarrel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from copilot.assets import sample_dir
from copilot.atmosphere.models import AtmosphereReading
from copilot.clock import FixedClock
from copilot.community.channels import find_channel
from copilot.community.sample import load_sample
from copilot.services import Services
from copilot.settings import Settings
from tests.conftest import NOW

pytestmark = pytest.mark.slow
QUARREL = (date(2026, 11, 2), date(2026, 11, 3))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, str]]:
    services = Services(Settings.model_construct(data_dir=tmp_path_factory.mktemp("sample")), FixedClock(NOW))
    community_id = load_sample(services.store, services.importing, sample_dir()).community_id
    while services.moderation.read_pending(community_id).taken:
        pass
    yield services, community_id
    services.close()


def _days(sample: tuple[Services, str], channel: str) -> dict[date, AtmosphereReading]:
    services, community_id = sample
    with services.store.read(community_id) as unit:
        channel_id = find_channel(unit, channel).id
    start, end = datetime(2026, 10, 18, 16, tzinfo=UTC), datetime(2026, 11, 15, 16, tzinfo=UTC)
    days = services.atmosphere.days(community_id, channel_id, start, end)
    return {day.window.start.date(): day for day in days}


def _net(day: AtmosphereReading) -> float:
    value = day.dimensions["satisfaction"].headline.value
    assert value is not None
    return value


def test_the_quarrel_days_have_the_lowest_mood_of_the_two_weeks_before_and_after(sample: tuple[Services, str]) -> None:
    days = _days(sample, "main")
    readable = {day: _net(reading) for day, reading in days.items() if reading.no_reading is None}
    usual = sorted(value for day, value in readable.items() if day not in QUARREL)
    assert all(readable[day] < usual[len(usual) // 2] for day in QUARREL)
    assert readable[QUARREL[1]] == min(readable.values())


def test_only_the_worst_day_of_the_quarrel_suggests_to_act_on_the_mood(sample: tuple[Services, str]) -> None:
    advised = [day for day, reading in _days(sample, "main").items() if reading.suggestion is not None]
    assert advised == [QUARREL[1]]


def test_the_last_week_of_the_whole_community_is_read(sample: tuple[Services, str]) -> None:
    services, community_id = sample
    reading = services.atmosphere.read(community_id)
    assert reading.no_reading is None
    assert reading.counts.coverage is not None
    assert reading.counts.coverage > 0.9
    assert all(dimension.headline.value is not None for dimension in reading.dimensions.values())
    assert reading.suggestion is None
