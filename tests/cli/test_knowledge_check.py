"""What an operator is told about a broken file: file, line, field and what is allowed, all mistakes at once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from copilot.assets import knowledge_dir
from copilot.cli.knowledge_check import Finding, check_folder
from copilot.cli.main import app

PLAYBOOK = (knowledge_dir() / "playbooks" / "dinner.zh-CN.yaml").read_text(encoding="utf-8")
FRAMEWORK = (knowledge_dir() / "frameworks" / "teardown.en.yaml").read_text(encoding="utf-8")
ARTICLE = """---
id: parking
title: Where to park
locale: en
reviewed_on: 2026-11-01
tags: [place]
---
## Behind the house
Ask at the gate.
"""


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def line_with(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if words in line)


def found(folder: Path) -> list[Finding]:
    return check_folder(folder, [knowledge_dir()]).findings


@pytest.mark.slow
def test_a_sound_folder_has_no_finding_and_is_counted(tmp_path: Path) -> None:
    put(tmp_path, "playbooks/dinner.zh-CN.yaml", changed(PLAYBOOK, "title: 晚餐局", "title: 我们的饭局"))
    put(tmp_path, "articles/parking.en.md", ARTICLE)
    put(tmp_path, "README.md", "ours")
    report = check_folder(tmp_path, [knowledge_dir()])
    assert report.findings == []
    assert {name: count for name, count in report.files.items() if count} == {"playbooks": 1, "articles": 1}


@pytest.mark.slow
def test_the_shipped_knowledge_passes_its_own_check() -> None:
    report = check_folder(knowledge_dir())
    assert report.findings == []
    assert report.files == {"playbooks": 20, "articles": 16, "frameworks": 22, "care": 2, "agreements": 8}


# Ten playbooks with a mistake each: the line changed, the field named, what the sentence says.
BROKEN_PLAYBOOKS = {
    "unknown field": ("default_minutes: 150", "defualt_minutes: 150", "defualt_minutes", ["unknown field", "allowed here", "did you mean default_minutes?"]),
    "unknown kind": ("kind: qa", "kind: questions", "agenda.4.kind", ["'opening'", "'networking'", "found 'questions'"]),
    "unknown unit": ("unit: per_event", "unit: per_table", "cost_lines.2.unit", ["'per_meal'", "found 'per_table'"]),
    "unknown language": ("locale: zh-CN", "locale: zh", "locale", ["'zh-CN' or 'en'", "found 'zh'"]),
    "prices out of order": ("min_cents: 8000", "min_cents: 99000", "cost_lines.0", ["'meals'", "min <= typical <= max"]),
    "a price with a decimal point": ("typical_cents: 3000,", "typical_cents: 3000.5,", "cost_lines.1.typical_cents", ["integer", "found '3000.5'"]),
    "minutes that are none": ("min_minutes: 10, max_minutes: 25", "min_minutes: ten, max_minutes: 25", "agenda.0.min_minutes", ["integer", "found 'ten'"]),
    "more than the shortest slot": ("min_minutes: 90", "min_minutes: 60", "agenda", ["at least 75 minutes", "min_minutes (60)"]),
    "an unknown role": ("owner_role: host", "owner_role: butler", "prep_tasks.0", ["unknown role 'butler'", "known: host, logistics, starter"]),
    "a task that waits for nothing": ("depends_on: [topic]", "depends_on: [weather]", "prep_tasks.1", ["unknown task 'weather'"]),
    "an unknown placeholder": ("聊「{topic}」", "聊「{subject}」", "promotion.0.text", ["{subject}", "allowed:", "{topic}"]),
    "a phone number": ("AA 的发明细", "请打 13800138000", "follow_up.1.title", ["phone"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN_PLAYBOOKS)
def test_a_broken_playbook_is_named_by_line_and_field_with_what_is_allowed(tmp_path: Path, case: str) -> None:
    old, new, name, words = BROKEN_PLAYBOOKS[case]
    text = changed(PLAYBOOK, old, new)
    path = put(tmp_path, "playbooks/dinner.zh-CN.yaml", text)
    findings = [finding for finding in found(tmp_path) if finding.field == name]
    assert findings, found(tmp_path)
    expected = line_with(text, "agenda:" if case == "more than the shortest slot" else new)
    assert (findings[0].file, findings[0].line) == (str(path), expected)
    assert all(word in findings[0].message for word in words), findings[0].message


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    broken = changed(changed(PLAYBOOK, "kind: qa", "kind: questions"), "unit: per_event", "unit: per_table")
    put(tmp_path, "playbooks/dinner.zh-CN.yaml", broken)
    put(tmp_path, "frameworks/teardown.en.yaml", changed(FRAMEWORK, "kind: prize", "kind: medal"))
    put(tmp_path, "articles/parking.en.md", changed(ARTICLE, "title:", "titel:"))
    told = [str(finding) for finding in found(tmp_path)]
    assert len(told) == 5  # the article lacks a title and has an unknown field
    assert any("'exposure', 'red_packet', 'prize' or 'card'" in line and "incentives.1.kind" in line for line in told)
    assert any("parking.en.md:3: titel: unknown field" in line for line in told)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("playbooks/dinner.zh-CN.yaml", "id: [", "is not valid YAML"),
        ("playbooks/dinner.zh-CN.yaml", "id: a\nid: b\n", "line 2: key 'id' appears twice"),
        ("playbooks/dinner.en.yaml", PLAYBOOK, "must end in .zh-CN.yaml"),
        ("playbooks/mine.zh-CN.yaml", changed(PLAYBOOK, "id: dinner", "id: mine"), "use that id to replace it"),
        ("playbooks/dinner.zh-CN.json", "{}", "only files ending in .yaml or .yml belong in playbooks/"),
        ("playbook/dinner.zh-CN.yaml", PLAYBOOK, "did you mean playbooks?"),
        ("articles/parking.en.md", "# Where to park", "must begin with front matter"),
        ("articles/parking.en.md", ARTICLE.split("##", maxsplit=1)[0], "has no text below the front matter"),
        ("articles/parking.en.md", changed(ARTICLE, "2026-11-01", "soon"), "found 'soon'"),
        ("frameworks/other.en.yaml", FRAMEWORK, "must be named teardown.en.yaml"),
        ("frameworks/mine.en.yaml", changed(FRAMEWORK, "key: teardown", "key: mine"), "missing in zh-CN"),
        ("frameworks/teardown.en.yaml", changed(FRAMEWORK, "{know}", "{secret}"), "unknown placeholders: secret; known: ask"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used_are_refused_with_the_reason(tmp_path: Path, name: str, text: str, said: str) -> None:
    put(tmp_path, name, text)
    assert any(said in str(finding) for finding in found(tmp_path)), found(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "playbooks/dinner.zh-CN.yaml", "")
    path.write_bytes("标题".encode("gb18030"))
    assert "is not UTF-8" in str(found(tmp_path)[0])


def test_an_empty_or_missing_folder_says_what_belongs_there(tmp_path: Path) -> None:
    assert "playbooks/, articles/, frameworks/" in found(tmp_path)[0].message
    assert found(tmp_path / "typo")[0].message == "there is no such folder"


def test_the_command_names_mistakes_and_leaves_with_an_error(tmp_path: Path) -> None:
    put(tmp_path, "playbooks/dinner.zh-CN.yaml", changed(PLAYBOOK, "kind: qa", "kind: questions"))
    run = CliRunner().invoke(app, ["knowledge", "check", str(tmp_path)])
    assert run.exit_code != 0
    assert "agenda.4.kind" in run.output
    answer = CliRunner().invoke(app, ["knowledge", "check", str(tmp_path), "--json"])
    assert answer.exit_code == 1
    document = json.loads(answer.output)
    assert document["valid"] is False
    assert document["findings"][0]["line"] == line_with(PLAYBOOK, "kind: qa")


@pytest.mark.slow
def test_the_command_accepts_a_copy_of_what_ships(tmp_path: Path) -> None:
    shutil.copytree(knowledge_dir(), tmp_path / "own", ignore=shutil.ignore_patterns(".keep"))
    run = CliRunner().invoke(app, ["knowledge", "check", str(tmp_path / "own")])
    assert run.exit_code == 0, run.output
    assert "20 playbooks, 16 articles, 22 frameworks, 2 files of care, 8 agreements" in run.output
