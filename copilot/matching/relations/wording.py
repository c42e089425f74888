"""What pair rules and endorsements refuse, in Chinese and English."""

from __future__ import annotations

from copilot.matching.records import Locale

REFUSALS: dict[str, dict[Locale, str]] = {
    "oneself": {"zh-CN": "规则要涉及两位不同的成员。", "en": "A rule is about two different members."},
    "own_endorsement": {"zh-CN": "不能为自己背书。", "en": "Nobody can endorse themselves."},
    "in_the_past": {"zh-CN": "到期时间已经过了。", "en": "It would end in the past."},
    "rule_exists": {"zh-CN": "这两人之间已经有同样的规则。", "en": "The two have this rule already."},
    "opposite_rule": {
        "zh-CN": "这两人之间已有相反的规则（{rule_id}），先取消它。",
        "en": "The two have the opposite rule ({rule_id}); remove it first.",
    },
    "blocked_pair": {
        "zh-CN": "其中一位屏蔽了另一位，不能要求推荐这两人。",
        "en": "One of the two has blocked the other, so they cannot be required to match.",
    },
    "too_many_rules": {"zh-CN": "规则最多 {limit} 条。", "en": "There are {limit} rules already, which is the most."},
    "too_many_blocks": {"zh-CN": "最多屏蔽 {limit} 人。", "en": "At most {limit} members can be blocked."},
    "too_many_endorsements": {"zh-CN": "最多为 {limit} 人背书。", "en": "At most {limit} members can be endorsed."},
    "not_theirs": {
        "zh-CN": "屏蔽由成员自己决定，只有本人能取消。",
        "en": "A block is the member's own decision; only they can lift it.",
    },
    "not_connected": {
        "zh-CN": "只能为已经建立联系的成员背书。",
        "en": "Only members you are connected with can be endorsed.",
    },
}


def refusal(key: str, **values: object) -> dict[str, str]:
    """Return why something is refused, in both languages."""
    return {locale: text.format(**values) for locale, text in REFUSALS[key].items()}
