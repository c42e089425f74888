"""Rules for what a few patterns can find: threats, exposure of private data, sexual solicitation.

Keyword lists are deliberately short. What needs judgement (hate, harassment over days, false information) is not
claimed by a pattern.
"""

from __future__ import annotations

import re

from copilot.community.models import Category
from copilot.language.normalise import Normalised
from copilot.moderation.detectors import RuleDetector, make_signal
from copilot.moderation.models import MessageInput, Signal

_PLAYFUL = re.compile(
    r"哈哈|嘿嘿|开玩笑|狗头|旺柴|笑死|球|比赛|羽毛球|撸串|\[捂脸\]|\[偷笑\]|😂|🤣|😄|\blol\b|haha|jk\b|gift|screw|housewarming|一次抢一次|狗贼|大金毛|小饼干|tickle|kazoo|cake|snack|dumpling"
)
_REPORTED = re.compile(
    r"他说|她说|有人说|报警|法院|条款|有人威胁|被威胁|说过|那种话|威胁(?:我|人|他|她)|别(?:这么|再)威胁|对不起|抱歉|道歉|收回(?:那|我)|i'm sorry|apologi[sz]e for|he said|she said|told me|reported"
)
_PLACE = r"(?:住|家|公司|老婆|孩子|楼|几层|地址|店)"
_WARNS = r"(?:等着|小心|当心|掂量|试试|莫怪|别怪|提醒你|走夜路|看着办)"
_THREATS = (
    r"(?:弄死|整死|打死|砍死|干死)你|(?:宰|杀|废)了你|找人(?:弄|打|收拾|教训|办)你|打断(?:你|.{0,3}狗?腿)",
    r"见(?:你)?一次打一次|别让我.{0,6}(?:碰到|遇到|看到)你|再.{0,8}(?:后果自负|弄死|打死|废了)",
    rf"(?:知道|晓得|清楚|查到).{{0,2}}你.{{0,10}}{_PLACE}.{{0,24}}{_WARNS}",
    rf"你.{{0,6}}{_PLACE}.{{0,14}}(?:知道|晓得|清楚|查到).{{0,40}}{_WARNS}",
    r"(?:你给我等着|给我等着).{0,20}(?:公司|家|找|弄|打|线下)|信不信(?:我|老子).{0,14}(?:弄|打|砸|找人|废|带人)",
    r"走夜路.{0,6}(?:小心|一个人|当心)|(?:小心|当心).{0,4}(?:你的?(?:狗命|小命|腿|家人)|走夜路)",
    r"你.{0,6}(?:老婆|孩子|家人|爸妈).{0,16}(?:掂量|小心|当心|一清二楚)",
    r"让你.{0,8}(?:待不下去|混不下去|付出代价|后悔一辈子|吃不了兜着走)|(?:砸|烧)了?你.{0,3}(?:店|公司|家|车)",
    r"(?:身份证|住址|地址|电话).{0,10}别逼我(?:发|公开)",
    r"i(?:'ll| will| am going to|'m going to) (?:kill|hurt|beat|ruin|find|destroy) (?:you|your life)(?! a\b)",
    r"know where you (?:live|work).{0,24}(?:watch|careful|regret|better)|break your (?:legs|neck|face)",
    r"watch your back|sleep with one eye open|you(?:'re| are) dead\b|you will regret",
    r"(?:leak|post|publish) your (?:home )?address",
    r"(?:把)?(?:你|他|她)(?:的)?(?:那)?(?:狗)?(?:腿|手|手指).{0,3}(?:打折|打断|剁|砍|卸)|手(?:都)?给你(?:剁|砍)|(?:让|叫)(?:你|他|她)出门(?:给我)?小心",
    r"(?:去|到|在)你.{0,4}(?:公司|单位|家|学校|店).{0,6}(?:楼下|门口).{0,3}(?:堵|等着?你|收拾)|(?:门口|楼下|路上)堵(?:你|她|他)",
    r"(?:带|叫|找)(?:几个)?(?:兄弟|人).{0,6}(?:去|到|来).{0,6}(?:砸|堵|收拾|打|门口聊聊)|(?:活不了|活不成|缺胳膊少腿)|最好别落单",
    r"推你下楼|捅(?:死|了)?你|(?:提|拿|带)着?(?:菜)?刀.{0,8}(?:找|砍|见)你|(?:拿|提)刀砍|让你(?:儿子|女儿|孩子|闺女).{0,6}(?:上不了|见不到)",
    r"你.{0,3}(?:家)?(?:孩子|儿子|女儿|闺女).{0,10}(?:我清楚|我知道|我门清)|(?:你|你妈|你妹|你女儿|你儿子).{0,3}放学我去接",
    r"i(?:'ve| have) got (?:the|a) (?:bat|knife|gun)\b|come (?:to|round|over).{0,20}(?:and|to) (?:sort|hurt|beat|kill) (?:you|him|her)\b",
    r"(?:doxx|dox) you\b|(?:pay|apologise|apologize)(?: .{1,16})? or (?:my|the|we|i)\b.{0,24}(?:come|visit|hurt)|you(?:'ll| will) need a (?:dentist|doctor|hospital)|don't (?:walk|go) home alone",
)
_THREAT = re.compile("|".join(_THREATS))
_SELF_TARGET = re.compile(r"(?:弄死|打死|杀了|整死)我")
_ID_CARD = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dx](?![\dx])")
_EXPOSE = re.compile(
    r"人肉|曝光(?:一下)?(?:这|他|她)|真名叫|家住|住址是|住在.{0,12}(?:栋|号楼|单元|室|\d{3})|her home address|his home address|dox"
)
_PERSONAL = re.compile(
    r"1[3-9]\d[\s\-]?[\d*]{2,4}[\s\-]?[\d*]{2,4}|身份证|(?:栋|号楼|单元)\d|\d{3,4}室|phone number|home address"
)
_SEXUAL = re.compile(
    r"约吗.{0,12}(?:美女|长夜|私聊)|美女.{0,4}约吗|高清无码|看片(?:加|找)|一夜情|裸聊|特殊服务|上门服务.{0,6}(?:美女|全套)|hot girls|adult video|sexy pics|nudes\b|escort service"
)


