"""Opens what the API needs, serves it, and closes all in order."""

from __future__ import annotations

import logging
import os
import socket
from contextlib import ExitStack

import uvicorn

from api.app import create_app
from copilot.catch_up import catching_up
from copilot.cli.service_file import RunningService, announce, find, withdraw
from copilot.community.access import new_secret
from copilot.errors import Conflict
from copilot.jobs import client, runner
from copilot.services import Services
from copilot.settings import Settings
from copilot.telemetry import configure_logging

_log = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Open the stores, check the index, listen until stopped.

    Raises:
        Conflict: the port is taken, or a service runs on this data folder already.
        CopilotError: a store cannot be opened.
    """
    configure_logging(settings.log_level)
    # A tracing switch left on for another project would send members' words to a third party.
    os.environ.update(LANGSMITH_TRACING="false", LANGCHAIN_TRACING_V2="false")
    if find(settings.data_dir) is not None:
        raise Conflict("a service is running on this data folder already")
    listener = _listen(settings)
    with ExitStack() as stack:
        stack.callback(listener.close)
        services = Services(settings)
        stack.callback(services.close)
        # Before any job is taken up: a second process on this folder must not recover the first one's.
        services.ping_index()
        if settings.jobs.run_in_api:
            jobs = stack.enter_context(runner(services, hourly=settings.jobs.hourly_snapshot))
            jobs.check_at_start()
            stack.enter_context(catching_up(services, jobs, settings.jobs.catch_up_seconds))
        else:
            jobs = stack.enter_context(client(services))
        _ = services.model, services.knowledge, services.prompts  # what is set up wrongly is said now, not to a member
        host, port = listener.getsockname()[:2]
        token = new_secret()
        announce(settings.data_dir, RunningService(f"http://{host}:{port}", token, os.getpid()))
        stack.callback(withdraw, settings.data_dir, os.getpid())
        _log.info("listening on http://%s:%s", host, port)
        config = uvicorn.Config(
            create_app(services, jobs, token), log_config=None, access_log=False, server_header=False
        )
        uvicorn.Server(config).run(sockets=[listener])


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.api.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.api.host, settings.api.port))
    except OSError as error:
        listener.close()
        where = f"{settings.api.host}:{settings.api.port}"
        raise Conflict(f"cannot listen on {where}: {error.strerror}; set COPILOT_API__PORT", address=where) from error
    return listener
