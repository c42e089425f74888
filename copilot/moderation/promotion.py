"""Unsolicited promotion and scams by hand-set rules: an offer, a call to get in touch, and signs of pressure or evasion.

A contact or an offer alone never suffices, warnings against a scam and requests for help are held down, and channels
that welcome promotion see only scams and disguised contacts.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from copilot.community.models import Category
from copilot.language.normalise import Normalised
from copilot.moderation.contacts import Contact, find_contacts, is_disguised
from copilot.moderation.detectors import RuleDetector, make_signal
from copilot.moderation.models import MessageInput, Signal

_OFFER = re.compile(
    r"立减|保过|试听|送试吃|接龙满|免代理费|报我名字|新店开业|原价.{0,8}今天|恢复原价|promo code|first order|buy 1 get|\d+% off|link in bio|in bio|free (?:trial|consult|shipping)|resellers|grow your|backlink|top rated|second income|"
    r"代办|代写|代运营|代账|代发|代理|代开|代做|批发|招商|加盟|分销|裂变|副业|宝妈|兼职|零?门槛|囤货|低价|特价|优惠|打折|五折|半价|甩卖|清仓|全网最低|限时|秒杀|包邮|包过|"
    r"承接|源头工厂|厂家直销|引流|加粉|涨粉|精准客户|名单|小程序开发|网站建设|商城搭建|商标注册|高新认证|内部价|员工价|免费领|领取|免费资料|送价值|见面礼|运营课|训练营|课程|案例资料|返佣|"
    r"返利|佣金|福利|礼盒|茅台|资金|渠道|流量|变现|低至|假一赔|不成功不收费|先办后付|体检套餐|会员仅|额度|"
    r"best price|cheapest|% off|discount|free call|quote|bulk|followers|seo package|masterclass|leads|half the price|manufacturer|limited offer|prices"
)  # fmt: skip
_CALL = re.compile(
    r"加我|加微信|加好友|加一下|加个微信|加下|私聊|私我|私信|私下聊|细聊|滴滴|滴我|扫码|扫下方|扫一扫|二维码|点击|戳|联系我|联系微信|欢迎咨询|咨询|详询|详聊|了解一下|扣1|进群|拉群|点我头像|我主页|我朋友圈|下单|速抢|抓紧|上车|"
    r"dm me|message me|pm me|contact|click|link in bio|sign up at|book a|whatsapp|telegram|join my|reach out"
)  # fmt: skip
_PITCH = re.compile(
    r"各位老板|老板们|各位群友|各位家人|宝妈们|需要.{0,14}的(?:老板|加|私|联系|请)|需要的|有需要|感兴趣|想了解|想要的|要的(?:加|扣|私|滴|联系)|想做|有意(?:向|者)|急用钱|诚招|dear (?:sir|friend)|interested\?|want \w+"
)
_PRESSURE = re.compile(
    r"最后\s?\d*\s?[份个天名]|仅限|仅剩|名额|限量|今天截止|先到先得|手慢|长期有效|转发.{0,6}群|only today|today only|spots left|\d+ spots|hurry|24h"
)
_PRICE = re.compile(r"\d+(?:\.\d+)?\s?(?:元|块|/月|起)|[¥$€]\s?\d+|\d+\s?折|原价|仅需|全包")
_SCAM = re.compile(
    r"认证金|诚意金|激活费|先付款|垫付|返现|刷评|内部(?:题|渠道|票|名额)|不中(?:全额)?退款|缴纳.{0,6}(?:金|费)|换号了.{0,20}(?:转|借)|打到新账户|税费.{0,8}(?:元|可退)|实名复核|罚没品|"
    r"seed phrase|activation fee|no risk|copy (?:my )?trad|weekly returns?|crypto (?:in )?advance|first top up|verify your|selected for .{0,20}grant|signal group|usdt|"
    r"稳赚|不赔|资料费|手续费.{0,4}(?:低|先)|花户|当日(?:到|放)|先做后返|垫付本金|垫资秒返|包赔|保底|日赚|日入|月入\d|日收益|日结\d|\d+[-~]\d+\s?(?:元)?一天|刷单|无抵押|秒批|下款|包下款|放款|不看征信|征信花|黑户|白户|套现|提额|垫资|空壳公司|代开发票|代开票|先开票|原始股|翻[倍五十]|带你翻|跟单|"
    r"牛股|老师操作|搬砖|套利|返[一二三四五六七八九]万|返\d{2,}|充\d+|先交押金|出租.{0,8}(?:银行卡|微信号)|点赞.{0,8}赚钱|动动手指|一部手机|在家可做|派单|退税补贴|填写银行卡|领红包|补贴未领取|当天到账|刷流水|对公账户收购|"
    r"guaranteed .{0,12}returns|monthly returns|double your|in 24 hours|no credit check|earn \$?\d+|\$\d+ a day|no experience|verify at|suspended|enter your card|you have won|get paid daily|bitcoin.{0,20}address|vip group"
)  # fmt: skip
_WARNING = re.compile(
    r"骗局|别上当|当心|小心|防骗|注意|谨防|违法|举报|警惕|千万别|不要碰|好奇都不要|别信|从来不碰|拉黑|被骗|提醒|诈骗|反诈|冒充|别点|假的|套路|话术|骗人|骗子|立案|报警|反诈|be careful|scam\b|phishing|beware|pretending|fraud"
)
_ASKING = re.compile(
    r"请问|求推荐|求助|求问|求一个|有没有|谁有|谁做过|哪家|怎么|如何|吗[?？]?$|想了解一下|有人用过|帮忙看|does anyone|anybody|looking for|recommend"
)
# Away from the eyes of the group: what contact-fishing always needs.
_FISHING = re.compile(
    r"群里(?:不|说话?不|讲不)(?:太)?(?:方便|好)|群里说不|不太看群|不常看群|(?:主页|资料)(?:里)?(?:的|有|留|加)?.{0,3}微信?|留个?(?:微信|联系方式|电话)|"
    r"(?:加|拉)(?:个|您|你|一下).{0,6}(?:慢慢聊|细聊|单独聊|私下聊|详聊|发(?:您|你)?资料)|方便的话加|可以加个?好友|私下(?:聊|沟通)|单独(?:聊|沟通)|换个地方聊"
)
# A stranger who wants somebody for himself: enough without anything to sell, if nobody asked.
_APPROACH = re.compile(
    r"(?:可以|能|想)?加(?:个|你|一下)?(?:微信|好友|line|wa|whatsapp|snap|ig).{0,6}(?:认识|聊聊|交个?朋友|聊天)|(?:小姐姐|小哥哥|美女|帅哥|妹妹|妹子|ladies|dear|handsome).{0,30}(?:加我|加个|微信给我|号码发我|你电话|your (?:number|whatsapp)|add my|add me)|"
    r"号码?(?:在|就在)头像|(?:女|男)(?:群友|生)加我|(?:add|text|write|message|contact) (?:me|my|our \w+) (?:on|at|via|privately|here)? ?(?:whatsapp|telegram|signal|line|my private|\+\d)|"
    r"drop your (?:number|insta|phone|line)|can we (?:be friends|chat somewhere)|(?:speak|talk|chat|move|continue) (?:on|to|over) (?:telegram|whatsapp|signal|private)|"
    r"wrong (?:chat|number).{0,40}(?:friend|kind)|number is on my profile|best number to reach you|send me your (?:name|number|phone)|your personal (?:telephone )?number|let's take this offline"
)
_QUOTED = re.compile(r"[“\"「『‘][^”\"」』’]{1,40}[”\"」』’]")
_FREE = re.compile(
    r"免费|不收费|接龙|自提|群友价|群主同意|按群规|群公告|群文件|公益|报名|分享会|沙龙|example\.com|as asked|open-source|host's permission|meetup"
)


@dataclass(frozen=True)
class _Weights:
    """Log-odds of each sign; set by hand, checked on `eval/datasets/moderation/own.jsonl`."""

    start: float = -3.6
    offer: float = 1.3
    call: float = 1.5
    pitch: float = 1.2
    pressure: float = 1.0
    price: float = 0.5
    contact: float = 1.3
    evasion: float = 2.0
    fishing: float = 1.8
    approach: float = 4.2
    warning: float = -3.5
    asking: float = -2.0
    free: float = -2.2
    scam: float = 2.6


_WEIGHTS = _Weights()


@dataclass(frozen=True)
class _Signs:
    offers: int
    calls: int
    pitches: int
    pressure: bool
    price: bool
    scams: int
    warning: bool
    asking: bool
    free: bool
    evasion: bool
    fishing: bool
    approach: bool
    contacts: list[Contact]
    span: tuple[int, int]


_MIN_CHARS = 6  # nobody is sold anything in less
_NOTHING = _Signs(0, 0, 0, False, False, 0, False, False, False, False, False, False, [], (0, 0))


@lru_cache(maxsize=2_048)  # two detectors look at the same batch
def _look(plain: Normalised) -> _Signs:
    text = plain.text
    if len(text) < _MIN_CHARS:
        return _NOTHING
    contacts = find_contacts(plain)
    calls = [match.span() for match in _CALL.finditer(text)]
    fishing = _FISHING.search(text)
    # Quoted words are somebody else's: "先交资料费" in a warning is not an offer.
    scams = [match.span() for match in _SCAM.finditer(_QUOTED.sub(_blank, text))]
    approach = _APPROACH.search(text)
    reaches_out = bool(contacts or calls or fishing or approach)
    if not reaches_out and len(scams) < 2:
        return _NOTHING  # neither detector goes on without these
    offers = [match.span() for match in _OFFER.finditer(text)]
    pitches = [match.span() for match in _PITCH.finditer(text)]
    spans = [(c.start, c.end) for c in contacts] + calls + scams + offers + pitches
    spans += [found.span() for found in (fishing, approach) if found]
    return _Signs(
        offers=len(offers),
        calls=len(calls),
        pitches=len(pitches),
        pressure=bool(_PRESSURE.search(text)),
        price=bool(_PRICE.search(text)),
        scams=len(scams),
        warning=bool(_WARNING.search(text)),
        asking=bool(_ASKING.search(text)),
        free=bool(_FREE.search(text)),
        evasion=is_disguised(plain, "微信") or is_disguised(plain, "贷款") or any(c.disguised for c in contacts),
        fishing=bool(fishing),
        approach=bool(approach),
        contacts=contacts,
        span=(min(s for s, _ in spans), max(e for _, e in spans)) if spans else (0, 0),
    )


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _odds(signs: _Signs) -> float:
    weights = _WEIGHTS
    odds = weights.start + weights.offer * min(signs.offers, 3) ** 0.7 + weights.call * min(signs.calls, 2) ** 0.7
    for present, weight in (
        (signs.pitches > 0, weights.pitch),
        (signs.pressure, weights.pressure),
        (signs.price, weights.price),
        (bool(signs.contacts), weights.contact),
        (signs.evasion, weights.evasion),
        (signs.fishing, weights.fishing),
        (signs.approach, weights.approach),
        (signs.warning, weights.warning),
        (signs.asking and not signs.approach, weights.asking),
    ):
        odds += weight if present else 0.0
    return float(odds)


class PromotionDetector(RuleDetector):
    """Adverts and contact-fishing where nobody asked."""

    name = "promotion-rules"
    version = "4"
    category = Category.UNSOLICITED_PROMOTION

    def find_one(self, message: MessageInput, plain: Normalised) -> list[Signal]:
        """Return at most one signal, spanning the first to the last sign."""
        signs = _look(plain)
        reaches_out = signs.calls > 0 or bool(signs.contacts) or signs.fishing or signs.approach
        sells = signs.offers > 0 or signs.pitches > 0 or signs.evasion or signs.approach
        hides = signs.evasion or signs.fishing or signs.approach
        if not (reaches_out and sells) or (message.promo_allowed and not hides):
            return []
        odds = _odds(signs) + (_WEIGHTS.free if signs.free else 0.0)
        return make_signal(self, plain, signs.span, _sigmoid(odds))


class ScamDetector(RuleDetector):
    """Promises of easy money, loans without checks, bought invoices, phishing."""

    name = "scam-rules"
    version = "4"
    category = Category.SCAM

    def find_one(self, _message: MessageInput, plain: Normalised) -> list[Signal]:
        """Return at most one signal; the channel's welcome to promotion makes no difference."""
        signs = _look(plain)
        if not signs.scams or not (signs.calls or signs.contacts or signs.fishing or signs.scams > 1):
            return []
        odds = _odds(signs) + _WEIGHTS.scam * min(signs.scams, 3) ** 0.7
        return make_signal(self, plain, signs.span, _sigmoid(odds))


def _sigmoid(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-odds))
