"""A small community with people who consent and who do not, decisions on what they said, and an export of it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from copilot.community.models import Category
from copilot.community.store import Store
from copilot.community.tables import (
    AuditSample,
    Case,
    CaseItem,
    Channel,
    Decision,
    Member,
    Message,
    PrivateMessage,
    Reading,
)
from copilot.eval_cases.models import What
from copilot.eval_cases.service import EvalCaseService

PEOPLE = {"ann": "沈知微律师", "bo": "Grace Liu", "quiet": "罗大川", "hid": "Ben Okafor"}
SAID = {
    "msg_1": ("ann", "沈知微说得对，Grace 你就是骗子，加我微信 shen_zhiwei88"),
    "msg_2": ("bo", "call me at +44 20 7946 0958 or grace@example.org, see https://example.org/g"),
    "msg_3": ("quiet", "不许外传的话"),
    "msg_4": ("hid", "words of somebody hidden"),
    "msg_5": ("ann", "只有关怀看得到的话"),
    "msg_6": ("bo", "罗大川 谢谢你，周六见"),
}


@dataclass(frozen=True)
class Unpacked:
    """The files of an export."""

    files: dict[str, str]
    manifest: dict[str, Any]
    folder: Path

    def rows(self, what: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.files[f"{what}.jsonl"].splitlines()]


@pytest.fixture
def service(store: Store, tmp_path: Path) -> EvalCaseService:
    return EvalCaseService(store, tmp_path / "data")


@pytest.fixture
def decided(store: Store, community: str) -> str:
    """A community with decisions, see `fill`."""
    fill(store, community)
    return community


def fill(store: Store, community: str) -> None:
    """Add six messages: five in decided cases (one decision taken back), one drawn unflagged and looked at."""
    now = store.clock.now()
    with store.write(community) as unit:
        unit.add(Channel(id="chn_1", platform="t", external_id="main", name="main", created_at=now))
        for key, name in PEOPLE.items():
            unit.add(
                Member(
                    id=f"mem_{key}", platform="t", external_id=f"ext-{key}", name=name, created_at=now,
                    consent_ai=key != "quiet", visibility="hidden" if key == "hid" else "community",
                )
            )  # fmt: skip
        unit.session.flush()
        for message_id, (sender, text) in SAID.items():
            unit.add(
                Message(
                    id=message_id, channel_id="chn_1", external_id=message_id, sender_id=f"mem_{sender}", text=text,
                    sent_at=now, mentions=[],
                )
            )  # fmt: skip
        unit.session.flush()
        unit.add(PrivateMessage(message_id="msg_5", noted_at=now, is_settled=False))
        unit.add(
            Reading(
                message_id="msg_1", model_version="m", negative=1.0, neutral=0.0, positive=0.0, language="zh", read_at=now
            )
        )  # fmt: skip
        for at, message_id in enumerate(list(SAID)[:5], 1):
            _decide(unit, at, message_id, "no_violation" if at == 2 else "violation", undone=at == 4)
        unit.add(
            AuditSample(
                id="smp_1", message_id="msg_6", week="2026-11-09", eligible=10, drawn_at=now, verdict="clean",
                looked_by="mod", looked_at=now,
            )
        )  # fmt: skip


def _decide(unit: Any, at: int, message_id: str, verdict: str, *, undone: bool) -> None:
    span = {"evidence_start": 0, "evidence_end": 2, "quote": "xx"}
    unit.add(
        Case(
            id=f"cas_{at}", message_id=message_id, category=Category.INSULT, severity="low", score=0.9, detector="room",
            detector_version="1", status="decided", created_at=unit.now, decided_at=unit.now, **span,
        )
    )  # fmt: skip
    unit.session.flush()
    unit.add(
        CaseItem(
            id=f"itm_{at}", case_id=f"cas_{at}", message_id=message_id, category=Category.INSULT, found_by="signal",
            severity="low", score=0.9, detector="claims" if at == 2 else "room", detector_version="1", threshold=0.5,
            context_ids=["msg_3", "msg_2", "msg_5"] if at == 1 else [], created_at=unit.now, **span,
        )
    )  # fmt: skip
    unit.add(
        Decision(
            id=f"dec_{at}", case_id=f"cas_{at}", verdict=verdict, action="note", reason="Grace was rude", decided_by="mod",
            decided_at=unit.now, undone_at=unit.now if undone else None,
        )
    )  # fmt: skip


def unpacked(service: EvalCaseService, community: str, folder: Path, what: Sequence[What] = ()) -> Unpacked:
    made = service.export(community, what, actor="key_admin")
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        archive.extractall(folder)
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    return Unpacked(files, json.loads(files["manifest.json"]), folder)
