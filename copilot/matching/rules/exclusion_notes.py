"""Why a pair is not proposed, as a sentence for operators with the facts it rests on, in Chinese and English."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from copilot.matching.models import Exclusion, ExclusionFacts, ExclusionNote
from copilot.matching.records import Locale, Setting
from copilot.matching.rules.pairing import Ground

# Days are those of the community's time zone.
EXCLUSIONS: dict[Locale, dict[Exclusion, str]] = {
    "zh-CN": {
        Exclusion.OWN: "这是本人，或本人自己的资源、活动或提问。",
        Exclusion.CONSENT: "至少一方没有同意参与匹配。",
        Exclusion.CONSENT_AI: "至少一方关闭了智能处理。",
        Exclusion.VISIBILITY: "一方的资料不对社区公开。",
        Exclusion.BLOCKED: "{since} 起一方屏蔽了另一方（规则 {rule_id}）。这是成员自己的决定，不要告诉对方。{note}",
        Exclusion.CANNOT_MATCH: "运营者规定两人互不推荐（规则 {rule_id}，{since} 起，{until}）。{note}",
        Exclusion.EXPIRED: "资源的有效期到 {on} 为止。",
        Exclusion.WITHDRAWN: "资源目前不可用。",
        Exclusion.CANCELLED: "活动没有发布，或已取消。",
        Exclusion.PAST: "活动在 {since} 已经开始或结束。",
        Exclusion.RECALLED: "提问已撤回或已隐藏。",
        Exclusion.ANSWERED: "提问已经有人回答。",
        Exclusion.ALREADY_JOINED: "这位成员已经报名、在候补，或是分享嘉宾。",
        Exclusion.ALREADY_CONNECTED: "{since} 起双方已经建立联系，或这位成员已经接受。",
        Exclusion.AWAITING_ANSWER: "这位成员在 {since} 已表示愿意，还在等对方回应。",
        Exclusion.FULL: "名额共 {limit} 个，已占 {count} 个。",
        Exclusion.RECENTLY_PROPOSED: "{since} 推荐后被忽略或谢绝，{until}不再推荐。",
        Exclusion.UNANSWERED: "{since} 推荐后 {shown_days} 天没有回应，{until}不再推荐。",
        Exclusion.EXPOSURE: "最近 {exposure_days} 天已推荐给 {count} 位成员，上限是 {limit} 位。",
        Exclusion.LOW_SCORE: "相关度不够。",
        Exclusion.UNAVAILABLE: "目前不能推荐。",
    },
    "en": {
        Exclusion.OWN: "This is the member, or a resource, event or question of their own.",
        Exclusion.CONSENT: "At least one side has not agreed to be matched.",
        Exclusion.CONSENT_AI: "At least one side has switched off AI processing.",
        Exclusion.VISIBILITY: "A profile is not open to the community.",
        Exclusion.BLOCKED: "One has blocked the other since {since} (rule {rule_id}). It is the member's own decision: do not tell the other side. {note}",
        Exclusion.CANNOT_MATCH: "Operators do not want the two proposed to each other (rule {rule_id}, since {since}, {until}). {note}",
        Exclusion.EXPIRED: "The resource was valid until {on}.",
        Exclusion.WITHDRAWN: "The resource is not available.",
        Exclusion.CANCELLED: "The event is not announced, or cancelled.",
        Exclusion.PAST: "The event began on {since}.",
        Exclusion.RECALLED: "The question was recalled or hidden.",
        Exclusion.ANSWERED: "The question has been answered.",
        Exclusion.ALREADY_JOINED: "The member has signed up, waits for a place, or speaks there.",
        Exclusion.ALREADY_CONNECTED: "Since {since} the two are connected, or the member has accepted.",
        Exclusion.AWAITING_ANSWER: "The member said yes on {since}; the other side has not answered yet.",
        Exclusion.FULL: "{count} of {limit} places are taken.",
        Exclusion.RECENTLY_PROPOSED: "Proposed, and ignored or declined on {since}; it rests {until}.",
        Exclusion.UNANSWERED: "Proposed on {since} and not answered for {shown_days} days; it rests {until}.",
        Exclusion.EXPOSURE: "Proposed to {count} members within {exposure_days} days; at most {limit} are allowed.",
        Exclusion.LOW_SCORE: "Not relevant enough.",
        Exclusion.UNAVAILABLE: "Not available for now.",
    },
}
_UNTIL: dict[Locale, tuple[str, str]] = {"zh-CN": ("{day} 之前", "没有期限"), "en": ("until {day}", "without end")}
_NOTE: dict[Locale, str] = {"zh-CN": "备注：{note}", "en": "Note: {note}"}


def exclusion_note(ground: Ground, setting: Setting) -> ExclusionNote:
    """Return a rule that forbids a proposal as operators read it."""
    facts = ground.facts
    bounded, unbounded = _UNTIL[setting.locale]
    values = {
        "since": _day(facts.since, setting),
        "until": unbounded if facts.until is None else bounded.format(day=_day(facts.until, setting)),
        "on": facts.on.isoformat() if facts.on else "",
        "count": facts.count,
        "limit": facts.limit,
        "rule_id": facts.rule_id,
        "note": _NOTE[setting.locale].format(note=facts.note) if facts.note else "",
        "shown_days": setting.limits.shown_days,
        "exposure_days": setting.limits.exposure_days,
    }
    text = EXCLUSIONS[setting.locale][ground.code].format(**values).strip()
    return ExclusionNote(code=ground.code, text=text, data=facts)


def low_score() -> Ground:
    """Return the exclusion that no rule makes: a score below the bar."""
    return Ground(Exclusion.LOW_SCORE, ExclusionFacts())


def _day(moment: datetime | None, setting: Setting) -> str:
    return "" if moment is None else moment.astimezone(ZoneInfo(setting.timezone)).date().isoformat()
