"""Agreements between communities of one instance: both say yes, either ends it, and what is allowed is what both allow."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.models import ResourceType
from copilot.community.tables import AuditEntry, Member, Resource
from copilot.errors import Conflict, Denied, InvalidInput, NotFound
from copilot.partners.models import AcceptFields, InviteFields, PartnerState, ScopeChange, ShareScope, SharingFields
from copilot.partners.service import NEAR
from tests.partners.conftest import TECH, Neighbours

PRINTER = "工业级3D打印机，可借用做样品"


def test_nothing_crosses_before_both_sides_said_yes(neighbours: Neighbours) -> None:
    neighbours.share("e", neighbours.add("e", PRINTER))
    agreements = neighbours.service.agreements
    invited = agreements.invite("e", InviteFields(gives=TECH), neighbours.actor("e"))
    assert (invited.state, invited.partner) == (PartnerState.INVITED, None)
    accepted = agreements.accept("c", AcceptFields(token=invited.token), neighbours.actor("c"))
    assert accepted.state is PartnerState.WAITING
    assert accepted.next_step == "等待对方确认"
    assert neighbours.titles() == []
    waiting = agreements.get("e", invited.id, neighbours.actor("e"))
    assert (waiting.state, waiting.next_step) == (PartnerState.WAITING, "“示例社区” accepted; confirm or revoke")
    assert agreements.confirm("e", invited.id, neighbours.actor("e")).state is PartnerState.ACTIVE
    assert neighbours.titles() == [PRINTER]


@pytest.mark.parametrize("side", ["c", "e"])
def test_revoking_by_either_side_leaves_nothing_visible_in_the_next_request(neighbours: Neighbours, side: str) -> None:
    neighbours.share("e", neighbours.add("e", PRINTER))
    neighbours.sync()
    here, there = neighbours.partners()
    assert (neighbours.titles(), neighbours.matched()) == ([PRINTER], [PRINTER])
    partner = here if side == "c" else there
    for _ in range(2):  # twice changes nothing
        assert neighbours.service.agreements.revoke(side, partner.id, neighbours.actor(side)).state == "revoked"
    assert (neighbours.titles(), neighbours.titles("e"), neighbours.matched()) == ([], [], [])
    other = "e" if side == "c" else "c"
    seen = neighbours.service.agreements.get(other, (there if side == "c" else here).id, neighbours.actor(other))
    assert (seen.state, seen.revoked_by) == ("revoked", "them")
    # None of it was ever among this community's own vectors.
    assert neighbours.index.scan("c", "resource") == {}


def test_only_what_both_sides_allow_and_the_owner_lets_cross_is_shown(neighbours: Neighbours) -> None:
    for title, more in (
        ("shared laser", {}), ("not let across", {}), ("a room", {"type": "channel"}), ("for some", {}),
    ):  # fmt: skip
        made = neighbours.add("e", title, **more)
        if title != "not let across":
            neighbours.share("e", made)
        if title == "for some":
            with neighbours.store.write("e") as unit:
                unit.get(Resource, made).who = "chosen"
    here, there = neighbours.partners()
    assert neighbours.titles() == ["shared laser"]
    agreements = neighbours.service.agreements
    agreements.change("e", there.id, ScopeChange(gives=ShareScope(classes=list(ResourceType))), neighbours.actor("e"))
    assert neighbours.titles() == ["a room", "shared laser"]
    agreements.change("c", here.id, ScopeChange(takes=TECH), neighbours.actor("c"))
    assert neighbours.titles() == ["shared laser"]
    agreements.change("e", there.id, ScopeChange(gives=ShareScope()), neighbours.actor("e"))
    assert neighbours.titles() == []


def test_a_single_code_can_be_given(neighbours: Neighbours) -> None:
    ids = [neighbours.add("e", f"machine {number}") for number in range(2)]
    for one in ids:
        neighbours.share("e", one)
    code = neighbours.library.get("e", ids[1], neighbours.actor("e")).library_code
    neighbours.partners(ShareScope(codes=[code or ""]))
    assert neighbours.titles() == ["machine 1"]


def test_the_owner_alone_gives_the_name(neighbours: Neighbours) -> None:
    resource = neighbours.add("e", PRINTER)
    neighbours.share("e", resource, neighbours.operator("e"))
    neighbours.partners()
    assert neighbours.service.resources("c", neighbours.actor("c")).items[0].owner_name is None
    with pytest.raises(Denied):
        neighbours.share("e", resource, neighbours.operator("e"), with_name=True)
    neighbours.share("e", resource, neighbours.owner("e"), with_name=True)
    assert neighbours.service.resources("c", neighbours.actor("c")).items[0].owner_name == "Name of e"
    assert neighbours.service.sharing("e", resource, neighbours.owner("e")).seen_by == ["示例社区"]
    neighbours.service.share("e", resource, SharingFields(is_shared=False), neighbours.owner("e"))
    assert neighbours.titles() == []


@pytest.mark.parametrize("change", [{"visibility": "hidden"}, {"consent_match": None}, {"consent_ai": False}])
def test_an_owner_who_is_not_open_to_be_matched_shares_nothing(neighbours: Neighbours, change: dict) -> None:
    neighbours.share("e", neighbours.add("e", PRINTER))
    neighbours.partners()
    assert neighbours.titles() == [PRINTER]
    with neighbours.store.write("e") as unit:
        for name, value in change.items():
            setattr(unit.get(Member, "mem_e"), name, value)
    assert neighbours.titles() == []


def test_confidential_and_ownerless_names_are_refused(neighbours: Neighbours) -> None:
    terms = {"who": "chosen", "confidential": True, "cities": ["London"]}
    secret = neighbours.add("e", "secret", terms_of_use=terms)
    with pytest.raises(Conflict):
        neighbours.share("e", secret)
    own = neighbours.add("e", "ours", owned=False)
    with pytest.raises(InvalidInput):
        neighbours.share("e", own, with_name=True)


def test_what_is_different_there_is_said_in_the_readers_language(neighbours: Neighbours) -> None:
    here, there = neighbours.partners()
    assert [one.aspect for one in here.differences] == ["language", "currency", "timezone", "policy"]
    assert here.differences[1].text == "对方以 GBP 计价，这里用 CNY；不做换算。"
    assert there.differences[1].text == "They count in CNY, we in GBP; nothing is converted."


def test_conditions_that_are_not_usual_for_the_class_here_are_said(neighbours: Neighbours) -> None:
    free = {"terms_of_use": {"max_days": 7, "in_return": "nothing"}}
    for name, more in (("dear", {"terms_of_use": {"max_days": 14, "in_return": "revenue_share"}}), ("alike", free)):
        neighbours.share("e", neighbours.add("e", name, **more))
    neighbours.partners()

    def said() -> dict[str, list[str]]:
        items = neighbours.service.resources("c", neighbours.actor("c")).items
        return {item.title: [one.text for one in item.differences if one.aspect == "terms"] for item in items}

    for number in range(2):
        neighbours.add("c", f"ours {number}", **free)
    assert said() == {"dear": [], "alike": []}  # two are no custom
    neighbours.add("c", "ours 2", **free)
    sentence = "对方的使用条件：借用，最多 14 天，收入分成；这里这一类多为：借用，最多 7 天，无偿。"
    assert said() == {"dear": [sentence], "alike": []}


def test_a_match_across_the_border_says_so_and_quotes_what_is_wanted(neighbours: Neighbours) -> None:
    neighbours.share("e", neighbours.add("e", PRINTER, terms="Pay by the hour"))
    neighbours.share("e", neighbours.add("e", "西班牙语口语陪练"))
    neighbours.sync()
    neighbours.partners()
    found = neighbours.service.match("c", "mem_c", neighbours.actor("c"))
    assert [item.resource.title for item in found.items] == [PRINTER]
    match = found.items[0]
    assert (match.resource.from_partner.name, match.resource.terms) == ("Harbour Founders", "Pay by the hour")
    assert match.evidence[0].record_id == "txt_c"
    assert match.evidence[0].quote in match.reason
    assert NEAR <= match.score <= 1.0
    with neighbours.store.write("c") as unit:
        unit.get(Member, "mem_c").consent_match = False
    nothing = neighbours.service.match("c", "mem_c", neighbours.actor("c"))
    assert (nothing.items, nothing.note) == ([], "成员没有同意参与匹配。")


def test_an_invitation_is_refused_when_changed_used_by_another_late_or_ones_own(
    neighbours: Neighbours, clock: FixedClock
) -> None:
    agreements = neighbours.service.agreements
    invited = agreements.invite("e", InviteFields(gives=TECH, days=1), neighbours.actor("e"))
    with pytest.raises(Conflict):
        agreements.accept("e", AcceptFields(token=invited.token), neighbours.actor("e"))
    body, signature = invited.token.removeprefix("cpi_").split(".")
    content = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    content["until"] = "2099-01-01T00:00:00Z"
    forged = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    for token in (f"cpi_{forged}.{signature}", "cpi_AAAA.AAAA", f"cpi_{body}.AAAA"):
        with pytest.raises(InvalidInput):
            agreements.accept("c", AcceptFields(token=token), neighbours.actor("c"))
    clock.advance(timedelta(days=2))
    with pytest.raises(Conflict, match="expired"):
        agreements.accept("c", AcceptFields(token=invited.token), neighbours.actor("c"))
    assert agreements.get("e", invited.id, neighbours.actor("e")).state is PartnerState.EXPIRED


def test_an_invitation_that_was_taken_back_or_accepted_is_of_no_use_to_others(neighbours: Neighbours) -> None:
    agreements = neighbours.service.agreements
    taken_back = agreements.invite("e", InviteFields(), neighbours.actor("e"))
    agreements.revoke("e", taken_back.id, neighbours.actor("e"))
    with pytest.raises(Conflict):
        agreements.accept("c", AcceptFields(token=taken_back.token), neighbours.actor("c"))
    used = agreements.invite("e", InviteFields(), neighbours.actor("e"))
    first = agreements.accept("c", AcceptFields(token=used.token), neighbours.actor("c"))
    assert agreements.accept("c", AcceptFields(token=used.token), neighbours.actor("c")).id == first.id
    with pytest.raises(Conflict):
        agreements.confirm("e", taken_back.id, neighbours.actor("e"))


def test_agreements_are_audited_and_seen_by_their_own_community_alone(neighbours: Neighbours) -> None:
    here, there = neighbours.partners()
    with pytest.raises(NotFound):
        neighbours.service.agreements.get("c", there.id, neighbours.actor("c"))
    with pytest.raises(Denied):
        neighbours.service.agreements.revoke("c", here.id, neighbours.owner("c"))
    with neighbours.store.read("e") as unit:
        said = set(unit.session.scalars(select(AuditEntry.action)))
    assert {"partner.invited", "partner.accepted", "partner.confirmed"} <= said


def test_a_partner_that_was_deleted_shows_nothing(neighbours: Neighbours) -> None:
    neighbours.share("e", neighbours.add("e", PRINTER))
    neighbours.partners()
    with neighbours.store.system(write=True) as session:
        from sqlalchemy import delete

        from copilot.community.tables import Community

        session.execute(delete(Community).where(Community.id == "e"))
    assert neighbours.titles() == []
