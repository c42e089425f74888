"""Importing much at once, for entry points."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Let no collection run while a program imports its parts, and leave what was imported out of later ones.

    Modules make hundreds of thousands of objects that live as long as the process. Looking for garbage among them took
    a third of the time to start.
    """
    was_enabled, before = gc.isenabled(), len(sys.modules)
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > before:
            gc.freeze()
        if was_enabled:
            gc.enable()
