"""Opens the queue of care for commands. It takes a key of role `care`: not even the machine's owner looks without one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from copilot.cli.asking import settings
from copilot.cli.care_backend import Care
from copilot.cli.remote import RemoteBackend
from copilot.cli.service_file import find
from copilot.errors import CopilotError, Denied, said_in
from copilot.loading import loading

KEY_NAME = "CARE_KEY"


@contextmanager
def care_backend(community: str) -> Iterator[Care]:
    """Yield the queue of a running service, or of the stores themselves, for the key in the environment.

    Raises:
        Denied: there is none.
        Unauthenticated: it is not valid.
    """
    secret = os.environ.get(KEY_NAME, "")
    if not secret:
        raise Denied(
            f"care is for the people whom the operators named: set {KEY_NAME} to a key of role care "
            "(`community-copilot keys create NAME --role care` makes one)",
            scope="care:read",
        )
    current = settings()
    running = find(current.data_dir)
    if running is not None:
        backend = RemoteBackend(replace(running, token=secret), community)
        try:
            yield backend.care
        finally:
            backend.close()
        return
    # Late: the stores cost seconds to import, and asking a running service needs none of them.
    with loading():
        from copilot.cli.local_care import LocalCare
        from copilot.services import Services

    services = Services(current)
    try:
        found = LocalCare(services, community, secret)
        try:
            yield found
        except CopilotError as error:
            error.message = said_in(error, found.locale)
            raise
    finally:
        services.close()
