"""The manifest says what was measured, and nothing of where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from copilot.settings import LlmSettings
from eval.catalogue import SUITES
from eval.external import VARIABLE
from eval.manifest import ROOT, identity, make_manifest, tree_hash
from eval.world import shown_settings


def test_the_manifest_names_no_folder_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    text = json.dumps(make_manifest({"llm": "none"}, ["matching"]))

    assert str(ROOT) not in text
    assert str(tmp_path) not in text


def test_the_manifest_identifies_data_models_and_prompts() -> None:
    manifest: Any = make_manifest({"llm": "none"}, ["matching"])

    assert manifest["suites"] == ["matching"]
    assert {"briefs", "matching", "sample"} <= set(manifest["datasets"])
    assert {"prompts", "knowledge", "models", "sample"} <= set(manifest["hashes"])
    assert "empty" not in manifest["hashes"].values()


def test_what_decides_figures_identifies_a_run_and_when_it_was_does_not() -> None:
    manifest = make_manifest({"llm": "none"}, ["matching"])
    later = manifest | {"started_at": "later", "commit": "another", "dirty": True}

    assert identity(manifest) == identity(later)
    changed = identity(make_manifest({"llm": "other"}, ["matching"]))
    assert [part for part, digest in identity(manifest).items() if changed[part] != digest] == ["settings"]


def test_every_suite_says_which_data_it_is_measured_on() -> None:
    manifest: Any = make_manifest({}, list(SUITES))

    assert set(manifest["suite_data"]) == set(SUITES)
    assert manifest["suite_data"]["events"] != manifest["suite_data"]["topics"]
    assert {"code", "embedder", "lock"} <= set(manifest["hashes"])
    assert not {"empty", "absent"} & set(manifest["hashes"].values())


def test_shown_settings_hold_no_key_and_no_address() -> None:
    llm = LlmSettings(base_url="http://10.1.2.3:8000/v1", api_key=SecretStr("very-secret"), model="small")
    shown = json.dumps(shown_settings(llm))

    assert "10.1.2.3" not in shown
    assert "secret" not in shown
    assert '"model": "small"' in shown


def test_settings_of_an_evaluation_ignore_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_EMBEDDINGS__PROVIDER", "openai")

    assert shown_settings(None)["embeddings"]["provider"] == "e5"


def test_a_tree_hash_changes_with_content_and_with_names(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one", encoding="utf-8")
    first = tree_hash(tmp_path)
    (tmp_path / "a.txt").write_text("two", encoding="utf-8")
    second = tree_hash(tmp_path)
    (tmp_path / "a.txt").rename(tmp_path / "b.txt")

    assert len({first, second, tree_hash(tmp_path)}) == 3


def test_a_tree_without_files_says_so(tmp_path: Path) -> None:
    assert tree_hash(tmp_path) == "empty"
    (tmp_path / "a.md").touch()
    assert tree_hash(tmp_path, "*.npz") == "empty"


def test_cases_of_somebody_elses_name_the_data_of_their_suite() -> None:
    manifest: Any = make_manifest({}, ["community"], {"community": "abc", "other": "x"})

    assert manifest["suite_data"] == {"community": "abc"}
