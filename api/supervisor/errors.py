"""What the supervisor says to people: always one line, never a traceback."""

from __future__ import annotations

import errno
import os


class SupervisorError(Exception):
    """Something a person must put right; its text is one line, without a final full stop."""


class Cancelled(Exception):  # nothing is wrong
    """A stop was asked for while waiting; nothing went wrong."""


def describe_os_error(error: OSError) -> str:
    """One line for a failed system call: what it was about first, then why."""
    reason = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EROFS: "it is on a read-only disk",
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
    }.get(error.errno or 0, (error.strerror or str(error)).lower())
    return (
        f"{os.fspath(error.filename)}: {reason}" if isinstance(error.filename, str | os.PathLike) else reason
    )
