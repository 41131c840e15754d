"""Which unprivileged user PostgreSQL runs as when we are root, and what that user can reach.

PostgreSQL refuses to run as root. The user is, in this order: the owner of a data directory that
already exists; a system user ``turnstone`` if the machine has one; else ``nobody``. The user
``postgres`` is left alone on purpose: on many machines it owns other people's clusters.
"""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from api.supervisor.errors import SupervisorError

PREFERRED_USERS = ("turnstone", "nobody")


@dataclass(frozen=True)
class UnixUser:
    """An account to step down to."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid, follow_symlinks=False)


def unprivileged_user(pgdata: Path) -> UnixUser | None:
    """The user to step down to, or None where we are not root and stay ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        owner = pgdata.stat()
    except OSError:
        pass
    else:
        if owner.st_uid != 0:
            return UnixUser(_name_of(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in PREFERRED_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return UnixUser(name, entry.pw_uid, entry.pw_gid)
    raise SupervisorError(
        "PostgreSQL does not run as root, and this machine has neither a user turnstone nor nobody"
    )


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _allows(path: Path, user: UnixUser, bit: int) -> bool:
    """Whether the mode gives the user a permission: bit 4 reads, 1 executes or enters."""
    found = path.stat()
    if found.st_uid == user.uid:
        return bool(stat.S_IMODE(found.st_mode) >> 6 & bit)
    if found.st_gid == user.gid:
        return bool(stat.S_IMODE(found.st_mode) >> 3 & bit)
    return bool(found.st_mode & bit)


def barrier(path: Path, user: UnixUser | None) -> Path | None:
    """The first folder on the way to ``path``, itself left out, that the user cannot enter.

    None where the way is open, or where there is no user to step down to.
    """
    if user is None:
        return None
    for folder in reversed(path.resolve().parents):
        if folder.is_dir() and not _allows(folder, user, 1):
            return folder
    return None


def can_enter(folder: Path, user: UnixUser) -> bool:
    return _allows(folder, user, 1)


def can_execute(program: Path, user: UnixUser | None) -> bool:
    """Whether the user reaches the program and may both read and run it."""
    if user is None:
        return os.access(program, os.R_OK | os.X_OK)
    return barrier(program, user) is None and _allows(program, user, 4) and _allows(program, user, 1)
