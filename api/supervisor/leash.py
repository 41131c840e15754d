"""Ties a program to the life of whoever started it, then becomes that program.

Run as a script with the bare interpreter, never imported::

    python -I -S leash.py PARENT_PID SIGNAL UID GID PROGRAM ARGUMENT…

UID and GID are ``-`` to stay as we are. On Linux the kernel sends SIGNAL to the program when the
*thread* that started it ends, kill -9 included. The order matters: stepping down clears the tie,
so it is made afterwards. Elsewhere there is no such tie and only the step down happens.

A script of its own rather than ``preexec_fn``: that one may deadlock where threads run.
"""

import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, death_signal, uid, gid = sys.argv[1:5]
    program = sys.argv[5:]
    prctl = None
    if sys.platform == "linux":
        # Before the step down: the interpreter's own modules may be out of the user's reach.
        import ctypes

        prctl = ctypes.CDLL(None).prctl
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != int(parent):
            # The starter died before the tie was made, so no signal will ever come.
            os._exit(0)
    # This interpreter ignores SIGPIPE and would pass that on.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        os.execv(program[0], program)  # noqa: S606  # argv comes from processes.spawn
    except OSError as error:
        sys.stderr.write(f"{program[0]}: {error.strerror}\n")
        os._exit(127)


if __name__ == "__main__":
    main()
