"""Every sentence recognition writes itself, in Chinese and English; the rules' own words are in `knowledge/`."""

from __future__ import annotations

from typing import Final

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "why.award": ("{label}：{who}，记 {points} 分（基础分 {base}{factors}）。", "{label}: {who}, {points} points (base {base}{factors})."),
    "why.reversal": ("撤回一条「{label}」：{reason}，{points} 分。", "A “{label}” entry was taken back: {reason}, {points} points."),
    "who.member": ("来自{name}", "by {name}"),
    "who.gone": ("来自一位已离开的成员", "by a member who has left"),
    "who.hidden": ("来自一位成员", "by a member"),
    "who.staff": ("由运营人员确认", "confirmed by the community's staff"),
    "factor.day": ("，同一天的同类行为 ×{share}", ", further acts of that day x{share}"),
    "factor.pair": ("，同一对成员之间重复 ×{share}", ", again between the same two x{share}"),
    "factor.breadth": ("，对方感谢过的人还不多 ×{share}", ", the giver has thanked few people yet x{share}"),
    "factor.ring": ("，互相送分 ×{share}", ", points that come back to the giver x{share}"),
    "reason.taken_back": ("依据已被收回", "its evidence was withdrawn"),
    "reason.gamed": ("运营人员认定为刷分", "the operators found it gamed"),
    "reason.mistake": ("记错了", "it was a mistake"),
    "points.none": ("还没有积分：积分来自别人的感谢、归还和签到，自己发言不计分。", "No points yet: they come from what others do in return (thanks, returns, check-ins), never from one's own posting."),
    "points.one": ("共 {points} 分，来自 1 条记录。", "{points} points from 1 entry."),
    "points.some": ("共 {points} 分，来自 {entries} 条记录。", "{points} points from {entries} entries."),
    "board.empty": ("这个赛季还没有人上榜。", "Nobody is on this board yet."),
    "award.best_contributor": ("最佳贡献", "Best contributor"),
    "award.best_helper": ("最佳答主", "Best helper"),
    "award.best_write_up": ("最佳文章", "Best write-up"),
    "gift.text": ("建议给{name}发 {amount}的红包，感谢本季的 {points} 分贡献（{label}最多）。只是建议，由人来发。", "Suggestion: a red packet of {amount} for {name}, thanking for {points} points this season (mostly {label}). A suggestion only; a person sends it."),
    "gift.none": ("这个赛季还没有可以建议的成员。", "There is nobody to suggest for this season yet."),
    "refused.days": ("days 在 1 到 {limit} 之间", "days is from 1 to {limit}"),
    "refused.acts": ("{days} 天里的行为超过 {limit} 条，请先取更短的时间", "more than {limit} acts in {days} days; take fewer days first"),
    "refused.is_reversal": ("撤回记录不能再撤回", "a reversal is not reversed"),
    "refused.reversed": ("这条记录已经撤回过了", "it was reversed already"),
    "refused.rules": ("最多同时启用 {limit} 条规则", "at most {limit} rules are on at once"),
    "refused.self": ("不能感谢自己", "nobody thanks themselves"),
    "refused.newcomer": ("只有入群 {days} 天内的成员能感谢欢迎", "only who joined within {days} days thanks for a welcome"),
    "refused.season_times": ("赛季的结束要晚于开始，最长 {days} 天", "a season ends after it starts, within {days} days"),
    "refused.in_team": ("{name} 已在本赛季的另一支队伍里", "{name} is in another team of this season"),
    "refused.team_name": ("本赛季已有同名队伍", "a team of this season has this name already"),
    "refused.not_shown": ("该成员不参加排行和表彰", "this member does not want to be shown"),
    "refused.no_team": ("没有找到合适的队伍", "no team was found"),
    "refused.decided": ("已经有人决定过了", "somebody decided it already"),
    "refused.stock": ("已经兑完了", "there is none left"),
    "refused.points": ("积分不够：需要 {cost}，可用 {free}", "not enough points: it costs {cost}, {free} are free"),
    "refused.closed": ("这项奖励已下架", "this reward is no longer offered"),
    "refused.days_ahead": ("开始日期在今天到 {limit} 天之内", "it starts from today to {limit} days ahead"),
    "refused.nobody": ("还没有可以展示的成员", "there is nobody to show yet"),
    "refused.not_kept": ("最终榜还没有留下：赛季结束后一小时内才有", "there is no final board yet: it is kept within an hour of the season's end"),
    "refused.milestone": ("没有第 {number} 个里程碑", "there is no milestone {number}"),
}  # fmt: skip


def say(locale: str, key: str, **values: object) -> str:
    """Return a sentence in the community's language; values are data and are not read for placeholders."""
    return _SENTENCES[key][0 if locale == "zh-CN" else 1].format(**values)


def both(key: str, **values: object) -> dict[str, str]:
    """Return a sentence in every language, for an error that does not know who reads it."""
    return {locale: say(locale, key, **values) for locale in ("zh-CN", "en")}


def number(hundredths: int) -> str:
    """Return points for a sentence: `12`, `3.5`, `-0.25`."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
