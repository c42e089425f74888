"""The project's own programs as processes: the service, a worker, a command.

All but `command` are forked (see `tests/zygote.py`): Python starts, and imports, once for all of them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Self

import httpx

from tests.servers import free_port
from tests.zygote import Forked

COMMAND = Path(sys.executable).with_name("community-copilot")
_COMMANDS = "copilot.cli.main"
_START_SECONDS = 90.0


def environment(data_dir: Path, **settings: object) -> dict[str, str]:
    """Return the environment of a process with these settings and no others: `database__url` and the like."""
    # Nothing happens by itself, unless the test is about that.
    quiet = {"jobs__hourly_snapshot": False, "jobs__catch_up_seconds": 0}
    values = {"data_dir": data_dir, **quiet, **settings}
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, **{f"COPILOT_{name.upper()}": str(value) for name, value in values.items()}}


@dataclass(frozen=True)
class Service:
    """A running service. `process` may be killed."""

    url: str
    data_dir: Path
    process: Forked
    log: Path

    def client(self, key: str, community: str = "qihang", seconds: float = 120.0) -> httpx.Client:
        """Return a client of one community's routes."""
        return httpx.Client(
            base_url=f"{self.url}/api/v1/communities/{community}",
            headers={"Authorization": f"Bearer {key}"},
            timeout=seconds,
            trust_env=False,
        )


@contextmanager
def serving(data_dir: Path, *, largest_file_bytes: int | None = None, **settings: object) -> Iterator[Service]:
    """Run `python -m api` until the block ends; it has ended in order when the block is left without an exception.

    Args:
        data_dir: where it keeps its files; made when missing.
        largest_file_bytes: no file can grow beyond it, as on a full disk.
        settings: as `environment` takes them. Rates are unbounded unless given.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    port = free_port()
    bounds = {"api__port": port, "api__rate_per_minute": 1_000_000, "api__write_rate_per_minute": 1_000_000}
    log = data_dir / "service.log"
    with log.open("ab") as out:
        process = Forked(
            "api.__main__", [], env=environment(data_dir, **{**bounds, **settings}), cwd=data_dir,
            largest_file_bytes=largest_file_bytes, stdout=out, stderr=out,
        )  # fmt: skip
    service = Service(f"http://127.0.0.1:{port}", data_dir, process, log)
    try:
        _wait_until_alive(service)
        yield service
    finally:
        end(process)


def _wait_until_alive(service: Service) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if service.process.poll() is not None:
            raise RuntimeError(f"the service ended: {service.log.read_text()[-2000:]}")
        try:
            if httpx.get(f"{service.url}/healthz", timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"the service did not answer in time: {service.log.read_text()[-2000:]}")


@contextmanager
def working(env: Mapping[str, str], name: str, log: Path) -> Iterator[Forked]:
    """Run `community-copilot worker` until the block ends."""
    with log.open("ab") as out:
        process = Forked(_COMMANDS, ["worker", "--name", name], env=env, stdout=out, stderr=out)
    try:
        yield process
    finally:
        end(process)


def end(process: Forked) -> None:
    """Ask a process to stop; after twenty seconds, make it."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return standard output as the one JSON document it must be."""
        return json.loads(self.out)


def command(env: Mapping[str, str], *arguments: str, seconds: float = 180.0) -> Done:
    """Run `community-copilot` with arguments as people do: from the start."""
    wide = {**env, "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run([COMMAND, *arguments], env=wide, capture_output=True, timeout=seconds, check=False)
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def forked_command(env: Mapping[str, str], *arguments: str, seconds: float = 180.0) -> Done:
    """Run `community-copilot` with arguments in a process of its own."""
    with TemporaryFile() as out, TemporaryFile() as err, Path(os.devnull).open() as nothing:
        process = Forked(_COMMANDS, arguments, env=env, stdin=nothing, stdout=out, stderr=err)
        try:
            code = process.wait(seconds)
        finally:
            process.kill()
        for stream in (out, err):
            stream.seek(0)
        return Done(code, out.read().decode(), err.read().decode())


class Shell:
    """One process that runs commands one after the other; see `many.py`. Starting costs seconds, and is paid once."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._process = Forked("tests.system.many", [], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        end(self._process)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def run(self, arguments: Sequence[str]) -> Done:
        """Run one command."""
        asked, told = self._process.stdin, self._process.stdout
        assert asked is not None
        assert told is not None
        asked.write(json.dumps(list(arguments)) + "\n")
        asked.flush()
        return Done(*json.loads(told.readline()))


def wait_for_job(client: httpx.Client, job_id: str, seconds: float = 180.0) -> dict[str, Any]:
    """Return a job when it has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job: dict[str, Any] = client.get(f"/jobs/{job_id}").json()
        if job["status"] in {"done", "failed", "cancelled"}:
            return job
        time.sleep(0.2)
    raise RuntimeError(f"job {job_id} has not ended: {job}")
