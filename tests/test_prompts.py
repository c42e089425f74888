from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.assets import prompts_dir
from copilot.errors import NotFound, PromptInvalid
from copilot.prompts import LOCK_NAME, Prompt, PromptLibrary, check, lock, main

HEAD = {
    "id": "events/plan", "version": "1", "locale": "en", "feature": '"events:plan"',
    "variables": "[brief, lessons]", "output": "PlanDraft",
}  # fmt: skip
BODY = "# system\nYou plan events.\n\n# user\n{{ brief }}\n{% if lessons %}\nLessons: {{ lessons }}\n{% endif %}\n"


def write(folder: Path, body: str = BODY, name: str | None = None, **head: Any) -> Path:
    fields = {**HEAD, **head}
    path = folder / (name or f"{fields['id']}.{fields['locale']}.md")
    path.parent.mkdir(parents=True, exist_ok=True)
    front = "".join(f"{key}: {value}\n" for key, value in fields.items() if value is not None)
    path.write_text(f"---\n{front}---\n{body}", encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for locale in ("en", "zh-CN"):
        write(tmp_path, locale=locale)
    return tmp_path


def test_a_prompt_is_rendered_with_its_origin(folder: Path) -> None:
    prompt = PromptLibrary.load(folder).get("events/plan", "en")
    rendered = prompt.render({"brief": "A meetup", "lessons": ""})
    assert (rendered.system, rendered.user) == ("You plan events.", "A meetup")
    assert (rendered.prompt_id, rendered.version, rendered.locale) == ("events/plan", 1, "en")
    assert rendered.hash == prompt.hash
    assert prompt.render({"brief": "A", "lessons": "Start early"}).user == "A\nLessons: Start early"


def test_every_wrong_variable_is_named_at_once(folder: Path) -> None:
    prompt = PromptLibrary.load(folder).get("events/plan", "zh-CN")
    with pytest.raises(PromptInvalid) as caught:
        prompt.render({"breif": "x", "lessons": 3})  # type: ignore[dict-item]  # the mistake under test
    assert caught.value.data["problems"] == ["missing brief", "unknown breif", "lessons is not text"]


@pytest.fixture(scope="module")
def prompt(tmp_path_factory: pytest.TempPathFactory) -> Prompt:
    folder = tmp_path_factory.mktemp("prompts")
    for locale in ("en", "zh-CN"):
        write(folder, locale=locale)
    return PromptLibrary.load(folder).get("events/plan", "en")


@given(text=st.text(max_size=200))
def test_values_are_data_and_never_read_as_template(prompt: Prompt, text: str) -> None:
    value = f"a{{{{ lessons }}}}{text}b"
    assert prompt.render({"brief": value, "lessons": ""}).user == value


def test_a_value_beyond_the_bound_is_refused(folder: Path) -> None:
    prompt = PromptLibrary.load(folder).get("events/plan", "en")
    with pytest.raises(PromptInvalid, match="longer than 100000"):
        prompt.render({"brief": "x" * 100_001, "lessons": ""})


def test_all_values_together_are_bounded_too(folder: Path) -> None:
    for locale in ("en", "zh-CN"):
        write(folder, body=BODY.replace("{{ brief }}", "{{ brief }}" * 3), locale=locale)
    prompt = PromptLibrary.load(folder).get("events/plan", "en")
    with pytest.raises(PromptInvalid, match="once filled in"):
        prompt.render({"brief": "x" * 90_000, "lessons": ""})


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"version": "0"}, "version"),
        ({"version": "one"}, "version"),
        ({"id": "plan"}, "id"),
        ({"id": "../plan"}, "id"),
        ({"locale": "fr"}, "locale"),
        ({"feature": "events"}, "feature"),
        ({"output": None}, "output"),
        ({"temperature": "1"}, "temperature"),
        ({"variables": "[brief]"}, "lessons is used but not declared"),
        ({"variables": "[brief, lessons, extra]"}, "extra is declared but not used"),
        ({"variables": "[brief, lessons, brief]"}, "declared twice"),
        ({"variables": "[Brief, lessons]"}, "variables"),
    ],
)
def test_front_matter_is_validated(folder: Path, head: dict[str, Any], said: str) -> None:
    path = write(folder, name="events/plan.en.md", **head)
    with pytest.raises(PromptInvalid, match=said) as caught:
        PromptLibrary.load(folder)
    assert caught.value.data["file"] == str(path)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("no sections", "sections"),
        ("# user\nx\n# system\ny", "sections"),
        ("# system\n\n# user\nx {{ brief }}{{ lessons }}", "empty"),
        ("# system\nx\n# user\n{{ brief }{{ lessons }}", "template"),
        ("# system\nx\n# user\n{% for x in brief %}{{ x }}{% endfor %}{{ lessons }}", "only place variables"),
        ("# system\nx\n# user\n{{ brief.__class__ }}{{ lessons }}", "only place variables"),
        ("# system\nx\n# user\n{% include 'a' %}{{ brief }}{{ lessons }}", "only place variables"),
        ("# system\nx\n# user\n{{ brief|upper }}{{ lessons }}", "only place variables"),
    ],
)
def test_sections_and_templates_are_validated(folder: Path, body: str, said: str) -> None:
    write(folder, body=body)
    with pytest.raises(PromptInvalid, match=said):
        PromptLibrary.load(folder)


