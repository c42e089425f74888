"""Answers of a model that were paid for and whose work is not stored yet: whoever asks the same again goes on from there.

A process that dies between a model's answer and the stored plan must not ask, and pay, again. An answer is kept under
the exact words that were asked, for an hour, and goes in the transaction that stores what was made of it. It lies among
the stored answers to requests, so that it is forgotten with them, and with whoever stands in it (`replays.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from copilot.community.store import Store, Unit
from copilot.community.tables import IdempotencyRecord

_OWNER = "model-answer"  # no key of a client has this id
_KEPT = timedelta(hours=1)
_LARGEST_CHARS = 200_000


@dataclass(frozen=True)
class KeptAnswer:
    """What a model said, and which calls it took."""

    text: str
    model: str
    call_ids: Sequence[str]


def answer_key(*parts: str) -> str:
    """Return what identifies a question: the prompt, the model, whatever changes the answer."""
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class KeptAnswers:
    """Keeps answers between the call and the work that is made of it. Safe between threads and processes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, community_id: str, key: str) -> KeptAnswer | None:
        """Return the answer to exactly this question, if it came within the hour and nothing was made of it yet."""
        with self._store.read(community_id) as unit:
            row = unit.session.get(IdempotencyRecord, (unit.community_id, _OWNER, key))
            if row is None or row.body is None or row.created_at < unit.now - _KEPT:
                return None
            kept = json.loads(row.body)
            return KeptAnswer(str(kept["text"]), str(kept["model"]), [str(one) for one in kept["call_ids"]])

    def keep(self, community_id: str, key: str, answer: KeptAnswer, record_ids: Collection[str]) -> None:
        """Keep an answer; `record_ids` are those it may speak of: it is dropped when one of them is erased."""
        if len(answer.text) > _LARGEST_CHARS:
            return
        body = {
            "text": answer.text, "model": answer.model, "call_ids": list(answer.call_ids), "records": sorted(record_ids)
        }  # fmt: skip
        with self._store.write(community_id) as unit:
            drop_answer(unit, key)
            unit.session.flush()
            unit.add(
                IdempotencyRecord(
                    api_key_id=_OWNER, key=key, request_hash=key, state="done", status=200, headers={},
                    body=json.dumps(body, ensure_ascii=False), created_at=unit.now,
                )
            )  # fmt: skip


def drop_answer(unit: Unit, key: str) -> None:
    """Forget an answer: something was made of it, and the same question asked again wants a new one."""
    row = unit.session.get(IdempotencyRecord, (unit.community_id, _OWNER, key))
    if row is not None:
        unit.session.delete(row)
