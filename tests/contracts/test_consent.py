"""Who may widen a consent: a person, and never a file after one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select

from copilot.community import consent
from copilot.community.access import Actor, local_actor
from copilot.community.ids import derived_id
from copilot.community.import_options import ImportOptions
from copilot.community.importing import ImportService
from copilot.community.models import Role
from copilot.community.sample import load_sample
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Channel, Member, Message, StaleMark
from copilot.errors import NotFound
from copilot.settings import LimitSettings
from tests.conftest import NOW
from tests.sample_part import part_of_sample

Consents = tuple[bool | None, bool, str]


class Desk:
    """One member, reached by import and in person."""

    def __init__(self, store: Store, community: str, folder: Path) -> None:
        self.store = store
        self.community = community
        self.importing = ImportService(store, LimitSettings())
        self.file = folder / "members.csv"
        self.member_id = derived_id("mem", community, "wechat", "a1")
        self.own = Actor(community, "own", Role.MEMBER, frozenset({"self:write"}), "key_own", self.member_id)

    def imported(self, match: str, ai: str, visibility: str) -> Consents:
        self.file.write_text(
            f"external_id,name,consent_match,consent_ai,visibility\na1,Ann,{match},{ai},{visibility}\n"
        )
        report = self.importing.run(self.community, self.file, ImportOptions())
        assert report.error_count == 0
        return self.consents()

    def decide(self, actor: Actor | None = None, **changes: object) -> Consents:
        with self.store.write(self.community) as unit:
            consent.decide(unit, self.member_id, changes, actor or self.own)
        return self.consents()

    def consents(self) -> Consents:
        row = self.member()
        return row.consent_match, row.consent_ai, row.visibility

    def member(self) -> Member:
        with self.store.read(self.community) as unit:
            return unit.get(Member, self.member_id)


@pytest.fixture
def store(any_store: Store) -> Store:
    return any_store


@pytest.fixture
def community() -> str:
    return "a"


@pytest.fixture
def desk(store: Store, community: str, tmp_path: Path) -> Desk:
    desk = Desk(store, community, tmp_path)
    assert desk.imported("yes", "yes", "community") == (True, True, "community")
    return desk


def test_an_import_never_gives_back_what_the_member_took_away(desk: Desk) -> None:
    assert desk.decide(consent_match=False, consent_ai=False, visibility="operators") == (False, False, "operators")
    assert desk.imported("yes", "yes", "community") == (False, False, "operators")


def test_an_import_may_take_away_what_the_member_gave_but_not_give_it_again(desk: Desk) -> None:
    desk.decide(consent_match=True, consent_ai=True, visibility="community")
    assert desk.imported("no", "no", "hidden") == (False, False, "hidden")
    assert desk.imported("yes", "yes", "community") == (False, False, "hidden")
    assert desk.decide(consent_match=True) == (True, False, "hidden"), "the person may"


def test_an_admins_decision_counts_as_a_persons(desk: Desk) -> None:
    desk.decide(local_actor(desk.community), consent_match=False)
    assert desk.imported("yes", "", "")[0] is False
    decided = desk.member().consents_decided
    assert decided == {"consent_match": {"by": "admin", "at": NOW.isoformat()}}
    assert desk.decide(consent_ai=False)[1] is False
    assert {name: one["by"] for name, one in desk.member().consents_decided.items()} == {
        "consent_match": "admin",
        "consent_ai": "member",
    }


def test_what_no_person_decided_follows_the_file_both_ways(desk: Desk) -> None:
    desk.decide(visibility="hidden")
    assert desk.imported("no", "no", "community") == (False, False, "hidden")
    assert desk.imported("yes", "yes", "") == (True, True, "hidden")


def test_a_decision_is_in_the_audit_log_and_only_consents_can_be_decided(desk: Desk) -> None:
    desk.decide(consent_match=False)
    with desk.store.read(desk.community) as unit:
        (entry,) = unit.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == desk.member_id))
    assert (entry.actor, entry.action, entry.data) == ("key_own", "member.consent_changed", {"consent_match": False})
    with pytest.raises(ValueError, match="name"):
        desk.decide(name="other")
    desk.member_id = "mem_nobody"
    with pytest.raises(NotFound):
        desk.decide(consent_match=False)


@pytest.mark.slow
def test_loading_the_sample_again_gives_nobodys_consent_back(store: Store, tmp_path: Path) -> None:
    importing = ImportService(store, LimitSettings())
    folder = part_of_sample(tmp_path / "sample")
    community = load_sample(store, importing, folder).community_id
    with store.write(community) as unit:
        row = unit.session.scalars(select(Member).where(Member.consent_match.is_(True))).first()
        assert row is not None
        member = consent.decide(unit, row.id, {"consent_match": False, "visibility": "hidden"}, local_actor(community))
    load_sample(store, importing, folder)
    with store.read(community) as unit:
        again = unit.get(Member, member.id)
        assert (again.consent_match, again.visibility) == (False, "hidden")


class TestReadings:
    """What models read of a member depends on the consent to AI, whoever changes it."""

    def waiting(self, desk: Desk) -> set[str]:
        with desk.store.write(desk.community) as unit:
            marks = set(unit.session.scalars(select(StaleMark.record_id).where(StaleMark.purpose == "reading")))
            unit.session.execute(delete(StaleMark))
        return marks

    @pytest.fixture(autouse=True)
    def said(self, desk: Desk) -> None:
        with desk.store.write(desk.community) as unit:
            unit.add(Channel(id="main", platform="wechat", external_id="main", name="main", created_at=NOW))
            unit.session.flush()
            for name, sender in (("own1", desk.member_id), ("own2", desk.member_id), ("other", None)):
                unit.add(
                    Message(id=name, channel_id="main", external_id=name, sender_id=sender, sent_at=NOW, text="hi")
                )
        self.waiting(desk)

    def test_an_import_that_changes_it_has_all_messages_read_again(self, desk: Desk) -> None:
        desk.imported("", "no", "")
        assert self.waiting(desk) == {"own1", "own2"}
        desk.imported("", "yes", "")
        assert self.waiting(desk) == {"own1", "own2"}

    def test_a_decision_has_them_read_again_in_the_same_transaction(self, desk: Desk) -> None:
        with pytest.raises(RuntimeError, match="stop"), desk.store.write(desk.community) as unit:
            consent.decide(unit, desk.member_id, {"consent_ai": False}, desk.own)
            raise RuntimeError("stop")
        assert (desk.consents()[1], self.waiting(desk)) == (True, set())
        desk.decide(consent_ai=False)
        assert self.waiting(desk) == {"own1", "own2"}

    def test_other_changes_leave_the_readings_alone(self, desk: Desk) -> None:
        desk.imported("no", "yes", "hidden")
        desk.decide(consent_ai=True)
        assert self.waiting(desk) == set()
