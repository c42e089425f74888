"""Everyday questions and self-descriptions, embedded once per process: what questions and profiles look like in general.

They keep the comparison in `affinity.py` steady while a community has only a few texts of its own, with any embedder.
"""

from __future__ import annotations

QUESTIONS: dict[str, tuple[str, ...]] = {
    "zh": (
        "请教大家，第一次去外地参展，布展和物料一般提前多久订？",
        "有没有人换过办公软件？迁移的时候最容易丢的是什么？",
        "想问问，兼职设计师按天算钱还是按项目算更合适？",
        "仓库要搬家，三千箱货怎么搬才不乱？",
        "小程序总被说加载慢，先查哪里？",
        "请问开分公司和办事处有什么区别，哪个省事？",
        "客户拖了两个月不付尾款，大家一般怎么催？",
        "第一次招销售，底薪和提成怎么定才留得住人？",
        "做直播第一个月没人看，还要不要坚持？",
        "想找靠谱的体检机构给二十个员工做体检，有推荐吗？",
        "求助，机器突然报警停了，厂家周末没人接电话怎么办？",
        "产品说明书翻译成西班牙语，一般找谁做，多少钱一千字？",
    ),
    "en": (
        "Anyone here moved their payroll to another provider? What broke first?",
        "How do people price a one-day workshop for a company of thirty?",
        "Our landlord wants to renew for three years. Is one year a fair ask?",
        "Can somebody recommend a way to back up two terabytes of photos?",
        "What is a sensible first hire for a café that opens in spring?",
        "Does a trade fair still make sense for a company of four people?",
        "How long does a first customer interview take, and how do you record it?",
        "Has anyone tested paid newsletters? I wonder whether they bring buyers.",
        "Which insurance do you have for things you ship by sea?",
        "We lost a big order because of one late email. How do you organise your inbox?",
        "Is there a simple way to check that a supplier really exists?",
        "What do you do when a good employee asks to work from another country?",
    ),
}
STATEMENTS: dict[str, tuple[str, ...]] = {
    "zh": (
        "做了八年婚礼摄影，三百多场，能带新人。",
        "我们有一个两百平的排练厅，工作日白天可以借。",
        "开过两家面馆，选址和房东谈判踩过不少坑。",
        "手里有一支十人的电话客服团队，晚班也能接。",
        "熟悉展会搭建，从设计到拆场都做过。",
        "写过五年财经稿，可以帮忙改新闻通稿。",
        "会修老式缝纫机，附近街坊都找我。",
        "在学校教体育，周末带青少年篮球营。",
        "我叫小陈，武汉人，刚从媒体转行做餐饮。",
        "两个孩子的爸爸，喜欢钓鱼，话不多。",
        "管过一个八百人的读书会，连续办了四年。",
        "做印刷的，名片到画册都能印，一百本起。",
    ),
    "en": (
        "Ten years of bookkeeping for small shops; I can read a messy ledger.",
        "A van and two drivers, free on Tuesdays and Thursdays.",
        "I ran a summer festival for 4,000 people and kept every checklist.",
        "Fluent in Spanish and Portuguese, happy to proofread.",
        "A woodworking shop with a laser cutter, open to members at weekends.",
        "I have hired and trained forty baristas.",
        "I am Tom, a teacher who became a product manager by accident.",
        "Retired engineer, two grandchildren, one sailing boat.",
        "We print labels on recycled paper from 500 pieces.",
        "A mailing list of 2,300 parents in the north of the city.",
        "I repair espresso machines and teach others how to do it.",
        "Three seasons of running a farmers' market stall, figures included.",
    ),
}