class ThreatDetector(RuleDetector):
    """Announced violence or ruin, aimed at the reader; play, reported speech and idioms about oneself are left out."""

    name = "threat-patterns"
    version = "3"
    category = Category.THREAT

    def find_one(self, _message: MessageInput, plain: Normalised) -> list[Signal]:
        """Return at most one signal on the matched words."""
        found = _THREAT.search(plain.text)
        if found is None or _SELF_TARGET.search(plain.text):
            return []
        doubt = 0.45 if _PLAYFUL.search(plain.text) or _REPORTED.search(plain.text) else 0.0
        return make_signal(self, plain, found.span(), 0.8 - doubt)


class PrivacyDetector(RuleDetector):
    """Identity-card numbers, and addresses or phone numbers posted to expose somebody."""

    name = "privacy-patterns"
    version = "1"
    category = Category.PRIVACY

    def find_one(self, _message: MessageInput, plain: Normalised) -> list[Signal]:
        """Return at most one signal on the number or the exposing words."""
        card = _ID_CARD.search(plain.text)
        if card is not None:
            return make_signal(self, plain, card.span(), 0.85, exact=True)
        expose, personal = _EXPOSE.search(plain.text), _PERSONAL.search(plain.text)
        if expose is None or personal is None:
            return []
        span = min(expose.start(), personal.start()), max(expose.end(), personal.end())
        return make_signal(self, plain, span, 0.7)


class SexualDetector(RuleDetector):
    """Sexual solicitation and adverts for pornography."""

    name = "sexual-patterns"
    version = "1"
    category = Category.SEXUAL

    def find_one(self, _message: MessageInput, plain: Normalised) -> list[Signal]:
        """Return at most one signal on the matched words."""
        found = _SEXUAL.search(plain.text)
        return [] if found is None else make_signal(self, plain, found.span(), 0.75)
