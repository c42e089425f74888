"""Processes without their start-up: one has imported everything and forks a fresh child for each program that is asked for.

A child is a process like any other: it has its own environment, folder, pipes and limits, opens its own stores and models,
and can be killed. Only the imports, seconds each time, are paid once. Nothing is open and no thread runs in the one that
forks. What a program does when Python itself starts it is tested by those that start Python.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import functools
import importlib
import json
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn, Self

from sqlalchemy.orm import configure_mappers

from copilot.loading import loading

ROOT = Path(__file__).parents[1]
# What programs import, the dear parts by name: most are imported late. Not onnxruntime: it starts a thread, and is cheap.
_PARTS = (
    "api.serving", "chromadb", "chromadb.api.rust", "copilot.atmosphere.sentiment", "copilot.catch_up",
    "copilot.cli.local", "copilot.cli.main", "copilot.cli.setup", "copilot.embeddings.factory", "copilot.jobs",
    "copilot.llm.factory", "copilot.moderation.cascade", "copilot.moderation.service", "copilot.vectors.chroma",
    "copilot.vectors.remembered", "copilot.vectors.sync", "dbos._sys_db_sqlite", "langchain_openai", "openai",
    "psycopg", "sentencepiece", "uvicorn",
)  # fmt: skip
_LENGTH = struct.Struct("!I")


class Forked:
    """A child: as much of `subprocess.Popen` as tests use. Give each stream a file, `subprocess.PIPE` or None."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        largest_file_bytes: int | None = None,
        **streams: int | IO[Any] | None,
    ) -> None:
        """Start `module`'s `main` as a program with these arguments.

        Args:
            module: what `python -m` would run; it must do its work in a function `main` without arguments.
            arguments: what follows the name in `sys.argv`.
            env: its whole environment; by default this process's.
            cwd: its folder.
            largest_file_bytes: no file can grow beyond it, as on a full disk.
            streams: `stdin`, `stdout` and `stderr` as `subprocess.Popen` takes them, pipes as text in UTF-8.
        """
        self.args = [module, *arguments]
        self.returncode: int | None = None
        own: dict[str, IO[str]] = {}
        given: list[int] = []
        closing: list[int] = []
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            wanted = streams.get(name)
            if wanted == subprocess.PIPE:
                reading, writing = os.pipe()
                theirs, ours = (reading, writing) if name == "stdin" else (writing, reading)
                own[name] = open(ours, "w" if name == "stdin" else "r", encoding="utf-8")  # noqa: SIM115, PTH123  # closed by the caller, as of Popen
                closing.append(theirs)
                given.append(theirs)
            else:
                given.append(number if wanted is None else wanted if isinstance(wanted, int) else wanted.fileno())
        self.stdin, self.stdout, self.stderr = own.get("stdin"), own.get("stdout"), own.get("stderr")
        asked = {
            "module": module, "argv": [module, *arguments], "env": dict(os.environ if env is None else env),
            "cwd": str(cwd), "largest_file_bytes": largest_file_bytes,
        }  # fmt: skip
        self._line = _zygote().ask(asked, given)
        for number in closing:
            os.close(number)
        self.pid = int(_read(self._line)["pid"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in (self.stdin, self.stdout, self.stderr):
            if pipe is not None:
                pipe.close()
        self.wait()

    def poll(self) -> int | None:
        """Return the exit code of a child that has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0.0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when the child has ended, negative when a signal ended it."""
        if self.returncode is None:
            self._line.settimeout(None if timeout is None else max(timeout, 1e-4))
            try:
                self.returncode = int(_read(self._line)["code"])
            except (TimeoutError, BlockingIOError):
                assert timeout is not None
                raise subprocess.TimeoutExpired(self.args, timeout) from None
            self._line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the child has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Zygote:
    """The client's side of the process that forks."""

    def __init__(self) -> None:
        self._address = f"\0copilot-tests-{os.getpid()}-{os.urandom(6).hex()}"
        # A console takes its width from the environment when it is imported.
        wide = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.zygote", self._address[1:]],
            cwd=ROOT, env=wide, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"READY\n"
        atexit.register(self._end)

    def ask(self, asked: Mapping[str, Any], streams: Sequence[int]) -> socket.socket:
        line = socket.socket(socket.AF_UNIX)
        line.connect(self._address)
        body = json.dumps(asked).encode()
        passed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", streams))]
        line.sendmsg([_LENGTH.pack(len(body))], passed)
        line.sendall(body)
        return line

    def _end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()  # it ends when nobody can ask any more
        self._process.wait(10)


@functools.cache
def _zygote() -> _Zygote:
    return _Zygote()


def _read(line: socket.socket) -> dict[str, Any]:
    """Read one line of JSON, or say that the zygote is gone."""
    got = b""
    while not got.endswith(b"\n"):
        byte = line.recv(1)
        if not byte:
            raise RuntimeError("the process that forks has ended")
        got += byte
        line.settimeout(None)  # the rest of a line is on its way
    return dict(json.loads(got))


def _receive(line: socket.socket) -> tuple[dict[str, Any], list[int]]:
    streams = array.array("i")
    head, passed, _, _ = line.recvmsg(_LENGTH.size, socket.CMSG_LEN(3 * streams.itemsize))
    for level, kind, data in passed:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            streams.frombytes(data[: len(data) - len(data) % streams.itemsize])
    (length,) = _LENGTH.unpack(head)
    body = b""
    while len(body) < length:
        body += line.recv(length - len(body))
    return json.loads(body), list(streams)


def _be(asked: Mapping[str, Any], streams: Sequence[int]) -> int:
    """Be the program that was asked for; return its exit code."""
    for number, given in enumerate(streams):
        os.dup2(given, number)
    os.closerange(3, 256)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    if asked["largest_file_bytes"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["largest_file_bytes"],) * 2)
    sys.argv = list(asked["argv"])
    try:
        importlib.import_module(asked["module"]).main()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            sys.stderr.write(ended.code + "\n")
            return 1
        return int(ended.code or 0)
    except BaseException:  # noqa: BLE001  # nobody is above, as at the top of any program
        traceback.print_exc()
        return 1
    return 0


def _serve(address: str) -> None:
    """Fork until nobody can ask any more."""
    with loading():
        for name in _PARTS:
            importlib.import_module(name)
        configure_mappers()  # as the first statement of each child would
    # A lock that another thread holds would be held for ever in the child.
    assert threading.active_count() == 1
    assert len(list(Path("/proc/self/task").iterdir())) == 1
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\0" + address)
    listener.listen(16)
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    children: dict[int, socket.socket] = {}
    waking, woken = socket.socketpair()
    for end in (waking, woken):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the children are told, and whoever asked for them
    signal.set_wakeup_fd(woken.fileno())
    poll = select.poll()
    for watched in (0, listener.fileno(), waking.fileno()):
        poll.register(watched, select.POLLIN)
    while True:
        ready = {number for number, _ in poll.poll()}
        if 0 in ready:
            return
        if waking.fileno() in ready:
            waking.recv(4096)
            _bury(children)
        if listener.fileno() in ready:
            line, _ = listener.accept()
            asked, streams = _receive(line)
            pid = os.fork()
            if pid == 0:
                _live(asked, streams)
            for number in streams:
                os.close(number)
            children[pid] = line
            line.sendall(json.dumps({"pid": pid}).encode() + b"\n")


def _live(asked: Mapping[str, Any], streams: Sequence[int]) -> NoReturn:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = 1
    try:
        code = _be(asked, streams)
        # As at the end of an interpreter: threads that hold it are waited for, then what was asked to be run at exit is.
        threading._shutdown()  # type: ignore[attr-defined]  # the standard library offers no public name
        atexit._run_exitfuncs()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _bury(children: dict[int, socket.socket]) -> None:
    while children:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        line = children.pop(pid)
        with contextlib.suppress(OSError):  # who asked may have gone
            line.sendall(json.dumps({"code": os.waitstatus_to_exitcode(status)}).encode() + b"\n")
        line.close()


if __name__ == "__main__":
    _serve(sys.argv[1])
