"""What is written first to somebody: gentle, in both languages, and never a diagnosis."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from copilot.assets import knowledge_dir
from copilot.care.library import CareLibrary, draft_for
from copilot.care.wording import STATUS, found_sentence
from copilot.community.distress import DistressKind
from copilot.errors import KnowledgeInvalid

DIAGNOSES = re.compile(
    r"抑郁|焦虑症|躁郁|双相|障碍|确诊|病|depress|anxiety|bipolar|disorder|diagnos|\bill\b|patient", re.IGNORECASE
)
LIBRARY = CareLibrary.load([knowledge_dir()])


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("kind", list(DistressKind))
def test_a_draft_names_the_member_and_diagnoses_nothing(locale: str, kind: DistressKind) -> None:
    words = LIBRARY.text(locale).first_words[kind]
    draft = draft_for(words, "{name}·小林")
    assert "{name}·小林" in draft
    assert not DIAGNOSES.search(words.draft)
    assert words.steps
    assert words.with_helplines == (kind is DistressKind.SELF_HARM)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_helpline_says_where_it_was_read_and_when(locale: str) -> None:
    text = LIBRARY.text(locale)
    assert text.check_before_use
    assert all(line.source and line.reviewed_on <= date(2026, 11, 30) for line in text.helplines)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_why_it_is_here_says_from_which_chance_on_and_that_it_is_no_diagnosis(locale: str) -> None:
    by_model, by_words = (found_sentence(locale, "burnout", threshold) for threshold in (0.12, 0.0))
    assert "12" in by_model
    assert "0" not in by_words
    assert all(("不是诊断" if locale == "zh-CN" else "no diagnosis") in told for told in (by_model, by_words))
    assert len(STATUS[locale]) == 4


def test_operators_replace_the_words_of_a_language(tmp_path: Path) -> None:
    own = (knowledge_dir() / "care" / "words.en.yaml").read_text(encoding="utf-8").replace("116 123", "0800 00 00")
    (tmp_path / "care").mkdir()
    (tmp_path / "care" / "words.en.yaml").write_text(own, encoding="utf-8")
    replaced = CareLibrary.load([knowledge_dir(), tmp_path])
    assert any(line.reach == "call 0800 00 00" for line in replaced.text("en").helplines)
    assert replaced.text("zh-CN") == LIBRARY.text("zh-CN")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("reviewed_on: 2026-11-22", "reviewed_on: soon", "helplines"),
        ("locale: en", "locale: en\nphone: 1", "phone"),
        ("Hi {name}, I saw", "Hi, I saw", "first_words"),
        ("Hi {name}, I saw", "Hi {name} {secret}, I saw", "first_words"),
        ("  burnout:", "  tired:", "first_words"),
    ],
)
def test_a_file_that_does_not_validate_is_refused(tmp_path: Path, old: str, new: str, field: str) -> None:
    text = (knowledge_dir() / "care" / "words.en.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "care").mkdir()
    (tmp_path / "care" / "words.en.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(KnowledgeInvalid) as refused:
        CareLibrary.load([knowledge_dir(), tmp_path])
    assert any(field in name for name in refused.value.data["fields"])


def test_without_a_language_there_is_no_library(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeInvalid):
        CareLibrary.load([tmp_path])
