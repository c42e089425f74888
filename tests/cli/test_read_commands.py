"""`read` streams: good lines are read whatever the bad ones are, in order, without a community or a store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from copilot.cli.main import app

RUNNER = CliRunner()
GOOD = [{"id": "a", "text": "你这个煞笔，滚出去", "label": 1}, {"id": "b", "text": "明天见"}, {"text": "thanks!"}]


@pytest.fixture(autouse=True)
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: Path, *lines: object) -> Path:
    path.write_bytes(b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines))
    return path


def test_each_line_in_is_a_line_out_and_fields_we_do_not_know_are_left_alone(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["read", str(write(tmp_path / "in.jsonl", *GOOD)), "--fast"])
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in found] == ["a", "b", 3]
    assert found[0]["offensive"] > 0.8 > found[1]["offensive"]
    assert "explain" not in found[0]
    assert list(tmp_path.iterdir()) == [tmp_path / "in.jsonl"]


def test_bad_lines_are_named_and_good_ones_kept(tmp_path: Path) -> None:
    source = write(
        tmp_path / "in.jsonl",
        b"\xef\xbb\xbf" + json.dumps(GOOD[0]).encode() + b"\n", b"oops\n", b"\n", b"[1]\n", b"\xff\xfe\n",
        b'{"text": "' + b"x" * 500_000 + b'"}\n', b'{"id": 1}\n', GOOD[1],
    )  # fmt: skip
    out = tmp_path / "out.jsonl"
    result = RUNNER.invoke(app, ["read", str(source), "-o", str(out), "--fast", "--json"])
    assert result.exit_code == 1
    for line in (2, 4, 5, 6, 7):
        assert f"line {line}:" in result.stderr
    assert [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()] == ["a", "b"]
    summary = json.loads(result.stdout)
    assert (summary["read"], summary["refused"]) == (2, 5)
    assert summary["stages"]["normalise"]["messages"] == 2


def test_readings_come_from_standard_input_too(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["read", "-", "--fast", "--explain"], input=json.dumps(GOOD[0]) + "\n")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["explain"]["cpu_microseconds"]["rules"] >= 0
    assert RUNNER.invoke(app, ["read", "-", "--fast"], input="").stdout == ""


def test_nothing_is_written_over_the_texts_or_from_a_file_that_is_not_there(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", *GOOD)
    before = source.read_bytes()
    for arguments in ([str(source), "-o", str(source)], [str(tmp_path / "none.jsonl")], [str(tmp_path)]):
        assert RUNNER.invoke(app, ["read", *arguments, "--fast"]).exit_code == 1
    assert source.read_bytes() == before
