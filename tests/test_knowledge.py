from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from copilot.assets import knowledge_dir
from copilot.errors import KnowledgeInvalid, NotFound
from copilot.knowledge import KnowledgeBase
from tests.playbook_sample import PLAYBOOK

ARTICLE = """---
id: newcomers
title: 新人的第一周
locale: zh-CN
reviewed_on: 2026-11-01
tags: [新人, 氛围]
---
开头的话。

# 第一天

欢迎新人，请他介绍自己。

## 第一周

```
## 不是标题
```
把问题转给能回答的人。
### 小标题
继续。

## 空的一节

"""


def write_playbook(folder: Path, name: str | None = None, **changes: Any) -> Path:
    data = {**deepcopy(PLAYBOOK), **changes}
    path = folder / "playbooks" / (name or f"{data['format']}.{data['locale']}.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def write_article(folder: Path, text: str = ARTICLE, name: str = "newcomers.zh-CN.md") -> Path:
    path = folder / "articles" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_playbook(tmp_path)
    write_article(tmp_path)
    return tmp_path


def test_playbooks_are_found_by_format_and_language(folder: Path) -> None:
    knowledge = KnowledgeBase.load([folder])
    assert knowledge.playbook("meetup", "zh-CN").id == "meetup-basic"
    assert [book.format for book in knowledge.playbooks("zh-CN")] == ["meetup"]
    assert knowledge.playbooks("en") == []
    with pytest.raises(NotFound) as caught:
        knowledge.playbook("concert", "zh-CN")
    assert caught.value.data["known"] == ["meetup"]


def test_articles_fall_into_passages_that_can_be_cited(folder: Path) -> None:
    knowledge = KnowledgeBase.load([folder])
    article = knowledge.article("newcomers", "zh-CN")
    assert [(p.id, p.heading) for p in article.passages] == [
        ("newcomers#1", "新人的第一周"),
        ("newcomers#2", "第一天"),
        ("newcomers#3", "第一周"),
    ]
    assert "## 不是标题" in article.passages[2].text
    assert "### 小标题" in article.passages[2].text
    assert knowledge.passage("newcomers#2", "zh-CN").text == "欢迎新人，请他介绍自己。"
    for wrong in ("newcomers#9", "newcomers", "none#1", ""):
        with pytest.raises(NotFound):
            knowledge.passage(wrong, "zh-CN")


def test_search_ranks_passages_by_the_words_they_share(folder: Path) -> None:
    write_article(folder, ARTICLE.replace("newcomers", "other").replace("新人", "老人"), "other.zh-CN.md")
    knowledge = KnowledgeBase.load([folder])
    hits = knowledge.search("怎么欢迎新人介绍自己", "zh-CN")
    assert hits[0].passage.id == "newcomers#2"
    assert all(a.score >= b.score > 0 for a, b in pairwise(hits))
    assert len(knowledge.search("新人", "zh-CN", n=1)) == 1
    for nothing in ("", "quantum", "!!!"):
        assert knowledge.search(nothing, "zh-CN") == []
    assert knowledge.search("新人", "en") == []
    assert knowledge.search("新人", "fr") == []


def test_scores_by_hand(tmp_path: Path) -> None:
    """Two passages of three words ("head", two of text), no length effect: idf = ln(1 + 1.5 / 1.5) = ln 2, tf 1."""
    head = "---\nid: a\ntitle: head\nlocale: en\nreviewed_on: 2026-11-01\n---\n"
    write_article(tmp_path, f"{head}# head\nred apple\n# head\ngreen pear\n", "a.en.md")
    (hit,) = KnowledgeBase.load([tmp_path]).search("apple", "en")
    assert hit.score == pytest.approx(0.693147, abs=1e-6)


def test_an_operators_folder_overrides_by_id_and_adds(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    write_playbook(own, title="我们自己的见面会")
    write_playbook(own, id="walk", format="walk", title="散步")
    knowledge = KnowledgeBase.load([folder, own])
    assert knowledge.playbook("meetup", "zh-CN").title == "我们自己的见面会"
    assert len(knowledge.playbooks("zh-CN")) == 2
    assert knowledge.articles("zh-CN")


def test_two_playbooks_for_one_format_are_refused_with_the_way_out(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    write_playbook(own, id="rival")
    with pytest.raises(KnowledgeInvalid, match="use that id to replace it"):
        KnowledgeBase.load([folder, own])


def test_one_id_twice_in_a_folder_is_refused(folder: Path) -> None:
    write_playbook(folder, name="again.zh-CN.yaml")
    with pytest.raises(KnowledgeInvalid, match="already used by"):
        KnowledgeBase.load([folder])


def test_a_wrong_field_is_named_with_its_file(folder: Path) -> None:
    path = write_playbook(folder, headcount_max=0, colour="red")
    with pytest.raises(KnowledgeInvalid) as caught:
        KnowledgeBase.load([folder])
    assert caught.value.data["file"] == str(path)
    assert set(caught.value.data["fields"]) == {"headcount_max", "colour"}  # type: ignore[call-overload]  # a list
    assert "headcount_max" in caught.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no front matter", "front matter"),
        (ARTICLE.replace("2026-11-01", "soon"), "reviewed_on"),
        (ARTICLE.replace("id: newcomers", "id: New Comers"), "id"),
        (ARTICLE.replace("title:", "titel:"), "titel"),
        (ARTICLE.replace("locale: zh-CN", "locale: en"), r"must end in \.en\.md"),
        (ARTICLE.split("开头", maxsplit=1)[0], "passages"),
    ],
)
def test_wrong_articles_are_refused(folder: Path, text: str, said: str) -> None:
    write_article(folder, text)
    with pytest.raises(KnowledgeInvalid, match=said):
        KnowledgeBase.load([folder])


def test_files_that_do_not_belong_are_refused_rather_than_ignored(folder: Path) -> None:
    (folder / "playbooks" / "salon.zh-CN.json").write_text("{}", encoding="utf-8")
    with pytest.raises(KnowledgeInvalid, match="only files ending in"):
        KnowledgeBase.load([folder])


def test_a_folder_without_knowledge_is_a_mistake_in_the_settings(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeInvalid, match="neither"):
        KnowledgeBase.load([tmp_path / "typo"])


def test_no_folder_gives_an_empty_base() -> None:
    assert KnowledgeBase.load([]).playbooks("en") == []


@pytest.mark.slow
def test_the_shipped_knowledge_is_valid_in_both_languages() -> None:
    knowledge = KnowledgeBase.load([knowledge_dir()])
    assert [b.format for b in knowledge.playbooks("en")] == [b.format for b in knowledge.playbooks("zh-CN")]
    assert [a.id for a in knowledge.articles("en")] == [a.id for a in knowledge.articles("zh-CN")]


@pytest.mark.slow
def test_ten_formats_and_the_articles_of_an_operator_are_shipped() -> None:
    knowledge = KnowledgeBase.load([knowledge_dir()])
    for locale in ("zh-CN", "en"):
        assert len(knowledge.playbooks(locale)) >= 10
        assert {article.id for article in knowledge.articles(locale)} >= {
            "atmosphere", "content", "incentives", "newcomers", "resource-exchange", "room-actions", "room-messages", "stars",
        }  # fmt: skip
        for book in knowledge.playbooks(locale):
            assert len(book.risks) >= 3
            assert len(book.feedback_questions) >= 3
            assert len(book.interactions) >= 3
            assert book.promotion
            assert book.follow_up
            assert book.metrics


@pytest.mark.slow
def test_food_is_paid_by_the_meal_in_every_format_that_can_run_over_a_mealtime() -> None:
    for book in KnowledgeBase.load([knowledge_dir()]).playbooks("zh-CN"):
        meals = [line for line in book.cost_lines if line.key == "meals"]
        # At a dinner everybody eats, whatever the hour; nobody is fed over a screen.
        expected = {"dinner": ["per_person"], "online_talk": []}.get(book.format, ["per_meal"])
        assert [line.unit for line in meals] == expected, book.format


@pytest.mark.slow
def test_a_folder_with_frameworks_alone_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "frameworks").mkdir()
    assert KnowledgeBase.load([knowledge_dir(), tmp_path]).playbooks("en")


