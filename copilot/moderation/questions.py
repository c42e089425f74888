"""Whether a message is a real question that wants an answer, by rules for Chinese and English.

Rhetorical questions, tags ("对吧"), exclamations and questions inside a quotation do not count.
"""

from __future__ import annotations

import re

VERSION = "2"
_MIN_LETTERS = 4
_QUOTED = re.compile(r"[“\"「『‘][^”\"」』’]{1,80}[”\"」』’]")
_NOISE = re.compile(r"\[[^\[\]\n]{1,12}\]|https?://\S+|@\S+")
_ASKS_ZH = re.compile(
    r"请问|请教|想问|问一下|问下|问问|问个|问一哈|求问|求助|求推荐|求介绍|求一个|求解|求指|有没有(?:人|哪|谁|推荐|懂|做|用|什么|认识|朋友|老师)|有(?:没得|冇)?人.{0,14}(?:吗|么|没)|有懂.{0,12}的|谁(?:有|知道|能|用过|做过|认识|懂|家)|"
    r"哪位|哪家|哪里(?:能|可以|有|买|找)|怎么(?:办|弄|做|选|破|搞|收|算|写|解决|处理|样才)|咋(?:个)?(?:办|弄|整|做)|如何|该(?:怎么|咋|如何|不该|找谁|选)|能不能|可不可以|是不是.{2,}|要不要|多少钱|多久|几个点|什么区别|区别是什么|"
    r"为什么|为啥|啥原因|什么原因|推荐一下|有推荐|推荐吗"
)
_WORD_ZH = re.compile(r"什么|啥|怎么|咋|哪|谁|几|多少|多久|吗|么[?]|呢|没有[?]|系咪|边个|点解|有冇|是否")
_ENDING_ZH = re.compile(
    r"(?:吗|吃啥|叫啥|干啥|怎么办|咋办|哪个|多少钱|几个人|几点|有没得|有没有|(?<![动时差])([\u4e00-\u9fff])[不唔]\1)(?=[,.。;；!~\s(（…]|$)"
)
_WANTED_ZH = re.compile(r"^求(?!职|婚|学|生)|^(?:想|正经)(?:找|揾)|蹲一个(?!$)")
_RHETORICAL_ZH = re.compile(
    r"难道|谁不|谁还|怎么可能|怎么会|怎么敢|哪有|何必|何苦|凭什么|凭啥|关你|算什么|算老几|谁给你|你算|懂什么|有什么好|有什么(?:用|意义|区别嘛)|不就是|不是吗|是吧|对吧|好吧|对不对|知道吗$|真的吗|是吗|真的假的|至于吗|"
    r"不香吗|谁懂啊|谁说|谁知道呢|你说呢|可不是|怎么样了解|配吗|也配|要脸|有病吧|你猜|猜猜|自己心里没数"
)
_ASKS_EN = re.compile(
    r"\b(?:does|do|did|has|have|is|are|can|could|would|will|should) (?:any(?:one|body)|some(?:one|body)|you|we|i|there|it|this|that|they|the|my|a|an)\b|\bany(?:one|body) (?:know|tried|used|using|have|has|got|here|with|can|else|in)|"
    r"\b(?:how|what|where|which|who|why|when|whose)(?:'s| is| are| do| does| did| can| should| would| to| much| many| long|\b)|\bquestion\b.{0,30}:|\blooking for (?:a|an|some|recommend)|\bany (?:recommend|advice|idea|tips|suggest|pointers|experience)|\brecommendations?\b|\bis there\b"
)
_DIRECT_EN = re.compile(
    r"\b(?:anyone|anybody) (?:know|tried|used|using|have|has|got|here|with)|\bdoes any(?:one|body)|\bany (?:recommend|advice|tips|suggest|pointers)|\blooking for (?:recommend|advice)"
)
_RHETORICAL_EN = re.compile(
    r"^(?:really|what|huh|seriously|right|why not|you know|who cares|so what|says who|oh)\?*$|who knows\?|isn't it\?|right\?|are you (?:stupid|kidding|serious|dumb)|who do you think|what the (?:hell|fuck)|how dare|why (?:would|do) (?:i|you) even|see\?$|guess what|remember\?$|ok\?$"
)


def is_question(plain: str, language: str) -> bool:
    """Return whether the normalised text `plain` asks something; `language` is `zh`, `en`, `mixed` or empty."""
    body = _QUOTED.sub(" ", _NOISE.sub(" ", plain)).strip()
    if sum(c.isalnum() for c in body) < _MIN_LETTERS:
        return False
    if language in {"zh", "mixed"} and _is_question_zh(body):
        return True
    return language in {"en", "mixed"} and _is_question_en(body)


def _is_question_zh(body: str) -> bool:
    if _RHETORICAL_ZH.search(body) and not re.search(r"请问|请教|想问|求助", body):
        return False
    marked = "?" in body
    asks = bool(_ASKS_ZH.search(body))
    if marked and (asks or _WORD_ZH.search(body)):
        return len(body) >= 6
    if _ENDING_ZH.search(body) or _WANTED_ZH.search(body):
        return True
    return asks and bool(
        re.search(
            r"请问|请教|想问|问一下|问下|求助|求推荐|求问|求介绍|有没有(?:人|哪|谁|推荐|懂)|谁(?:有|知道|用过|做过|认识)|[吗呢么]$|[吗呢么][,.。 ~]",
            body,
        )
    )


def _is_question_en(body: str) -> bool:
    if _RHETORICAL_EN.search(body):
        return False
    if _DIRECT_EN.search(body):
        return True
    return "?" in body and bool(_ASKS_EN.search(body)) and len(body.split()) >= 4
