"""What people are told of cuts, back-tests and audits, in Chinese and English."""

from __future__ import annotations

from typing import Any

_SAID: dict[str, tuple[str, str]] = {
    "too_few": (
        "裁决太少：{n} 件（要 {needed} 件）。要有 {precision:.0%} 的把握说精确率够高，至少要这么多件、件件成立。",
        (
            "Too few decisions ({n} of {needed}): it takes that many, all upheld, before a precision of {precision:.0%} "
            "can be said to be reached."
        ),
    ),
    "no_cut": (
        "没有哪个分数线的精确率下限够得着 {precision:.0%}；最好的是 {cut:.2f}：{hits}/{n}，下限 {low:.0%}。",
        (
            "At no cut does the lower bound reach a precision of {precision:.0%}; the best is {cut:.2f}: {hits} of {n}, "
            "lower bound {low:.0%}."
        ),
    ),
    "proposed": (
        "从 {cut:.2f} 起请人看：已裁决的 {n} 件里 {hits} 件成立，精确率 {value:.0%}（95 % 区间 {low:.0%}–{high:.0%}）。要有人确认才生效。",
        (
            "Ask a person from {cut:.2f} on: {hits} of {n} decided cases were upheld, precision {value:.0%} "
            "(95 % interval {low:.0%}-{high:.0%}). Nothing changes until somebody sets it."
        ),
    ),
    "bias": (
        "只有被标出、被举报或被抽查的消息有人看过。分数线以下没看过的不等于没问题；线最低只能提到看过的最低分。",
        (
            "Only what was flagged, reported or drawn by chance was ever looked at. What lies below is unknown, not clean; "
            "no cut below the lowest score anybody decided on is proposed."
        ),
    ),
    "cut_range": (
        "分数线在 {lowest} 到 1 之间；更低的分数根本不记。",
        "A cut lies between {lowest} and 1; lower scores are not noted at all.",
    ),
    "nothing_to_set": (
        "分数线和换算至少给一个。想回到出厂设置，用 reset。",
        "Give a cut, a curve or both; to go back to what was shipped, use reset.",
    ),
    "curve_too_few": (
        "裁决太少，算不出换算：{n} 件，要 {needed} 件。",
        "Too few decisions for a curve: {n} of {needed}.",
    ),
    "reason_missing": ("请写明理由，别人以后要看。", "Say why: others will want to know later."),
    "shipped_already": ("这一类现在就是出厂设置。", "This category is as shipped already."),
    "precision_range": ("想要的精确率在 0.5 到 0.99 之间。", "A precision to aim for lies between 0.5 and 0.99."),
    "recall": (
        "估计每 100 条该管的消息里管到 {value:.0%}（95 % 区间 {low:.0%}–{high:.0%}）：{found} 件成立；抽查 {looked} 条没标的，{missed} 条其实违规。",
        (
            "About {value:.0%} of what should be found is found (95 % interval {low:.0%}-{high:.0%}): {found} messages upheld; "
            "of {looked} unflagged ones looked at by chance, {missed} were violations."
        ),
    ),
    "recall_thin": (
        "还说不出召回率：抽查过 {looked} 条（要 {needed} 条）。",
        "No recall yet: {looked} of {needed} unflagged messages were looked at.",
    ),
    "looked_already": ("这条已经有人看过。", "Somebody has looked at this one already."),
    "audit_category": (
        "判为违规要写明类别，没违规就不写。",
        "A violation names its category, and only a violation does.",
    ),
    "pattern_refused": (
        "这个表达式不能用：{why}。可以用：字、.、[类]、|、括号、?、{{m,n}}（n 不超过 40，且只跟在单个字后面）。",
        (
            "This pattern is refused: {why}. It may hold characters, ., [classes], |, groups, ? and {{m,n}} with n up to 40 "
            "after a single character."
        ),
    ),
    "no_such_detector": ("没有叫 {name} 的检测器；现有：{known}。", "There is no detector {name}; there are: {known}."),
    "no_such_model": (
        "数据目录的 models/ 下没有 {name}。",
        "There is no folder {name} under models/ of the data folder.",
    ),
    "known_only": (
        "精确率和召回率只对有人看过的 {n} 件而言（{bad} 件违规）。没人看过的不算对也不算错，列在“没看过”里。",
        (
            "Precision and recall are of the {n} cases that somebody looked at ({bad} violations). What nobody looked at "
            "counts neither way and is listed as unlabelled."
        ),
    ),
}


def said(key: str, locale: str, **values: Any) -> str:
    """Return a sentence in the language of `locale`."""
    zh, en = _SAID[key]
    return (zh if locale == "zh-CN" else en).format(**values)


def refusal(key: str, **values: Any) -> dict[str, Any]:
    """Return an error's English message and its sentences by language, as keyword arguments."""
    zh, en = _SAID[key]
    return {"message": en.format(**values), "sentence": {"zh-CN": zh.format(**values), "en": en.format(**values)}}
