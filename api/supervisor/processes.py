"""Starting programs tied to our life, and recognising or ending those that outlived it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from api.supervisor.errors import Cancelled
from api.supervisor.identity import UnixUser

LEASH = Path(__file__).with_name("leash.py")
PAUSE = 0.02
"""Seconds between two looks at something that is about to happen."""


def never() -> bool:
    return False


def spawn(
    argv: Sequence[str],
    *,
    death_signal: signal.Signals,
    user: UnixUser | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Starts a program, by its full path, in a session of its own, reading nothing.

    On Linux it gets ``death_signal`` when the calling thread ends, so call this from a thread
    that lives as long as the supervisor.
    """
    return subprocess.Popen(  # noqa: S603  # argv is ours or the operator's
        [
            sys.executable,
            "-I",
            "-S",
            str(LEASH),
            str(os.getpid()),
            str(int(death_signal)),
            str(user.uid) if user else "-",
            str(user.gid) if user else "-",
            *argv,
        ],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        env=dict(env) if env is not None else None,
        cwd=cwd,
        start_new_session=True,
    )


def wait_for(
    process: subprocess.Popen[bytes], seconds: float | None = None, stopping: Callable[[], bool] = never
) -> int | None:
    """The exit code, or None when the time is up. Raises Cancelled when ``stopping`` turns true."""
    deadline = None if seconds is None else time.monotonic() + seconds
    while (code := process.poll()) is None:
        if stopping():
            raise Cancelled
        if deadline is not None and time.monotonic() > deadline:
            return None
        time.sleep(PAUSE)
    return code


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it ended; whatever it left in its process group is killed before it is reaped.

    Until it is reaped its group's number cannot belong to anybody else.
    """
    if process.returncode is not None:
        return True
    try:
        state = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        state = None
    if state is None:
        return process.poll() is not None
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return True


def end(
    processes: Iterable[subprocess.Popen[bytes]], grace: float, hurry: Callable[[], bool] = never
) -> None:
    """SIGTERM to all, SIGKILL to the groups that are left after ``grace`` seconds or in a hurry."""
    left = [process for process in processes if not has_ended(process)]
    for process in left:
        with suppress(ProcessLookupError):
            process.terminate()
    deadline = time.monotonic() + grace
    while left and time.monotonic() < deadline and not hurry():
        time.sleep(PAUSE)
        left = [process for process in left if not has_ended(process)]
    for process in left:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def command_lines() -> dict[int, str]:
    """The command line of every process we may see, by pid; dead ones awaiting burial are left out."""
    if sys.platform != "linux":
        return _command_lines_of_ps()
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                text = (entry / "cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ")
                if text:
                    found[int(entry.name)] = text.decode(errors="replace")
    return found


def _command_lines_of_ps() -> dict[int, str]:
    listing = subprocess.run(
        ["/bin/ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=False
    )
    pairs = (line.strip().partition(" ") for line in listing.stdout.splitlines())
    return {int(pid): command for pid, _, command in pairs if pid.isdigit() and command != "<defunct>"}


def started_at(pid: int) -> str | None:
    """When a process started, as the system writes it; with the pid it names a process for good.

    None for a process that is gone, or dead and not yet buried.
    """
    if sys.platform != "linux":
        answer = subprocess.run(  # noqa: S603  # a fixed program and a number
            ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return answer.stdout.strip() or None
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def kill_and_wait(
    pids: Callable[[], Iterable[int]], number: signal.Signals, seconds: float, *, group: bool = False
) -> bool:
    """Signals each of ``pids()``, or the group it leads, once; whether all went in time."""
    for pid in pids():
        with suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(pid, number)
    deadline = time.monotonic() + seconds
    while list(pids()):
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True