def test_prices_follow_the_level_of_a_currency_and_a_line_may_name_its_own(tmp_path: Path) -> None:
    lines = deepcopy(PLAYBOOK)["cost_lines"]
    lines[0].update(min_cents=2000, typical_cents=3333, max_cents=10_000)
    lines.append({**lines[0], "key": "other"})
    lines[1]["prices"] = {"EUR": {"min_cents": 1, "typical_cents": 2, "max_cents": 3}}
    write_playbook(tmp_path, cost_lines=lines)
    (tmp_path / "price_levels.yaml").write_text("levels: {EUR: 0.25, JPY: 20}", encoding="utf-8")
    knowledge = KnowledgeBase.load([tmp_path])

    def prices(code: str, line: int) -> tuple[int, int, int]:
        found = knowledge.playbook("meetup", "zh-CN", code).cost_lines[line]
        return found.min_cents, found.typical_cents, found.max_cents

    # 33.33 yuan at a level of 0.25 are 8.33 euros, in two figures 8.30; in yen, 20 x 33.33 = 667, in two figures 670.
    assert prices("EUR", 0) == (500, 830, 2500)
    assert prices("JPY", 0) == (400, 670, 2000)
    assert prices("EUR", 1) == (1, 2, 3)
    with pytest.raises(NotFound, match="GBP"):
        knowledge.playbook("meetup", "zh-CN", "GBP")


@pytest.mark.parametrize(
    "text", ["levels: {XXX: 1}", "levels: {EUR: 0}", "levels: {EUR: .nan}", "levels: {CNY: 2}", "{"]
)
def test_wrong_price_levels_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "price_levels.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeInvalid):
        KnowledgeBase.load([tmp_path])
