"""From a yes to two: opening, answering and ending introductions, each change in the unit of the word that causes it.

A match row is `accepted` exactly while its member's yes stands: in a waiting introduction of theirs, or in a connected
one. Whoever changes the state of a pair locks both members first, in the order of their ids, so that two words at the
same moment are heard one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from copilot.community.ids import new_id
from copilot.community.introduction_status import IntroductionStatus, Side
from copilot.community.models import RuleKind
from copilot.community.outbox import emit
from copilot.community.permission import is_open_to_match
from copilot.community.store import Unit
from copilot.community.tables import Introduction, Match, MatchFeedback, Member, PairRule
from copilot.errors import Conflict
from copilot.matching.models import Verdict
from copilot.matching.records import match_id
from copilot.matching.relations.introduction_models import IntroductionRules, Said
from copilot.matching.relations.introduction_wording import refusal
from copilot.matching.relations.pair_rule_models import NOTE_CHARS
from copilot.matching.rules.pairing import ACCEPTED, STATUS_AFTER

NOT_TAKEN_UP, WITHDRAWN = "not_taken_up", "withdrawn"
_SEPARATE = (RuleKind.BLOCKED.value, RuleKind.CANNOT_MATCH.value)
_UNANSWERED = (IntroductionStatus.DECLINED, IntroductionStatus.IGNORED, IntroductionStatus.EXPIRED)
# Components that say the same of a pair from both sides.
_EVEN = ("lexical", "city", "industry", "language")


@dataclass(frozen=True)
class Heard:
    """What became of a word."""

    feedback_id: str
    introduction: Introduction | None


def lock_members(unit: Unit, *member_ids: str) -> None:
    """Keep these members' introductions as they are for everybody else until the unit ends; SQLite has one writer.

    What is read before may have changed while this waited: read it again.
    """
    wanted = select(Member.id).where(Member.id.in_(sorted(set(member_ids)))).order_by(Member.id)
    unit.session.execute(wanted.with_for_update(key_share=True))


def hear(unit: Unit, match: Match, said: Said, rules: IntroductionRules) -> Heard:
    """Note what a member says of a match of theirs, and let it open, answer or take back an introduction.

    For a match of two members, `lock_members` comes first.

    Raises:
        Conflict: a yes that cannot be followed up now, or a no after both are connected; `data["sentence"]` says why.
    """
    introduction = _follow(unit, match, said, rules) if match.kind == "member" else None
    is_news = said.verdict is Verdict.ACCEPT and match.status != ACCEPTED
    match.status = STATUS_AFTER[said.verdict]
    match.updated_at = unit.now
    feedback = MatchFeedback(
        id=new_id("mfb"), match_id=match.id, member_id=match.member_id, verdict=said.verdict.value,
        comment=said.comment, score=match.score, components=dict(match.components),
        weights_version=match.weights_version, created_at=unit.now,
    )  # fmt: skip
    unit.add(feedback)
    unit.audit(match.member_id, "match.feedback", ("match", match.id), verdict=said.verdict.value)
    if is_news:
        is_connected = introduction is not None and introduction.status == IntroductionStatus.CONNECTED
        emit(
            unit, "match.accepted",
            {
                "match_id": match.id, "member_id": match.member_id, "kind": match.kind, "target_id": match.target_id,
                "introduction_id": introduction.id if introduction else None, "is_connected": is_connected,
            },
        )  # fmt: skip
    return Heard(feedback.id, introduction)


def is_separated(unit: Unit, one: str, other: str) -> bool:
    """Whether one of the two blocked the other, or operators keep them apart."""
    standing = or_(PairRule.expires_at.is_(None), PairRule.expires_at > unit.now)
    rules = select(PairRule.id).where(
        _between(PairRule.first_id, PairRule.second_id, one, other), PairRule.kind.in_(_SEPARATE), standing
    )
    return unit.session.scalar(rules.limit(1)) is not None


def own_match(unit: Unit, introduction: Introduction) -> Match:
    """Return the asked member's own match with the asker; one who was never proposed the asker gets it now.

    Its figures are the asker's seen from the other side. How active and trusted the asker is stands in none of them.
    """
    target_id, asker_id = introduction.target_id, introduction.asker_id
    record_id = match_id(unit.community_id, target_id, "member", asker_id)
    found = unit.find(Match, record_id)
    if found is not None:
        return found
    asked = unit.get(Match, introduction.match_id)
    given = introduction.components
    turned = {"forward": "backward", "backward": "forward"} | {name: name for name in _EVEN}
    return unit.add(
        Match(
            id=record_id, member_id=target_id, kind="member", target_id=asker_id, score=asked.score, reasons=[],
            components={mine: given[theirs] for mine, theirs in turned.items() if theirs in given},
            status="proposed", weights_version=asked.weights_version, created_at=unit.now, updated_at=unit.now,
        )
    )  # fmt: skip


def end(unit: Unit, introduction: Introduction, status: IntroductionStatus, by: str | None, said: Said | None) -> None:
    """Close a waiting introduction; the asker's yes no longer stands. `by` is absent when time ended it."""
    introduction.status = status.value
    introduction.ended_by = by
    introduction.updated_at = unit.now
    if said is not None:
        introduction.end_comment = said.comment
        introduction.end_code = said.reason.value if status is IntroductionStatus.DECLINED else ""
    match = unit.find(Match, introduction.match_id)
    if match is not None and match.status == ACCEPTED:
        match.status = WITHDRAWN if by == introduction.asker_id else NOT_TAKEN_UP
        match.updated_at = unit.now
    unit.audit(by or "system", f"introduction.{status.value}", ("introduction", introduction.id))


