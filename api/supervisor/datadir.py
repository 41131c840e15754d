"""The data directory: where it is, what lies in it, who holds it.

::

    lock                 flock of the one supervisor
    pgdata/              PostgreSQL's own, 0700
    secrets/             one 0600 file per role, 0700
    state.json           what has been finished here
    postgresql.log
    socket/              only where the path is short enough, 0700
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import api
from api.supervisor.binaries import SHARED_HOME
from api.supervisor.errors import SupervisorError, describe_os_error
from api.supervisor.identity import UnixUser, barrier, can_enter

LONGEST_SOCKET_PATH = 103
"""Bytes; Linux allows 107, macOS 103."""

_PASSWORD_BYTES = 32


def default_data_dir(project: Path | None = None) -> Path:
    """``.data`` in the project folder; for root, who must share it with the database's user,
    ``/var/lib/turnstone/<hash of the project folder>``.
    """
    home = (project or Path(api.__file__).parents[1]).resolve()
    if os.geteuid() != 0:
        return home / ".data"
    return SHARED_HOME / hashlib.sha256(os.fsencode(home)).hexdigest()[:10]


class DataDir:
    """Paths and small files of one data directory. ``user`` owns what PostgreSQL writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().resolve()
        self.pgdata = self.folder / "pgdata"
        self.secrets = self.folder / "secrets"
        self.log = self.folder / "postgresql.log"
        self._state_file = self.folder / "state.json"
        self._lock_file = self.folder / "lock"
        self._lock: int | None = None

    # -- the folder ---------------------------------------------------------------------------

    def create(self, user: UnixUser | None) -> None:
        """Makes the folder and checks that ``user`` can get into it.

        As root the folder itself, being Turnstone's own, lets the user's group pass (0710). No
        folder above it is touched: if one of them is shut, that is an error of one line.
        """
        wall = barrier(self.folder, user)
        if wall is not None and user is not None:
            raise SupervisorError(
                f"the user {user.name}, whom PostgreSQL runs as, cannot enter {wall}; "
                "choose a TURNSTONE_DATA_DIR outside it"
            )
        try:
            if SHARED_HOME in self.folder.parents and not SHARED_HOME.exists():
                SHARED_HOME.mkdir(mode=0o755, parents=True)
                SHARED_HOME.chmod(0o755)
            made = not self.folder.exists()
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            wall = barrier(self.folder, user)
            if user is not None and wall is None and not can_enter(self.folder, user):
                if not made and not self._is_ours():
                    raise SupervisorError(
                        f"the user {user.name}, whom PostgreSQL runs as, cannot enter {self.folder}; "
                        "choose an empty folder or a new one as TURNSTONE_DATA_DIR"
                    )
                os.chown(self.folder, -1, user.gid)
                self.folder.chmod(stat.S_IMODE(self.folder.stat().st_mode) | stat.S_IXGRP)
        except OSError as error:
            raise SupervisorError(f"cannot use the data directory {describe_os_error(error)}") from None
        if wall is not None:
            raise SupervisorError(f"the data directory {self.folder} lies behind {wall}, which is shut")

    def _is_ours(self) -> bool:
        return not any(self.folder.iterdir()) or self._lock_file.exists()

    # -- the lock -----------------------------------------------------------------------------

    @property
    def is_locked(self) -> bool:
        return self._lock is not None

    def lock(self) -> None:
        """Takes the folder for this process. The kernel lets go of it however the process ends."""
        if self._lock is not None:
            return
        try:
            descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SupervisorError(f"cannot use the data directory {describe_os_error(error)}") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
            os.close(descriptor)
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise SupervisorError(f"cannot lock {self._lock_file}: {error.strerror}") from None
            by = f" (process {holder})" if holder.isdigit() else ""
            raise SupervisorError(f"another Turnstone{by} is using {self.folder}; stop it first") from None
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._lock = descriptor

    def unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # -- small files --------------------------------------------------------------------------

    def password(self, role: str) -> str:
        """The generated password of a database role; SupervisorError if its file is gone."""
        path = self.secrets / role
        try:
            password = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise SupervisorError(f"{path} is missing; put it back from where it was saved") from None
        except PermissionError:
            raise SupervisorError(f"{path} belongs to another user; run as that user or as root") from None
        if not password:
            raise SupervisorError(f"{path} is empty; put it back from where it was saved")
        return password

    def ensure_passwords(self, roles: tuple[str, ...]) -> None:
        """Makes a password for each role that has none. A file is there whole or not at all."""
        self.secrets.mkdir(mode=0o700, exist_ok=True)
        for role in roles:
            if not (self.secrets / role).exists():
                write_whole(self.secrets / role, secrets.token_urlsafe(_PASSWORD_BYTES) + "\n")

    @property
    def state(self) -> Mapping[str, Any]:
        """What has been finished in this directory; empty when unknown."""
        try:
            state = json.loads(self._state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def remember(self, **facts: object) -> None:
        """Sets facts of the state; None forgets one."""
        state = {key: fact for key, fact in {**self.state, **facts}.items() if fact is not None}
        write_whole(self._state_file, json.dumps(state, indent=2, sort_keys=True) + "\n")

    # -- the socket ---------------------------------------------------------------------------

    def socket_dir(self, port: int) -> Path:
        """Where the server's socket goes: here, or in /tmp where this path is too long for one."""
        here = self.folder / "socket"
        if len(os.fsencode(here / f".s.PGSQL.{port}")) <= LONGEST_SOCKET_PATH:
            return here
        return Path("/tmp") / f"turnstone-{os.geteuid()}-{self.fingerprint}"  # noqa: S108  # made 0700 and checked

    def make_socket_dir(self, port: int, user: UnixUser | None) -> Path:
        """Makes it, closed to everybody else, with no stale socket in it."""
        folder = self.socket_dir(port)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
        ours = {os.geteuid(), user.uid if user else os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
            raise SupervisorError(f"{folder} belongs to somebody else; remove it")
        if user is not None:
            user.own(folder)
        folder.chmod(0o700)
        for stale in folder.glob(".s.PGSQL.*"):
            stale.unlink(missing_ok=True)
        return folder

    def remove_socket_dir(self, port: int) -> None:
        folder = self.socket_dir(port)
        if folder.parent != self.folder:
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def fingerprint(self) -> str:
        """Names this directory among the machine's processes; another path, another name."""
        return hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]


def write_whole(path: Path, text: str) -> None:
    """Writes a 0600 file that is either the old one or the new one, never half, even after a crash."""
    making = path.with_name(f".{path.name}.{os.getpid()}")
    making.unlink(missing_ok=True)
    descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    making.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes a rename in ``folder`` outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def postmaster_pid(text: str) -> int | None:
    """The process number on the first line of a postmaster.pid, or None if it makes no sense."""
    first = text.partition("\n")[0].strip()
    return int(first) if re.fullmatch(r"[0-9]{1,10}", first) else None


def postmaster_is_ready(text: str) -> bool:
    """Whether a postmaster.pid says, on its eighth line, that connections are welcome."""
    lines = text.split("\n")
    return len(lines) >= 8 and lines[7].strip() == "ready"
