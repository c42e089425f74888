"""Blocks, operators' rules and endorsements: who sets them, what they refuse, and what an export and an erasure show."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.access import ROLE_SCOPES, Actor
from copilot.community.erasure import erase_member
from copilot.community.ids import new_id
from copilot.community.introduction_status import IntroductionStatus
from copilot.community.member_export import export_member
from copilot.community.models import Role, RuleKind
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Endorsement, Erasure, Introduction, Match, Member, PairRule
from copilot.errors import Conflict, CopilotError, Denied, InvalidInput, NotFound
from copilot.matching.records import match_id
from copilot.matching.relations.endorsements import EndorsementService
from copilot.matching.relations.pair_rule_models import RuleBounds, RuleDraft
from copilot.matching.relations.pair_rules import PairRuleService
from tests.conftest import NOW
from tests.contracts.conftest import member


def actor(role: Role, member_id: str | None = None) -> Actor:
    return Actor("a", "test", role, ROLE_SCOPES[role], f"key_{member_id or role.value}", member_id)


OPERATOR, ADMIN = actor(Role.OPERATOR), actor(Role.ADMIN)
ANN, BO = actor(Role.MEMBER, "ann"), actor(Role.MEMBER, "bo")


@pytest.fixture
def store(any_store: Store) -> Store:
    with any_store.write("a") as unit:
        for name in ("ann", "bo", "cy", "dee", "shy"):
            fields = {"visibility": "hidden" if name == "shy" else "community", "consent_match": True}
            unit.add(Member(**member(name, **fields)))
    return any_store


@pytest.fixture
def rules(store: Store) -> PairRuleService:
    return PairRuleService(store, RuleBounds(blocks_per_member=2, operator_rules=2))


@pytest.fixture
def endorsements(store: Store) -> EndorsementService:
    return EndorsementService(store)


def draft(kind: str, *members: str, **fields: Any) -> RuleDraft:
    return RuleDraft.model_validate({"kind": kind, "member_ids": list(members)} | fields)


def refused(kind: type[CopilotError], reason: str, act: Callable[[], object]) -> CopilotError:
    """Check that something is refused, with a sentence in both languages."""
    with pytest.raises(kind) as caught:
        act()
    assert caught.value.data["reason"] == reason
    assert set(caught.value.data["sentence"]) == {"zh-CN", "en"}  # type: ignore[call-overload]  # a dict of sentences
    return caught.value


def audited(store: Store) -> list[tuple[str, str, dict[str, Any]]]:
    with store.read("a") as unit:
        rows = unit.session.scalars(select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id))
        return [(row.actor, row.action, row.data) for row in rows]


def connect(store: Store) -> None:
    with store.write("a") as unit:
        for who, whom in (("ann", "bo"), ("bo", "ann")):
            unit.add(
                Match(
                    id=match_id("a", who, "member", whom), member_id=who, kind="member", target_id=whom, score=0.5,
                    components={}, reasons=[], status="accepted", created_at=NOW, updated_at=NOW,
                )
            )  # fmt: skip


class TestBlocks:
    def test_a_member_blocks_lists_and_lifts(self, rules: PairRuleService, store: Store) -> None:
        made = rules.block("a", "ann", "bo", " 太吵 ", actor=ANN)
        assert (made.member_id, made.name, made.note, made.created_at) == ("bo", "name bo", "太吵", NOW)
        assert rules.block("a", "ann", "bo", "again", actor=ANN) == made, "doing so again changes nothing"
        assert rules.blocks("a", "ann", actor=ANN).items == [made]
        assert rules.blocks("a", "bo", actor=BO).items == [], "the other side has none and sees none"
        assert rules.unblock("a", "ann", "bo", actor=ANN) == made
        with pytest.raises(NotFound):
            rules.unblock("a", "ann", "bo", actor=ANN)
        assert audited(store) == [
            ("key_ann", "pair_rule.set", {"kind": "blocked"}), ("key_ann", "pair_rule.lifted", {"kind": "blocked"}),
        ]  # fmt: skip

    def test_wrong_blocks_are_refused(self, rules: PairRuleService) -> None:
        refused(InvalidInput, "oneself", lambda: rules.block("a", "ann", "ann", actor=ANN))
        with pytest.raises(InvalidInput):
            rules.block("a", "ann", "bo", "x" * 501, actor=ANN)
        for unknown in ("nobody", "shy"):
            with pytest.raises(NotFound):
                rules.block("a", "ann", unknown, actor=ANN)
        rules.block("a", "ann", "bo", actor=ANN)
        rules.block("a", "ann", "cy", actor=ANN)
        full = refused(Conflict, "too_many_blocks", lambda: rules.block("a", "ann", "dee", actor=ANN))
        assert full.data["limit"] == 2
        rules.block("a", "ann", "bo", actor=ANN)  # a full list still knows who is on it

    def test_somebody_who_hid_after_a_proposal_can_still_be_blocked(self, rules: PairRuleService, store: Store) -> None:
        with store.write("a") as unit:
            unit.add(
                Match(
                    id=match_id("a", "shy", "member", "ann"), member_id="shy", kind="member", target_id="ann", score=0.5,
                    components={}, reasons=[], created_at=NOW, updated_at=NOW,
                )
            )  # fmt: skip
        assert rules.block("a", "ann", "shy", actor=ANN).name == "", "and the name stays hidden"

    def test_what_waits_between_the_two_is_closed_and_the_other_learns_nothing_of_the_block(
        self, rules: PairRuleService, store: Store
    ) -> None:
        def introduction(asker: str, target: str) -> str:
            with store.write("a") as unit:
                key = match_id("a", asker, "member", target)
                unit.add(
                    Match(
                        id=key, member_id=asker, kind="member", target_id=target, score=0.5, components={}, reasons=[],
                        status="accepted", created_at=NOW, updated_at=NOW,
                    )
                )  # fmt: skip
                unit.session.flush()
                row = Introduction(
                    id=new_id("intro"), match_id=key, asker_id=asker, target_id=target, created_at=NOW, updated_at=NOW,
                    expires_at=NOW + timedelta(days=14),
                )  # fmt: skip
                unit.add(row)
                return row.id

        asked, asking = introduction("bo", "ann"), introduction("ann", "cy")
        rules.block("a", "ann", "bo", actor=ANN)
        rules.block("a", "ann", "cy", actor=ANN)
        with store.read("a") as unit:
            ended = {key: unit.get(Introduction, key) for key in (asked, asking)}
            assert ended[asked].status == IntroductionStatus.IGNORED and ended[asked].ended_by == "ann"
            assert ended[asking].status == IntroductionStatus.WITHDRAWN
            assert unit.get(Match, match_id("a", "bo", "member", "ann")).status == "not_taken_up"


class TestOperatorsRules:
    def test_operators_set_read_and_remove_rules(self, rules: PairRuleService, store: Store) -> None:
        ends = NOW + timedelta(days=9)
        made = rules.add("a", draft("cannot_match", "cy", "ann", note="同行竞争", expires_at=ends), actor=OPERATOR)
        assert (made.first_id, made.second_id, made.first_name) == ("ann", "cy", "name ann"), "in the order of ids"
        assert (made.note, made.created_by, made.expires_at, made.is_in_force) == (
            "同行竞争",
            "key_operator",
            ends,
            True,
        )
        assert rules.get("a", made.id, actor=OPERATOR) == made
        block = rules.block("a", "bo", "cy", actor=BO)
        listed = rules.rules("a", actor=OPERATOR).items
        assert {(row.kind, row.first_id, row.second_id) for row in listed} == {
            (RuleKind.CANNOT_MATCH, "ann", "cy"), (RuleKind.BLOCKED, "bo", block.member_id),
        }  # fmt: skip
        assert rules.rules("a", actor=OPERATOR, kind=RuleKind.CANNOT_MATCH).items == [made]
        assert rules.rules("a", actor=OPERATOR, member_id="ann").items == [made]
        assert rules.remove("a", made.id, actor=OPERATOR) == made
        with pytest.raises(NotFound):
            rules.get("a", made.id, actor=OPERATOR)
        assert [entry[:2] for entry in audited(store)] == [
            ("key_operator", "pair_rule.set"), ("key_bo", "pair_rule.set"), ("key_operator", "pair_rule.lifted"),
        ]  # fmt: skip

    def test_opposite_and_repeated_rules_conflict(self, rules: PairRuleService) -> None:
        made = rules.add("a", draft("must_match", "ann", "cy"), actor=OPERATOR)
        refused(Conflict, "rule_exists", lambda: rules.add("a", draft("must_match", "cy", "ann"), actor=OPERATOR))
        opposite = refused(
            Conflict, "opposite_rule", lambda: rules.add("a", draft("cannot_match", "cy", "ann"), actor=OPERATOR)
        )
        assert opposite.data["rule_id"] == made.id
        rules.block("a", "bo", "ann", actor=BO)
        refused(Conflict, "blocked_pair", lambda: rules.add("a", draft("must_match", "ann", "bo"), actor=OPERATOR))
        rules.add("a", draft("cannot_match", "ann", "bo"), actor=OPERATOR)
        refused(Conflict, "too_many_rules", lambda: rules.add("a", draft("cannot_match", "bo", "cy"), actor=OPERATOR))

    def test_a_rule_that_has_ended_makes_room(self, rules: PairRuleService, clock: FixedClock) -> None:
        ends = NOW + timedelta(days=1)
        rules.add("a", draft("must_match", "ann", "cy", expires_at=ends), actor=OPERATOR)
        clock.advance(timedelta(days=1))
        assert [row.is_in_force for row in rules.rules("a", actor=OPERATOR).items] == [False]
        rules.add("a", draft("cannot_match", "ann", "cy", expires_at=NOW + timedelta(days=2)), actor=OPERATOR)
        rules.add("a", draft("cannot_match", "ann", "bo"), actor=OPERATOR)
        refused(Conflict, "too_many_rules", lambda: rules.add("a", draft("must_match", "bo", "cy"), actor=OPERATOR))
        clock.advance(timedelta(days=1))
        rules.add("a", draft("must_match", "bo", "cy"), actor=OPERATOR)
        kept = rules.rules("a", actor=OPERATOR, member_id="ann").items
        assert {(row.kind, row.is_in_force) for row in kept} == {
            (RuleKind.CANNOT_MATCH, False),
            (RuleKind.CANNOT_MATCH, True),
        }

    def test_wrong_rules_are_refused(self, rules: PairRuleService) -> None:
        refused(InvalidInput, "oneself", lambda: rules.add("a", draft("must_match", "ann", "ann"), actor=OPERATOR))
        late = draft("must_match", "ann", "bo", expires_at=NOW)
        refused(InvalidInput, "in_the_past", lambda: rules.add("a", late, actor=OPERATOR))
        for unknown in ("nobody", "shy"):
            with pytest.raises(NotFound):
                rules.add("a", draft("must_match", "ann", unknown), actor=OPERATOR)
        with pytest.raises(NotFound):
            rules.remove("a", "rule_none", actor=OPERATOR)
        for wrong in ({"limit": 0}, {"limit": 201}, {"cursor": "x"}):
            with pytest.raises(InvalidInput):
                rules.rules("a", actor=OPERATOR, **wrong)  # type: ignore[arg-type]  # wrong on purpose

    def test_rules_about_hidden_members_are_for_admins(self, rules: PairRuleService) -> None:
        hidden = rules.add("a", draft("cannot_match", "ann", "shy"), actor=ADMIN)
        assert rules.rules("a", actor=ADMIN).items == [hidden] and rules.rules("a", actor=OPERATOR).items == []
        for act in (rules.get, rules.remove):
            with pytest.raises(NotFound):
                act("a", hidden.id, actor=OPERATOR)

    def test_a_members_block_is_not_lifted_by_others(self, rules: PairRuleService) -> None:
        rules.block("a", "ann", "bo", actor=ANN)
        (block,) = rules.rules("a", actor=ADMIN).items
        refused(Denied, "not_theirs", lambda: rules.remove("a", block.id, actor=ADMIN))
        assert rules.rules("a", actor=ADMIN).items == [block]

    def test_lists_come_in_pages(self, store: Store, clock: FixedClock) -> None:
        rules = PairRuleService(store)
        made = []
        for pair in (("ann", "bo"), ("ann", "cy"), ("bo", "cy")):
            made.append(rules.add("a", draft("cannot_match", *pair), actor=OPERATOR))
            clock.advance(timedelta(minutes=1))
        first = rules.rules("a", actor=OPERATOR, limit=2)
        assert first.items == made[:0:-1] and first.has_more
        rest = rules.rules("a", actor=OPERATOR, limit=2, cursor=first.next_cursor)
        assert rest.items == made[:1] and not rest.has_more

    def test_nothing_is_found_from_another_community(self, rules: PairRuleService) -> None:
        made = rules.add("a", draft("cannot_match", "ann", "cy"), actor=OPERATOR)
        with pytest.raises(NotFound):
            rules.get("b", made.id, actor=OPERATOR)
        with pytest.raises(NotFound):
            rules.add("b", draft("cannot_match", "ann", "cy"), actor=OPERATOR)
        assert rules.rules("b", actor=OPERATOR).items == []


class TestEndorsements:
    def test_the_connected_vouch_for_each_other_and_both_see_it(
        self, endorsements: EndorsementService, store: Store, clock: FixedClock
    ) -> None:
        connect(store)
        first = endorsements.endorse("a", "ann", "bo", "准时", actor=ANN)
        assert (first.by_name, first.member_name, first.text) == ("name ann", "name bo", "准时")
        clock.advance(timedelta(days=1))
        again = endorsements.endorse("a", "ann", "bo", "准时，靠谱", actor=ANN)
        assert (again.id, again.text, again.created_at) == (first.id, "准时，靠谱", NOW), "the words are replaced"
        assert endorsements.listed("a", "bo", actor=BO).items == [again]
        assert endorsements.listed("a", "ann", "given", actor=ANN).items == [again]
        assert endorsements.listed("a", "ann", "received", actor=ANN).items == []
        assert endorsements.withdraw("a", again.id, actor=ANN) == again
        assert [entry[1] for entry in audited(store)] == [
            "endorsement.given", "endorsement.given", "endorsement.withdrawn",
        ]  # fmt: skip

    def test_only_the_connected_and_never_oneself(self, endorsements: EndorsementService, store: Store) -> None:
        refused(Conflict, "not_connected", lambda: endorsements.endorse("a", "ann", "bo", actor=ANN))
        connect(store)
        refused(InvalidInput, "own_endorsement", lambda: endorsements.endorse("a", "ann", "ann", actor=ANN))
        with pytest.raises(InvalidInput):
            endorsements.endorse("a", "ann", "bo", "x" * 501, actor=ANN)
        with pytest.raises(NotFound):
            endorsements.endorse("a", "ann", "nobody", actor=ANN)

    def test_who_gave_it_who_received_it_and_operators_take_it_back_and_nobody_else(
        self, endorsements: EndorsementService, store: Store
    ) -> None:
        connect(store)
        for who in (ANN, BO, OPERATOR):
            made = endorsements.endorse("a", "ann", "bo", actor=ANN)
            with pytest.raises(NotFound):
                endorsements.withdraw("a", made.id, actor=actor(Role.MEMBER, "cy"))
            with pytest.raises(Denied):
                endorsements.withdraw("a", made.id, actor=actor(Role.MODERATOR))
            endorsements.withdraw("a", made.id, actor=who)
        with store.read("a") as unit:
            assert unit.session.scalars(select(Endorsement)).all() == []


class TestTheMembersOwnData:
    def exported(self, store: Store, member_id: str) -> dict[str, Any]:
        with store.read("a") as unit:
            return json.loads(json.dumps(export_member(unit, member_id)))["records"]  # type: ignore[no-any-return]  # JSON

    def test_an_export_shows_ones_own_blocks_and_nobody_elses(self, rules: PairRuleService, store: Store) -> None:
        rules.block("a", "ann", "bo", "太吵", actor=ANN)
        rules.add("a", draft("cannot_match", "bo", "cy", note="内部备注"), actor=OPERATOR)
        own = self.exported(store, "ann")["pair_rule"]
        assert [(row["kind"], row["second_id"], row["note"]) for row in own] == [("blocked", "bo", "太吵")]
        told = self.exported(store, "bo")
        assert told["pair_rule"] == [{"kind": "cannot_match", "created_at": NOW.isoformat()}]
        everything = json.dumps(told, ensure_ascii=False)
        assert not any(word in everything for word in ('"ann"', "太吵", "内部备注", "blocked", '"cy"'))

    def test_an_endorsement_is_in_both_exports(self, endorsements: EndorsementService, store: Store) -> None:
        connect(store)
        endorsements.endorse("a", "ann", "bo", "准时", actor=ANN)
        for who in ("ann", "bo"):
            assert [row["text"] for row in self.exported(store, who)["endorsement"]] == ["准时"]

    def test_an_erased_member_leaves_no_rule_and_the_proof_does_not_tell_of_blocks(
        self, rules: PairRuleService, endorsements: EndorsementService, store: Store
    ) -> None:
        connect(store)
        endorsements.endorse("a", "ann", "bo", actor=ANN)
        rules.block("a", "ann", "bo", actor=ANN)
        rules.block("a", "bo", "cy", actor=BO)
        rules.add("a", draft("must_match", "ann", "cy"), actor=OPERATOR)
        proof = erase_member(store, "a", "bo", requested_by="key_bo")
        with store.read("a") as unit:
            assert unit.get(Erasure, proof).counts["pair_rule"] == 1, "the own block only"
            left = unit.session.scalars(select(PairRule)).all()
            assert [(row.kind, row.first_id, row.second_id) for row in left] == [("must_match", "ann", "cy")]
            assert unit.session.scalars(select(Endorsement)).all() == []
