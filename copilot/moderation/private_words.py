"""What a case may quote of a private message: the breach itself where a rule names its words, and otherwise nothing."""

from __future__ import annotations

from dataclasses import replace

from copilot.community.private import private_among
from copilot.community.store import Unit
from copilot.moderation.drafts import CaseDraft
from copilot.moderation.model_detectors import NAME as ROOM_MODEL
from copilot.moderation.models import FoundBy


def without_private_words(unit: Unit, draft: CaseDraft) -> CaseDraft:
    """Return `draft` with empty evidence wherever its span could hold more of a private message than the breach.

    A rule marks the words that break a clause. A model marks the clause around them, a report or pattern all of it.
    """
    if draft.found_by is FoundBy.SIGNAL and draft.detector != ROOM_MODEL:
        return draft
    private = private_among(unit, (evidence.message_id for evidence in draft.evidence))
    if not private:
        return draft
    evidence = tuple(replace(e, start=0, end=0) if e.message_id in private else e for e in draft.evidence)
    return replace(draft, evidence=evidence)
