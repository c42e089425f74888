"""What a pattern is called, in the words of the community's locale. Names come from the caller; no message text."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.moderation.behaviour import PatternFinding, PatternKind

_ZH = {
    PatternKind.HARASSMENT: "{who}在 {days} 天里对{whom}说的 {said} 条话中有 {hostile} 条带攻击，{whom}以同样方式回应 {answers_in_kind} 次，要求停止 {asked_to_stop} 次。",
    PatternKind.QUARREL: "{who}在 {days} 天里互相攻击：{hostile} 条对 {answers_in_kind} 条。这是双方的争吵，不算单方骚扰。",
    PatternKind.ADVERT_RING: "{accounts} 个账号（{who}）发了 {messages} 条相同联系方式或几乎相同内容的广告，涉及 {channels} 个频道。",
    PatternKind.COPIES: "{who}把几乎相同的内容贴到 {channels} 个频道，共 {messages} 条。",
    PatternKind.FLOOD: "{who}在 {seconds} 秒内连发 {messages} 条。",
}
_EN = {
    PatternKind.HARASSMENT: "Of {said} messages from {who} to {whom} on {days} days, {hostile} attack; {whom} answered in kind {answers_in_kind} times and asked to be left alone {asked_to_stop} times.",
    PatternKind.QUARREL: "{who} attack each other over {days} days, {hostile} messages to {answers_in_kind}. This is a quarrel of two, not harassment by one.",
    PatternKind.ADVERT_RING: "{accounts} accounts ({who}) posted {messages} adverts with the same contact or nearly the same text in {channels} channels.",
    PatternKind.COPIES: "{who} pasted nearly the same text into {channels} channels, {messages} messages in all.",
    PatternKind.FLOOD: "{who} sent {messages} messages within {seconds} seconds.",
}
_MOST_NAMES = 5


def sentences(finding: PatternFinding, names: Mapping[str, str]) -> dict[str, str]:
    """Return the sentence by locale; members without a name go by their id."""

    def named(ids: tuple[str, ...], joint: str, more: str) -> str:
        shown = joint.join(names.get(i) or i for i in ids[:_MOST_NAMES])
        return shown + (more if len(ids) > _MOST_NAMES else "")

    values = dict(finding.counts)
    return {
        locale: texts[finding.kind].format(
            who=named(finding.members, joint, more), whom=named(finding.affected, joint, more), **values
        )
        for locale, texts, joint, more in (("zh-CN", _ZH, "、", "等"), ("en", _EN, ", ", " and others"))
    }
