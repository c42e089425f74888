"""Commands as processes: a first start, wrong settings, a folder somebody else owns, a service that was killed, the demo."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from copilot.cli.service_file import FILE_NAME
from tests.system.conftest import Prepared
from tests.system.running import Shell, command, environment, serving
from tests.system.terminals import Terminal, one_line

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_init_makes_a_community_once_and_says_what_is_wrong_with_its_file(prepared: Prepared, tmp_path: Path) -> None:
    env = environment(tmp_path / "new")
    first = Terminal(env).json("init", str(prepared.sample / "community.yaml"))
    with Shell(env) as shell:
        terminal = Terminal(env, shell=shell)
        again = terminal.json("init", str(prepared.sample / "community.yaml"))
        assert first["id"] == again["id"]
        assert (first["is_new"], again["is_new"], again["key"]) == (True, False, None), "no key nobody asked for"
        assert "--new-key" in terminal.run("init", str(prepared.sample / "community.yaml")).out
        another = terminal.json("init", str(prepared.sample / "community.yaml"), "--new-key")
        assert another["key"] not in (None, first["key"])
        assert len(terminal.json("keys", "list", "-c", "qihang")) == 2
        assert (
            terminal.json("init", "--slug", "plain", "--name", "Plain", "--timezone", "Europe/Berlin")["slug"]
            == "plain"
        )
        assert terminal.json("cases", "list", "-c", "plain") == []
        mine = tmp_path / "mine.yaml"
        mine.write_text("slug: mine\nname: Mine\nlocale: en\ncurrency: USD\n", encoding="utf-8")
        assert "XXX" in terminal.refused("init", str(mine), "--currency", "xxx")
        terminal.json("init", str(mine), "--currency", "eur")
        drafted = terminal.json("plan", "a dinner for 10 in Lisbon, budget 500", "-c", "mine")
        assert drafted["content"]["budget"]["currency"] == "EUR"
        broken = tmp_path / "broken.yaml"
        for text in ("slug: [", "slug: 'Not A Slug'\nname: x", "- 1\n- 2", "slug: x\nname: y\ntimezone: Mars/Olympus"):
            broken.write_text(text, encoding="utf-8")
            assert "broken.yaml" in terminal.refused("init", str(broken))
        terminal.refused("init")
        terminal.refused("init", str(tmp_path / "missing.yaml"))
        terminal.refused("init", "--slug", "x", "--name", "y", "--timezone", "Mars/Olympus")
        terminal.refused("init", "--slug", "Not A Slug", "--name", "y")


def test_wrong_settings_are_named_in_one_line(tmp_path: Path) -> None:
    wrong = {**environment(tmp_path), "COPILOT_DATABSE__URL": "x"}
    asked = ("cases", "list")
    assert "COPILOT_DATABSE__URL" in one_line(asked, command(wrong, *asked)), "as people start it"
    assert "COPILOT_API__PORT" in Terminal(environment(tmp_path, api__port="many")).refused("cases", "list")
    assert "COPILOT_VECTORS__URL" in Terminal(environment(tmp_path)).refused("worker")
    unreachable = environment(tmp_path, database__url="postgresql://127.0.0.1:1/none")
    assert "database" in Terminal(unreachable).refused("cases", "list")
    assert "database" in Terminal(unreachable).refused("serve")


def test_a_second_process_on_the_folder_is_told_who_owns_it(prepared: Prepared, tmp_path: Path) -> None:
    folder = prepared.copy_to(tmp_path / "shared")
    with serving(folder) as service:
        terminal = Terminal(environment(folder))
        assert "already" in terminal.refused("serve")
        assert "already" in terminal.refused("demo", "--no-serve")
        (folder / FILE_NAME).rename(folder / "hidden")  # as if the service could not be found
        line = terminal.refused("match", "M017")
        assert f"process {service.process.pid}" in line
        assert "in use" in line
        serve = terminal.run("serve")
        assert serve.code == 1
        assert "in use" in serve.err.splitlines()[-1], "a service logs; its last line says why it ended"
        (folder / "hidden").rename(folder / FILE_NAME)
        assert terminal.json("match", "M017")["items"]
    assert not (folder / FILE_NAME).exists()


def test_after_a_service_was_killed_commands_work_on_their_own(prepared: Prepared, tmp_path: Path) -> None:
    folder = prepared.copy_to(tmp_path / "killed")
    with serving(folder) as service:
        service.process.send_signal(signal.SIGKILL)
        service.process.wait()
        assert (folder / FILE_NAME).exists()
        terminal = Terminal(environment(folder))
        assert terminal.json("match", "M017")["items"]
        assert terminal.json("check")["result"]["check"]["is_sound"]
    with serving(folder) as service:
        assert terminal.json("cases", "list")


def test_the_demo_loads_itself_and_each_printed_call_works(tmp_path: Path) -> None:
    terminal = Terminal(environment(tmp_path / "demo"))
    loaded = command(terminal.env, "demo", "--no-serve", seconds=380)
    assert loaded.code == 0, loaded.err
    calls = [line.split("'") for line in loaded.out.splitlines() if "curl -H" in line]
    assert len(calls) == 3
    with serving(tmp_path / "demo") as service:
        for parts in calls:
            key, path = parts[1].removeprefix("Authorization: Bearer "), parts[3].partition("/qihang")[2]
            with service.client(key) as client:
                answer = client.get(path)
            assert answer.status_code == 200, answer.text
            assert answer.json().get("items", True), path
