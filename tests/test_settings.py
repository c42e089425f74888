from __future__ import annotations

from pathlib import Path

import pytest

from copilot.errors import InvalidInput
from copilot.settings import Settings, load_settings, render_env_example

ROOT = Path(__file__).parent.parent


def test_the_example_file_lists_every_setting_with_its_default() -> None:
    # To renew it: python -c "from copilot.settings import *; print(render_env_example(), end='')" > .env.example
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == render_env_example()


def test_unknown_names_are_refused_at_every_level(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match="COPILOT_TYPO"):
        load_settings({"COPILOT_TYPO": "1"})
    with pytest.raises(InvalidInput, match="COPILOT_LLM__TYPO"):
        load_settings({"COPILOT_LLM__TYPO": "1"})


def test_names_of_the_evaluation_are_left_to_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings({"COPILOT_EVAL_DATA": "somewhere"}).locale == "zh-CN"


def test_wrong_values_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPILOT_API__PORT", "99999")
    with pytest.raises(InvalidInput, match="COPILOT_API__PORT"):
        load_settings({})


def test_a_dot_env_file_is_read_and_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("COPILOT_LLM__MODEL=m\n")
    assert load_settings({}).llm.model == "m"
    (tmp_path / ".env").write_text("COPILOT_NOPE=m\n")
    with pytest.raises(InvalidInput, match="NOPE"):
        load_settings({})


def test_separate_workers_need_a_vector_server() -> None:
    with pytest.raises(ValueError, match="Chroma server"):
        Settings(jobs={"run_in_api": False})  # type: ignore[arg-type]  # pydantic reads it
    settings = Settings(jobs={"run_in_api": False}, vectors={"url": "http://127.0.0.1:8000"})  # type: ignore[arg-type]  # pydantic reads it
    assert not settings.jobs.run_in_api


def test_jobs_follow_the_main_database_to_postgresql() -> None:
    assert Settings().jobs_database_url == "sqlite:///var/jobs.sqlite"
    settings = Settings(database={"url": "postgresql://h/d"})  # type: ignore[arg-type]  # pydantic reads it
    assert settings.jobs_database_url == "postgresql://h/d"


def test_secrets_do_not_show_in_text() -> None:
    settings = Settings(llm={"api_key": "sk-very-secret"})  # type: ignore[arg-type]  # pydantic reads it
    assert "very-secret" not in repr(settings)
