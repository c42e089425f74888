"""Takes in files that people upload."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from fastapi import UploadFile

from copilot.community.ids import new_id
from copilot.community.importers.wording import refused
from copilot.errors import ImportFailed, StoreFull, TooLarge, is_out_of_space
from copilot.settings import Settings

_CHUNK = 1 << 20


def receive_upload(settings: Settings, file: UploadFile) -> tuple[Path, str]:
    """Copy the upload into the data folder and return its path and SHA-256.

    Raises:
        TooLarge: it is larger than the settings allow.
        ImportFailed: it is empty.
        StoreFull: the disk is full; nothing was kept.
    """
    limit = settings.limits.max_import_bytes
    suffix = "".join(c for c in Path(file.filename or "").suffix.lower() if c.isalnum() or c == ".")[:10]
    folder = settings.uploads_dir
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{new_id('up')}{suffix}"
    digest = hashlib.sha256()
    size = 0
    try:
        with path.open("wb") as out:
            while chunk := file.file.read(_CHUNK):
                size += len(chunk)
                if size > limit:
                    sentence = {
                        "zh-CN": f"文件太大，最多 {limit // 1_000_000} MB。请拆成几个文件分别导入。",
                        "en": f"The file is too large: {limit // 1_000_000} MB at most. Split it and import the parts.",
                    }
                    raise TooLarge(f"the file is larger than {limit} bytes", limit=limit, sentence=sentence)
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if size == 0:
            raise ImportFailed(field="#/file", **refused("empty"))
    except OSError as error:
        path.unlink(missing_ok=True)
        if is_out_of_space(error):
            raise StoreFull("the disk is full; the upload was not kept") from error
        raise
    except (TooLarge, ImportFailed):
        path.unlink(missing_ok=True)
        raise
    return path, digest.hexdigest()
