"""Cuts in versions, known decisions and samples, on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

from copilot.community.models import Category
from copilot.community.store import Store
from copilot.community.tables import Case, CaseItem, Channel, Decision, Message, Reading
from copilot.moderation.calibrating.audits import AuditDesk
from copilot.moderation.calibrating.desk import TuningDesk
from copilot.moderation.calibrating.known import known_items
from copilot.moderation.calibrating.tuning import tuning_of
from copilot.moderation.terms import Terms, TermsDesk
from tests.conftest import NOW


def messages(store: Store, community: str, n: int) -> None:
    with store.write(community) as unit:
        unit.add(Channel(id=f"chn_{community}", platform="t", external_id="x", name="x", created_at=NOW))
        unit.session.flush()
        for number in range(n):
            name = f"msg_{community}_{number}"
            unit.add(
                Message(
                    id=name, channel_id=f"chn_{community}", external_id=name, sent_at=NOW - timedelta(days=5), text="x"
                )
            )
            unit.session.flush()
            unit.add(Reading(message_id=name, model_version="1", negative=0, neutral=1, positive=0, read_at=NOW))


def test_the_highest_version_is_in_force_in_its_own_community(any_store: Store) -> None:
    desk = TuningDesk(any_store)
    for cut in (0.5, 0.7, 0.6):
        desk.set("a", Category.INSULT, cut=cut, recalibrate=False, reason="x", actor="op")
    desk.set("a", Category.SCAM, cut=0.9, recalibrate=False, reason="x", actor="op")
    with any_store.read("a") as unit:
        assert {name: (rule.version, rule.cut) for name, rule in tuning_of(unit).rules.items()} == {
            "insult": (3, 0.6), "scam": (1, 0.9),
        }  # fmt: skip
    with any_store.read("b") as unit:
        assert tuning_of(unit).rules == {}
    assert [row.version for row in desk.history("a", Category.INSULT, limit=2).items] == [3, 2]


def test_two_who_set_at_once_make_two_versions(any_store: Store) -> None:
    desk = TuningDesk(any_store)

    def put(cut: float) -> None:
        desk.set("a", Category.INSULT, cut=cut, recalibrate=False, reason="x", actor="op")

    both = [threading.Thread(target=put, args=(cut,)) for cut in (0.5, 0.7)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(row.version for row in desk.history("a", Category.INSULT).items) == [1, 2]


def test_a_sample_is_drawn_once_and_only_from_what_nothing_flagged(any_store: Store) -> None:
    messages(any_store, "a", 10)
    with any_store.write("a") as unit:
        shared = {"message_id": "msg_a_0", "category": "insult", "severity": "low", "score": 0.9, "quote": ""}
        span = {"evidence_start": 0, "evidence_end": 0, "detector": "d", "detector_version": "1", "created_at": NOW}
        unit.add(Case(id="cas", **shared, **span))
        unit.session.flush()
        unit.add(CaseItem(id="cit", case_id="cas", found_by="signal", threshold=0.6, **shared, **span))
        unit.add(Decision(id="dec", case_id="cas", verdict="violation", decided_by="m", decided_at=NOW))
    TermsDesk(any_store).put("a", Terms(audit_per_week=200), actor="op")
    desk = AuditDesk(any_store)
    assert desk.draw("a") == 9
    assert desk.draw("a") == 0
    assert "msg_a_0" not in {row.message_id for row in desk.page("a", limit=200).items}
    assert desk.page("b").items == []
    with any_store.read("a") as unit:
        [item] = known_items(unit)
        assert (item.score, item.is_violation) == (0.9, True)
    assert desk.recall("a").recall is None
