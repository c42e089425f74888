"""The shipped frameworks, and what is refused in an operator's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.assets import knowledge_dir
from copilot.errors import KnowledgeInvalid, NotFound
from copilot.topics.frameworks import FrameworkLibrary, fill

LIBRARY = FrameworkLibrary.load([knowledge_dir()])
MINE = """key: mine
locale: {locale}
title: My way
when_to_use: When it fits.
cues: [mine]
titles: ["{{ask}} my way"]
openings: ["I say"]
outline:
  - {{heading: One, questions: ["What?"]}}
  - {{heading: Two, questions: ["{question}"]}}
closing: Go on.
voice_seconds: 60
short_chars: 300
article_chars: 900
"""


def write(folder: Path, locale: str = "en", question: str = "Who?", name: str = "") -> Path:
    (folder / "frameworks").mkdir(parents=True, exist_ok=True)
    path = folder / "frameworks" / (name or f"mine.{locale}.yaml")
    path.write_text(MINE.format(locale=locale, question=question), encoding="utf-8")
    return path


def test_there_are_at_least_six_in_both_languages() -> None:
    keys = [item.key for item in LIBRARY.all("zh-CN")]
    assert len(keys) >= 6
    assert keys == [item.key for item in LIBRARY.all("en")]
    assert {"postmortem", "pitfalls", "tool_review", "checklist", "before_after", "interview"} <= set(keys)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_text_fills_without_a_rest(locale: str) -> None:
    values = dict.fromkeys(("ask", "know", "asker", "channel"), "X")
    for item in LIBRARY.all(locale):
        texts = [*item.titles, *item.openings, item.closing, *item.show]
        texts += [text for step in item.outline for text in (step.heading, *step.questions)]
        assert not any("{" in fill(text, values) for text in texts)


def test_values_are_not_read_for_placeholders_again() -> None:
    assert fill("{ask}!", {"ask": "{know}", "know": "no"}) == "{know}!"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("备案的流程和步骤，第一步要准备什么材料？", "checklist"),
        ("合同里的条款会不会有坑，怕被骗", "pitfalls"),
        ("走A还是走B，两种有什么区别，哪个更合适？", "comparison"),
        ("毫无线索的一句话", "interview"),
    ],
)
def test_the_cues_of_the_question_choose(question: str, expected: str) -> None:
    assert LIBRARY.choose("zh-CN", question, "").key == expected


def test_a_set_varies_its_frameworks() -> None:
    first = LIBRARY.choose("zh-CN", "请教大家怎么看", "")
    assert LIBRARY.choose("zh-CN", "请教大家怎么看，多少钱", "", [first.key] * 3).key != first.key


def test_an_unknown_key_is_not_found() -> None:
    with pytest.raises(NotFound):
        LIBRARY.get("rhapsody", "en")


def test_an_operators_framework_joins_and_overrides(tmp_path: Path) -> None:
    write(tmp_path), write(tmp_path, "zh-CN")
    keys = [item.key for item in FrameworkLibrary.load([knowledge_dir(), tmp_path]).all("en")]
    assert "mine" in keys
    assert len(keys) == len(LIBRARY.all("en")) + 1


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"question": "{secret}?"}, "unknown placeholders: secret"),
        ({"name": "other.en.yaml"}, "must be named mine.en.yaml"),
        ({}, "missing in zh-CN"),
    ],
    ids=["placeholder", "file name", "one language"],
)
def test_a_faulty_framework_is_refused_with_the_reason(tmp_path: Path, options: dict[str, str], what: str) -> None:
    write(tmp_path, **options)
    with pytest.raises(KnowledgeInvalid, match=what):
        FrameworkLibrary.load([tmp_path])


def test_no_framework_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeInvalid):
        FrameworkLibrary.load([tmp_path])


def test_before_and_after_is_chosen_only_where_the_members_own_figures_hold_both() -> None:
    question = "这笔费用一年要多少钱，比例怎么算？"
    assert LIBRARY.choose("zh-CN", question, "服务过四十家品牌").key != "before_after"
    assert LIBRARY.choose("zh-CN", question, "获客成本降了三成七").key == "before_after"
    assert LIBRARY.choose("zh-CN", "", "获客成本降了三成七", is_gap=True).key == "before_after"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ("民政补贴怎么申请我跑过三轮，表都留着", "checklist"),
        ("类目里的退货原因我拆过九千条", "pitfalls"),
        ("两地灯光音响搭建商十九家，底价我都有", "resource_guide"),
        ("A public spreadsheet comparing 23 serving set-ups side by side", "comparison"),
        ("关键词唤醒跑在八块钱的芯片上，待机1.1毫安", "teardown"),
        ("失败案例和事故都留着", "postmortem"),
        ("凌晨三点开始，每天如此", "day_in_the_life"),
        ("这一行干了二十年", "pitfalls"),  # again and again
        ("一件说不清类别的东西", "teardown"),
    ],
)
def test_a_gap_gets_the_framework_of_what_was_done(known: str, expected: str) -> None:
    assert LIBRARY.choose("zh-CN", "", known, is_gap=True).key == expected


def test_no_framework_that_repeats_a_question_is_taken_for_a_gap() -> None:
    for locale in ("zh-CN", "en"):
        assert {item.key for item in LIBRARY.all(locale) if item.needs_question} == {"interview", "debate"}
