"""Which side a clause speaks for: what somebody is, has or wants; and when it does not count.

The leftmost cue governs a clause (想找能提供海外仓的伙伴 wants, 能帮想找工厂的人 offers). A cue that is denied, or whose subject is
somebody else, counts for nothing, and neither does what stands in quotation marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Side = Literal["is", "has", "wants", "not_own"]

_WANTS = re.compile(
    r"想(?:要|找|揾|认识|结识|链接|连接|对接|请教|问|学|了解|听|跟|先跟|向|把|转型|招|有个|看看|换|融|先找|一起)|"
    r"(?<![寻查别])(?:正在|在|来)找(?!我)|(?<![寻查别在被好])找(?!我|过|上|茬|出|零|钱|补|工作|你)|寻找|寻求|希望|有没有(?=人|会|谁|哪|做|懂|靠谱|朋友|合适)|"
    r"谁(?:做过|用过|认识|懂|知道|能(?!想))|(?<![不只需重主])要(?:个(?=[\u4e00-\u9fff])|[一两几](?:个|位|家|款|名))|(?<![要需追诉请])求(?!职者|学|生)|"
    r"需要|急需|急缺|(?<!不)缺(?!点|席|陷)|不缺|招(?:聘|人|租|募|商|合伙|代理)|诚招|期待|目标是|打算|就差|还差|愁|头疼|卡[在了]|搞不定|困扰|"
    r"欢迎.{0,8}(?:推荐|介绍|发我)|(?:正在|想|在|准备|计划|要)融|融资中|"
    r"\b(?:looking (?:for|to)|in search of|seeking|searching for|hunting for|(?:trying|hoping|hope|want|wants|wanting|keen|love|like) to (?:find|meet|connect|learn|get|hear|talk|hire)|"
    r"needs?|wants?|would love|'d love|keen to|appreciate|interested in (?:meeting|learning|finding|talking)|hiring|raising|"
    r"(?:my|our) goal|struggling|stuck|could use|no idea how)\b",
    re.IGNORECASE,
)
_HAS = re.compile(
    r"(?:能|可以|可|愿意|随时|基本能|都能)(?:给|帮|提供|分享|对接|借|协调|接|安排|带|教|看|讲|免费|匀|开放|顺|直接|插|聊|做|改|拿|合作)|提供|"
    r"擅长|精通|熟悉|熟(?=[A-Za-z])|懂(?!得)|(?<![不才机社商大协工学开误])会(?=写|做|修|用|开|拍|调|画|剪|弹|搭|说|看|唱|一点)|"
    r"手[里上头](?:有|的)|(?:我们?|咱们?|渠道|现货|经验)(?:也|都|还|自己)?有(?!点|些|时|幸|意|个?想法)|^\s*有(?=[^，,]{0,16}(?:资源|经验|渠道|人脉|心得|排期|工厂|仓|门路|清单|影棚|基地|团队))|"
    r"自己的|积累了|打磨了|[踩趟]过|帮(?:看|忙|大家|你|各位)|(?:找|问|发|丢给|联系|私)我|随时@|欢迎(?:来|一起)?(?:问|交流|咨询|找|聊)|都做过|现货|"
    r"有空(?:仓|位|房)|不收钱|听声音|"
    r"\b(?:can (?:help|offer|provide|share|introduce|intro|connect|teach|advise|supply|lend|give|walk|review|do)|happy to|glad to|pleased to|"
    r"offering|(?:i(?:'ve| have)|we(?:'ve| have)) (?:built|run|shipped|raised|scaled|led|done|sold|worked|helped|got|access|spare|a |an |the )|"
    r"have access|experience (?:in|with)|expert (?:in|on)|good at|great at|speciali[sz]e|ask me|knows? (?:every|the|how|my way|most|all)|intro(?:duce)? you)\b",
    re.IGNORECASE,
)
# Less sure: in an introduction an experience or a stock of things is an offer, and 想 with any verb a wish, unless the
# sentence has begun to speak of something else; in chat they are talk.
_WEAK_HAS = re.compile(
    r"(?:做|带|写|开|治|办|拍|改|处理|管|促成|主导|跑|设计|卖|修|审|谈|教)过|认识(?!大家|各位|一下|更多|新)|现成的|也接|肯(?:教|授权|给|带|借)|愿意(?:教|授权|试)|欢迎来|"
    r"可以(?!吗|么)|(?:^|[我们也都还])能(?!不能|否)|"
    r"[\d一二两三四五六七八九十百千万几]+(?:来|多)?(?:条|台|亩|平米?|平方|吨|副|张|口|盏|套|辆)(?!多?人)|"
    r"[\d一二两三四五六七八九十百千万几]+(?:来|多)?(?:个|家|位|名)?(?:真实|实名|付费|老)?(?:会员|客户|用户|工厂|供应商|渠道|案例|订阅|粉丝|顾客|门店)|"
    r"^\s*(?:(?:i|we) )?(?:reviewed|walked|moved|sold|built|ran|led|shipped|scaled|trained|fixed|closed|wrote|designed)\b|\bincluded\b",
    re.IGNORECASE,
)
_WEAK_WANTS = re.compile(
    r"(?<![不没会着料])想(?!起|到|法|象|像|当|必|不|通|好|想|来|出)|^\s*(?:someone|somebody|an? [\w ]{2,40}) (?:who|to|in|for|that)\b|^\s*to (?:understand|learn|spend|see|meet|find|hear)\b",
    re.IGNORECASE,
)
# A problem nobody has solved is a need, though it is said with a denial.
_PROBLEM = re.compile(
    r"不知道(?!的)|不晓得|搞不(?:清|懂|明白)|弄不(?:清|懂|明白)|(?:没|没有|还没)(?:想通|头绪|搞懂)|毫无头绪|没有?人(?:肯|愿意|会|收|接|懂|牵头)|谈不下来|做不起来|赶不出来|"
    r"\b(?:can't figure out|no idea (?:how|where|what)|don't know (?:how|where|whom?))\b",
    re.IGNORECASE,
)
_IS = re.compile(
    r"我是|我叫|我们是|本人|目前(?:在|做)|现在(?:在|做|自己)|坐标|人在|现居|常驻|来自|我做|我们做|我在.{1,10}(?:做|开)|专注|"
    r"\b(?:i'm (?:a|an|the|building|based|from|in|running)|i am|we're (?:a|an|the|building|based|at)|we are (?:a|an|the)|we (?:make|build|sell)|i (?:run|build|make)|"
    r"based in|living in|working on|founder of)\b",
    re.IGNORECASE,
)
# An offer that names those who need it: what they want is not what the speaker wants.
_OFFER_TO_OTHERS = re.compile(
    r"(?:的|需要|问题|感兴趣|想.{1,12}).{0,8}(?:可以|欢迎|随时|都能|尽管|直接|，)?.{0,6}(?:找我|问我|联系我|丢给我|发我|私我|来拿|来问|滴滴我|跟我说)|"
    r"希望.{0,3}(?:能|可以)?.{0,2}(?:帮|给大家|为大家|提供|贡献|分享)|"
    r"\b(?:anyone|anybody|if you|people|those|founders?|whoever)\b.{0,60}\b(?:ask me|dm me|ping me|i can|we can|happy to)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"没有?(?!门槛|问题)[^，,但可]{1,6}$|(?:不(?!仅|只|光|但|止|断|住|错|少)|没有?|无需|无意|勿|别|并非|谢绝)(?:是|太|再|会|能|想|打算|考虑|怎么|需|用|要|准备|去|来|急着|方便){0,3}$|"
    r"\b(?:not|never|no longer|no|without|cannot|isn't|aren't|don't|doesn't|didn't|won't|can't|haven't|wasn't|nor)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_DENIED_START = re.compile(
    r"^\s*(?:我们?|也|都|就|还|暂时|目前|所以|但|请|自己|另外|其他)*(?:不(?!仅|只|光|但|止|断|错|少)|没(?!事|准)|别|勿|谢绝|拒绝)|"
    r"^\s*(?:and|but|so|please)?\s*(?:(?:i|we)(?:'m|'re| am| are| do| never)?\s*)?(?:not|never|no|don't|n't)\b|"
    r"^\s*(?:i|we) (?:don't|can't|won't|never|do not|am not|are not)\b|^\s*(?:i'm|we're) not\b",
    re.IGNORECASE,
)
_KIN = (
    r"朋友|闺蜜|同学|室友|同事|老公|老婆|先生(?!们)|太太|爱人|媳妇|男友|女友|爸妈?|妈妈?|父亲|母亲|爸爸|哥哥?|姐姐?|弟弟?|妹妹?|舅舅?|叔叔?|"
    r"外甥|侄子|表[哥姐弟妹]|亲戚|邻居|孩子|女儿|儿子|家里人|客户|甲方|前?老板(?!们)|领导|老师(?!傅|们)|合伙人(?![，,。]|$)|搭档"
)
_THIRD = re.compile(
    rf"(?:^|[，,。\s])\s*(?:而|但|不过|另外|还有|对了)?(?:我|我们|俺)?(?:的|们)?(?:一?个|有个|有位|那个|几个|好多|很多)?(?P<who>{_KIN})(?!圈|们好)|(?:^|[，,。\s])\s*我们?的?(?:CTO|CEO|弟|妹|哥|姐|爸|妈|叔|舅)|"
    r"(?:^|[，,。\s])\s*(?P<other>他们?|她们?|别人|有人|人家|好多人|很多人)|"
    r"\b(?:my|our|his|her|their) (?:\w+ )?(?:friends?|wife|husband|partner|brother|sister|colleagues?|boss|son|daughter|cousin|dad|mom|mum|father|mother|cto|co-?founder|roommate|neighbou?r|clients?|customers?)\b|"
    r"\ba (?:friend|colleague|client|cousin) of (?:mine|ours)\b|^\s*(?:he|she|they)\b|\b(?:if )?any(?:one|body) (?:need|want|look|else)",
    re.IGNORECASE,
)
_ON_BEHALF = re.compile(
    rf"(?:帮|替|给|代)(?:我|一?个|我的)?(?:{_KIN}).{{0,3}}(?:找|问|求|招|发)|asking for a friend|on behalf of",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"我(?!老公|老婆|爸|妈|哥|姐|弟|妹|儿子|女儿|外甥|朋友|同学|同事|先生|太太|CTO|的朋友)|自己|本人|\b(?:i|we|i'm|i've|we're|we've|my own)\b",
    re.IGNORECASE,
)
# No money from others is a stage, not a denial.
_UNFUNDED = re.compile(r"没(?:有)?(?:拿|融)过?(?:投资|融资|资|钱)")
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|\"[^\"]*\"")


@dataclass(frozen=True)
class Heard:
    """What a clause says: its side (None without a cue), whether its subject is somebody else, or the speaker in so many words."""

    side: Side | None
    of_others: bool = False
    in_person: bool = False
    is_weak: bool = False


def hear(clause: str, *, of_others: bool = False) -> Heard:
    """Return what a clause says; `of_others` tells that the sentence has spoken of somebody else so far."""
    clause = _QUOTED.sub(lambda found: "□" * len(found[0]), clause.replace("’", "'"))
    if _ON_BEHALF.search(clause):
        return Heard("not_own", of_others=True)
    cues = sorted(
        [(found.start(), -found.end(), side) for side, pattern in _SIDES for found in pattern.finditer(clause)]
    )
    third = _THIRD.search(clause)
    first = _FIRST.search(clause)
    speaks_for_self = first is not None and not (
        third and third.start() <= first.start() and not _returns(clause, third)
    )
    if (third is not None or of_others) and not speaks_for_self:
        return Heard("not_own", of_others=True)
    if _UNFUNDED.search(clause):
        return Heard("is", in_person=True)
    if _OFFER_TO_OTHERS.search(clause) and not _DENIED_START.search(clause):
        return Heard("has")
    for start, _, side in cues:
        if not _DENIED.search(clause[:start]) and not clause.startswith("不缺", start):
            return Heard(side, in_person=True)
    if _PROBLEM.search(clause):
        return Heard("wants", in_person=True)
    if cues and cues[0][2] != "is":
        return Heard("not_own")
    for side, pattern in _WEAK_SIDES:
        weak = pattern.search(clause)
        if weak is not None and not _DENIED.search(clause[: weak.start()]) and not _DENIED_START.search(clause):
            return Heard(side, in_person=True, is_weak=True)
    return Heard("not_own" if _DENIED_START.search(clause) else None, in_person=speaks_for_self)


def _returns(clause: str, third: re.Match[str]) -> bool:
    """Whether the speaker takes over after somebody else was named: 女儿让我来找."""
    return bool(re.search(r"(?:让|叫|催|派)我", clause[third.end() :]))


_WEAK_SIDES: tuple[tuple[Side, re.Pattern[str]], ...] = (("wants", _WEAK_WANTS), ("has", _WEAK_HAS))
_SIDES: tuple[tuple[Side, re.Pattern[str]], ...] = (("wants", _WANTS), ("has", _HAS), ("is", _IS))