def test_both_languages_are_required(folder: Path) -> None:
    (folder / "events/plan.en.md").unlink()
    with pytest.raises(PromptInvalid, match="missing in en"):
        PromptLibrary.load(folder)


@pytest.mark.parametrize("head", [{"version": "2"}, {"feature": '"events:draft"'}, {"output": "Other"}])
def test_languages_must_agree(folder: Path, head: dict[str, str]) -> None:
    write(folder, **head)
    with pytest.raises(PromptInvalid, match="disagree"):
        PromptLibrary.load(folder)


def test_a_file_must_be_named_by_its_id_and_locale(folder: Path) -> None:
    write(folder, name="events/other.en.md")
    with pytest.raises(PromptInvalid, match=r"must be named events/plan\.en\.md"):
        PromptLibrary.load(folder)


def test_unknown_prompts_and_missing_folders_are_named(folder: Path) -> None:
    with pytest.raises(NotFound, match="events/none"):
        PromptLibrary.load(folder).get("events/none", "en")
    with pytest.raises(PromptInvalid, match="no prompt folder"):
        PromptLibrary.load(folder / "none")


def test_the_lock_holds_a_text_to_its_version(folder: Path) -> None:
    assert check(folder) == ["events/plan (en) is not locked", "events/plan (zh-CN) is not locked"]
    lock(folder)
    assert check(folder) == []
    write(folder, body=BODY.replace("You plan", "You carefully plan"))
    assert check(folder) == ["events/plan (en) changed but still says version 1; raise it"]
    with pytest.raises(PromptInvalid, match="raise it"):
        lock(folder)
    for locale in ("en", "zh-CN"):
        write(folder, locale=locale, version="2")
    assert check(folder) == [f"events/plan ({locale}) is version 2 but locked at 1" for locale in ("en", "zh-CN")]
    lock(folder)
    assert check(folder) == []


def test_a_version_never_goes_back_and_a_lost_prompt_is_noticed(folder: Path) -> None:
    for locale in ("en", "zh-CN"):
        write(folder, locale=locale, version="3")
    lock(folder)
    for locale in ("en", "zh-CN"):
        write(folder, locale=locale, version="2")
    assert "went back from version 3 to 2" in check(folder)[0]
    with pytest.raises(PromptInvalid, match="went back"):
        lock(folder)
    for path in folder.glob("events/*.md"):
        path.unlink()
    assert check(folder)[0] == "events/plan (en) is locked but does not exist"


def test_a_broken_lock_file_is_an_error_and_not_an_empty_lock(folder: Path) -> None:
    (folder / LOCK_NAME).write_text("prompt = 3", encoding="utf-8")
    with pytest.raises(PromptInvalid, match=LOCK_NAME):
        check(folder)


def test_the_command_says_what_is_wrong_and_exits_accordingly(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--folder", str(folder)]) == 1
    assert "is not locked" in capsys.readouterr().err
    assert main(["lock", "--folder", str(folder)]) == 0
    assert main(["check", "--folder", str(folder)]) == 0
    assert main(["check", "--folder", str(folder / "none")]) == 1


def test_the_shipped_prompts_are_valid_and_locked() -> None:
    assert check(prompts_dir()) == []