def report(unit: Unit, introduction: Introduction, by: Side, comment: str) -> None:
    """Close an introduction as reported and keep the two apart; the other one is not told.

    Who reports what was reported by the other already leaves a block with these words, which operators see, too.
    """
    ids = (introduction.asker_id, introduction.target_id)
    reporter, other = ids if by == "asker" else ids[::-1]
    if introduction.status == IntroductionStatus.WAITING:
        end(unit, introduction, IntroductionStatus.REPORTED, reporter, Said(Verdict.REJECT, comment))
    elif introduction.status != IntroductionStatus.REPORTED:
        introduction.status = IntroductionStatus.REPORTED.value
        introduction.ended_by, introduction.end_code, introduction.end_comment = reporter, "", comment
        introduction.updated_at = unit.now
        unit.audit(reporter, "introduction.reported", ("introduction", introduction.id))
    elif introduction.ended_by != reporter:
        unit.audit(reporter, "introduction.reported", ("introduction", introduction.id))
    _block(unit, reporter, other, comment)


def _block(unit: Unit, member_id: str, other: str, note: str) -> None:
    blocks = select(PairRule).where(
        PairRule.kind == RuleKind.BLOCKED.value, PairRule.first_id == member_id, PairRule.second_id == other
    )
    standing = unit.session.scalars(blocks).first()
    if standing is not None:
        standing.expires_at = None
        return
    unit.add(
        PairRule(
            id=new_id("rule"), kind=RuleKind.BLOCKED.value, first_id=member_id, second_id=other, note=note[:NOTE_CHARS],
            created_by=member_id, created_at=unit.now, expires_at=None,
        )
    )  # fmt: skip


def close_if_due(unit: Unit, introduction: Introduction) -> None:
    """End a waiting introduction whose time is over."""
    if introduction.status == IntroductionStatus.WAITING and introduction.expires_at <= unit.now:
        end(unit, introduction, IntroductionStatus.EXPIRED, None, None)


def require_open(unit: Unit, one: str, other: str) -> None:
    """Pass when the two may be brought together at this moment.

    Raises:
        Conflict: one does not agree to it any more, hides, blocked the other, or operators keep them apart: it is not
            told which.
    """
    members = unit.get_many(Member, [one, other])
    if len(members) < 2 or not all(map(is_open_to_match, members.values())) or is_separated(unit, one, other):
        raise _refused("not_open")


