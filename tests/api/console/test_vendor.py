from __future__ import annotations

import hashlib
from pathlib import Path

import yaml

from api.console.rendering import STATIC

_AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"


def test_third_party_files_are_what_their_publishers_made_and_have_their_licence_beside_them() -> None:
    folder = STATIC / "vendor"
    listed = yaml.safe_load((folder / "versions.yaml").read_text())
    assert {entry["file"] for entry in listed} == {path.name for path in folder.glob("*.js")}
    for entry in listed:
        assert hashlib.sha256((folder / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
        assert entry["version"] in entry["file"]
        assert (folder / entry["licence_file"]).stat().st_size > 100


def test_the_checker_of_accessibility_is_the_pinned_one() -> None:
    digest = hashlib.sha256(_AXE.read_bytes()).hexdigest()
    assert digest == "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
