"""Sentences in quoted material that give a model orders are left out before a model sees them. Pure functions.

A fence (`fence.py`) says that what is inside is data; whether a model keeps to that is its own affair, and small ones do
not. A model cannot obey what it does not see. This is a filter by wording, so it lets some through and takes a harmless
sentence now and then: it comes before the checks, never instead of them, and it changes only the model's copy.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LEFT_OUT: Final = "[…]"
_ENDS = re.compile(r"(?<=[。！？!?；;\n])|(?<=\.)(?=\s)")
_SPACED = re.compile(r"(?<=\b\w)[ .·_*-](?=\w\b)")
_GAP = r"[^。！？!?\n]{0,30}?"
_RULES_ZH = r"指令|规则|要求|提示|设定|限制|约束|上文|上面|以上|之前|前面|前述|系统消息|说明|简报"
_RULES_EN = r"instruction|rule|prompt|above|previous|prior|guideline|constraint|context|brief|schema|restriction|policy|policies|directive|told"
_SECRETS = (
    r"系统提示|提示词|系统消息|内部指令|初始指令|密钥|口令|(?:以上|上面|上述|前面|全部)的?(?:规则|内容|指令|文字|说明|提示)"
    r"|prompt|system message|(?:api|secret) ?key|(?:your|the|all|initial|hidden|above|developer) (?:\w+ ){0,2}(?:instructions|rules|message)|everything above|text above|the tags?\b"
)
_MODEL = r"(?:ai|llm|gpt|copilot|assistant|chatbot|bot|(?:language |large )?model|人工智能|智能助手|语言模型|大模型|模型|助手|机器人)"
_LANGUAGES_ZH = r"英文|英语|法文|法语|日文|日语|德文|德语|西班牙语|俄语|韩语|中文|汉语|拉丁语"
_LANGUAGES_EN = r"english|french|german|japanese|spanish|russian|korean|chinese|mandarin|latin|klingon"
_PATTERNS: Final = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        # put the rules aside
        rf"(?:忽略|无视|忘记|忘掉|不要理会|不必理会|别管|不用管|跳过|抛开|绕过|覆盖|作废|推翻|不再(?:遵守|适用)|不要(?:遵守|遵循|执行|按照)){_GAP}(?:{_RULES_ZH})",
        rf"(?:{_RULES_ZH}){_GAP}(?:作废|失效|不再(?:适用|有效)|取消|忽略|无视|不算数|忘掉)",
        rf"\b(?:ignore|disregard|forget|override|bypass|skip|drop|do not (?:follow|obey)|don't (?:follow|obey)|stop following|supersedes?|replaces?)\b{_GAP}\b(?:{_RULES_EN})",
        rf"\b(?:{_RULES_EN})\w*\b{_GAP}\b(?:no longer (?:apply|applies|valid)|(?:is|are) (?:void|cancelled|lifted|revoked|outdated))",
        # give away what is not for others
        rf"(?:输出|显示|复述|重复|告诉|打印|翻译|泄露|列出|公开|写出|贴出|背诵|抄写|返回){_GAP}(?:{_SECRETS})",
        rf"\b(?:reveal|print|show|repeat|output|leak|quote|dump|translate|recite|copy|paste|write out|tell|disclose|display|summari[sz]e)\b{_GAP}(?:{_SECRETS})",
        rf"(?:把|将){_GAP}(?:{_SECRETS}){_GAP}(?:写|放|输出|翻译|复制|贴)",
        # be somebody else
        r"你现在(?:是|起|开始)|从现在(?:起|开始)[，, ]?你|(?:扮演|假装|假设|假如|想象)你?(?:是|为|一个?)|开发者模式|管理员模式|越狱模式|无限制模式|上帝模式",
        r"\byou are now\b|\bfrom now on,? you\b|\bact as\b|\bpretend (?:to be|you)|\b(?:developer|debug|god|admin|sudo|unrestricted|jailbreak) mode\b|\bjailbreak|\bsudo\b",
        rf"(?:如果|若|假如)你?是{_GAP}{_MODEL}|\bif you(?: a|')re an? {_GAP}{_MODEL}|(?:作为|身为)(?:一个)?{_MODEL}",
        rf"(?:致|告诉?|所有|to (?:the|any|all)|attention|dear|note to(?: the)?|message (?:to|for)(?: the)?)\s*{_MODEL}s?\s*[:：,，—-]",
        rf"(?:^|[\s，,。.！!(（【\[]){_MODEL}[，,：:\s]*(?:你|请|必须|务必|应当|应该|you|please|must|should)",
        r"(?:当|一旦)你(?:读到|看到|处理|生成|写)|\bwhen(?:ever)? you (?:read|see|process|generate|write|draft)\b",
        # speak as the system, or say that the quotation is over
        r"^\W{0,6}(?:system|assistant|user|human|developer|admin(?:istrator)?|operator|root|系统|助手|用户|管理员|开发者|运营方?|主办方)(?: ?(?:message|note|notice|update|override|prompt|消息|通知|提示|指令|备注|更新))?\W{0,3}[:：]",
        r"(?:系统|管理员|后台|官方)(?:消息|通知|提示|指令|更新|公告)[\s】\])）:：]|\b(?:system|admin|operator|developer) (?:message|override|update|notice|instruction)s?\b",
        r"(?:新的?|真正的?|最新|最终|以下|下面)的?(?:任务|指令|规则|要求)(?:[:：]|是|如下|为准|优先)|\b(?:new|real|actual|updated|final|following) (?:task|instruction|rule|order|directive|objective)s?\b\W{0,3}(?:[:：]|is\b|are\b|apply|take)",
        r"(?:资料|数据|材料|引用|原文|标签|成员资料)(?:内容|部分)?(?:到此|至此|已经?)?(?:结束|完毕|关闭|为止)|\bend of (?:the )?(?:\w+ )?(?:data|material|input|quote|quotation|document|profile|text|brief|member)",
        r"(?:关闭|结束|跳出|离开)(?:这个|该|当前)?(?:标签|引用|围栏|数据块)|\b(?:close|exit|leave|escape) (?:the |this )?(?:tag|fence|quote|data block|sandbox)|/?data-[0-9a-f]{4,}|[‹<]/?\s*(?:data|system|member|text|inst)",
        r"[‹<]{1,2}\s*[|｜]|[‹<]{1,2}/?\s*(?:sys|assistant|user|human|tool|s›|s>|inst)|[|｜]\s*[›>]|im_(?:start|end)|end_?of_?text|header_id|eot_id",
        r"[(\[【（]\s*/?\s*(?:inst|sys|system|system_prompt|assistant|user|tool_calls|available_tools|系统|指令|开发者)\s*[)\]】）]",
        r"^\W{0,6}(?:#{1,6}|=+|-{3,})\s*(?:system|user|instruction|response|assistant|新任务|新指令|系统|任务)|^\s*\{\s*[\"']|\{\{|\{%|__\w+__",
        r"\bfollow (?:this|these|me|my)\b|\b(?:grant|give) (?:me|him|her|this member) (?:admin|access|rights|approval)|\b(?:delete|drop|remove)_\w+\(",
        # picks and ranks
        r"(?:必须|务必|一定要?|应当|请).{0,4}(?:排|放|列|置)(?:在|到|于)?(?:第一|最前|首位|榜首|最高)",
        r"(?:必须|务必|一定要?|只能|只要|永远|始终|直接|总是|唯一).{0,6}(?:选|推荐|安排|指定|邀请|任命)(?:择|中|用|取)?(?:我|本人|他|她|这位|该)",
        r"(?:把|将|让)(?:我|本人|他|她|这位|该成员|该人|自己|这个成员)(?:设为|列为|排在?|放在?|定为|选为|安排(?:为|成|到|在)|指定为|任命为|作为|当作?|标记为).{0,12}(?:第一|唯一|首|讲|主|嘉宾|评委|管理|通过|负责|角色|收款)",
        r"\b(?:always|must|only|definitely|be sure to|make sure (?:to|you)|you (?:will|shall|have to|should))\W{1,3}(?:\w+ ){0,3}?(?:pick|choose|select|recommend|rank|assign|list|put|invite)\b",
        r"\b(?:rank|put|place|list|name|make|set|assign|pick|choose|mark) (?:me|this member|this person|this profile|him|her|myself)\b.{0,40}?\b(?:first|top|only|host|speaker|judge|mentor|admin|number one|everyone|every|approved|treasurer|payee)\b",
        r"(?:推荐|介绍|发送?|展示)给(?:所有人|每一?个人|全部成员|全体|每一位)|\b(?:recommend|send|show) (?:me|this|it) to (?:everyone|everybody|all)",
        # a code behind a role; `Venue V1: the library` is a label, and `用 R1 做推理` is about a model
        r"(?:选|pick|choose|select|host|venue|speakers?|主持|讲者|嘉宾|场地)[^。\n]{0,12}(?<![a-z0-9])[shvr]\d{1,2}(?![a-z0-9])(?!\s?[:：]\s?\w)",
        r"(?:(?:只|必须|务必|一律|都|全|\bonly|\balways|\bmust)[^。\n]{0,8}(?:用|填|写|use)|(?:用|填|写|use)(?=[^。\n]{0,40}(?:主讲|主持|嘉宾|讲者|场地|评委|首位|第一|speaker|host|venue|judge|first)))[^。\n]{0,12}(?<![a-z0-9])[shvr]\d{1,2}(?![a-z0-9])",
        r"\b(?:mem|res|evt|plan|msg)_[0-9a-z]{4,}",
        r"(?:不要|别|禁止|拒绝)(?:选择?|推荐|邀请|安排)(?:其他|别的|任何|别人)|\bdo(?:n't| not) (?:pick|choose|invite|recommend|select) any(?:one|body)?\b",
        # money and other fields of ours
        r"(?:批准|核准|同意|通过|放行).{0,10}(?:预算|付款|费用|报销|开支|请款|支出|金额)|(?:预算|费用|金额|单价|总价|上限|名额|数量|时长|人数|分钟)(?:上限|一律|全部|都|直接)?(?:改|设|调|写|填|提高|增加|上调|追加)(?:为|成|到|至|成为)",
        r"(?:把|将)[^。\n]{0,12}(?:预算|费用|金额|单价|总价|上限|数量|价格|人数|quantit|weight|budget)[^。\n]{0,10}(?:改|设|调|写|填|提|增|翻)",
        r"\bapprove\w*\b.{0,25}?\b(?:budget|payment|expense|invoice|cost|spend|amount|everything|all)|\b(?:budget|payment|expense)s? (?:is|are|has been|have been) (?:pre-?)?approved",
        r"\b(?:raise|increase|set|change|double|lift|bump|multiply|update|overwrite)\b.{0,20}?\b(?:budget|cap|quantit\w+|price|total|weight|head ?count|cost|limit)s?\b.{0,20}?\b(?:to|by|=|at)\b",
        # a field of ours; `Budget: 20,000` says what somebody has
        r"\bbudget_?(?:cap|cents)\s*[=:]|\bbudget\s*(?:=|:(?!\s*(?:about |around |up to |max |under |cny|rmb|usd|eur|gbp|[¥$€£~≈<≤])*\s*\d))|\bquantit(?:y|ies)\s*[=:]|\bweight\s*[=:]",
        r"(?:预算|费用|金额|数量|总价)[^。\n]{0,6}(?:已|已经)?(?:批准|获批|不限|不用(?:再)?控制|不设(?:上)?限|都?填最大|翻倍)|(?:不设|没有|取消)(?:预算)?上限|(?:写明|注明|标明)[^。\n]{0,4}(?:总价|金额|费用|预算)",
        r"\bmoney is no object\b|\b(?:no|without|unlimited) (?:budget|spending) (?:limit|cap)?|\b(?:use|take|choose) the (?:largest|highest|maximum)\b|\bincrease quantit",
        # people who are said to come
        r"(?:请到|邀请到|请来|请动)了?[^。\n]{0,12}(?:博士|老师|先生|女士|教授|院长|总)|已经?(?:答应|同意|确认)(?:出席|到场|来|主持|担任|了)",
        r"\b(?:speaker|host|keynote|judge|moderator)s?\s*[:：]\s*[a-z]|\bhas (?:agreed|confirmed|accepted|promised) to (?:give|host|speak|come|judge|join|attend)|\byou must (?:announce|write|say|state|name|list|put|print|mention|only|now)\b",
        # things to plant
        r"(?:加入|加上|附上|写上|放上?|插入|写入|补上|注明)[^。\n]{0,25}(?:链接|网址|二维码|微信号?|电话|手机号?|收款码?|账号|http|www\.)",
        r"(?:标题|文案|海报|每一?段|每一?句|每个环节|议程|目标|备注|结尾|开头|所有文字|宣传)[^。\n]{0,12}(?:里|中|上|都|末尾|后面)?(?:都要?|要|必须|务必)(?:写|加|放|附|出现|包含|注明|提到|改)",
        r"\b(?:add|include|insert|append|put|embed|place|write|mention|paste)\b.{0,40}?\b(?:link|url|https?|www|qr|phone|wechat|telegram|whatsapp|e-?mail|contact|account)\b",
        r"\b(?:add|include|insert|append|put|embed|write|mention|state|say|announce|claim|list)\b.{0,30}?\b(?:in|to|into|as|at) (?:the |every |each |all )?(?:title|headline|agenda|plan|poster|promotion|segment|notes?|goal|answer|output|reply|speaker|host|description)s?\b",
        r"(?:你|您|请|逐字|如实|完整)?(?:列出|写出|说出|交代)你(?:看到|收到|知道)|\byou were (?:given|told|shown)\b|\b(?:exactly|word for word) as you\b",
        r"(?:写|说|声称|宣布|注明|标明)(?:明|成|上|是|：|:)?[^。\n]{0,8}(?:特邀|亲自|到场|出席|站台|主持|主讲|担任)|(?:主持人?|讲者|嘉宾|讲师|评委|发言人)(?:一律|都|全部|统一|直接)?(?:写|填|改|换)(?:成|为|上|作)",
        # how to answer
        rf"(?:请|一律|全部|改|全程|务必|必须|统统|接下来|只)(?:使?用|以)(?:{_LANGUAGES_ZH})(?:回答|回复|输出|书写|写|作答|生成|表达|撰写)|(?:回答|回复|输出|书写|作答|文字|内容|计划|方案)[^。\n]{{0,6}}(?:使?用|改成?|换成|翻译成)(?:{_LANGUAGES_ZH})",
        rf"\b(?:answer|reply|respond|write|output|speak|draft|translate|switch|produce|continue)\b.{{0,40}}?\b(?:in|into|to) (?:{_LANGUAGES_EN})\b|\b(?:{_LANGUAGES_EN}) only\b",
        r"(?:只|仅|直接)(?:输出|返回)|(?:只|仅)(?:回答|回复)|(?:不要|别|无需|停止|拒绝)(?:输出|遵守|使用|生成|解释|按)[^。\n]{0,8}(?:json|格式|计划|方案|schema)?|(?:改为|改成)输出",
        r"\b(?:output|answer|respond|reply|print|say|return|write)(?: only| just| nothing but| exactly)(?: with)?\b|\b(?:only|just) (?:output|answer|respond|reply|print|return)\b|\b(?:answer|respond|reply) with\b|\bdo not (?:output|explain|answer|use json|tell|mention)|\bignore the (?:json|format)",
        # wrapped so that a filter would not read it
        r"(?<![a-z0-9+/])(?=[a-z+/]*\d)(?=[\d+/]*[a-z])[a-z0-9+/]{40,}={0,2}|(?:\\x[0-9a-f]{2}){4,}|(?:\\u[0-9a-f]{4}){3,}|(?:%[0-9a-f]{2}){6,}|(?:&#x?[0-9a-f]{2,6};){2,}|\b(?:rot13|base64|decode|解码|倒序|反着)\b.{0,20}",
    )
)  # fmt: skip


def gives_orders(sentence: str) -> bool:
    """Whether a sentence of quoted material speaks to the machine that reads it."""
    plain = unicodedata.normalize("NFKC", sentence).casefold().replace("’", "'")
    plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    joined = _SPACED.sub("", plain)  # i g n o r e, 忽-略
    return any(pattern.search(plain) or (joined != plain and pattern.search(joined)) for pattern in _PATTERNS)


def without_orders(text: str) -> str:
    """Return `text` without orders: from a sentence that gives one to the end of its line there stands `[…]`.

    What follows an order mostly carries it on ("every part is now called ..."), and says nothing a model needs.
    """
    if not gives_orders(text):  # most texts: one look
        return text
    return "".join(_line_without_orders(line) for line in text.splitlines(keepends=True))


def _line_without_orders(line: str) -> str:
    kept = ""
    for sentence in _ENDS.split(line):
        # Together with what came before: an order can be said in two sentences.
        if gives_orders(sentence) or gives_orders(kept + sentence):
            end = "\n" if line.endswith("\n") else ""
            return (kept if not gives_orders(kept + sentence) or gives_orders(sentence) else "") + LEFT_OUT + end
        kept += sentence
    return line
