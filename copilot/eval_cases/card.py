"""The card of an export: where the cases come from, how many, what was left out, what redaction does and does not do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from copilot.eval_cases.models import CaseFile

_ABOUT: Mapping[str, Mapping[str, str]] = {
    "en": {
        "decisions": "what detectors found and messages drawn unflagged, with a moderator's verdict (`label`)",
        "claims": "messages that records contradicted, with a moderator's verdict (`label`)",
        "matches": "members' last words on their matches, with the score of that moment",
        "topics": "suggested topics, and whether their members were asked and said yes",
        "plans": "briefs, checks of the first draft, and what people changed",
    },
    "zh-CN": {
        "decisions": "检测器发现的和随机抽查的消息，附管理员的认定（`label`）",
        "claims": "与社区记录矛盾的消息，附管理员的认定（`label`）",
        "matches": "成员对推荐的最后答复，附当时的分数",
        "topics": "推荐过的选题，以及是否约稿、对方是否答应",
        "plans": "活动简报、初稿的检查结果、人做过的修改",
    },
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Cases from a community",
        "origin": "Exported from production for evaluation: version {version}, {day}, export `{export}`.",
        "table": "| file | rows | left out | what |",
        "consent": "Words are only those of members who let machines read them and are not hidden; the others' rows have no words, or are not here. "
        "Messages kept for care, and decisions that were taken back, are not here.",
        "redaction": "Names, handles, numbers, addresses, accounts and links are placeholders, ids are hashes that hold within this export alone. "
        "Companies, places and what somebody tells of their life are NOT found, nor are names of members who were erased, which nobody knows any more: "
        "read the files before anybody else does.",
        "bias": "Known bias: only what a detector or a member raised, or chance drew, was decided at all, so recall is that of `source: audit` alone; "
        "moderators saw scores before they decided; members who gave no consent are missing; silence on a match is no answer.",
        "use": "Measure the installed product on it: `python -m eval run --suite community --cases-from FOLDER`.",
    },
    "zh-CN": {
        "title": "来自社区的评测案例",
        "origin": "从生产数据导出，供评测使用：版本 {version}，{day}，导出编号 `{export}`。",
        "table": "| 文件 | 行数 | 未包含 | 内容 |",
        "consent": "只含允许智能处理且未隐藏的成员所写的话；其他人的行没有原文，或不在其中。关怀专用的消息和被撤销的裁决不在其中。",
        "redaction": "姓名、@名、号码、邮箱、账号和链接已换成占位符，编号是只在本次导出内有效的散列。公司名、地点和个人经历不会被识别，已删除成员的名字系统不再知道，也不会被识别：给别人之前请先读一遍。",
        "bias": "已知偏差：只有检测器或成员提出的、以及随机抽到的消息才有裁决，所以召回率只看 `source: audit`；管理员裁决前看得到分数；不同意的成员不在其中；对推荐沉默不算答复。",
        "use": "用它衡量当前版本：`python -m eval run --suite community --cases-from 文件夹`。",
    },
}  # fmt: skip


def render_card(locale: str, manifest: Mapping[str, Any], files: Sequence[CaseFile]) -> str:
    """Return the card as Markdown, in the community's language."""
    words, about = _WORDS[locale], _ABOUT[locale]
    lines = [f"# {words['title']}", ""]
    lines += [words["origin"].format(version=manifest["format_version"], day=manifest["exported_on"], export=manifest["export_id"]), ""]  # fmt: skip
    lines += [words["table"], "| --- | --- | --- | --- |"]
    for file in files:
        left = ", ".join(f"{reason} {n}" for reason, n in sorted(file.left_out.items()) if n) or "0"
        lines.append(f"| `{file.name}` | {len(file.rows):,} | {left} | {about[file.what]} |")
    for part in ("consent", "redaction", "bias", "use"):
        lines += ["", words[part]]
    return "\n".join(lines) + "\n"
