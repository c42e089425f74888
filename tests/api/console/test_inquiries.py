from __future__ import annotations

from api.console.inquiries import Inquiry
from api.console.intents import Intent
from tests.conftest import NOW


def test_the_bar_of_a_question_only_ever_fills() -> None:
    inquiry = Inquiry("inq_1", "c", "k", "text", Intent.PLAN, False, NOW)
    shares, marks = [inquiry.share], [inquiry.mark]
    for stage in ("understood", "snapshot", "drafting"):
        inquiry.tell(stage, {})
        inquiry.tell(stage, {})  # said again, it is the same stage
        shares.append(inquiry.share)
        marks.append(inquiry.mark)
    for _ in range(40):
        inquiry.tell("delta", {"text": "字" * 1000})
        shares.append(inquiry.share)
    assert shares == sorted(shares) and shares[0] == 0 and len(set(shares[:10])) == 10 and shares[-1] < 1
    assert len(set(marks)) == len(marks) and len(inquiry.words) == 20_000