def _follow(unit: Unit, match: Match, said: Said, rules: IntroductionRules) -> Introduction | None:
    me, other = match.member_id, match.target_id
    between = _between(Introduction.asker_id, Introduction.target_id, me, other)
    rows = unit.session.scalars(
        select(Introduction).where(between).order_by(Introduction.created_at.desc(), Introduction.id.desc())
    ).all()
    for row in rows:
        close_if_due(unit, row)
    connected = next((row for row in rows if row.status == IntroductionStatus.CONNECTED), None)
    waiting = next((row for row in rows if row.status == IntroductionStatus.WAITING), None)
    if connected is not None:
        if said.verdict is not Verdict.ACCEPT:
            raise _refused("connected")
        return connected
    if said.verdict is Verdict.ACCEPT:
        require_open(unit, me, other)
        return _agree(unit, match, waiting, rows[0] if rows else None, rules)
    if waiting is None:
        return None
    if waiting.asker_id == me:
        end(unit, waiting, IntroductionStatus.WITHDRAWN, me, said)
    else:
        is_no = said.verdict is Verdict.REJECT
        end(unit, waiting, IntroductionStatus.DECLINED if is_no else IntroductionStatus.IGNORED, me, said)
    return waiting


def _agree(
    unit: Unit, match: Match, waiting: Introduction | None, last: Introduction | None, rules: IntroductionRules
) -> Introduction:
    me = match.member_id
    if waiting is not None and waiting.asker_id == me:
        return waiting
    if waiting is None:
        mirrored = unit.find(Match, match_id(unit.community_id, match.target_id, "member", me))
        if last is not None or mirrored is None or mirrored.status != ACCEPTED:
            _require_may_ask(unit, me, last, rules)
            return _open(unit, match, rules)
        # The other's yes is older than introductions are: it stands without one.
        waiting = _open(unit, mirrored, rules)
    waiting.status = IntroductionStatus.CONNECTED.value
    waiting.revealed_at = waiting.updated_at = unit.now
    unit.audit(me, "introduction.connected", ("introduction", waiting.id))
    return waiting


def _open(unit: Unit, match: Match, rules: IntroductionRules) -> Introduction:
    row = Introduction(
        id=new_id("intro"), match_id=match.id, asker_id=match.member_id, target_id=match.target_id,
        status=IntroductionStatus.WAITING.value, components=dict(match.components), end_code="", end_comment="",
        drafts={}, created_at=unit.now, updated_at=unit.now, expires_at=unit.now + rules.answer_within,
    )  # fmt: skip
    unit.add(row)
    unit.audit(match.member_id, "introduction.opened", ("introduction", row.id))
    return row


def _require_may_ask(unit: Unit, me: str, last: Introduction | None, rules: IntroductionRules) -> None:
    if last is not None and last.asker_id == me and last.status in _UNANSWERED:
        again_at = last.updated_at + rules.rest
        if unit.now < again_at:
            raise _refused("resting", again_on=again_at.date().isoformat())
    mine = select(func.count(Introduction.id)).where(
        Introduction.asker_id == me, Introduction.status == IntroductionStatus.WAITING.value,
        Introduction.expires_at > unit.now,
    )  # fmt: skip
    if (unit.session.scalar(mine) or 0) >= rules.most_waiting:
        raise _refused("too_many_waiting", limit=rules.most_waiting)


def _refused(reason: str, **values: object) -> Conflict:
    sentences = refusal(reason, **values)
    return Conflict(sentences["en"], reason=reason, sentence=sentences, **values)


def _between(
    first: InstrumentedAttribute[str], second: InstrumentedAttribute[str], one: str, other: str
) -> ColumnElement[bool]:
    return or_(and_(first == one, second == other), and_(first == other, second == one))
