"""Every sentence the event feature writes itself, in Chinese and English. Texts for one format live in its playbook."""

from __future__ import annotations

_SENTENCES: dict[str, tuple[str, str]] = {
    # Refusals
    "date_in_past": (
        "{day} {time} 已经过去了（现在是 {now}）。请给一个将来的日期。",
        "{day} {time} is already past (it is {now} now). Please give a day in the future.",
    ),
    "date_too_far": ("{day} 离现在超过两年，请给一个近一些的日期。", "{day} is more than two years away; please give a nearer day."),
    "duration_too_short": (
        "「{format}」至少需要 {minimum} 分钟，给的是 {minutes} 分钟。请加长时间，或换一种形式。",
        "This kind of event needs at least {minimum} minutes; {minutes} were given. Make it longer or choose another format.",
    ),
    "duration_too_long": (
        "「{format}」最多排 {maximum} 分钟，给的是 {minutes} 分钟。请缩短时间，或拆成几场。",
        "This kind of event can fill at most {maximum} minutes; {minutes} were given. Make it shorter or split it.",
    ),
    "agenda_does_not_fit": (
        "这些环节需要 {minimum} 到 {maximum} 分钟，排不进 {minutes} 分钟。请改时长，或换一种形式。",
        "These parts take {minimum} to {maximum} minutes and cannot fill {minutes}. Change the length or the format.",
    ),
    "withdrawn": (
        "方案里的人或资源在起草期间撤回了，请再试一次。",
        "A person or resource of this plan was withdrawn while it was drafted; ask again.",
    ),
    "budget_short": (
        "{headcount} 人的「{format}」最低也要 {minimum}（已去掉可选项、按最低价、含预留金），预算上限只有 {cap}。请提高预算、减少人数，或换一种形式。",
        "This kind of event costs at least {minimum} for {headcount} people (optional lines dropped, lowest prices, reserve included), but the cap is {cap}. Raise the cap, invite fewer people or choose another format.",
    ),
    "empty_brief": ("需求是空的：请用一句话说想办什么活动。", "The brief is empty: say in a line what event you want."),
    "brief_too_long": ("需求最多 {limit} 个字符。", "A brief has at most {limit} characters."),
    "brief_field": ("{field}不对：{bounds}", "{field} is wrong: {bounds}"),
    "bounds.headcount": ("人数应在 2 到 5000 之间。", "the head count must be from 2 to 5,000."),
    "bounds.duration_minutes": (
        "时长应在 15 分钟到 3 天之间。",
        "the length must be from 15 minutes to 3 days.",
    ),
    "bounds.budget_cents": ("预算应在 0 到 1000 万之间。", "the budget must be from 0 to 10 million."),
    "bounds.other": ("超出允许的范围或格式不对。", "it is out of bounds or has the wrong form."),
    "negative_amount": (
        "「{said}」是负数。人数和金额请写成正数再试一次。",
        "“{said}” is below zero. Please give head counts and amounts as positive numbers.",
    ),
    "unknown_format": ("没有「{format}」这种形式；可选：{known}", "There is no format “{format}”; known: {known}"),
    "plan_checks_failed": (
        "模板「{playbook}」在这个需求下排不出可靠的方案：{why}",
        "The playbook {playbook} makes no sound plan of this brief: {why}",
    ),
    # Why the model's draft was given up
    "degraded.model_unavailable": ("模型服务连接不上或返回错误", "the model endpoint could not be reached or answered with an error"),
    "degraded.model_timeout": ("模型没有在规定时间内回答", "the model did not answer in time"),
    "degraded.model_refused": ("模型服务拒绝了请求", "the model endpoint declined the request"),
    "degraded.model_output_invalid": ("模型的回答修正一次后仍不合格式", "the model's answer was still malformed after one repair"),
    "degraded.budget_exceeded": ("今天的模型用量已经用完", "the daily token budget is used up"),
    "degraded.budget_short": ("模型选的数量超出预算", "the quantities the model chose do not fit the budget"),
    "degraded.agenda_does_not_fit": ("模型排的环节填不满或超出时间", "the model's agenda does not fit the slot"),
    "degraded.checks_failed": ("模型的草稿没有通过检查：{why}", "the model's draft failed a check: {why}"),
    "degraded.other": ("模型调用出错", "the model call failed"),
    # Questions
    "ask.starts_on": ("活动定在哪一天？没有说的话，先按 {default} 排。", "Which day is it? Until you say, the plan uses {default}."),
    "ask.start_time": ("几点开始？没有说的话，先按 {default}。", "When does it start? Until you say, the plan uses {default}."),
    "ask.slot": (
        "这是社区自己的活动到场最有把握的时段：{slot}到场率 {rate}%（{events} 场）。",
        " By the community's own record that is when people come most surely: {rate}% on {slot} ({events} events).",
    ),
    "ask.headcount": ("预计多少人到场？没有说的话，先按 {default} 人算。", "How many people will come? Until you say, the plan counts {default}."),
    "ask.topic": ("活动的主题是什么？没有说的话，先用「{default}」。", "What is it about? Until you say, the plan uses “{default}”."),
    "ask.budget_cents": (
        "预算上限是多少{currency}？没有说的话，只给估算，不设上限。",
        "What is the budget cap in {currency}? Until you say, the plan gives an estimate without a cap.",
    ),
    "ask.city": ("在哪个城市办？没有说的话，先按{default}。", "Which city? Until you say, the plan uses {default}."),
    "ask.format": ("想用哪种形式？没有说的话，先按「{default}」来排。", "Which format? Until you say, the plan is a {default}."),
    "ask.foreign_currency": (
        "预算写的是 {said}，社区按{currency}算账，这里不做换算。上限是多少{currency}？没有说的话，只给估算，不设上限。",
        "The budget is given as {said}, but the community counts in {currency} and nothing is converted here. What is the cap in {currency}? Until you say, the plan gives an estimate without a cap.",
    ),
    "ask.per_head_differs": (
        "人均和总预算对不上：{said}。以哪个为准？先按较低的 {default}。",
        "The budget per person and the total disagree: {said}. Which one holds? The plan keeps to the lower, {default}.",
    ),
    "ask.day_over": (
        "「{said}」已经过去或所剩无几，先按 {default} 排。是这一天吗？",
        "Little or nothing is left of “{said}”; the plan uses {default}. Is that the day?",
    ),
    "ask.per_head_without_headcount": (
        "给的是人均预算（{said}），但没有人数。一共多少人、总预算上限多少？",
        "The budget is per person ({said}) but the head count is missing. How many people, and what is the cap in total?",
    ),
    "ask.several_values": ("{field}有几个说法：{said}。以哪个为准？先按 {default}。", "The brief gives several values for {field}: {said}. Which one holds? The plan uses {default}."),
    "ask.no_such_day": ("没有 {said} 这一天。改成哪天？先按 {default} 排。", "There is no such day as {said}. Which day is meant? The plan uses {default}."),
    "ask.no_such_time": ("没有 {said} 这个时间。几点开始？先按 {default}。", "There is no such time as {said}. When does it start? The plan uses {default}."),
    "ask.weekday_differs": ("日期和星期对不上：{said}。以哪个为准？先按 {default}。", "The date and the weekday disagree: {said}. Which one holds? The plan uses {default}."),
    "ask.month_or_day_first": ("{said} 是几月几日？先按 {default}。", "Is {said} month first or day first? The plan uses {default}."),
    "ask.online_and_offline": ("既说线上又说线下（{said}）。以哪个为准？先按线下排。", "The brief says both online and in person ({said}). Which one? The plan is in person."),
    "ask.nearest_format": (
        "「{said}」还没有专门的流程，先按最接近的一种形式来排。这样可以吗？也可以换成沙龙、聚会、工作坊等形式。",
        "There is no playbook for “{said}”; the plan follows the nearest format. Is that all right, or should it be a salon, a meet-up or a workshop?",
    ),
    # Assumptions
    "assume.start_time": ("开始时间没有说，先按 {value}。", "The start time was not given; {value} is assumed."),
    "assume.afternoon": ("「{said}」先当作 {value}。", "“{said}” is taken to mean {value}."),
    "assume.duration_minutes": ("时长没有说，先按 {value} 分钟。", "The length was not given; {value} minutes are assumed."),
    "assume.days": (
        "{days} 天的活动按每天 {start}–{end} 排，晚上休息，最后一天 {last} 结束；要通宵或改时间请告诉我。",
        "The {days} days run from {start} to {end} each, nights free, and end at {last} on the last day; say so if the hours should differ.",
    ),
    "assume.default": ("{field}没有说，先按 {value}。", "{field} was not given; {value} is assumed."),
    "assume.audience": ("面向谁没有说，先按「{value}」。", "The audience was not given; “{value}” is assumed."),
    "note.outside_headcount": (
        "「{format}」一般适合 {low}–{high} 人，这次是 {headcount} 人，请留意现场安排。",
        "A {format} usually suits {low}–{high} people; this one has {headcount}, so mind the set-up.",
    ),
    "note.holiday": ("{day} 是{name}，到场率可能偏低，请确认日期。", "{day} is {name}; turn-out may be low, please confirm the day."),
    "note.swap": ("{day} 是调休上班日，白天的活动请确认时间。", "{day} is a working day in exchange for a holiday; confirm the hours."),
    "note.ends_late": ("结束时间是 {time}，偏晚，请确认交通和场地关门时间。", "It ends at {time}, which is late; confirm transport and when the venue closes."),
    "note.extra_rounds": ("时间比这种形式的常见长度长，已加开 {count} 轮，请确认内容。", "The slot is longer than usual for this format; {count} more rounds were added, please confirm the content."),
    "note.slot": (
        "社区自己的记录：{here}到场率 {rate}%（{events} 场），{best}到场率 {best_rate}%（{best_events} 场）；日子还能动的话可以考虑换。",
        "The community's own record: {rate}% came on {here} ({events} events), {best_rate}% on {best} ({best_events} events); consider it if the day can move.",
    ),
    # Terms of venues against the event
    "terms.days": ("「{name}」写明“{value}”，和 {day} 冲突：换场地、换日子，或先和提供方商量。", "“{name}” says “{value}”, which is against {day}: change the place or the day, or ask the owner first."),
    "terms.closes": ("「{name}」{value} 前要清场，活动 {end} 结束：提前收尾，或和提供方商量。", "“{name}” closes at {value} but the event ends at {end}: end earlier or ask the owner."),
    "terms.opens": ("「{name}」{value} 以后才能用，活动 {start} 开始：推迟开始，或和提供方商量。", "“{name}” can be used from {value} but the event starts at {start}: start later or ask the owner."),
    "terms.longest": ("「{name}」一次最多用 {value} 小时，这次更长：缩短，或和提供方商量。", "“{name}” is lent for {value} hours at most and this is longer: make it shorter or ask the owner."),
    "terms.notice": ("「{name}」要提前 {value} 天说，已经来不及：今天就联系提供方。", "“{name}” wants {value} days' notice and that is past: call the owner today."),
    "terms.no_screen": ("「{name}」没有投影或屏幕：请借一台带去，或换场地。", "“{name}” has no projector or screen: borrow one or change the place."),
    "confirm.named_place": (
        "场地用您说的「{place}」：社区里没有它的记录，「{need}」这一项请确认能否使用、能容纳 {headcount} 人、费用和开放时间。",
        "The place you named, “{place}”, is no record of the community. For “{need}”, confirm that it can be used and holds {headcount} people, what it costs and when it closes.",
    ),
    "confirm.travel": (
        "{name} 在{there}，活动在{here}：确认能否到场，差旅不在预算里；来不了就改成连线或换人。",
        "{name} lives in {there} and the event is in {here}: confirm that they can come; travel is not in the budget. Otherwise connect them by video or ask somebody else.",
    ),
    "confirm.closed": (
        "闭门活动：不公开宣传；照片、记录和发言外发之前先征得在场的人同意。",
        "Closed door: nothing is announced in public; ask those present before any photo, note or quote leaves the room.",
    ),
    # Turns
    "pace.stage": ("本段 {minutes} 分钟，每个 {each} 分钟，最多排 {count} 个。", "{minutes} minutes at {each} each: {count} at most."),
    "pace.round": ("本段 {minutes} 分钟，每轮 {each} 分钟，最多 {count} 轮。", "{minutes} minutes at {each} a round: {count} rounds at most."),
    "pace.squeezed": ("本段只有 {minutes} 分钟，不够一个完整的 {each} 分钟：只排一个，讲短一些。", "Only {minutes} minutes, less than the {each} for one: take one and keep it short."),
    "pace.groups": (
        "{headcount} 个人轮流说一圈时间不够：分成 {groups} 组同时进行，每组 {size} 人左右，{minutes} 分钟里每人 {each} 分钟。",
        "There is no time for {headcount} people in one round: make {groups} groups of about {size}, all at once, {each} minutes each within {minutes}.",
    ),
    # Invitations of a closed event
    "invite.title": ("逐个邀请", "personal invitations"),
    "invite.text": (
        "{date} {time}，{city}，想请你来聊「{topic}」：关起门来的小范围，一共 {headcount} 位，只请收到这条消息的人。来不来都请回我一声。",
        "I would like to have you with us on {date} at {time} in {city}: {topic}, behind closed doors, {headcount} people, by this message only. Please tell me either way.",
    ),
    "invite.ask_title": ("问一个想带来的问题", "ask for a question"),
    "invite.ask_text": (
        "名单差不多定了。关于「{topic}」，你最想听在座的人说哪一段真事？我按大家的问题排顺序。",
        "The list is nearly complete. On {topic}, which true story would you like to hear from those at the table? The order follows the questions.",
    ),
    "invite.reminder_title": ("行前提醒", "reminder"),
    "invite.reminder_text": (
        "明天 {time} 见，{place}。全程不录音、不外发；临时来不了请今天告诉我。",
        "See you tomorrow at {time}, {place}. Nothing is recorded or passed on; if you cannot come, tell me today.",
    ),
    "invite.channel": ("私聊", "direct message"),
    # Fields
    "field.starts_on": ("日期", "the day"),
    "field.start_time": ("开始时间", "the start time"),
    "field.duration_minutes": ("时长", "the length"),
    "field.headcount": ("人数", "the head count"),
    "field.budget_cents": ("预算", "the budget"),
    "field.city": ("城市", "the city"),
    "field.format": ("形式", "the format"),
    "field.topic": ("主题", "the topic"),
    "field.online": ("线上还是线下", "online or in person"),
    "field.daily_minutes": ("每天时长", "the length of a day"),
    "field.place": ("地点", "the place"),
    "field.audience": ("面向", "the audience"),
    "field.goals": ("目标", "the goals"),
    "field.closed": ("参加方式", "admission"),
    # What was understood of a brief
    "understood": ("{field}：{value}（原文“{words}”）", "{field}: {value} (from “{words}”)"),
    "understood.same": ("{field}：{value}", "{field}: {value}"),
    "understood.online": ("方式", "held"),
    "value.minutes": ("{count} 分钟", "{count} minutes"),
    "value.days": ("{count} 天", "{count} days"),
    "value.headcount": ("{count} 人", "{count} people"),
    "value.no_cap": ("不设上限", "no cap"),
    "value.online.yes": ("线上", "online"),
    "value.online.no": ("线下", "in person"),
    "value.closed.yes": ("闭门，只发邀请", "by invitation only"),
    "value.closed.no": ("公开", "open"),
    # Plan content
    "audience.default": ("社区成员", "members of the community"),
    "audience.closed": ("受邀成员", "invited members"),
    "topic.default": ("{community}交流", "{community} exchange"),
    "title": ("{topic} · {format}", "{topic} — {format}"),
    "title.online": ("{topic} · 线上{format}", "{topic} — online {format}"),
    "goal": (
        "围绕「{topic}」，让 {headcount} 位{audience}到场，并做到：{targets}。",
        "Bring {headcount} {audience} together on “{topic}” and reach: {targets}.",
    ),
    "goal.target": ("{title}不低于 {target}", "{title} of at least {target}"),
    "goal.target_none": ("至少 {count} 人填写反馈", "at least {count} people answer the feedback questions"),
    "place.online": ("线上", "online"),
    "place.to_confirm": ("{city}（场地待定）", "{city} (venue to confirm)"),
    "place.named": ("{place}（待确认）", "{place} (to be confirmed)"),
    "place.announced": ("{city}（具体地点会在报名后告诉你）", "{city} (the address follows after sign-up)"),
    "city.ours": ("同城", "our city"),
    "slot": ("{weekday}{part}", "{weekday} {part}s"),
    "slot.weekdays": ("周一 周二 周三 周四 周五 周六 周日", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    "slot.parts": ("上午 下午 晚上", "morning afternoon evening"),
    "place.no_city": ("场地待定", "venue to confirm"),
    "break.title": ("休息", "Break"),
    "break.meal": ("用餐与休息", "Meal and rest"),
    "break.night": ("散场休息，明天继续", "Night: the room is closed"),
    "part": ("{title}({number})", "{title} ({number})"),
    "round": ("{title}·第 {number} 轮", "{title}, round {number}"),
    "invite": (
        "按过往到场率 {rate}%（{events} 场、{signups} 人次报名），开放 {open} 个报名名额。",
        "At the past turn-out of {rate}% ({events} events, {signups} sign-ups), open {open} places.",
    ),
    "invite.playbook": (
        "社区还没有足够的到场记录，先按这种形式常见的到场率 {rate}%，开放 {open} 个报名名额，请确认。",
        "There are too few records of turn-out; at {rate}%, usual for this format, open {open} places. Please confirm.",
    ),
    "lesson": ("上次「{title}」的教训：{lesson}", "Lesson of “{title}”: {lesson}"),
    "confirm.role": ("「{role}」由谁担任，待定。", "Who takes the role “{role}” is to be confirmed."),
    "confirm.role_pick": ("请与 {name} 确认能否担任「{role}」。", "Ask {name} whether they can be the {role}."),
    "confirm.speaker": ("「{segment}」的分享人待定。", "The speaker of “{segment}” is to be confirmed."),
    "confirm.resource": ("「{need}」还没有合适的社区资源，待定。", "No resource of the community fits “{need}” yet; to be confirmed."),
    "confirm.resource_pick": ("请确认「{name}」当天可用，条件：{terms}", "Confirm that “{name}” is free that day; terms: {terms}"),
    "confirm.terms_unknown": ("未写明", "not stated"),
    "confirm.capacity": ("「{name}」没有写明容量，请确认能容纳 {headcount} 人。", "“{name}” does not state its capacity; confirm that it holds {headcount} people."),
    "confirm.price": ("所有价格都是常见区间内的估计，下单前请询价。", "All prices are estimates within usual ranges; ask for quotes before ordering."),
    "confirm.removed": ("模型写的一段文字含有无法核实的联系方式、链接、价格、日期或人名，或不是社区的语言，已换成模板文字：{where}", "A text by the model held a contact, link, price, date or name that no record supports, or was in another language; the playbook's text was used: {where}"),
    "budget.covered": ("由「{name}」提供（条件：{terms}），不计费用", "provided by “{name}” (terms: {terms}), no cost counted"),
    "speaker.unknown": ("一位做过的朋友", "somebody who has done it"),
    "why.hosted": ("主持过「{title}」", "hosted “{title}”"),
    # Run sheet
    "run.setup": ("布置与设备测试", "Set up and test the equipment"),
    "run.setup_online": ("开房间，试音试屏", "Open the room, test sound and screen"),
    "run.doors": ("签到开放", "Doors open, check-in"),
    "run.doors_online": ("观众进场", "People join"),
    "run.teardown_online": ("保存录屏和聊天记录，发反馈问卷", "Save recording and chat, send the feedback form"),
    "run.teardown": ("收场、物品清点、发反馈问卷", "Clear up, count the equipment, send the feedback form"),
}  # fmt: skip


def say(locale: str, key: str, **values: object) -> str:
    """Return one sentence in the language of `locale`."""
    chinese, english = _SENTENCES[key]
    return (english if locale == "en" else chinese).format(**values)


def both(key: str, **values: object) -> dict[str, str]:
    """Return one sentence in both languages, for errors that travel to clients."""
    return {"zh-CN": say("zh-CN", key, **values), "en": say("en", key, **values)}


def slot_name(locale: str, weekday: int, part: int) -> str:
    """Return what people call a part of the week: weekday 0 is Monday, part 0 to 2 morning to evening."""
    name = say(locale, "slot.weekdays").split()[weekday]
    return say(locale, "slot", weekday=name, part=say(locale, "slot.parts").split()[part])


def has_sentence(key: str) -> bool:
    """Whether a sentence with this key exists."""
    return key in _SENTENCES


def amount(target: float, unit: str) -> str:
    """Return a number with its unit: 75%, 12 场, 4.3 points."""
    return f"{target:g}{unit}" if unit == "%" else f"{target:g} {unit}"
