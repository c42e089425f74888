"""The sample community that ships with the package."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from copilot.assets import sample_dir
from copilot.community.erasure import erase_member
from copilot.community.importing import ImportService
from copilot.community.sample import LoadedSample, load_sample
from copilot.community.store import Store
from copilot.community.tables import Channel, Event, Member, Message, ProfileText, Resource, Signup, StaleMark
from copilot.errors import ImportFailed, InvalidInput
from copilot.settings import LimitSettings

LABELS = Path(__file__).parents[2] / "eval" / "datasets" / "sample" / "labels.jsonl"


@pytest.fixture
def loaded(store: Store) -> LoadedSample:
    return load_sample(store, ImportService(store, LimitSettings()), sample_dir())


def test_it_is_as_large_as_promised(store: Store, loaded: LoadedSample) -> None:
    with store.read(loaded.community_id) as unit:
        counted = {
            table: unit.session.scalar(select(func.count()).select_from(table))
            for table in (Member, Resource, Event, Channel)
        }
        messages = unit.session.scalar(select(func.count()).select_from(Message))
        types = set(unit.session.scalars(select(Resource.type)))
    assert counted == {Member: 80, Resource: 40, Event: 8, Channel: 3}
    assert messages is not None
    assert messages >= 1_200
    assert len(types) == 6


@pytest.mark.slow
def test_loading_it_again_changes_nothing(store: Store, loaded: LoadedSample) -> None:
    with store.system(write=True) as session:
        session.execute(delete(StaleMark))
    assert not load_sample(store, ImportService(store, LimitSettings()), sample_dir()).changed
    with store.read(loaded.community_id) as unit:
        assert unit.session.scalars(select(StaleMark)).all() == []


def test_chat_is_by_the_members_of_the_table(store: Store, loaded: LoadedSample) -> None:
    with store.read(loaded.community_id) as unit:
        unnamed = unit.session.scalars(select(Message).where(Message.sender_id.is_(None), Message.type < 80)).all()
        replies = unit.session.scalars(select(Message.reply_to_id).where(Message.reply_to_id.is_not(None))).all()
        known = set(unit.session.scalars(select(Message.id)))
        promo = {channel.external_id: channel.promo_allowed for channel in unit.session.scalars(select(Channel))}
    assert unnamed == []
    assert len(replies) > 100
    assert set(replies) <= known
    assert any(promo.values())


def test_consents_and_empty_profiles_are_varied(store: Store, loaded: LoadedSample) -> None:
    with store.read(loaded.community_id) as unit:
        members = unit.session.scalars(select(Member)).all()
        described = set(unit.session.scalars(select(ProfileText.member_id)))
    assert set(Counter(member.consent_match for member in members)) == {True, False, None}
    assert any(not member.consent_ai for member in members)
    assert {member.visibility for member in members} == {"community", "operators", "hidden"}
    assert any(member.id not in described for member in members)


def test_events_have_people_who_came_and_people_who_did_not(store: Store, loaded: LoadedSample) -> None:
    with store.read(loaded.community_id) as unit:
        statuses = Counter(unit.session.scalars(select(Signup.status)))
    assert statuses["attended"] > 60
    assert statuses["no_show"] > 10


def test_every_gold_label_belongs_to_a_message(store: Store, loaded: LoadedSample) -> None:
    with store.read(loaded.community_id) as unit:
        rows = unit.session.execute(
            select(Channel.external_id, Message.external_id).join(Channel, Channel.id == Message.channel_id)
        ).all()
    stored = {tuple(row) for row in rows}
    labels = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    assert {(label["channel"], label["id"]) for label in labels} <= stored
    assert {label["sentiment"] for label in labels} <= {"positive", "neutral", "negative", None}


def test_it_loads_again_after_a_member_of_it_was_erased(store: Store, loaded: LoadedSample) -> None:
    with store.read(loaded.community_id) as unit:
        owner = unit.session.scalar(select(Resource.owner_id).where(Resource.code == "R-C-01"))
    assert owner is not None
    erase_member(store, loaded.community_id, owner, requested_by="k")
    again = load_sample(store, ImportService(store, LimitSettings()), sample_dir())
    assert again.reports["events.jsonl"].error_count > 0, "an event that was to be at their place"
    with store.read(loaded.community_id) as unit:
        assert unit.session.get(Member, owner) is None


def test_a_sample_with_a_wrong_row_is_refused(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    shutil.copytree(sample_dir(), folder)
    (folder / "resources.csv").write_text("code,type,title\nR1,nonsense,x\n")
    with pytest.raises(ImportFailed, match=r"resources\.csv, line 2"):
        load_sample(store, ImportService(store, LimitSettings()), folder)


def test_a_folder_without_a_description_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"community\.yaml"):
        load_sample(store, ImportService(store, LimitSettings()), tmp_path)
