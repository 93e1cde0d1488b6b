"""The installed program without the half second in which Python imports it.

A process that has imported it waits for orders, and each order is run in a fork of it: in a process
of its own as ever, with its own folder, environment, standard streams and exit code. So are the
processes in which it reads documents, each of which would else load its libraries for a second.
What the start itself does is looked at by tests that start `Cli.command` themselves.

    done = run([PROGRAM, "check"], cwd=folder, env={}, stdin=b"")
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from io import TextIOWrapper
from pathlib import Path

from authorities import know_one

PATIENCE = 100
"""Seconds; longer than any command takes."""
HEAD = 8
"""Bytes of the length of an order."""
ORDER = Path(__file__).with_name("forked.py")
_ENVIRONMENT = dict(os.environ)
"""As it was before any test changed it."""


# --- the side of the tests


class Run:
    """A command that has been begun; the standard streams that it was given are closed here."""

    def __init__(
        self, command: Sequence[str], streams: Sequence[int], *, cwd: Path, env: Mapping[str, str]
    ) -> None:
        order = json.dumps({"command": command, "cwd": str(cwd), "env": dict(env)}).encode()
        self._command = command
        self._link = socket.socket(socket.AF_UNIX)
        self._link.connect(_address())
        self._link.settimeout(PATIENCE)
        socket.send_fds(self._link, [len(order).to_bytes(HEAD, "big")], streams)
        self._link.sendall(order)
        for one in set(streams):
            os.close(one)
        self._pid = _number(self._link)

    def wait(self) -> int:
        """Its exit code. TimeoutExpired after PATIENCE."""
        with self._link:
            try:
                return _number(self._link)
            except TimeoutError:
                os.kill(self._pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(self._command, PATIENCE) from None


def run(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: bytes | None
) -> subprocess.CompletedProcess[bytes]:
    """Run to the end; in a new interpreter where `env` has settings of Python's own."""
    if _of_python(env) != _of_python(_ENVIRONMENT):
        return subprocess.run(
            command,
            cwd=cwd,
            env=env,
            input=stdin or b"",
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    with ThreadPoolExecutor(2) as readers:
        read_in, write_in = os.pipe()
        read_out, write_out = os.pipe()
        read_err, write_err = os.pipe()
        begun = Run(command, [read_in, write_out, write_err], cwd=cwd, env=env)
        output, errors = (readers.submit(_read, one) for one in (read_out, read_err))
        _write(write_in, stdin or b"")
        return subprocess.CompletedProcess(command, begun.wait(), output.result(), errors.result())


def python() -> str:
    """Stands in for Python where our package is to start a process to read documents in."""
    return _python(_address())


def _python(path: str) -> str:
    return str(Path(path).with_name("python"))


def _of_python(env: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in env.items() if key.startswith("PYTHON")}


def _number(link: socket.socket) -> int:
    told = link.recv(HEAD, socket.MSG_WAITALL)
    assert len(told) == HEAD, "the process that runs the program is gone"
    return int.from_bytes(told, "big", signed=True)


def _read(descriptor: int) -> bytes:
    with open(descriptor, "rb") as stream:
        return stream.read()


def _write(descriptor: int, content: bytes) -> None:
    # It need not read to the end.
    with suppress(BrokenPipeError), open(descriptor, "wb", buffering=0) as stream:
        stream.write(content)


@cache
def _address() -> str:
    """Where the process waits that this one has started."""
    path = f"{tempfile.mkdtemp()}/orders"
    process = subprocess.Popen(
        [sys.executable, __file__, path],
        stdin=subprocess.PIPE,  # it ends when this is closed, however we end
        stdout=subprocess.PIPE,
        env={**_ENVIRONMENT, "LC_ALL": "C.UTF-8"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    atexit.register(_end, process)
    assert process.stdout.readline() == b"ready\n"
    return path


def _end(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        stream.close()
    process.wait()


# --- the side of the program


def wait_for_orders(path: str) -> None:
    """For each order it returns once, in the process that is to run the program."""
    package = importlib.import_module("aggregator")
    for module in pkgutil.walk_packages(package.__path__, "aggregator."):
        # Few commands need the page, which takes as long as all else.
        if not module.name.endswith("__main__") and not module.name.startswith("aggregator.web"):
            importlib.import_module(module.name)
    importlib.import_module("aggregator.core.language").prepare()
    know_one(Path(path).parent)
    _make_python(path)
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process of the tests decides
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        os.write(1, b"ready\n")
        while True:
            ready, _, _ = select.select([listening.fileno(), 0], [], [])
            if 0 in ready:
                shutil.rmtree(Path(path).parent)
                os._exit(0)
            link, _ = listening.accept()
            if os.fork() == 0:
                break
            link.close()
            with suppress(ChildProcessError):  # those of earlier orders that have reported
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
    sys.executable = _python(path)
    _report(link)


def _make_python(path: str) -> None:
    made = Path(_python(path))
    made.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -IS {shlex.quote(str(ORDER))} "$0" "$@"\n'
    )
    made.chmod(0o700)


def _report(link: socket.socket) -> None:
    """Returns in a process of its own; the one that is asked tells how that ends."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    head, streams, _, _ = socket.recv_fds(link, HEAD, 3)
    size, content = int.from_bytes(head, "big"), b""
    while len(content) < size:
        content += link.recv(size - len(content))
    order = json.loads(content)
    pid = os.fork()
    if pid == 0:
        link.close()
        for standard, stream in enumerate(streams):
            os.dup2(stream, standard)
            os.close(stream)
        os.chdir(order["cwd"])
        os.environ.clear()
        os.environ.update(order["env"])
        time.tzset()
        assert isinstance(sys.stdout, TextIOWrapper)
        sys.stdout.reconfigure(line_buffering=sys.stdout.isatty())
        sys.argv = order["command"]
        sys.path[0] = str(Path(sys.argv[0]).parent)
        return
    for stream in (0, 1, 2, *streams):
        os.close(stream)
    link.sendall(pid.to_bytes(HEAD, "big", signed=True))
    threading.Thread(target=_end_with, args=(link, pid), daemon=True).start()
    _, status = os.waitpid(pid, 0)
    link.sendall(os.waitstatus_to_exitcode(status).to_bytes(HEAD, "big", signed=True))
    os._exit(0)


def _end_with(link: socket.socket, pid: int) -> None:
    """Whoever is killed while it waits takes along what it has ordered."""
    with suppress(OSError):
        link.recv(1)  # nothing ever comes
        os.kill(pid, signal.SIGKILL)


def _run_module(name: str, *arguments: str) -> None:
    sys.argv = [name, *arguments]
    importlib.import_module(name).main()
    sys.exit(0)


def _leave(code: int) -> None:
    """Exit as Python does, but without taking all modules apart; returns where it cannot write."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    wait_for_orders(sys.argv[1])
    try:
        if sys.argv[0] == sys.executable:
            _run_module(*sys.argv[sys.argv.index("-m") + 1 :])
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as left:
        if isinstance(left.code, int):
            _leave(left.code)
        raise
