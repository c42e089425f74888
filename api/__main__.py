"""Serves the API: `python -m api`, which `community-copilot serve` becomes."""

from __future__ import annotations

import os
import signal
import sys

from copilot.errors import CopilotError
from copilot.loading import loading
from copilot.settings import load_settings


def main() -> None:
    """Serve; an error leaves as one line and exit code 1."""
    # The server raises the signal again when it has shut down; the stores must be closed in order after that.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with loading():  # late: all of the API costs seconds
        from api.serving import serve

    try:
        serve(load_settings(os.environ))
    except CopilotError as error:
        sys.stderr.write(f"error: {error.message}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
