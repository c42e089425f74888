"""Jobs that one release left queued or under way are finished by the next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig
from copilot.community.store import Store
from tests.crash.chat import write_chat
from tests.zygote import ROOT


def _command(version: str, data_dir: Path, chat: str, community_id: str) -> list[str]:
    return [sys.executable, "-m", "tests.crash.release", version, str(data_dir), chat, community_id]


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_next_release_finishes_what_the_last_one_left(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'copilot.sqlite'}")
    community_id = create_community(store, CommunityConfig(slug="upgrade", name="upgrade"))
    store.close()
    chat = tmp_path / "chat.jsonl"
    write_chat(chat, 600, seed=1)
    old = subprocess.Popen(
        _command("0.1.0", tmp_path, str(chat), community_id),
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with old:
        assert old.stdout is not None
        said, running, last = old.stdout.readline().split()
        assert said == "LEAVES"
        old.kill()
    new = subprocess.run(
        _command("0.2.0", tmp_path, "", community_id), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert new.returncode == 0, new.stderr[-2000:]
    ended = dict(line.split() for line in new.stdout.splitlines())
    assert len(ended) == 3
    assert (ended[running], ended[last]) == ("done", "done")
