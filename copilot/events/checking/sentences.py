"""What checks say, in Chinese and English: one sentence when they pass, one per problem when they do not."""

from __future__ import annotations

_PASSED: dict[str, tuple[str, str]] = {
    "agenda_contiguous": ("议程首尾相接，没有空档和重叠", "the agenda has no gaps and no overlaps"),
    "agenda_fills_slot": ("议程正好填满活动时间", "the agenda fills the slot exactly"),
    "breaks": ("没有过长的连续时段", "no stretch without a break is too long"),
    "speaker_once": ("每位分享人只在一处上场", "every speaker is in one place at a time"),
    "budget_sums": ("预算各项之和等于合计", "the budget lines sum to the total"),
    "budget_within_cap": ("合计加预留不超过上限", "total and reserve stay within the cap"),
    "budget_sane": ("单价和数量都在合理范围", "prices and quantities are within their ranges"),
    "dates_ordered": ("任务日期有先后、不在过去", "tasks are in order and not in the past"),
    "times_consistent": ("开始、结束和流程表时间一致", "start, end and run sheet agree"),
    "records_exist": ("人和资源都来自社区记录", "people and resources are records of the community"),
    "venue_capacity": ("场地容得下到场人数", "the venue holds the head count"),
    "claims_supported": (
        "没有查无出处的联系方式、链接、价格或人名",
        "no contact, link, price or name without a record",
    ),
    "language": ("文字使用社区的语言", "texts are in the community's language"),
    "nothing_leaked": ("没有泄露提示词或内部编号", "nothing of the prompt and no internal id shows"),
    "goal_measurable": ("目标带数字，可以衡量", "the goal has numbers to judge by"),
    "risks_complete": ("每个风险都有征兆、对策和负责人", "every risk has a trigger, a fallback and an owner"),
    "owners_known": ("每项任务都有负责的角色", "every task has an owner role"),
    "unknowns_listed": ("未定的事都列入待确认", "everything unknown is listed to confirm"),
    "meals_in_time": ("饭点有饭，夜里散场", "meals are at mealtimes and nights are free"),
    "venue_terms": (
        "场地条件与活动相符，不符的已列入待确认",
        "the terms of the place fit, or what does not is listed to confirm",
    ),
    "travel_noted": ("外地的人是否能到已列入待确认", "who would have to travel is listed to confirm"),
    "turns_fit": (
        "轮流发言的时间够用，或写明了怎么分组",
        "there is time for everybody's turn, or it says how people part",
    ),
    "place_known": ("地点是社区记录，或已列入待确认", "the place is a record or listed to confirm"),
    "closed_door": ("闭门活动只私下邀请", "a closed event is made known by personal messages only"),
    "messages_ready": ("发给成员的文字没有待定字样", "messages for guests leave nothing open"),
    "holidays_noted": ("节假日已标注", "holidays are noted"),
}
_PROBLEMS: dict[str, tuple[str, str]] = {
    "agenda_contiguous": ("「{title}」从第 {start} 分钟开始，应为第 {expected} 分钟", "“{title}” starts at minute {start} instead of {expected}"),
    "agenda_empty": ("议程是空的，或有时长为零的环节", "the agenda is empty or a part has no minutes"),
    "agenda_fills_slot": ("议程共 {end} 分钟，活动是 {slot} 分钟", "the agenda ends at minute {end}, the slot has {slot}"),
    "breaks": ("连续 {minutes} 分钟没有休息，最多 {limit} 分钟", "{minutes} minutes without a break; {limit} are the most"),
    "speaker_once": ("{name} 同一时间出现在两处", "{name} is in two places at the same time"),
    "line_sum": ("「{title}」的数量乘单价不等于小计", "“{title}”: quantity times price is not its total"),
    "total_sum": ("合计 {total}，各项之和 {sum}", "the total is {total}, the lines sum to {sum}"),
    "other_cap": ("预算上限 {sum} 与要求的 {cap} 不符", "the plan's cap is {sum}, the brief's is {cap}"),
    "over_cap": ("合计加预留 {sum}，超过上限 {cap}", "total and reserve are {sum}, the cap is {cap}"),
    "no_reserve": ("预留金不足", "the reserve is too small"),
    "line_unknown": ("「{title}」不在这种形式的费用清单里，或重复出现", "“{title}” is no cost line of this format or appears twice"),
    "line_absurd": ("「{title}」的单价或数量不合理", "“{title}” has an absurd price or quantity"),
    "task_past": ("「{title}」的日期 {day} 已经过去", "“{title}” is due on {day}, which is past"),
    "task_late": ("「{title}」的日期 {day} 在活动之后", "“{title}” is due on {day}, after the event"),
    "task_early": ("「{title}」的日期 {day} 在活动之前", "“{title}” is due on {day}, before the event"),
    "task_order": ("「{title}」排在它依赖的「{other}」之前", "“{title}” is due before “{other}”, on which it depends"),
    "time_past": ("活动开始时间已经过去", "the event starts in the past"),
    "time_mismatch": ("时间与需求不一致", "the times differ from the brief"),
    "run_sheet": ("流程表时间没有先后", "the run sheet is out of order"),
    "record_unknown": ("{name}（{id}）不在候选记录里", "{name} ({id}) is not among the candidate records"),
    "record_altered": ("{name} 的名字或依据与记录不符", "the name or the words of {name} differ from the record"),
    "capacity": ("「{name}」容纳 {capacity} 人，少于 {headcount} 人", "“{name}” holds {capacity} people, fewer than {headcount}"),
    "text": ("{where}：{why}", "{where}: {why}"),
    "goal_measurable": ("目标里没有数字", "the goal has no number"),
    "risk_incomplete": ("「{title}」缺少征兆、对策或负责人", "“{title}” lacks a trigger, a fallback or an owner"),
    "owner_unknown": ("「{title}」没有可识别的负责角色", "“{title}” has no known owner role"),
    "unlisted": ("「{title}」未定，却没有列入待确认", "“{title}” is unknown but not listed to confirm"),
    "no_meal": ("{time} 前后该吃饭，议程里没有用餐时间", "around {time} people must eat and the agenda has no meal"),
    "no_night": ("{time} 该散场休息，议程里没有", "at {time} people go home and the agenda does not say so"),
    "at_night": ("「{title}」排在散场以后", "“{title}” runs while the room is closed"),
    "turns": ("「{title}」{note}", "“{title}”: {note}"),
    "place_unknown": ("地点「{place}」不是社区记录，也没有人提过", "the place “{place}” is no record and nobody named it"),
    "place_unlisted": ("「{place}」没有列入待确认", "“{place}” is not listed to confirm"),
    "not_closed": ("闭门活动的「{title}」发到了{channel}", "“{title}” of a closed event goes to {channel}"),
    "unready": ("「{title}」里写着“{said}”", "“{title}” says “{said}”"),
    "on_holiday": ("「{title}」落在{name}，请留意", "“{title}” falls on {name}"),
    # What a text may not hold
    "leak": ("含有提示词或内部编号的内容", "it shows parts of the prompt or an internal id"),
    "language": ("不是社区使用的语言", "it is not in the community's language"),
    "claim.phone": ("含有没有出处的电话", "it holds a phone number that no record supports"),
    "claim.email": ("含有没有出处的邮箱", "it holds an e-mail address that no record supports"),
    "claim.link": ("含有没有出处的链接", "it holds a link that no record supports"),
    "claim.account": ("含有没有出处的账号", "it holds an account that no record supports"),
    "claim.price": ("含有没有出处的价格（金额由系统计算）", "it holds a price that no record supports (amounts are computed by code)"),
    "claim.date": ("含有没有出处的日期或钟点（时间由系统计算）", "it holds a day or hour that no record supports (times are computed by code)"),
    "claim.person": ("含有没有出处的人名（只能用给定的编号选人）", "it names a person that no record supports (pick people by their codes only)"),
    # What a model is told
    "unknown_segments": ("segments 里有不存在的 key：{said}。只能用：{known}", "segments hold unknown keys: {said}. Use only: {known}"),
    "unknown_picks": ("选了不存在的编号：{said}。只能用：{known}", "unknown codes were picked: {said}. Use only: {known}"),
    "unusable_text": ("{where}：{why}", "{where}: {why}"),
}  # fmt: skip


def passed(locale: str, name: str) -> str:
    """Return the sentence of a check that passed."""
    chinese, english = _PASSED[name]
    return english if locale == "en" else chinese


def problem(locale: str, key: str, **values: object) -> str:
    """Return the sentence of a problem."""
    chinese, english = _PROBLEMS[key]
    return (english if locale == "en" else chinese).format(**values)


def check_names() -> list[str]:
    """Return the names of all checks, in the order in which they run."""
    return list(_PASSED)
