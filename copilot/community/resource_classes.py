"""The classes and subclasses of resources, how they are written in codes, and the guess for a resource that names none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from copilot.community.models import ResourceType

# What nothing says more of.
GENERAL = "GE"


@dataclass(frozen=True)
class Subclass:
    """One subclass: two letters of a code, its names, and words that speak for it."""

    code: str
    zh: str
    en: str
    cues: str = ""

    def name(self, locale: str) -> str:
        """Return its name in this language."""
        return self.zh if locale == "zh-CN" else self.en


@dataclass(frozen=True)
class ResourceClass:
    """One of the six classes: three letters of a code, its names and its subclasses."""

    type: ResourceType
    code: str
    zh: str
    en: str
    subclasses: tuple[Subclass, ...]

    def name(self, locale: str) -> str:
        """Return its name in this language."""
        return self.zh if locale == "zh-CN" else self.en


def _with_general(*subclasses: Subclass) -> tuple[Subclass, ...]:
    return (*subclasses, Subclass(GENERAL, "其他", "General"))


CLASSES: dict[ResourceType, ResourceClass] = {
    item.type: item
    for item in (
        ResourceClass(ResourceType.TECHNOLOGY, "TEC", "技术", "Technology", _with_general(
            Subclass("SW", "软件", "Software", "软件|小程序|系统|开发|源码|代码|接口|SaaS|software|code|app|api"),
            Subclass("HW", "硬件与设备", "Hardware", "硬件|设备|样机|传感器|雷达|芯片|相机|打印机|hardware|device|camera|printer"),
            Subclass("CP", "算力与云", "Computing", "算力|显卡|服务器|云|gpu|compute|cloud|server"),
            Subclass("LB", "场地与实验室", "Space and labs", "场地|实验室|会议室|工位|厂房|车间|lab|room|space|venue|workshop"),
        )),
        ResourceClass(ResourceType.FUNDING, "FUN", "资金", "Funding", _with_general(
            Subclass("EQ", "股权投资", "Equity", "天使|股权|投资|基金|种子轮|equity|angel|seed|venture|fund"),
            Subclass("GR", "补贴与奖金", "Grants", "补贴|补助|奖金|资助|grant|subsidy|award|prize"),
            Subclass("CR", "信用与借款", "Credit", "贷款|授信|借款|垫资|loan|credit|factoring"),
        )),
        ResourceClass(ResourceType.PEOPLE, "PEO", "人", "People", _with_general(
            Subclass("AD", "顾问与导师", "Advisers", "顾问|导师|律师|会计|答疑|咨询|adviser|advisor|mentor|lawyer|office hour"),
            Subclass("TA", "人才与团队", "Talent", "兼职|全职|实习|团队|工程师|设计师|talent|intern|team|engineer|designer"),
            Subclass("VO", "志愿者", "Volunteers", "志愿|义工|volunteer"),
        )),
        ResourceClass(ResourceType.KNOWLEDGE, "KNO", "知识", "Knowledge", _with_general(
            Subclass("CO", "课程与分享", "Courses", "课程|培训|讲座|分享|工作坊|course|training|talk|class"),
            Subclass("DO", "资料与模板", "Documents", "模板|手册|清单|资料|文档|合同|template|handbook|checklist|document|guide"),
            Subclass("RE", "研究与报告", "Research", "报告|研究|调研|白皮书|report|research|survey"),
        )),
        ResourceClass(ResourceType.INFORMATION, "INF", "信息", "Information", _with_general(
            Subclass("DA", "数据", "Data", "数据|名录|行情|价格表|data|dataset|price"),
            Subclass("LE", "线索与商机", "Leads", "线索|商机|招标|需求|采购|lead|tender|opportunit"),
            Subclass("PO", "政策", "Policy", "政策|法规|申报|policy|regulation"),
        )),
        ResourceClass(ResourceType.CHANNEL, "CHA", "渠道", "Channels", _with_general(
            Subclass("SA", "销售渠道", "Sales", "经销|分销|门店|货架|柜台|直播|带货|销售|distribut|retail|shelf|sales|stores"),
            Subclass("ME", "媒体与曝光", "Media", "媒体|公众号|播客|报道|专栏|media|podcast|newsletter|column"),
            Subclass("SU", "供应链", "Supply", "供应链|工厂|供应商|代工|仓|物流|报关|supply|factory|supplier|warehouse|logistics|freight"),
            Subclass("GO", "政府与协会", "Associations", "协会|商会|园区|政府|association|chamber|government|park"),
        )),
    )
}  # fmt: skip
_CUES = {
    kind: [(sub.code, re.compile(sub.cues, re.IGNORECASE)) for sub in found.subclasses if sub.cues]
    for kind, found in CLASSES.items()
}


def find_subclass(kind: ResourceType, code: str) -> Subclass | None:
    """Return a subclass of a class, or None when it has none of this code."""
    return next((item for item in CLASSES[kind].subclasses if item.code == code), None)


def guess_subclass(kind: ResourceType, texts: Iterable[str]) -> str:
    """Return the code of the subclass with most different cues in the first text that has any; `GE` without one.

    Texts come in the order of what they say most plainly: the title, tags, the description. Ties go to the first listed.
    """
    for text in texts:
        counts = {code: len({cue.lower() for cue in pattern.findall(text)}) for code, pattern in _CUES[kind]}
        best = max(counts, key=counts.__getitem__)
        if counts[best]:
            return best
    return GENERAL


def series_of(kind: ResourceType, subclass: str) -> str:
    """Return the first two parts of a code, such as TEC-SW."""
    return f"{CLASSES[kind].code}-{subclass}"
