"""Hand-made features of a chat line for the room model: rude words and their aim, contacts, prices, and what stood before it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from copilot.moderation import questions
from copilot.moderation.classifier import CUES as RUDE_CUES
from copilot.moderation.classifier import cues as rude_cues

OWN = ("link", "contact", "price", "digits", "presses", "tired", "despairs", "asks", "zh", "en")
BEFORE = ("answers", "offer_wanted", "rude_before", "play_before", "question_before", "goes_on")
CUES = (*RUDE_CUES, *OWN, *BEFORE)
_MOST_BEFORE = 6
_LINK = re.compile(r"https?://|www\.|[a-z0-9\-]+\.(?:com|cn|io|net|xyz|top|shop|link)\b|链接|二维码|扫码")
_CONTACT = re.compile(
    r"微信|加我|私我|私信|滴滴我|qq|telegram|whatsapp|wechat|\bdm\b|pm me|text me|add me|1[3-9]\d{9}|[a-z]+_[a-z0-9_]+|@[a-z0-9_]{4,}|进群|拉群"
)
_PRICE = re.compile(r"\d+(?:\.\d+)?\s?(?:元|块|万|/月|起|折)|[¥$€£]\s?\d+|\d+\s?(?:usd|rmb|%)|免费|free\b")
_PRESS = re.compile(
    r"名额|限时|仅限|最后|先到先得|稳赚|保本|日赚|日结|返利|guarantee|limited|hurry|only today|spots|urgent|verify|deposit|保证金|验证码|转账|汇款"
)
_TIRED = re.compile(
    r"撑不住|扛不住|熬不|没力气|心累|麻木|耗尽|掏空|崩溃|失眠|睡不着|提不起|喘不过|倦|顶不住|透支|累垮|累到|精疲力|身心俱疲|散架|压垮|拖垮|起不来床|爬不起来|吃不下|"
    r"burn(?:ed|t)?[ -]?out|exhausted|drained|can't cope|can't sleep|numb|overwhelmed|running on (?:empty|fumes)|falling apart|breaking down|no energy|out of bed"
)
_DESPAIR = re.compile(
    r"不想活|活着|消失|解脱|结束(?:一切|自己|这)|没有意义|没意思了|死了算|跳下去|自杀|自残|轻生|撑到|遗书|别找我|活腻|不用醒|不想醒|睡过去|永别|天台|安眠药|刀片|割|了结|多余的人|没有我|拖累|end it|kill myself|don't want to (?:live|be here|wake)|disappear|no point|better off without|hurt myself|can't go on|not be around|give up on (?:life|everything)|tired of living|never wake|miss me|a burden|ending it|pills"
)
# Words of somebody who is not well, or speaks of it in play: too many for a cue, but worth a second look, because n-grams
# learned from a hundred such lines miss half of them.
_CARE = re.compile(
    r"我怕|不敢|求你|求求你|救救|陪我|想哭|哭着|一直哭|活着|想活|不在了|多余|没意义|没感觉|麻木|提不起|没力气|一点劲|要垮|崩溃|撑不|扛不|熬不|睡不着|失眠|梦见|"
    r"手抖|发抖|腿软|喘不|解脱|不配|没用了|没路|绝望|活得|扛不|顶不住|垮了|散架|透支|耗尽|掏空|累到|累得|累垮|好累|心累|太累|精疲力|身心俱疲|失控|"
    r"空荡|空洞|孤独|孤零|没人(?:懂|在乎|理我|可以)|没有人(?:懂|在乎)|说不出口|不知道(?:该)?(?:跟谁|找谁|怎么撑)|谁能(?:帮|陪|听)|能不能(?:陪|听我)|帮帮我|拉我一把|"
    r"安眠药|药瓶|刀片|天台|楼顶|窗台|遗书|告别|再见了|永别|睡过去|不用醒|别醒|不想醒|抑郁|焦虑症|心理咨询|心理医生|惊恐|"
    r"害怕|怎么办|消失|死了|想死|道(?:个)?别|干不动|转不动|充不进|想吐|往下坠|安静的地方|眼泪|睁眼|停不下来|没意思|不会高兴|高兴不起|想结束|想停|退路|想清楚了|后面的路|"
    r"谢谢你们(?:陪|曾|一直)|对不起大家|添麻烦|指条路|没人发现|看不到明天|不想看见明天|一个人在|写不动|不想干了|"
    r"哭了(?:一|半|整)|偷偷哭|躲(?:在|起来)|吃不下|起不来床|爬不起来|不想(?:见人|说话|动|上班|起床|面对)|撑到|坚持不|熬到|拖垮|压垮|"
    r"\b(?:alone|empty|exhausted|burn(?:ed|t)? ?out|cry|cried|crying|slept|hopeless|helpless|worthless|burden|numb|breathe|goodbye|alive|dying|"
    r"end it|wake up|need help|i'm done|nothing left|feel nothing|not coping|coping|scared|stomach|chest pain|is anyone|(?:would|will) be fine without|"
    r"logged out forever|exit|want it to end|throw up|happens to me|i(?: a)?'?m sorry|find me|hang up|can't say|to answer(?:ing)? friends|need someone|someone to talk|talk to someone|anyone (?:awake|up|there)|drained|drowning|falling apart|breaking down|breakdown|broken|"
    r"overwhelmed|depress\w*|anxiety|insomnia|pills|razor|bridge|rooftop|will miss me|miss me|give up|giving up|tired of (?:everything|living|it all|trying)|so tired|"
    r"no energy|running on|can't (?:get up|get out of bed|eat|focus anymore|keep)|no one (?:cares|would)|nobody (?:cares|would)|shaking|not okay|not ok|therapist|counsel\w*|panic|can't (?:do this|cope|go on|sleep|breathe|live))\b"
)
_OFFER_WANTED = re.compile(
    r"求|有没有|谁有|谁做|推荐|怎么联系|联系方式|加你|加个|链接|哪里买|哪家|发我|发一下|想要|想买|多少钱|报价|什么价|怎么加|拉我|贴出来|广告位|可以发|"
    r"any(?:one|body)|recommend|looking for|link|how much|price|contact|where can|send me|drop it|go ahead|plug"
)


@dataclass(frozen=True)
class Before:
    """What stood before a line, as normalised texts, oldest first, the one it answers last.

    Attributes:
        by_others: lines of other people.
        own: lines of the same sender.
    """

    by_others: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


NOTHING = Before()


def line_cues(plain: Sequence[str], languages: Sequence[str]) -> NDArray[np.float32]:
    """Return (n, len(CUES)) features of normalised lines; those of what stood before are 0 (see `context_cues`)."""
    own = [_own(text, language) for text, language in zip(plain, languages, strict=True)]
    table = np.zeros((len(plain), len(CUES)), dtype=np.float32)
    if len(plain):
        table[:, : len(RUDE_CUES)] = rude_cues(plain)
        table[:, len(RUDE_CUES) : len(RUDE_CUES) + len(OWN)] = own
    return table


def worth_a_second_look(plain: str) -> bool:
    """Whether a normalised line holds a word that somebody in need often uses."""
    return bool(_CARE.search(plain))


def context_cues(before: Sequence[Before]) -> NDArray[np.float32]:
    """Return (n, len(BEFORE)) features of what stood before each line."""
    table = np.zeros((len(before), len(BEFORE)), dtype=np.float32)
    for row, found in enumerate(before):
        others, own = found.by_others[-_MOST_BEFORE:], found.own[-_MOST_BEFORE:]
        if not others and not own:
            continue
        rude = rude_cues([*others, *own])
        table[row] = [
            1.0,
            float(any(_OFFER_WANTED.search(text) for text in others)),
            math.log1p(float(rude[:, RUDE_CUES.index("strong")].sum())),
            float(rude[:, RUDE_CUES.index("plays")].any()),
            float(bool(others) and "?" in others[-1]),
            float(bool(own)),
        ]
    return table


def _own(text: str, language: str) -> list[float]:
    return [
        float(bool(_LINK.search(text))),
        float(bool(_CONTACT.search(text))),
        float(bool(_PRICE.search(text))),
        float(any(c.isdigit() for c in text)),
        float(bool(_PRESS.search(text))),
        float(bool(_TIRED.search(text))),
        float(bool(_DESPAIR.search(text))),
        float(questions.is_question(text, language)),
        float(language in {"zh", "mixed"}),
        float(language in {"en", "mixed"}),
    ]
