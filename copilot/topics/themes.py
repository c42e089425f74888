"""Rising themes: words that questions hold more often in the last week than in the weeks before. Arithmetic only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from copilot.community.demand import Question
from copilot.language.words import content_words
from copilot.topics.demand_models import Theme

LATELY = timedelta(days=7)
_FEWEST_ASKERS = 2
_FEWEST_USES = 3
# Words of asking itself, in pairs of characters: what a question is about is something else.
_ASKING_WORDS = (
    "教各 教大 教一 求助 各位 大概 一般 怎样 前辈 多少 哪个 哪里 哪些 几个 不用 需要 应该 想做 做过 用过 有人 真正 比较 直接 比如 "
    "第一 一次 一步 一套 两个 三个 每天 每个 已经 问个 个问 问题 想听 听说 看看 好意 意思 谢谢 多久 还要 能不 不能 没人 别人 手上 "
    "question work use need know want good make way one two first ask help people much many"
)
_ASKING = frozenset(_ASKING_WORDS.split())
_LEAST_RISE = 1.5
_MOST_EXAMPLES = 5


def rising_themes(asked: Sequence[Question], newest: datetime, limit: int) -> list[Theme]:
    """Return up to `limit` words, the steepest rise first; each was used three times, by two people at least, in the last week.

    rise = (lately + 1) / (expected + 1), where expected is what the rate before would give in a week of so many
    questions. With no question before, nothing can be said to rise.
    """
    new = [question for question in asked if question.asked_at > newest - LATELY]
    old = [question for question in asked if question.asked_at <= newest - LATELY]
    if not new or not old:
        return []
    lately, before = _uses(new), _uses(old)
    themes = []
    for word, found in lately.items():
        if (
            word in _ASKING
            or word.isdigit()
            or len(found) < _FEWEST_USES
            or len({question.asker_id for question in found}) < _FEWEST_ASKERS
        ):
            continue
        expected = len(before.get(word, [])) * len(new) / len(old)
        rise = (len(found) + 1) / (expected + 1)
        if rise >= _LEAST_RISE:
            themes.append(
                Theme(
                    word=word, lately=len(found), before=len(before.get(word, [])),
                    rate_lately=round(100 * len(found) / len(new), 1),
                    rate_before=round(100 * len(before.get(word, [])) / len(old), 1), rise=round(rise, 3),
                    examples=[question.id for question in reversed(found)][:_MOST_EXAMPLES],
                )
            )  # fmt: skip
    themes.sort(key=lambda theme: (-theme.rise, -theme.lately, theme.word))
    return _without_parts(themes)[:limit]


def _uses(asked: Sequence[Question]) -> dict[str, list[Question]]:
    found: dict[str, list[Question]] = {}
    for question in asked:
        for word in sorted(content_words(question.text)):
            found.setdefault(word, []).append(question)
    return found


def _without_parts(themes: Sequence[Theme]) -> list[Theme]:
    """Return themes with different examples: pairs of characters cut from one longer word are one theme."""
    kept: list[Theme] = []
    for theme in themes:
        if all(theme.examples != other.examples for other in kept):
            kept.append(theme)
    return kept
