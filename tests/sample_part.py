"""A part of the sample community that is read and embedded in seconds."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

from copilot.assets import sample_dir

MEMBERS = 24
MESSAGES = 420


def part_of_sample(folder: Path) -> Path:
    """Copy some members, their resources and the first weeks of one channel into `folder`."""
    folder.mkdir(parents=True)
    shutil.copy(sample_dir() / "community.yaml", folder)
    kept: set[str] = set()
    for name, key, owner in (("members.csv", "external_id", None), ("resources.csv", "code", "owner")):
        with (sample_dir() / name).open(encoding="utf-8-sig", newline="") as source:
            rows = list(csv.DictReader(source))
        if owner is None:
            rows = rows[:MEMBERS]
            kept = {row[key] for row in rows}
        else:
            rows = [row for row in rows if not row[owner] or row[owner] in kept][:12]
        with (folder / name).open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    (folder / "chat").mkdir()
    lines = (sample_dir() / "chat" / "main.chatlab.jsonl").read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if json.loads(line)["_type"] != "message"]
    messages = [line for line in lines if json.loads(line)["_type"] == "message"][:MESSAGES]
    (folder / "chat" / "main.chatlab.jsonl").write_text("\n".join([*head, *messages]) + "\n", encoding="utf-8")
    return folder
