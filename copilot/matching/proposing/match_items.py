"""One comparison as it is proposed: rounded, labelled, with its reasons."""

from __future__ import annotations

from collections.abc import Collection

from copilot.matching.models import MatchItem
from copilot.matching.reasons import make_reasons
from copilot.matching.records import Party, match_id
from copilot.matching.rules.pairing import PROPOSED
from copilot.matching.scores.comparison import Comparison
from copilot.matching.sources import DIGITS, Basis, rounded
from copilot.matching.wording import make_label


def make_item(basis: Basis, asker: Party, found: Comparison, rank: int, required: Collection[str] = ()) -> MatchItem:
    """Return the proposal; `required` holds the ids of those who operators want proposed."""
    target, setting = found.target, basis.setting
    mutuality = found.mutuality if target.kind == "member" else None
    return MatchItem(
        rank=rank, match_id=match_id(setting.community_id, asker.id, target.kind, target.id), kind=target.kind,
        target_id=target.id, target_name=target.name, score=round(found.score, DIGITS), components=rounded(found),
        mutuality=mutuality, strengths=found.strengths, label=make_label(setting.locale, mutuality, found.strengths),
        status=PROPOSED, reasons=make_reasons(asker, found, setting), required=target.id in required,
    )  # fmt: skip
