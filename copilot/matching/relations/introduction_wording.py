"""Every sentence introductions say, in Chinese and English."""

from __future__ import annotations

from copilot.community.introduction_status import IntroductionStatus, Side
from copilot.matching.records import Locale

_S = IntroductionStatus
ASKER: dict[Locale, dict[IntroductionStatus, str]] = {
    "zh-CN": {
        _S.WAITING: "已经问过对方，等对方回答；双方都同意以后才会互相看到联系方式。",
        _S.CONNECTED: "双方都同意了，可以直接联系。",
        _S.NOT_TAKEN_UP: "这次没有接上。",
        _S.WITHDRAWN: "你已经收回这次介绍。",
        _S.REPORTED: "已经举报，运营会看到；你们之后不会再被推荐给对方。",
    },
    "en": {
        _S.WAITING: "They have been asked; contacts are shown once both say yes.",
        _S.CONNECTED: "Both said yes: you can get in touch.",
        _S.NOT_TAKEN_UP: "This was not taken up.",
        _S.WITHDRAWN: "You took this back.",
        _S.REPORTED: "Reported; the operators will see it, and the two of you will not be proposed to each other again.",
    },
}
TARGET: dict[Locale, dict[IntroductionStatus, str]] = {
    "zh-CN": {
        _S.WAITING: "对方想认识你，等你回答；不想认识可以不用说理由。",
        _S.CONNECTED: "双方都同意了，可以直接联系。",
        _S.DECLINED: "你谢绝了。对方只会知道这次没有接上。",
        _S.IGNORED: "你选择了忽略。对方只会知道这次没有接上。",
        _S.EXPIRED: "过期未答，已经关闭。",
        _S.WITHDRAWN: "对方收回了这次介绍。",
        _S.REPORTED: "已经举报，运营会看到；你们之后不会再被推荐给对方。",
    },
    "en": {
        _S.WAITING: "They would like to meet you and wait for your answer; a no needs no reason.",
        _S.CONNECTED: "Both said yes: you can get in touch.",
        _S.DECLINED: "You declined. They only learn that this was not taken up.",
        _S.IGNORED: "You left it. They only learn that this was not taken up.",
        _S.EXPIRED: "It was not answered in time and is closed.",
        _S.WITHDRAWN: "They took this back.",
        _S.REPORTED: "Reported; the operators will see it, and the two of you will not be proposed to each other again.",
    },
}
OPERATORS: dict[Locale, dict[IntroductionStatus, str]] = {
    "zh-CN": {
        _S.WAITING: "发起人已同意，等对方回答。",
        _S.CONNECTED: "双方都同意，已经互相看到联系方式。",
        _S.DECLINED: "对方谢绝了。",
        _S.IGNORED: "对方选择了忽略。",
        _S.EXPIRED: "对方在期限内没有回答。",
        _S.WITHDRAWN: "发起人收回了。",
        _S.REPORTED: "有一方举报，请查看；双方已互相屏蔽。",
    },
    "en": {
        _S.WAITING: "The asker said yes; the other side has not answered.",
        _S.CONNECTED: "Both said yes and see each other's contacts.",
        _S.DECLINED: "The other side declined.",
        _S.IGNORED: "The other side left it.",
        _S.EXPIRED: "The other side did not answer in time.",
        _S.WITHDRAWN: "The asker took it back.",
        _S.REPORTED: "One side reported the other; please look. The two are blocked.",
    },
}
# Why nothing can be done now. None of them says what the other side did.
REFUSALS: dict[str, dict[Locale, str]] = {
    "not_open": {
        "zh-CN": "现在不能为这两位牵线。",
        "en": "An introduction of these two is not possible now.",
    },
    "resting": {
        "zh-CN": "不久前问过一次，没有接上；{again_on} 之后可以再问。",
        "en": "They were asked not long ago and it was not taken up; it may be asked again after {again_on}.",
    },
    "too_many_waiting": {
        "zh-CN": "你已有 {limit} 个介绍在等对方回答，等有了结果再发起新的。",
        "en": "{limit} of your introductions are waiting for an answer; start a new one when some are settled.",
    },
    "connected": {
        "zh-CN": "双方已经互相看到联系方式，不能再收回；不想再往来可以屏蔽或举报。",
        "en": "Both have seen each other's contacts, which cannot be taken back; block or report if you want no more of it.",
    },
    "closed": {
        "zh-CN": "这次介绍已经结束。",
        "en": "This introduction has ended.",
    },
}
INVITATION: dict[Locale, str] = {
    "zh-CN": (
        "{target}，你好！社区里的{asker}看了你的资料，想认识你。\n{lines}"
        "愿意的话，请在 {until} 之前回复“接受”；双方都同意以后，才会互相看到联系方式。"
        "不方便也没关系，不用说理由，对方只会知道这次没有接上。"
    ),
    "en": (
        "Hello {target}, {asker} from the community read your profile and would like to meet you.\n{lines}"
        "If you would like that, answer “accept” before {until}; contacts are shown only once both said yes. "
        "If not, no reason is needed: they only learn that it was not taken up."
    ),
}
NEWS: dict[Locale, str] = {
    "zh-CN": "{asker}，你好！{target}也愿意认识你。\n{lines}联系方式在这次介绍里可以看到，建议先发一句话说明来意。",
    "en": (
        "Hello {asker}, {target} would like to meet you, too.\n{lines}"
        "You find the contacts in this introduction; one line about why you write makes a good start."
    ),
}
# One line per reason; `you` is whom the message is written to.
LINES: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "both": "· {name}写着「{theirs}」，你写着「{yours}」。\n",
        "theirs": "· {name}写着「{theirs}」。\n",
        "city": "· {name}在「{theirs}」，你在「{yours}」。\n",
    },
    "en": {
        "both": "· {name} writes “{theirs}”, you write “{yours}”.\n",
        "theirs": "· {name} writes “{theirs}”.\n",
        "city": "· {name} is in “{theirs}”, you are in “{yours}”.\n",
    },
}


def status_sentence(locale: Locale, status: IntroductionStatus, side: Side | None) -> str:
    """Return what the reader on this side is told of the status; None is an operator."""
    said = OPERATORS if side is None else ASKER if side == "asker" else TARGET
    return said[locale][status]


def refusal(key: str, **values: object) -> dict[str, str]:
    """Return why something cannot be done, in both languages."""
    return {locale: text.format(**values) for locale, text in REFUSALS[key].items()}
