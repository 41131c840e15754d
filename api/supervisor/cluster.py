"""The embedded PostgreSQL: made once, started, watched and stopped by one supervisor at a time."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from api.supervisor.binaries import Binaries, find_binaries, reachable_binaries
from api.supervisor.datadir import (
    DataDir,
    postmaster_is_ready,
    postmaster_pid,
    sync_folder,
    write_whole,
)
from api.supervisor.errors import SupervisorError, describe_os_error
from api.supervisor.identity import UnixUser, unprivileged_user
from api.supervisor.processes import PAUSE, command_lines, kill_and_wait, never, spawn, wait_for
from api.supervisor.roles import DATABASE, ROLE_NAMES, ROLES_VERSION, Role, ensure_roles

PORT = 5432
"""Only names the socket: each cluster has a socket directory of its own."""

START_SECONDS = 120.0
"""Long, because recovery after a crash may have much to replay."""
STOP_SECONDS = 20.0
LOG_BYTES = 10_000_000
"""A longer log is set aside at the next start; the one before is dropped."""

_MEMORY = Path("/dev/shm")  # noqa: S108  # mkdtemp makes the folder in it
_PLENTY_BYTES = 4_000_000_000
_NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
_BARRED_ENVIRONMENT = re.compile(r"PG|LC_|LANG|TURNSTONE_")


class Cluster:
    """One data directory and the server on it.

    A process that calls ``initialise``, ``start`` or ``stop`` must hold the directory's lock, which
    these take by themselves and ``stop`` gives back; any other process may ask for ``url`` and
    ``is_running``. ``start`` must be called from a thread that outlives the server.

    ``durable=False`` trades safety against loss of power for speed, for test clusters.
    All methods raise SupervisorError; those given ``stopping`` raise Cancelled once it turns true.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        postgres_bin: Path | None = None,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.data = DataDir(data_dir)
        self.durable = durable
        self.version = ""
        """Of the server that was started last, such as ``18.6``."""
        self._postgres_bin = postgres_bin
        self._settings = dict(settings or {})
        self._server: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- what it is ---------------------------------------------------------------------------

    @property
    def user(self) -> UnixUser | None:
        """Whom the server runs as, where that is not ourselves."""
        return unprivileged_user(self.data.pgdata)

    @property
    def is_initialised(self) -> bool:
        return (self.data.pgdata / "PG_VERSION").is_file()

    @property
    def is_running(self) -> bool:
        """Whether a server of this directory, ours or another process's, welcomes connections."""
        text = self._pid_file_text()
        pid = postmaster_pid(text)
        return pid is not None and postmaster_is_ready(text) and pid in self._postmasters()

    @property
    def pid(self) -> int | None:
        """The server's process number while it is our child."""
        return self._server.pid if self._server is not None and self._server.poll() is None else None

    def url(self, role: Role, database: str | None = None) -> str:
        """A libpq URL for one of the cluster's roles. ``superuser`` is for upkeep, never for the service."""
        name = ROLE_NAMES[role]
        socket_dir = quote(str(self.data.socket_dir(PORT)), safe="")
        database = database or ("postgres" if role == "superuser" else DATABASE)
        return f"postgresql://{name}:{self.data.password(name)}@/{database}?host={socket_dir}&port={PORT}"

    def binaries(self) -> Binaries:
        """The programs that fit this directory, where its user can run them."""
        major = None
        if self.is_initialised:
            text = (self.data.pgdata / "PG_VERSION").read_text(encoding="ascii", errors="replace").strip()
            major = int(text) if text.isdigit() else None
        return reachable_binaries(find_binaries(self._postgres_bin, major=major), self.user)

    # -- making it ----------------------------------------------------------------------------

    def initialise(self, stopping: Callable[[], bool] = never) -> bool:
        """Makes the data directory unless it is there; whether it made one.

        initdb works in a folder aside, which takes its final name when it is done: whatever
        interrupts it, the next call starts afresh.
        """
        user = self.user
        self.data.create(user)
        self.data.lock()
        try:
            for left_over in self.data.folder.glob("initialising-*"):
                shutil.rmtree(left_over, ignore_errors=True)
            if self.is_initialised:
                return False
            if self.data.pgdata.exists() and any(self.data.pgdata.iterdir()):
                raise SupervisorError(f"{self.data.pgdata} holds something that is not a PostgreSQL cluster")
            self.data.ensure_passwords(tuple(ROLE_NAMES.values()))
            self._initdb(self.binaries(), user, stopping)
        except OSError as error:
            raise SupervisorError(f"cannot make the database: {describe_os_error(error)}") from None
        return True

    def _initdb(self, binaries: Binaries, user: UnixUser | None, stopping: Callable[[], bool]) -> None:
        aside = Path(tempfile.mkdtemp(prefix="initialising-", dir=self.data.folder))
        try:
            password_file = aside / "password"
            write_whole(password_file, self.data.password(ROLE_NAMES["superuser"]) + "\n")
            if user is not None:
                user.own(aside)
                user.own(password_file)
            complaint = ""
            for locale in _locales(binaries.major):
                making = aside / "pgdata"
                complaint = self._run_initdb(
                    [
                        binaries.program("initdb"),
                        f"--pgdata={making}",
                        f"--username={ROLE_NAMES['superuser']}",
                        f"--pwfile={password_file}",
                        "--auth-local=scram-sha-256",
                        "--auth-host=scram-sha-256",
                        "--encoding=UTF8",
                        *locale,
                        *([] if self.durable else ["--no-sync"]),
                    ],
                    aside / "output",
                    user,
                    stopping,
                )
                if not complaint:
                    if self.data.pgdata.exists():
                        self.data.pgdata.rmdir()
                    making.rename(self.data.pgdata)
                    sync_folder(self.data.folder)
                    self.data.remember(roles=None)
                    return
                if "locale" not in complaint:
                    break
            raise SupervisorError(f"cannot make the database: {complaint}")
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _run_initdb(
        self, argv: list[str], output: Path, user: UnixUser | None, stopping: Callable[[], bool]
    ) -> str:
        """Empty when it worked, else the line that says why not."""
        with output.open("wb") as sink:
            process = spawn(
                argv,
                death_signal=signal.SIGTERM,
                user=user,
                env=_server_environment(),
                cwd=Path("/"),
                stdout=sink,
                stderr=sink,
            )
            try:
                code = wait_for(process, stopping=stopping)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        return "" if code == 0 else _last_complaint(output.read_text(errors="replace"))

    # -- running it ---------------------------------------------------------------------------

    def start(self, stopping: Callable[[], bool] = never) -> None:
        """Starts the server, making the directory and its roles first where need be.

        What an earlier supervisor left, a running server, orphaned backends or a senseless
        postmaster.pid, is cleared away before.
        """
        if self._server is not None and self._server.poll() is None:
            return
        self._server = None
        self.initialise(stopping)
        try:
            user = self.user
            self._clear_left_overs()
            socket_dir = self.data.make_socket_dir(PORT, user)
            self._launch(self.binaries(), user, socket_dir)
            try:
                self._wait_until_ready(stopping)
                if self.data.state.get("roles") != ROLES_VERSION:
                    ensure_roles(
                        self.url("superuser"),
                        {role: self.data.password(name) for role, name in ROLE_NAMES.items()},
                    )
                    self.data.remember(roles=ROLES_VERSION)
            except BaseException:
                self._end_server(STOP_SECONDS)
                raise
        except OSError as error:
            raise SupervisorError(f"cannot start the database: {describe_os_error(error)}") from None

    def _launch(self, binaries: Binaries, user: UnixUser | None, socket_dir: Path) -> None:
        options = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(socket_dir),
            "unix_socket_permissions": "0700",
            # Shown in the command line of every backend: this is how orphans are recognised.
            "cluster_name": self._cluster_name,
            "max_connections": "60",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%u ",
            **({} if self.durable else _NOT_DURABLE),
            **self._settings,
        }
        self.version = binaries.version
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with suppress(FileNotFoundError):
            if self.data.log.stat().st_size > LOG_BYTES:
                self.data.log.replace(self.data.log.with_suffix(".log.1"))
        descriptor = os.open(self.data.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as log:
            self._log_start = log.tell()
            self._server = spawn(
                [binaries.program("postgres"), "-D", str(self.data.pgdata), *arguments],
                death_signal=signal.SIGINT,
                user=user,
                env=_server_environment(),
                cwd=Path("/"),
                stdout=log,
                stderr=log,
            )

    def _wait_until_ready(self, stopping: Callable[[], bool]) -> None:
        assert self._server is not None
        deadline = time.monotonic() + START_SECONDS
        while True:
            text = self._pid_file_text()
            if postmaster_pid(text) == self._server.pid and postmaster_is_ready(text):
                return
            if wait_for(self._server, PAUSE, stopping) is not None:
                raise SupervisorError(f"the database did not start: {self.last_complaint()}")
            if time.monotonic() > deadline:
                raise SupervisorError(
                    f"the database was not ready within {START_SECONDS:.0f} s; see {self.data.log}"
                )

    def last_complaint(self) -> str:
        """The last thing of weight the server wrote since its latest start."""
        with suppress(OSError), self.data.log.open("rb") as log:
            log.seek(self._log_start)
            return _last_complaint(log.read(1_000_000).decode(errors="replace"))
        return f"see {self.data.log}"

    def has_died(self) -> bool:
        """Whether the server we started is no longer there."""
        return self._server is not None and self._server.poll() is not None

    def stop(self, hurry: Callable[[], bool] = never) -> None:
        """Fast shutdown; immediate after 20 s, or in a hurry. Then the lock is let go."""
        try:
            self._end_server(STOP_SECONDS, hurry)
        finally:
            if self.data.is_locked:
                with suppress(OSError, SupervisorError):
                    self.data.remove_socket_dir(PORT)
                self.data.unlock()

    @contextmanager
    def available(self) -> Iterator[Self]:
        """A running server for the length of a block: the one that runs already, else one of our own."""
        if self.is_running:
            yield self
            return
        with self:
            yield self

    def _end_server(self, seconds: float, hurry: Callable[[], bool] = never) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        for number, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 5.0), (signal.SIGKILL, None)):
            if server.poll() is None:
                server.send_signal(number)
            deadline = None if patience is None else time.monotonic() + patience
            while server.poll() is None:
                if deadline is not None and (time.monotonic() > deadline or hurry()):
                    break
                time.sleep(PAUSE)
            else:
                break
        if server.returncode != 0:
            kill_and_wait(self._backends, signal.SIGKILL, 5.0)

    # -- what an earlier life left ------------------------------------------------------------

    @property
    def _cluster_name(self) -> str:
        return f"turnstone-{self.data.fingerprint}"

    def _pid_file_text(self) -> str:
        try:
            return (self.data.pgdata / "postmaster.pid").read_text(errors="replace")
        except OSError:
            return ""

    def _postmasters(self) -> list[int]:
        """Servers of this very directory, by their command line; the number in a file proves nothing."""
        pattern = re.compile(rf"\S*postgres -D {re.escape(str(self.data.pgdata))}( |$)")
        return [pid for pid, line in command_lines().items() if pattern.match(line)]

    def _backends(self) -> list[int]:
        """Server processes of this directory other than the postmaster, which may outlive it."""
        return [
            pid
            for pid, line in command_lines().items()
            if line.startswith(f"postgres: {self._cluster_name}: ")
        ]

    def _clear_left_overs(self) -> None:
        """Stops a server that outlived its supervisor, kills orphaned backends, removes a stale pid file.

        An orphan is stopped rather than adopted: only a child dies with us and can be waited for.
        """
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if kill_and_wait(self._postmasters, number, seconds):
                break
        else:
            raise SupervisorError(f"an old server of {self.data.pgdata} cannot be stopped")
        if not kill_and_wait(self._backends, signal.SIGKILL, 5.0):
            raise SupervisorError(f"old server processes of {self.data.pgdata} cannot be stopped")
        (self.data.pgdata / "postmaster.pid").unlink(missing_ok=True)


def _locales(major: int) -> list[list[str]]:
    """Ways to ask initdb for a collation by code point, the best first."""
    if major >= 17:
        return [["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
    return [["--locale=C.UTF-8", "--lc-messages=C"], ["--locale=C"]]


def _server_environment() -> dict[str, str]:
    """Ours without secrets and what would change the server's language or point it elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not _BARRED_ENVIRONMENT.match(name)}
    return {**kept, "LC_ALL": "C"}


def _last_complaint(output: str) -> str:
    """The one line of a server's or initdb's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for mark in ("FATAL:", "PANIC:", "error:", "ERROR:"):
        for line in reversed(lines):
            if mark in line:
                return line.partition(mark)[2].strip()
    return lines[-1] if lines else "it gave no reason"


def make_temporary_folder() -> Path:
    """A new folder, in memory where there is plenty of it: a disk takes ten times as long to fill."""
    with suppress(OSError):
        if shutil.disk_usage(_MEMORY).free > _PLENTY_BYTES:
            return Path(tempfile.mkdtemp(prefix="turnstone-", dir=_MEMORY))
    return Path(tempfile.mkdtemp(prefix="turnstone-"))


@contextmanager
def temporary_cluster(
    postgres_bin: Path | None = None, *, settings: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """A running, fast, unsafe cluster in a new folder, removed afterwards."""
    folder = make_temporary_folder()
    cluster = Cluster(folder, postgres_bin=postgres_bin, durable=False, settings=settings)
    try:
        with cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)
